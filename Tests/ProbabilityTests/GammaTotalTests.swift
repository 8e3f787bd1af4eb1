import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Sums of gamma numbers that are variables themselves, against quadrature over the summands.
@Suite struct GammaTotalTests {
  /// a ~ Gamma(2, 3) and b ~ Gamma(1.5, 6), with data that depend on a + 2b.
  static func truth(
    _ number: (_ a: Double, _ b: Double) -> Double, _ logFactor: (_ total: Double) -> Double
  ) -> (log: Double, mean: Double, variance: Double) {
    let step = 1.0 / 16
    // Double exponential quadrature in both; x = exp(π/2 sinh t).
    let points = (-64...64).map { index in
      let t = Double(index) * step
      let s = Double.pi / 2 * sinh(t)
      return (x: exp(s), log: s + Glibc.log(Double.pi / 2 * cosh(t) * step))
    }
    var (total, first, second) = (0.0, 0.0, 0.0)
    for a in points {
      for b in points {
        var log = ConjugatePair.logGamma(a.x, 2, 3) + ConjugatePair.logGamma(b.x, 1.5, 6)
        log += a.log + b.log + logFactor(a.x + 2 * b.x)
        let weight = exp(log)
        if !(weight > 0) { continue }
        let value = number(a.x, b.x)
        total += weight
        first += weight * value
        second += weight * value * value
      }
    }
    let mean = first / total
    return (Glibc.log(total), mean, second / total - mean * mean)
  }

  /// A way to observe what depends on the total.
  struct Data: Sendable {
    var observe: @Sendable (inout DelayedContext, Random<Double>) -> Void
    var logDensity: @Sendable (Double) -> Double
  }

  static let data: [Data] = [
    Data(observe: { _, _ in }, logDensity: { _ in 0 }),
    Data(
      observe: { $0.observe(4, Poisson(2 * $1)) },
      logDensity: { ConjugatePair.logPoisson(4, 2 * $0) }),
    Data(
      observe: { $0.observe(0.7, Exponential(rate: 2 * $1)) },
      logDensity: { ConjugatePair.logGamma(0.7, 1, 2 * $0) }),
    Data(
      observe: { $0.observe(1.2, Normal(0.5, variance: 2 / $1)) },
      logDensity: { ConjugatePair.logNormal(1.2, 0.5, 2 / $0) }),
    // A count in between that was thinned: Poisson with mean total/2.
    Data(
      observe: { p, total in
        let n = p.assume(Poisson(total))
        let m = p.assume(Binomial(count: n, probability: 0.8))
        p.observe(3, Binomial(count: m, probability: 0.625))
      },
      logDensity: { ConjugatePair.logPoisson(3, 0.5 * $0) }),
  ]

