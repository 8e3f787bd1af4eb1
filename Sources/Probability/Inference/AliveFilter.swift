import Glibc
public import Parallel
public import Randomness

/// The alive particle filter: for data that most particles find impossible.
///
/// Each step is tried, from ancestors drawn in proportion to their weights, until one more trial
/// than there are particles has positive weight. The last success is discarded, and the sum of the
/// others' weights divided by the number of trials less one: the evidence stays unbiased, however
/// many trials it takes.
///
/// Trials are numbered and draw from numbers of their own, so results are the same bits for any
/// number of threads.
///
/// Sources: Del Moral, Jasra, Lee, Yau, Zhang, "The alive particle filter and its use in particle
/// Markov chain Monte Carlo" (Stochastic Analysis and Applications 2015); Kudlicka, Murray,
/// Ronquist, Schön, "Probabilistic programming for birth-death models of evolution using an alive
/// particle filter with delayed sampling" (UAI 2019), for weights that vary.
@frozen
public struct AliveFilter: Sendable {
  /// The number of particles.
  public var particles: Int
  /// Keeps variables in closed form; else draws each when it is assumed.
  public var delays: Bool
  /// Records who descends from whom.
  public var keepsAncestry: Bool
  /// How many trials a step may take before the filter gives up.
  public var maximumTrials: Int

  @inlinable
  public init(
    particles: Int, delays: Bool = true, keepsAncestry: Bool = false, maximumTrials: Int? = nil
  ) {
    require(particles > 0, "AliveFilter(particles: \(particles)): at least one is needed")
    self.particles = particles
    self.delays = delays
    self.keepsAncestry = keepsAncestry
    self.maximumTrials = min(maximumTrials ?? 10_000 * (particles + 1), 1 << 32)
    require(
      self.maximumTrials > particles,
      "AliveFilter(maximumTrials: \(self.maximumTrials)): \(particles) particles need more")
  }

