public import Randomness

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

extension MatrixAndCovariance: Equatable {}

extension MatrixNormalInverseWishart: Distribution {
  private var covariance: InverseWishart {
    InverseWishart(degreesOfFreedom: degreesOfFreedom, scale: scale)
  }

  private func matrix(
    given covariance: DenseMatrix
  ) -> MatrixNormal<DenseMatrix, DenseMatrix> {
    MatrixNormal(mean, rowCovariance: rowCovariance, columnCovariance: covariance)
  }

  public func logDensity(_ x: MatrixAndCovariance) -> Double {
    guard flaw == nil else { return .nan }
    let first = covariance.logDensity(x.covariance)
    return first == -.infinity ? first : first + matrix(given: x.covariance).logDensity(x.matrix)
  }

  public func sample(_ stream: inout RandomStream) -> MatrixAndCovariance {
    let covariance = covariance.sample(&stream)
    return MatrixAndCovariance(
      matrix: matrix(given: covariance).sample(&stream), covariance: covariance)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "MatrixNormalInverseWishart", .all("mean", mean.elements, "finite") { $0.isFinite },
      .covariance("rowCovariance", rowCovariance, dimension: mean.rows),
      .covariance("scale", scale, dimension: mean.columns),
      Requirement(
        "degreesOfFreedom", degreesOfFreedom, "greater than \(mean.columns - 1) and finite",
        degreesOfFreedom > Double(mean.columns - 1) && degreesOfFreedom < .infinity))
  }
}
