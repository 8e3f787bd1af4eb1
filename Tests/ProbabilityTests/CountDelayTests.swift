import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Thinned counts, against sums over everything that the counts can be.
@Suite struct CountDelayTests {
  /// A count with its log-probabilities by hand, and how a program assumes it.
  struct Count: Sendable {
    var name: String
    var assume: @Sendable (inout DelayedContext) -> Random<Int>
    var logMass: @Sendable (Double) -> Double
    /// Beyond it there is no probability to speak of.
    var top: Int
  }

  /// Γ(k + n)/(Γ(k) n!) pᵏ (1 − p)ⁿ
  static func logNegativeBinomial(_ n: Double, _ k: Double, _ p: Double) -> Double {
    let coefficient: Double = lgamma(n + k) - lgamma(k) - lgamma(n + 1)
    return coefficient + k * log(p) + n * log1p(-p)
  }

  static let counts: [Count] = [
    Count(
      name: "Poisson", assume: { $0.assume(Poisson(5.0)) },
      logMass: { ConjugatePair.logPoisson($0, 5) }, top: 80),
    Count(
      name: "binomial", assume: { $0.assume(Binomial(count: 12, probability: 0.4)) },
      logMass: { logBinomial($0, 12, 0.4) }, top: 12),
    Count(
      name: "negative binomial",
      assume: { $0.assume(NegativeBinomial(successes: 2.5, probability: 0.3)) },
      logMass: { logNegativeBinomial($0, 2.5, 0.3) }, top: 250),
    // With rate 1 and twice the rate for a mean: p = 1/(1 + 2).
    Count(
      name: "gamma-Poisson",
      assume: { p in
        let rate = p.assume(Gamma(shape: 2.5, rate: 1))
        return p.assume(Poisson(2 * rate))
      },
      logMass: { logNegativeBinomial($0, 2.5, 1.0 / 3) }, top: 250),
  ]

  static func logBinomial(_ x: Double, _ n: Double, _ p: Double) -> Double {
    if x > n { return -.infinity }
    let coefficient: Double = lgamma(n + 1) - lgamma(x + 1) - lgamma(n - x + 1)
    return coefficient + x * log(p) + (n - x) * log1p(-p)
  }

  /// log Σ exp, and the mean and variance of numbers with these log-weights.
  func moments(
    _ terms: [(x: Double, log: Double)]
  ) -> (log: Double, mean: Double, variance: Double) {
    var largest = -Double.infinity
    for term in terms { largest = max(largest, term.log) }
    var (total, first, second) = (0.0, 0.0, 0.0)
    for term in terms {
      let weight = exp(term.log - largest)
      total += weight
      first += weight * term.x
      second += weight * term.x * term.x
    }
    let mean = first / total
    return (largest + log(total), mean, second / total - mean * mean)
  }

  /// The moments of a count that was thinned with each of some results.
  func thinned(_ count: Count, _ results: [(x: Double, probability: Double)]) -> (
    log: Double, mean: Double, variance: Double
  ) {
    var terms: [(x: Double, log: Double)] = []
    for value in 0...count.top {
      let n = Double(value)
      var log = count.logMass(n)
      for result in results { log += Self.logBinomial(result.x, n, result.probability) }
      terms.append((n, log))
    }
    return moments(terms)
  }

  @Test(arguments: counts.map(\.name))
  func thinnedOnce(_ name: String) throws {
    let count = try #require(Self.counts.first { $0.name == name })
    for x in [0, 2, 5] {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let n = count.assume(&p)
      p.observe(x, Binomial(count: n, probability: 0.3))
      let truth = thinned(count, [(Double(x), 0.3)])
      try #require(isClose(p.logWeight, truth.log))
      try #require(isClose(p.graph.mean(n), truth.mean))
      try #require(isClose(p.graph.variance(n), truth.variance))
      #expect(p.report.isExact)
    }
  }

