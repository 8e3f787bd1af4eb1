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
  @usableFromInline let draws: Int
  @usableFromInline let warmup: Int
  @usableFromInline let thinning: Int
  /// Steps of the parameters; nil if these are drawn from their conditional distribution.
  @usableFromInline var walk: AdaptiveWalk?
  @usableFromInline var moves = 0
  @usableFromInline var acceptedCount = 0

  @usableFromInline var found: [PathDraw<M>] = []
  @usableFromInline var graphs: [DelayedGraph] = []
  @usableFromInline var logDensities: [Double] = []
  @usableFromInline var counters = ReportCounters()
  @usableFromInline var evaluations = 0
  /// For each step, sums over the sweeps after the warm-up.
  @usableFromInline var renewals: [Double] = []
  @usableFromInline var sizes: [Double] = []

  /// How many sweeps look for a first path.
  @usableFromInline static var attempts: Int { 100 }

  @usableFromInline
  init(
    filter: ConditionalFilter, model: M, data: [M.Observation], plan: ParameterPlan,
    isMarginal: Bool, keepsStates: Bool, draws: Int, warmup: Int, thinning: Int,
    step: ParticleGibbs.ParameterStep = .exact
  ) {
    self.filter = filter
    self.model = model
    self.data = data
    self.plan = plan
    self.isMarginal = isMarginal
    self.keepsStates = keepsStates
    self.draws = draws
    self.warmup = warmup
    self.thinning = thinning
    if case .randomWalk(let deviations, let moves) = step {
      walk = AdaptiveWalk(deviations: deviations, target: 0.3)
      self.moves = moves
    }
  }

  @inlinable
  func sweep(_ number: Int, parameters: [[Double]]?) -> ConditionalSweep<M> {
    ConditionalSweep(
      filter: filter, model: model, data: data, number: number,
      start: ParameterContext(plan, values: parameters))
  }

  /// What several chains like this one draw.
  @inlinable
  func posterior(
    _ chains: Int, _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> Posterior<PathDraw<M>> {
    let runs = try explaining(model, data, key) { () throws(InferenceError) in
      try runChains(chains, key: key, pool: pool) { key, pool throws(InferenceError) in
        var chain = self
        try chain.run(key, pool)
        return chain.result
      }
    }
    return Posterior(runs)
  }

  @inlinable
  mutating func run(_ key: RandomKey, _ pool: WorkerPool?) throws(InferenceError) {
    var (path, values) = try first(key, pool)
    renewals = [Double](repeating: 0, count: data.count + 1)
    sizes = renewals
    for iteration in 0..<warmup + draws * thinning {
      let key = key.child("iteration", iteration)
      let sweep = sweep(iteration + 1, parameters: isMarginal ? nil : values)
      let result = try sweep.run(given: path, key: key, pool: pool)
      path = result.path
      evaluations += 1
      if isMarginal { try check(result.counters) }
      if walk != nil {
        values = move(values, along: path, iteration, key.child("parameters"))
      }
      let isWarm = iteration >= warmup
      if isWarm { count(result, iteration) }
      let isKept = isWarm && (iteration - warmup + 1) % thinning == 0
      // The marginalized chain has no use for parameters.
      if !isKept && (isMarginal || walk != nil) { continue }
      let replay = self.sweep(0, parameters: walk == nil ? nil : values)
        .replay(path, keepsStates: keepsStates && isKept)
      if walk == nil { values = try conditional(replay, key.child("parameters")) }
      if isKept { keep(replay, values) }
    }
  }

  @usableFromInline
  mutating func count(_ result: ConditionalSweep<M>.Result, _ iteration: Int) {
    for (position, step) in result.path.steps.enumerated() {
      if step.sweep == iteration + 1 { renewals[position] += 1 }
      sizes[position] += result.effectiveSampleSizes[position]
    }
  }

  @usableFromInline
  mutating func keep(_ replay: ConditionalSweep<M>.Replay, _ values: [[Double]]) {
    counters.add(replay.context.work.counters)
    found.append(
      PathDraw(parameters: plan.named(values), states: keepsStates ? replay.states : []))
    graphs.append(replay.context.graph)
    // Of what was drawn on a delayed path no density is known.
    if !filter.delays { logDensities.append(replay.logDensity) }
  }

  /// Moves the parameters given a path; in the warm-up the steps adapt.
  @inlinable
  mutating func move(
    _ values: [[Double]], along path: ReferencePath, _ iteration: Int, _ key: RandomKey
  ) -> [[Double]] {
    var sweep = sweep(0, parameters: values)
    var stream = key.stream()
    let (count, _) = sweep.moveParameters(of: path, walk!.walk, moves: moves, &stream)
    let moved = sweep.start!.values!
    if iteration < warmup {
      walk!.learn(moved.flatMap { $0 }, Double(count) / Double(moves))
    } else {
      acceptedCount += count
    }
    return moved
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

  /// What a delayed path needs of a parameter belongs to the path; one of values has no place for
  /// it.
  @usableFromInline
  func check(_ counters: ReportCounters) throws(InferenceError) {
    if !filter.delays, let error = plan.firstForced(counters) { throw error }
  }

  @usableFromInline
  var result: ChainRun<PathDraw<M>> {
    let count = Double(draws * thinning)
    var rates = renewals.map { $0 / count }
    if walk != nil { rates.append(Double(acceptedCount) / (count * Double(moves))) }
    var run = ChainRun(
      values: found,
      chain: Chain(
        logDensities: logDensities, acceptanceRate: rates.reduce(0, +) / Double(rates.count),
        moves: rates, evaluations: evaluations))
    run.graphs = graphs
    run.effectiveSampleSizes = sizes.map { $0 / count }
    run.counters = counters
    return run
  }
}
