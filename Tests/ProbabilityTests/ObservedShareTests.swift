import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Data about shares of totals that have values: closed forms of all summands, and sums over them.
@Suite struct ObservedShareTests {
  func keep<Value>(_ variables: [Random<Value>], _ p: inout DelayedContext) {
    var visitor = RandomVisitor(p.graph)
    visitor.keep(variables)
    p.graph = visitor.eliminated()
  }

  static func logMultinomial(_ counts: [Double], _ probabilities: [Double]) -> Double {
    zip(counts, probabilities).reduce(lgamma(counts.reduce(1, +))) {
      $0 + $1.0 * log($1.1) - lgamma($1.0 + 1)
    }
  }

  // MARK: Counts

  /// x + y = n, x thinned: exact for any n.
  @Test(arguments: [
    (7, 0.5, 3), (63, 0.5, 12), (64, 0.5, 12), (64, 1, 20), (64, 0, 0), (900, 0.2, 70),
  ])
  func twoShares(_ n: Int, _ p: Double, _ seen: Int) throws {
    var c = DelayedContext(key: RandomKey(seed: 1))
    let x = c.assume(Poisson(25.0))
    let y = c.assume(Poisson(30.0))
    let s = c.assume(Exactly(x + y + 2))
    c.observe(n + 2, Exactly(IntegerSum(s)))
    c.observe(seen, Binomial(count: x, probability: p))
    c.observe(n / 4, Binomial(count: y, probability: 0.5))
    var (total, first, second) = (0.0, 0.0, 0.0)
    let start = ConjugatePair.logPoisson(Double(n), 55)
    for value in seen...n where value + n / 4 <= n {
      if p == 1 && value != seen { continue }
      var log = Self.logMultinomial([Double(value), Double(n - value)], [25.0 / 55, 30.0 / 55])
      if p > 0 && p < 1 { log += AssumedSumTests.logThinned(seen, value, p) }
      log += AssumedSumTests.logThinned(n / 4, n - value, 0.5)
      total += exp(log)
      first += exp(log) * Double(value)
      second += exp(log) * Double(value) * Double(value)
    }
    let (mean, variance) = (first / total, second / total - first * first / (total * total))
    try #require(isClose(c.logWeight, start + log(total)))
    #expect(isClose(c.graph.mean(x), mean) && isClose(c.graph.mean(y), Double(n) - mean))
    #expect(abs(c.graph.variance(x) - variance) < 1e-8 * (1 + variance))
    #expect(c.report.isExact)
    var sum = 0.0
    for run in 0..<2000 {
      var copy = DelayedContext(key: RandomKey(seed: UInt64(run)))
      copy.graph = c.graph
      let value = copy.value(x)
      try #require(value + copy.value(y) == n)
      sum += Double(value)
    }
    #expect(abs(sum / 2000 - mean) <= 4 * (max(variance, 0) / 2000).squareRoot() + 1e-9)
  }

  /// Three shares of a large count, of which one may have been dropped.
  @Test(arguments: [false, true]) func threeShares(_ drops: Bool) {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(300.0))
    let y = p.assume(Poisson(100.0))
    let z = p.assume(Poisson(200.0))
    let s = p.assume(Exactly(x + y + z))
    p.observe(700, Exactly(IntegerSum(s)))
    if drops { keep([x, y], &p) }
    p.observe(110, Binomial(count: x, probability: 0.3))
    p.observe(40, Binomial(count: y, probability: 0.5))
    let truth = Self.logMultinomial([110, 40, 550], [90.0 / 600, 50.0 / 600, 460.0 / 600])
    #expect(isClose(p.logWeight, ConjugatePair.logPoisson(700, 600) + truth))
    let parts = (x: 210.0 / 460, y: 50.0 / 460)
    #expect(isClose(p.graph.mean(x), 110 + 550 * parts.x))
    #expect(isClose(p.graph.variance(x), 550 * parts.x * (1 - parts.x)))
    #expect(isClose(p.graph.mean(y), 40 + 550 * parts.y) && p.report.isExact)
    if !drops { #expect(p.value(x) + p.value(y) + p.value(z) == 700) }
    var q = p
    q.observe(600, Binomial(count: y, probability: 0.5))
    #expect(q.logWeight == -.infinity)
  }

