import Probability
import Search
import Testing

/// A solution replays: each step takes an option of its state, its children are exactly the
/// subgoals, and come later, so that no goal is used for itself.
func requireSolution<Domain: GoalDomain>(
  of goal: Int, in tree: SearchTree<Domain>, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  guard let solution = tree.solution(ofGoal: goal) else {
    try #require(tree.goal(goal).standing != .solved, sourceLocation: sourceLocation)
    return
  }
  try #require(solution.steps[0].state.key == tree.goal(goal).state.key)
  var needed: Set<Int> = [0]
  for (index, step) in solution.steps.enumerated() {
    try #require(needed.contains(index), sourceLocation: sourceLocation)
    guard let option = step.option else {
      guard case .done = step.state.status else {
        try #require(Bool(false), "step \(index) is not done", sourceLocation: sourceLocation)
        return
      }
      continue
    }
    guard case .choose(_, let optionCount) = step.state.status else {
      try #require(Bool(false), "step \(index) has no options", sourceLocation: sourceLocation)
      return
    }
    try #require(option >= 0 && option < optionCount, sourceLocation: sourceLocation)
    let subgoals = step.state.subgoals(after: option)
    try #require(
      subgoals.map(\.key) == step.children.map { solution.steps[$0].state.key },
      sourceLocation: sourceLocation)
    try #require(step.children.allSatisfy { $0 > index }, sourceLocation: sourceLocation)
    needed.formUnion(step.children)
  }
}

/// What the nodes say of themselves agrees with what their neighbors say.
func requireConsistent<Domain: GoalDomain>(
  _ node: GoalNode<Domain>, in tree: SearchTree<Domain>
) throws {
  let actions = tree.actions(of: node.index)
  if let parent = node.parent {
    try #require(parent.goal < node.index)
    try #require(tree.actions(of: parent.goal)[parent.option].subgoals.contains(node.index))
  } else {
    try #require(node.index == 0)
  }
  try #require(node.isExpanded == !actions.isEmpty)
  for action in actions {
    let standings = action.subgoals.map { tree.goal($0).standing }
    switch action.standing {
    case .untried: try #require(action.subgoals.isEmpty && action.visitCount == 0)
    case .open: try #require(!standings.contains(.dead) && standings.contains { $0 != .solved })
    case .solved: try #require(standings.allSatisfy { $0 == .solved })
    case .dead:
      try #require(standings.contains(.dead) || action.subgoals.contains(node.index))
    }
  }
  switch node.standing {
  case .unexpanded: try #require(node.visitCount == 0)
  case .open: try #require(actions.allSatisfy { $0.standing != .solved })
  case .solved:
    let isBySomething = node.solvingOption.map { actions[$0].standing == .solved }
    try #require(isBySomething ?? actions.isEmpty)
  case .dead: try #require(actions.allSatisfy { $0.standing != .solved })
  }
  if node.isExpanded {
    // The visit that finds a goal dead for going round in circles takes no option.
    let visits = 1 + actions.reduce(0) { $0 + $1.visitCount }
    try #require(
      node.visitCount == visits || node.standing == .dead && node.visitCount == visits + 1)
    let total = actions.reduce(Float(0)) { $0 + $1.prior }
    try #require(abs(total - 1) < 1e-5)
  }
  try #require(node.value >= 0 && node.value <= 1)
}
