/// The multivariate normal distribution, by its mean and its covariance matrix.
@frozen
public struct MultivariateNormal<Mean: Sendable, Covariance: Sendable>: Sendable {
  public var mean: Mean
  /// Symmetric and positive definite.
  public var covariance: Covariance

  @inlinable
  public init(_ mean: Mean, covariance: Covariance) {
    self.mean = mean
    self.covariance = covariance
  }
}
