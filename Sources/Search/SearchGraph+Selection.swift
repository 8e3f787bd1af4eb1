import Glibc

extension SearchGraph {
  /// The best open action of `goal` that this descent may take, the first of equals; -1 if none.
  func selectAction(_ goal: Int32) -> Int32 {
    switch selection {
    case .puct(let exploration, let firstPlayUrgency):
      selectPUCT(goal, exploration: exploration, firstPlayUrgency)
    case .paper:
      selectPaper(goal)
    }
  }

  private func selectPUCT(
    _ goal: Int32, exploration: Float, _ firstPlayUrgency: FirstPlayUrgency
  ) -> Int32 {
    let untried: Double
    switch firstPlayUrgency {
    case .fixed(let value): untried = Double(value)
    case .belowParent(let reduction): untried = value(of: goal) - Double(reduction)
    }
    let scale = Double(exploration) * Double(goals[Int(goal)].visits).squareRoot()
    let range = actionRange(of: goal)
    return actions.withUnsafeBufferPointer { actions in
      var best: Int32 = -1
      var bestScore = -Double.infinity
      for index in range {
        let action = actions[index]
        if action.resolution != .open || action.blockedIn == descent { continue }
        let value = action.visits == 0 ? untried : action.value
        let score = value + scale * Double(action.prior) / Double(1 + action.visits)
        if score > bestScore {
          best = Int32(truncatingIfNeeded: index)
          bestScore = score
        }
      }
      return best
    }
  }

  private func selectPaper(_ goal: Int32) -> Int32 {
    let range = actionRange(of: goal)
    var total = 0.0
    for index in range where actions[index].resolution == .open {
      if actions[index].visits > 0 {
        total += actions[index].value / Double(actions[index].visits)
      } else if actions[index].blockedIn != descent {
        return Int32(index)
      }
    }
    let logVisits = log2(Double(goals[Int(goal)].visits))
    var best: Int32 = -1
    var bestScore = -Double.infinity
    for index in range {
      let action = actions[index]
      if action.resolution != .open || action.blockedIn == descent { continue }
      let visits = Double(action.visits)
      let share = total > 0 ? action.value / visits / total : 0
      let exploration = (0.5).squareRoot() * (logVisits / visits).squareRoot()
      let score = Double(action.prior) * (share + exploration)
      if score > bestScore {
        best = Int32(index)
        bestScore = score
      }
    }
    return best
  }

  /// The open subgoal of `action` to go on with.
  func selectChild(_ action: Int32) -> Int32 {
    var best: Int32 = -1
    var bestValue = Double.infinity
    for child in children[childRange(of: action)] {
      let node = goals[Int(child)]
      if node.resolution != .open { continue }
      if selection == .paper || node.visits == 0 { return child }
      let value = value(of: child)
      if value < bestValue {
        best = child
        bestValue = value
      }
    }
    return best
  }
}
