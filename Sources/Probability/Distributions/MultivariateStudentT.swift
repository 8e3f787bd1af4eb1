import Glibc
public import Randomness

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

extension MultivariateStudentT: Distribution {
  /// - Complexity: O(n³), for the factor of the scale.
  public func logDensity(_ x: Vector) -> Double {
    require(x.count == location.count, "\(x.count) numbers for \(location.count) dimensions")
    guard let factor else { return .nan }
    let square = factor.squaredLength(zip(x, location).map { $0 - $1 })
    let half = degreesOfFreedom / 2
    let halfDimension = Double(location.count) / 2
    return Special.logRising(half, halfDimension) - 0.5 * factor.logDeterminant
      - halfDimension * log(Double.pi * degreesOfFreedom)
      - (half + halfDimension) * log1p(square / degreesOfFreedom)
  }

  public func sample(_ stream: inout RandomStream) -> Vector {
    guard let factor else { return location.map { _ in .nan } }
    let direction = factor.lower * stream.normals(location.count)
    let half = degreesOfFreedom / 2
    let stretch = exp(0.5 * (log(half) - stream.logGamma(shape: half)))
    return zip(location, direction).map { $0 + stretch * $1 }
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "MultivariateStudentT", .positive("degreesOfFreedom", degreesOfFreedom),
      .all("location", location, "finite") { $0.isFinite },
      .covariance("scale", scale, dimension: location.count))
  }

  var factor: Cholesky? {
    guard Special.isPositive(degreesOfFreedom), !location.isEmpty,
      location.allSatisfy(\.isFinite), scale.rows == location.count
    else { return nil }
    return Cholesky(soundCovariance: scale)
  }
}
