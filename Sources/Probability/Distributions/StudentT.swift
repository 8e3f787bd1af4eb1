import Glibc
public import Randomness

/// Student's t distribution, moved by `location` and stretched by `scale`.
@frozen
public struct StudentT<Location: Sendable>: Sendable {
  /// Positive and finite.
  public var degreesOfFreedom: Double
  /// Finite.
  public var location: Location
  /// Positive and finite; not squared.
  public var scale: Double

  @inlinable
  @_disfavoredOverload
  public init(degreesOfFreedom: Double, location: Location, scale: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }
}

extension StudentT: Distribution where Location == Double {
  @inlinable
  public var isSound: Bool {
    Special.isPositive(degreesOfFreedom) && location.isFinite && Special.isPositive(scale)
  }

  public func logDensity(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let half = degreesOfFreedom / 2
    let norm = Special.logRising(half, 0.5) - 0.5 * log(Double.pi * degreesOfFreedom) - log(scale)
    return norm - (half + 0.5) * logStretch((x - location) / scale)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    let normal = stream.normal()
    let half = degreesOfFreedom / 2
    return location + scale * normal * exp(0.5 * (log(half) - stream.logGamma(shape: half)))
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "StudentT", .positive("degreesOfFreedom", degreesOfFreedom),
      .finite("location", location), .positive("scale", scale))
  }
}

extension StudentT: ContinuousDistribution where Location == Double {
  public var support: ClosedRange<Double> { -.infinity ... .infinity }

  public func logCDF(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let t = (x - location) / scale
    return t < 0 ? logTail(-t) : Special.logOneMinusExp(logTail(t))
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let t = (x - location) / scale
    return t > 0 ? logTail(t) : Special.logOneMinusExp(logTail(-t))
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound else { return .nan }
    let t = (x - location) / scale
    return -(degreesOfFreedom + 1) / (degreesOfFreedom / t + t) / scale
  }

  /// log(1 + t²/ν).
  private func logStretch(_ t: Double) -> Double {
    // The square of a greater number could overflow.
    abs(t) < 1e150 ? log1p(t * t / degreesOfFreedom) : 2 * log(abs(t)) - log(degreesOfFreedom)
  }

  /// log P(T > t) of the standard distribution for t ≥ 0.
  private func logTail(_ t: Double) -> Double {
    if t == 0 { return -log(2.0) }
    if t == .infinity { return -.infinity }
    let half = degreesOfFreedom / 2
    let square = t * t / degreesOfFreedom
    if t > 1e150 || square > 1e300 {
      // Only the leading power of I_x(ν/2, 1/2) is left.
      return -log(2.0) - half * logStretch(t) - Special.logRising(1, half)
        + Special.logRising(0.5, half)
    }
    let tails = Special.logIncompleteBeta(
      half, 0.5, 1 / (1 + square), complement: square / (1 + square))
    return tails.lower - log(2.0)
  }
}
