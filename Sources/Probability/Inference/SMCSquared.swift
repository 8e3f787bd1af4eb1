public import Parallel
public import Randomness

/// SMC²: sequential Monte Carlo over parameters, each with a particle filter of its own.
///
/// Gives the posterior of the parameters after each observation and the evidence of the family.
/// When the parameters' weights have become uneven they are resampled and moved by particle
/// Metropolis–Hastings over the data so far, with random walks fitted to them. When moves are
/// accepted too rarely, the number of particles of each filter doubles.
///
/// Source: Chopin, Jacob, Papaspiliopoulos, "SMC²: an efficient algorithm for sequential analysis
/// of state space models" (JRSS B 2013).
@frozen
public struct SMCSquared: Sendable {
  /// The number of parameter values.
  public var particles: Int
  /// The filter of each; its particles are those to begin with.
  public var filter: ParticleFilter
  /// Resamples parameters when their effective sample size is below this fraction of them.
  public var trigger: Double
  /// Metropolis–Hastings moves after each resampling.
  public var moves: Int
  /// Doubles the filters' particles when fewer than this share of moves is accepted; 0 never.
  public var leastAcceptance: Double
  /// More particles than this no filter gets.
  public var maximumParticles: Int

  @inlinable
  public init(
    particles: Int, filter: ParticleFilter, trigger: Double = 0.5, moves: Int = 2,
    leastAcceptance: Double = 0.15, maximumParticles: Int = 4096
  ) {
    require(particles > 1, "SMCSquared(particles: \(particles)): at least 2 are needed")
    require(moves > 0, "SMCSquared(moves: \(moves)): at least one is needed")
    require(
      leastAcceptance >= 0 && leastAcceptance < 1, "SMCSquared(leastAcceptance: \(leastAcceptance))"
    )
    self.particles = particles
    self.filter = filter
    requireTrigger(trigger, of: "SMCSquared")
    self.trigger = trigger
    self.moves = moves
    self.leastAcceptance = leastAcceptance
    self.maximumParticles = maximumParticles
  }

