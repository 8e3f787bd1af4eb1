extension SearchGraph {
  /// What a descent needs from the domain before it can go on.
  @usableFromInline
  enum Step {
    /// The search is over.
    case finished
    /// A goal without known options was reached: evaluate or resolve it.
    case reached(goal: Int)
    /// An option is tried for the first time: attach its subgoals.
    case tried(goal: Int, option: Int)
  }

  /// Starts over from the root.
  @usableFromInline
  mutating func startDescent() {
    leavePath()
    descent &+= 1
    enter(0)
  }

  /// Goes down from the end of the path, to the next point where the domain is needed.
  ///
  /// An option with a subgoal on the path is no way to solve any goal of the path (a shortest
  /// proof repeats no goal on a branch), so it is skipped. A goal all of whose options are skipped
  /// is backed out of, and not entered again by this descent. So a descent takes linear time. It
  /// cannot miss a way: if a goal that it backs out of can still be solved, take one of lowest
  /// rank, where the rank is the height of the lowest proof that the open leaves allow. The
  /// subgoals of that proof's first option have lower ranks, so they were no obstacles.
  @usableFromInline
  mutating func descend() -> Step {
    while goals[0].resolution == .open {
      if path.isEmpty { startDescent() }
      let top = path.count - 1
      let goal = path[top].goal
      let node = goals[Int(goal)]
      if !node.isExpanded { return .reached(goal: Int(goal)) }
      var action = path[top].action
      if action < 0 {
        action = selectAction(goal)
        if action < 0 {
          backOut()
          continue
        }
        path[top].action = action
        if actions[Int(action)].firstChild < 0 {
          return .tried(goal: Int(goal), option: Int(action - node.firstAction))
        }
      }
      if let obstacle = obstacle(at: action) {
        block(top, obstacle)
      } else {
        enter(selectChild(action))
      }
    }
    leavePath()
    return .finished
  }

  /// Stores the subgoals of the option being tried, and ends the descent if that resolves it.
  ///
  /// Goals up to `goalCount` must exist; repeated ones count once.
  @usableFromInline
  mutating func attach(_ subgoals: [Int]) {
    let action = path[path.count - 1].action
    let owner = path[path.count - 1].goal
    let first = children.count
    var unsolved: Int32 = 0
    var isDead = false
    for index in subgoals {
      let child = Int32(index)
      if children[first...].contains(child) { continue }
      children.append(child)
      let resolution = goals[index].resolution
      // A goal that needs itself is no nearer to its solution.
      if resolution == .dead || child == owner { isDead = true }
      if resolution == .open { unsolved += 1 }
    }
    actions[Int(action)].firstChild = Int32(first)
    actions[Int(action)].childCount = Int32(children.count - first)
    actions[Int(action)].unsolvedChildren = unsolved
    if isDead {
      killAction(action)
    } else if unsolved == 0 {
      solveAction(action)
    } else {
      for child in children[first...] where goals[Int(child)].resolution == .open {
        links.append(Link(action: action, next: goals[Int(child)].firstLink))
        goals[Int(child)].firstLink = Int32(links.count - 1)
      }
      return
    }
    propagate()
    backUp(leafValue: isDead ? 0 : 1)
  }

  /// Adds a goal that the option being tried leads to.
  @usableFromInline
  mutating func addGoal() -> Int {
    goals.append(Goal(creator: path[path.count - 1].action))
    return goals.count - 1
  }

  /// Whether `count` more nodes fit the budget; the search ends if not.
  @usableFromInline
  mutating func reserve(_ count: Int) -> Bool {
    if goals.count + actions.count + count <= budget.nodes { return true }
    isExhausted = true
    leavePath()
    return false
  }

  /// Whether one more expansion fits the budget; the search ends if not.
  @usableFromInline
  mutating func reserveExpansion() -> Bool {
    if expansions < budget.expansions { return true }
    isExhausted = true
    leavePath()
    return false
  }

  private mutating func enter(_ goal: Int32) {
    goals[Int(goal)].depth = Int32(path.count)
    path.append(PathEntry(goal: goal, blockedCount: blocked.count))
  }

  private mutating func leavePath() {
    for entry in path { goals[Int(entry.goal)].depth = -1 }
    path.removeAll(keepingCapacity: true)
    blocked.removeAll(keepingCapacity: true)
  }

  /// If an open subgoal is on the path or was backed out of: how far up the path the obstacle
  /// refers, and of several the one nearest.
  private func obstacle(at action: Int32) -> Int32? {
    var nearest: Int32?
    for child in children[childRange(of: action)] {
      let node = goals[Int(child)]
      if node.resolution != .open { continue }
      if node.depth >= 0 {
        nearest = max(nearest ?? -1, node.depth)
      } else if node.blockedIn == descent {
        nearest = max(nearest ?? -1, node.low)
      }
    }
    return nearest
  }

  /// Skips the action selected at `position` for the rest of this descent.
  private mutating func block(_ position: Int, _ low: Int32) {
    actions[Int(path[position].action)].blockedIn = descent
    path[position].action = -1
    path[position].low = min(path[position].low, low)
  }

  /// Leaves the last goal of the path, none of whose options can be taken.
  ///
  /// If its obstacles, and those of the goals backed out of below it, reach no further up than
  /// itself, then all of these goals only lead to one another: they are dead. (The same bookkeeping
  /// as in Tarjan's strongly connected components.)
  private mutating func backOut() {
    let entry = path[path.count - 1]
    let depth = Int32(path.count - 1)
    if entry.low >= depth {
      kill(entry.goal)
      for goal in blocked[entry.blockedCount...] { kill(goal) }
      propagate()
      backUp(leafValue: 0)
      return
    }
    // What referred to this goal now refers to where its own obstacles are.
    for goal in blocked[entry.blockedCount...] {
      goals[Int(goal)].low = min(goals[Int(goal)].low, entry.low)
    }
    goals[Int(entry.goal)].depth = -1
    goals[Int(entry.goal)].blockedIn = descent
    goals[Int(entry.goal)].low = entry.low
    blocked.append(entry.goal)
    path.removeLast()
    block(path.count - 1, entry.low)
  }
}
