public import Parallel
public import Randomness

/// The auxiliary particle filter: resamples by how well particles will explain the next
/// observation.
///
/// The look-ahead gives, for a particle before a step, the logarithm of a positive number: the
/// larger, the more copies of it are tried. Each copy's weight is divided by it again, so any
/// look-ahead leaves the evidence unbiased; the closer to the particle's predictive probability of
/// the observation, the smaller the variance.
///
/// Sources: Pitt, Shephard, "Filtering via simulation: auxiliary particle filters" (JASA 1999);
/// Whiteley, Johansen, "Auxiliary particle filtering: recent developments" (2011), for
/// the unbiased form.
public struct AuxiliaryFilter<M: SequentialModel>: Sendable {
  /// The logarithm of what a particle promises for observation number `t`: of the model, of its
  /// random variables in `graph`, and of the observation.
  public typealias LookAhead =
    @Sendable (_ model: M, _ graph: DelayedGraph, _ t: Int, _ y: M.Observation) -> Double

  /// The number of particles.
  public var particles: Int
  /// Any but `.optimal`.
  public var resampling: Resampling
  /// Resamples when the effective sample size of the weights times the look-ahead is below this
  /// fraction of the number of particles; always if 1.
  public var trigger: Double
  /// Keeps variables in closed form; else draws each when it is assumed.
  public var delays: Bool
  /// Records who descends from whom.
  public var keepsAncestry: Bool
  public var lookAhead: LookAhead

  @inlinable
  public init(
    particles: Int, resampling: Resampling = .systematic, trigger: Double = 1,
    delays: Bool = true, keepsAncestry: Bool = false, lookAhead: @escaping LookAhead
  ) {
    require(particles > 0, "AuxiliaryFilter(particles: \(particles)): at least one is needed")
    if case .optimal = resampling {
      fatalError("AuxiliaryFilter(resampling: \(resampling)): weights must become equal")
    }
    self.particles = particles
    self.resampling = resampling
    requireTrigger(trigger, of: "AuxiliaryFilter")
    self.trigger = trigger
    self.delays = delays
    self.keepsAncestry = keepsAncestry
    self.lookAhead = lookAhead
  }

  /// Runs `model` through `data`.
  ///
  /// - Throws: As `ParticleFilter.run`; `InferenceError.invalidWeight` also if a weight times the
  ///   look-ahead is NaN or infinite.
  @inlinable
  public func run(
    _ model: M, data: [M.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<M> {
    let posterior = try explaining(model, data, key) { () throws(InferenceError) in
      try pass(model, data, key, pool)
    }
    return try posterior.unlessImpossible(delays: delays, Diagnosis(model, data: data, key: key))
  }

  @inlinable
  func pass(
    _ model: M, _ data: [M.Observation], _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> Posterior<M> {
    var cohort = Cohort(
      Array(repeating: Cell(state: model), count: particles), pool: pool)
    cohort.run(key: key.child("start"), delays: delays) { model, context in
      model.start(&context)
      context.eliminate(what: model)
    }
    var ancestry: [(step: Int, ancestors: [Int])] = []
    var logEvidence = 0.0
    var weights = try WeightSummary(cohort.logWeights, step: -1)
    var sizes = [weights.effectiveSampleSize]
    for (t, y) in data.enumerated() {
      if weights.isExtinct { break }
      let promises = cohort.map { cell in
        cell.logWeight == -.infinity ? 0 : lookAhead(cell.state, cell.graph, t, y)
      }
      let promised = try WeightSummary(
        zip(cohort.logWeights, promises).map { $0 + $1 }, step: t)
      // Nobody promises anything: the weights alone decide.
      let isBlind = promised.isExtinct
      let size = promised.effectiveSampleSize
      if !isBlind && (trigger >= 1 || size < trigger * Double(particles)) {
        var stream = key.child("resample", t).stream()
        let ancestors = resampling.choose(
          particles, weights: promised.weights, &stream
        ).ancestors
        cohort.resample(ancestors)
        for slot in 0..<particles { cohort[slot].logWeight = -promises[ancestors[slot]] }
        logEvidence += promised.logMean
        if keepsAncestry { ancestry.append((t, ancestors)) }
      }
      cohort.run(key: key.child("step", t), delays: delays) { model, context in
        model.step(t, y, &context)
        context.eliminate(what: model)
      }
      weights = try WeightSummary(cohort.logWeights, step: t)
      sizes.append(weights.effectiveSampleSize)
    }
    return Posterior(
      particles: cohort.particles { $0 }, logEvidence: logEvidence + weights.logMean,
      effectiveSampleSizes: sizes, ancestry: ancestry, counters: cohort.counters)
  }
}
