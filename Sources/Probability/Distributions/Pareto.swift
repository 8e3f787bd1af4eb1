import Glibc
public import Randomness

/// The Pareto distribution (type I): P(X > x) = (minimum/x)^shape for x ≥ minimum.
@frozen
public struct Pareto<Shape: Sendable>: Sendable {
  /// Positive and finite.
  public var shape: Shape
  /// Positive and finite.
  public var minimum: Double

  @inlinable
  @_disfavoredOverload
  public init(shape: Shape, minimum: Double) {
    self.shape = shape
    self.minimum = minimum
  }
}

extension Pareto: Distribution where Shape == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(shape) && Special.isPositive(minimum) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x < minimum { return -.infinity }
    return log(shape / x) - shape * log(x / minimum)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    return minimum * exp(stream.exponential() / shape)
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Pareto", .positive("shape", shape), .positive("minimum", minimum))
  }
}

extension Pareto: ContinuousDistribution where Shape == Double {
  public var support: ClosedRange<Double> { isSound ? minimum ... .infinity : 0 ... .infinity }

  public func logCDF(_ x: Double) -> Double { Special.logOneMinusExp(logSurvival(x)) }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound else { return .nan }
    return x <= minimum ? 0 : -shape * log(x / minimum)
  }

  public func quantile(_ probability: Double) -> Double {
    guard isSound, probability >= 0, probability <= 1 else { return .nan }
    return minimum * exp(-log1p(-probability) / shape)
  }

  public func logDensityGradient(_ x: Double) -> Double {
    isSound && x >= minimum ? -(shape + 1) / x : .nan
  }
}
