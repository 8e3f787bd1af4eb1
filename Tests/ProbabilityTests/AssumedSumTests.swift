import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Sums of Poisson counts that are variables themselves, against sums over all summands.
@Suite struct AssumedSumTests {
  /// Numbers of independent Poisson counts, each weighted by data.
  struct Enumerated {
    var log = 0.0
    var means: [Double] = []
    var variances: [Double] = []

    /// Counts go to 40: with the rates of these tests, 1e-20 and less is beyond.
    init(
      _ rates: [Double], logFactor: ([Int]) -> Double, numbers: ([Int]) -> [Int]
    ) {
      var (total, first, second) = (0.0, [Double](), [Double]())
      Self.forEach(rates.count) { counts in
        var log = logFactor(counts)
        if log == -.infinity { return }
        for (count, rate) in zip(counts, rates) {
          log += ConjugatePair.logPoisson(Double(count), rate)
        }
        let weight = exp(log)
        total += weight
        for (index, number) in numbers(counts).enumerated() {
          if first.count == index {
            first.append(0)
            second.append(0)
          }
          first[index] += weight * Double(number)
          second[index] += weight * Double(number) * Double(number)
        }
      }
      log = Glibc.log(total)
      means = first.map { $0 / total }
      variances = zip(second, means).map { $0 / total - $1 * $1 }
    }

    static func forEach(_ count: Int, _ body: ([Int]) -> Void) {
      var counts = [Int](repeating: 0, count: count)
      while true {
        body(counts)
        var axis = 0
        while axis < count && counts[axis] == 40 {
          counts[axis] = 0
          axis += 1
        }
        if axis == count { return }
        counts[axis] += 1
      }
    }
  }

  static func logThinned(_ x: Int, _ n: Int, _ p: Double) -> Double {
    CountDelayTests.logBinomial(Double(x), Double(n), p)
  }

