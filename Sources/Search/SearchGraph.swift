/// The AND/OR graph of a search, as numbers: it knows goals and options by index only.
///
/// Goals are OR nodes, actions (an option at a goal) are AND nodes. Equal goals are one node, so a
/// goal may have several parents and the graph may have cycles. All nodes of a kind lie in one
/// array; the actions of a goal, and the subgoals of an action, are ranges.
@usableFromInline
struct SearchGraph {
  enum Resolution: UInt8 { case open, solved, dead }

  struct Goal {
    var resolution = Resolution.open
    /// First of the actions; -1 before expansion.
    var firstAction: Int32 = -1
    var actionCount: Int32 = 0
    /// The number of actions that are neither solved nor dead.
    var liveActions: Int32 = 0
    /// The action that solved the goal, all of whose subgoals had been solved before.
    var solvingAction: Int32 = -1
    /// The action that this goal was created for; -1 for the root.
    var creator: Int32
    /// Head of the list of actions with this subgoal, in `links`.
    var firstLink: Int32 = -1
    var visits: Int32 = 0
    /// The sum of what visits backed up; the evaluation counts as the first.
    var valueSum = 0.0
    /// Position on the current path; -1 if not on it.
    var depth: Int32 = -1
    /// The descent that backed out of this goal last, and how far up its obstacles reached.
    var blockedIn: UInt32 = 0
    var low: Int32 = 0

    var isExpanded: Bool { firstAction >= 0 }
  }

  struct Action {
    var resolution = Resolution.open
    var goal: Int32
    var prior: Float
    var visits: Int32 = 0
    /// PUCT: the product of the subgoals' values, as of the last visit. Paper: `W`.
    var value = 0.0
    /// First of the subgoals, in `children`; -1 before the first visit.
    var firstChild: Int32 = -1
    /// The number of distinct subgoals.
    var childCount: Int32 = 0
    var unsolvedChildren: Int32 = 0
    /// The descent in which this option led back onto the path.
    var blockedIn: UInt32 = 0
  }

  /// One action in the list of those with a given subgoal.
  struct Link {
    let action: Int32
    let next: Int32
  }

  /// One goal of the current descent.
  struct PathEntry {
    let goal: Int32
    /// The action selected at the goal; -1 before selection.
    var action: Int32 = -1
    /// The position furthest up the path that an obstacle at this goal refers to.
    var low = Int32.max
    /// The number of goals that had been backed out of when this one was entered.
    let blockedCount: Int
  }

  let selection: Selection
  let budget: SearchBudget

  var goals: [Goal] = []
  var actions: [Action] = []
  var children: [Int32] = []
  var links: [Link] = []

  var path: [PathEntry] = []
  /// Goals that the current descent backed out of, in order.
  var blocked: [Int32] = []
  var descent: UInt32 = 0
  var expansions = 0
  var isExhausted = false

  /// Goals whose new resolution has not reached their parents yet.
  var unpropagated: [Int32] = []

  @usableFromInline
  init(selection: Selection, budget: SearchBudget) {
    self.selection = selection
    self.budget = budget
    goals.append(Goal(creator: -1))
  }

  @usableFromInline var goalCount: Int { goals.count }

  @usableFromInline var outcome: SearchOutcome {
    switch goals[0].resolution {
    case .solved: .solved
    case .dead: .dead
    case .open: isExhausted ? .exhausted(expansions: expansions) : .open
    }
  }

  /// The present estimate of the probability that `goal` can be solved.
  ///
  /// A goal that was not evaluated counts as 1, so that it does not speak against its siblings.
  func value(of goal: Int32) -> Double {
    let node = goals[Int(goal)]
    switch node.resolution {
    case .solved: return 1
    case .dead: return 0
    case .open: return node.visits == 0 ? 1 : node.valueSum / Double(node.visits)
    }
  }

  func actionRange(of goal: Int32) -> Range<Int> {
    let node = goals[Int(goal)]
    guard node.isExpanded else { return 0..<0 }
    return Int(node.firstAction)..<Int(node.firstAction + node.actionCount)
  }

  func childRange(of action: Int32) -> Range<Int> {
    let node = actions[Int(action)]
    guard node.firstChild >= 0 else { return 0..<0 }
    return Int(node.firstChild)..<Int(node.firstChild + node.childCount)
  }
}
