import Glibc
import Randomness

/// Random certificates and changed ones, through the kernel and through `Recheck`: the verdicts
/// must be the same.
///
///     Differential --cases 1000000 --seed 1 [CERTIFICATE …]
///     Differential --replay KEY [CERTIFICATE …]
///
/// A key names the theory or certificate and all the cases made of it. The last line printed is
/// what was counted, as JSON. Exit code 1: a disagreement, or a certificate that is right by
/// construction and was refused.
@main struct Differential {
  static func main() {
    var cases = 100_000, seed: UInt64 = 0
    var replay: RandomKey?
    var files: [String] = []
    var arguments = CommandLine.arguments.dropFirst()
    while let argument = arguments.popFirst() {
      switch argument {
      case "--cases": cases = arguments.popFirst().flatMap { Int($0) } ?? cases
      case "--seed": seed = arguments.popFirst().flatMap { UInt64($0) } ?? seed
      case "--replay": replay = arguments.popFirst().flatMap { RandomKey($0) }
      default: files.append(argument)
      }
    }
    let seeds = files.map { path in
      guard let text = contents(path), let draft = Draft(text: text) else {
        print("\(path): not a certificate")
        exit(66)
      }
      return draft
    }
    var trial = Trial(seeds: seeds)
    if let replay {
      trial.run(replay, isReplay: true)
    } else {
      var index = 0
      while trial.counts.cases < cases && trial.failures < 1_000 {
        trial.run(RandomKey(seed: seed).child("theory", index), isReplay: false)
        index += 1
      }
    }
    print(trial.table)
    print(trial.counts.json)
    exit(trial.failures == 0 ? 0 : 1)
  }

  private static func contents(_ path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 {
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
