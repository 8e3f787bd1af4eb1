/// The Pareto distribution (type I): P(X > x) = (minimum/x)^shape for x ≥ minimum.
@frozen
public struct Pareto: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite.
  public var minimum: Double

  @inlinable
  public init(shape: Double, minimum: Double) {
    self.shape = shape
    self.minimum = minimum
  }
}
