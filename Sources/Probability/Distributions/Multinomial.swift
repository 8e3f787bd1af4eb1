/// How often each option is drawn in `count` independent draws.
@frozen
public struct Multinomial<P: Sendable>: Sendable {
  /// Not negative.
  public var count: Int
  /// One probability for each option, with sum 1.
  public var probabilities: P

  @inlinable
  public init(count: Int, probabilities: P) {
    self.count = count
    self.probabilities = probabilities
  }
}
