import Glibc
import Probability
import Randomness
import Testing

/// Values that cannot be: of weight 0 in a table, or ruled out by what was observed. Nothing of
/// them reaches a result, whatever the program would say about them. Truth by enumeration.
@Suite struct ZeroWeightTests {
  func context(delays: Bool = true, seed: UInt64 = 1) -> DelayedContext {
    DelayedContext(key: RandomKey(seed: seed), delays: delays)
  }

  func mass(_ x: Int, of count: Int, _ p: Double) -> Double {
    if x < 0 || x > count { return 0 }
    let (x, n) = (Double(x), Double(count))
    return exp(lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)) * pow(p, x) * pow(1 - p, n - x)
  }

  /// What remains of what remains: the table of x − y has values below 0 that cannot be.
  @Test(arguments: 0...5) func thinnedDifference(_ observed: Int) {
    var p = context()
    let x = p.assume(UniformInteger(0, 5))
    let y = p.assume(Binomial(count: x, probability: 0.3))
    let rest = p.assume(Exactly(x - y))
    var q = p
    let z = p.assume(Binomial(count: rest, probability: 0.5))
    #expect(isClose(p.graph.mean(rest), 1.75) && isClose(p.graph.mean(z), 0.875))
    #expect(p.report.isExact)
    let value = p.value(z)
    #expect(value >= 0 && p.value(rest) >= value && p.logWeight == 0)

    q.observe(observed, Binomial(count: rest, probability: 0.5))
    var (total, mean) = (0.0, 0.0)
    for x in 0...5 {
      for y in 0...x {
        let weight = mass(y, of: x, 0.3) * mass(observed, of: x - y, 0.5) / 6
        total += weight
        mean += weight * Double(x - y)
      }
    }
    #expect(isClose(q.logWeight, log(total)) && isClose(q.graph.mean(rest), mean / total))
  }

  /// The same of a count that became a table when it was observed.
  @Test func thinnedDifferenceOfBinomial() {
    var p = context()
    let x = p.assume(Binomial(count: 5, probability: 0.5))
    p.observe(2, Switch(p.assume(Exactly(x + 0))) { Poisson(Double($0)) })
    let y = p.assume(Binomial(count: x, probability: 0.3))
    let rest = p.assume(Exactly(x - y))
    p.observe(1, Binomial(count: rest, probability: 0.5))
    var total = 0.0
    for x in 0...5 {
      let poisson = x == 0 ? 0 : exp(-Double(x)) * Double(x * x) / 2
      for y in 0...x {
        total += mass(x, of: 5, 0.5) * poisson * mass(y, of: x, 0.3) * mass(1, of: x - y, 0.5)
      }
    }
    #expect(isClose(p.logWeight, log(total)))
  }

  /// A count that can be negative is a flaw, assumed or observed; one that cannot any more is none.
  @Test func negativeCounts() {
    for (low, high) in [(-5, -1), (-2, 3)] {
      var p = context()
      let n = p.assume(UniformInteger(low, high))
      var q = p
      _ = p.value(p.assume(Binomial(count: n, probability: 0.5)))
      q.observe(0, Binomial(count: n, probability: 0.5))
      #expect(p.logWeight.isNaN && q.logWeight.isNaN)
    }
    var p = context()
    let n = p.assume(UniformInteger(-2, 3))
    p.observe(true, Switch(n) { Bernoulli($0 < 0 ? 0 : 1) })
    #expect(isClose(p.logWeight, log(4.0 / 6)))
    let z = p.assume(Binomial(count: n, probability: 0.5))
    #expect(isClose(p.graph.mean(z), 0.75))
    p.observe(3, Binomial(count: n, probability: 0.5))
    #expect(isClose(p.logWeight, log(1.0 / 6 / 8)) && p.graph.mean(n) == 3)
  }

  /// What is most likely where it cannot be does not make the rest underflow.
  @Test func likelihoodsOfImpossibleValues() {
    var p = context()
    let s = p.assume(Categorical([0, 1]))
    p.observe(40.0, Switch(s) { Normal($0 == 0 ? 40 : 0, variance: 1) })
    #expect(isClose(p.logWeight, -800 - 0.5 * log(2 * Double.pi)))
    p = context()
    let t = p.assume(Categorical([0.25, 0.25, 0.5]))
    p.observe(0, Switch(t) { Gamma(shape: [2, 0.5, 0.25][$0], rate: 1) })
    #expect(p.logWeight == .infinity)
    for (found, exact) in zip(p.graph.probabilities(t), [0, 1.0 / 3, 2.0 / 3]) {
      #expect(isClose(found, exact))
    }
  }

  func normal(_ x: Double, _ variance: Double) -> Double {
    exp(-x * x / (2 * variance)) / (2 * Double.pi * variance).squareRoot()
  }

  /// Cases of values that cannot be need be no distributions, nor exist.
  @Test func casesOfImpossibleValues() {
    let exact = log((normal(1, 1) + normal(1, 2)) / 2)
    var p = context()
    let s = p.assume(Categorical([0, 0.5, 0.5]))
    var q = p
    p.observe(1.0, Switch(s) { Normal(0, variance: Double($0)) })
    #expect(isClose(p.logWeight, exact))
    q.observe(1.0, SwitchingNormal(s, mean: { _ in Affine(0) }, variance: { Double($0) }))
    #expect(isClose(q.logWeight, exact))

    q = context()
    let t = q.assume(Categorical([0, 0.5, 0.5]))
    let x = q.assume(SwitchingNormal(t, mean: { Affine(Double($0)) }, variance: { Double($0) - 1 }))
    #expect(isClose(q.graph.mean(x), 1.5) && isClose(q.graph.variance(x), 0.75))
    q.observe(1.0, Normal(x, variance: 1))
    #expect(isClose(q.logWeight, log((normal(0, 1) + normal(1, 2)) / 2)))
    #expect(q.report.isExact)
  }

  /// Rows, and elements, of values that cannot be are not looked at.
  @Test func elementsOfImpossibleValues() {
    var p = context()
    let x = p.assume(UniformInteger(0, 2))
    let y = p.assume(Binomial(count: x, probability: 0.5))
    // From −2 to 2.
    let rest = p.assume(Exactly(x - y))
    let b = p.assume(Bernoulli([0.1, 0.2, 0.4][rest]))
    let probabilities = [(1 + 0.5 + 0.25) / 3, (0.5 + 0.5) / 3, 0.25 / 3]
    let mean = zip(probabilities, [0.1, 0.2, 0.4]).reduce(0) { $0 + $1.0 * $1.1 }
    #expect(isClose(p.graph.mean(b), mean))
    p.observe(1, Categorical([[0.5, 0.5], [1, 0], [0.25, 0.75]][rest]))
    #expect(isClose(p.logWeight, log(probabilities[0] * 0.5 + probabilities[2] * 0.75)))

    p = context()
    let s = p.assume(Categorical([0, 1]))
    let c = p.assume(Categorical([[0.8, 0.8], [0.5, 0.5]][s]))
    let d = p.assume(Bernoulli([7, 0.5][s]))
    p.observe(0, Categorical([[], [0.25, 0.75]][s]))
    #expect(p.graph.mean(c) == 0.5 && p.graph.mean(d) == 0.5 && isClose(p.logWeight, log(0.25)))
  }

  /// Options that only some rows have.
  @Test func rowsOfDifferentLengths() {
    var p = context()
    let s = p.assume(Categorical([0.5, 0.5]))
    let c = p.assume(Categorical([[0.25, 0.75], [0.25, 0.25, 0.5]][s]))
    for (found, exact) in zip(p.graph.probabilities(c), [0.25, 0.5, 0.25]) {
      #expect(isClose(found, exact))
    }
    p.observe(1.0, Switch(c) { Normal($0 == 2 ? 1 : 1000, variance: 1) })
    #expect(isClose(p.logWeight, log(0.25 * normal(0, 1))) && isClose(p.graph.mean(s), 1))
  }

  /// Rows that miss 1 by less than the tolerance do not add up to a table that is none.
  @Test func longProductsOfRows() {
    var p = context()
    var state = p.assume(Categorical([0, 1]))
    for _ in 0..<5 {
      state = p.assume(Categorical([[0, 1 - 9e-9], [0, 1 - 9e-9]][state]))
    }
    #expect(p.value(state) == 1 && p.logWeight == 0)
  }

  /// A particle that is impossible stays so, and goes on with values that it could have had.
  @Test func impossibleParticles() {
    for delays in [true, false] {
      var p = context(delays: delays)
      let x = p.assume(Categorical([1, 0]))
      let y = p.assume(Categorical([[0.5, 0.5], [0.5, 0.5]][x]))
      p.observe(true, Bernoulli([0, 0.5][x]))
      #expect(p.logWeight == -.infinity && p.value(x) == 0)
      p.observe(1, Categorical([[0.5, 0.5], [0.2, 0.8]][y]))
      #expect(p.logWeight == -.infinity)
      // What it does next is of no consequence.
      p.observe(1, Poisson(-1))
      _ = p.assume(Normal(0, variance: -1))
      #expect(p.logWeight == -.infinity)
    }
  }

  /// No observation that is impossible changes what a variable can be.
  @Test func impossibleObservationsTeachNothing() {
    func expectUnchanged(_ name: String, _ program: (inout DelayedContext) -> Random<Int>) {
      for seed in 0..<8 {
        var p = context(seed: UInt64(seed))
        let n = program(&p)
        #expect(p.logWeight == -.infinity, "\(name)")
        #expect((0...5).contains(p.value(n)), "\(name)")
      }
    }
    expectUnchanged("binomial") { p in
      let n = p.assume(Binomial(count: 5, probability: 0.5))
      p.observe(7, Binomial(count: n, probability: 0.5))
      return n
    }
    expectUnchanged("binomial, never") { p in
      let n = p.assume(Binomial(count: 5, probability: 0))
      p.observe(1, Binomial(count: n, probability: 0.5))
      return n
    }
    expectUnchanged("Poisson, never") { p in
      let n = p.assume(Poisson(0))
      p.observe(7, Binomial(count: n, probability: 0.5))
      return n
    }
    expectUnchanged("thinned, never") { p in
      let g = p.assume(Gamma(shape: 1, rate: 1e6))
      let n = p.assume(Poisson(g))
      p.observe(7, Binomial(count: n, probability: 0))
      return n
    }
    expectUnchanged("negative binomial, never") { p in
      let n = p.assume(NegativeBinomial(successes: 2, probability: 1))
      p.observe(7, Binomial(count: n, probability: 0.5))
      return n
    }
    expectUnchanged("table") { p in
      let n = p.assume(UniformInteger(2, 5))
      p.observe(7, Binomial(count: n, probability: 0.5))
      return n
    }
    expectUnchanged("sum") { p in
      let n = p.assume(UniformInteger(2, 5))
      let m = p.assume(UniformInteger(2, 5))
      p.observe(11, Exactly(n + m))
      return n
    }
  }

  /// Probabilities 0 and 1, and rates 0.
  @Test func certainCounts() {
    for p in [0.0, 1] {
      for q in [0.0, 1] {
        var c = context()
        let g = c.assume(Gamma(shape: 2, rate: 1))
        let n = c.assume(Poisson(g))
        let x = c.assume(Binomial(count: n, probability: p))
        let m = c.assume(Binomial(count: 3, probability: p))
        let y = c.assume(Binomial(count: m, probability: q))
        let none = c.assume(Poisson(0))
        let total = c.assume(Exactly(none + c.assume(Poisson(0))))
        c.observe(0, Binomial(count: total, probability: q))
        c.observe(Int(3 * p * q), Binomial(count: y, probability: 1))
        c.observe(0, Binomial(count: x, probability: 0))
        #expect(abs(c.logWeight) < 1e-12)
        let (of, remaining) = (c.value(n), c.value(x))
        #expect(remaining == (p == 1 ? of : 0) && c.value(m) == Int(3 * p))
        #expect(c.value(y) == Int(3 * p * q) && c.value(total) == 0)
        #expect(abs(c.logWeight) < 1e-12)
      }
    }
  }

  /// States that a particle can lose, and readings of them.
  struct Gate: SequentialModel {
    var x = Random<Int>()
    var y = Random<Int>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      let isClosed = p.draw(Bernoulli(0.1))
      x = p.assume(Categorical(isClosed ? [1.0, 0] : [0.5, 0.5]))
      y = p.assume(Categorical([[0.5, 0.5], [0.5, 0.5]][x]))
    }

    mutating func step(_ t: Int, _ isOpen: Bool, _ p: inout some ProbabilisticContext) {
      p.observe(isOpen, Bernoulli([0, 0.5][x]))
      let value = p.value(x)
      p.observe(value, Categorical([[0.5, 0.5], [0.2, 0.8]][y]))
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep(x)
      visitor.keep(y)
    }
  }

  /// A filter goes on where some of its particles are impossible.
  @Test func impossibleParticlesOfAFilter() throws {
    let exact = 0.9 * 0.5 * 0.25 * (0.5 * 0.25 + 0.5 * 0.64)
    for delays in [true, false] {
      let posterior = try ParticleFilter(particles: 4000, delays: delays).run(
        Gate(), data: [true, true], key: RandomKey(seed: 1))
      // Two standard errors of the bootstrap filter are about 0.05.
      #expect(abs(posterior.logEvidence - log(exact)) < 0.08)
    }
  }
}
