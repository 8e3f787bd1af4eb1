import Glibc
public import Randomness

/// The beta distribution: density x^(alpha−1) (1−x)^(beta−1) up to a constant, for 0 < x < 1.
@frozen
public struct Beta: Sendable {
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(_ alpha: Double, _ beta: Double) {
    self.alpha = alpha
    self.beta = beta
  }
}

extension Beta: ContinuousDistribution {
  @inlinable
  public var isSound: Bool { Special.isPositive(alpha) && Special.isPositive(beta) }

  public func logDensity(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    if x < 0 || x > 1 { return -.infinity }
    if x > 0 && x < 1 { return Special.logBetaDensity(x, alpha, beta) }
    let (here, there) = x == 0 ? (alpha, beta) : (beta, alpha)
    return here > 1 ? -.infinity : here < 1 ? .infinity : log(there)
  }

  /// A draw, neither 0 nor 1 even where small parameters make rounding lead there.
  public func sample(_ stream: inout RandomStream) -> Double {
    guard isSound else { return .nan }
    let first = stream.logGamma(shape: alpha)
    let second = stream.logGamma(shape: beta)
    // X/(X + Y) from the logarithms, which do not underflow.
    let fraction =
      first < second
      ? RandomStream.positive(first - second - log1p(exp(first - second)))
      : 1 / (1 + exp(second - first))
    return Swift.min(fraction, 1 - 0x1p-53)
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Beta", .positive("alpha", alpha), .positive("beta", beta))
  }

  public var support: ClosedRange<Double> { 0...1 }

  public func logCDF(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    return Special.logIncompleteBeta(alpha, beta, Swift.min(Swift.max(x, 0), 1)).lower
  }

  public func logSurvival(_ x: Double) -> Double {
    guard isSound, !x.isNaN else { return .nan }
    return Special.logIncompleteBeta(alpha, beta, Swift.min(Swift.max(x, 0), 1)).upper
  }

  public func logDensityGradient(_ x: Double) -> Double {
    guard isSound, x >= 0, x <= 1 else { return .nan }
    // A factor with exponent 0 does not matter, even at its end.
    let first = alpha == 1 ? 0 : (alpha - 1) / x
    return first - (beta == 1 ? 0 : (beta - 1) / (1 - x))
  }
}
