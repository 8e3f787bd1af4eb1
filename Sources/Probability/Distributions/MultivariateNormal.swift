import Glibc
public import Randomness

/// The multivariate normal distribution, by its mean and its covariance matrix.
@frozen
public struct MultivariateNormal<Mean: Sendable, Covariance: Sendable>: Sendable {
  public var mean: Mean
  /// Symmetric and positive definite.
  public var covariance: Covariance

  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, covariance: Covariance) {
    self.mean = mean
    self.covariance = covariance
  }
}

extension MultivariateNormal: Distribution where Mean == Vector, Covariance == DenseMatrix {
  /// - Complexity: O(n³), for the factor of the covariance.
  public func logDensity(_ x: Vector) -> Double {
    require(x.count == mean.count, "\(x.count) numbers for \(mean.count) dimensions")
    guard let factor else { return .nan }
    return factor.logNormalDensity(zip(x, mean).map { $0 - $1 })
  }

  /// - Complexity: O(n³), for the factor of the covariance.
  public func sample(_ stream: inout RandomStream) -> Vector {
    guard let factor else { return mean.map { _ in .nan } }
    return zip(mean, factor.lower * stream.normals(mean.count)).map { $0 + $1 }
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "MultivariateNormal", .all("mean", mean, "finite") { $0.isFinite },
      .covariance("covariance", covariance, dimension: mean.count))
  }

  /// The gradient of the log-density at x: covariance⁻¹ (mean − x).
  public func logDensityGradient(_ x: Vector) -> Vector {
    require(x.count == mean.count, "\(x.count) numbers for \(mean.count) dimensions")
    guard let factor else { return mean.map { _ in .nan } }
    return factor.solve(zip(mean, x).map { $0 - $1 })
  }

  private var factor: Cholesky? {
    guard !mean.isEmpty, mean.allSatisfy(\.isFinite), covariance.rows == mean.count else {
      return nil
    }
    return Cholesky(soundCovariance: covariance)
  }
}

extension Cholesky {
  /// `nil` if `matrix` is not symmetric or not positive definite.
  @usableFromInline
  init?(soundCovariance matrix: DenseMatrix) {
    guard matrix.isSymmetric() else { return nil }
    self.init(matrix)
  }

  /// The log-density of the normal distribution with mean 0 and covariance L Lᵀ.
  public func logNormalDensity(_ x: Vector) -> Double {
    -0.5 * (squaredLength(x) + logDeterminant) - Double(dimension) * Special.halfLogTwoPi
  }
}
