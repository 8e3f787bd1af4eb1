import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Every conjugate pair: evidence and posterior after one, two and three observations, by
/// quadrature over the parameter.
@Suite struct ConjugateDelayTests {
  @Test(arguments: ConjugatePair.all.map(\.name))
  func evidenceAndPosteriorByQuadrature(_ name: String) throws {
    let pair = try #require(ConjugatePair.all.first { $0.name == name })
    var p = DelayedContext(key: RandomKey(seed: 9))
    let theta = pair.parent(&p)
    for count in 1...pair.data.count {
      pair.observe(&p, theta, pair.data[count - 1])
      let truth = Quadrature.moments(pair.domain) { t, rest in
        pair.data[..<count].reduce(pair.logPrior(t, rest)) {
          $0 + pair.logLikelihood($1, t, rest)
        }
      }
      try #require(isClose(p.logWeight, truth.logIntegral), "observation \(count)")
      try #require(isClose(p.graph.mean(theta), truth.mean), "observation \(count)")
      try #require(isClose(p.graph.variance(theta), truth.variance), "observation \(count)")
    }
    #expect(p.report.isExact)
  }

  /// A child that was assumed and drawn conditions its parent like an observation of the value.
  @Test(arguments: ConjugatePair.all.map(\.name))
  func drawnChildrenConditionTheirParent(_ name: String) throws {
    let pair = try #require(ConjugatePair.all.first { $0.name == name })
    try forAll(3) { random in
      var p = DelayedContext(key: RandomKey(seed: random.next()))
      let theta = pair.parent(&p)
      var q = p
      let (first, second) = (pair.child(&p, theta), pair.child(&p, theta))
      pair.observe(&q, theta, first)
      pair.observe(&q, theta, second)
      try #require(isClose(p.graph.mean(theta), q.graph.mean(theta)))
      try #require(isClose(p.graph.variance(theta), q.graph.variance(theta)))
      #expect(p.logWeight == 0 && q.logWeight.isFinite)
    }
  }

  /// What can be impossible is, and it does not disturb the parameters' types.
  @Test func impossibleObservations() {
    func weight(_ program: (inout DelayedContext) -> Void) -> Double {
      var p = DelayedContext(key: RandomKey(seed: 1))
      program(&p)
      return p.logWeight
    }
    #expect(
      weight { p in
        let t = p.assume(Beta(1, 1))
        p.observe(8, Binomial(count: 7, probability: t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Beta(1, 1))
        p.observe(-1, NegativeBinomial(successes: 2, probability: t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Gamma(shape: 1, rate: 1))
        p.observe(-1, Poisson(t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Gamma(shape: 1, rate: 1))
        p.observe(-0.1, Exponential(rate: t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Gamma(shape: 1, rate: 1))
        p.observe(0.4, Pareto(shape: t, minimum: 0.5))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Pareto(shape: 1, minimum: 1))
        p.observe(-0.1, Uniform(0, t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Dirichlet([1, 2]))
        p.observe(2, Categorical(t))
      } == -.infinity)
    #expect(
      weight { p in
        let t = p.assume(Dirichlet([1, 2]))
        p.observe([1, 2], Multinomial(count: 4, probabilities: t))
      } == -.infinity)
  }

  /// Zero times a gamma variable is no rate to be conjugate to: nothing is ever counted.
  @Test func zeroRate() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let t = p.assume(Gamma(shape: 1, rate: 1))
    p.observe(0, Poisson(0 * t))
    #expect(p.logWeight == 0)
  }

  /// The interval from 0 to 1 is a beta distribution.
  @Test func uniformProbability() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let t = p.assume(Uniform(0, 1))
    p.observe(true, Bernoulli(t))
    p.observe(true, Bernoulli(t))
    #expect(isClose(p.logWeight, log(1.0 / 3)) && isClose(p.graph.mean(t), 3.0 / 4))
  }
}

/// Dirichlet vectors: the closed form with the gamma function, and sums over all outcomes.
@Suite struct DirichletDelayTests {
  let alpha = [1.5, 2, 0.5]

  /// log of B(α + counts)/B(α).
  func logRatio(_ counts: [Double]) -> Double {
    var result = lgamma(alpha.reduce(0, +)) - lgamma(alpha.reduce(0, +) + counts.reduce(0, +))
    for (a, n) in zip(alpha, counts) { result += lgamma(a + n) - lgamma(a) }
    return result
  }

  func expectPosterior(_ p: DelayedContext, _ t: Random<[Double]>, _ counts: [Double]) {
    let sums = zip(alpha, counts).map { $0 + $1 }
    let total = sums.reduce(0, +)
    for (index, sum) in sums.enumerated() {
      #expect(isClose(p.graph.mean(t[index]), sum / total))
      let variance = sum * (total - sum) / (total * total * (total + 1))
      #expect(isClose(p.graph.variance(t[index]), variance))
    }
  }

  @Test func categoricalAndMultinomial() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let t = p.assume(Dirichlet(alpha))
    p.observe(2, Categorical(t))
    #expect(isClose(p.logWeight, logRatio([0, 0, 1])))
    expectPosterior(p, t, [0, 0, 1])
    p.observe([3, 0, 2], Multinomial(count: 5, probabilities: t))
    // 5!/(3! 2!) orders of the same counts.
    #expect(isClose(p.logWeight, logRatio([3, 0, 3]) + log(10)))
    expectPosterior(p, t, [3, 0, 3])
    p.observe(1, Categorical(t))
    #expect(isClose(p.logWeight, logRatio([3, 1, 3]) + log(10)))
    expectPosterior(p, t, [3, 1, 3])
    #expect(p.report.isExact)
  }

  @Test func probabilitiesOfAllOutcomesSumToOne() {
    var total = 0.0
    for first in 0...4 {
      for second in 0...4 - first {
        var p = DelayedContext(key: RandomKey(seed: 9))
        let t = p.assume(Dirichlet(alpha))
        p.observe(1, Categorical(t))
        let before = p.logWeight
        p.observe(
          [first, second, 4 - first - second], Multinomial(count: 4, probabilities: t))
        total += exp(p.logWeight - before)
      }
    }
    #expect(isClose(total, 1))
  }

  @Test func drawnChildrenConditionTheVector() {
    for seed in 0..<4 {
      var p = DelayedContext(key: RandomKey(seed: UInt64(seed)))
      let t = p.assume(Dirichlet(alpha))
      let c = p.assume(Categorical(t))
      let m = p.assume(Multinomial(count: 6, probabilities: t))
      var counts = p.value(m).map { Double($0) }
      counts[p.value(c)] += 1
      expectPosterior(p, t, counts)
      // One component has a value: all have.
      let first = p.value(t[0])
      let all = p.value(t)
      #expect(all[0] == first && isClose(all.reduce(0, +), 1))
      // An index of a known vector is a finite variable.
      let d = p.assume(Categorical(t))
      for (probability, known) in zip(p.graph.probabilities(d), all) {
        #expect(isClose(probability, known))
      }
    }
  }
}
