public import Parallel
public import Randomness

/// A particle filter on its way through the data.
@frozen
@usableFromInline
struct FilterPass<M: SequentialModel>: Sendable {
  @usableFromInline var sweep: Sweep<M>

  /// A filter after the start.
  @inlinable
  init(
    _ filter: ParticleFilter, _ model: M, key: RandomKey, pool: WorkerPool?
  ) throws(InferenceError) {
    sweep = Sweep(filter, model, pool)
    let start = key.child("start")
    if filter.delays {
      sweep.population.run(key: start, delays: true) { model, context in
        model.start(&context)
        context.eliminate(what: model)
      }
    } else {
      sweep.population.runForward(key: start) { model, context in
        model.start(&context)
        context.eliminate(what: model)
      }
    }
    try sweep.finish(step: -1)
  }

  /// A filter after the start and `data`, which begins with observation 0.
  @inlinable
  init(
    _ filter: ParticleFilter, _ model: M, data: ArraySlice<M.Observation>, key: RandomKey,
    pool: WorkerPool?
  ) throws(InferenceError) {
    try self.init(filter, model, key: key, pool: pool)
    for (t, y) in data.enumerated() { try advance(t, y, key: key) }
  }

  /// Takes an observation; nothing happens once all particles find the data impossible.
  @inlinable
  mutating func advance(_ t: Int, _ y: M.Observation, key: RandomKey) throws(InferenceError) {
    if sweep.isExtinct { return }
    sweep.resampleIfNeeded(step: t, key.child("resample", t))
    let step = key.child("step", t)
    if sweep.filter.delays {
      sweep.population.run(key: step, delays: true) { model, context in
        model.step(t, y, &context)
        context.eliminate(what: model)
      }
    } else {
      sweep.population.runForward(key: step) { model, context in
        model.step(t, y, &context)
        context.eliminate(what: model)
      }
    }
    try sweep.finish(step: t)
  }

  @inlinable
  var logEvidence: Double { sweep.logEvidence + sweep.logMean }
}
