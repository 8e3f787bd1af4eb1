import Glibc
import Probability
import Randomness

/// x[t] ~ N(f(x[t−1], t), v), y[t] ~ N(x[t]²/20, w), v ~ IG(1, 1) and w ~ IG(1, 1), where f(x, t)
/// is x/2 + 25x/(1+x²) + 8 cos(1.2 t): a standard example of a nonlinear model.
///
/// Source: Andrieu, Doucet, Holenstein, "Particle Markov chain Monte Carlo methods" (JRSS B 2010),
/// section 3.1, with the priors of Wigren, Risuleo, Murray, Lindsten, "Parameter elimination in
/// particle Gibbs sampling" (NeurIPS 2019), section 3.2.
struct Growth: SequentialModel {
  var stateVariance = Random<Double>()
  var noiseVariance = Random<Double>()
  var x = 0.0

  var variances: [Random<Double>] { [stateVariance, noiseVariance] }

  mutating func start(_ p: inout some ProbabilisticContext) {
    stateVariance = p.assume(InverseGamma(shape: 1, scale: 1))
    noiseVariance = p.assume(InverseGamma(shape: 1, scale: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.draw(Normal(Self.next(x, t), variance: stateVariance))
    p.observe(y, Normal(x * x / 20, variance: noiseVariance))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(variances) }

  static func next(_ x: Double, _ t: Int) -> Double {
    x / 2 + 25 * x / (1 + x * x) + 8 * cos(1.2 * Double(t + 1))
  }

  /// Simulated with v = 10 and w = 1.
  static func data(_ count: Int, key: RandomKey) -> [Double] {
    var stream = key.stream()
    var x = 0.0
    return (0..<count).map { t in
      x = next(x, t) + 10.0.squareRoot() * stream.normal()
      return x * x / 20 + stream.normal()
    }
  }
}
