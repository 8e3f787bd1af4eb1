import Glibc
import Randomness
import TestSupport
import Testing

@testable import Probability

/// `Drift` with data that tell less, so that parameters and data drawn in turn go far.
private struct HazyDrift: SequentialModel {
  var noise = 4.0
  var mu = Random<Double>()
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    mu = p.assume(Normal(0, variance: 1))
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0.8 * x + mu, variance: 0.5))
    p.observe(y, Normal(x, variance: noise))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(mu)
    visitor.keep(x)
  }
}

/// A sweep of particle Gibbs at a time, with data that can change.
///
/// The steps are those of `PathChain`'s loop, with its own functions.
private struct PathKernel: MarkovKernel {
  let filter: ConditionalFilter
  let isMarginal: Bool
  let step: ParticleGibbs.ParameterStep
  let model: HazyDrift
  let plan: ParameterPlan
  let key: RandomKey
  var count = 0
  var path: ReferencePath
  var values: [[Double]]
  /// The parameter, and the state after the start and each step.
  var draw: [Double]

  init(
    _ filter: ConditionalFilter, isMarginal: Bool, step: ParticleGibbs.ParameterStep = .exact,
    model: HazyDrift = HazyDrift(), data: [Double], key: RandomKey
  ) throws {
    (self.filter, self.isMarginal, self.step, self.key) = (filter, isMarginal, step, key)
    self.model = model
    plan = try ParameterPlan(model) { [$0.mu] }
    let chain = PathChain(
      filter: filter, model: model, data: data, plan: plan, isMarginal: isMarginal,
      keepsStates: false, draws: 1, warmup: 0, thinning: 1, step: step)
    (path, values) = try chain.first(key, nil)
    draw = []
    try move(given: data)
  }

  mutating func move(given data: [Double]) throws {
    let key = key.child("move", count)
    count += 1
    var chain = PathChain(
      filter: filter, model: model, data: data, plan: plan, isMarginal: isMarginal,
      keepsStates: true, draws: 1, warmup: 0, thinning: 1, step: step)
    path = try chain.sweep(1, parameters: isMarginal ? nil : values)
      .run(given: path, key: key, pool: nil).path
    if chain.walk != nil {
      // No warm-up: the steps stay as they are.
      values = chain.move(values, along: path, 0, key.child("parameters"))
    } else {
      let replay = chain.sweep(0, parameters: nil).replay(path)
      values = try chain.conditional(replay, key.child("parameters"))
    }
    let replay = chain.sweep(0, parameters: values).replay(path, keepsStates: true)
    draw = plan.named(values) + replay.states.map { $0.x.known! }
  }
}

/// `HazyDrift` with its parameter given, and all its states.
private struct DriftPath: SequentialModel {
  var mu: Double
  var states: [Double] = []

  mutating func start(_ p: inout some ProbabilisticContext) {
    states = [p.draw(Normal(0, variance: 1))]
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    states.append(p.draw(Normal(0.8 * states[t] + mu, variance: 0.5)))
    p.observe(y, Normal(states[t + 1], variance: 4))
  }

  func visit(_ visitor: inout RandomVisitor) {}
}

private struct DriftPaths: ParameterModel {
  /// The inverse of the prior's variance in the acceptance: an error unless 1.
  var precision = 1.0

  func logPrior(_ parameters: [Double]) -> Double { -precision * parameters[0] * parameters[0] / 2 }
  func drawPrior(_ stream: inout RandomStream) -> [Double] { [stream.normal()] }
  func make(_ parameters: [Double]) -> DriftPath { DriftPath(mu: parameters[0]) }
}

/// A move of particle Metropolis–Hastings at a time, with data that can change.
///
/// The chain's state has the estimate of the evidence with it. Given parameters, path and new data
/// the particles behind the estimate are those of a conditional filter along the path (Andrieu,
/// Doucet, Holenstein 2010, section 4.2); it is written here anew, for this model.
private struct PseudoMarginalKernel: MarkovKernel {
  static let particles = 4

  let filter = ParticleFilter(
    particles: particles, resampling: .multinomial, trigger: 1, delays: false)
  var chain: MetropolisChain<DriftPaths>
  let key: RandomKey
  var count = 0

  init(data: [Double], key: RandomKey, precision: Double = 1) throws {
    self.key = key
    let settings = ParticleMetropolisHastings(
      filter: filter, draws: 1, warmup: 0, chains: 1, deviations: [1])
    chain = try MetropolisChain(
      settings, DriftPaths(precision: precision), data, key.child("first"), nil)
  }

  var draw: [Double] { chain.current.value.parameters + chain.current.value.state.states }

  mutating func move(given data: [Double]) throws {
    let key = key.child("move", count)
    count += 1
    var stream = key.child("evidence").stream()
    chain.current.value.logEvidence = conditionalEvidence(draw, data, &stream)
    try chain.step(0, data, key, nil)
    // Neither kept nor counted here.
    (chain.draws, chain.logDensities) = ([], [])
  }

