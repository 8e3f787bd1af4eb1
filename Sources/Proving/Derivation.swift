public import Kernel
public import Search

/// A finished proof as a search found it: steps that name their arguments, nothing left to look
/// for.
///
/// Flat: children come after their parent, the root is first, and a step that several need is there
/// once. Untrusted until ``ProofElaborator`` made a term of it and the kernel checked that.
public struct Derivation: Sendable {
  public struct Step: Sendable, Hashable {
    public var action: Action
    /// The goal that the step is taken at.
    public var goal: Term
    /// The steps that prove what this one leaves, in order.
    public var children: [Int]

    public init(action: Action, goal: Term, children: [Int]) {
      self.action = action
      self.goal = goal
      self.children = children
    }
  }

  public var steps: [Step]

  public init(steps: [Step]) { self.steps = steps }

  /// Reads the proof off a solved search; choices of an arrow are no steps of their own.
  public init(_ solution: Solution<ProofState>) {
    let order = solution.steps
    // Where the step of a solution ends up, after choices are skipped.
    var target = [Int](repeating: -1, count: order.count)
    var actions: [Action?] = []
    var kept = 0
    for (index, step) in order.enumerated() {
      let action: Action?
      if let option = step.option {
        action = step.state.action(of: option)
      } else {
        action = step.state.closingAction
      }
      actions.append(action)
      if action != nil {
        target[index] = kept
        kept += 1
      }
    }
    for index in order.indices.reversed() where actions[index] == nil {
      target[index] = target[order[index].children[0]]
    }
    steps = []
    for (index, step) in order.enumerated() {
      guard let action = actions[index] else { continue }
      steps.append(
        Step(action: action, goal: step.state.goal, children: step.children.map { target[$0] }))
    }
  }
}

extension Derivation {
  /// The proof of one fact from what it cites.
  public init(showing fact: Term, by justification: Justification) {
    steps = [Step(action: .show(by: justification), goal: fact, children: [])]
  }
}
