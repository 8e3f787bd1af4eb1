import Glibc
import Randomness
import TestSupport
import Testing

@testable import Probability

/// What a model no longer holds leaves the graph, whatever its family, and the rest stays exact.
@Suite struct EliminationDelayTests {
  /// A program of all families that keeps only its parameters and newest state.
  struct Everything: SequentialModel {
    var probability = Random<Double>()
    var rate = Random<Double>()
    var variance = Random<Double>()
    var level = Random<Double>()
    var shares = Random<[Double]>()
    var limit = Random<Double>()
    var state = Random<Int>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      probability = p.assume(Beta(2, 3))
      rate = p.assume(Gamma(shape: 2, rate: 1))
      variance = p.assume(InverseGamma(shape: 3, scale: 2))
      level = p.assume(Normal(0.0, variance: 2 * variance))
      shares = p.assume(Dirichlet([1, 2, 3]))
      limit = p.assume(Pareto(shape: 2, minimum: 1))
      state = p.assume(Categorical([0.3, 0.7]))
    }

    mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
      let trials = p.assume(Binomial(count: 4, probability: probability))
      if t % 3 == 0 { p.observe(2, Binomial(count: 4, probability: probability)) }
      let count = p.assume(Poisson(rate))
      p.observe(t % 4, Binomial(count: count, probability: 0.5))
      level = p.assume(Normal(0.9 * level, variance: 0.5 * variance))
      p.observe(y, Normal(level, variance: variance))
      let word = p.assume(Categorical(shares))
      p.observe(t % 3, Categorical(shares))
      p.observe(abs(y), Uniform(0, limit))
      state = p.assume(Categorical([[0.9, 0.1], [0.2, 0.8]][state]))
      p.observe(y, Switch(state) { Normal(Double($0), variance: 1) })
      _ = (trials, word)
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep([probability, rate, variance, level, limit])
      visitor.keep(shares)
      visitor.keep(state)
    }
  }

  @Test func memoryStaysBounded() throws {
    var random = RandomKey(seed: 5).stream()
    let data = (0..<300).map { _ in random.normal() }
    let short = try ParticleFilter(particles: 1).run(
      Everything(), data: Array(data[..<5]), key: RandomKey(seed: 1))
    let long = try ParticleFilter(particles: 1).run(
      Everything(), data: data, key: RandomKey(seed: 1))
    // Nine numbers: the Dirichlet vector has three.
    #expect(short.particles[0].graph.count == 9 && long.particles[0].graph.count == 9)
    #expect(short.report.isExact && long.report.isExact)
    let sizes = [short, long].map { $0.particles[0].graph.storageCount }
    #expect(sizes[0] == sizes[1])
  }

  @Test func droppingChangesNothingElse() throws {
    var random = RandomKey(seed: 6).stream()
    // Few steps, for the table of states that are never dropped.
    let data = (0..<8).map { _ in random.normal() }
    let key = RandomKey(seed: 1)
    let dropped = try ParticleFilter(particles: 1).run(Everything(), data: data, key: key)
    // The same by hand, with nothing dropped.
    var p = DelayedContext(key: key)
    var all = Everything()
    all.start(&p)
    for (t, y) in data.enumerated() { all.step(t, y, &p) }
    #expect(p.graph.count > 30 && p.report.isExact)
    #expect(isClose(dropped.logEvidence, p.logWeight))
    let one = dropped.particles[0]
    let paths: [KeyPath<Everything, Random<Double>>] = [
      \.probability, \.rate, \.variance, \.level, \.limit,
    ]
    for path in paths {
      let (first, second) = (one.value[keyPath: path], all[keyPath: path])
      #expect(isClose(one.graph.mean(first), p.graph.mean(second)))
      #expect(isClose(one.graph.variance(first), p.graph.variance(second)))
    }
    for index in 0..<3 {
      let (first, second) = (one.value.shares[index], all.shares[index])
      #expect(isClose(one.graph.mean(first), p.graph.mean(second)))
    }
    let last = one.graph.probabilities(one.value.state)
    #expect(isClose(last[1], p.graph.probabilities(all.state)[1]))
  }

  /// A marginalized count keeps what its dropped rate told of it, and the other way round.
  @Test func droppedParentsAndChildren() {
    for keepsRate in [true, false] {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let rate = p.assume(Gamma(shape: 2.5, rate: 1))
      let n = p.assume(Poisson(2 * rate))
      let x = p.assume(Binomial(count: n, probability: 0.6))
      p.observe(3, Binomial(count: x, probability: 0.5))
      let before = (p.graph.mean(rate), p.graph.mean(x), p.graph.variance(x))
      var visitor = RandomVisitor(p.graph)
      if keepsRate { visitor.keep(rate) } else { visitor.keep(x) }
      p.graph = visitor.eliminated()
      if keepsRate {
        #expect(p.graph.mean(rate) == before.0)
      } else {
        #expect(p.graph.count == 1)
        #expect(p.graph.mean(x) == before.1 && p.graph.variance(x) == before.2)
      }
    }
  }

  @Test func usingAnEliminatedFiniteVariableIsCaught() async {
    await #expect(processExitsWith: .failure) {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let x = p.assume(Categorical([0.5, 0.5]))
      p.graph = RandomVisitor(p.graph).eliminated()
      _ = p.assume(Categorical([0.5, 0.5]))
      _ = p.value(x)
    }
  }

  @Test func usingAnEliminatedParentIsCaught() async {
    await #expect(processExitsWith: .failure) {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let x = p.assume(Beta(1, 1))
      p.graph = RandomVisitor(p.graph).eliminated()
      p.observe(true, Bernoulli(x))
    }
  }

  @Test func aVariableThatWasNeverAssumedIsCaught() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var p = DelayedContext(key: RandomKey(seed: 1))
      p.observe(1, Normal(Random<Double>(), variance: 1))
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(text.contains("a random variable that was never assumed"))
  }
}

