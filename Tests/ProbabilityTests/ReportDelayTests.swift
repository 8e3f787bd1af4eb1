import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// What the report of marginalization says of small programs.
@Suite struct ReportDelayTests {
  private func entry(
    _ p: DelayedContext, _ name: String
  ) throws -> MarginalizationReport.Entry {
    try #require(p.report.entries.first { $0.site.text == name })
  }

  @Test func forcedByWhichCallAtWhichPlace() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    for _ in 0..<3 {
      let x = p.assume(Normal(0, variance: 1), at: "x")
      let y = p.assume(Normal(x, variance: 1), at: "y")
      _ = p.value(y, at: "look")
      // Conjugate, had y not been forced.
      p.observe(1, Normal(y + x, variance: 1), at: "z")
    }
    let (x, y) = (try entry(p, "x"), try entry(p, "y"))
    #expect((x.assumed, x.sampled, x.drawn, x.marginalized, x.missed) == (3, 0, 0, 3, 0))
    #expect((y.assumed, y.sampled, y.drawn, y.marginalized, y.missed) == (3, 0, 0, 0, 3))
    #expect(x.forced == [] && y.forced.count == 1)
    #expect(y.forced[0].call == .value && y.forced[0].site.text == "look")
    #expect(y.forced[0].count == 3)
    #expect(!p.report.isExact)
    #expect(
      p.report.description == """
        x: 3 of 3 marginalized
        y: 0 of 3 marginalized, 3 forced by value at look; 3 later uses would have been conjugate
        """)
  }

  @Test func placesInTheSource() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    _ = p.assume(Normal(0, variance: 1))
    let line = #line - 1
    let entry = try #require(p.report.entries.first)
    #expect(entry.site.line == line && entry.site.text.hasSuffix("ReportDelayTests.swift"))
  }

  @Test func sampledAtOnceAndDrawn() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    _ = p.assume(Logistic(location: 0, scale: 1), at: "assumed")
    #expect(try entry(p, "assumed").sampled == 1 && !p.report.isExact)
    var q = DelayedContext(key: RandomKey(seed: 1))
    let x = q.assume(Normal(0, variance: 1), at: "x")
    #expect(q.report.isExact)
    _ = q.draw(Normal(x, variance: 1), at: "drawn")
    // Drawing a child forces nothing else, but the evidence is no longer exact.
    #expect(try entry(q, "x").marginalized == 1 && entry(q, "drawn").drawn == 1)
    #expect(!q.report.isExact && q.report.description == "drawn: 1 drawn\nx: 1 of 1 marginalized")
  }

  /// A use that is not conjugate forces, and is not called a missed chance.
  @Test func forcedByAnObservation() throws {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let n = p.assume(Poisson(4.0), at: "n")
    p.observe(2, Binomial(count: n, probability: 0.5), at: "first")
    p.observe(2, Binomial(count: n, probability: 0.5), at: "second")
    p.observe(2, Binomial(count: n, probability: 0.5), at: "third")
    let n1 = try entry(p, "n")
    #expect(n1.forced.map(\.call) == [.observe] && n1.forced.map(\.site.text) == ["second"])
    // The third would have been conjugate to a Poisson count.
    #expect(n1.missed == 1)

    var q = DelayedContext(key: RandomKey(seed: 1))
    let variance = q.assume(InverseGamma(shape: 3, scale: 1), at: "variance")
    let x = q.assume(Normal(0, variance: 1), at: "x")
    q.observe(1, Normal(x, variance: variance), at: "y")
    // The scale belongs to no other variable of the mean: it is drawn.
    #expect(try entry(q, "variance").forced.map(\.site.text) == ["y"])
    #expect(try entry(q, "variance").missed == 0 && entry(q, "x").marginalized == 1)
    q.observe(1, Normal(0.0, variance: variance), at: "later")
    #expect(try entry(q, "variance").missed == 1)
  }

  @Test func countsOfAFilterAddUp() throws {
    let data = [0.3, 1.2, -0.4, 2]
    for delays in [true, false] {
      let posterior = try ParticleFilter(particles: 7, delays: delays, chunkSize: 3).run(
        LinearGaussian(), data: data, key: RandomKey(seed: 1))
      // Two lines of one assume: one entry for the call's line.
      #expect(posterior.report.entries.reduce(0) { $0 + $1.assumed } == (delays ? 28 : 0))
      #expect(posterior.report.isExact)
    }
  }
}

