public import Randomness

extension ConditionalSweep {
  /// A path run again, alone.
  @frozen
  @usableFromInline
  struct Replay: Sendable {
    /// After the start and each step; the last alone unless all are kept.
    @usableFromInline var states: [M]
    @usableFromInline var context: DelayedContext
    /// The start's parameters.
    @usableFromInline var start: ParameterContext?
    /// Of the path and the data; parameters with values count by their prior.
    @usableFromInline var logDensity: Double
    /// If they are kept, and there are any.
    @usableFromInline var statistics: PathStatistics?

    @inlinable
    init(states: [M], context: DelayedContext, start: ParameterContext?, logDensity: Double) {
      self.states = states
      self.context = context
      self.start = start
      self.logDensity = logDensity
    }
  }

  @inlinable
  func replay(
    _ path: ReferencePath, keepsStates: Bool = false, keepsStatistics: Bool = false
  ) -> Replay {
    var particle = PathParticle(model: model)
    particle.isReference = true
    let context = DelayedContext(key: RandomKey(seed: 0), delays: keepsGraph)
    var replay = Replay(states: [], context: context, start: start, logDensity: 0)
    var statistics = keepsStatistics ? PathStatistics() : nil
    for (position, step) in path.steps.enumerated() {
      replay.context.logWeight = 0
      let logDensity: Double
      if position == 0 {
        (logDensity, replay.start) = advance(&particle, step, &replay.context, start) {
          model, path in model.start(&path)
        }
        if let start = replay.start { replay.logDensity += start.logPrior }
      } else {
        let (t, y) = (position - 1, data[position - 1])
        (logDensity, _) = advance(&particle, step, &replay.context, nil) { model, path in
          model.step(t, y, &path)
        }
      }
      replay.context.eliminate(what: particle.model)
      replay.logDensity += logDensity
      if !(replay.logDensity > -.infinity) {
        replay.logDensity = -.infinity
        return replay
      }
      if statistics?.append(replay.context.graph, logDensity: replay.logDensity) == false {
        statistics = nil
      }
      if keepsStates || position == data.count { replay.states.append(particle.model) }
    }
    replay.statistics = statistics
    return replay
  }

  /// Runs a part of the program on a particle: along `step` if it is the reference.
  ///
  /// Returns the log-density of what was replayed and observed.
  @inlinable
  func advance(
    _ particle: inout PathParticle<M>, _ step: PathStep?, _ context: inout DelayedContext,
    _ start: ParameterContext?, _ body: (inout M, inout PathContext) -> Void
  ) -> (logDensity: Double, start: ParameterContext?) {
    let known = particle.isReference ? step : nil
    if filter.delays, let known {
      guard let generator = known.generator else {
        fatalError("a path of values needs a filter with delays: false")
      }
      context.work.stream = generator
    }
    let generator = context.work.stream
    let path = PathContext.run(
      around: &context, replaying: filter.delays ? nil : known?.values,
      isDelayed: filter.delays, start: start
    ) { body(&particle.model, &$0) }
    var logDensity = path.logDensity + context.logWeight
    if known != nil && !filter.delays {
      if !(logDensity > -.infinity && path.cursor == path.values.count) {
        // The program cannot take this path.
        logDensity = -.infinity
        context.logWeight = -.infinity
      }
    }
    particle.log.append(
      PathStep(
        generator: filter.delays ? generator : nil, values: path.values,
        sweep: known?.sweep ?? number))
    return (logDensity, path.start)
  }
}
