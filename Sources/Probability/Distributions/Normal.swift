public import Glibc
public import Randomness

/// The normal distribution, by its mean and its variance (not its standard deviation).
@frozen
public struct Normal<Mean: Sendable, Variance: Sendable>: Sendable {
  public var mean: Mean
  /// Positive and finite.
  public var variance: Variance

  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, variance: Variance) {
    self.mean = mean
    self.variance = variance
  }
}

extension Normal where Variance == Double {
  /// The normal distribution with standard deviation `deviation`.
  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, deviation: Double) {
    // A negative deviation must stay a flaw.
    self.init(mean, variance: deviation.magnitude * deviation)
  }
}

extension Normal: Distribution where Mean == Double, Variance == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(variance) && mean.isFinite }

  @inlinable
  public func logDensity(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let distance = x - mean
    return -0.5 * (distance * distance / variance + log(variance)) - Special.halfLogTwoPi
  }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return mean + variance.squareRoot() * stream.normal()
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Normal", .finite("mean", mean), .positive("variance", variance))
  }
}

extension Normal: ContinuousDistribution where Mean == Double, Variance == Double {
  public var support: ClosedRange<Double> { -.infinity ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logNormalCDF((x - mean) / variance.squareRoot())
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logNormalCDF((mean - x) / variance.squareRoot())
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound else { return .nan }
    return mean + variance.squareRoot() * Special.normalQuantile(probability)
  }

  @inlinable
  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return (mean - x) / variance
  }
}
