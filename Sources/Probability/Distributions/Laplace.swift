import Glibc
public import Randomness

/// The Laplace distribution: density e^(−|x − location|/scale) up to a constant.
@frozen
public struct Laplace<Location: Sendable, Scale: Sendable>: Sendable {
  /// Finite.
  public var location: Location
  /// Positive and finite.
  public var scale: Scale

  @inlinable
  @_disfavoredOverload
  public init(location: Location, scale: Scale) {
    self.location = location
    self.scale = scale
  }
}

extension Laplace: Distribution where Location == Double, Scale == Double {
  @inlinable
  public var isSound: Bool { location.isFinite && Special.isPositive(scale) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return -abs(x - location) / scale - log(2 * scale)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    let isAbove = stream.next() >> 63 == 0
    let distance = scale * stream.exponential()
    return isAbove ? location + distance : location - distance
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Laplace", .finite("location", location), .positive("scale", scale))
  }
}

extension Laplace: ContinuousDistribution where Location == Double, Scale == Double {
  public var support: ClosedRange<Double> { -.infinity ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let z = (x - location) / scale
    return z <= 0 ? z - log(2.0) : log1p(-0.5 * exp(-z))
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return logCDF(location - (x - location))
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    let distance = log(2 * Swift.min(probability, 1 - probability))
    return probability < 0.5 ? location + scale * distance : location - scale * distance
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x < location ? 1 / scale : x > location ? -1 / scale : .nan
  }
}
