import Glibc
public import Randomness

/// The Weibull distribution: P(X > x) = e^(−(x/scale)^shape) for x ≥ 0.
@frozen
public struct Weibull: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite.
  public var scale: Double

  @inlinable
  public init(shape: Double, scale: Double) {
    self.shape = shape
    self.scale = scale
  }
}

extension Weibull: ContinuousDistribution {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(scale) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x > 0 && x < .infinity {
      let ratio = log(x / scale)
      return log(shape / scale) + (shape - 1) * ratio - exp(shape * ratio)
    }
    if x != 0 || shape > 1 { return -.infinity }
    return shape == 1 ? -log(scale) : .infinity
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return RandomStream.positive(log(scale) + log(stream.exponential()) / shape)
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Weibull", .positive("shape", shape), .positive("scale", scale))
  }

  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double { Special.logOneMinusExp(logSurvival(x)) }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x <= 0 ? 0 : -pow(x / scale, shape)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return scale * pow(-log1p(-probability), 1 / shape)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, x >= 0 else { return .nan }
    if shape == 1 { return -1 / scale }
    return (shape - 1) / x - shape / scale * pow(x / scale, shape - 1)
  }
}
