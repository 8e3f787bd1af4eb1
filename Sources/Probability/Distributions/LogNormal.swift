import Glibc
public import Randomness

/// The distribution of exp(X) for X normal with the given mean and variance.
@frozen
public struct LogNormal<Mean: Sendable, Variance: Sendable>: Sendable {
  /// The mean of the logarithm; finite.
  public var mean: Mean
  /// The variance of the logarithm; positive and finite.
  public var variance: Variance

  @inlinable
  @_disfavoredOverload
  public init(_ mean: Mean, variance: Variance) {
    self.mean = mean
    self.variance = variance
  }
}

extension LogNormal: Distribution where Mean == Double, Variance == Double {
  private var normal: Normal<Double, Double> { Normal(mean, variance: variance) }

  public var isSound: Bool { normal.isSound }

  public func logDensity(_ x: Double) -> Double {
    guard x > 0 else { return x.isNaN || !normal.isSound ? .nan : -.infinity }
    let logarithm = log(x)
    if logarithm == .infinity { return normal.isSound ? -.infinity : .nan }
    return normal.logDensity(logarithm) - logarithm
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    exp(normal.sample(&stream))
  }

  public var flaw: DistributionFlaw? {
    .first(of: "LogNormal", .finite("mean", mean), .positive("variance", variance))
  }
}

extension LogNormal: ContinuousDistribution where Mean == Double, Variance == Double {
  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double { normal.logCDF(log(max(x, 0))) }

  public func logSurvival(_ x: Double) -> Double { normal.logSurvival(log(max(x, 0))) }

  public func quantile(_ probability: Double) -> Double { exp(normal.quantile(probability)) }

  public func logDensityGradient(_ x: Double) -> Double {
    guard x > 0 else { return .nan }
    return (normal.logDensityGradient(log(x)) - 1) / x
  }
}
