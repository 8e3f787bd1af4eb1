public import Parallel
public import Probability

/// How far a lockstep run has come.
public struct LockstepProgress: Sendable, Hashable {
  /// The number of batches evaluated so far.
  public let waves: Int
  /// The number of evaluations in all of them.
  public let expansions: Int
  public let finished: Int
  public let active: Int
  public let total: Int

  @usableFromInline
  init(waves: Int, expansions: Int, finished: Int, active: Int, total: Int) {
    self.waves = waves
    self.expansions = expansions
    self.finished = finished
    self.active = active
    self.total = total
  }
}

/// Runs many searches side by side, so that their evaluations share batches.
///
/// In each wave every active search goes on to its next query, in parallel; the queries, in slot
/// order, make one batch. A search that ends gives its place to the next one. The result of a
/// search depends on neither the others, nor `width`, nor the threads.
public enum LockstepSearch {
  /// Runs `trees` to their ends.
  ///
  /// - Parameters:
  ///   - width: The number of searches that run at the same time.
  ///   - progress: Called after each wave; throw to stop early.
  /// - Throws: What the evaluator or `progress` throws. The trees stay valid, and can be run on.
  @inlinable
  public static func run<Domain: GoalDomain>(
    _ trees: inout [SearchTree<Domain>], evaluator: some Evaluator<Domain.Query>,
    pool: WorkerPool, width: Int = 64, progress: (LockstepProgress) throws -> Void = { _ in }
  ) throws {
    var slots = trees.map { Optional($0) }
    trees = []
    defer { trees = slots.map { $0! } }
    _ = try run(
      &slots, evaluator: evaluator, pool: pool, width: width, start: { _, _ in },
      finish: { _, _ in }, progress: progress)
  }

  /// Runs `count` searches, each made when its turn comes and dropped when it ends.
  ///
  /// - Parameters:
  ///   - start: Makes a search; runs on a worker.
  ///   - finish: What remains of a search; runs on a worker.
  /// - Returns: What `finish` gave, by index.
  /// - Throws: What the evaluator or `progress` throws.
  @inlinable
  public static func run<Domain: GoalDomain, Result: Sendable>(
    count: Int, evaluator: some Evaluator<Domain.Query>, pool: WorkerPool, width: Int = 64,
    start: @Sendable (Int) -> SearchTree<Domain>,
    finish: @Sendable (Int, SearchTree<Domain>) -> Result,
    progress: (LockstepProgress) throws -> Void = { _ in }
  ) throws -> [Result] {
    var slots = [SearchTree<Domain>?](repeating: nil, count: count)
    return try run(
      &slots, evaluator: evaluator, pool: pool, width: width,
      start: { index, slot in slot = start(index) },
      finish: { index, slot in
        defer { slot = nil }
        return finish(index, slot!)
      }, progress: progress)
  }

  @inlinable
  static func run<Domain: GoalDomain, Result: Sendable>(
    _ slots: inout [SearchTree<Domain>?], evaluator: some Evaluator<Domain.Query>,
    pool: WorkerPool, width: Int,
    start: @Sendable (Int, inout SearchTree<Domain>?) -> Void,
    finish: @Sendable (Int, inout SearchTree<Domain>?) -> Result,
    progress: (LockstepProgress) throws -> Void
  ) throws -> [Result] {
    precondition(width > 0, "lockstep width \(width) must be positive")
    var results = [Result?](repeating: nil, count: slots.count)
    var active: [Int] = []
    var answers: [Evaluation?] = []
    var unstarted = 0
    var waves = 0
    var expansions = 0
    while true {
      while active.count < width && unstarted < slots.count {
        active.append(unstarted)
        answers.append(nil)
        unstarted += 1
      }
      if active.isEmpty { return results.map { $0! } }
      let steps = pool.update(&slots, at: active) {
        [active, answers] position, slot -> (PendingQuery<Domain.Query>?, Result?) in
        if let answer = answers[position] {
          slot!.expand(answer)
        } else {
          start(active[position], &slot)
        }
        if let pending = slot!.nextQuery() { return (pending, nil) }
        return (nil, finish(active[position], &slot))
      }
      var waiting: [Int] = []
      var queries: [Domain.Query] = []
      var optionCounts: [Int] = []
      for (slot, (pending, result)) in zip(active, steps) {
        guard let pending else {
          results[slot] = result
          continue
        }
        waiting.append(slot)
        queries.append(pending.query)
        optionCounts.append(pending.optionCount)
      }
      active = waiting
      answers = []
      if !queries.isEmpty {
        let evaluations = try evaluator.evaluate(queries, optionCounts: optionCounts)
        precondition(
          evaluations.count == queries.count,
          "the evaluator gave \(evaluations.count) evaluations for \(queries.count) queries")
        answers = evaluations.map { $0 }
        waves += 1
        expansions += queries.count
      }
      try progress(
        LockstepProgress(
          waves: waves, expansions: expansions, finished: unstarted - active.count,
          active: active.count, total: slots.count))
    }
  }
}
