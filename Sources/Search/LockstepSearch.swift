public import Parallel
public import Probability
public import Synchronization

/// How far a lockstep run has come.
public struct LockstepProgress: Sendable, Hashable {
  /// The number of batches evaluated so far, by all workers.
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
/// Each worker has its share of the active searches. In each wave all of a share go on to their
/// next query, and the queries, in slot order, make one batch. After a round of some waves the
/// places of searches that ended go to the next ones, and shares are made even. The result of a
/// search depends on neither the others, nor `width`, nor the threads.
public enum LockstepSearch {
  /// Expansions of a round for each search that may be active: long enough that workers seldom wait
  /// for one another, short enough to stop soon.
  @usableFromInline static let roundLength = 16

  /// Runs `trees` to their ends.
  ///
  /// - Parameters:
  ///   - evaluator: Asked by several workers at a time.
  ///   - width: The number of searches that run at the same time.
  ///   - progress: Called after each round; throw to stop early.
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
  ///   - evaluator: Asked by several workers at a time.
  ///   - start: Makes a search; runs on a worker.
  ///   - finish: What remains of a search; runs on a worker.
  ///   - progress: Called after each round; throw to stop early.
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
    var unstarted = 0, waves = 0, expansions = 0
    while true {
      let first = unstarted
      unstarted += min(width - active.count, slots.count - unstarted)
      active += first..<unstarted
      if active.isEmpty { return results.map { $0! } }
      var shares = Share<Domain, Result>.shares(of: active, count: pool.threads, from: &slots)
      let rest = Atomic<Int>(roundLength * active.count)
      let isLast = unstarted == slots.count
      pool.update(&shares) { _, share in
        share.run(
          evaluator, rest: rest, isLast: isLast,
          start: { index, tree in if index >= first { start(index, &tree) } }, finish: finish)
      }
      active = []
      for share in shares {
        waves += share.waves
        expansions += share.expansions
        for (index, result) in share.results { results[index] = result }
        for search in share.searches {
          slots[search.index] = search.tree
          if !search.isDone { active.append(search.index) }
        }
      }
      if let failure = shares.lazy.compactMap(\.failure).first { throw failure }
      try progress(
        LockstepProgress(
          waves: waves, expansions: expansions, finished: unstarted - active.count,
          active: active.count, total: slots.count))
    }
  }
}
