public import Parallel
public import Randomness

/// How a conditional filter chooses what the rest of its reference path descends from.
public enum AncestorSampling: Sendable, Hashable {
  /// From its own past: the path stays whole until it is replaced.
  case off
  /// From any particle, in proportion to its weight times the density of the rest of the path and
  /// of the data. Cost grows with the square of the number of steps.
  case full
  /// Likewise, but a particle is led only so many steps along the path. Exact if those make all
  /// states alike, as one step does in a Markov model whose step draws its whole state; else an
  /// approximation. Cost grows linearly with the number of steps.
  ///
  /// Of parameters that stay random the rest of the path tells more: that enters through its
  /// sufficient statistics where all of them are beta, gamma, inverse-gamma, Dirichlet or normal
  /// variables, also in units of an unknown variance. With others every particle is led to the end.
  case steps(Int)
}

/// Conditional sequential Monte Carlo: a particle filter in which one particle follows a given
/// path.
///
/// As a kernel from path to path it leaves the posterior of paths invariant. With `delays` the
/// variables of the path are those that the program gives values, and the others stay integrated
/// out; it is replayed from its generators, the same numbers again. Without, every variable is
/// drawn when it is assumed, and the path is replayed from its values.
///
/// Sources: Andrieu, Doucet, Holenstein, "Particle Markov chain Monte Carlo methods" (JRSS B 2010),
/// section 2.4.3; Lindsten, Jordan, Schön, "Particle Gibbs with ancestor sampling" (JMLR 2014).
@frozen
public struct ConditionalFilter: Sendable {
  /// The number of particles, the reference among them; at least 2.
  public var particles: Int
  public var ancestorSampling: AncestorSampling
  /// Resamples when the effective sample size is below this fraction of the number of particles;
  /// always if 1.
  public var trigger: Double
  /// Keeps variables in closed form; else draws each when it is assumed. Ancestors are sampled only
  /// without.
  public var delays: Bool

  @inlinable
  public init(
    particles: Int, ancestorSampling: AncestorSampling = .off, trigger: Double = 1,
    delays: Bool = false
  ) {
    require(particles > 1, "ConditionalFilter(particles: \(particles)): at least 2 are needed")
    if case .steps(let count) = ancestorSampling {
      require(count > 0, "ancestorSampling: .steps(\(count)): at least one is needed")
    }
    require(
      ancestorSampling == .off || !delays,
      "ConditionalFilter(ancestorSampling: \(ancestorSampling)) needs delays: false")
    self.particles = particles
    self.ancestorSampling = ancestorSampling
    requireTrigger(trigger, of: "ConditionalFilter")
    self.trigger = trigger
    self.delays = delays
  }

  /// A path drawn given `reference`; given nothing else than the data if that is nil, as the first
  /// of a chain (then not from the exact posterior).
  ///
  /// - Throws: `InferenceError.noSurvivors` if no particle has positive weight; else as
  ///   `ParticleFilter.run`.
  @inlinable
  public func run<M: SequentialModel>(
    _ model: M, data: [M.Observation], given reference: ReferencePath? = nil, key: RandomKey,
    pool: WorkerPool? = nil
  ) throws(InferenceError) -> ReferencePath {
    try explaining(model, data, key) { () throws(InferenceError) in
      let sweep = ConditionalSweep(filter: self, model: model, data: data, number: 1)
      return try sweep.run(given: reference, key: key, pool: pool).path
    }
  }

  /// The model after the start and after each step along a path.
  ///
  /// - Throws: `InferenceError.noSurvivors` if the model cannot take the path; `.noData`.
  @inlinable
  public func states<M: SequentialModel>(
    _ model: M, data: [M.Observation], along path: ReferencePath
  ) throws(InferenceError) -> [M] {
    if data.isEmpty { throw .noData }
    let sweep = ConditionalSweep(filter: self, model: model, data: data, number: 1)
    let replay = sweep.replay(path, keepsStates: true)
    if replay.logDensity == -.infinity { throw .noSurvivors(step: -1, trials: 1) }
    return replay.states
  }
}

