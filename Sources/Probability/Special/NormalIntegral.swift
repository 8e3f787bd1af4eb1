import Glibc

extension Special {
  /// P(Z ≤ x) for Z standard normal; error 1e-13 wherever it does not underflow.
  public static func normalCDF(_ x: Double) -> Double {
    0.5 * erfc(-x * 0.707_106_781_186_547_524_4)
  }

  /// log P(Z ≤ x) for Z standard normal; error 1e-14 everywhere.
  public static func logNormalCDF(_ x: Double) -> Double {
    if x > 0 { return log1p(-normalCDF(-x)) }
    if x > -10 { return log(normalCDF(x)) }
    if x == -.infinity { return x }
    // Mills' ratio by its asymptotic series, Abramowitz–Stegun 26.2.12.
    let y = 1 / (x * x)
    var term = 1.0
    var sum = 1.0
    var odd = 1.0
    while abs(term) > 1e-17 && odd < 60 {
      term *= -odd * y
      sum += term
      odd += 2
    }
    return -0.5 * x * x - halfLogTwoPi - log(-x) + log(sum)
  }

  /// log P(a < Z < b) for Z standard normal and a ≤ b, accurate for narrow and for far intervals.
  public static func logNormalProbability(from a: Double, to b: Double) -> Double {
    if a.isNaN || b.isNaN || a > b { return .nan }
    if a == b { return -.infinity }
    if a > 0 { return logNormalProbability(from: -b, to: -a) }
    let width = b - a
    let middle = 0.5 * (a + b)
    if width * (1 + abs(middle)) < 0.5 {
      // Φ(b) − Φ(a) would cancel; the density is nearly constant.
      return -0.5 * middle * middle - halfLogTwoPi + log(width)
        + log(meanOfNormalBump(middle, halfWidth: 0.5 * width))
    }
    let upper = logNormalCDF(b)
    if b > 0 {
      // Both tails are left out: add them, not their complements.
      return log1p(-exp(logNormalCDF(a)) - exp(logNormalCDF(-b)))
    }
    return upper + logOneMinusExp(logNormalCDF(a) - upper)
  }

  /// The mean of exp(−m t − t²/2) for t within `halfWidth` of 0, by six-point Gauss–Legendre.
  private static func meanOfNormalBump(_ m: Double, halfWidth: Double) -> Double {
    let nodes = [0.238_619_186_083_196_91, 0.661_209_386_466_264_51, 0.932_469_514_203_152_03]
    let weights = [0.467_913_934_572_691_05, 0.360_761_573_048_138_61, 0.171_324_492_379_170_35]
    var sum = 0.0
    for (node, weight) in zip(nodes, weights) {
      let t = node * halfWidth
      sum += weight * exp(-0.5 * t * t) * cosh(m * t)
    }
    return sum
  }

  /// The x with P(Z ≤ x) = p for Z standard normal; error 1e-15. NaN unless p is in `0...1`.
  ///
  /// Source: Wichura, "Algorithm AS 241" (Applied Statistics 1988), PPND16.
  public static func normalQuantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    let centered = p - 0.5
    if abs(centered) <= 0.425 {
      let r = 0.180625 - centered * centered
      return centered * ratio(r, centralNumerator, centralDenominator)
    }
    if p < 0.5 { return p == 0 ? -.infinity : -tailQuantile(log(p)) }
    return p == 1 ? .infinity : tailQuantile(log(1 - p))
  }

  /// The x with log P(Z ≤ x) = `logP`, also where exp(`logP`) underflows; error 1e-15.
  public static func normalQuantile(logP: Double) -> Double {
    guard logP <= 0 else { return .nan }
    if logP == -.infinity { return logP }
    if logP < -2.6 { return -tailQuantile(logP) }
    // Close to 1, p itself would lose the digits that 1 − p needs.
    if logP > -0.07 { return logP == 0 ? .infinity : tailQuantile(logOneMinusExp(logP)) }
    return normalQuantile(exp(logP))
  }

  /// The x > 0 with log P(Z > x) = `logP`, for `logP` below log 0.075.
  private static func tailQuantile(_ logP: Double) -> Double {
    let r = (-logP).squareRoot()
    if r <= 5 { return ratio(r - 1.6, tailNumerator, tailDenominator) }
    if r <= 27 { return ratio(r - 5, farNumerator, farDenominator) }
    // Beyond the fitted range: Newton's method from the leading terms of the asymptotic series.
    let square = -2 * logP
    var x = (square - log(2 * Double.pi * square)).squareRoot()
    for _ in 0..<4 {
      let excess = logNormalCDF(-x) - logP
      x += excess * exp(logNormalCDF(-x) + 0.5 * x * x + halfLogTwoPi)
    }
    return x
  }

  /// The polynomial `numerator` over 1 + r · (the polynomial `denominator`).
  private static func ratio(
    _ r: Double, _ numerator: [Double], _ denominator: [Double]
  ) -> Double {
    var top = 0.0
    for coefficient in numerator.reversed() { top = top * r + coefficient }
    var bottom = 0.0
    for coefficient in denominator.reversed() { bottom = bottom * r + coefficient }
    return top / (bottom * r + 1)
  }

  private static let centralNumerator = [
    3.3871328727963666080, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
    45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
  ]
  private static let centralDenominator = [
    42.313330701600911252, 687.18700749205790830, 5394.1960214247511077, 21213.794301586595867,
    39307.895800092710610, 28729.085735721942674, 5226.4952788528545610,
  ]
  private static let tailNumerator = [
    1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550,
    3.64784832476320460504, 1.27045825245236838258, 0.241780725177450611770,
    0.0227238449892691845833, 7.74545014278341407640e-4,
  ]
  private static let tailDenominator = [
    2.05319162663775882187, 1.67638483018380384940, 0.689767334985100004550,
    0.148103976427480074590, 0.0151986665636164571966, 5.47593808499534494600e-4,
    1.05075007164441684324e-9,
  ]
  private static let farNumerator = [
    6.65790464350110377720, 5.46378491116411436990, 1.78482653991729133580,
    0.296560571828504891230, 0.0265321895265761230930, 0.00124266094738807843860,
    2.71155556874348757815e-5, 2.01033439929228813265e-7,
  ]
  private static let farDenominator = [
    0.599832206555887937690, 0.136929880922735805310, 0.0148753612908506148525,
    7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
    2.04426310338993978564e-15,
  ]
}
