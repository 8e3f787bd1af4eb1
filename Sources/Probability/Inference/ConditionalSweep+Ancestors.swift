import Randomness

// What the rest of a reference path weighs after another past.
//
// Source: Lindsten, Jordan, Schön, "Particle Gibbs with ancestor sampling" (JMLR 2014), section 4.

extension ConditionalSweep {
  /// What the path tells of the parameters, if ancestors are sampled by steps and parameters are
  /// random; nil also where it cannot be added up.
  @inlinable
  func statistics(of path: ReferencePath?) -> PathStatistics? {
    guard case .steps = filter.ancestorSampling, keepsGraph, let path else { return nil }
    return replay(path, keepsStatistics: true).statistics
  }

  /// The log-density of the path from step `t` on, and of its data, after a particle's past.
  @inlinable
  func rest(
    of path: ReferencePath, _ statistics: PathStatistics?, _ t: Int, _ cell: Cell<PathParticle<M>>
  ) -> Double {
    var pause = data.count
    if case .steps(let count) = filter.ancestorSampling { pause = min(pause, t + count) }
    var model = cell.state.model
    var base = DelayedContext(key: RandomKey(seed: 0), delays: keepsGraph)
    base.graph = cell.graph
    var total = 0.0
    for step in t..<data.count {
      if step == pause {
        if !keepsGraph { return total }
        if let rest = statistics?.rest(after: step, knowing: base.graph) { return total + rest }
      }
      var context = PathContext(base: base, replaying: path.steps[step + 1].values)
      model.step(step, data[step], &context)
      total += context.finalLogDensity
      if !(total > -.infinity) { return -.infinity }
      swap(&base, &context.base)
      base.logWeight = 0
      base.eliminate(what: model)
    }
    return total
  }
}
