import Glibc
public import Randomness

/// The gamma distribution: density x^(shape−1) e^(−rate x) up to a constant, for x > 0.
@frozen
public struct Gamma<Rate: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Double
  /// Positive and finite; the inverse of the scale.
  public var rate: Rate

  @inlinable
  @_disfavoredOverload
  public init(shape: Double, rate: Rate) {
    self.shape = shape
    self.rate = rate
  }
}

extension Gamma where Rate == Double {
  @inlinable
  public init(shape: Double, scale: Double) {
    self.init(shape: shape, rate: 1 / scale)
  }
}

extension Gamma: Distribution where Rate == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(rate) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x > 0 && x < .infinity {
      return Special.logPoissonMass(shape, rate * x) + log(shape) - log(x)
    }
    if x != 0 || shape > 1 { return -.infinity }
    return shape == 1 ? log(rate) : .infinity
  }

  /// A draw, positive even where a small shape makes it underflow; see `sampleLogarithm`.
  public func sample(_ stream: inout RandomStream) -> Double {
    RandomStream.positive(sampleLogarithm(&stream))
  }

  /// The logarithm of a draw, exact where the draw itself would underflow.
  public func sampleLogarithm(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return stream.logGamma(shape: shape) - log(rate)
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Gamma", .positive("shape", shape), .positive("rate", rate))
  }
}

extension Gamma: ContinuousDistribution where Rate == Double {
  public var support: ClosedRange<Double> { 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logIncompleteGamma(shape, rate * max(x, 0)).lower
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return Special.logIncompleteGamma(shape, rate * max(x, 0)).upper
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, x >= 0 else { return .nan }
    return shape == 1 ? -rate : (shape - 1) / x - rate
  }
}