  private func conditionalEvidence(
    _ draw: [Double], _ data: [Double], _ random: inout RandomStream
  ) -> Double {
    let mu = draw[0]
    var states = [draw[1]] + (1..<Self.particles).map { _ in random.normal() }
    var (weights, logEvidence) = ([Double](), 0.0)
    for (t, y) in data.enumerated() {
      if t > 0 {
        let choice = Categorical(weights: weights)
        states = [states[0]] + (1..<Self.particles).map { _ in states[choice.sample(&random)] }
      }
      states = states.map { 0.8 * $0 + mu + 0.5.squareRoot() * random.normal() }
      states[0] = draw[t + 2]
      weights = states.map { exp(Normal($0, variance: 4).logDensity(y)) }
      logEvidence += log(weights.reduce(0, +) / Double(Self.particles))
    }
    return logEvidence
  }
}

/// Geweke's test of the particle methods that are Markov chains.
@Suite struct GewekePathTests {
  static let steps = 3
  static let test = GewekeTest(
    draws: 20_000, moves: LongTests.areWanted ? 60_000 : 8000, warmup: 200)

  static let quantities: [TestQuantity<[Double], [Double]>] = [
    TestQuantity("μ") { draw, _ in draw[0] },
    TestQuantity("μ²") { draw, _ in draw[0] * draw[0] },
    TestQuantity("first") { draw, _ in draw[1] },
    TestQuantity("first²") { draw, _ in draw[1] * draw[1] },
    TestQuantity("last") { draw, _ in draw[steps + 1] },
    TestQuantity("last²") { draw, _ in draw[steps + 1] * draw[steps + 1] },
    TestQuantity("product") { draw, _ in draw[2] * draw[3] },
    TestQuantity("μ·middle") { draw, _ in draw[0] * draw[2] },
    TestQuantity("μ·data") { draw, data in draw[0] * data[1] },
    TestQuantity("residual²") { draw, data in (data[2] - draw[4]) * (data[2] - draw[4]) },
  ]

  private func report<Kernel: MarkovKernel>(
    _ name: String, seed: UInt64, _ kernel: ([Double], RandomKey) throws -> Kernel
  ) throws -> GewekeReport where Kernel.Draw == [Double], Kernel.Data == [Double] {
    let report = try Self.test.run(
      Self.quantities,
      prior: { random in
        var draw = [random.normal(), random.normal()]
        for _ in 0..<Self.steps {
          draw.append(0.8 * draw.last! + draw[0] + 0.5.squareRoot() * random.normal())
        }
        return draw
      },
      data: { draw, random in
        draw.dropFirst(2).map { $0 + 2 * random.normal() }
      },
      kernel: kernel, key: RandomKey(seed: seed))
    print("Geweke, \(name): p = \(report.pValue)\n\(report)")
    return report
  }

  @Test(arguments: [AncestorSampling.off, .full, .steps(1)])
  func particleGibbs(_ ancestors: AncestorSampling) throws {
    let report = try report("particle Gibbs, ancestors \(ancestors)", seed: 31) { data, key in
      try PathKernel(
        ConditionalFilter(particles: 5, ancestorSampling: ancestors), isMarginal: false,
        data: data, key: key)
    }
    #expect(report.pValue > 1e-3)
  }

  @Test func particleGibbsWithMoves() throws {
    let report = try report("particle Gibbs, moves", seed: 32) { data, key in
      try PathKernel(
        ConditionalFilter(particles: 5, ancestorSampling: .full), isMarginal: false,
        step: .randomWalk(deviations: [0.8], moves: 2), data: data, key: key)
    }
    #expect(report.pValue > 1e-3)
  }

  @Test(arguments: [AncestorSampling.off, .full])
  func marginalizedParticleGibbs(_ ancestors: AncestorSampling) throws {
    let report = try report(
      "marginalized particle Gibbs, ancestors \(ancestors)", seed: 33
    ) { data, key in
      try PathKernel(
        ConditionalFilter(particles: 5, ancestorSampling: ancestors), isMarginal: true,
        data: data, key: key)
    }
    #expect(report.pValue > 1e-3)
  }

  @Test func particleMetropolis() throws {
    let right = try report("particle Metropolis–Hastings", seed: 34) { data, key in
      try PseudoMarginalKernel(data: data, key: key)
    }
    let broken = try report("particle Metropolis–Hastings, half the prior", seed: 34) { data, key in
      try PseudoMarginalKernel(data: data, key: key, precision: 0.5)
    }
    #expect(right.pValue > 1e-3)
    #expect(broken.pValue < 1e-6)
  }

  /// Sweeps for data with much less noise than they have.
  @Test func anotherPosteriorIsFound() throws {
    let report = try report("particle Gibbs of another model", seed: 35) { data, key in
      try PathKernel(
        ConditionalFilter(particles: 5, ancestorSampling: .full), isMarginal: false,
        model: HazyDrift(noise: 0.5), data: data, key: key)
    }
    #expect(report.pValue < 1e-3)
  }
}