  /// The second thinning: with a binomial count a table stays exact; of others the count is drawn,
  /// and the evidence given that count is that of the closed form.
  @Test(arguments: counts.map(\.name))
  func thinnedTwice(_ name: String) throws {
    let count = try #require(Self.counts.first { $0.name == name })
    var p = DelayedContext(key: RandomKey(seed: 1))
    let n = count.assume(&p)
    p.observe(2, Binomial(count: n, probability: 0.3))
    let before = p.logWeight
    p.observe(3, Binomial(count: n, probability: 0.2))
    if name == "binomial" {
      let truth = thinned(count, [(2, 0.3), (3, 0.2)])
      #expect(isClose(p.logWeight, truth.log) && isClose(p.graph.mean(n), truth.mean))
      #expect(isClose(p.graph.variance(n), truth.variance) && p.report.isExact)
    } else {
      #expect(p.graph.variance(n) == 0 && !p.report.isExact)
      let drawn = Double(p.value(n))
      #expect(isClose(p.logWeight - before, Self.logBinomial(3, drawn, 0.2)))
    }
  }

  /// n, x of n, y of x: y is observed and x and n stay without a value.
  @Test(arguments: counts.map(\.name))
  func chain(_ name: String) throws {
    let count = try #require(Self.counts.first { $0.name == name })
    var p = DelayedContext(key: RandomKey(seed: 1))
    let n = count.assume(&p)
    let x = p.assume(Binomial(count: n, probability: 0.7))
    p.observe(2, Binomial(count: x, probability: 0.3))
    var (all, inner): ([(x: Double, log: Double)], [(x: Double, log: Double)]) = ([], [])
    for n in 0...count.top {
      for x in 0...n {
        var log = count.logMass(Double(n))
        log += Self.logBinomial(Double(x), Double(n), 0.7)
        log += Self.logBinomial(2, Double(x), 0.3)
        all.append((Double(n), log))
        inner.append((Double(x), log))
      }
    }
    let (outerTruth, innerTruth) = (moments(all), moments(inner))
    #expect(isClose(p.logWeight, outerTruth.log))
    #expect(isClose(p.graph.mean(n), outerTruth.mean))
    #expect(isClose(p.graph.variance(n), outerTruth.variance))
    #expect(isClose(p.graph.mean(x), innerTruth.mean))
    #expect(isClose(p.graph.variance(x), innerTruth.variance))
    #expect(p.report.isExact)
    // What is drawn has these moments, and then n is thinned by what x left.
    var sums = (0.0, 0.0)
    let runs = 20_000
    for run in 0..<runs {
      var copy = DelayedContext(key: RandomKey(seed: UInt64(run)))
      copy.graph = p.graph
      sums.0 += Double(copy.value(x))
      sums.1 += Double(copy.value(n))
    }
    let number = Double(runs)
    #expect(
      abs(sums.0 / number - innerTruth.mean) < 4 * (innerTruth.variance / number).squareRoot())
    #expect(
      abs(sums.1 / number - outerTruth.mean) < 4 * (outerTruth.variance / number).squareRoot())
  }

  /// The rate of a count that was thinned: by quadrature, with λ and n summed out together.
  @Test func rateOfAThinnedCount() {
    for isChain in [false, true] {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let rate = p.assume(Gamma(shape: 2.5, rate: 1))
      let n = p.assume(Poisson(2 * rate))
      if isChain {
        let x = p.assume(Binomial(count: n, probability: 0.6))
        p.observe(3, Binomial(count: x, probability: 0.5))
      } else {
        p.observe(3, Binomial(count: n, probability: 0.3))
      }
      // Thinned by 0.3 in one step or two, y is Poisson with mean 0.3·2λ.
      func truth(_ more: [Double]) -> (logIntegral: Double, mean: Double, variance: Double) {
        Quadrature.moments(.above(0)) { t, _ in
          var log = ConjugatePair.logGamma(t, 2.5, 1) + ConjugatePair.logPoisson(3, 0.6 * t)
          for x in more { log += ConjugatePair.logPoisson(x, 2 * t) }
          return log
        }
      }
      #expect(isClose(p.logWeight, truth([]).logIntegral))
      #expect(isClose(p.graph.mean(rate), truth([]).mean))
      #expect(isClose(p.graph.variance(rate), truth([]).variance))
      #expect(p.report.isExact)
      // A second count of the same rate does not need the first one's value without a chain.
      p.observe(4, Poisson(2 * rate))
      if !isChain {
        #expect(isClose(p.logWeight, truth([4]).logIntegral) && p.report.isExact)
        #expect(isClose(p.graph.mean(rate), truth([4]).mean))
      }
    }
  }

  /// With probability 0 nothing remains, with 1 everything.
  @Test(arguments: counts.map(\.name))
  func certainThinning(_ name: String) throws {
    let count = try #require(Self.counts.first { $0.name == name })
    for x in [0, 2] {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let n = count.assume(&p)
      p.observe(x, Binomial(count: n, probability: 1))
      #expect(isClose(p.logWeight, count.logMass(Double(x))))
      #expect(p.value(n) == x)
      var q = DelayedContext(key: RandomKey(seed: 1))
      let m = count.assume(&q)
      q.observe(x, Binomial(count: m, probability: 0))
      #expect(q.logWeight == (x == 0 ? 0 : -.infinity))
    }
  }
}

