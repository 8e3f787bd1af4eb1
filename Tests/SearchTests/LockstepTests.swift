import Parallel
import Probability
import Randomness
import Search
import Synchronization
import Testing

@Suite struct LockstepTests {
  /// What a search found, in full.
  struct Summary: Equatable {
    let outcome: SearchOutcome
    let expansions: Int
    let goals: [String]
    let solution: [Int?]

    init(_ tree: SearchTree<TableGoal>) {
      outcome = tree.outcome
      expansions = tree.expansions
      goals = tree.goals.map { node in
        let actions = tree.actions(of: node.index).map { "\($0)" }
        return "\(node.state.key) \(node.standing) \(node.visitCount) \(node.value) \(actions)"
      }
      solution = tree.solution()?.steps.map(\.option) ?? []
    }
  }

  static func trees() -> [SearchTree<TableGoal>] {
    (0..<90).map { index in
      var random = RandomKey(seed: 4).child("table", index).stream()
      let table = TableGoal.Table.random(&random)
      return SearchTree(
        root: table.root(), selection: index % 4 == 3 ? .paper : .puct(),
        budget: SearchBudget(expansions: index % 20))
    }
  }

  static let evaluator = NoisyEvaluator(key: RandomKey(seed: 5))

  static func alone() throws -> [Summary] {
    try trees().map { tree in
      var tree = tree
      try tree.run(evaluator)
      return Summary(tree)
    }
  }

  @Test(arguments: [1, 2, 4], [1, 7, 64, 1000])
  func sameForAllThreadsAndWidths(_ threads: Int, _ width: Int) throws {
    let pool = WorkerPool(threads: threads)
    let alone = try Self.alone()
    var trees = Self.trees()
    var last: LockstepProgress?
    try LockstepSearch.run(&trees, evaluator: Self.evaluator, pool: pool, width: width) {
      #expect($0.active <= width)
      #expect($0.waves > (last?.waves ?? 0) || $0.active == 0)
      #expect($0.finished >= (last?.finished ?? 0))
      last = $0
    }
    #expect(trees.map { Summary($0) } == alone)
    #expect(last?.finished == 90 && last?.active == 0 && last?.total == 90)
    #expect(last?.expansions == alone.reduce(0) { $0 + $1.expansions })

    let summaries = try LockstepSearch.run(
      count: 90, evaluator: Self.evaluator, pool: pool, width: width,
      start: { Self.trees()[$0] }, finish: { [$0: Summary($1)] })
    #expect(summaries == alone.enumerated().map { [$0: $1] })
  }

  /// Batches hold one query of each active search of a worker, in slot order.
  @Test func batchesAreInSlotOrder() throws {
    final class Recorder: Evaluator {
      let batches = Mutex<[[Int]]>([])
      func evaluate(_ batch: [Int], optionCounts: [Int]) -> [Evaluation] {
        batches.withLock { $0.append(batch) }
        return UniformEvaluator().evaluate(batch, optionCounts: optionCounts)
      }
    }
    // Search i has the goals 10 i, 10 i + 1, ... in a chain of length i + 1.
    let tables = (0..<4).map { index in
      var table = TableGoal.Table(options: [[[Int]]](repeating: [], count: 10 * index + 10))
      for step in 0...index {
        table.options[10 * index + step] = [step == index ? [] : [10 * index + step + 1]]
      }
      return table.root(10 * index)
    }
    var trees = tables.map { SearchTree(root: $0, budget: SearchBudget(expansions: 100)) }
    let recorder = Recorder()
    try LockstepSearch.run(
      &trees, evaluator: recorder, pool: WorkerPool(threads: 1), width: 3)
    let batches = recorder.batches.withLock { $0 }
    // Search 3 starts in the round after that in which half of the places were left.
    #expect(batches == [[0, 10, 20], [11, 21], [22], [30], [31], [32], [33]])
    #expect(trees.allSatisfy { $0.outcome == .solved })
  }

  /// A failure leaves trees that can be run on to the same result.
  @Test func failuresLoseNothing() throws {
    struct Stop: Error {}
    let pool = WorkerPool(threads: 2)
    var trees = Self.trees()
    var failures = 0
    while true {
      do {
        try LockstepSearch.run(&trees, evaluator: Self.evaluator, pool: pool, width: 8) {
          if $0.active > 0 { throw Stop() }
        }
        break
      } catch is Stop {
        failures += 1
      }
    }
    #expect(failures > 5)
    #expect(try trees.map { Summary($0) } == Self.alone())
  }

  /// So does a failure of the evaluator, with several shares.
  @Test func failingEvaluatorsLoseNothing() throws {
    struct Stop: Error {}
    final class Failing: Evaluator {
      let calls = Mutex(0)
      func evaluate(_ batch: [Int], optionCounts: [Int]) throws -> [Evaluation] {
        let call = calls.withLock { calls in
          calls += 1
          return calls
        }
        if call % 5 == 0 { throw Stop() }
        return LockstepTests.evaluator.evaluate(batch, optionCounts: optionCounts)
      }
    }
    for threads in [1, 3] {
      var trees = Self.trees()
      let failing = Failing()
      var failures = 0
      while true {
        do {
          try LockstepSearch.run(
            &trees, evaluator: failing, pool: WorkerPool(threads: threads), width: 8)
          break
        } catch is Stop {
          failures += 1
        }
      }
      #expect(failures > 5)
      #expect(try trees.map { Summary($0) } == Self.alone())
    }
  }
}
