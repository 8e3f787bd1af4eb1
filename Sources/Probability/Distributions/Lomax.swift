import Glibc
public import Randomness

/// The Lomax distribution (Pareto type II): P(X > x) = (1 + x/scale)^(−shape) for x ≥ 0.
@frozen
public struct Lomax: Sendable {
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

extension Lomax: ContinuousDistribution {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(scale) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x < 0 { return -.infinity }
    return log(shape / scale) - (shape + 1) * log1p(x / scale)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return scale * expm1(stream.exponential() / shape)
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Lomax", .positive("shape", shape), .positive("scale", scale))
  }

  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double { Special.logOneMinusExp(logSurvival(x)) }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x <= 0 ? 0 : -shape * log1p(x / scale)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return scale * expm1(-log1p(-probability) / shape)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    isSound && x >= 0 ? -(shape + 1) / (scale + x) : .nan
  }
}
