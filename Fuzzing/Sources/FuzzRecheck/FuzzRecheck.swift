import FuzzDriver
import Verdicts

/// Whatever the bytes, `Recheck` accepts a certificate if and only if reader and kernel do, with
/// the same axioms, unless one of them runs into a limit.
@main struct FuzzRecheck {
  static func main() {
    fuzz { start, count in
      let bytes = repaired([UInt8](start, count))
      let second = recheckVerdict(bytes, steps: 200_000)
      var judge = KernelJudge(steps: 200_000)
      let first = judge.verdict(bytes)
      require(first.agrees(with: second), "kernel: \(first); recheck: \(second)")
      return 0
    }
  }
}
