import Glibc

/// Numerical integration for the tests' truth: double exponential quadrature.
///
/// Source: Takahasi, Mori, "Double exponential formulas for numerical integration" (1974).
enum Quadrature {
  /// Where the integral goes from and to.
  enum Domain {
    /// From 0 to 1.
    case unit
    /// From a number to infinity.
    case above(Double)
    /// From minus infinity to infinity.
    case reals
  }

  /// The log of the integral of exp(`logDensity`), and the mean and variance under it.
  ///
  /// Values near the end 1 of the unit interval come with 1 − x, which has all its digits.
  static func moments(
    _ domain: Domain, _ logDensity: (_ x: Double, _ complement: Double) -> Double
  ) -> (logIntegral: Double, mean: Double, variance: Double) {
    var points: [(x: Double, log: Double)] = []
    let step = 1.0 / 64
    for index in -320...320 {
      let t = Double(index) * step
      let (s, slope) = (Double.pi / 2 * sinh(t), Double.pi / 2 * cosh(t))
      let (x, complement, logWeight): (Double, Double, Double)
      switch domain {
      case .unit:
        x = 1 / (1 + exp(-2 * s))
        complement = 1 / (1 + exp(2 * s))
        logWeight = log(2 * slope) - 2 * abs(s) - 2 * log1p(exp(-2 * abs(s)))
      case .above(let low):
        x = low + exp(s)
        complement = 0
        logWeight = s + log(slope)
      case .reals:
        // Normal tails are what is integrated: one exponential is enough.
        x = s
        complement = 0
        logWeight = log(slope)
      }
      let value = logDensity(x, complement) + logWeight
      if value > -.infinity && x.isFinite { points.append((x, value)) }
    }
    let largest = points.map(\.log).max()!
    let weights = points.map { exp($0.log - largest) }
    let total = weights.reduce(0, +)
    let mean = zip(points, weights).reduce(0) { $0 + $1.0.x * $1.1 } / total
    let variance =
      zip(points, weights).reduce(0) { $0 + ($1.0.x - mean) * ($1.0.x - mean) * $1.1 } / total
    return (largest + log(total * step), mean, variance)
  }
}
