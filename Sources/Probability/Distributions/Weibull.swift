/// The Weibull distribution: P(X > x) = e^(−(x/scale)^shape) for x ≥ 0.
@frozen
public struct Weibull: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite.
  public var scale: Double

  @inlinable
  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }
}
