import Glibc
public import Randomness

/// The Weibull distribution by its rate: P(X > x) = e^(−rate·x^shape) for x ≥ 0.
///
/// The hazard is rate·shape·x^(shape−1). The same distribution is `Weibull` with scale
/// rate^(−1/shape); a gamma rate is conjugate to this one. With shape 2 it is Rayleigh's.
@frozen
public struct HazardWeibull<Rate: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite.
  public var rate: Rate

  @inlinable
  @_disfavoredOverload
  public init(shape: Double, rate: Rate) {
    self.shape = shape
    self.rate = rate
  }
}

extension HazardWeibull where Rate == Double {
  @inlinable
  public init(shape: Double, rate: Double) {
    self.shape = shape
    self.rate = rate
  }

  /// The same distribution by its scale.
  public var weibull: Weibull { Weibull(shape: shape, scale: pow(rate, -1 / shape)) }
}

extension HazardWeibull: Distribution where Rate == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(rate) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x > 0 && x < .infinity {
      return log(shape * rate) + (shape - 1) * log(x) - rate * pow(x, shape)
    }
    if x != 0 || shape > 1 { return -.infinity }
    return shape == 1 ? log(rate) : .infinity
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    isSound ? weibull.sample(&stream) : .nan
  }

  public var flaw: DistributionFlaw? {
    .first(of: "HazardWeibull", .positive("shape", shape), .positive("rate", rate))
  }
}

extension HazardWeibull: ContinuousDistribution where Rate == Double {
  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double { Special.logOneMinusExp(logSurvival(x)) }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x <= 0 ? 0 : -rate * pow(x, shape)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound else { return .nan }
    return weibull.quantile(probability)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, x >= 0 else { return .nan }
    if shape == 1 { return -rate }
    return (shape - 1) / x - rate * shape * pow(x, shape - 1)
  }
}
