import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Random parameters that a random index chooses among: the weight is the exact density whatever is
/// drawn, and the index is drawn from its posterior.
@Suite struct SwitchTests {
  /// Runs a program for many keys and compares with p(k) and the density of the data in case k.
  static func check(
    _ name: String, _ chances: [Double], _ logDensities: [Double], first: Int = 0,
    _ program: (inout DelayedContext) -> Int
  ) {
    let joint = zip(chances, logDensities).map { log($0) + $1 }
    let logEvidence = log(joint.reduce(0) { $0 + exp($1) })
    var counts = chances.map { _ in 0 }
    for run in 0..<4000 {
      var p = DelayedContext(key: RandomKey(seed: 5).child("run", run))
      let choice = program(&p) - first
      guard isClose(p.logWeight, logEvidence), counts.indices.contains(choice) else {
        Issue.record("\(name), run \(run): \(p.logWeight), not \(logEvidence); case \(choice)")
        return
      }
      counts[choice] += 1
    }
    let deviation = chiSquareDeviation(counts, joint.map { exp($0 - logEvidence) })
    #expect(deviation < 4, "\(name): \(counts)")
  }

  static let logNormal = ConjugatePair.logNormal

  @Test func meansOfGaussians() {
    let (means, variances, chances) = ([-1.0, 0.5, 2], [1.0, 0.25, 3], [0.2, 0.5, 0.3])
    let densities = (0..<3).map { Self.logNormal(1.2, means[$0], variances[$0] + 0.5) }
    func assume(_ p: inout DelayedContext) -> [Random<Double>] {
      (0..<3).map { p.assume(Normal(means[$0], variance: variances[$0])) }
    }
    Self.check("table", chances, densities) { p in
      let locations = assume(&p)
      let index = p.assume(Categorical(chances))
      p.observe(1.2, Switch(index) { Normal(locations[$0], variance: 0.5) })
      let choice = p.value(index)
      // Only the one drawn has learned.
      for other in 0..<3 {
        let gain = other == choice ? variances[other] / (variances[other] + 0.5) : 0
        #expect(isClose(p.graph.mean(locations[other]), means[other] + gain * (1.2 - means[other])))
        #expect(isClose(p.graph.variance(locations[other]), variances[other] * (1 - gain)))
      }
      return choice
    }
    Self.check("random weights", [0.25, 0.5, 0.25], densities) { p in
      let locations = assume(&p)
      let weights = p.assume(Dirichlet([1, 2, 1]))
      let index = p.assume(Categorical(weights))
      p.observe(1.2, Switch(index) { Normal(locations[$0], variance: 0.5) })
      let choice = p.value(index)
      for k in 0..<3 {
        let count = [1.0, 2, 1][k] + (k == choice ? 1 : 0)
        #expect(isClose(p.graph.means(weights)[k], count / 5))
      }
      return choice
    }
    Self.check("range that begins at 2", [1.0 / 3, 1.0 / 3, 1.0 / 3], densities, first: 2) { p in
      let locations = assume(&p)
      let index = p.assume(UniformInteger(2, 4))
      p.observe(1.2, Switch(index) { Normal(locations[$0 - 2], variance: 0.5) })
      return p.value(index)
    }
    Self.check("flag", [0.25, 0.75], Array(densities[..<2])) { p in
      let locations = assume(&p)
      let flag = p.assume(Bernoulli(p.assume(Beta(3, 1))))
      p.observe(1.2, Switch(flag) { Normal(locations[$0], variance: 0.5) })
      return p.value(flag) ? 1 : 0
    }
  }

  /// What the case has to do with the variable that is observed counts too.
  @Test func variablesThatDependOnTheIndex() {
    let densities = [
      Self.logNormal(1.7, 0.4, 1 + 2 + 0.5), Self.logNormal(1.7, 3 - 1, 4 + 2 + 0.5),
    ]
    Self.check("Gaussian", [0.3, 0.7], densities) { p in
      let index = p.assume(Categorical([0.3, 0.7]))
      let x = p.assume(
        SwitchingNormal(index, mean: { Affine([0.4, -3][$0]) }, variance: { [1, 4][$0] }))
      let shifts = [p.assume(Normal(0, variance: 2)), p.assume(Normal(-1, variance: 2))]
      p.observe(1.7, Switch(index) { Normal(($0 == 0 ? 1 : -1) * x + shifts[$0], variance: 0.5) })
      return p.value(index)
    }
    let rows = [[0.2, 0.8], [0.6, 0.4]]
    let success = [0.1, 0.7]
    let marginal = rows.map { log($0[0] * success[0] + $0[1] * success[1]) }
    Self.check("table", [0.3, 0.7], marginal) { p in
      let index = p.assume(Categorical([0.3, 0.7]))
      let other = p.assume(Categorical(rows[index]))
      p.observe(true, Switch(index) { _ in Bernoulli(success[other]) })
      let choice = p.value(index)
      let weights = (0..<2).map { rows[choice][$0] * success[$0] }
      #expect(isClose(p.graph.probabilities(other)[1], weights[1] / (weights[0] + weights[1])))
      return choice
    }
  }

