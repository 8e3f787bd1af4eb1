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
}