  /// A share of which some was seen before is binomial and more, if it is the last.
  @Test func theLastShare() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    p.observe(2, Binomial(count: x, probability: 0.4))
    let s = p.assume(Exactly(x + p.assume(Poisson(3.0))))
    p.observe(7, Exactly(IntegerSum(s)))
    keep([x], &p)
    p.observe(3, Binomial(count: x, probability: 0.5))
    let w = p.assume(Poisson(1.0))
    p.observe(5, Exactly(x + w))
    let truth = AssumedSumTests.Enumerated([2, 3, 1]) {
      if $0[0] + $0[1] != 7 || $0[0] + $0[2] != 5 { return -.infinity }
      return AssumedSumTests.logThinned(2, $0[0], 0.4) + AssumedSumTests.logThinned(3, $0[0], 0.5)
    } numbers: {
      [$0[0], $0[2]]
    }
    AssumedSumTests().expect(p, truth, [x, w])
  }

  /// A table of two shares has a place for the third, which was dropped.
  @Test func tablesWithARest() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(3.0))
    let s = p.assume(Exactly(x + y + p.assume(Poisson(1.0))))
    p.observe(8, Exactly(IntegerSum(s)))
    keep([x, y], &p)
    p.observe(1, Binomial(count: y, probability: 0.5))
    p.observe(1, Exactly(x - y))
    let truth = AssumedSumTests.Enumerated([2, 3, 1]) {
      if $0[0] + $0[1] + $0[2] != 8 || $0[0] - $0[1] != 1 { return -.infinity }
      return AssumedSumTests.logThinned(1, $0[1], 0.5)
    } numbers: {
      [$0[0], $0[1]]
    }
    AssumedSumTests().expect(p, truth, [x, y])
  }

  /// All shares are the total, with or without a value, and what is more of some of them.
  @Test func theSumInOtherWords() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(3.0))
    p.observe(2, Binomial(count: x, probability: 0.4))
    let s = p.assume(Exactly(x + y + 3))
    p.observe(8, Exactly(y + x + 1))
    #expect(p.graph.mean(s) == 10)
    let truth = AssumedSumTests.Enumerated([2, 3]) {
      $0[0] + $0[1] == 7 ? AssumedSumTests.logThinned(2, $0[0], 0.4) : -.infinity
    } numbers: {
      $0
    }
    AssumedSumTests().expect(p, truth, [x, y])
    // A count too large for a table.
    var q = DelayedContext(key: RandomKey(seed: 1))
    let v = q.assume(Poisson(300.0))
    let w = q.assume(Poisson(200.0))
    _ = q.assume(Exactly(v + w + 3))
    for _ in 0..<2 { q.observe(510, Exactly(v + w)) }
    q.observe(100, Binomial(count: v, probability: 0.5))
    let logWeight = ConjugatePair.logPoisson(510, 500) + AssumedSumTests.logThinned(100, 510, 0.3)
    #expect(isClose(q.logWeight, logWeight) && q.report.isExact)
    q.observe(509, Exactly(v + w))
    #expect(q.logWeight == -.infinity)
  }

  // MARK: Gamma numbers

  struct Gammas {
    var p = DelayedContext(key: RandomKey(seed: 1))
    var a = Random<Double>()
    var b = Random<Double>()
    var c = Random<Double>()
    var s = Random<Double>()

    /// The total is a + 2b + c.
    init() {
      a = p.assume(Gamma(shape: 2, rate: 3))
      b = p.assume(Gamma(shape: 1.5, rate: 6))
      c = p.assume(Gamma(shape: 0.5, rate: 3))
      s = p.assume(Exactly(a + 2 * b + c))
    }

    static func logDensity(_ a: Double, _ b: Double, _ c: Double) -> Double {
      ConjugatePair.logGamma(a, 2, 3) + ConjugatePair.logGamma(b, 1.5, 6)
        + ConjugatePair.logGamma(c, 0.5, 3)
    }
  }

  /// All shares, in the proportion in which they make up the total, are the total.
  @Test func allShares() {
    var g = Gammas()
    g.p.observe(4, Poisson(g.s))
    var q = g.p
    g.p.observe(2.5, Exactly(0.5 * g.a + g.b + 0.5 * g.c + 1))
    q.observe(3, Exactly(Affine(g.s)))
    #expect(
      isClose(
        q.logWeight,
        ConjugatePair.logGamma(3, 4, 3)
          + ConjugatePair.logPoisson(4, 3)))
    // Half of 3.
    #expect(isClose(g.p.logWeight, q.logWeight + log(2)) && g.p.report.isExact)
    #expect(isClose(g.p.graph.mean(g.a), 1.5) && g.p.value(g.s) == 3)
  }

  /// The total, a part of it, and a part of that: the density is that of all summands.
  @Test func partsOfParts() {
    var g = Gammas()
    g.p.observe(3, Exactly(Affine(g.s)))
    g.p.observe(1.2, Exactly(0.5 * g.a + g.b))
    #expect(isClose(g.p.graph.mean(g.a), 2.4 * 2 / 3.5))
    #expect(isClose(g.p.graph.variance(g.b), 1.44 * 3 / (3.5 * 3.5 * 4.5)))
    #expect(isClose(g.p.value(g.c), 0.6))
    let before = ConjugatePair.logGamma(2.4, 3.5, 3) + log(2) + ConjugatePair.logGamma(0.6, 0.5, 3)
    #expect(isClose(g.p.logWeight, before))
    g.p.observe(3.1, Exactly(3 * g.b + 1))
    // The determinant of (a + 2b + c, a/2 + b, 3b) is 3/2.
    #expect(isClose(g.p.logWeight, Gammas.logDensity(1, 0.7, 0.6) - log(1.5)))
    #expect(isClose(g.p.value(g.a), 1) && isClose(g.p.value(g.b), 0.7) && g.p.report.isExact)
  }

  /// In another order, with one of three left out, or dropped.
  @Test func oneOfThree() {
    for drops in [false, true] {
      var g = Gammas()
      g.p.observe(3, Exactly(Affine(g.s)))
      if drops { keep([g.a, g.b], &g.p) }
      g.p.observe(1, Exactly(Affine(g.a)))
      #expect(
        isClose(
          g.p.logWeight, ConjugatePair.logGamma(1, 2, 3) + ConjugatePair.logGamma(2, 2, 3)))
      // Of the remainder, 2, it is Beta(1.5, 0.5).
      #expect(isClose(g.p.graph.mean(g.b), 0.75) && isClose(g.p.graph.variance(g.b), 0.0625))
      g.p.observe(0.7, Exactly(Affine(g.b)))
      #expect(isClose(g.p.logWeight, Gammas.logDensity(1, 0.7, 0.6)) && g.p.report.isExact)
      if !drops { #expect(isClose(g.p.value(g.c), 0.6)) }
    }
  }

  /// A share is no more than its total, nor negative.
  @Test(arguments: [-1.0, 3.5]) func impossible(_ value: Double) {
    var g = Gammas()
    g.p.observe(3, Exactly(Affine(g.s)))
    g.p.observe(value, Exactly(Affine(g.a)))
    #expect(g.p.logWeight == -.infinity)
  }

  /// A total without a value is drawn: exact on average. By quadrature over what is not observed.
  @Test func shareOfADrawnTotal() {
    let runs = 40_000
    var (mean, square) = (0.0, 0.0)
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let a = p.assume(Gamma(shape: 2, rate: 3))
      let b = p.assume(Gamma(shape: 1.5, rate: 6))
      let s = p.assume(Exactly(a + 2 * b))
      p.observe(4, Poisson(2 * s))
      p.observe(0.3, Exactly(Affine(a)))
      let weight = exp(p.logWeight)
      #expect(weight == 0 || isClose(0.3 + 2 * p.value(b), p.value(s)))
      mean += weight / Double(runs)
      square += weight * weight / Double(runs)
    }
    let step = 1.0 / 16
    var truth = 0.0
    for index in -64...64 {
      let t = Double(index) * step
      let b = exp(Double.pi / 2 * sinh(t))
      let log = ConjugatePair.logGamma(b, 1.5, 6) + ConjugatePair.logPoisson(4, 2 * (0.3 + 2 * b))
      truth += exp(log) * b * Double.pi / 2 * cosh(t) * step
    }
    truth *= exp(ConjugatePair.logGamma(0.3, 2, 3))
    let error = ((square - mean * mean) / Double(runs)).squareRoot()
    print("share of a drawn total: evidence", mean, "truth", truth, "±", error)
    #expect(abs(mean - truth) < 4 * error && error < 0.02 * truth)
  }

  /// What has no rule has no weight, and the error names the line.
  struct Unruled: Model {
    let number: Int

    func run(_ p: inout some ProbabilisticContext) -> Double {
      let a = p.assume(Gamma(shape: 2, rate: 3))
      let b = p.assume(Gamma(shape: 1.5, rate: 3))
      let s = p.assume(Exactly(a + b))
      switch number {
      case 0: p.observe(1, Exactly(a + 2 * b), at: "sum")
      case 1: p.observe(1, Exactly(a + p.assume(Gamma(shape: 1, rate: 3))), at: "sum")
      case 2: p.observe(1, Exactly(a - b), at: "sum")
      default: p.observe(0.5, Exactly(Affine(p.assume(Beta(1, 2)))), at: "sum")
      }
      return p.value(s)
    }
  }

  @Test(arguments: 0..<4) func noRule(_ number: Int) throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    _ = Unruled(number: number).run(&p)
    #expect(p.logWeight.isNaN)
    let error = #expect(throws: InferenceError.self) {
      _ = try ImportanceSampler(particles: 10).run(Unruled(number: number), key: RandomKey(seed: 1))
    }
    guard case .problem(let problem) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problem.kind == .exact(value: number < 3 ? "1.0" : "0.5"))
    #expect(problem.site == Site(name: "sum"))
    #expect(problem.description.contains("is observed exactly of variables that no rule"))
  }

  /// A normal variable makes up for what is drawn.
  @Test func normalTerms() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let a = p.assume(Gamma(shape: 2, rate: 3))
    let x = p.assume(Normal(1, variance: 2))
    p.observe(3, Exactly(a + x))
    #expect(isClose(p.logWeight, ConjugatePair.logNormal(3 - p.value(a), 1, 2)))
    #expect(isClose(p.value(x), 3 - p.value(a)))
  }
}
