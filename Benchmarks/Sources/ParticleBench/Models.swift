import Glibc
import Probability

/// x[0] ~ N(0, 1/0.19), x[t] ~ N(0.9 x[t-1], 1), y[t] ~ N(x[t], 0.25).
struct Linear: SequentialModel {
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x =
      t == 0
      ? p.assume(Normal(0, variance: 1 / 0.19)) : p.assume(Normal(ShortAffine(0.9, x), variance: 1))
    p.observe(y, Normal(x, variance: 0.25))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

/// The mixed linear–nonlinear model of `Tests/ProbabilityTests/Data`, with the parameters there.
/// An observation is a pair of the nonlinear and the linear one.
struct Mixed: SequentialModel {
  /// Sums by operators, or as `ShortAffine`: the same program in two notations.
  var usesOperators: Bool
  var n = 0.0
  var x = Random<Double>()
  var y = Random<Double>()
  var z = Random<Double>()

  init(usesOperators: Bool) {
    self.usesOperators = usesOperators
  }

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ data: SIMD2<Double>, _ p: inout some ProbabilisticContext) {
    if t == 0 {
      n = p.draw(Normal(0, variance: 1))
      x = p.assume(Normal(0, variance: 1))
      y = p.assume(Normal(0, variance: 1))
      z = p.assume(Normal(0, variance: 1))
    } else {
      let (u, v, w) = (x, y, z)
      if usesOperators {
        n = p.draw(Normal(Special.arctangent(n) + u, variance: 0.01))
        x = p.assume(Normal(u + 0.3 * v, variance: 0.01))
        y = p.assume(Normal(0.92 * v - 0.3 * w, variance: 0.01))
        z = p.assume(Normal(0.3 * v + 0.92 * w, variance: 0.01))
      } else {
        n = p.draw(Normal(ShortAffine(1, u, plus: Special.arctangent(n)), variance: 0.01))
        x = p.assume(Normal(ShortAffine(1, u, 0.3, v), variance: 0.01))
        y = p.assume(Normal(ShortAffine(0.92, v, -0.3, w), variance: 0.01))
        z = p.assume(Normal(ShortAffine(0.3, v, 0.92, w), variance: 0.01))
      }
    }
    p.observe(data.x, Normal(0.1 * n * abs(n), variance: 0.1))
    if usesOperators {
      p.observe(data.y, Normal(x - y + z, variance: 0.1))
    } else {
      p.observe(data.y, Normal(ShortAffine(1, x, -1, y, 1, z), variance: 0.1))
    }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
    visitor.keep(y)
    visitor.keep(z)
  }
}
