import Glibc
public import Parallel
public import Randomness

/// Particle marginal Metropolis–Hastings: moves parameters by random walks, accepted by a particle
/// filter's estimates of the evidence.
///
/// The chain's distribution is exactly the posterior of the parameters, for any number of
/// particles: estimates enter with the parameters they belong to. Steps adapt to the chain's
/// covariance and to an acceptance rate in the warm-up alone; what is kept is a Markov chain.
///
/// Source: Andrieu, Doucet, Holenstein, "Particle Markov chain Monte Carlo methods" (JRSS B 2010),
/// section 2.4.2.
@frozen
public struct ParticleMetropolisHastings: Sendable {
  /// What estimates the evidence.
  public var filter: ParticleFilter
  /// The number of draws kept.
  public var iterations: Int
  /// The number of draws made before, in which the steps adapt.
  public var warmUp: Int
  /// The standard deviation of the first steps, for each parameter.
  public var deviations: [Double]
  /// The acceptance rate that the warm-up looks for.
  public var targetRate: Double
  /// The parameters to begin with; else the first draw from the prior of positive evidence.
  public var initial: [Double]?

  @inlinable
  public init(
    filter: ParticleFilter, iterations: Int, warmUp: Int, deviations: [Double],
    targetRate: Double = 0.234, initial: [Double]? = nil
  ) {
    precondition(iterations > 0, "ParticleMetropolisHastings(iterations: \(iterations))")
    precondition(warmUp >= 0, "ParticleMetropolisHastings(warmUp: \(warmUp))")
    precondition(
      !deviations.isEmpty && deviations.allSatisfy { $0 > 0 && $0 < .infinity },
      "ParticleMetropolisHastings(deviations: \(deviations)): each positive and finite")
    precondition(
      targetRate > 0 && targetRate < 1,
      "ParticleMetropolisHastings(targetRate: \(targetRate)) must lie between 0 and 1")
    self.filter = filter
    self.iterations = iterations
    self.warmUp = warmUp
    self.deviations = deviations
    self.targetRate = targetRate
    self.initial = initial
  }

  /// A chain over the parameters of `model`.
  ///
  /// In the posterior draws have equal weights; the evidence, which a chain does not estimate, is
  /// NaN. Effective sample sizes and the report are those of the last filter.
  ///
  /// - Throws: `InferenceError.noStart` if the evidence is 0 for all of 1000 draws from the prior,
  ///   `.invalidWeight` if a weight becomes NaN or infinite.
  @inlinable
  public func run<P: ParameterModel>(
    _ model: P, data: [P.Sequence.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<ParameterDraw<P.Sequence>> {
    var chain = try MetropolisChain(self, model, data, key.child("first"), pool)
    for iteration in 0..<warmUp + iterations {
      let key = key.child("iteration", iteration)
      try chain.step(iteration, key, pool) { parameters, key throws(InferenceError) in
        try filter.run(model.make(parameters), data: data, key: key, pool: pool)
      }
    }
    return chain.posterior
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
  var walk: RandomWalk
  var history: [[Double]] = []
  var draws: [Particle<Draw>] = []
  var acceptedCount = 0
  var sizes: [Double] = []
  var report: MarginalizationReport?

  @inlinable
  init(
    _ settings: ParticleMetropolisHastings, _ model: P, _ data: [P.Sequence.Observation],
    _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) {
    let limit = 1000
    for trial in 0..<limit {
      let key = key.child("trial", trial)
      var stream = key.stream()
      let parameters = settings.initial ?? model.drawPrior(&stream)
      let logPrior = model.logPrior(parameters)
      if logPrior == -.infinity { continue }
      let posterior = try settings.filter.run(
        model.make(parameters), data: data, key: key, pool: pool)
      if posterior.logEvidence > -.infinity {
        self.init(settings, model, Self.draw(parameters, posterior, key), logPrior)
        return
      }
    }
    throw .noStart(trials: limit)
  }

  @usableFromInline
  init(
    _ settings: ParticleMetropolisHastings, _ model: P, _ current: Particle<Draw>,
    _ logPrior: Double
  ) {
    precondition(
      current.value.parameters.count == settings.deviations.count,
      "\(settings.deviations.count) deviations for \(current.value.parameters.count) parameters")
    self.settings = settings
    self.model = model
    self.current = current
    self.logPrior = logPrior
    walk = RandomWalk(deviations: settings.deviations)
  }

  /// The draw that stands for a filter's posterior.
  @usableFromInline
  static func draw(
    _ parameters: [Double], _ posterior: Posterior<P.Sequence>, _ key: RandomKey
  ) -> Particle<Draw> {
    var stream = key.child("choose").stream()
    var rest = stream.uniform()
    var chosen = 0
    for (index, particle) in posterior.particles.enumerated() where particle.logWeight > -.infinity
    {
      chosen = index
      rest -= exp(particle.logWeight)
      if rest < 0 { break }
    }
    let particle = posterior.particles[chosen]
    return Particle(
      value: Draw(
        parameters: parameters, logEvidence: posterior.logEvidence, state: particle.value),
      logWeight: 0, graph: particle.graph)
  }

  /// Proposes once, and takes or leaves it.
  @inlinable
  mutating func step(
    _ iteration: Int, _ key: RandomKey, _ pool: WorkerPool?,
    _ run: ([Double], RandomKey) throws(InferenceError) -> Posterior<P.Sequence>
  ) throws(InferenceError) {
    var stream = key.stream()
    let proposal = propose(&stream)
    let logPrior = model.logPrior(proposal)
    var isAccepted = false
    var probability = 0.0
    if logPrior > -.infinity {
      let posterior = try run(proposal, key.child("filter"))
      probability = acceptance(logPrior, posterior)
      isAccepted = stream.uniform() < probability
      if isAccepted {
        current = Self.draw(proposal, posterior, key)
        self.logPrior = logPrior
      }
    }
    finish(iteration, isAccepted, probability)
  }

  @usableFromInline
  func propose(_ stream: inout RandomStream) -> [Double] {
    walk.step(from: current.value.parameters, &stream)
  }

  @usableFromInline
  mutating func acceptance(_ logPrior: Double, _ posterior: Posterior<P.Sequence>) -> Double {
    sizes = posterior.effectiveSampleSizes
    report = posterior.report
    let before = self.logPrior + current.value.logEvidence
    return exp(min(0, logPrior + posterior.logEvidence - before))
  }

  /// Adapts in the warm-up, keeps draws after it.
  @usableFromInline
  mutating func finish(_ iteration: Int, _ isAccepted: Bool, _ probability: Double) {
    if iteration >= settings.warmUp {
      draws.append(current)
      if isAccepted { acceptedCount += 1 }
      return
    }
    history.append(current.value.parameters)
    // The second half so far: the first may still be on its way to the posterior.
    if history.count % 50 == 0,
      let fitted = RandomWalk(points: Array(history[(history.count / 2)...]))
    {
      walk = fitted
    }
    // Robbins and Monro.
    walk.scale *= exp((probability - settings.targetRate) / Double(1 + iteration % 50).squareRoot())
  }

  @usableFromInline
  var posterior: Posterior<Draw> {
    let count = Double(draws.count)
    var result = Posterior(
      particles: draws.map {
        Particle(value: $0.value, logWeight: -log(count), graph: $0.graph)
      },
      logEvidence: .nan, effectiveSampleSizes: sizes, ancestry: [], counters: ReportCounters())
    result.acceptanceRates = [Double(acceptedCount) / count]
    if let report { result.report = report }
    return result
  }
}
