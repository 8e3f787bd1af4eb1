import Glibc
public import Randomness

/// Negative binomial (failures before the `successes`-th success) with a beta probability of
/// success.
@frozen
public struct BetaNegativeBinomial: Sendable {
  /// Positive and finite; need not be whole.
  public var successes: Double
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(successes: Double, alpha: Double, beta: Double) {
    self.successes = successes
    self.alpha = alpha
    self.beta = beta
  }
}

extension BetaNegativeBinomial: DiscreteDistribution {
  @inlinable
  public var isSound: Bool {
    Special.isPositive(successes) && Special.isPositive(alpha) && Special.isPositive(beta)
  }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return -.infinity }
    let failures = Double(x)
    return Special.logBetaBinomialMass(successes, failures, alpha, beta)
      - log1p(failures / successes)
  }

  /// A draw; `Int.max` where it overflows.
  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound else { return 0 }
    // The odds of a failure are a ratio of gammas; their logarithm does not underflow.
    let logOdds = stream.logGamma(shape: beta) - stream.logGamma(shape: alpha)
    let rate = exp(stream.logGamma(shape: successes) + logOdds)
    return rate < 0x1p63 ? stream.poisson(rate) : .max
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "BetaNegativeBinomial", .positive("successes", successes), .positive("alpha", alpha),
      .positive("beta", beta))
  }

  public var support: ClosedRange<Int> { 0...Int.max }

  /// - Complexity: O(x).
  public func logCDF(_ x: Int) -> Double {
    guard isSound else { return .nan }
    return x < 0 ? -.infinity : Swift.min(LogWeight.sum((0...x).map(logDensity)), 0)
  }

  /// If `successes` is not whole, the absolute error of the probability is 1e-15, not the relative.
  ///
  /// - Complexity: O(`successes`), or O(x) if that is not whole.
  public func logSurvival(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return 0 }
    guard successes == floor(successes), successes < 1e6, x < Int.max / 2 else {
      return Special.logOneMinusExp(logCDF(x))
    }
    // More than x failures: fewer than `successes` successes in the first x + `successes` trials.
    let needed = Int(successes)
    return BetaBinomial(count: x + needed, alpha: alpha, beta: beta).logCDF(needed - 1)
  }
}
