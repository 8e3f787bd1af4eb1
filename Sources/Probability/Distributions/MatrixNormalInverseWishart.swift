/// A matrix and the covariance of its columns together.
@frozen
public struct MatrixAndCovariance: Sendable {
  /// n × p.
  public var matrix: DenseMatrix
  /// p × p.
  public var covariance: DenseMatrix

  @inlinable
  public init(matrix: DenseMatrix, covariance: DenseMatrix) {
    self.matrix = matrix
    self.covariance = covariance
  }
}

/// A covariance that is inverse Wishart, and given it, a matrix that is normal with it between
/// columns.
@frozen
public struct MatrixNormalInverseWishart: Sendable {
  /// n × p.
  public var mean: DenseMatrix
  /// n × n, symmetric and positive definite.
  public var rowCovariance: DenseMatrix
  /// Of the covariance; greater than p − 1.
  public var degreesOfFreedom: Double
  /// Of the covariance; p × p, symmetric and positive definite.
  public var scale: DenseMatrix

  @inlinable
  public init(
    mean: DenseMatrix, rowCovariance: DenseMatrix, degreesOfFreedom: Double, scale: DenseMatrix
  ) {
    self.mean = mean
    self.rowCovariance = rowCovariance
    self.degreesOfFreedom = degreesOfFreedom
    self.scale = scale
  }
}
