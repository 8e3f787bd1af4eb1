/// The distribution of 1/X for X gamma: density x^(−shape−1) e^(−scale/x) up to a constant.
@frozen
public struct InverseGamma<Scale: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite; the rate of 1/X.
  public var scale: Scale

  @inlinable
  public init(shape: Double, scale: Scale) {
    self.shape = shape
    self.scale = scale
  }
}
