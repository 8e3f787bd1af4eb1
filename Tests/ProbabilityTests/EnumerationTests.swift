import Glibc
import Probability
import Randomness
import Testing

/// Rain, sprinkler, wet grass: the textbook network.
struct Sprinkler: Model {
  func run(_ p: inout some ProbabilisticContext) -> Bool {
    let rain = p.value(p.assume(Bernoulli(0.2), at: "rain"))
    let sprinkler = p.draw(Bernoulli(rain ? 0.01 : 0.4), at: "sprinkler")
    p.observe(true, Bernoulli([[0.0, 0.8], [0.9, 0.99]][sprinkler ? 1 : 0][rain ? 1 : 0]))
    return rain
  }
}

/// A hidden Markov chain of three steps.
struct HiddenChain: Model {
  static let moves = [[0.9, 0.1], [0.3, 0.7]]
  static let means = [-1.0, 2]
  var data = [0.3, 1.2, -0.4]

  func run(_ p: inout some ProbabilisticContext) -> [Int] {
    var state = p.value(p.assume(Categorical([0.5, 0.5])))
    var path: [Int] = []
    for y in data {
      state = p.value(p.assume(Categorical(Self.moves[state])))
      p.observe(y, Normal(Self.means[state], variance: 1))
      path.append(state)
    }
    return path
  }
}

@Suite struct EnumerationTests {
  @Test func sprinklerHasTheTextbookPosterior() throws {
    let posterior = try enumerate(Sprinkler())
    // Σ P(wet, rain) by hand, over P(wet).
    let withRain = 0.2 * (0.01 * 0.99 + 0.99 * 0.8)
    let without = 0.8 * (0.4 * 0.9)
    #expect(abs(posterior.logEvidence - log(withRain + without)) < 1e-12)
    #expect(abs(posterior.mean { $0 ? 1 : 0 } - withRain / (withRain + without)) < 1e-12)
    // No sprinkler and no rain is impossible.
    let count = posterior.particles.count
    #expect(count == 3)
  }

  @Test func chainAgreesWithTheForwardAlgorithm() throws {
    var forward = [0.5, 0.5]
    for y in HiddenChain().data {
      forward = (0..<2).map { next in
        (0..<2).reduce(0.0) { $0 + forward[$1] * HiddenChain.moves[$1][next] }
          * exp(Normal(HiddenChain.means[next], variance: 1).logDensity(y))
      }
    }
    let posterior = try enumerate(HiddenChain())
    #expect(abs(posterior.logEvidence - log(forward[0] + forward[1])) < 1e-12)
    let last = posterior.mean { $0[2] == 1 ? 1 : 0 }
    #expect(abs(last - forward[1] / (forward[0] + forward[1])) < 1e-12)
    let count = posterior.particles.count
    #expect(count == 16)
  }

  @Test func controlFlowMayDependOnChoices() throws {
    struct Coins: Model {
      func run(_ p: inout some ProbabilisticContext) -> Int {
        let count = p.draw(UniformInteger(1, 3))
        var heads = 0
        for _ in 0..<count { heads += p.draw(Bernoulli(0.3)) ? 1 : 0 }
        p.observe(heads, Delta(2))
        return count
      }
    }
    let posterior = try enumerate(Coins())
    // Two heads of two, or of three.
    let two = 0.09 / 3
    let three = 3 * 0.09 * 0.7 / 3
    #expect(abs(posterior.logEvidence - log(two + three)) < 1e-12)
    #expect(abs(posterior.mean { $0 == 3 ? 1 : 0 } - three / (two + three)) < 1e-12)
  }

  @Test func vectorsOfCountsAreFinite() throws {
    struct Counts: Model {
      func run(_ p: inout some ProbabilisticContext) -> [Int] {
        p.value(p.assume(Multinomial(count: 3, probabilities: [0.5, 0.3, 0.2])))
      }
    }
    let posterior = try enumerate(Counts())
    let count = posterior.particles.count
    #expect(count == 10)
    #expect(abs(posterior.logEvidence) < 1e-12)
    #expect(abs(posterior.mean { Double($0[1]) } - 0.9) < 1e-12)
  }

  struct Draws<D: Distribution>: Model where D.Value: Sendable {
    let law: D
    var count = 1
    func run(_ p: inout some ProbabilisticContext) -> Int {
      for _ in 0..<count { _ = p.draw(plain: law, site: Site(name: "x")) }
      return 0
    }
  }

  @Test func whatCannotBeEnumeratedIsAnError() {
    #expect(throws: ProgramError.notFinite(place: "x", distribution: "Normal<Double, Double>")) {
      try enumerate(Draws(law: Normal(0, variance: 1)))
    }
    #expect(throws: ProgramError.notFinite(place: "x", distribution: "Poisson<Double>")) {
      try enumerate(Draws(law: Poisson(3)))
    }
    #expect(throws: ProgramError.tooManyRuns(cap: 1000)) {
      try enumerate(Draws(law: UniformInteger(0, 1_000_000)), maximumRuns: 1000)
    }
    #expect(throws: ProgramError.tooManyRuns(cap: 1023)) {
      try enumerate(Draws(law: Bernoulli(0.5), count: 10), maximumRuns: 1023)
    }
    #expect(throws: Never.self) {
      try enumerate(Draws(law: Bernoulli(0.5), count: 10), maximumRuns: 1024)
    }
    do {
      _ = try enumerate(Draws(law: Bernoulli(1.5)))
      Issue.record("no error")
    } catch {
      #expect("\(error)" == "x: Bernoulli: the probability is 1.5 but must be in 0...1")
    }
  }
}
