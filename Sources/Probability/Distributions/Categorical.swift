/// The index of one of finitely many options.
@frozen
public struct Categorical<P: Sendable>: Sendable {
  /// One probability for each option, with sum 1.
  public var probabilities: P

  @inlinable
  public init(_ probabilities: P) {
    self.probabilities = probabilities
  }
}
