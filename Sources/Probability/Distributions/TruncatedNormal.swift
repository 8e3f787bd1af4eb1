import Glibc
public import Randomness

/// A normal distribution given that its value lies in an interval.
@frozen
public struct TruncatedNormal: Sendable {
  /// Before truncation; finite.
  public var mean: Double
  /// Before truncation; positive and finite.
  public var variance: Double
  /// Ends may be infinite; not a single number.
  public var interval: ClosedRange<Double>

  @inlinable
  public init(_ mean: Double, variance: Double, interval: ClosedRange<Double>) {
    self.mean = mean
    self.variance = variance
    self.interval = interval
  }
}

extension TruncatedNormal: ContinuousDistribution {
  @inlinable
  public var isSound: Bool {
    mean.isFinite && Special.isPositive(variance) && interval.lowerBound < interval.upperBound
  }

  private var deviation: Double { variance.squareRoot() }

  private func standardized(_ x: Double) -> Double { (x - mean) / deviation }

  /// log P(from < X < to) before truncation.
  private func logMass(from low: Double, to high: Double) -> Double {
    Special.logNormalProbability(from: standardized(low), to: standardized(high))
  }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    guard interval.contains(x) else { return -.infinity }
    return Normal(mean, variance: variance).logDensity(x)
      - logMass(from: interval.lowerBound, to: interval.upperBound)
  }

  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    let z = stream.truncatedNormal(
      standardized(interval.lowerBound), standardized(interval.upperBound))
    // Rounding must not lead out of the interval.
    return min(max(mean + deviation * z, interval.lowerBound), interval.upperBound)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "TruncatedNormal", .finite("mean", mean), .positive("variance", variance),
      Requirement(
        "interval", interval, "longer than a point", interval.lowerBound < interval.upperBound))
  }

  public var support: ClosedRange<Double> { interval }

  public func logCDF(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x <= interval.lowerBound { return -.infinity }
    if x >= interval.upperBound { return 0 }
    let below = logMass(from: interval.lowerBound, to: x)
    return below - LogWeight.sum(below, logMass(from: x, to: interval.upperBound))
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x <= interval.lowerBound { return 0 }
    if x >= interval.upperBound { return -.infinity }
    let above = logMass(from: x, to: interval.upperBound)
    return above - LogWeight.sum(above, logMass(from: interval.lowerBound, to: x))
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, interval.contains(x) else { return .nan }
    return (mean - x) / variance
  }
}

extension RandomStream {
  /// A standard normal number given that it lies in `low...high`.
  ///
  /// Source of the rejection in the tail: Robert, "Simulation of truncated normal variables"
  /// (Statistics and Computing 1995), with the rate of the tail's end.
  mutating func truncatedNormal(_ low: Double, _ high: Double) -> Double {
    if low + high > 0 { return -truncatedNormal(-high, -low) }
    // The interval now lies to the left, where the CDF has all its digits.
    if high < -5 {
      let rate = -high
      let rest = -expm1(-rate * (high - low))
      while true {
        let distance = -log1p(-openUniform() * rest) / rate
        if openUniform() < exp(-0.5 * distance * distance) { return high - distance }
      }
    }
    let (below, above) = (Special.normalCDF(low), Special.normalCDF(high))
    if above - below < 1e-6 * above {
      // The CDF has too few digits here; the density is nearly constant.
      let nearest = min(max(0, low), high)
      while true {
        let x = low + (high - low) * openUniform()
        if openUniform() < exp(0.5 * (nearest - x) * (nearest + x)) { return x }
      }
    }
    return Special.normalQuantile(below + (above - below) * openUniform())
  }
}
