public import Glibc

/// The distribution of a symmetric positive definite matrix in a differentiable program.
///
///     let covariance = p.assume(.inverseWishart(degreesOfFreedom: 5, scale: prior))
@frozen
public struct MatrixLaw<Number: RealNumber> {
  @usableFromInline let isInverse: Bool
  @usableFromInline let degrees: Number
  @usableFromInline let scale: CovarianceMatrix<Number>

  @inlinable
  init(isInverse: Bool, _ degrees: Number, _ scale: CovarianceMatrix<Number>) {
    self.isInverse = isInverse
    self.degrees = degrees
    self.scale = scale
  }

  /// Wishart, with mean ν·`scale`; the degrees of freedom ν are more than the dimension minus 1.
  @inlinable
  public static func wishart(
    degreesOfFreedom: Number, scale: CovarianceMatrix<Number>
  ) -> MatrixLaw {
    MatrixLaw(isInverse: false, degreesOfFreedom, scale)
  }

  /// Wishart with a known scale.
  @inlinable
  public static func wishart(degreesOfFreedom: Number, scale: DenseMatrix) -> MatrixLaw {
    wishart(degreesOfFreedom: degreesOfFreedom, scale: CovarianceMatrix(scale))
  }

  /// The inverse of a Wishart matrix with scale `scale`⁻¹.
  @inlinable
  public static func inverseWishart(
    degreesOfFreedom: Number, scale: CovarianceMatrix<Number>
  ) -> MatrixLaw {
    MatrixLaw(isInverse: true, degreesOfFreedom, scale)
  }

  /// Inverse Wishart with a known scale.
  @inlinable
  public static func inverseWishart(degreesOfFreedom: Number, scale: DenseMatrix) -> MatrixLaw {
    inverseWishart(degreesOfFreedom: degreesOfFreedom, scale: CovarianceMatrix(scale))
  }

  @inlinable
  public var dimension: Int { scale.dimension }

  /// The log-density of `x` with respect to its elements up to the diagonal; NaN if a parameter is
  /// flawed.
  @inlinable
  public func logDensity(_ x: CovarianceMatrix<Number>) -> Number {
    require(
      x.dimension == dimension, "dimension \(x.dimension) under a law of \(dimension)")
    let n = Double(dimension)
    guard dimension > 0, degrees.number > n - 1, degrees.number < .infinity else {
      return Number(.nan)
    }
    let half = degrees * 0.5
    var norm = half * Number(n * M_LN2) + Number(n * (n - 1) / 4 * Glibc.log(Double.pi))
    for i in 0..<dimension { norm += .logGamma(half - Number(Double(i) / 2)) }
    let (own, known) = (x.logDeterminant, scale.logDeterminant)
    let shift = Number((n + 1) / 2)
    if isInverse {
      return half * known - (half + shift) * own - x.traceOfRatio(scale) * 0.5 - norm
    }
    return (half - shift) * own - half * known - scale.traceOfRatio(x) * 0.5 - norm
  }
}

extension MatrixLaw: Sendable where Number: Sendable {}
