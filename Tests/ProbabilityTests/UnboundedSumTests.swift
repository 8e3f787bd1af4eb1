import Glibc
import Probability
import Randomness
import Testing

/// Observed sums and differences of counts without upper bounds: all but one are drawn, and the
/// last has the probability of what is left.
@Suite struct UnboundedSumTests {
  /// Two counts and the number observed of a·x + b·y + c.
  struct Pair: Model {
    let coefficients: (x: Int, y: Int, constant: Int)
    let value: Int

    func run(_ p: inout some ProbabilisticContext) -> Random<Int> {
      let x = p.assume(Poisson(4))
      let y = p.assume(NegativeBinomial(successes: 2, probability: 0.4))
      let sum = coefficients.x * x + coefficients.y * y
      p.observe(value, Exactly(sum + coefficients.constant))
      return x
    }

    /// The probability of the observation and the mean of x given it, summed over all pairs.
    var exact: (probability: Double, mean: Double) {
      let failures = NegativeBinomial(successes: 2, probability: 0.4)
      var (sum, moment) = (0.0, 0.0)
      for x in 0...120 {
        for y in 0...200
        where coefficients.x * x + coefficients.y * y + coefficients.constant == value {
          let mass = exp(Poisson(4).logDensity(x) + failures.logDensity(y))
          sum += mass
          moment += mass * Double(x)
        }
      }
      return (sum, moment / sum)
    }
  }

  @Test(arguments: [
    ((1, -1, 0), 3), ((1, -1, 0), -5), ((-1, 1, 2), 4), ((-1, 1, 0), -2), ((2, -3, 1), 2),
    ((-1, -2, 0), -9), ((1, 2, 5), 16),
  ]) func againstEnumeration(coefficients: (Int, Int, Int), value: Int) throws {
    let model = Pair(
      coefficients: (coefficients.0, coefficients.1, coefficients.2), value: value)
    let posterior = try ImportanceSampler(particles: 20_000).run(model, key: RandomKey(seed: 12))
    let (probability, mean) = model.exact
    let count = Double(posterior.particles.count)
    let scale = log(count) + posterior.logEvidence
    let weights = posterior.particles.map { exp($0.logWeight + scale) }
    let average = weights.reduce(0, +) / count
    let square = weights.reduce(0) { $0 + ($1 - average) * ($1 - average) } / count
    let error = (square / count).squareRoot()
    #expect(abs(exp(posterior.logEvidence) - probability) < 4.5 * error + 1e-12)
    let x = posterior.particles.map { $0.graph.mean($0.value) }
    let estimate = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 } / (average * count)
    let spread = zip(weights, x).reduce(0) {
      $0 + pow($1.0 / (average * count) * ($1.1 - estimate), 2)
    }
    #expect(abs(estimate - mean) < 4.5 * spread.squareRoot() + 1e-9, "\(estimate) for \(mean)")
    // With coefficients of 1 and -1 no particle dies: the other count can make up for any draw.
    if coefficients.0 * coefficients.1 == -1 { #expect(weights.allSatisfy { $0 > 0 }) }
  }
}
