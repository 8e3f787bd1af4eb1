/// The gamma distribution: density x^(shape−1) e^(−rate x) up to a constant, for x > 0.
@frozen
public struct Gamma<Rate: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite; the inverse of the scale.
  public var rate: Rate

  @inlinable
  public init(shape: Double, rate: Rate) {
    self.shape = shape
    self.rate = rate
  }
}

extension Gamma where Rate == Double {
  @inlinable
  public init(shape: Double, scale: Double) {
    self.init(shape: shape, rate: 1 / scale)
  }
}
