/// The exponential distribution: density rate · e^(−rate x) for x ≥ 0.
@frozen
public struct Exponential<Rate: Sendable>: Sendable {
  /// Positive and finite; the inverse of the mean.
  public var rate: Rate

  @inlinable
  public init(rate: Rate) {
    self.rate = rate
  }
}

extension Exponential where Rate == Double {
  @inlinable
  public init(scale: Double) {
    self.init(rate: 1 / scale)
  }
}
