public import Glibc
public import Randomness

/// The exponential distribution: density rate · e^(−rate x) for x ≥ 0.
@frozen
public struct Exponential<Rate: Sendable>: Sendable {
  /// Positive and finite; the inverse of the mean.
  public var rate: Rate

  @inlinable
  @_disfavoredOverload
  public init(rate: Rate) {
    self.rate = rate
  }
}

extension Exponential where Rate == Double {
  @inlinable
  public init(scale: Double) {
    self.init(rate: 1 / scale)
  }
}

extension Exponential: Distribution where Rate == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(rate) }

  @inlinable
  public func logDensity(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x < 0 ? -.infinity : log(rate) - rate * x
  }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return -log(stream.openUniform()) / rate
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Exponential", .positive("rate", rate))
  }
}

extension Exponential: ContinuousDistribution where Rate == Double {
  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logOneMinusExp(-rate * max(x, 0))
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return -rate * max(x, 0)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return -log1p(-probability) / rate
  }

  public func logDensityGradient(_ x: Double) -> Double {
    isSound && x >= 0 ? -rate : .nan
  }
}