/// Runs of one-shot programs against enumeration.
@Suite struct ImportanceDelayTests {
  /// Two dice, one of them perhaps loaded, and what is seen of them.
  struct Dice: Model {
    struct Outcome: Sendable {
      var loaded: Random<Bool>
      var sum: Random<Int>
    }

    mutating func run(_ p: inout some ProbabilisticContext) -> Outcome {
      let loaded = p.assume(Bernoulli(0.3))
      let fair = [Double](repeating: 1.0 / 6, count: 6)
      let first = p.assume(Categorical([fair, [0.1, 0.1, 0.1, 0.1, 0.1, 0.5]][loaded]))
      let second = p.assume(Categorical(fair))
      let sum = p.assume(Exactly(first + second + 2))
      p.observe(8.4, Switch(sum) { Normal(Double($0), variance: 2) })
      return Outcome(loaded: loaded, sum: sum)
    }
  }

  func enumerated() -> (logEvidence: Double, loaded: Double, sums: [Double]) {
    var (total, loaded) = (0.0, 0.0)
    var sums = [Double](repeating: 0, count: 13)
    for isLoaded in [false, true] {
      for first in 1...6 {
        for second in 1...6 {
          let face = isLoaded ? (first == 6 ? 0.5 : 0.1) : 1.0 / 6
          let sum = first + second
          let probability =
            (isLoaded ? 0.3 : 0.7) * face / 6
            * exp(ConjugatePair.logNormal(8.4, Double(sum), 2))
          total += probability
          if isLoaded { loaded += probability }
          sums[sum] += probability
        }
      }
    }
    return (log(total), loaded / total, sums.map { $0 / total })
  }

  @Test func exactWithDelay() throws {
    let truth = enumerated()
    let posterior = try ImportanceSampler(particles: 1).run(Dice(), key: RandomKey(seed: 3))
    #expect(isClose(posterior.logEvidence, truth.logEvidence) && posterior.report.isExact)
    let found = posterior.probabilities { $0.sum }
    for sum in 2...12 { #expect(isClose(found[sum], truth.sums[sum])) }
  }

  @Test func unbiasedWithout() throws {
    let truth = enumerated()
    let posterior = try ImportanceSampler(particles: 40_000, delays: false)
      .run(Dice(), key: RandomKey(seed: 3))
    // Standard errors of the mean weight and of the weighted share, by the delta method.
    let weights = posterior.particles.map { exp($0.logWeight) }
    let n = Double(weights.count)
    let relative = (weights.reduce(0) { $0 + ($1 * n - 1) * ($1 * n - 1) } / n).squareRoot()
    let error = exp(posterior.logEvidence - truth.logEvidence) - 1
    #expect(abs(error) < 4 * relative / n.squareRoot())
    let share = posterior.mean { $0.loaded.known! ? 1 : 0 }
    var spread = 0.0
    for particle in posterior.particles {
      let isLoaded = particle.value.loaded.known! ? 1.0 : 0
      let term = exp(particle.logWeight) * (isLoaded - share)
      spread += term * term
    }
    #expect(abs(share - truth.loaded) < 4 * spread.squareRoot())
  }
}
