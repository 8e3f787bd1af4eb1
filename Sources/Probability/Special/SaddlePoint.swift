import Glibc

// Log-probabilities without the cancellation of log-factorials.
//
// Source: Loader, "Fast and accurate computation of binomial probabilities" (2000).

extension Special {
  /// x log(x/m) + m − x for x ≥ 0, m > 0: how unlikely x is if m is expected.
  static func deviance(_ x: Double, _ m: Double) -> Double {
    if x == 0 { return m }
    guard abs(x - m) < 0.1 * (x + m) else { return x * log(x / m) + m - x }
    // The series of the logarithm of (1+v)/(1−v); its first term is (x−m)²/(x+m).
    let v = (x - m) / (x + m)
    var sum = (x - m) * v
    var term = 2 * x * v
    var odd = 1.0
    while true {
      term *= v * v
      odd += 2
      let next = sum + term / odd
      if next == sum { return sum }
      sum = next
    }
  }

  /// x log m − m − log Γ(x + 1) for real x ≥ 0 and m ≥ 0.
  static func logPoissonMass(_ x: Double, _ m: Double) -> Double {
    if x == 0 { return -m }
    if m == 0 { return -.infinity }
    if m == .infinity { return -.infinity }
    if x < 10 || m < 1e-280 { return x * log(m) - m - logGamma(x + 1) }
    return -stirlingError(x) - deviance(x, m) - halfLogTwoPi - 0.5 * log(x)
  }

  /// log(Γ(n+1) / (Γ(x+1) Γ(y+1)) p^x q^y) for real x, y ≥ 0, n = x + y, p + q = 1.
  static func logBinomialMass(_ x: Double, _ y: Double, p: Double, q: Double) -> Double {
    if x == 0 { return y == 0 ? 0 : y * (p < q ? log1p(-p) : log(q)) }
    if y == 0 { return x * (q < p ? log1p(-q) : log(p)) }
    if p == 0 || q == 0 { return -.infinity }
    let n = x + y
    return stirlingError(n) - stirlingError(x) - stirlingError(y)
      - deviance(x, n * p) - deviance(y, n * q)
      - halfLogTwoPi - 0.5 * log(min(x, y)) - 0.5 * log1p(-min(x, y) / n)
  }

  /// log(Γ(n+1) / Π Γ(xᵢ+1) · Π pᵢ^xᵢ) for real xᵢ ≥ 0 with sum n and Σ pᵢ = 1.
  static func logMultinomialMass(_ x: [Double], _ probabilities: [Double]) -> Double {
    let n = x.reduce(0, +)
    if n == 0 { return 0 }
    // Each part is Poisson(n pᵢ) given that the sum, which is Poisson(n), is n.
    var logarithm = -logPoissonMass(n, n)
    for (value, probability) in zip(x, probabilities) {
      logarithm += logPoissonMass(value, n * probability)
    }
    return logarithm
  }

  /// log(Γ(n+1) / (Γ(x+1) Γ(y+1)) B(x+a, y+b) / B(a, b)) for real x, y ≥ 0, n = x + y.
  static func logBetaBinomialMass(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
    let n = x + y
    if n == 0 { return 0 }
    let total = n + a + b
    // Three binomials with a common probability, whose powers cancel, as for the hypergeometric.
    let p = n / total
    let q = (a + b) / total
    return logBinomialMass(x, a, p: p, q: q) + logBinomialMass(y, b, p: p, q: q)
      - logBinomialMass(n, a + b, p: p, q: q)
      - log1p(x / a) - log1p(y / b) + log1p(n / (a + b))
  }
}