  /// Runs `model` through `data`.
  ///
  /// The posterior's acceptance rates are, for the start and each step, the share of trials that
  /// had positive weight; the evidence uses them up to the discarded one.
  ///
  /// - Throws: `InferenceError.noSurvivors` if a step takes more than `maximumTrials`; else as
  ///   `ParticleFilter.run`.
  @inlinable
  public func run<M: SequentialModel>(
    _ model: M, data: [M.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<M> {
    try explaining(model, data, key) { () throws(InferenceError) in
      var pass = AlivePass(self, model)
      try pass.advance(step: -1, key: key.child("start"), pool) { model, context in
        model.start(&context)
        context.eliminate(what: model)
      }
      for (t, y) in data.enumerated() {
        try pass.advance(step: t, key: key.child("step", t), pool) { model, context in
          model.step(t, y, &context)
          context.eliminate(what: model)
        }
      }
      return pass.posterior
    }
  }
}

/// The particles of an alive filter, and what is known so far.
@usableFromInline
struct AlivePass<Model: Sendable>: Sendable {
  @usableFromInline
  struct Survivor: Sendable {
    @usableFromInline var trial: Int
    @usableFromInline var ancestor: Int
    @usableFromInline var cell: Cell<Model>

    @inlinable
    init(trial: Int, ancestor: Int, cell: Cell<Model>) {
      (self.trial, self.ancestor, self.cell) = (trial, ancestor, cell)
    }
  }

  @usableFromInline let filter: AliveFilter
  @usableFromInline var cells: [Cell<Model>]
  /// Cumulative weights.
  @usableFromInline var cumulated: [Double]
  @usableFromInline var counters = ReportCounters()
  @usableFromInline var logEvidence = 0.0
  @usableFromInline var sizes: [Double] = []
  @usableFromInline var rates: [Double] = []
  @usableFromInline var ancestry: [(step: Int, ancestors: [Int])] = []

  @usableFromInline
  init(_ filter: AliveFilter, _ model: Model) {
    self.filter = filter
    cells = [Cell(state: model)]
    cumulated = [1]
  }

  /// The particle whose share of the weight holds `point`, from 0 to 1.
  @inlinable
  func ancestor(at point: Double) -> Int {
    let target = point * cumulated[cumulated.count - 1]
    var (low, high) = (0, cumulated.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if cumulated[middle] > target { high = middle } else { low = middle + 1 }
    }
    return low
  }

  @inlinable
  mutating func advance(
    step: Int, key: RandomKey, _ pool: WorkerPool?,
    _ body: @Sendable (inout Model, inout DelayedContext) -> Void
  ) throws(InferenceError) {
    let wanted = filter.particles + 1
    var survivors: [Survivor] = []
    var trials = 0
    let pass = self
    while survivors.count < wanted {
      // What this depends on does not depend on the threads.
      let missing = wanted - survivors.count
      let guess = trials == 0 ? missing : missing * trials / max(survivors.count, 1)
      let size = min(max(guess, 1), 4 * (wanted + trials), filter.maximumTrials - trials)
      if size <= 0 { throw .noSurvivors(step: step, trials: trials) }
      let part = 64
      let chunks = (size + part - 1) / part
      let first = trials
      let results: [([Survivor], ReportCounters)]
      if let pool {
        results = pool.map(chunks) { chunk in
          pass.attempt(first + chunk * part..<first + min(size, (chunk + 1) * part), key, body)
        }
      } else {
        results = (0..<chunks).map { chunk in
          pass.attempt(first + chunk * part..<first + min(size, (chunk + 1) * part), key, body)
        }
      }
      for (alive, counters) in results {
        survivors += alive
        count(counters)
      }
      trials += size
    }
    try settle(survivors, step)
  }

  /// Trials with the given numbers: those with a weight that is not 0.
  @inlinable
  func attempt(
    _ trials: Range<Int>, _ key: RandomKey,
    _ body: @Sendable (inout Model, inout DelayedContext) -> Void
  ) -> ([Survivor], ReportCounters) {
    var survivors: [Survivor] = []
    var context = DelayedContext(
      graph: DelayedGraph(), work: Workspace(stream: key.stream()), delays: filter.delays)
    for trial in trials {
      context.work.stream = RandomStream(key: key, part: trial)
      let ancestor = ancestor(at: context.work.stream.uniform())
      context.logWeight = 0
      context.graph = cells[ancestor].graph
      var model = cells[ancestor].state
      body(&model, &context)
      if context.logWeight == -.infinity { continue }
      var cell = Cell(state: model)
      cell.graph = context.graph
      cell.logWeight = context.logWeight
      survivors.append(Survivor(trial: trial, ancestor: ancestor, cell: cell))
    }
    return (survivors, context.work.counters)
  }

  @usableFromInline
  mutating func count(_ other: ReportCounters) { counters.add(other) }

  /// Keeps the first survivors but the one that ended the trials.
  @usableFromInline
  mutating func settle(_ survivors: [Survivor], _ step: Int) throws(InferenceError) {
    let kept = survivors.prefix(filter.particles)
    let weights = try WeightSummary(kept.map(\.cell.logWeight), step: step)
    cells = kept.map(\.cell)
    var total = 0.0
    cumulated = weights.weights.map { weight in
      total += weight
      return total
    }
    let trials = Double(survivors[filter.particles].trial + 1)
    let count = Double(filter.particles)
    logEvidence += weights.logMean + log(count / (trials - 1))
    sizes.append(weights.effectiveSampleSize)
    rates.append(count / (trials - 1))
    if filter.keepsAncestry && step >= 0 { ancestry.append((step, kept.map(\.ancestor))) }
  }

  @usableFromInline
  var posterior: Posterior<Model> {
    let total = LogWeight.sum(cells.map(\.logWeight))
    var result = Posterior(
      particles: cells.map {
        Particle(value: $0.state, logWeight: $0.logWeight - total, graph: $0.graph)
      },
      logEvidence: logEvidence, effectiveSampleSizes: sizes, ancestry: ancestry,
      counters: counters)
    result.acceptanceRates = rates
    return result
  }
}
