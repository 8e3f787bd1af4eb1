import Randomness
import Testing

@testable import Probability

/// A sum that is assumed follows from its summands: methods that revisit choices must compute it
/// anew, and none may take it for a choice of its own.
@Suite struct DeterministicValueTests {
  /// x ~ Poisson(2), y ~ Poisson(3), k ~ Binomial(x + y, 1/2).
  ///
  /// Given k = 3, x + y is 3 + Poisson(5/2), of which x is 2/5.
  struct Counts: Model {
    func run(_ p: inout some ProbabilisticContext) -> [Double] {
      let x = p.assume(Poisson(2))
      let y = p.assume(Poisson(3))
      let total = p.assume(Exactly(x + y))
      p.observe(3, Binomial(count: total, probability: 0.5))
      return [Double(p.value(x)), Double(p.value(total))]
    }
  }

  /// x ~ N(1, 1), y ~ N(0, 2), z ~ N(x + y, 1): x + y has mean 1 and variance 3.
  ///
  /// Given z = 3, x is moved by 1/4 of the residual 2.
  struct Numbers: Model {
    func run(_ p: inout some ProbabilisticContext) -> Double {
      let x = p.assume(Normal(1, variance: 1))
      let y = p.assume(Normal(0, variance: 2))
      let total = p.assume(Exactly(x + y))
      p.observe(3, Normal(total, variance: 1))
      return p.value(x)
    }
  }

  @Test func metropolisHastingsOfCounts() throws {
    let posterior = try MetropolisHastings(draws: 4000, warmup: 500, moves: [.singleSite(.prior)])
      .run(Counts(), key: RandomKey(seed: 71))
    let summary = posterior.summary { $0[0] }
    let total = posterior.summary { $0[1] }
    print("MH of counts: \(summary.mean) (2.2), \(total.mean) (5.5), R-hat \(summary.rHat)")
    #expect(summary.rHat < 1.02)
    #expect(abs(summary.mean - 2.2) < 4 * summary.standardError)
    #expect(abs(total.mean - 5.5) < 4 * total.standardError)
  }

  @Test func metropolisHastingsOfNumbers() throws {
    let posterior = try MetropolisHastings(
      draws: 4000, warmup: 500, moves: [.singleSite(.randomWalk)]
    ).run(Numbers(), key: RandomKey(seed: 72))
    let summary = posterior.summary { $0 }
    print("MH of numbers: x \(summary.mean) (1.5), R-hat \(summary.rHat)")
    #expect(summary.rHat < 1.02)
    #expect(abs(summary.mean - 1.5) < 4 * summary.standardError)
  }

  /// Sums of binomials have finitely many values: the chosen ones are x and y alone.
  @Test func enumeration() throws {
    struct Finite: Model {
      func run(_ p: inout some ProbabilisticContext) -> Random<Int> {
        let x = p.assume(Binomial(count: 3, probability: 0.5))
        let total = p.assume(Exactly(x + p.assume(Binomial(count: 2, probability: 0.25))))
        p.observe(2, Binomial(count: total, probability: 0.5))
        return x
      }
    }
    let posterior = try enumerate(Finite(), maximumRuns: 12)
    let exact = try ImportanceSampler(particles: 1).run(Finite(), key: RandomKey(seed: 0))
    #expect(abs(posterior.logEvidence - exact.logEvidence) < 1e-12)
    #expect(abs(posterior.mean { Double($0.known ?? -1) } - exact.marginalMean { $0 }) < 1e-12)
  }

  /// a ~ N(1, 1), b ~ N(0, 1), s = a + b; x[t] ~ N(s, 1), y[t] ~ N(x[t], 1).
  struct Levels: SequentialModel {
    static let data = [3.0, 4, 2]
    var a = Random<Double>()
    var b = Random<Double>()
    var s = Random<Double>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      a = p.assume(Normal(1, variance: 1))
      b = p.assume(Normal(0, variance: 1))
      s = p.assume(Exactly(a + b))
    }

    mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
      let x = p.draw(Normal(s, variance: 1))
      p.observe(y, Normal(x, variance: 1))
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep(a)
      visitor.keep(b)
      visitor.keep(s)
    }
  }

  /// a ~ Gamma(2, 1), b ~ Gamma(3, 1), s = a + b; x[t] ~ Poisson(s), y[t] ~ Binomial(x[t], 1/2).
  struct Intensities: SequentialModel {
    static let data = [4, 2, 3]
    var a = Random<Double>()
    var b = Random<Double>()
    var s = Random<Double>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      a = p.assume(Gamma(shape: 2, rate: 1))
      b = p.assume(Gamma(shape: 3, rate: 1))
      s = p.assume(Exactly(a + b))
    }

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      let x = p.draw(Poisson(s))
      p.observe(y, Binomial(count: x, probability: 0.5))
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep(a)
      visitor.keep(b)
      visitor.keep(s)
    }
  }

  private func check<Program>(
    _ name: String, _ posterior: Posterior<PathDraw<Program>>, _ expected: Double
  ) {
    let summary = posterior.summary { $0.parameters[0] }
    print("\(name): \(summary.mean) (\(expected)), R-hat \(summary.rHat)")
    #expect(summary.rHat < 1.03)
    #expect(abs(summary.mean - expected) < 4 * summary.standardError)
  }

  /// s ~ N(1, 2), and the mean of y is N(s, 2/3): s is moved by 3/4 of the residual 2, a by half of
  /// that. The total is no parameter, and its summands stay random all the same.
  @Test(arguments: [AncestorSampling.off, .full])
  func particleGibbsOfNumbers(ancestors: AncestorSampling) throws {
    let data = Levels.data
    check(
      "PG of numbers, \(ancestors)",
      try ParticleGibbs(
        particles: 12, draws: 1500, warmup: 200, chains: 2, ancestorSampling: ancestors
      ).run(Levels(), parameters: { [$0.a, $0.b] }, data: data, key: RandomKey(seed: 73)), 1.75)
    check(
      "mPG of numbers, \(ancestors)",
      try MarginalizedParticleGibbs(
        particles: 12, draws: 1500, warmup: 200, chains: 2, ancestorSampling: ancestors
      ).run(Levels(), parameters: { [$0.a, $0.b] }, data: data, key: RandomKey(seed: 74)), 1.75)
  }

  /// Given y, s is Gamma(5 + 9, 1 + 3/2), and a is 2/5 of it.
  @Test(arguments: [AncestorSampling.off, .full])
  func particleGibbsOfIntensities(ancestors: AncestorSampling) throws {
    let (data, mean) = (Intensities.data, 0.4 * 14 / 2.5)
    check(
      "PG of intensities, \(ancestors)",
      try ParticleGibbs(
        particles: 12, draws: 1500, warmup: 200, chains: 2, ancestorSampling: ancestors
      ).run(Intensities(), parameters: { [$0.a, $0.b] }, data: data, key: RandomKey(seed: 75)),
      mean)
    check(
      "mPG of intensities, \(ancestors)",
      try MarginalizedParticleGibbs(
        particles: 12, draws: 1500, warmup: 200, chains: 2, ancestorSampling: ancestors
      ).run(Intensities(), parameters: { [$0.a, $0.b] }, data: data, key: RandomKey(seed: 76)),
      mean)
  }
}
