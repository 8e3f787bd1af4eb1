/// A mean and a variance together.
@frozen
public struct MeanAndVariance: Sendable {
  public var mean: Double
  public var variance: Double

  @inlinable
  public init(mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }
}

/// A variance that is inverse-gamma, and given it, a mean that is normal with variance/`precision`.
@frozen
public struct NormalInverseGamma: Sendable {
  /// Finite.
  public var mean: Double
  /// Positive and finite; how many observations the mean is worth.
  public var precision: Double
  /// Of the variance; positive and finite.
  public var shape: Double
  /// Of the variance; positive and finite.
  public var scale: Double

  @inlinable
  public init(mean: Double, precision: Double, shape: Double, scale: Double) {
    self.mean = mean
    self.precision = precision
    self.shape = shape
    self.scale = scale
  }
}
