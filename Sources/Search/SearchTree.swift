public import Probability

/// A goal that waits for its evaluation.
public struct PendingQuery<Query: Sendable>: Sendable {
  public let query: Query
  public let optionCount: Int

  @inlinable
  init(query: Query, optionCount: Int) {
    (self.query, self.optionCount) = (query, optionCount)
  }
}

/// A Monte Carlo search for a solution of one goal.
///
///     var tree = SearchTree(root: goal, budget: SearchBudget(expansions: 1000))
///     while let pending = tree.nextQuery() {
///       tree.expand(model(pending.query, pending.optionCount))
///     }
///
/// An option solves its goal when all of its subgoals are solved, and is dead when one of them is;
/// a goal is dead when all of its options are. Both hold at once in the whole graph, and resolved
/// options are not visited again. Goals with equal keys are one node. Proofs are well-founded, and
/// goals that can only lead round in circles are found dead. With enough budget the outcome is
/// exact for every finite domain.
///
/// Subgoals are asked for when an option is first tried, and `status` when a goal is first
/// reached. Goals that need no model (`.done`, `.stuck`, options without subgoals) cost no budget.
///
/// Deterministic: ties go to the lowest index, and nothing is drawn at random.
public struct SearchTree<Domain: GoalDomain> {
  @usableFromInline var graph: SearchGraph
  @usableFromInline var states: [Domain]
  @usableFromInline var indices: [Domain.Key: Int]
  /// The number of options of the goal that waits for its evaluation.
  @usableFromInline var pendingOptionCount: Int?

  @inlinable
  public init(root: Domain, selection: Selection = .puct(), budget: SearchBudget) {
    graph = SearchGraph(selection: selection, budget: budget)
    states = [root]
    indices = [root.key: 0]
  }

  /// How the search stands.
  @inlinable public var outcome: SearchOutcome { graph.outcome }

  /// Goes on to the next goal that needs an evaluation; `nil` when the search is over.
  ///
  /// Asked twice without `expand` between, it gives the same query again.
  ///
  /// - Complexity: Linear in the nodes and options that the descent meets.
  @inlinable
  public mutating func nextQuery() -> PendingQuery<Domain.Query>? {
    pendingOptionCount = nil
    if outcome != .open { return nil }
    graph.startDescent()
    while true {
      switch graph.descend() {
      case .finished:
        return nil
      case .tried(let goal, let option):
        let subgoals = states[goal].subgoals(after: option)
        guard graph.reserve(subgoals.count) else { return nil }
        graph.attach(subgoals.map { index(of: $0) })
      case .reached(let goal):
        switch states[goal].status {
        case .done: graph.resolve(isSolved: true)
        case .stuck: graph.resolve(isSolved: false)
        case .choose(let query, let optionCount):
          precondition(optionCount > 0, "a choice needs at least one option")
          guard graph.reserveExpansion(), graph.reserve(optionCount) else { return nil }
          pendingOptionCount = optionCount
          return PendingQuery(query: query, optionCount: optionCount)
        }
      }
    }
  }

  /// Gives the goal of the last query its evaluation.
  @inlinable
  public mutating func expand(_ evaluation: Evaluation) {
    guard let optionCount = pendingOptionCount else {
      preconditionFailure("expand(_:) answers a query, and none is pending")
    }
    precondition(
      evaluation.logWeights.count == optionCount,
      "\(evaluation.logWeights.count) log-weights for \(optionCount) options")
    pendingOptionCount = nil
    graph.expand(logWeights: evaluation.logWeights, value: evaluation.value)
  }

  @inlinable
  mutating func index(of state: Domain) -> Int {
    let key = state.key
    if let index = indices[key] { return index }
    let index = graph.addGoal()
    indices[key] = index
    states.append(state)
    return index
  }
}
