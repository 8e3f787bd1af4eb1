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
  /// Steps of the parameters; nil if these are drawn from their conditional distribution.
  @usableFromInline var walk: RandomWalk?
  @usableFromInline var moves = 0
  @usableFromInline var acceptedCount = 0
  var history: [[Double]] = []

  @usableFromInline var draws: [Particle<PathDraw<M>>] = []
  @usableFromInline var counters = ReportCounters()
  /// For each step, sums over the iterations.
  @usableFromInline var renewals: [Double] = []
  @usableFromInline var sizes: [Double] = []

  /// How many sweeps look for a first path.
  @usableFromInline static var attempts: Int { 100 }

  @usableFromInline
  init(
    filter: ConditionalFilter, model: M, data: [M.Observation], plan: ParameterPlan,
    isMarginal: Bool, keepsStates: Bool, step: ParticleGibbs.ParameterStep = .exact
  ) {
    self.filter = filter
    self.model = model
    self.data = data
    self.plan = plan
    self.isMarginal = isMarginal
    self.keepsStates = keepsStates
    if case .randomWalk(let deviations, let moves) = step {
      walk = RandomWalk(deviations: deviations)
      self.moves = moves
    }
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
    var (path, values) = try first(key, pool)
    renewals = [Double](repeating: 0, count: data.count + 1)
    sizes = renewals
    for iteration in 0..<warmUp + iterations {
      let key = key.child("iteration", iteration)
      let sweep = sweep(iteration + 1, parameters: isMarginal ? nil : values)
      let result = try sweep.run(given: path, key: key, pool: pool)
      path = result.path
      if isMarginal { try check(result.counters) }
      let isKept = iteration >= warmUp
      let keepsStates = keepsStates && isKept
      let replay: ConditionalSweep<M>.Replay
      if walk == nil {
        replay = self.sweep(0, parameters: nil).replay(path, keepsStates: keepsStates)
        values = try conditional(replay, key.child("parameters"))
      } else {
        values = move(values, along: path, iteration, warmUp, key.child("parameters"))
        replay = self.sweep(0, parameters: values).replay(path, keepsStates: keepsStates)
      }
      if !isKept { continue }
      count(replay.context.work.counters)
      let draw = PathDraw(
        parameters: plan.named(values), states: keepsStates ? replay.states : [])
      draws.append(Particle(value: draw, logWeight: 0, graph: replay.context.graph))
      for (position, step) in path.steps.enumerated() {
        if step.sweep == iteration + 1 { renewals[position] += 1 }
        sizes[position] += result.effectiveSampleSizes[position]
      }
    }
  }

  /// Moves the parameters given a path; in the warm-up the steps adapt.
  @inlinable
  mutating func move(
    _ values: [[Double]], along path: ReferencePath, _ iteration: Int, _ warmUp: Int,
    _ key: RandomKey
  ) -> [[Double]] {
    var sweep = sweep(0, parameters: values)
    var stream = key.stream()
    let (count, _) = sweep.moveParameters(of: path, walk!, moves: moves, &stream)
    let moved = sweep.start!.values!
    if iteration < warmUp {
      adapt(moved.flatMap { $0 }, Double(count) / Double(moves))
    } else {
      acceptedCount += count
    }
    return moved
  }

  @usableFromInline
  mutating func adapt(_ point: [Double], _ rate: Double) {
    history.append(point)
    if history.count % 50 == 0,
      let fitted = RandomWalk(points: Array(history[(history.count / 2)...]))
    {
      walk = fitted
    }
    walk!.scale *= exp((rate - 0.3) / Double(1 + history.count % 50).squareRoot())
  }

  /// A path to start from, and parameters.
  @inlinable
  func first(
    _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> (ReferencePath, [[Double]]) {
    var failure: InferenceError?
    for attempt in 0..<Self.attempts {
      let key = key.child("first", attempt)
      do throws(InferenceError) {
        if walk != nil {
          let values = sweep(0, parameters: nil).priorDraw(plan, key.child("prior"))
          let result = try sweep(0, parameters: values).run(given: nil, key: key, pool: pool)
          return (result.path, values)
        }
        // Parameters that stay random adapt to the data already on the way.
        let marginal = sweep(0, parameters: nil)
        let result = try marginal.run(given: nil, key: key, pool: pool)
        try check(result.counters)
        let replay = marginal.replay(result.path)
        return (result.path, try conditional(replay, key.child("parameters")))
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
  ) throws(InferenceError) -> [[Double]] {
    try check(replay.context.work.counters)
    var context = replay.context
    context.work.stream = key.stream()
    return replay.start!.drawn(&context.graph, &context.work)
  }

  @usableFromInline
  mutating func count(_ other: ReportCounters) { counters.add(other) }

  /// What a delayed path needs of a parameter belongs to the path; one of values has no place for
  /// it.
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
    if walk != nil {
      result.acceptanceRates.append(Double(acceptedCount) / (count * Double(moves)))
    }
    return result
  }
}
