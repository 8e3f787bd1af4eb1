import Probability
import Randomness
import Search
import TestSupport
import Testing

@Suite struct ExactnessTests {
  static let rules: [Selection] = [
    .puct(), .puct(exploration: 0.1, firstPlayUrgency: .fixed(0)),
    .puct(exploration: 4, firstPlayUrgency: .belowParent(0.3)), .paper,
  ]

  /// Against the least fixed point, on random graphs with cycles.
  @Test(arguments: rules)
  func randomGraphs(_ rule: Selection) throws {
    var solvedCount = 0
    var deadOnlyByCycles = 0
    try forAll(1000) { random in
      let table = TableGoal.Table.random(&random)
      let evaluator = NoisyEvaluator(key: RandomKey(seed: random.next()))
      let truth = table.solvable()
      var tree = SearchTree(
        root: table.root(), selection: rule, budget: SearchBudget(expansions: 1 << 20))
      try tree.run(evaluator)
      try #require(tree.outcome == (truth[0] ? .solved : .dead))
      // Each goal is evaluated once at most.
      try #require(tree.expansions <= table.options.count)
      for node in tree.goals {
        if node.standing == .solved { try #require(truth[node.state.key]) }
        if node.standing == .dead { try #require(!truth[node.state.key]) }
        try requireConsistent(node, in: tree)
        try requireSolution(of: node.index, in: tree)
      }
      if truth[0] { solvedCount += 1 }
      if !truth[0] && !table.hopeless()[0] { deadOnlyByCycles += 1 }
    }
    // The sample is not one-sided.
    #expect(solvedCount > 200 && solvedCount < 800)
    #expect(deadOnlyByCycles > 50)
  }

  /// Small budgets stop where they say, and never claim what is not so.
  @Test(arguments: rules)
  func budgets(_ rule: Selection) throws {
    try forAll(300, seed: 1) { random in
      let table = TableGoal.Table.random(&random)
      let evaluator = NoisyEvaluator(key: RandomKey(seed: random.next()))
      let truth = table.solvable()
      let budget = random.uniform(below: 6)
      var tree = SearchTree(
        root: table.root(), selection: rule, budget: SearchBudget(expansions: budget))
      try tree.run(evaluator)
      switch tree.outcome {
      case .solved: try #require(truth[0])
      case .dead: try #require(!truth[0])
      case .exhausted(let expansions):
        try #require(expansions == budget && tree.expansions == budget)
        try #require(tree.nextQuery() == nil)
      case .open: try #require(Bool(false), "a search that ended is open")
      }
    }
  }

  @Test func nodeBudget() throws {
    let puzzle = SlidingPuzzle(width: 3, tiles: [8, 6, 7, 2, 5, 4, 3, 0, 1])
    var tree = SearchTree(root: puzzle, budget: SearchBudget(expansions: 1 << 20, nodes: 1000))
    try tree.run(UniformEvaluator())
    guard case .exhausted(let expansions) = tree.outcome else {
      Issue.record("\(tree.outcome)")
      return
    }
    #expect(expansions > 100 && expansions < 1000)
    #expect(tree.nodeCount <= 1000 && tree.nodeCount > 990)
  }

  /// Bouton's theorem: the player to move wins unless the heaps xor to zero.
  @Test(arguments: [Selection.puct(), .paper])
  func nim(_ rule: Selection) throws {
    for first in 0...5 {
      for second in 0...5 {
        for third in 0...4 {
          var tree = SearchTree(
            root: Nim(heaps: [first, second, third]), selection: rule,
            budget: SearchBudget(expansions: 100_000))
          try tree.run(UniformEvaluator())
          let isWon = first ^ second ^ third != 0
          #expect(tree.outcome == (isWon ? .solved : .dead), "\(first) \(second) \(third)")
          try requireSolution(of: 0, in: tree)
        }
      }
    }
  }

  /// Half of all arrangements can be sorted; the others are found dead.
  @Test(arguments: [(2, 2), (3, 2)])
  func allSmallPuzzles(_ width: Int, _ height: Int) throws {
    let distances = SlidingPuzzle.solved(width: width, height: height).distances()
    let factorial = (1...(width * height)).reduce(1, *)
    #expect(distances.count == factorial / 2)
    for (index, tiles) in permutations(width * height).enumerated() where index % 7 == 0 {
      var tree = SearchTree(
        root: SlidingPuzzle(width: width, tiles: tiles), budget: SearchBudget(expansions: 1 << 20))
      try tree.run(UniformEvaluator())
      #expect(tree.outcome == (distances[tiles] != nil ? .solved : .dead))
      guard let solution = tree.solution() else { continue }
      #expect(solution.steps.count - 1 >= distances[tiles]!)
      try requireSolution(of: 0, in: tree)
    }
  }

  /// With the true distance in the value, the search goes straight along a shortest way.
  @Test func shortestWayWithPerfectValues() throws {
    let distances = SlidingPuzzle.solved(width: 3, height: 3).distances()
    #expect(distances.count == 181_440)
    #expect(distances.values.max() == 31)
    struct Perfect: Evaluator {
      let distances: [[UInt8]: Int]
      func evaluate(_ batch: [[UInt8]], optionCounts: [Int]) -> [Evaluation] {
        zip(batch, optionCounts).map { tiles, optionCount in
          let puzzle = SlidingPuzzle(width: 3, tiles: tiles)
          let weights = (0..<optionCount).map { option -> Float in
            let next = puzzle.subgoals(after: option)[0].tiles
            return distances[next]! < distances[tiles]! ? 0 : -20
          }
          return Evaluation(logWeights: weights, value: 1 - Float(distances[tiles]!) / 32)
        }
      }
    }
    let evaluator = Perfect(distances: distances)
    try forAll(50, seed: 2) { random in
      var puzzle = SlidingPuzzle.solved(width: 3, height: 3)
      for _ in 0..<200 { puzzle.take(random.uniform(below: puzzle.moves.count)) }
      let distance = distances[puzzle.tiles]!
      var tree = SearchTree(
        root: puzzle, selection: .puct(exploration: 0.01),
        budget: SearchBudget(expansions: 10_000))
      try tree.run(evaluator)
      let solution = try #require(tree.solution())
      try #require(solution.steps.count - 1 == distance)
      try #require(tree.expansions == distance)
    }
  }
}

private func permutations(_ count: Int) -> [[UInt8]] {
  var result: [[UInt8]] = [[]]
  for tile in 0..<UInt8(count) {
    result = result.flatMap { partial in
      (0...partial.count).map { partial.prefix($0) + [tile] + partial.suffix(partial.count - $0) }
    }
  }
  return result
}
