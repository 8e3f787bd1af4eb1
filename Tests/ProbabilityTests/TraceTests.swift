import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Two variables and an observation.
struct Line: Model {
  func run(_ p: inout some ProbabilisticContext) -> Double {
    let slope = p.assume(Normal(1, variance: 4), at: "slope")
    let noise = p.value(p.assume(Gamma(shape: 2, rate: 3), at: "noise"))
    for x in 0..<3 { p.observe(2.5, Normal(Double(x) * slope, variance: noise)) }
    return p.value(slope)
  }
}

/// Visits one place as often as an earlier choice says.
struct Visits: Model {
  func run(_ p: inout some ProbabilisticContext) -> [Bool] {
    let count = p.draw(UniformInteger(0, 3), at: "count")
    return (0..<count).map { _ in p.draw(Bernoulli(0.25), at: "coin") }
  }
}

@Suite struct TraceTests {
  @Test func densitiesAreTheProgramsOwn() throws {
    let (result, trace) = try Trace.run(
      Line(), given: ["slope": 2, "noise": 0.5], key: RandomKey(seed: 1))
    #expect(result == 2)
    let prior = Normal(1, variance: 4).logDensity(2) + Gamma(shape: 2, rate: 3).logDensity(0.5)
    let likelihood = [0.0, 2, 4].reduce(0) { $0 + Normal($1, variance: 0.5).logDensity(2.5) }
    #expect(abs(trace.logPrior - prior) < 1e-12)
    #expect(abs(trace.logLikelihood - likelihood) < 1e-12)
    #expect(abs(trace.logDensity - prior - likelihood) < 1e-12)
    #expect(try trace.number(at: "noise") == 0.5)
    #expect(trace.addresses == ["slope", "noise"])
  }

  @Test func addressesCountVisits() throws {
    let (result, trace) = try Trace.run(
      Visits(), given: ["count": 3, "coin": false, AddressPattern("coin", visit: 1): true],
      key: RandomKey(seed: 1))
    #expect(result == [false, true, false])
    #expect(trace.addresses == ["count", "coin", "coin[1]", "coin[2]"])
    #expect(abs(trace.logPrior - log(0.25 * 0.75 * 0.75 * 0.25)) < 1e-12)
  }

  @Test func placesAreAddressesByDefault() throws {
    struct Unnamed: Model {
      func run(_ p: inout some ProbabilisticContext) -> Int {
        let line = Int(#line) + 1
        for _ in 0..<2 { _ = p.draw(Normal(0, variance: 1)) }
        return line
      }
    }
    let (line, trace) = try Trace.run(Unnamed(), key: RandomKey(seed: 1))
    let place = "ProbabilityTests/TraceTests.swift:\(line)"
    #expect(trace.addresses == [place, "\(place)[1]"])
  }

  @Test func misspeltAddressesAreErrors() throws {
    let key = RandomKey(seed: 1)
    #expect(throws: ProgramError.unknownAddress("slop", known: ["slope", "noise"])) {
      try Trace.run(Line(), given: ["slop": 2], key: key)
    }
    #expect(throws: ProgramError.wrongType("slope", expected: "Double")) {
      try Trace.run(Line(), given: ["slope": true], key: key)
    }
    let (_, trace) = try Trace.run(Line(), key: key)
    #expect(throws: ProgramError.unknownAddress("nois[0]", known: ["slope", "noise"])) {
      try trace.value(at: "nois")
    }
    #expect(throws: ProgramError.unknownAddress("slpe", known: ["slope", "noise"])) {
      try MetropolisHastings(draws: 10, moves: [.block(["slope", "slpe"])]).run(Line(), key: key)
    }
    // An address that only some runs have is none.
    let visits = MetropolisHastings(
      draws: 10, moves: [.singleSite(), .block([AddressPattern("coin", visit: 2)])])
    _ = try visits.run(Visits(), key: key)
    let message = "\(ProgramError.unknownAddress("slop", known: ["slope", "noise"]))"
    #expect(message == "the program has no choice at 'slop'; it has slope, noise")
  }

  @Test func flawsAreReportedWithTheirPlace() throws {
    struct Flawed: Model {
      var variance: Double
      func run(_ p: inout some ProbabilisticContext) -> Double {
        let x = p.assume(Normal(0, variance: variance), at: "x")
        p.observe(1, Poisson(-1.0), at: "y")
        return p.value(x)
      }
    }
    for (variance, name) in [(-1.0, "x: Normal: the variance"), (1, "y: Poisson: the rate")] {
      do {
        _ = try Trace.run(Flawed(variance: variance), key: RandomKey(seed: 1))
        Issue.record("no error")
      } catch {
        #expect("\(error)".hasPrefix(name))
      }
    }
  }

  @Test func allKindsOfValuesAreKept() throws {
    struct Kinds: Model {
      func run(_ p: inout some ProbabilisticContext) -> Double {
        let weights = p.value(p.assume(Dirichlet([1, 2, 3]), at: "weights"))
        let counts = p.value(
          p.assume(Multinomial(count: 4, probabilities: weights), at: "counts"))
        let scale = p.draw(
          Wishart(degreesOfFreedom: 4, scale: DenseMatrix(rows: [[1, 0], [0, 1]])), at: "scale")
        p.observe(counts[0], Binomial(count: 4, probability: 0.5))
        return scale.elements[0]
      }
    }
    let posterior = try MetropolisHastings(draws: 50, chains: 1)
      .run(Kinds(), key: RandomKey(seed: 2))
    #expect(Set(posterior.draws).count > 5)
  }
}