  func expect(
    _ p: DelayedContext, _ truth: Enumerated, _ variables: [Random<Int>],
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(isClose(p.logWeight, truth.log), sourceLocation: location)
    for (index, variable) in variables.enumerated() {
      #expect(isClose(p.graph.mean(variable), truth.means[index]), sourceLocation: location)
      #expect(
        isClose(p.graph.variance(variable), truth.variances[index]), sourceLocation: location)
    }
    #expect(p.report.isExact, sourceLocation: location)
  }

  /// A total of two is thinned: the evidence and all moments are exact, and so is what is drawn.
  @Test func thinnedTotal() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(3.0))
    let s = p.assume(Exactly(x + y))
    #expect(p.graph.mean(s) == 5 && p.graph.variance(s) == 5)
    #expect(isClose(p.graph.mean(x), 2) && isClose(p.graph.variance(x), 2))
    p.observe(4, Binomial(count: s, probability: 0.3))
    let truth = Enumerated([2, 3]) {
      Self.logThinned(4, $0[0] + $0[1], 0.3)
    } numbers: {
      [$0[0], $0[1], $0[0] + $0[1]]
    }
    expect(p, truth, [x, y, s])
    let runs = 20_000
    var found = [Int](repeating: 0, count: 41 * 41)
    for run in 0..<runs {
      var copy = DelayedContext(key: RandomKey(seed: UInt64(run)))
      copy.graph = p.graph
      // In any order.
      let first = run % 2 == 0 ? copy.value(x) : 0
      let (total, second) = (copy.value(s), copy.value(y))
      #expect(copy.value(x) + second == total && (run % 2 == 1 || copy.value(x) == first))
      found[41 * (total - second) + second] += 1
    }
    // Pearson's statistic over cells that are expected five times; (χ² − df)/√(2 df) is about
    // standard normal.
    var (statistic, cells) = (0.0, 0)
    Enumerated.forEach(2) { counts in
      var log = Self.logThinned(4, counts[0] + counts[1], 0.3) - truth.log
      log += ConjugatePair.logPoisson(Double(counts[0]), 2)
      log += ConjugatePair.logPoisson(Double(counts[1]), 3)
      let expected = Double(runs) * exp(log)
      if expected < 5 { return }
      let excess = Double(found[41 * counts[0] + counts[1]]) - expected
      statistic += excess * excess / expected
      cells += 1
    }
    let z = (statistic - Double(cells)) / (2 * Double(cells)).squareRoot()
    print("shares of a thinned total: \(cells) cells, z", z)
    #expect(cells > 50 && abs(z) < 4)
  }

  /// A marginal child of the total is kept and passes on what was observed of it.
  @Test func chainBelowATotal() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(1.5))
    let s = p.assume(Exactly(x + y))
    let c = p.assume(Binomial(count: s, probability: 0.6))
    p.observe(2, Binomial(count: c, probability: 0.5))
    // Thinned twice is thinned by the product.
    let truth = Enumerated([2, 1.5]) {
      Self.logThinned(2, $0[0] + $0[1], 0.3)
    } numbers: {
      [$0[0], $0[1], $0[0] + $0[1]]
    }
    expect(p, truth, [x, y, s])
    var visitor = RandomVisitor(p.graph)
    visitor.keep(x)
    p.graph = visitor.eliminated()
    #expect(p.graph.count == 3)
    expect(p, truth, [x])
    _ = p.value(x)
    #expect(!p.report.isExact)
  }

  /// Given the total, shares are a table: what is thinned of them stays exact.
  @Test func sharesOfAnObservedTotal() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(3.0))
    let z = p.assume(Poisson(1.0))
    p.observe(2, Binomial(count: x, probability: 0.4))
    let s = p.assume(Exactly(z + x + y + 1))
    #expect(isClose(p.graph.mean(s), 2 + 1.2 + 3 + 1 + 1))
    p.observe(9, Exactly(IntegerSum(s)))
    p.observe(1, Binomial(count: y, probability: 0.5))
    p.observe(2, Exactly(x - y - z + 4))
    let truth = Enumerated([2, 3, 1]) { counts in
      guard counts[0] + counts[1] + counts[2] + 1 == 9,
        counts[0] - counts[1] - counts[2] + 4 == 2
      else { return -.infinity }
      return Self.logThinned(2, counts[0], 0.4) + Self.logThinned(1, counts[1], 0.5)
    } numbers: {
      $0
    }
    expect(p, truth, [x, y, z])
    #expect(p.value(x) + p.value(y) + p.value(z) == 8)
  }

  /// A total of a total, and a sum of totals that is observed.
  @Test func nestedTotals() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(2.0))
    let y = p.assume(Poisson(1.0))
    let z = p.assume(Poisson(0.5))
    let inner = p.assume(Exactly(x + y))
    let outer = p.assume(Exactly(inner + z + 2))
    var q = p
    q.observe(6, Exactly(IntegerSum(outer)))
    // x is a share of a share.
    let truth = Enumerated([2, 1, 0.5]) {
      $0[0] + $0[1] + $0[2] == 4 ? 0 : -.infinity
    } numbers: {
      [$0[0], $0[1], $0[2], $0[0] + $0[1]]
    }
    expect(q, truth, [x, y, z, inner])
    #expect(q.value(x) + q.value(y) + q.value(z) == 4 && q.value(inner) == q.value(x) + q.value(y))

    let w = p.assume(Poisson(0.7))
    let other = p.assume(Exactly(w + 1))
    p.observe(7, Exactly(outer + other))
    let sum = Enumerated([2, 1, 0.5, 0.7]) {
      $0[0] + $0[1] + $0[2] + $0[3] == 4 ? 0 : -.infinity
    } numbers: {
      [$0[0], $0[3], $0[0] + $0[1] + $0[2] + 2]
    }
    expect(p, sum, [x, w, outer])
    #expect(p.value(x) + p.value(y) + p.value(z) + p.value(w) == 4)
    // Nothing was drawn for a total of one.
    #expect(p.value(other) == p.value(w) + 1)
  }

  /// A total too large for a table: shares are drawn given it, and one without others is not.
  @Test func largeTotals() {
    let runs = 4000
    var (first, second) = (0.0, 0.0)
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let x = p.assume(Poisson(300.0))
      let y = p.assume(Poisson(100.0))
      let z = p.assume(Poisson(200.0))
      let s = p.assume(Exactly(x + y + z))
      p.observe(700, Exactly(IntegerSum(s)))
      if run == 0 {
        #expect(isClose(p.logWeight, ConjugatePair.logPoisson(700, 600)) && p.report.isExact)
        #expect(isClose(p.graph.mean(x), 350) && isClose(p.graph.variance(x), 175))
      }
      if run % 2 == 0 {
        // A share that was dropped still has its part.
        var visitor = RandomVisitor(p.graph)
        visitor.keep([x, z])
        p.graph = visitor.eliminated()
      }
      let values = (Double(p.value(x)), Double(p.value(z)))
      if run % 2 == 1 { #expect(p.value(y) == 700 - Int(values.0 + values.1)) }
      first += values.0
      second += values.0 * values.1
    }
    // Multinomial: Cov(x, z) = −700/2/3, and the product's deviation is at most that of 234 x.
    let number = Double(runs)
    #expect(abs(first / number - 350) < 4 * (175 / number).squareRoot())
    let product = 350.0 * 700 / 3 - 700.0 / 6
    #expect(abs(second / number - product) < 4 * (350.0 * 13 + 234 * 13.3) / number.squareRoot())

    var q = DelayedContext(key: RandomKey(seed: 1))
    let x = q.assume(Poisson(8000.0), at: "x")
    let s = q.assume(Exactly(x + 5))
    q.observe(8105, Exactly(IntegerSum(s)))
    q.observe(4000, Binomial(count: x, probability: 0.5))
    #expect(q.value(x) == 8100 && q.report.isExact)
    let truth = ConjugatePair.logPoisson(8100, 8000) + Self.logThinned(4000, 8100, 0.5)
    #expect(isClose(q.logWeight, truth))
  }

  /// What needs a share draws the total: the evidence is exact on average.
  @Test func thinnedShares() {
    @Sendable func run(_ p: inout DelayedContext) -> Double {
      let x = p.assume(Poisson(2.0))
      let y = p.assume(Poisson(3.0))
      let s = p.assume(Exactly(x + y))
      p.observe(4, Binomial(count: s, probability: 0.3))
      p.observe(1, Binomial(count: x, probability: 0.5))
      #expect(p.graph.variance(s) == 0 && p.graph.variance(x) > 0)
      return Double(p.value(x) - p.value(y))
    }
    let estimate = OnOffDelayTests.Estimate(
      OnOffDelayTests.Program(name: "", run: run), delays: true, runs: 20_000, seed: 1)
    let truth = Enumerated([2, 3]) {
      Self.logThinned(4, $0[0] + $0[1], 0.3) + Self.logThinned(1, $0[0], 0.5)
    } numbers: {
      [$0[0] - $0[1]]
    }
    let errors = (estimate.evidenceError.squareRoot(), estimate.meanError.squareRoot())
    print("thinned share: evidence", estimate.evidence, exp(truth.log), "±", errors.0)
    #expect(abs(estimate.evidence - exp(truth.log)) < 4 * errors.0)
    #expect(abs(estimate.mean - truth.means[0]) < 4 * errors.1)
    #expect(errors.0 < 0.01 * exp(truth.log))
  }

  @Test func drawnTotals() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(4.0), at: "x")
    let y = p.assume(Poisson(3.0), at: "y")
    let s = p.draw(Exactly(x + y), at: "s")
    // A new variable does not take the place of the total.
    _ = p.assume(Poisson(1.0), at: "z")
    #expect(isClose(p.graph.mean(x), Double(s) * 4 / 7))
    #expect(
      p.report.description == """
        s: 1 drawn
        x: 1 of 1 marginalized
        y: 1 of 1 marginalized
        z: 1 of 1 marginalized
        """)
    #expect(p.value(x) + p.value(y) == s)
  }

  @Test func edges() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(0.0))
    let y = p.assume(Poisson(0.0))
    let s = p.assume(Exactly(x + y - 3))
    #expect(p.graph.mean(x) == 0 && p.graph.variance(y) == 0)
    #expect(p.value(x) == 0 && p.value(y) == 0 && p.value(s) == -3 && p.logWeight == 0)
    var q = DelayedContext(key: RandomKey(seed: 1))
    let z = q.assume(Poisson(2.0))
    q.observe(3, Binomial(count: z, probability: 0.5))
    let t = q.assume(Exactly(z + q.assume(Poisson(0.0))))
    q.observe(2, Exactly(IntegerSum(t)))
    #expect(q.logWeight == -.infinity)
    var r = DelayedContext(key: RandomKey(seed: 1))
    let u = r.assume(Poisson(2.0))
    let v = r.assume(Poisson(1.0))
    let w = r.assume(Exactly(u + v))
    r.observe(0, Exactly(IntegerSum(w)))
    r.observe(0, Binomial(count: u, probability: 0.5))
    #expect(isClose(r.logWeight, -3) && r.report.isExact)
    #expect(r.value(u) == 0)
  }

  @Test func reports() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(400.0), at: "x")
    let y = p.assume(Poisson(300.0), at: "y")
    let s = p.assume(Exactly(x + y), at: "s")
    let t = p.assume(Exactly(s + p.assume(Poisson(100.0), at: "z")), at: "t")
    p.observe(80, Binomial(count: t, probability: 0.1), at: "data")
    #expect(p.report.isExact)
    p.observe(250, Binomial(count: x, probability: 0.5), at: "more")
    p.observe(80, Binomial(count: t, probability: 0.1), at: "again")
    // Some of x is certain now.
    p.observe(100, Binomial(count: x, probability: 0.3), at: "twice")
    p.observe(100, Binomial(count: x, probability: 0.3), at: "thrice")
    #expect(
      p.report.description == """
        s: 0 of 1 marginalized, 1 forced by observe at more
        t: 0 of 1 marginalized, 1 forced by observe at more; 1 later uses would have been conjugate
        x: 0 of 1 marginalized, 1 forced by observe at twice; 1 later uses would have been conjugate
        y: 0 of 1 marginalized, 1 forced by observe at twice
        z: 0 of 1 marginalized, 1 forced by observe at more
        """)
  }

  /// What no rule applies to is drawn at once, as a sum of anything else.
  @Test(arguments: 0..<7) func otherSums(_ number: Int) throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(4.0))
    let y = p.assume(Poisson(2.0))
    switch number {
    case 0: _ = p.assume(Exactly(x - y), at: "s")
    case 1: _ = p.assume(Exactly(x + 2 * y), at: "s")
    case 2: _ = p.assume(Exactly(x + p.assume(Binomial(count: 3, probability: 0.5))), at: "s")
    case 3:
      let rate = p.assume(Gamma(shape: 2, rate: 1))
      _ = p.assume(Exactly(x + p.assume(Poisson(rate))), at: "s")
    case 4:
      let thinned = p.assume(Binomial(count: x, probability: 0.5))
      p.observe(1, Binomial(count: thinned, probability: 0.5))
      _ = p.assume(Exactly(x + y), at: "s")
    case 5:
      // x is a share already.
      _ = p.assume(Exactly(x + y))
      _ = p.assume(Exactly(x + p.assume(Poisson(1.0))), at: "s")
    default:
      let thinned = p.assume(Binomial(count: x, probability: 0.5))
      p.observe(1, Binomial(count: thinned, probability: 0.5))
      _ = p.assume(Exactly(thinned + y), at: "s")
    }
    let entry = try #require(p.report.entries.first { $0.site.text == "s" })
    #expect(entry.sampled == 1 && !p.report.isExact)
    #expect((p.graph.variance(x) == 0) == (number < 6))
  }
}
