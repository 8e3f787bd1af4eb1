import Export
import Kernel
import Recheck

/// What a checker says about the text of a certificate.
public enum Verdict: Hashable, Sendable {
  case accepted(axioms: [String])
  case refused(String)
  /// A bound on steps, depth or size was met.
  case limit

  public var isAccepted: Bool { if case .accepted = self { true } else { false } }

  /// Whether the two may both be right.
  public func agrees(with other: Verdict) -> Bool {
    switch (self, other) {
    case (.limit, _), (_, .limit), (.refused, .refused): true
    case (.accepted(let first), .accepted(let second)): first == second
    default: false
    }
  }
}

/// The reader and the kernel.
public struct KernelJudge {
  private let limits: KernelLimits
  /// The theory of the last certificate that allowed it.
  private var last: CheckedTheory?

  public init(steps: Int) {
    limits = KernelLimits(steps: steps, recursion: 4_000)
  }

  /// - Parameter reusingTheory: whether the theory may be one that was checked before, as it is
  ///   when the theorems of a run are verified.
  public mutating func verdict(_ text: [UInt8], reusingTheory: Bool = false) -> Verdict {
    do throws(CertificateError) {
      let certificate = try Certificate(bytes: text)
      guard reusingTheory else {
        return .accepted(axioms: try certificate.check(limits: limits).axioms)
      }
      let theory: CheckedTheory
      if let last, last.hash == certificate.theory.hash {
        theory = last
      } else {
        theory = try certificate.theory.check(limits: limits)
        last = theory
      }
      return .accepted(axioms: try certificate.check(in: theory, limits: limits).axioms)
    } catch {
      let isLimit = ["takes more than", "nested deeper", "too many terms"].contains {
        error.reason.contains($0)
      }
      return isLimit ? .limit : .refused("\(error)")
    }
  }
}

/// What `Recheck` says.
public func recheckVerdict(_ text: [UInt8], steps: Int) -> Verdict {
  do throws(RecheckError) {
    return .accepted(axioms: try recheck(text, stepLimit: steps).axioms)
  } catch {
    return error.reason == .limit ? .limit : .refused("\(error)")
  }
}
