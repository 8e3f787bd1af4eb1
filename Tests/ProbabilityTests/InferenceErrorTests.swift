import Glibc
import Probability
import Randomness
import Testing

/// What every method says of a program that is broken, and of no data.
@Suite struct InferenceErrorTests {
  enum Mistake: CaseIterable {
    case observedVariance
    case assumedVariance
    case drawnRate
    case drawnVector
    case observedOutsideSupport
    case factor
  }

  enum Method: CaseIterable {
    case particleFilter, bootstrapFilter, aliveFilter, aliveBootstrap, auxiliaryFilter
    case auxiliaryBootstrap, resampleMove, resampleMoveOfParameters, conditionalFilter
    case conditionalDelayed, particleGibbs, particleGibbsWithMoves, particleGibbsWithAncestors
    case marginalizedGibbs, delayedGibbs, metropolis, metropolisWithBootstrap, squared
    case squaredWithBootstrap
  }

  @Test(arguments: Method.allCases, Mistake.allCases)
  func placeOfTheMistake(method: Method, mistake: Mistake) throws {
    do {
      try Self.run(method, mistake, [0.5, 1.5, -0.5])
      Issue.record("no error")
    } catch .problem(let problem) {
      #expect(problem.site.text == "broken" && problem.step == 1)
      #expect("\(problem)".contains(Self.words(mistake)), "\(problem)")
    } catch {
      Issue.record("\(error)")
    }
  }

  @Test(arguments: Method.allCases) func noData(method: Method) throws {
    for mistake in [nil, Mistake.observedVariance] {
      #expect(throws: InferenceError.noData) { try Self.run(method, mistake, []) }
    }
    #expect("\(InferenceError.noData)".hasPrefix("there are no observations; give at least one"))
    // And with data and no mistake there is no error.
    try Self.run(method, nil, [0.5, 1.5, -0.5])
  }

  /// Programs that run once.
  @Test(arguments: Mistake.allCases) func placeInPrograms(mistake: Mistake) throws {
    for delays in [true, false] {
      do {
        _ = try ImportanceSampler(particles: 20, delays: delays)
          .run(Once(mistake: mistake), key: RandomKey(seed: 1))
        Issue.record("no error")
      } catch .problem(let problem) {
        #expect(problem.site.text == "broken")
        #expect("\(problem)".contains(Self.words(mistake)))
      } catch {
        Issue.record("\(error)")
      }
    }
    for enumerates in [false, true] {
      do {
        if enumerates {
          _ = try enumerate(Once(mistake: mistake, isFinite: true))
        } else {
          _ = try MetropolisHastings(draws: 10).run(
            Once(mistake: mistake), key: RandomKey(seed: 1))
        }
        Issue.record("no error")
      } catch {
        switch error {
        case .notFinite:
          #expect(enumerates && (mistake == .assumedVariance || mistake == .drawnRate))
        case .flawed, .impossible, .invalidDensity:
          #expect("\(error)".hasPrefix("broken"))
          let words = mistake == .factor ? "log-density is nan" : Self.words(mistake)
          #expect("\(error)".contains(words), "\(error)")
        default: Issue.record("\(error)")
        }
      }
    }
  }

