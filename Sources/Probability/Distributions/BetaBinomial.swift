import Glibc
public import Randomness

/// Binomial with a beta probability of success.
@frozen
public struct BetaBinomial: Sendable {
  /// Not negative.
  public var count: Int
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(count: Int, alpha: Double, beta: Double) {
    self.count = count
    self.alpha = alpha
    self.beta = beta
  }
}

extension BetaBinomial: DiscreteDistribution {
  @inlinable
  public var isSound: Bool { count >= 0 && Special.isPositive(alpha) && Special.isPositive(beta) }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 || x > count { return -.infinity }
    return Special.logBetaBinomialMass(Double(x), Double(count - x), alpha, beta)
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound else { return 0 }
    return stream.binomial(count, Beta(alpha, beta).sample(&stream))
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "BetaBinomial", .notNegative("count", count), .positive("alpha", alpha),
      .positive("beta", beta))
  }

  public var support: ClosedRange<Int> { 0...Swift.max(count, 0) }

  /// - Complexity: O(count).
  public func logCDF(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x >= count { return 0 }
    return x < 0 ? -.infinity : Swift.min(LogWeight.sum((0...x).map(logDensity)), 0)
  }

  /// - Complexity: O(count).
  public func logSurvival(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 { return 0 }
    return x >= count ? -.infinity : Swift.min(LogWeight.sum((x + 1...count).map(logDensity)), 0)
  }
}
