public import Randomness

/// The matrix normal distribution: rows covary by `rowCovariance`, columns by `columnCovariance`.
@frozen
public struct MatrixNormal<Mean: Sendable, ColumnCovariance: Sendable>: Sendable {
  /// n × p.
  public var mean: Mean
  /// n × n, symmetric and positive definite.
  public var rowCovariance: DenseMatrix
  /// p × p, symmetric and positive definite.
  public var columnCovariance: ColumnCovariance

  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, rowCovariance: DenseMatrix, columnCovariance: ColumnCovariance) {
    self.mean = mean
    self.rowCovariance = rowCovariance
    self.columnCovariance = columnCovariance
  }
}

extension MatrixNormal: Distribution
where Mean == DenseMatrix, ColumnCovariance == DenseMatrix {
  public func logDensity(_ x: DenseMatrix) -> Double {
    require(
      x.rows == mean.rows && x.columns == mean.columns,
      "\(x.rows) × \(x.columns) for \(mean.rows) × \(mean.columns)")
    guard let (rows, columns) = factors else { return .nan }
    // The squares of L_U⁻¹ (X − M) L_V⁻ᵀ.
    let half = rows.solveLower(x - mean).transposed
    let square = columns.solveLower(half).elements.reduce(0) { $0 + $1 * $1 }
    let (n, p) = (Double(mean.rows), Double(mean.columns))
    return -0.5 * (square + n * columns.logDeterminant + p * rows.logDeterminant)
      - n * p * Special.halfLogTwoPi
  }

  public func sample(_ stream: inout RandomStream) -> DenseMatrix {
    guard let (rows, columns) = factors else {
      return DenseMatrix(rows: mean.rows, columns: mean.columns, repeating: .nan)
    }
    let noise = DenseMatrix(
      rows: mean.rows, columns: mean.columns, elements: stream.normals(mean.elements.count))
    return mean + rows.lower * noise * columns.lower.transposed
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "MatrixNormal", .all("mean", mean.elements, "finite") { $0.isFinite },
      .covariance("rowCovariance", rowCovariance, dimension: mean.rows),
      .covariance("columnCovariance", columnCovariance, dimension: mean.columns))
  }

  var factors: (rows: Cholesky, columns: Cholesky)? {
    guard !mean.elements.isEmpty, mean.elements.allSatisfy(\.isFinite),
      rowCovariance.rows == mean.rows, columnCovariance.rows == mean.columns,
      let rows = Cholesky(soundCovariance: rowCovariance),
      let columns = Cholesky(soundCovariance: columnCovariance)
    else { return nil }
    return (rows, columns)
  }
}
