/// Why the kernel refused. Cases carry terms of the arena that was being checked; a printer turns
/// them into text.
public enum KernelError: Error, Sendable, Hashable {
  /// `function` of type `type` is applied, but is no function.
  case notAFunction(function: Term, type: Term)
  /// `argument` has type `actual`, where `function` wants `expected`.
  case argumentMismatch(function: Term, argument: Term, expected: Term, actual: Term)
  /// `term` stands where a type is wanted, but its type `type` is no sort.
  case notAType(term: Term, type: Term)
  case typeMismatch(term: Term, expected: Term, actual: Term)
  case notAProposition(term: Term, type: Term)
  /// `kind` has no type.
  case kindHasNoType
  case looseVariable(index: Int)
  /// A hypothesis is left in a term that must stand alone.
  case escapedLocal(term: Term)
  case duplicateName(String)
  case invalidLiteral(reason: String)
  /// `constant`, an operation or an equation, is not what computing needs.
  case invalidComputation(constant: ConstantID, reason: String)
  case limitExceeded(Limit)

  public enum Limit: Sendable, Hashable {
    case steps(Int), recursion(Int), terms(Int)
    /// Height of a term.
    case depth(Int)
    /// Terms that one substitution or normal form visits.
    case work
    /// Size of a numeral that computation would make.
    case bits(Int)
  }
}

/// Bounds on one kernel call; exceeding one is an error, never a crash.
public struct KernelLimits: Sendable {
  /// Inference, reduction and conversion steps.
  public var steps: Int
  /// Nested calls. Deep recursion needs a thread with a large stack: up to 800 bytes a level, and
  /// 4 MiB for substitution in a term of maximal depth.
  public var recursion: Int

  public init(steps: Int = 20_000_000, recursion: Int = 10_000) {
    self.steps = steps
    self.recursion = recursion
  }
}
