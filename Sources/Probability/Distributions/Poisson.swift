/// The Poisson distribution.
@frozen
public struct Poisson<Rate: Sendable>: Sendable {
  /// The mean: not negative, and finite.
  public var rate: Rate

  @inlinable
  public init(_ rate: Rate) {
    self.rate = rate
  }
}