  /// Counts of successes of random probabilities, written without `Switch`.
  @Test func rowsOfProbabilities() {
    let (a, b) = ([1.0, 2, 5], [3.0, 2, 0.5])
    let chances = [0.2, 0.5, 0.3]
    func beta(_ x: Double, _ y: Double) -> Double { lgamma(x) + lgamma(y) - lgamma(x + y) }
    func densities(_ successes: Double, _ failures: Double, _ ways: Double) -> [Double] {
      (0..<3).map { log(ways) + beta(a[$0] + successes, b[$0] + failures) - beta(a[$0], b[$0]) }
    }
    func start(_ p: inout DelayedContext) -> (rows: [Random<Double>], index: Random<Int>) {
      ((0..<3).map { p.assume(Beta(a[$0], b[$0])) }, p.assume(Categorical(chances)))
    }
    Self.check("Bernoulli", chances, densities(1, 0, 1)) { p in
      let (rows, index) = start(&p)
      p.observe(true, Bernoulli(rows[index]))
      let choice = p.value(index)
      for k in 0..<3 {
        let successes = a[k] + (k == choice ? 1 : 0)
        #expect(isClose(p.graph.mean(rows[k]), successes / (successes + b[k])))
      }
      return choice
    }
    Self.check("binomial", chances, densities(2, 3, 10)) { p in
      let (rows, index) = start(&p)
      p.observe(2, Binomial(count: 5, probability: rows[index]))
      return p.value(index)
    }
    Self.check("negative binomial", chances, densities(3, 4, 15)) { p in
      let (rows, index) = start(&p)
      p.observe(4, NegativeBinomial(successes: 3, probability: rows[index]))
      return p.value(index)
    }
    Self.check("geometric", chances, densities(1, 4, 1)) { p in
      let (rows, index) = start(&p)
      p.observe(4, Geometric(rows[index]))
      return p.value(index)
    }
    // The index of an assumed one is drawn first; the rest waits.
    Self.check("assumed", chances, [0, 0, 0]) { p in
      let (rows, index) = start(&p)
      let isTrue = p.assume(Bernoulli(rows[index]))
      let count = p.assume(Binomial(count: 5, probability: rows[index]))
      let choice = p.value(index)
      #expect(isClose(p.graph.mean(count), 5 * a[choice] / (a[choice] + b[choice])))
      #expect(p.report.entries.allSatisfy { $0.sampled == 0 })
      _ = p.value(isTrue)
      return choice
    }
  }

  @Test func rates() {
    let (shapes, rates, chances) = ([2.0, 1.5], [1.0, 0.3], [0.6, 0.4])
    let densities = (0..<2).map { k -> Double in
      let (shape, rate) = (shapes[k], rates[k])
      let ways = lgamma(shape + 4) - lgamma(shape) - lgamma(5)
      return ways + shape * log(rate / (rate + 1)) - 4 * log(rate + 1)
    }
    Self.check("Poisson", chances, densities) { p in
      let parents = (0..<2).map { p.assume(Gamma(shape: shapes[$0], rate: rates[$0])) }
      let index = p.assume(Categorical(chances))
      p.observe(4, Switch(index) { Poisson(parents[$0]) })
      return p.value(index)
    }
  }

  /// Where the parameters are numbers, the index keeps its table.
  @Test func rowsOfNumbers() {
    let (rows, chances) = ([0.2, 0.7], [0.6, 0.4])
    typealias Observe = (inout DelayedContext, Random<Int>) -> Void
    let laws: [(String, Observe, (Double) -> Double)] = [
      (
        "binomial", { $0.observe(2, Binomial(count: 5, probability: [0.2, 0.7][$1])) },
        { 10 * pow($0, 2) * pow(1 - $0, 3) }
      ),
      (
        "negative binomial",
        { $0.observe(4, NegativeBinomial(successes: 3, probability: [0.2, 0.7][$1])) },
        { 15 * pow($0, 3) * pow(1 - $0, 4) }
      ),
      ("geometric", { $0.observe(4, Geometric([0.2, 0.7][$1])) }, { $0 * pow(1 - $0, 4) }),
      (
        "mixture",
        {
          let laws = rows.map { Mixture([Poisson(1.0), Poisson(3)], weights: [1 - $0, $0]) }
          $0.observe(1, Switch($1) { laws[$0] })
        }, { (1 - $0) * exp(-1) + $0 * 3 * exp(-3) }
      ),
    ]
    for (name, observe, mass) in laws {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let index = p.assume(Categorical(chances))
      observe(&p, index)
      let joint = (0..<2).map { chances[$0] * mass(rows[$0]) }
      #expect(isClose(p.logWeight, log(joint[0] + joint[1])), "\(name)")
      #expect(isClose(p.graph.probabilities(index)[1], joint[1] / (joint[0] + joint[1])), "\(name)")
      #expect(p.report.isExact, "\(name)")
    }
  }

