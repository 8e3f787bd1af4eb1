public import Parallel
public import Randomness

/// Particle marginal Metropolis–Hastings: moves parameters by random walks, accepted by a particle
/// filter's estimates of the evidence.
///
/// The distribution of a chain is exactly the posterior of the parameters, for any number of
/// particles: estimates enter with the parameters they belong to. Steps adapt to the chain's
/// covariance and to an acceptance rate in the warm-up alone; what is kept is a Markov chain.
///
/// Results are the same bits for any number of threads.
///
/// Source: Andrieu, Doucet, Holenstein, "Particle Markov chain Monte Carlo methods" (JRSS B 2010),
/// section 2.4.2.
@frozen
public struct ParticleMetropolisHastings: Sendable {
  /// What estimates the evidence.
  public var filter: ParticleFilter
  /// The number of draws of each chain.
  public var draws: Int
  /// The number of draws before those, thrown away, in which the steps adapt.
  public var warmup: Int
  public var chains: Int
  /// Keeps every so many-th draw.
  public var thinning: Int
  /// The standard deviation of the first steps, for each parameter.
  public var deviations: [Double]
  /// The acceptance rate that the warm-up looks for.
  public var targetAcceptance: Double
  /// The parameters to begin with, in all chains; else the first draw from the prior of positive
  /// evidence.
  public var initial: [Double]?

  @inlinable
  public init(
    filter: ParticleFilter, draws: Int, warmup: Int = 1000, chains: Int = 4, thinning: Int = 1,
    deviations: [Double], targetAcceptance: Double = 0.234, initial: [Double]? = nil
  ) {
    Chain.check(
      "ParticleMetropolisHastings", draws: draws, warmup: warmup, chains: chains,
      thinning: thinning)
    require(
      !deviations.isEmpty && deviations.allSatisfy { $0 > 0 && $0 < .infinity },
      "ParticleMetropolisHastings(deviations: \(deviations)): each positive and finite")
    require(
      targetAcceptance > 0 && targetAcceptance < 1,
      "ParticleMetropolisHastings(targetAcceptance: \(targetAcceptance)) must lie between 0 and 1")
    self.filter = filter
    self.draws = draws
    self.warmup = warmup
    self.chains = chains
    self.thinning = thinning
    self.deviations = deviations
    self.targetAcceptance = targetAcceptance
    self.initial = initial
  }

