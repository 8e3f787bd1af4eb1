/// The number of failures before the first success in independent trials.
@frozen
public struct Geometric<P: Sendable>: Sendable {
  /// The probability of a success, in `0...1` but not 0.
  public var probability: P

  @inlinable
  public init(_ probability: P) {
    self.probability = probability
  }
}
