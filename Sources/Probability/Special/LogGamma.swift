public import Glibc

/// Special functions in double precision.
///
/// Errors are stated relative to the result unless said otherwise, for arguments that are exact.
public enum Special {
  @usableFromInline static let halfLogTwoPi = 0.918_938_533_204_672_741_78
}

extension Special {
  /// log |Γ(x)|; error 1e-15, near the zeros 1 and 2 absolute.
  @inlinable
  public static func logGamma(_ x: Double) -> Double {
    // `lgamma` writes a global sign, `lgamma_r` does not.
    var sign: Int32 = 0
    return lgamma_r(x, &sign)
  }

  /// log Γ(x) − ((x − 1/2) log x − x + log(2π)/2) for x > 0, the error of Stirling's formula;
  /// absolute error 1e-14.
  ///
  /// Source: Abramowitz, Stegun, "Handbook of mathematical functions", 6.1.42.
  public static func stirlingError(_ x: Double) -> Double {
    if x < 10 { return logGamma(x) + x - (x - 0.5) * log(x) - halfLogTwoPi }
    let y = 1 / (x * x)
    let tail = y * (1.0 / 1188 - y * (691.0 / 360_360 - y / 156))
    return (1.0 / 12 - y * (1.0 / 360 - y * (1.0 / 1260 - y * (1.0 / 1680 - tail)))) / x
  }

  /// log(Γ(x + step) / Γ(x)) for x > 0 and step ≥ 0; accurate for large x and for small steps.
  public static func logRising(_ x: Double, _ step: Double) -> Double {
    if step == 0 { return 0 }
    if x < 10 {
      if step > 0.1 { return logGamma(x + step) - logGamma(x) }
      // Γ(y + step) = Γ(y + step + 1) / (y + step), until y is large.
      var shifted = x
      var shift = 0.0
      while shifted < 10 {
        shift += log1p(step / shifted)
        shifted += 1
      }
      return logRising(shifted, step) - shift
    }
    let growth = log1p(step / x)
    return stirlingErrorChange(x, step, growth) + (x + step - 0.5) * growth
      + step * (log(x) - 1)
  }

  /// `stirlingError(x + step) - stirlingError(x)`, where `growth` is log(1 + step/x) and x ≥ 10.
  private static func stirlingErrorChange(
    _ x: Double, _ step: Double, _ growth: Double
  ) -> Double {
    if growth > 0.01 { return stirlingError(x + step) - stirlingError(x) }
    // Each term is a power, whose change expm1 gives without cancellation.
    let y = 1 / (x * x)
    var change = expm1(-growth) / 12
    change -= y * expm1(-3 * growth) / 360
    change += y * y * expm1(-5 * growth) / 1260
    change -= y * y * y * expm1(-7 * growth) / 1680
    change += y * y * y * y * expm1(-9 * growth) / 1188
    return change / x
  }

  /// log B(a, b) for a, b > 0; error 1e-14.
  ///
  /// Source: the splitting by size follows DiDonato, Morris, "Algorithm 708" (TOMS 1992).
  public static func logBeta(_ a: Double, _ b: Double) -> Double {
    let small = min(a, b)
    let large = max(a, b)
    if large < 10 { return logGamma(small) + logGamma(large) - logGamma(small + large) }
    if small < 10 { return logGamma(small) - logRising(large, small) }
    let ratio = small / large
    return stirlingError(small) + stirlingError(large) - stirlingError(small + large)
      + halfLogTwoPi - 0.5 * log(large) + (small - 0.5) * log(ratio / (1 + ratio))
      - large * log1p(ratio)
  }

  /// log C(n, k) for real 0 ≤ k ≤ n; `-infinity` outside.
  public static func logBinomialCoefficient(_ n: Double, _ k: Double) -> Double {
    if n.isNaN || k.isNaN || n < 0 { return .nan }
    if k < 0 || k > n { return -.infinity }
    if k == 0 || k == n { return 0 }
    return -log1p(n) - logBeta(k + 1, n - k + 1)
  }

  /// log Γ_d(a) = d(d−1)/4 · log π + Σ log Γ(a − j/2) for j in `0..<d`; finite for a > (d−1)/2.
  ///
  /// Source: Muirhead, "Aspects of multivariate statistical theory", theorem 2.1.12.
  public static func multivariateLogGamma(_ a: Double, dimension: Int) -> Double {
    guard a > Double(dimension - 1) / 2 else { return .nan }
    var sum = Double(dimension * (dimension - 1)) / 4 * log(Double.pi)
    for index in 0..<dimension { sum += logGamma(a - Double(index) / 2) }
    return sum
  }

  /// log(1 − e^x) for x ≤ 0.
  ///
  /// Source: Mächler, "Accurately computing log(1 − exp(−|a|))" (Rmpfr vignette, 2012).
  @inlinable
  public static func logOneMinusExp(_ x: Double) -> Double {
    x > -0.693_147_180_559_945_3 ? log(-expm1(x)) : log1p(-exp(x))
  }
}
