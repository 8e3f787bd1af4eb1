import Glibc
public import Randomness

/// The Wishart distribution over symmetric positive definite matrices; its mean is ν·`scale`.
@frozen
public struct Wishart: Sendable {
  /// Greater than the dimension minus 1.
  public var degreesOfFreedom: Double
  /// Symmetric and positive definite.
  public var scale: DenseMatrix

  @inlinable
  public init(degreesOfFreedom: Double, scale: DenseMatrix) {
    self.degreesOfFreedom = degreesOfFreedom
    self.scale = scale
  }
}

// Source: Muirhead, "Aspects of multivariate statistical theory", 3.2.

extension Wishart: Distribution {
  public func logDensity(_ x: DenseMatrix) -> Double {
    require(
      x.rows == scale.rows && x.columns == scale.columns,
      "\(x.rows) × \(x.columns) for \(scale.rows) dimensions")
    guard let factor else { return .nan }
    guard let value = Cholesky(soundCovariance: x) else { return -.infinity }
    let dimension = Double(scale.rows)
    // tr(S⁻¹ X) is the sum of the squares of L_S⁻¹ L_X.
    let trace = factor.solveLower(value.lower).elements.reduce(0) { $0 + $1 * $1 }
    return 0.5 * (degreesOfFreedom - dimension - 1) * value.logDeterminant - 0.5 * trace
      - 0.5 * degreesOfFreedom * (dimension * log(2.0) + factor.logDeterminant)
      - Special.multivariateLogGamma(degreesOfFreedom / 2, dimension: scale.rows)
  }

  /// Bartlett's decomposition.
  public func sample(_ stream: inout RandomStream) -> DenseMatrix {
    guard let factor else {
      return DenseMatrix(rows: scale.rows, columns: scale.columns, repeating: .nan)
    }
    let root = factor.lower * stream.bartlettFactor(degreesOfFreedom, scale.rows)
    return root * root.transposed
  }

  public var flaw: DistributionFlaw? {
    .wishart("Wishart", degreesOfFreedom, scale)
  }

  private var factor: Cholesky? { Cholesky(wishartScale: scale, degreesOfFreedom) }
}

extension Cholesky {
  /// `nil` unless both parameters are sound.
  init?(wishartScale scale: DenseMatrix, _ degreesOfFreedom: Double) {
    guard scale.rows > 0, degreesOfFreedom > Double(scale.rows - 1), degreesOfFreedom < .infinity
    else { return nil }
    self.init(soundCovariance: scale)
  }
}

extension DistributionFlaw {
  static func wishart(
    _ distribution: String, _ degreesOfFreedom: Double, _ scale: DenseMatrix
  ) -> DistributionFlaw? {
    .first(
      of: distribution,
      Requirement("scale", "\(scale.rows) × \(scale.columns)", "not empty", scale.rows > 0),
      .covariance("scale", scale, dimension: scale.rows),
      Requirement(
        "degreesOfFreedom", degreesOfFreedom, "greater than \(scale.rows - 1) and finite",
        degreesOfFreedom > Double(scale.rows - 1) && degreesOfFreedom < .infinity))
  }
}

extension RandomStream {
  /// A lower triangular A such that A Aᵀ is Wishart with the identity as its scale.
  mutating func bartlettFactor(_ degreesOfFreedom: Double, _ dimension: Int) -> DenseMatrix {
    var factor = DenseMatrix(rows: dimension, columns: dimension)
    for i in 0..<dimension {
      for j in 0..<i { factor[i, j] = normal() }
      // The root of a chi-square number, which is twice a gamma number.
      let logGamma = logGamma(shape: (degreesOfFreedom - Double(i)) / 2)
      factor[i, i] = RandomStream.positive(0.5 * (log(2.0) + logGamma))
    }
    return factor
  }
}
