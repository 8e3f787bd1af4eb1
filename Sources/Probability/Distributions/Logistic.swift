import Glibc
public import Randomness

/// The logistic distribution: its CDF is 1/(1 + e^(−(x − location)/scale)).
@frozen
public struct Logistic<Location: Sendable>: Sendable {
  /// Finite.
  public var location: Location
  /// Positive and finite.
  public var scale: Double

  @inlinable
  @_disfavoredOverload
  public init(location: Location, scale: Double) {
    self.location = location
    self.scale = scale
  }
}

extension Logistic: Distribution where Location == Double {
  @inlinable
  public var isSound: Bool { location.isFinite && Special.isPositive(scale) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let z = abs(x - location) / scale
    return -z - 2 * log1p(exp(-z)) - log(scale)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    let u = stream.openUniform()
    return location + scale * (log(u) - log1p(-u))
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Logistic", .finite("location", location), .positive("scale", scale))
  }
}

extension Logistic: ContinuousDistribution where Location == Double {
  public var support: ClosedRange<Double> { -.infinity ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return logSigmoid((x - location) / scale)
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return logSigmoid((location - x) / scale)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return location + scale * (log(probability) - log1p(-probability))
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return -tanh((x - location) / scale / 2) / scale
  }

  private func logSigmoid(_ z: Double) -> Double {
    z > 0 ? -log1p(exp(-z)) : z - log1p(exp(z))
  }
}
