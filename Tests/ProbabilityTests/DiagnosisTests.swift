import Glibc
import Probability
import Randomness
import Testing

/// What beginners get wrong, and what they are told.
@Suite struct DiagnosisTests {
  /// A scale that goes negative once the state does.
  struct Drifting: SequentialModel {
    var x = Random<Double>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      x = p.assume(Normal(3, variance: 0.01), at: "start")
    }

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      let rate = p.value(x) - 2 * Double(t)
      p.observe(y, Poisson(rate), at: "count")
    }

    func visit(_ visitor: inout RandomVisitor) { visitor.keep(x) }
  }

  @Test func negativeParameter() throws {
    let problems = diagnose(Drifting(), data: [3, 1, 0, 2], key: RandomKey(seed: 0))
    let problem = try #require(problems.first)
    #expect(problems.count == 1 && problem.site == Site(name: "count") && problem.step == 2)
    guard case .flaw(let flaw) = problem.kind else {
      Issue.record("\(problem)")
      return
    }
    #expect(flaw.distribution == "Poisson" && flaw.parameter == "rate")
    #expect(problem.description.hasPrefix("count, step 2: Poisson: the rate is -1."))
  }

  @Test func valuesOutsideTheSupport() throws {
    let problems = diagnose(Drifting(), data: [3, -1], key: RandomKey(seed: 0))
    let problem = try #require(problems.first)
    #expect(problem.step == 1)
    #expect(problem.description.contains("the observation -1 is impossible under Poisson"))
  }

  @Test func soundPrograms() {
    #expect(diagnose(Drifting(), data: [3, 1], key: RandomKey(seed: 0)).isEmpty)
    #expect(diagnose(Drifting(), data: [], key: RandomKey(seed: 0)).isEmpty)
  }

  struct Once: Model {
    let deviation: Double
    let logFactor: Double

    func run(_ p: inout some ProbabilisticContext) -> Double {
      let x = p.assume(Normal(0, deviation: deviation))
      p.factor(logFactor)
      return p.value(2 * x)
    }
  }

  @Test func negativeScaleNamesTheLine() throws {
    let problem = try #require(
      diagnose(Once(deviation: -1, logFactor: 0), key: RandomKey(seed: 0)).first)
    #expect(problem.site.text.hasSuffix("DiagnosisTests.swift") && problem.site.line > 50)
    #expect(problem.description.contains("Normal: the variance is"))
  }

  @Test func impossibleFactors() throws {
    for (factor, isProblem) in [(0.0, false), (-.infinity, false), (.nan, true), (.infinity, true)]
    {
      let problems = diagnose(Once(deviation: 1, logFactor: factor), key: RandomKey(seed: 0))
      #expect(problems.isEmpty != isProblem, "\(factor)")
    }
  }

  /// Observations that no run can make, and what is said of each.
  enum Observed: CaseIterable {
    case shortVector, negativeCount, pole, certainty, infinity, underflow

    func make(_ p: inout some ProbabilisticContext) {
      switch self {
      case .shortVector:
        p.observe([1, 2], Multinomial(count: 3, probabilities: p.assume(Dirichlet([1, 2, 3]))))
      case .negativeCount:
        let shares = p.assume(Dirichlet([1, 2, 3]))
        p.observe([1, -1, 3], Multinomial(count: 3, probabilities: shares))
      case .pole: p.observe(0, Gamma(shape: 2, rate: 1))
      case .certainty: p.observe(3, Binomial(count: 10, probability: 0))
      case .infinity: p.observe(.infinity, Normal(0, variance: 1))
      case .underflow: p.observe(1e200, Normal(0, variance: 1))
      }
    }

    var words: String {
      switch self {
      case .shortVector: "the observation [1, 2] is impossible under Multinomial"
      case .negativeCount: "the observation [1, -1, 3] is impossible under Multinomial"
      case .pole: "the observation 0.0 has density zero under Gamma"
      case .certainty: "the observation 3 has density zero under Binomial"
      case .infinity: "the observation inf has density zero under Normal"
      case .underflow: "the observation 1e+200 has density zero under Normal"
      }
    }
  }

  struct Impossible: Model {
    let observed: Observed

    func run(_ p: inout some ProbabilisticContext) { observed.make(&p) }
  }

  @Test(arguments: Observed.allCases) func impossibleObservations(observed: Observed) throws {
    for delays in [true, false] {
      do {
        let sampler = ImportanceSampler(particles: 5, delays: delays)
        let posterior = try sampler.run(Impossible(observed: observed), key: RandomKey(seed: 2))
        Issue.record("\(posterior.logEvidence)")
      } catch {
        #expect("\(error)".contains(observed.words), "\(error)")
      }
    }
  }

  struct Missing: Model {
    func run(_ p: inout some ProbabilisticContext) {
      p.observe(.nan, Normal(p.assume(Normal(0, variance: 1)), variance: 1), at: "missing")
    }
  }

  @Test(arguments: [true, false]) func missingNumber(delays: Bool) throws {
    do {
      let sampler = ImportanceSampler(particles: 5, delays: delays)
      _ = try sampler.run(Missing(), key: RandomKey(seed: 2))
      Issue.record("no error")
    } catch {
      #expect("\(error)" == "missing: the observation is nan; leave it out if it is missing")
    }
  }

  struct ExactSum: Model {
    func run(_ p: inout some ProbabilisticContext) -> Double {
      let x = p.assume(Normal(0, variance: 1))
      let y = p.assume(Normal(0, variance: 3))
      p.observe(1, Exactly(x + y), at: "sum")
      return p.value(x)
    }
  }

  /// With delay the sum is a normal variable; numbers that were drawn never have it.
  @Test func exactObservationOfDrawnNumbers() throws {
    let key = RandomKey(seed: 4)
    let exact = try ImportanceSampler(particles: 5).run(ExactSum(), key: key)
    #expect(abs(exact.logEvidence + 0.5 * log(2 * .pi * 4) + 1.0 / 8) < 1e-12)
    do {
      _ = try ImportanceSampler(particles: 5, delays: false).run(ExactSum(), key: key)
      Issue.record("no error")
    } catch {
      #expect("\(error)".hasPrefix("sum: 1.0 is observed exactly of variables"), "\(error)")
    }
  }
}
