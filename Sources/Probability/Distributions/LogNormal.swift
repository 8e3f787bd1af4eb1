/// The distribution of exp(X) for X normal with the given mean and variance.
@frozen
public struct LogNormal: Sendable {
  /// The mean of the logarithm; finite.
  public var mean: Double
  /// The variance of the logarithm; positive and finite.
  public var variance: Double

  @inlinable
  public init(_ mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }
}
