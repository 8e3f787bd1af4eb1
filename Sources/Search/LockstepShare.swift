public import Synchronization

/// The searches of one worker in one round of `LockstepSearch`.
@usableFromInline
struct Share<Domain: GoalDomain, Result: Sendable> {
  @usableFromInline
  struct Search {
    @usableFromInline let index: Int
    @usableFromInline var tree: SearchTree<Domain>?
    @usableFromInline var isDone = false

    @inlinable
    init(index: Int, tree: SearchTree<Domain>?) {
      self.index = index
      self.tree = tree
    }
  }

  @usableFromInline var searches: [Search] = []
  @usableFromInline var results: [(index: Int, result: Result)] = []
  @usableFromInline var waves = 0
  @usableFromInline var expansions = 0
  @usableFromInline var failure: (any Error)?

  @inlinable
  init(searches: [Search]) { self.searches = searches }

  /// Up to `count` even shares of the searches at `indices`, taken out of their slots.
  @inlinable
  static func shares(
    of indices: [Int], count: Int, from slots: inout [SearchTree<Domain>?]
  ) -> [Share] {
    let count = min(count, indices.count)
    return (0..<count).map { share in
      let range = indices.count * share / count..<indices.count * (share + 1) / count
      return Share(
        searches: indices[range].map { index in
          defer { slots[index] = nil }
          return Search(index: index, tree: slots[index])
        })
    }
  }

  /// Goes on with the searches until they ended, or those of all workers together took `rest`
  /// expansions. Unless the round is the last, half of the places being free ends it for all.
  @inlinable
  mutating func run(
    _ evaluator: some Evaluator<Domain.Query>, rest: borrowing Atomic<Int>, isLast: Bool,
    start: (Int, inout SearchTree<Domain>?) -> Void,
    finish: (Int, inout SearchTree<Domain>?) -> Result
  ) {
    let fewest = isLast ? 1 : (searches.count + 1) / 2
    var active = Array(searches.indices)
    for place in active { start(searches[place].index, &searches[place].tree) }
    while active.count >= fewest {
      var queries: [Domain.Query] = []
      var optionCounts: [Int] = []
      active.removeAll { place in
        if let pending = searches[place].tree!.nextQuery() {
          queries.append(pending.query)
          optionCounts.append(pending.optionCount)
          return false
        }
        let index = searches[place].index
        results.append((index, finish(index, &searches[place].tree)))
        searches[place].isDone = true
        return true
      }
      if queries.isEmpty { return }
      do {
        let evaluations = try evaluator.evaluate(queries, optionCounts: optionCounts)
        precondition(
          evaluations.count == queries.count,
          "the evaluator gave \(evaluations.count) evaluations for \(queries.count) queries")
        for (place, evaluation) in zip(active, evaluations) {
          searches[place].tree!.expand(evaluation)
        }
      } catch {
        failure = error
        rest.store(0, ordering: .relaxed)
        return
      }
      waves += 1
      expansions += queries.count
      if rest.subtract(queries.count, ordering: .relaxed).newValue <= 0 { return }
    }
    if !isLast { rest.store(0, ordering: .relaxed) }
  }
}
