public import Randomness

extension ConditionalSweep {
  /// Moves the parameters of a path by random-walk Metropolis–Hastings; the path stays.
  ///
  /// Returns how many moves were accepted, and the path run with the last parameters, nil if none
  /// was accepted. `self` must have parameters with values, which are those to begin with.
  @inlinable
  mutating func moveParameters(
    of path: ReferencePath, _ walk: RandomWalk, moves: Int, _ stream: inout RandomStream
  ) -> (acceptedCount: Int, replay: Replay?) {
    var logDensity = replay(path).logDensity
    var accepted: (count: Int, replay: Replay?) = (0, nil)
    for _ in 0..<moves {
      let values = start!.values!
      let point = walk.step(from: values.flatMap { $0 }, &stream)
      var proposal = self
      proposal.start = ParameterContext(start!.plan, values: Self.shaped(point, like: values))
      let result = proposal.replay(path)
      if stream.uniform() < LogWeight.acceptance(result.logDensity - logDensity) {
        self = proposal
        logDensity = result.logDensity
        accepted = (accepted.count + 1, result)
      }
    }
    return (accepted.count, accepted.replay)
  }

  /// The numbers of `point`, grouped as `values` is.
  @usableFromInline
  static func shaped(_ point: [Double], like values: [[Double]]) -> [[Double]] {
    var rest = point[...]
    return values.map { value in
      defer { rest = rest.dropFirst(value.count) }
      return Array(rest.prefix(value.count))
    }
  }

  /// Runs the start once, with parameters drawn from their prior, and returns these.
  @inlinable
  func priorDraw(_ plan: ParameterPlan, _ key: RandomKey) -> [[Double]] {
    var model = model
    var path = PathContext(
      base: DelayedContext(key: key, delays: false), start: ParameterContext(plan))
    model.start(&path)
    return path.start!.drawn(&path.base.graph, &path.base.work)
  }
}