/// Sums of counts and of other integers, against enumeration.
@Suite struct SumDelayTests {
  @Test func differencesAndSumsOfBoundedIntegers() throws {
    // x in 2...5, y in -1...2, z of 6 trials; d = x - y is observed through noise, x + 2z - y + 1
    // without.
    var logs: [(x: Int, y: Int, z: Int, log: Double)] = []
    for x in 2...5 {
      for y in -1...2 {
        for z in 0...6 where x + 2 * z - y + 1 == 9 {
          var logMass = 2 * log(0.25)
          logMass += CountDelayTests.logBinomial(Double(z), 6, 0.3)
          logMass += ConjugatePair.logNormal(3.2, Double(x - y), 1.5)
          logs.append((x, y, z, logMass))
        }
      }
    }
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(UniformInteger(2, 5))
    let y = p.assume(UniformInteger(-1, 2))
    let z = p.assume(Binomial(count: 6, probability: 0.3))
    let d = p.assume(Exactly(x - y))
    p.observe(3.2, Switch(d) { Normal(Double($0), variance: 1.5) })
    p.observe(9, Exactly(x + 2 * z - y + 1))
    var total = 0.0
    for term in logs { total += exp(term.log) }
    #expect(isClose(p.logWeight, log(total)))
    func mean(_ value: (_ x: Int, _ y: Int, _ z: Int) -> Int) -> Double {
      var sum = 0.0
      for term in logs { sum += exp(term.log) * Double(value(term.x, term.y, term.z)) }
      return sum / total
    }
    #expect(isClose(p.graph.mean(x), mean { x, _, _ in x }))
    #expect(isClose(p.graph.mean(y), mean { _, y, _ in y }))
    #expect(isClose(p.graph.mean(z), mean { _, _, z in z }))
    #expect(isClose(p.graph.mean(d), mean { x, y, _ in x - y }))
    let square = mean { _, _, z in z * z }
    #expect(isClose(p.graph.variance(z), square - mean { _, _, z in z } * mean { _, _, z in z }))
    #expect(p.report.isExact)
    let values = (p.value(x), p.value(y), p.value(z), p.value(d))
    #expect(values.0 + 2 * values.2 - values.1 + 1 == 9 && values.3 == values.0 - values.1)
  }

