import Glibc
public import Randomness

/// The number of failures before the `successes`-th success in independent trials.
///
/// It is also the gamma-Poisson distribution: Poisson with a gamma rate of shape `successes` and
/// rate p/(1−p).
@frozen
public struct NegativeBinomial<P: Sendable>: Sendable {
  /// Positive and finite; need not be whole.
  public var successes: Double
  /// The probability of a success, in `0...1` but not 0.
  public var probability: P

  @inlinable
  @_disfavoredOverload
  public init(successes: Double, probability: P) {
    self.successes = successes
    self.probability = probability
  }
}

extension NegativeBinomial: Distribution where P == Double {
  @inlinable
  public var isSound: Bool { Special.isPositive(successes) && probability > 0 && probability <= 1 }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return -.infinity }
    let failures = Double(x)
    return Special.logBinomialMass(successes, failures, p: probability, q: 1 - probability)
      - log1p(failures / successes)
  }

  /// Poisson with a gamma rate; `Int.max` where that overflows.
  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound, probability < 1 else { return 0 }
    let logOdds = log(probability) - log1p(-probability)
    let rate = exp(stream.logGamma(shape: successes) - logOdds)
    return rate < 0x1p63 ? stream.poisson(rate) : .max
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "NegativeBinomial", .positive("successes", successes),
      .positiveProbability("probability", probability))
  }
}

extension NegativeBinomial: DiscreteDistribution where P == Double {
  public var support: ClosedRange<Int> { 0...Int.max }

  public func logCDF(_ x: Int) -> Double { logTails(x).lower }

  public func logSurvival(_ x: Int) -> Double { logTails(x).upper }

  private func logTails(_ x: Int) -> LogTails {
    guard isSound else { return .undefined }
    if x < 0 { return .none }
    return Special.logIncompleteBeta(
      successes, Double(x) + 1, probability, complement: 1 - probability)
  }
}
