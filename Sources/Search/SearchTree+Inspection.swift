/// What a search knows about one goal.
public struct GoalNode<Domain: GoalDomain> {
  public enum Standing: Sendable, Hashable {
    /// Created, but not reached yet.
    case unexpanded
    case open
    case solved
    case dead
  }

  /// The position of the goal in the order of creation; the root is 0.
  public let index: Int
  public let state: Domain
  public let standing: Standing
  /// Whether it was evaluated and its options are known.
  public let isExpanded: Bool
  public let visitCount: Int
  /// The estimated probability that it can be solved: 1 if solved, 0 if dead.
  public let value: Float
  /// The goal and option that it was created for; `nil` for the root.
  public let parent: (goal: Int, option: Int)?
  /// The option that solved it; `nil` if it is not solved, or was done from the start.
  public let solvingOption: Int?
}

/// What a search knows about one option of a goal.
public struct ActionNode: Sendable, Hashable {
  public enum Standing: Sendable, Hashable { case untried, open, solved, dead }

  public let option: Int
  public let standing: Standing
  /// Its probability under the evaluation of the goal.
  public let prior: Float
  public let visitCount: Int
  /// The goals that it leaves, by index, each once; empty before it was tried.
  public let subgoals: [Int]
}

extension SearchTree {
  /// The number of evaluations so far.
  public var expansions: Int { graph.expansions }

  /// The number of goals, expanded or not.
  public var goalCount: Int { graph.goals.count }

  /// The number of goals and options: what `SearchBudget.nodes` bounds.
  public var nodeCount: Int { graph.goals.count + graph.actions.count }

  /// The goal at `index`, which must be below `goalCount`.
  public func goal(_ index: Int) -> GoalNode<Domain> {
    let node = graph.goals[index]
    let standing: GoalNode<Domain>.Standing =
      switch node.resolution {
      case .solved: .solved
      case .dead: .dead
      case .open: node.isExpanded ? .open : .unexpanded
      }
    var parent: (goal: Int, option: Int)?
    if node.creator >= 0 { parent = place(of: node.creator) }
    return GoalNode(
      index: index, state: states[index], standing: standing, isExpanded: node.isExpanded,
      visitCount: Int(node.visits), value: Float(graph.value(of: Int32(index))), parent: parent,
      solvingOption: node.solvingAction < 0 ? nil : place(of: node.solvingAction).option)
  }

  /// The options of the goal at `index`, in order; empty before it is expanded.
  public func actions(of index: Int) -> [ActionNode] {
    let range = graph.actionRange(of: Int32(index))
    return range.map { position in
      let node = graph.actions[position]
      let standing: ActionNode.Standing =
        switch node.resolution {
        case .solved: .solved
        case .dead: .dead
        case .open: node.firstChild < 0 ? .untried : .open
        }
      return ActionNode(
        option: position - range.lowerBound, standing: standing, prior: node.prior,
        visitCount: Int(node.visits),
        subgoals: graph.children[graph.childRange(of: Int32(position))].map { Int($0) })
    }
  }

  /// All goals in order of creation, parents before children.
  public var goals: some RandomAccessCollection<GoalNode<Domain>> {
    (0..<goalCount).lazy.map { goal($0) }
  }

  func place(of action: Int32) -> (goal: Int, option: Int) {
    let goal = graph.actions[Int(action)].goal
    return (Int(goal), Int(action - graph.goals[Int(goal)].firstAction))
  }
}
