public import Parallel
public import Randomness

/// Resample-move: a particle filter that moves particles after it has resampled them.
///
/// Resampling leaves copies; a Markov kernel that keeps the posterior of the data so far makes them
/// different again. That is what parameters need, which are drawn in the start and never after.
/// Variables have values as soon as they are assumed.
///
/// Source: Gilks, Berzuini, "Following a moving target: Monte Carlo inference for dynamic Bayesian
/// models" (JRSS B 2001).
public struct ResampleMove<M: SequentialModel>: Sendable {
  /// What moves a particle.
  public enum Move: Sendable {
    /// A kernel of the caller's, given the data so far; true if it accepted its proposal. It must
    /// leave the posterior of what it changes invariant, given all that the model does not show.
    case kernel(@Sendable (inout M, ArraySlice<M.Observation>, inout RandomStream) -> Bool)
    /// Random-walk Metropolis–Hastings on parameters that the start assumes, given the particle's
    /// path, so many times. Steps are fitted to the particles. Each move runs the path again: cost
    /// grows with the square of the number of steps.
    case parameters(@Sendable (M) -> [Random<Double>], moves: Int)
  }

  /// The number of particles.
  public var particles: Int
  /// Any but `.optimal`.
  public var resampling: Resampling
  /// Resamples and moves when the effective sample size is below this fraction of the number of
  /// particles; always if 1.
  public var trigger: Double
  public var move: Move

  @inlinable
  public init(
    particles: Int, resampling: Resampling = .systematic, trigger: Double = 0.5, move: Move
  ) {
    require(particles > 0, "ResampleMove(particles: \(particles)): at least one is needed")
    if case .optimal = resampling {
      fatalError("ResampleMove(resampling: \(resampling)): weights must become equal")
    }
    if case .parameters(_, let moves) = move {
      require(moves > 0, "ResampleMove(move: .parameters(moves: \(moves)))")
    }
    self.particles = particles
    self.resampling = resampling
    requireTrigger(trigger, of: "ResampleMove")
    self.trigger = trigger
    self.move = move
  }

  /// Runs `model` through `data`.
  ///
  /// Acceptance rates are those of each round of moves.
  ///
  /// - Throws: `InferenceError.noParameter` for what the start does not assume; else as
  ///   `ParticleFilter.run`.
  @inlinable
  public func run(
    _ model: M, data: [M.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<M> {
    let posterior = try explaining(model, data, key) { () throws(InferenceError) in
      try pass(model, data, key, pool)
    }
    return try posterior.unlessImpossible(delays: false, Diagnosis(model, data: data, key: key))
  }

  @inlinable
  func pass(
    _ model: M, _ data: [M.Observation], _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> Posterior<M> {
    var plan = ParameterPlan()
    if case .parameters(let parameters, _) = move { plan = try ParameterPlan(model, parameters) }
    let start = ParameterContext(plan)
    var cohort = Cohort(
      Array(repeating: Cell(state: MovedParticle(model: model)), count: particles), pool: pool)
    cohort.run(key: key.child("start"), delays: false) { particle, context in
      let path = PathContext.run(around: &context, start: start) { particle.model.start(&$0) }
      particle.parameters = path.start!.drawn(&context.graph, &context.work)
      particle.log.append(PathStep(generator: nil, values: path.values, sweep: 0))
      context.eliminate(what: particle.model)
    }
    var (logEvidence, rates): (Double, [Double]) = (0, [])
    var ancestry: [(step: Int, ancestors: [Int])] = []
    var weights = try WeightSummary(cohort.logWeights, step: -1)
    var sizes = [weights.effectiveSampleSize]
    for (t, y) in data.enumerated() {
      if weights.isExtinct { break }
      let size = weights.effectiveSampleSize
      if trigger >= 1 || size < trigger * Double(particles) {
        let walk = walk(cohort, weights)
        var stream = key.child("resample", t).stream()
        let ancestors = resampling.choose(
          particles, weights: weights.weights, &stream
        ).ancestors
        cohort.resample(ancestors)
        ancestry.append((t, ancestors))
        logEvidence += weights.logMean
        rates.append(moveAll(&cohort, model, plan, walk, data[..<t], key.child("move", t)))
      }
      cohort.run(key: key.child("step", t), delays: false) { particle, context in
        let path = PathContext.run(around: &context) { particle.model.step(t, y, &$0) }
        particle.log.append(PathStep(generator: nil, values: path.values, sweep: 0))
        context.eliminate(what: particle.model)
      }
      weights = try WeightSummary(cohort.logWeights, step: t)
      sizes.append(weights.effectiveSampleSize)
    }
    var result = Posterior(
      particles: cohort.particles(\.model), logEvidence: logEvidence + weights.logMean,
      effectiveSampleSizes: sizes, ancestry: ancestry, counters: cohort.counters)
    result.acceptanceRates = rates
    return result
  }

  /// Steps fitted to the particles' parameters; nil if there are none, or too few values of them.
  @inlinable
  func walk(_ cohort: Cohort<MovedParticle<M>>, _ weights: WeightSummary) -> RandomWalk? {
    guard case .parameters = move else { return nil }
    let points = (0..<particles).map { slot in cohort[slot].state.parameters.flatMap { $0 } }
    return RandomWalk(points: points, weights: weights.weights)
  }

  /// Moves each particle; the share of moves accepted.
  @inlinable
  func moveAll(
    _ cohort: inout Cohort<MovedParticle<M>>, _ model: M, _ plan: ParameterPlan,
    _ walk: RandomWalk?, _ data: ArraySlice<M.Observation>, _ key: RandomKey
  ) -> Double {
    let filter = ConditionalFilter(particles: 2)
    let move = move
    let observed = Array(data)
    cohort.run(key: key, delays: false) { particle, context in
      particle.acceptedCount = 0
      switch move {
      case .kernel(let kernel):
        if kernel(&particle.model, data, &context.work.stream) { particle.acceptedCount = 1 }
      case .parameters(_, let moves):
        guard let walk else { return }
        var sweep = ConditionalSweep(
          filter: filter, model: model, data: observed, number: 0,
          start: ParameterContext(plan, values: particle.parameters))
        let path = ReferencePath(steps: particle.log.elements)
        let (count, replay) = sweep.moveParameters(
          of: path, walk, moves: moves, &context.work.stream)
        particle.acceptedCount = count
        guard let replay else { return }
        particle.parameters = sweep.start!.values!
        particle.model = replay.states[0]
        context.graph = replay.context.graph
      }
    }
    var moves = 1
    if case .parameters(_, let count) = move { moves = count }
    let accepted = (0..<particles).reduce(0) { $0 + cohort[$1].state.acceptedCount }
    return Double(accepted) / Double(particles * moves)
  }
}

/// A particle that knows its path and its parameters.
@frozen
@usableFromInline
struct MovedParticle<Program: Sendable>: Sendable {
  @usableFromInline var model: Program
  @usableFromInline var parameters: [[Double]] = []
  @usableFromInline var log = PathList<PathStep>()
  @usableFromInline var acceptedCount = 0

  @inlinable
  init(model: Program) { self.model = model }
}
