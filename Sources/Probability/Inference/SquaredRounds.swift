public import Parallel
public import Randomness

/// The parameter values of an SMC² run, and what is known so far.
@usableFromInline
struct SquaredRounds<P: ParameterModel>: Sendable {
  let settings: SMCSquared
  @usableFromInline var members: [SquaredMember<P>]
  /// The filter of new parameter values: its number of particles may have grown.
  @usableFromInline var filter: ParticleFilter
  /// The steps of the moves, fitted at the last resampling; nil if it left a single value.
  @usableFromInline var walk: RandomWalk?
  let key: RandomKey
  var weights: WeightSummary?
  var logEvidence = 0.0
  var sizes: [Double] = []
  var rates: [Double] = []
  var ancestry: [(step: Int, ancestors: [Int])] = []

  @usableFromInline
  init(_ settings: SMCSquared, _ model: P, _ key: RandomKey) {
    self.settings = settings
    self.key = key
    filter = settings.filter
    let prior = key.child("prior")
    members = (0..<settings.particles).map { slot in
      var stream = RandomStream(key: prior, part: slot)
      return SquaredMember(parameters: model.drawPrior(&stream))
    }
  }

  /// Runs `body` on each parameter value.
  ///
  /// - Throws: The error of the lowest slot that throws.
  @inlinable
  mutating func each(
    _ pool: WorkerPool?,
    _ body: @Sendable (Int, inout SquaredMember<P>) throws(InferenceError) -> Void
  ) throws(InferenceError) {
    @Sendable func run(_ slot: Int, _ member: inout SquaredMember<P>) {
      do throws(InferenceError) {
        try body(slot, &member)
      } catch {
        member.failure = error
      }
    }
    if let pool {
      pool.update(&members) { run($0, &$1) }
    } else {
      for slot in members.indices { run(slot, &members[slot]) }
    }
    for (slot, member) in members.enumerated() {
      guard let failure = member.failure else { continue }
      if case .invalidWeight(let step, _, let logWeight) = failure {
        throw .invalidWeight(step: step, slot: slot, logWeight: logWeight)
      }
      throw failure
    }
  }

  /// Takes stock after a step; resamples if the weights are uneven, and then returns true.
  @usableFromInline
  mutating func weigh(step: Int) throws(InferenceError) -> Bool {
    let summary = try WeightSummary(members.map(\.logWeight), step: step)
    if summary.isExtinct { throw .noSurvivors(step: step, trials: members.count) }
    weights = summary
    sizes.append(summary.effectiveSampleSize)
    guard summary.effectiveSampleSize < settings.trigger * Double(members.count) else {
      return false
    }
    walk = RandomWalk(points: members.map(\.parameters), weights: summary.weights)
    var stream = key.child("resample", step).stream()
    let ancestors = Resampling.systematic.choose(
      members.count, weights: summary.weights, &stream
    ).ancestors
    let old = members
    members = ancestors.map { old[$0] }
    for slot in members.indices { members[slot].logWeight = 0 }
    logEvidence += summary.logMean
    ancestry.append((step, ancestors))
    return true
  }

  /// Takes stock of the moves; true if the filters need more particles, which `filter` then has.
  @usableFromInline
  mutating func countMoves() -> Bool {
    let accepted = members.reduce(0) { $0 + $1.acceptedCount }
    let rate = Double(accepted) / Double(members.count * settings.moves)
    for slot in members.indices { members[slot].acceptedCount = 0 }
    rates.append(rate)
    let isEnough = rate >= settings.leastAcceptance || walk == nil
    if isEnough || 2 * filter.particles > settings.maximumParticles { return false }
    filter.particles *= 2
    return true
  }

  @usableFromInline
  func posterior(_ key: RandomKey) throws(InferenceError) -> Posterior<ParameterDraw<P.Sequence>> {
    let summary = try WeightSummary(members.map(\.logWeight), step: -1)
    let total = LogWeight.sum(members.map(\.logWeight))
    var counters = ReportCounters()
    var particles: [Particle<ParameterDraw<P.Sequence>>] = []
    for (slot, member) in members.enumerated() {
      guard let filter = member.filter else { continue }
      let posterior = filter.sweep.posterior
      var particle = Particle(member.parameters, posterior, key.child("slot", slot))
      particle.logWeight = member.logWeight - total
      particles.append(particle)
      counters.add(filter.sweep.population.counters)
    }
    var result = Posterior(
      particles: particles, logEvidence: logEvidence + summary.logMean,
      effectiveSampleSizes: sizes, ancestry: ancestry, counters: counters)
    result.acceptanceRates = rates
    return result
  }
}