  /// Runs `model` through `data`; the filters are divided among the threads.
  ///
  /// In the posterior a particle is a parameter value. Effective sample sizes are those of the
  /// parameters; acceptance rates are one for each round of moves, and the ancestry is that of the
  /// parameters.
  ///
  /// - Throws: `InferenceError.noSurvivors` if all parameter values find the data impossible; else
  ///   as `ParticleFilter.run`, where the slot of `.invalidWeight` is the parameter value's.
  @inlinable
  public func run<P: ParameterModel>(
    _ model: P, data: [P.Sequence.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<ParameterDraw<P.Sequence>> {
    if data.isEmpty { throw .noData }
    do throws(InferenceError) {
      return try pass(model, data, key, pool)
    } catch {
      let diagnosis = key.child("diagnosis")
      var stream = diagnosis.stream()
      let sequence = model.make(model.drawPrior(&stream))
      throw error.explained(by: Diagnosis(sequence, data: data, key: diagnosis))
    }
  }

  @inlinable
  func pass<P: ParameterModel>(
    _ model: P, _ data: [P.Sequence.Observation], _ key: RandomKey, _ pool: WorkerPool?
  ) throws(InferenceError) -> Posterior<ParameterDraw<P.Sequence>> {
    var rounds = SquaredRounds(self, model, key)
    try rounds.each(pool) { slot, member throws(InferenceError) in
      let key = key.child("filter", slot)
      try member.restart(model, filter, data: [], key: key)
    }
    for t in data.indices {
      try rounds.each(pool) { slot, member throws(InferenceError) in
        try member.advance(model, data: data[...t], key: key.child("filter", slot))
      }
      if try rounds.weigh(step: t) {
        for move in 0..<moves {
          guard let walk = rounds.walk else { break }
          let filter = rounds.filter
          let key = key.child("move", t).child("round", move)
          try rounds.each(pool) { slot, member throws(InferenceError) in
            try member.move(
              model, walk, filter, data: data[...t], key: key.child("slot", slot))
          }
        }
        if rounds.countMoves() {
          let filter = rounds.filter
          let key = key.child("exchange", t)
          try rounds.each(pool) { slot, member throws(InferenceError) in
            try member.exchange(model, filter, data: data[...t], key: key.child("slot", slot))
          }
        }
      }
    }
    return try rounds.posterior(key.child("choose"))
  }
}

/// A parameter value and its filter.
@usableFromInline
struct SquaredMember<P: ParameterModel>: Sendable {
  @usableFromInline var parameters: [Double]
  @usableFromInline var filter: FilterPass<P.Sequence>?
  /// Of the data since the last resampling of parameters.
  @usableFromInline var logWeight = 0.0
  @usableFromInline var acceptedCount = 0
  /// What went wrong with it.
  @usableFromInline var failure: InferenceError?

  @usableFromInline
  init(parameters: [Double]) { self.parameters = parameters }

  @inlinable
  mutating func restart(
    _ model: P, _ filter: ParticleFilter, data: ArraySlice<P.Sequence.Observation>, key: RandomKey
  ) throws(InferenceError) {
    self.filter = try Self.pass(filter, model.make(parameters), data: data, key: key)
  }

  /// A filter after the start and `data`.
  @inlinable
  static func pass(
    _ filter: ParticleFilter, _ model: P.Sequence, data: ArraySlice<P.Sequence.Observation>,
    key: RandomKey
  ) throws(InferenceError) -> FilterPass<P.Sequence> {
    do throws(InferenceError) {
      return try FilterPass(filter, model, data: data, key: key, pool: nil)
    } catch {
      throw explained(error, model, data: data, key: key)
    }
  }

  @inlinable
  static func explained(
    _ error: InferenceError, _ model: P.Sequence, data: ArraySlice<P.Sequence.Observation>,
    key: RandomKey
  ) -> InferenceError {
    error.explained(by: Diagnosis(model, data: Array(data), key: key.child("diagnosis")))
  }

  /// Takes the last observation of `data`.
  @inlinable
  mutating func advance(
    _ model: P, data: ArraySlice<P.Sequence.Observation>, key: RandomKey
  ) throws(InferenceError) {
    let before = filter!.logEvidence
    if before == -.infinity { return }
    do throws(InferenceError) {
      try filter!.advance(data.count - 1, data[data.endIndex - 1], key: key)
    } catch {
      throw Self.explained(error, model.make(parameters), data: data, key: key)
    }
    logWeight += filter!.logEvidence - before
  }

  /// A Metropolis–Hastings move.
  @inlinable
  mutating func move(
    _ model: P, _ walk: RandomWalk, _ settings: ParticleFilter,
    data: ArraySlice<P.Sequence.Observation>, key: RandomKey
  ) throws(InferenceError) {
    var stream = key.stream()
    let proposal = walk.step(from: parameters, &stream)
    let logPrior = model.logPrior(proposal)
    guard logPrior > -.infinity else { return }
    let filter = try Self.pass(settings, model.make(proposal), data: data, key: key)
    let logRatio =
      logPrior + filter.logEvidence - model.logPrior(parameters) - self.filter!.logEvidence
    guard stream.uniform() < LogWeight.acceptance(logRatio) else { return }
    parameters = proposal
    self.filter = filter
    acceptedCount += 1
  }

  /// Replaces the filter by one of other size; the weight makes up for the other estimate.
  @inlinable
  mutating func exchange(
    _ model: P, _ settings: ParticleFilter, data: ArraySlice<P.Sequence.Observation>,
    key: RandomKey
  ) throws(InferenceError) {
    let before = filter!.logEvidence
    try restart(model, settings, data: data, key: key)
    logWeight += filter!.logEvidence - before
  }
}
