import Glibc
public import Randomness

/// The distribution of 1/X for X gamma: density x^(−shape−1) e^(−scale/x) up to a constant.
@frozen
public struct InverseGamma<Scale: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite; the rate of 1/X.
  public var scale: Scale

  @inlinable
  @_disfavoredOverload
  public init(shape: Double, scale: Scale) {
    self.shape = shape
    self.scale = scale
  }
}

extension InverseGamma: Distribution where Scale == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(scale) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    guard x > 0, x < .infinity else { return -.infinity }
    return Special.logPoissonMass(shape, scale / x) + log(shape) - log(x)
  }

  /// A draw; infinite where a small shape makes it overflow.
  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return RandomStream.positive(log(scale) - stream.logGamma(shape: shape))
  }

  public var flaw: DistributionFlaw? {
    .first(of: "InverseGamma", .positive("shape", shape), .positive("scale", scale))
  }
}

extension InverseGamma: ContinuousDistribution where Scale == Double {
  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logIncompleteGamma(shape, scale / max(x, 0)).upper
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logIncompleteGamma(shape, scale / max(x, 0)).lower
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, x > 0 else { return .nan }
    return (scale / x - (shape + 1)) / x
  }
}
