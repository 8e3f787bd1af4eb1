import Glibc

// The regularized incomplete gamma functions P(a, x) and Q(a, x) = 1 − P(a, x).
//
// Source: NIST Digital Library of Mathematical Functions, 8.7, 8.9 and 8.12 (Temme's uniform
// expansion); the choice between them for small a follows Gautschi (TOMS 1979).

extension Special {
  /// log P(a, x) and log Q(a, x) for a > 0 and x ≥ 0; error 1e-12, growing to 1e-11 for a near
  /// 1e5. NaN for other arguments.
  ///
  /// - Complexity: O(√a) near x = a for a below 1e5, else O(1).
  public static func logIncompleteGamma(_ a: Double, _ x: Double) -> LogTails {
    guard a > 0, a < .infinity, x >= 0 else { return .undefined }
    if x == 0 { return .none }
    if x == .infinity { return .all }
    if a >= 1e5 && abs(x - a) <= 0.1 * a { return temmeExpansion(a, x) }
    if x >= max(a, 1.1) {
      return LogTails(upper: log(a) + logPoissonMass(a, x) + log(upperFraction(a, x)))
    }
    return a < 1 ? smallShape(a, x) : LogTails(lower: logPoissonMass(a, x) + log(lowerSeries(a, x)))
  }

  /// P(a, x).
  public static func gammaP(_ a: Double, _ x: Double) -> Double {
    exp(logIncompleteGamma(a, x).lower)
  }

  /// Q(a, x).
  public static func gammaQ(_ a: Double, _ x: Double) -> Double {
    exp(logIncompleteGamma(a, x).upper)
  }

  /// The x with P(a, x) = p, for a > 0 and p in `0...1`; error 1e-11. NaN for other arguments.
  public static func inverseGammaP(_ a: Double, _ p: Double) -> Double {
    guard a > 0, a < .infinity else { return .nan }
    return solve(
      p, in: 0...(.infinity), lower: { logIncompleteGamma(a, $0).lower },
      upper: { logIncompleteGamma(a, $0).upper }, density: { logGammaDensity($0, a) })
  }

  /// The log-density of the gamma distribution with rate 1 for x > 0.
  static func logGammaDensity(_ x: Double, _ a: Double) -> Double {
    logPoissonMass(a, x) + log(a) - log(x)
  }

  /// Σ xⁿ / ((a+1) ⋯ (a+n)), DLMF 8.7.1.
  private static func lowerSeries(_ a: Double, _ x: Double) -> Double {
    var term = 1.0
    var sum = 1.0
    var divisor = a
    while term > sum * 1e-17 {
      divisor += 1
      term *= x / divisor
      sum += term
    }
    return sum
  }

  /// The continued fraction of Γ(a, x) eˣ x⁻ᵃ, DLMF 8.9.2 contracted, by Lentz's method.
  private static func upperFraction(_ a: Double, _ x: Double) -> Double {
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    var index = 0.0
    while true {
      index += 1
      let numerator = -index * (index - a)
      b += 2
      d = 1 / nonZero(numerator * d + b)
      c = nonZero(b + numerator / c)
      let factor = c * d
      fraction *= factor
      if abs(factor - 1) < 2e-16 || index > 1e6 { return fraction }
    }
  }

  static func nonZero(_ x: Double) -> Double {
    abs(x) < 1e-300 ? 1e-300 : x
  }

  /// For a < 1 and x ≤ 1.1, where P may be nearly 1 although x is small.
  private static func smallShape(_ a: Double, _ x: Double) -> LogTails {
    // P = xᵃ/Γ(1+a) · (1 + a Σ (−x)ⁿ / (n! (a+n))), n ≥ 1, DLMF 8.7.1.
    var term = 1.0
    var sum = 0.0
    var index = 0.0
    repeat {
      index += 1
      term *= -x / index
      sum += term / (a + index)
    } while abs(term) > 1e-17 * abs(sum)
    let logPower = a * log(x) - logRising(1, a)
    return LogTails(
      lower: logPower + log1p(a * sum), upper: log(-expm1(logPower) - exp(logPower) * a * sum))
  }

  /// Two terms of Temme's expansion, DLMF 8.12.3; the third is below a⁻² = 1e-10 of the second.
  private static func temmeExpansion(_ a: Double, _ x: Double) -> LogTails {
    // eta² / 2 = x/a − 1 − log(x/a).
    let half = deviance(a, x) / a
    let eta = x < a ? -(2 * half).squareRoot() : (2 * half).squareRoot()
    var first = 0.0
    for coefficient in temmeFirst.reversed() { first = first * eta + coefficient }
    var second = 0.0
    for coefficient in temmeSecond.reversed() { second = second * eta + coefficient }
    // The correction to Q is exp(−a eta²/2) / √(2πa) · series.
    let series = (first + second / a) / a.squareRoot()
    let y = eta * a.squareRoot()
    func tail(_ y: Double, _ series: Double) -> Double {
      let main = logNormalCDF(-y)
      return main + log1p(series * exp(-0.5 * y * y - halfLogTwoPi - main))
    }
    return y > 0 ? LogTails(upper: tail(y, series)) : LogTails(lower: tail(-y, -series))
  }

  /// The Taylor coefficients of c₀ of DLMF 8.12.10 in eta.
  private static let temmeFirst = [
    -1.0 / 3, 1.0 / 12, -2.0 / 135, 0.001_157_407_407_407_407_407_4, 3.527_336_860_670_194_003_5e-4,
    -1.787_551_440_329_218_107e-4, 3.919_263_178_522_437_781_7e-5, -2.185_448_510_679_992_161_5e-6,
    -1.854_062_210_715_159_960_7e-6, 8.296_711_340_953_086_005e-7,
  ]
  /// The Taylor coefficients of c₁.
  private static let temmeSecond = [
    -0.001_851_851_851_851_851_851_9, -0.003_472_222_222_222_222_222_2,
    0.002_645_502_645_502_645_502_6, -9.902_263_374_485_596_707_8e-4,
    2.057_613_168_724_279_835_4e-4, -4.018_775_720_164_609_053_5e-7,
  ]
}
