/// The matrix normal distribution: rows covary by `rowCovariance`, columns by `columnCovariance`.
@frozen
public struct MatrixNormal: Sendable {
  /// n × p.
  public var mean: DenseMatrix
  /// n × n, symmetric and positive definite.
  public var rowCovariance: DenseMatrix
  /// p × p, symmetric and positive definite.
  public var columnCovariance: DenseMatrix

  @inlinable
  public init(_ mean: DenseMatrix, rowCovariance: DenseMatrix, columnCovariance: DenseMatrix) {
    self.mean = mean
    self.rowCovariance = rowCovariance
    self.columnCovariance = columnCovariance
  }
}