  @Test(arguments: data.indices) func totalAsARate(_ number: Int) throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 3))
    let b = p.assume(Gamma(shape: 1.5, rate: 6))
    let s = p.assume(Exactly(a + 2 * b))
    let data = Self.data[number]
    data.observe(&p, s)
    let truths = [
      (a, Self.truth({ a, _ in a }, data.logDensity)),
      (b, Self.truth({ _, b in b }, data.logDensity)),
      (s, Self.truth({ $0 + 2 * $1 }, data.logDensity)),
    ]
    #expect(p.report.isExact)
    for (variable, truth) in truths {
      try #require(isClose(p.logWeight, truth.log))
      try #require(isClose(p.graph.mean(variable), truth.mean))
      try #require(isClose(p.graph.variance(variable), truth.variance))
    }
    // What is drawn: the means of a and of a b, each by its own deviation.
    let product = Self.truth({ $0 * $1 }, data.logDensity)
    var sums = (0.0, 0.0)
    let runs = 10_000
    for run in 0..<runs {
      var copy = DelayedContext(key: RandomKey(seed: UInt64(run)))
      copy.graph = p.graph
      let values = (copy.value(a), copy.value(b))
      try #require(isClose(values.0 + 2 * values.1, copy.value(s), 1e-12))
      sums.0 += values.0 / Double(runs)
      sums.1 += values.0 * values.1 / Double(runs)
    }
    let bounds = (truths[0].1.variance, product.variance)
    #expect(abs(sums.0 - truths[0].1.mean) < 4 * (bounds.0 / Double(runs)).squareRoot())
    #expect(abs(sums.1 - product.mean) < 4 * (bounds.1 / Double(runs)).squareRoot())
  }

  /// A total observed, or a sum of totals: the density is that of all summands.
  @Test func observedTotals() throws {
    var mean = 0.0
    let runs = 4000
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let a = p.assume(Gamma(shape: 2, rate: 1))
      let b = p.assume(Gamma(shape: 1.5, rate: 1))
      let c = p.assume(Gamma(shape: 0.5, rate: 4))
      let s = p.assume(Exactly(a + b))
      let t = p.assume(Exactly(0.5 * s + 2 * c))
      p.observe(3, Exactly(Affine(t)))
      if run == 0 {
        #expect(isClose(p.logWeight, ConjugatePair.logGamma(3, 4, 2)) && p.report.isExact)
        // a/2 is a share of Beta(2, 2) of 3.
        #expect(isClose(p.graph.mean(a), 3) && isClose(p.graph.variance(a), 36 * 0.25 / 5))
        #expect(isClose(p.graph.mean(s), 6 * 3.5 / 4))
      }
      let values = (p.value(a), p.value(b), p.value(c))
      try #require(isClose(0.5 * (values.0 + values.1) + 2 * values.2, 3))
      mean += values.0 / Double(runs)
    }
    #expect(abs(mean - 3) < 4 * (36 * 0.25 / 5 / Double(runs)).squareRoot())
  }

  /// An observed sum of totals draws how they share it, and no more.
  @Test func sumOfTotals() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 1), at: "a")
    let b = p.assume(Gamma(shape: 1.5, rate: 1), at: "b")
    let c = p.assume(Gamma(shape: 0.5, rate: 1), at: "c")
    let s = p.assume(Exactly(a + b), at: "s")
    let t = p.assume(Exactly(2 * c), at: "t")
    p.observe(3, Exactly(2 * s + t), at: "sum")
    #expect(isClose(p.logWeight, ConjugatePair.logGamma(3, 4, 0.5)))
    #expect(isClose(p.value(t), 2 * p.value(c)) && isClose(p.value(s), 1.5 - p.value(c)))
    #expect(
      p.report.description == """
        a: 1 of 1 marginalized
        b: 1 of 1 marginalized
        c: 1 of 1 marginalized
        s: 0 of 1 marginalized, 1 forced by observe at sum
        t: 0 of 1 marginalized, 1 forced by observe at sum
        """)
  }

  /// A multiple of one number is a total of one, and known with it.
  @Test func multiples() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 3), at: "a")
    let s = p.assume(Exactly(4 * a), at: "s")
    p.observe(2, Exactly(Affine(s)))
    #expect(isClose(p.logWeight, ConjugatePair.logGamma(2, 2, 0.75)))
    #expect(p.graph.mean(a) == 0.5 && p.value(a) == 0.5 && p.report.isExact)
    // Its value is no draw: nothing is missed by a use of it.
    p.observe(1, Poisson(a))
    #expect(p.report.entries.allSatisfy { $0.missed == 0 })
  }

  @Test func reports() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 3), at: "a")
    let b = p.assume(Gamma(shape: 1.5, rate: 3), at: "b")
    let s = p.assume(Exactly(a + b), at: "s")
    p.observe(4, Poisson(s), at: "data")
    #expect(p.report.isExact)
    p.observe(1, Poisson(a), at: "more")
    p.observe(1, Poisson(s), at: "again")
    p.observe(1, Poisson(a), at: "again")
    #expect(
      p.report.description == """
        a: 0 of 1 marginalized, 1 forced by observe at more; 1 later uses would have been conjugate
        b: 0 of 1 marginalized, 1 forced by observe at more
        s: 0 of 1 marginalized, 1 forced by observe at more; 1 later uses would have been conjugate
        """)
  }

  /// What no rule applies to is drawn at once.
  @Test(arguments: 0..<8) func otherSums(_ number: Int) throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 3))
    let b = p.assume(Gamma(shape: 1.5, rate: 3))
    switch number {
    case 0: _ = p.assume(Exactly(a - b), at: "s")
    case 1: _ = p.assume(Exactly(a + 2 * b), at: "s")
    case 2: _ = p.assume(Exactly(a + b + 1), at: "s")
    case 3: _ = p.assume(Exactly(a + p.assume(Gamma(shape: 1, rate: b))), at: "s")
    case 4:
      let n = p.assume(Poisson(a))
      let m = p.assume(Binomial(count: n, probability: 0.5))
      p.observe(1, Binomial(count: m, probability: 0.5))
      _ = p.assume(Exactly(a + b), at: "s")
    case 5:
      _ = p.assume(Normal(0, variance: 1 / a))
      _ = p.assume(Exactly(a + b), at: "s")
    // Neither 0 nor infinity is a rate.
    case 6: _ = p.assume(Exactly(Double.infinity * a), at: "s")
    default: _ = p.assume(Exactly(Double.leastNonzeroMagnitude * a), at: "s")
    }
    let entry = try #require(p.report.entries.first { $0.site.text == "s" })
    #expect(entry.sampled == 1 && p.graph.variance(a) == 0 && !p.report.isExact)
  }
}
