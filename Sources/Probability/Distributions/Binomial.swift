/// The number of successes among `count` independent trials.
@frozen
public struct Binomial<Count: Sendable, P: Sendable>: Sendable {
  /// Not negative.
  public var count: Count
  /// The probability of a success, in `0...1`.
  public var probability: P

  @inlinable
  public init(count: Count, probability: P) {
    self.count = count
    self.probability = probability
  }
}