  /// What is impossible for what was drawn, but not for all that could be, is no mistake.
  @Test func surprisingDataIsNoMistake() throws {
    let posterior = try ParticleFilter(particles: 20, delays: false)
      .run(Counting(), data: [4], key: RandomKey(seed: 3))
    #expect(posterior.logEvidence == -.infinity && posterior.mean { _ in 1 }.isNaN)
    let key = RandomKey(seed: 3)
    #expect(throws: InferenceError.noSurvivors(step: 0, trials: 3)) {
      try ConditionalFilter(particles: 3).run(Counting(), data: [4], key: key)
    }
  }

  static func words(_ mistake: Mistake) -> String {
    switch mistake {
    case .observedVariance, .assumedVariance: "Normal: the variance is -2.0"
    case .drawnRate: "Poisson: the rate is -1.0"
    case .drawnVector: "Dirichlet: "
    case .observedOutsideSupport: "the observation -1 is impossible under Poisson"
    case .factor: "the log-weight is nan"
    }
  }

  static func run(
    _ method: Method, _ mistake: Mistake?, _ data: [Double]
  ) throws(InferenceError) {
    let (model, key) = (Broken(mistake: mistake), RandomKey(seed: 9))
    let family = BrokenFamily(mistake: mistake)
    let bootstrap = ParticleFilter(particles: 10, delays: false)
    switch method {
    case .particleFilter: _ = try ParticleFilter(particles: 10).run(model, data: data, key: key)
    case .bootstrapFilter: _ = try bootstrap.run(model, data: data, key: key)
    case .aliveFilter: _ = try AliveFilter(particles: 4).run(model, data: data, key: key)
    case .aliveBootstrap:
      _ = try AliveFilter(particles: 4, delays: false).run(model, data: data, key: key)
    case .auxiliaryFilter, .auxiliaryBootstrap:
      _ = try AuxiliaryFilter<Broken>(particles: 10, delays: method == .auxiliaryFilter) {
        _, _, _, _ in 0
      }.run(model, data: data, key: key)
    case .resampleMove:
      _ = try ResampleMove<Broken>(particles: 10, trigger: 1, move: .kernel { _, _, _ in false })
        .run(model, data: data, key: key)
    case .resampleMoveOfParameters:
      _ = try ResampleMove<Broken>(
        particles: 10, trigger: 1, move: .parameters({ [$0.mu] }, moves: 1)
      ).run(model, data: data, key: key)
    case .conditionalFilter, .conditionalDelayed:
      let filter = ConditionalFilter(particles: 4, delays: method == .conditionalDelayed)
      let path = try filter.run(model, data: data, key: key)
      #expect(throws: InferenceError.noData) { try filter.states(model, data: [], along: path) }
    case .particleGibbs:
      _ = try ParticleGibbs(particles: 4, draws: 2, warmup: 0)
        .run(model, parameters: { [$0.mu] }, data: data, key: key)
    case .particleGibbsWithMoves:
      _ = try ParticleGibbs(
        particles: 4, draws: 2, warmup: 0, parameterStep: .randomWalk(deviations: [1], moves: 1)
      ).run(model, parameters: { [$0.mu] }, data: data, key: key)
    case .particleGibbsWithAncestors:
      _ = try ParticleGibbs(particles: 4, draws: 2, warmup: 0, ancestorSampling: .full)
        .run(model, parameters: { [$0.mu] }, data: data, key: key)
    case .marginalizedGibbs, .delayedGibbs:
      _ = try MarginalizedParticleGibbs(
        particles: 4, draws: 2, warmup: 0, delays: method == .delayedGibbs
      ).run(model, parameters: { [$0.mu] }, data: data, key: key)
    case .metropolis, .metropolisWithBootstrap:
      var filter = bootstrap
      filter.delays = method == .metropolis
      _ = try ParticleMetropolisHastings(filter: filter, draws: 2, warmup: 0, deviations: [1])
        .run(family, data: data, key: key)
    case .squared, .squaredWithBootstrap:
      var filter = bootstrap
      filter.delays = method == .squared
      _ = try SMCSquared(particles: 4, filter: filter, trigger: 1)
        .run(family, data: data, key: key)
    }
  }
}

/// A random walk that goes wrong in its second step.
private struct Broken: SequentialModel {
  let mistake: InferenceErrorTests.Mistake?
  var mu = Random<Double>()
  var x = Random<Double>()

  init(mistake: InferenceErrorTests.Mistake?) { self.mistake = mistake }

  mutating func start(_ p: inout some ProbabilisticContext) {
    mu = p.assume(Normal(0, variance: 1))
    x = p.assume(Normal(mu, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(x + mu, variance: 1))
    p.observe(y, Normal(x, variance: 1))
    if t == 1, let mistake { make(mistake, x, &p) }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(mu)
    visitor.keep(x)
  }
}

/// Does what is wrong at the place "broken".
private func make(
  _ mistake: InferenceErrorTests.Mistake, _ x: Random<Double>,
  _ p: inout some ProbabilisticContext
) {
  switch mistake {
  case .observedVariance: p.observe(1, Normal(x, variance: -2), at: "broken")
  case .assumedVariance: _ = p.assume(Normal(x, variance: -2), at: "broken")
  case .drawnRate: _ = p.draw(Poisson(-1), at: "broken")
  case .drawnVector: _ = p.draw(Dirichlet([1, -1]), at: "broken")
  case .observedOutsideSupport: p.observe(-1, Poisson(2), at: "broken")
  case .factor: p.factor(.nan, at: "broken")
  }
}

private struct BrokenFamily: ParameterModel {
  let mistake: InferenceErrorTests.Mistake?

  func logPrior(_ parameters: [Double]) -> Double {
    Normal(0, variance: 1).logDensity(parameters[0])
  }

  func drawPrior(_ stream: inout RandomStream) -> [Double] { [stream.normal()] }

  func make(_ parameters: [Double]) -> Broken { Broken(mistake: mistake) }
}

private struct Once: Model {
  let mistake: InferenceErrorTests.Mistake
  var isFinite = false

  func run(_ p: inout some ProbabilisticContext) -> Double {
    let x =
      isFinite
      ? Random(p.draw(Bernoulli(0.5)) ? 1.0 : 0) : p.assume(Normal(0, variance: 1))
    make(mistake, x, &p)
    return p.value(x)
  }
}
