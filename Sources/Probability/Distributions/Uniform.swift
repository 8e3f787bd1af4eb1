public import Glibc
public import Randomness

/// The uniform distribution on an interval.
@frozen
public struct Uniform<Upper: Sendable>: Sendable {
  /// Finite.
  public var lower: Double
  /// Finite and greater than `lower`.
  public var upper: Upper

  @inlinable
  @_disfavoredOverload
  public init(_ lower: Double, _ upper: Upper) {
    self.lower = lower
    self.upper = upper
  }
}

extension Uniform: Distribution where Upper == Double {
  @inlinable
  public var isSound: Bool { upper > lower && (upper - lower).isFinite }

  @inlinable
  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    return x < lower || x > upper ? -.infinity : -log(upper - lower)
  }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    // Rounding must not lead beyond the end.
    return Swift.min(lower + (upper - lower) * stream.uniform(), upper)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "Uniform", .finite("lower", lower), .finite("upper", upper),
      Requirement("upper", upper, "greater than the lower end \(lower)", upper > lower),
      Requirement(
        "upper", upper, "at a finite distance from the lower end \(lower)",
        (upper - lower).isFinite))
  }
}

extension Uniform: ContinuousDistribution where Upper == Double {
  public var support: ClosedRange<Double> { isSound ? lower...upper : 0...1 }

  public func logCDF(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    return x >= upper ? 0 : x <= lower ? -.infinity : log((x - lower) / (upper - lower))
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    return x <= lower ? 0 : x >= upper ? -.infinity : log((upper - x) / (upper - lower))
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return probability == 1 ? upper : lower + probability * (upper - lower)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    isSound && x >= lower && x <= upper ? 0 : .nan
  }
}
