import Glibc
public import Parallel
public import Randomness

/// A chain of paths: the loop of the particle Gibbs samplers.
@usableFromInline
struct PathChain<M: SequentialModel>: Sendable {
  @usableFromInline let filter: ConditionalFilter
  @usableFromInline let model: M
  @usableFromInline let data: [M.Observation]
  @usableFromInline let plan: ParameterPlan
  /// Parameters stay random in the sweeps.
  @usableFromInline let isMarginal: Bool
  @usableFromInline let keepsStates: Bool

  @usableFromInline var draws: [Particle<PathDraw<M>>] = []
  @usableFromInline var counters = ReportCounters()
  /// For each step, sums over the iterations.
  @usableFromInline var renewals: [Double] = []
  @usableFromInline var sizes: [Double] = []

  /// How many sweeps may look for a first path.
  @usableFromInline static var attempts: Int { 100 }

  @usableFromInline
  init(
    filter: ConditionalFilter, model: M, data: [M.Observation], plan: ParameterPlan,
    isMarginal: Bool, keepsStates: Bool
  ) {
    self.filter = filter
    self.model = model
    self.data = data
    self.plan = plan
    self.isMarginal = isMarginal
    self.keepsStates = keepsStates
  }

  @inlinable
  func sweep(_ number: Int, parameters: [[Double]]?) -> ConditionalSweep<M> {
    ConditionalSweep(
      filter: filter, model: model, data: data, number: number,
      start: ParameterContext(plan, values: parameters))
  }

  @inlinable
  mutating func run(
    warmUp: Int, iterations: Int, key: RandomKey, pool: WorkerPool?
  ) throws(InferenceError) {
    var path = try first(key, pool)
    let marginal = sweep(0, parameters: nil)
    var drawn = try conditional(marginal.replay(path), key.child("parameters"))
    renewals = [Double](repeating: 0, count: data.count + 1)
    sizes = renewals
    for iteration in 0..<warmUp + iterations {
      let key = key.child("iteration", iteration)
      let sweep = sweep(iteration + 1, parameters: isMarginal ? nil : drawn.values)
      let result = try sweep.run(given: path, key: key, pool: pool)
      path = result.path
      if isMarginal { try check(result.counters) }
      let isKept = iteration >= warmUp
      let replay = marginal.replay(path, keepsStates: keepsStates && isKept)
      let graph = replay.context.graph
      let states = keepsStates ? replay.states : []
      count(replay.context.work.counters)
      drawn = try conditional(replay, key.child("parameters"))
      if !isKept { continue }
      let draw = PathDraw(parameters: plan.named(drawn.values), states: states)
      draws.append(Particle(value: draw, logWeight: 0, graph: graph))
      for (position, step) in path.steps.enumerated() {
        if step.sweep == iteration + 1 { renewals[position] += 1 }
        sizes[position] += result.effectiveSampleSizes[position]
      }
    }
  }

  /// A path to start from, with the parameters integrated out.
  @inlinable
  func first(_ key: RandomKey, _ pool: WorkerPool?) throws(InferenceError) -> ReferencePath {
    var failure: InferenceError?
    for attempt in 0..<Self.attempts {
      do throws(InferenceError) {
        let result = try sweep(0, parameters: nil).run(
          given: nil, key: key.child("first", attempt), pool: pool)
        try check(result.counters)
        return result.path
      } catch {
        guard case .noSurvivors = error else { throw error }
        failure = error
      }
    }
    throw failure!
  }

  /// Draws the parameters given a path.
  @inlinable
  func conditional(
    _ replay: ConditionalSweep<M>.Replay, _ key: RandomKey
  ) throws(InferenceError) -> (values: [[Double]], logDensity: Double) {
    try check(replay.context.work.counters)
    var context = replay.context
    context.work.stream = key.stream()
    return (replay.start!.drawn(&context.graph, &context.work), replay.logDensity)
  }

  @usableFromInline
  mutating func count(_ other: ReportCounters) { counters.add(other) }

  /// What a delayed path needs of a parameter belongs to the path; one of values has no place for it.
  @usableFromInline
  func check(_ counters: ReportCounters) throws(InferenceError) {
    if !filter.delays, let error = plan.firstForced(counters) { throw error }
  }

  @usableFromInline
  var posterior: Posterior<PathDraw<M>> {
    let count = Double(draws.count)
    var result = Posterior(
      particles: draws.map {
        Particle(value: $0.value, logWeight: -log(count), graph: $0.graph)
      },
      logEvidence: .nan, effectiveSampleSizes: sizes.map { $0 / count }, ancestry: [],
      counters: counters)
    result.acceptanceRates = renewals.map { $0 / count }
    return result
  }
}