  /// Counts of several options, from rows of numbers and from random ones.
  @Test func rowsOfOptions() {
    let (rows, chances) = ([[0.2, 0.8], [0.9, 0.1]], [0.5, 0.5])
    var p = DelayedContext(key: RandomKey(seed: 1))
    let open = p.assume(Categorical(chances))
    p.observe([2, 1], Multinomial(count: 3, probabilities: rows[open]))
    let joint = rows.map { 0.5 * 3 * $0[0] * $0[0] * $0[1] }
    #expect(isClose(p.logWeight, log(joint[0] + joint[1])) && p.report.isExact)
    #expect(isClose(p.graph.probabilities(open)[1], joint[1] / (joint[0] + joint[1])))
    // Dirichlet(1, 2) and (3, 1): 3 · a(a + 1)b / s(s + 1)(s + 2).
    let densities = [log(3 * 1 * 2 * 2 / 60.0), log(3 * 3 * 4 * 1 / 120.0)]
    Self.check("random", chances, densities) { p in
      let rows = [p.assume(Dirichlet([1, 2])), p.assume(Dirichlet([3, 1]))]
      let index = p.assume(Categorical(chances))
      p.observe([2, 1], Multinomial(count: 3, probabilities: rows[index]))
      let choice = p.value(index)
      #expect(isClose(p.graph.means(rows[0])[0], choice == 0 ? 3.0 / 6 : 1.0 / 3))
      return choice
    }
    Self.check("assumed", chances, [0, 0]) { p in
      let rows = [p.assume(Dirichlet([1, 2])), p.assume(Dirichlet([3, 1]))]
      let index = p.assume(Categorical(chances))
      let counts = p.assume(Multinomial(count: 3, probabilities: rows[index]))
      let choice = p.value(index)
      #expect(isClose(p.graph.means(counts)[0], [1, 2.25][choice]))
      return choice
    }
  }

  /// An index that is a count, one with a single value, and one within another.
  @Test func otherIndices() {
    let densities = [-1.0, 0, 2].map { Self.logNormal(0.7, $0, 1.5) }
    func assume(_ p: inout DelayedContext) -> [Random<Double>] {
      [-1.0, 0, 2].map { p.assume(Normal($0, variance: 1)) }
    }
    Self.check("binomial", [0.49, 0.42, 0.09], densities) { p in
      let means = assume(&p)
      let index = p.assume(Binomial(count: 2, probability: 0.3))
      p.observe(0.7, Switch(index) { Normal(means[$0], variance: 0.5) })
      return p.value(index)
    }
    Self.check("single", [0, 1, 0], densities) { p in
      let means = assume(&p)
      let index = p.assume(Categorical([0.0, 1, 0]))
      p.observe(0.7, Switch(index) { Normal(means[$0], variance: 0.5) })
      #expect(p.report.isExact)
      return p.value(index)
    }
    let nested = [-1.0, 0].map {
      log(0.4 * exp(Self.logNormal(0.7, $0, 1.5)) + 0.6 * exp(Self.logNormal(0.7, 0, 1)))
    }
    Self.check("nested", [0.75, 0.25], nested) { p in
      let means = assume(&p)
      let inner = p.assume(Categorical([0.75, 0.25]))
      let outer = p.assume(Bernoulli(p.assume(Beta(3, 2))))
      p.observe(
        0.7,
        Switch(outer) { side in
          Switch(inner) {
            side == 0 ? Normal(1 * means[$0], variance: 0.5) : Normal(Affine(0), variance: 1)
          }
        })
      return p.value(inner)
    }
  }

  /// Cases that cannot be, that are infinitely likely, and that are none.
  @Test func extremes() {
    func run(_ chances: [Double], _ shapes: [Double], _ y: Double) -> (weight: Double, index: Int) {
      var p = DelayedContext(key: RandomKey(seed: 3))
      let rates = [1.0, 2].map { p.assume(Gamma(shape: 2, rate: $0)) }
      let index = p.assume(Categorical(chances))
      p.observe(y, Switch(index) { Gamma(shape: shapes[$0], rate: rates[$0]) })
      return (p.logWeight, p.value(index))
    }
    #expect(run([0.5, 0.5], [2, 3], -1).weight == -.infinity)
    #expect(run([0.999, 0.001], [2, 0.5], 0) == (.infinity, 1))
    #expect(run([0.5, 0.5], [2, -1], 1).weight.isNaN)
    #expect(run([1, 0], [2, -1], 1).weight.isFinite)
    #expect(run([0.5, 0.5], [-1, 2], -1).weight.isNaN)
  }
}