  @Test func writtenOrderNeverMatters() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(UniformInteger(0, 3))
    let y = p.assume(UniformInteger(0, 3))
    let expected = x - y + 2
    #expect(2 + x - y == expected)
    #expect(x + 2 - y == expected)
    #expect(-(y - x) + 2 == expected)
    #expect(2 - (y - x) == expected)
    #expect(-y + x + 2 == expected)
    #expect(2 * x - (x + y) + 2 == expected)
    #expect(1 + (x + 1) - y == expected)
    #expect(-1 * y + (2 + x) == expected)
    #expect(x - (y - 2) == expected)
    #expect(Random(3) + Random(4) == IntegerSum(7) && 3 - Random(4) == IntegerSum(-1))
  }

  /// Small sums of Poisson counts are tables, large ones are split by a draw; the evidence is exact
  /// both times.
  @Test(arguments: [3, 500]) func sumOfPoissons(_ scale: Int) throws {
    let rates = [2.0, 3.5, 1].map { $0 * Double(scale) }
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(rates[0]))
    let y = p.assume(Poisson(rates[1]))
    let z = p.assume(Poisson(rates[2]))
    let value = 4 * scale
    p.observe(value, Exactly(x + y + z))
    let total = rates.reduce(0, +)
    #expect(isClose(p.logWeight, ConjugatePair.logPoisson(Double(value), total)))
    let isSmall = scale == 3
    #expect(p.report.isExact == isSmall)
    if isSmall {
      // Given the sum each is binomial.
      for (variable, rate) in zip([x, y, z], rates) {
        let share = rate / total
        #expect(isClose(p.graph.mean(variable), Double(value) * share))
        #expect(isClose(p.graph.variance(variable), Double(value) * share * (1 - share)))
      }
    }
    #expect(p.value(x) + p.value(y) + p.value(z) == value)
    // The split given the sum, drawn.
    var sum = 0.0
    let runs = isSmall ? 2000 : 4000
    for run in 0..<runs {
      var q = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let x = q.assume(Poisson(rates[0]))
      let y = q.assume(Poisson(rates[1]))
      q.observe(value, Exactly(x + y))
      sum += Double(q.value(x))
    }
    let share = rates[0] / (rates[0] + rates[1])
    let spread = (Double(value) * share * (1 - share) / Double(runs)).squareRoot()
    #expect(abs(sum / Double(runs) - Double(value) * share) < 4 * spread)
  }

  /// Counts of different laws, one of them without an upper bound.
  @Test func sumOfMixedCounts() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(NegativeBinomial(successes: 2, probability: 0.4))
    let y = p.assume(Poisson(1.5))
    let z = p.assume(Binomial(count: 3, probability: 0.5))
    p.observe(6, Exactly(x + y + z))
    var (total, mean) = (0.0, 0.0)
    for z in 0...3 {
      for y in 0...6 - z {
        let x = Double(6 - y - z)
        var logMass = CountDelayTests.logNegativeBinomial(x, 2, 0.4)
        logMass += ConjugatePair.logPoisson(Double(y), 1.5)
        logMass += CountDelayTests.logBinomial(Double(z), 3, 0.5)
        let probability = exp(logMass)
        total += probability
        mean += probability * x
      }
    }
    #expect(isClose(p.logWeight, log(total)) && isClose(p.graph.mean(x), mean / total))
    #expect(p.report.isExact)
  }

  @Test func impossibleSums() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Poisson(1.0))
    let y = p.assume(Binomial(count: 3, probability: 0.5))
    p.observe(-1, Exactly(x + y))
    #expect(p.logWeight == -.infinity)
    var q = DelayedContext(key: RandomKey(seed: 1))
    let z = q.assume(UniformInteger(0, 3))
    q.observe(9, Exactly(2 * z))
    #expect(q.logWeight == -.infinity)
  }

  /// Σ gammas of one rate: the density of the sum, and shares that are Dirichlet.
  @Test func sumOfGammas() throws {
    var mean = 0.0
    let runs = 4000
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let x = p.assume(Gamma(shape: 2, rate: 3))
      let y = p.assume(Gamma(shape: 1.5, rate: 6))
      p.observe(4, Exactly(x + 2 * y + 1))
      if run == 0 { #expect(isClose(p.logWeight, ConjugatePair.logGamma(3, 3.5, 3))) }
      let (first, second) = (p.value(x), p.value(y))
      try #require(isClose(first + 2 * second, 3))
      mean += first / 3 / Double(runs)
    }
    // Beta(2, 1.5)
    let spread = (2.0 * 1.5 / (3.5 * 3.5 * 4.5) / Double(runs)).squareRoot()
    #expect(abs(mean - 2 / 3.5) < 4 * spread)
  }

  @Test func exactAffineOfGaussians() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Normal(1, variance: 2))
    let y = p.assume(Normal(0, variance: 3))
    let s = p.assume(Exactly(x + 2 * y))
    #expect(isClose(p.graph.mean(s), 1) && isClose(p.graph.variance(s), 14))
    p.observe(3, Exactly(x - y))
    #expect(isClose(p.logWeight, ConjugatePair.logNormal(3, 1, 5)))
    #expect(p.graph.variance(s) > 0 && isClose(p.graph.mean(x) - p.graph.mean(y), 3))
  }
}
