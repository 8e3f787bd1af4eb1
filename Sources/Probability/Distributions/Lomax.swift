/// The Lomax distribution (Pareto type II): P(X > x) = (1 + x/scale)^(−shape) for x ≥ 0.
@frozen
public struct Lomax: Sendable {
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