/// One pass of a conditional filter over the data.
@frozen
@usableFromInline
struct ConditionalSweep<M: SequentialModel>: Sendable {
  @usableFromInline let filter: ConditionalFilter
  @usableFromInline let model: M
  @usableFromInline let data: [M.Observation]
  @usableFromInline let number: Int
  /// The parameters; nil if the program's start has none that are special.
  @usableFromInline var start: ParameterContext?

  @inlinable
  init(
    filter: ConditionalFilter, model: M, data: [M.Observation], number: Int,
    start: ParameterContext? = nil
  ) {
    self.filter = filter
    self.model = model
    self.data = data
    self.number = number
    self.start = start
  }

  @usableFromInline
  struct Result: Sendable {
    @usableFromInline var path: ReferencePath
    @usableFromInline var effectiveSampleSizes: [Double]
    @usableFromInline var counters: ReportCounters

    @inlinable
    init(path: ReferencePath, effectiveSampleSizes: [Double], counters: ReportCounters) {
      self.path = path
      self.effectiveSampleSizes = effectiveSampleSizes
      self.counters = counters
    }
  }

  /// Whether the context keeps variables in the graph: all, or the parameters.
  @inlinable
  var keepsGraph: Bool { filter.delays || (start != nil && start!.values == nil) }

  @inlinable
  func run(
    given reference: ReferencePath?, key: RandomKey, pool: WorkerPool?
  ) throws(InferenceError) -> Result {
    if let reference {
      require(
        reference.steps.count == data.count + 1,
        "a path of \(reference.steps.count) steps, the start among them, for \(data.count) of data")
    }
    let cell = Cell(state: PathParticle(model: model))
    var cohort = Cohort(Array(repeating: cell, count: filter.particles), pool: pool)
    if reference != nil { cohort[0].state.isReference = true }
    let statistics = statistics(of: reference)
    let first = reference?.steps[0]
    cohort.run(key: key.child("start"), delays: keepsGraph) { particle, context in
      _ = advance(&particle, first, &context, start) { model, path in model.start(&path) }
      context.eliminate(what: particle.model)
    }
    var weights = try WeightSummary(cohort.logWeights, step: -1)
    var sizes = [weights.effectiveSampleSize]
    for (t, y) in data.enumerated() {
      if weights.isExtinct { throw .noSurvivors(step: t - 1, trials: filter.particles) }
      let size = weights.effectiveSampleSize
      if filter.trigger >= 1 || size < filter.trigger * Double(filter.particles) {
        try resample(&cohort, weights, reference, statistics, t, key)
      }
      let step = reference?.steps[t + 1]
      cohort.run(key: key.child("step", t), delays: keepsGraph) { particle, context in
        _ = advance(&particle, step, &context, nil) { model, path in model.step(t, y, &path) }
        context.eliminate(what: particle.model)
      }
      weights = try WeightSummary(cohort.logWeights, step: t)
      sizes.append(weights.effectiveSampleSize)
    }
    if weights.isExtinct { throw .noSurvivors(step: data.count - 1, trials: filter.particles) }
    var stream = key.child("choose").stream()
    let chosen = weights.choose(&stream)
    return Result(
      path: ReferencePath(steps: cohort[chosen].state.log.elements), effectiveSampleSizes: sizes,
      counters: cohort.counters)
  }

  @inlinable
  func resample(
    _ cohort: inout Cohort<PathParticle<M>>, _ weights: WeightSummary,
    _ reference: ReferencePath?, _ statistics: PathStatistics?, _ t: Int, _ key: RandomKey
  ) throws(InferenceError) {
    var stream = key.child("resample", t).stream()
    guard let reference else {
      cohort.resample(weights.choose(filter.particles, &stream))
      return
    }
    var ancestors = [0]
    if filter.ancestorSampling != .off {
      let logWeights = cohort.map { cell in
        cell.logWeight == -.infinity
          ? -.infinity : cell.logWeight + rest(of: reference, statistics, t, cell)
      }
      let choice = try WeightSummary(logWeights, step: t)
      // Rounding can leave nothing of the reference's own weight.
      if !choice.isExtinct { ancestors[0] = choice.choose(&stream) }
    }
    cohort.resample(ancestors + weights.choose(filter.particles - 1, &stream))
    for slot in 0..<filter.particles { cohort[slot].state.isReference = slot == 0 }
  }
}
