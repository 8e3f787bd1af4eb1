/// `true` with a given probability.
@frozen
public struct Bernoulli<P: Sendable>: Sendable {
  /// The probability of `true`, in `0...1`.
  public var probability: P

  @inlinable
  public init(_ probability: P) {
    self.probability = probability
  }
}
