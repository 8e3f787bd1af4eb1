/// A distribution over vectors or matrices with a density that has a gradient.
///
/// The gradient has the shape of the value: its numbers are the derivatives by the value's numbers,
/// as if all of these were free. Where they are not, the gradient is that of the density's formula:
/// to a change within the support it gives the derivative along it, the sum of products. So the
/// gradient by a symmetric matrix is a symmetric matrix, and changing an element together with its
/// mirror image counts twice; the gradient by probabilities includes a part along (1, …, 1), which
/// no change of probabilities has.
public protocol DifferentiableDistribution<Value>: Distribution {
  /// The gradient of `logDensity` by `x`, one-sided at the ends of the support; NaN outside of the
  /// support and if the parameters are flawed.
  func logDensityGradient(_ x: Value) -> Value
}

extension MultivariateNormal: DifferentiableDistribution
where Mean == Vector, Covariance == DenseMatrix {}

extension DenseMatrix {
  /// NaN everywhere.
  static func invalid(like other: DenseMatrix) -> DenseMatrix {
    DenseMatrix(rows: other.rows, columns: other.columns, repeating: .nan)
  }
}

extension MultivariateStudentT: DifferentiableDistribution {
  /// The gradient of the log-density: (ν + n)/(ν + δ) · `scale`⁻¹ (`location` − x), with δ the
  /// squared distance from the location.
  ///
  /// - Complexity: O(n³), for the factor of the scale.
  public func logDensityGradient(_ x: Vector) -> Vector {
    require(x.count == location.count, "\(x.count) numbers for \(location.count) dimensions")
    guard let factor else { return location.map { _ in .nan } }
    let half = factor.solveLower(zip(location, x).map { $0 - $1 })
    let stretch =
      (degreesOfFreedom + Double(location.count)) / (degreesOfFreedom + dot(half, half))
    return factor.solveUpper(half).map { stretch * $0 }
  }
}

extension Dirichlet: DifferentiableDistribution {
  /// The gradient of the log-density: (concentration − 1)/x.
  public func logDensityGradient(_ x: Vector) -> Vector {
    require(
      x.count == concentration.count, "\(x.count) numbers for \(concentration.count) options")
    guard isSound, Special.isSimplex(x) else { return concentration.map { _ in .nan } }
    // A factor with exponent 0 does not matter, even at its end.
    return zip(concentration, x).map { $0 == 1 ? 0 : ($0 - 1) / $1 }
  }
}

extension NormalInverseGamma: DifferentiableDistribution {
  /// The derivatives of the log-density by the mean and by the variance.
  public func logDensityGradient(_ x: MeanAndVariance) -> MeanAndVariance {
    guard isSound, x.variance > 0, x.variance < .infinity else {
      return MeanAndVariance(mean: .nan, variance: .nan)
    }
    let distance = mean - x.mean
    let pull = precision * distance / x.variance
    let own = InverseGamma(shape: shape, scale: scale).logDensityGradient(x.variance)
    return MeanAndVariance(
      mean: pull, variance: own + 0.5 * (pull * distance - 1) / x.variance)
  }
}

extension Wishart: DifferentiableDistribution {
  /// The gradient of the log-density: (ν − p − 1)/2 · x⁻¹ − `scale`⁻¹/2.
  public func logDensityGradient(_ x: DenseMatrix) -> DenseMatrix {
    require(
      x.rows == scale.rows && x.columns == scale.columns,
      "\(x.rows) × \(x.columns) for \(scale.rows) dimensions")
    guard let factor = Cholesky(wishartScale: scale, degreesOfFreedom),
      let value = Cholesky(soundCovariance: x)
    else { return .invalid(like: scale) }
    let exponent = 0.5 * (degreesOfFreedom - Double(scale.rows) - 1)
    return exponent * value.inverse() - 0.5 * factor.inverse()
  }
}

extension InverseWishart: DifferentiableDistribution {
  /// The gradient of the log-density: x⁻¹ `scale` x⁻¹/2 − (ν + p + 1)/2 · x⁻¹.
  public func logDensityGradient(_ x: DenseMatrix) -> DenseMatrix {
    require(
      x.rows == scale.rows && x.columns == scale.columns,
      "\(x.rows) × \(x.columns) for \(scale.rows) dimensions")
    guard let factor = Cholesky(wishartScale: scale, degreesOfFreedom),
      let value = Cholesky(soundCovariance: x)
    else { return .invalid(like: scale) }
    // A product with its own transpose is symmetric to the last bit.
    let root = value.solve(factor.lower)
    let exponent = 0.5 * (degreesOfFreedom + Double(scale.rows) + 1)
    return 0.5 * (root * root.transposed) - exponent * value.inverse()
  }
}

extension MatrixNormal: DifferentiableDistribution
where Mean == DenseMatrix, ColumnCovariance == DenseMatrix {
  /// The gradient of the log-density: `rowCovariance`⁻¹ (`mean` − x) `columnCovariance`⁻¹.
  public func logDensityGradient(_ x: DenseMatrix) -> DenseMatrix {
    require(
      x.rows == mean.rows && x.columns == mean.columns,
      "\(x.rows) × \(x.columns) for \(mean.rows) × \(mean.columns)")
    guard let (rows, columns) = factors else { return .invalid(like: mean) }
    return columns.solve(rows.solve(mean - x).transposed).transposed
  }
}

extension MatrixNormalInverseWishart: DifferentiableDistribution {
  /// The gradients of the log-density by the matrix and by the covariance.
  public func logDensityGradient(_ x: MatrixAndCovariance) -> MatrixAndCovariance {
    guard flaw == nil, let columns = Cholesky(soundCovariance: x.covariance),
      let rows = Cholesky(rowCovariance)
    else {
      return MatrixAndCovariance(matrix: .invalid(like: mean), covariance: .invalid(like: scale))
    }
    // With half = L⁻¹ (mean − x) V⁻¹, transposed, for the rows' L Lᵀ and the columns' V, the trace
    // in the matrix's density has the gradient half halfᵀ by V.
    let half = columns.solve(rows.solveLower(mean - x.matrix).transposed)
    let own = InverseWishart(degreesOfFreedom: degreesOfFreedom, scale: scale)
      .logDensityGradient(x.covariance)
    let volume = 0.5 * Double(mean.rows) * columns.inverse()
    return MatrixAndCovariance(
      matrix: rows.solveUpper(half.transposed),
      covariance: own + 0.5 * (half * half.transposed) - volume)
  }
}

extension Cholesky {
  /// The solution of Lᵀ X = B, column by column.
  fileprivate func solveUpper(_ b: DenseMatrix) -> DenseMatrix {
    mapColumns(b) { solveUpper($0) }
  }
}
