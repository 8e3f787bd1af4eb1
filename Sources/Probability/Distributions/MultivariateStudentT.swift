/// The multivariate Student t distribution.
@frozen
public struct MultivariateStudentT: Sendable {
  /// Positive and finite.
  public var degreesOfFreedom: Double
  /// Finite.
  public var location: Vector
  /// Symmetric and positive definite; the covariance is `scale` · ν/(ν−2).
  public var scale: DenseMatrix

  @inlinable
  public init(degreesOfFreedom: Double, location: Vector, scale: DenseMatrix) {
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }
}
