public import Randomness

/// A mean and a variance together.
@frozen
public struct MeanAndVariance: Sendable {
  public var mean: Double
  public var variance: Double

  @inlinable
  public init(mean: Double, variance: Double) {
    self.mean = mean
    self.variance = variance
  }
}

/// A variance that is inverse-gamma, and given it, a mean that is normal with variance/`precision`.
@frozen
public struct NormalInverseGamma: Sendable {
  /// Finite.
  public var mean: Double
  /// Positive and finite; how many observations the mean is worth.
  public var precision: Double
  /// Of the variance; positive and finite.
  public var shape: Double
  /// Of the variance; positive and finite.
  public var scale: Double

  @inlinable
  public init(mean: Double, precision: Double, shape: Double, scale: Double) {
    self.mean = mean
    self.precision = precision
    self.shape = shape
    self.scale = scale
  }
}

extension MeanAndVariance: Equatable {}

extension NormalInverseGamma: Distribution {
  public var isSound: Bool { mean.isFinite && Special.isPositive(precision) && variance.isSound }

  private var variance: InverseGamma<Double> { InverseGamma(shape: shape, scale: scale) }

  public func logDensity(_ x: MeanAndVariance) -> Double {
    guard isSound else { return .nan }
    guard x.variance > 0, x.variance < .infinity else {
      return x.variance.isNaN ? .nan : -.infinity
    }
    return variance.logDensity(x.variance)
      + Normal(mean, variance: x.variance / precision).logDensity(x.mean)
  }

  public func sample(_ stream: inout RandomStream) -> MeanAndVariance {
    guard isSound else { return MeanAndVariance(mean: .nan, variance: .nan) }
    let variance = variance.sample(&stream)
    return MeanAndVariance(
      mean: mean + (variance / precision).squareRoot() * stream.normal(), variance: variance)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "NormalInverseGamma", .finite("mean", mean), .positive("precision", precision),
      .positive("shape", shape), .positive("scale", scale))
  }
}
