import Glibc
import Probability
import Randomness
import Search
import TestSupport
import Testing

@Suite struct SelectionTests {
  /// Three options with priors 1/2, 3/10, 1/5, and goals without end below them.
  static let fork = TableGoal.Table(
    options: [[[1], [2], [3]], [[4]], [[5]], [[6]], [[7]], [[8]], [[9]], [[]], [[]], [[]]])

  static func evaluation(_ goal: Int) -> Evaluation {
    let values: [Float] = [0.4, 0.1, 0.9, 0.2, 0.3, 0.5, 0.6, 0.7, 0.8, 0.25]
    let weights = goal == 0 ? [log(0.5), log(0.3), log(0.2)].map { Float($0) } : [0]
    return Evaluation(logWeights: weights, value: values[goal])
  }

  /// The first queries of a search.
  static func queries(_ rule: Selection, _ count: Int) -> [Int] {
    var tree = SearchTree(
      root: fork.root(), selection: rule, budget: SearchBudget(expansions: count))
    var queries: [Int] = []
    while let pending = tree.nextQuery() {
      queries.append(pending.query)
      tree.expand(evaluation(pending.query))
    }
    return queries
  }

  /// Worked by hand; V is the value of the root, N its visits, √N · P / (1 + n) is added to Q.
  @Test func puctByHand() {
    // N = 1, V = 0.4,  untried 0.3:  0.3 + 0.5,   0.3 + 0.3,   0.3 + 0.2     → option 0, goal 1
    // N = 2, V = 0.25, untried 0.15: 0.1 + 0.354, 0.15 + 0.424, 0.15 + 0.283 → option 1, goal 2
    // N = 3, V = 0.467:              0.1 + 0.433, 0.9 + 0.260                → option 1, goal 5
    //        goal 2 is now worth (0.9 + 0.5) / 2 = 0.7
    // N = 4, V = 0.525:              0.1 + 0.5,   0.7 + 0.2, 0.425 + 0.4     → option 1, goal 8
    #expect(
      Self.queries(.puct(exploration: 1, firstPlayUrgency: .belowParent(0.1)), 5)
        == [0, 1, 2, 5, 8])
    // Five times the exploration, untried 0:
    // N = 1:         2.5,         1.5,         1     → option 0, goal 1
    // N = 2: 0.1 + 1.768,       2.121,         1.414 → option 1, goal 2
    // N = 3: 0.1 + 2.165, 0.9 + 1.299,         1.732 → option 0, goal 4: now worth 0.2
    // N = 4: 0.2 + 1.667, 0.9 + 1.5,           2     → option 1, goal 5
    #expect(
      Self.queries(.puct(exploration: 5, firstPlayUrgency: .fixed(0)), 5) == [0, 1, 2, 4, 5])
    // Without exploration and urgency, the first option with a value keeps the lead.
    #expect(
      Self.queries(.puct(exploration: 0, firstPlayUrgency: .fixed(0)), 4) == [0, 1, 4, 7])
  }

  /// Untried options first, in order. Then, with W = 11 v, the averages are 1.1, 9.9 and 2.2, the
  /// sum 13.2, N = 4, log2 N = 2: 0.5 (0.083 + 1) = 0.54, 0.3 (0.75 + 1) = 0.525,
  /// 0.2 (0.167 + 1) = 0.233 → option 0, goal 4, which passes 0.3 up: W/n = (1.1 + 0.3) / 2 = 0.7.
  /// N = 5, log2 N = 2.322: 0.5 (0.055 + 0.762) = 0.408, 0.3 (0.773 + 1.077) = 0.555 → goal 5.
  @Test func paperByHand() {
    #expect(Self.queries(.paper, 6) == [0, 1, 2, 3, 4, 5])
  }

  @Test func valuesAreAverages() {
    var tree = SearchTree(
      root: Self.fork.root(), selection: .puct(exploration: 1, firstPlayUrgency: .belowParent(0.1)),
      budget: SearchBudget(expansions: 4))
    while let pending = tree.nextQuery() { tree.expand(Self.evaluation(pending.query)) }
    // Visits of the root: 0.4 itself, 0.1, 0.9, then 0.7, the new value of goal 2.
    #expect(abs(tree.goal(0).value - (0.4 + 0.1 + 0.9 + 0.7) / 4) < 1e-6)
    #expect(tree.actions(of: 0).map(\.visitCount) == [1, 2, 0])
    for (action, prior) in zip(tree.actions(of: 0), [0.5, 0.3, 0.2] as [Float]) {
      #expect(abs(action.prior - prior) < 1e-6)
    }
    #expect(tree.goal(2).parent?.goal == 0 && tree.goal(2).parent?.option == 1)
  }

  /// An option with several subgoals: each is evaluated, then the one of least value is taken.
  @Test func hardestSubgoalFirst() {
    let table = TableGoal.Table(
      options: [[[1, 2, 3]], [[4]], [[5]], [[6]], [[7]], [[8]], [[9]], [[10]], [[11]], [[]]])
    let values: [Float] = [0.5, 0.5, 0.25, 0.5, 0.9, 0.75, 0.9, 0.9, 0.9, 0.9]
    var tree = SearchTree(root: table.root(), budget: SearchBudget(expansions: 6))
    var queries: [Int] = []
    var rootValues: [Float] = []
    while let pending = tree.nextQuery() {
      queries.append(pending.query)
      tree.expand(Evaluation(logWeights: [0], value: values[pending.query]))
      rootValues.append(tree.goal(0).value * Float(tree.goal(0).visitCount))
    }
    // Goal 2 is the hardest, until goal 5 raises it to (0.25 + 0.75) / 2 = 0.5: goal 1 is first.
    #expect(queries == [0, 1, 2, 3, 5, 4])
    // What each visit adds: 0.5; 0.5; 0.5 · 0.25; 0.5 · 0.25 · 0.5; 0.5³; (0.5 + 0.9)/2 · 0.5².
    var expected: Float = 0
    let added: [Float] = [0.5, 0.5, 0.125, 0.0625, 0.125, 0.175]
    for (value, term) in zip(rootValues, added) {
      expected += term
      #expect(abs(value - expected) < 1e-5)
    }
  }

  /// Against a second implementation, by recursion over plain objects.
  @Test(arguments: ExactnessTests.rules)
  func agreesWithPlainRecursion(_ rule: Selection) throws {
    try forAll(100, seed: 3) { random in
      let goal = BranchingGoal(key: random.next() | 1)
      var tree = SearchTree(root: goal, selection: rule, budget: SearchBudget(expansions: 60))
      let plain = PlainSearch(goal, rule)
      while let pending = tree.nextQuery() {
        plain.visitUntilExpansion()
        try #require(plain.queries.last == pending.query)
        tree.expand(BranchingGoal.evaluation(pending.query, pending.optionCount))
      }
      if tree.outcome == .solved || tree.outcome == .dead {
        plain.visitUntilExpansion()
        try #require(plain.queries.count == tree.expansions)
        try #require(plain.root.isSolved == (tree.outcome == .solved))
      }
    }
  }
}