/// Parameters that are none end inference with the place of the call, and what they must be.
@Suite struct FlawedDelayTests {
  enum Flaw: CaseIterable {
    case variance, shape, probabilities, covariance
  }

  struct Flawed: Model {
    let flaw: Flaw

    func run(_ p: inout some ProbabilisticContext) -> Int {
      switch flaw {
      case .variance: _ = p.assume(Normal(0, variance: -1), at: "place")
      case .shape: _ = p.assume(Beta(-1, 1), at: "place")
      case .probabilities: _ = p.assume(Categorical([0.5, 0.6]), at: "place")
      case .covariance:
        let matrix = DenseMatrix(rows: [[1, 2], [2, 1]])
        _ = p.assume(MultivariateNormal([0.0, 0], covariance: matrix), at: "place")
      }
      return 0
    }
  }

  /// What is observed of a distribution that is none, where the rest is random.
  struct FlawedData: Model {
    static let count = 8
    let number: Int

    func run(_ p: inout some ProbabilisticContext) -> Int {
      let x = p.assume(Normal(0, variance: 1))
      let share = p.assume(Beta(1, 1))
      let rate = p.assume(Gamma(shape: 1, rate: 1))
      let n = p.assume(Poisson(4))
      switch number {
      case 0: p.observe(0.5, Normal(x, variance: -0.1), at: "place")
      case 1: p.observe(true, Bernoulli(1.5), at: "place")
      case 2: p.observe(1, StudentT(degreesOfFreedom: 3, location: x, scale: -1), at: "place")
      case 3: p.observe(1, Laplace(location: x, scale: -1), at: "place")
      case 4: p.observe(0, Binomial(count: n, probability: 1.5), at: "place")
      case 5: p.observe(1, NegativeBinomial(successes: -1, probability: share), at: "place")
      case 6: p.observe(1, Gamma(shape: -1, rate: rate), at: "place")
      default: _ = p.draw(Normal(x, variance: -0.1), at: "place")
      }
      return 0
    }
  }

  @Test(arguments: 0..<FlawedData.count)
  func flawedData(_ number: Int) throws {
    let error = try #require(throws: InferenceError.self) {
      try ImportanceSampler(particles: 3)
        .run(FlawedData(number: number), key: RandomKey(seed: 1))
    }
    #expect(error.description.hasPrefix("place: "))
    #expect(error.description.contains(" but must be "))
  }

  @Test(arguments: Flaw.allCases)
  func placeAndRequirement(_ flaw: Flaw) throws {
    let error = try #require(throws: InferenceError.self) {
      try ImportanceSampler(particles: 3).run(Flawed(flaw: flaw), key: RandomKey(seed: 1))
    }
    let text =
      switch flaw {
      case .variance: "Normal: the variance is -1.0 but must be positive and finite"
      case .shape: "Beta: the alpha is -1.0 but must be positive and finite"
      case .probabilities: "Categorical: the sum of the probabilities is 1.1 but must be 1"
      case .covariance: "MultivariateNormal: the covariance is "
      }
    #expect(error.description.hasPrefix("place: " + text))
  }

  @Test func rowsOfAnotherLength() async {
    await #expect(processExitsWith: .failure) {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let state = p.assume(Categorical([0.5, 0.2, 0.3]))
      _ = p.assume(Categorical([[0.5, 0.5], [0.1, 0.9]][state]))
    }
  }
}
