import Glibc
public import Randomness

/// The distribution of X⁻¹ for X Wishart with scale matrix `scale`⁻¹.
@frozen
public struct InverseWishart: Sendable {
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

extension InverseWishart: Distribution {
  public func logDensity(_ x: DenseMatrix) -> Double {
    require(
      x.rows == scale.rows && x.columns == scale.columns,
      "\(x.rows) × \(x.columns) for \(scale.rows) dimensions")
    guard let factor else { return .nan }
    guard let value = Cholesky(soundCovariance: x) else { return -.infinity }
    let dimension = Double(scale.rows)
    let trace = value.solveLower(factor.lower).elements.reduce(0) { $0 + $1 * $1 }
    return 0.5 * degreesOfFreedom * (factor.logDeterminant - dimension * log(2.0))
      - Special.multivariateLogGamma(degreesOfFreedom / 2, dimension: scale.rows)
      - 0.5 * (degreesOfFreedom + dimension + 1) * value.logDeterminant - 0.5 * trace
  }

  public func sample(_ stream: inout RandomStream) -> DenseMatrix {
    guard let factor else {
      return DenseMatrix(rows: scale.rows, columns: scale.columns, repeating: .nan)
    }
    // With Ψ = L Lᵀ, a draw is M Mᵀ for M = L A⁻ᵀ, thus A Mᵀ = Lᵀ.
    let bartlett = Cholesky(unchecked: stream.bartlettFactor(degreesOfFreedom, scale.rows))
    let root = bartlett.solveLower(factor.lower.transposed)
    return root.transposed * root
  }

  public var flaw: DistributionFlaw? {
    .wishart("InverseWishart", degreesOfFreedom, scale)
  }

  private var factor: Cholesky? { Cholesky(wishartScale: scale, degreesOfFreedom) }
}
