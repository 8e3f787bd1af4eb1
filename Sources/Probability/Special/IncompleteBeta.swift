import Glibc

// The regularized incomplete beta function I_x(a, b).
//
// Source: NIST Digital Library of Mathematical Functions, 8.17.22 (continued fraction) and 8.17.7
// (power series).

extension Special {
  /// log I_x(a, b) and log(1 − I_x(a, b)) for a, b > 0 and x in `0...1`; error 1e-12, growing to
  /// 1e-10 for a + b near 1e10. NaN for other arguments.
  ///
  /// - Complexity: O(√(a + b)) near the mean.
  public static func logIncompleteBeta(_ a: Double, _ b: Double, _ x: Double) -> LogTails {
    logIncompleteBeta(a, b, x, complement: 1 - x)
  }

  /// The same for x so near to 1 that `complement`, 1 − x, is known better.
  public static func logIncompleteBeta(
    _ a: Double, _ b: Double, _ x: Double, complement y: Double
  ) -> LogTails {
    guard a > 0, b > 0, a < .infinity, b < .infinity, x >= 0, y >= 0 else { return .undefined }
    if x == 0 { return .none }
    if y == 0 { return .all }
    if x > (a + 1) / (a + b + 2) { return lowerBeta(b, a, y, x).mirrored }
    return lowerBeta(a, b, x, y)
  }

  /// I_x(a, b).
  public static func betaI(_ a: Double, _ b: Double, _ x: Double) -> Double {
    exp(logIncompleteBeta(a, b, x).lower)
  }

  /// The x with I_x(a, b) = p, for a, b > 0 and p in `0...1`; error 1e-11. NaN for other
  /// arguments.
  public static func inverseBetaI(_ a: Double, _ b: Double, _ p: Double) -> Double {
    guard a > 0, b > 0, a < .infinity, b < .infinity else { return .nan }
    return solve(
      p, in: 0...1, lower: { logIncompleteBeta(a, b, $0).lower },
      upper: { logIncompleteBeta(a, b, $0).upper }, density: { logBetaDensity($0, a, b) })
  }

  /// The log-density of the beta distribution for 0 < x < 1.
  static func logBetaDensity(_ x: Double, _ a: Double, _ b: Double) -> Double {
    if min(a, b) < 10 { return (a - 1) * log(x) + (b - 1) * log1p(-x) - logBeta(a, b) }
    return logBinomialMass(a, b, p: x, q: 1 - x) + log(a) - log1p(a / b) - log(x) - log1p(-x)
  }

  /// For x at most about the mean.
  private static func lowerBeta(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> LogTails {
    if a < 1 {
      // I = xᵃ/(a B(a, b)) · (1 + a Σ (1−b)(2−b)⋯(n−b) / (n! (a+n)) xⁿ), n ≥ 1. I may be nearly 1
      // although x is small.
      var term = 1.0
      var sum = 0.0
      var index = 0.0
      repeat {
        index += 1
        term *= (index - b) / index * x
        sum += term / (a + index)
      } while abs(term) > 1e-17 * abs(sum) && index < 1e6
      let logPower = a * log(x) - logRising(1, a) + logRising(b, a)
      return LogTails(
        lower: logPower + log1p(a * sum), upper: log(-expm1(logPower) - exp(logPower) * a * sum))
    }
    // xᵃ yᵇ / (a B(a, b)) by the binomial form, which does not cancel.
    let prefix = logBinomialMass(a, b, p: x, q: y) - log1p(a / b)
    return LogTails(lower: prefix + log(betaFraction(a, b, x)))
  }

  private static func betaFraction(_ a: Double, _ b: Double, _ x: Double) -> Double {
    var c = 1.0
    var d = 1 / nonZero(1 - (a + b) * x / (a + 1))
    var fraction = d
    var index = 0.0
    while true {
      index += 1
      let even = index * (b - index) * x / ((a + 2 * index - 1) * (a + 2 * index))
      d = 1 / nonZero(1 + even * d)
      c = nonZero(1 + even / c)
      fraction *= d * c
      let odd = -(a + index) * (a + b + index) * x / ((a + 2 * index) * (a + 2 * index + 1))
      d = 1 / nonZero(1 + odd * d)
      c = nonZero(1 + odd / c)
      let factor = d * c
      fraction *= factor
      if abs(factor - 1) < 2e-16 || index > 1e7 { return fraction }
    }
  }
}