  /// Draws from the posterior of the parameters of `model`.
  ///
  /// Effective sample sizes are means over the filters after warm-up, whose report it is; 0 in
  /// steps that a filter did not reach. Acceptance is one rate.
  ///
  /// - Throws: `InferenceError.noStart` if the evidence is 0 for all of 1000 draws from the prior;
  ///   else as `ParticleFilter.run`.
  @inlinable
  public func run<P: ParameterModel>(
    _ model: P, data: [P.Sequence.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<ParameterDraw<P.Sequence>> {
    if data.isEmpty { throw .noData }
    let runs = try runChains(chains, key: key, pool: pool) { key, pool throws(InferenceError) in
      var chain = try MetropolisChain(self, model, data, key.child("first"), pool)
      for iteration in 0..<warmup + draws * thinning {
        try chain.step(iteration, data, key.child("iteration", iteration), pool)
      }
      return chain.run
    }
    return Posterior(runs)
  }
}

/// A chain of particle Metropolis–Hastings.
@usableFromInline
struct MetropolisChain<P: ParameterModel>: Sendable {
  @usableFromInline typealias Draw = ParameterDraw<P.Sequence>

  @usableFromInline let settings: ParticleMetropolisHastings
  @usableFromInline let model: P
  @usableFromInline var current: Particle<Draw>
  @usableFromInline var logPrior: Double
  var walk: AdaptiveWalk
  var draws: [Particle<Draw>] = []
  var logDensities: [Double] = []
  /// Of moves after the warm-up.
  var acceptedCount = 0
  /// Of the filters after the warm-up: their number, for each step the sum of their effective
  /// sample sizes, and what they did.
  var filterCount = 0
  var sizes: [Double]
  var counters = ReportCounters()
  var evaluations: Int

  @inlinable
  init(
    _ settings: ParticleMetropolisHastings, _ model: P, _ data: [P.Sequence.Observation],
    _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) {
    let limit = 1000
    var evaluations = 0
    var blamed: ModelProblem?
    for trial in 0..<limit {
      let key = key.child("trial", trial)
      var stream = key.stream()
      let parameters = settings.initial ?? model.drawPrior(&stream)
      let logPrior = model.logPrior(parameters)
      guard logPrior > -.infinity else { continue }
      evaluations += 1
      let pass = try Self.filter(settings, model, parameters, data, key, pool)
      if pass.logEvidence > -.infinity {
        self.init(
          settings, model, .init(parameters, pass.sweep.posterior, key), logPrior,
          steps: data.count + 1, evaluations: evaluations)
        return
      }
      // Data may be impossible for these parameters alone: several must agree on why.
      let agreement = 8
      if evaluations <= agreement {
        let sequence = model.make(parameters)
        let found = Diagnosis(sequence, data: data, key: key.child("diagnosis")).impossibility
        if evaluations == 1 { blamed = found }
        guard let first = blamed, let found, first.isSameImpossibility(as: found) else {
          blamed = nil
          continue
        }
        if evaluations == agreement { throw .problem(first) }
      }
    }
    throw .noStart(attempts: limit)
  }

  @usableFromInline
  init(
    _ settings: ParticleMetropolisHastings, _ model: P, _ current: Particle<Draw>,
    _ logPrior: Double, steps: Int, evaluations: Int
  ) {
    require(
      current.value.parameters.count == settings.deviations.count,
      "\(settings.deviations.count) deviations for \(current.value.parameters.count) parameters")
    self.settings = settings
    self.model = model
    self.current = current
    self.logPrior = logPrior
    self.evaluations = evaluations
    sizes = [Double](repeating: 0, count: steps)
    walk = AdaptiveWalk(deviations: settings.deviations, target: settings.targetAcceptance)
  }

  /// The filter of given parameters after the data.
  @inlinable
  static func filter(
    _ settings: ParticleMetropolisHastings, _ model: P, _ parameters: [Double],
    _ data: [P.Sequence.Observation], _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> FilterPass<P.Sequence> {
    let sequence = model.make(parameters)
    return try explaining(sequence, data, key) { () throws(InferenceError) in
      try FilterPass(settings.filter, sequence, data: data[...], key: key, pool: pool)
    }
  }

  /// Proposes once, and takes or leaves it.
  @inlinable
  mutating func step(
    _ iteration: Int, _ data: [P.Sequence.Observation], _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) {
    var stream = key.stream()
    let proposal = propose(&stream)
    let logPrior = model.logPrior(proposal)
    var isAccepted = false
    var probability = 0.0
    if logPrior > -.infinity {
      let key = key.child("filter")
      let pass = try Self.filter(settings, model, proposal, data, key, pool)
      count(iteration, pass.sweep.effectiveSampleSizes, pass.sweep.population.counters)
      let before = self.logPrior + current.value.logEvidence
      probability = LogWeight.acceptance(logPrior + pass.logEvidence - before)
      isAccepted = stream.uniform() < probability
      if isAccepted {
        current = .init(proposal, pass.sweep.posterior, key)
        self.logPrior = logPrior
      }
    }
    finish(iteration, isAccepted, probability)
  }

  @usableFromInline
  func propose(_ stream: inout RandomStream) -> [Double] {
    walk.walk.step(from: current.value.parameters, &stream)
  }

  @usableFromInline
  mutating func count(_ iteration: Int, _ sizes: [Double], _ counters: ReportCounters) {
    evaluations += 1
    if iteration < settings.warmup { return }
    filterCount += 1
    for (step, size) in sizes.enumerated() { self.sizes[step] += size }
    self.counters.add(counters)
  }

  /// Adapts in the warm-up, keeps draws after it.
  @usableFromInline
  mutating func finish(_ iteration: Int, _ isAccepted: Bool, _ probability: Double) {
    if iteration < settings.warmup {
      walk.learn(current.value.parameters, probability)
      return
    }
    if isAccepted { acceptedCount += 1 }
    if (iteration - settings.warmup + 1) % settings.thinning == 0 {
      draws.append(current)
      logDensities.append(logPrior + current.value.logEvidence)
    }
  }

  @usableFromInline
  var run: ChainRun<Draw> {
    let rate = Double(acceptedCount) / Double(draws.count * settings.thinning)
    var run = ChainRun(
      values: draws.map(\.value),
      chain: Chain(
        logDensities: logDensities, acceptanceRate: rate, moves: [rate], evaluations: evaluations))
    run.graphs = draws.map(\.graph)
    run.effectiveSampleSizes = sizes.map { $0 / Double(max(filterCount, 1)) }
    run.counters = counters
    return run
  }
}

extension Particle {
  /// One that stands for a filter's posterior, drawn by its weight; it has weight 1.
  @usableFromInline
  init<Program>(
    _ parameters: [Double], _ posterior: Posterior<Program>, _ key: RandomKey
  ) where Value == ParameterDraw<Program> {
    var stream = key.child("choose").stream()
    var rest = stream.uniform()
    var chosen = 0
    for (index, particle) in posterior.particles.enumerated() where particle.logWeight > -.infinity
    {
      chosen = index
      rest -= particle.weight
      if rest < 0 { break }
    }
    let particle = posterior.particles[chosen]
    self.init(
      value: ParameterDraw(
        parameters: parameters, logEvidence: posterior.logEvidence, state: particle.value),
      logWeight: 0, graph: particle.graph)
  }
}
