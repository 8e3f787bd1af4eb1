/// A proof found by a search: the option taken at each goal that it needs.
///
/// Flat, so that deep proofs need no recursion, and shared, so that a goal needed in several
/// places appears once. The children of a step come after it.
public struct Solution<Domain: GoalDomain> {
  public struct Step {
    public let state: Domain
    /// The option taken; `nil` if the state was done.
    public let option: Int?
    /// The steps that solve the subgoals, in the order of `subgoals(after:)`.
    public let children: [Int]
    /// The probability of the option under the evaluation of its goal; 1 if the state was done.
    public let prior: Float
    /// The goal's index in the search.
    public let goal: Int
  }

  /// The steps from the root, which is the first.
  public let steps: [Step]
}

extension SearchTree {
  /// The solution of the root; `nil` if it is not solved.
  public func solution() -> Solution<Domain>? {
    solution(ofGoal: 0)
  }

  /// The solution of the goal at `index`; `nil` if it is not solved.
  ///
  /// - Complexity: Linear in the size of the solution; asks for the subgoals of its steps again.
  public func solution(ofGoal index: Int) -> Solution<Domain>? {
    guard graph.goals[index].resolution == .solved else { return nil }
    let order = solvedGoals(below: index)
    var positions: [Int: Int] = [:]
    for (position, goal) in order.enumerated() { positions[goal] = position }
    return Solution(
      steps: order.map { goal in
        let action = graph.goals[goal].solvingAction
        let state = states[goal]
        guard action >= 0 else {
          return Solution.Step(state: state, option: nil, children: [], prior: 1, goal: goal)
        }
        let option = place(of: action).option
        let children = state.subgoals(after: option).map { positions[indices[$0.key]!]! }
        let prior = graph.actions[Int(action)].prior
        return Solution.Step(
          state: state, option: option, children: children, prior: prior, goal: goal)
      })
  }

  /// The goals that the solution of `root` needs, each before its subgoals.
  private func solvedGoals(below root: Int) -> [Int] {
    var finished: [Int] = []
    var entered: Set<Int> = [root]
    var stack: [(goal: Int, remaining: Range<Int>)] = [(root, subgoalRange(root))]
    while let (goal, remaining) = stack.last {
      guard let position = remaining.first else {
        finished.append(goal)
        stack.removeLast()
        continue
      }
      stack[stack.count - 1].remaining = remaining.dropFirst()
      let child = Int(graph.children[position])
      if entered.insert(child).inserted { stack.append((child, subgoalRange(child))) }
    }
    return finished.reversed()
  }

  private func subgoalRange(_ goal: Int) -> Range<Int> {
    let action = graph.goals[goal].solvingAction
    return action < 0 ? 0..<0 : graph.childRange(of: action)
  }
}
