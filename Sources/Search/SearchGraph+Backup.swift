import Glibc

extension SearchGraph {
  /// Gives the goal at the end of the path its options and value, and ends the descent.
  @usableFromInline
  mutating func expand(logWeights: [Float], value: Float) {
    precondition(value >= 0 && value <= 1, "an evaluation has the value \(value), not in 0...1")
    let goal = Int(path[path.count - 1].goal)
    goals[goal].firstAction = Int32(actions.count)
    goals[goal].actionCount = Int32(logWeights.count)
    goals[goal].liveActions = Int32(logWeights.count)
    appendActions(logWeights, goal: Int32(goal))
    expansions += 1
    backUp(leafValue: Double(value))
  }

  /// Resolves the goal at the end of the path, which has no options, and ends the descent.
  @usableFromInline
  mutating func resolve(isSolved: Bool) {
    let goal = path[path.count - 1].goal
    if isSolved { solve(goal, by: -1) } else { kill(goal) }
    propagate()
    backUp(leafValue: isSolved ? 1 : 0)
  }

  /// The priors are the softmax of the log-weights.
  private mutating func appendActions(_ logWeights: [Float], goal: Int32) {
    let largest = logWeights.max() ?? 0
    var total: Float = 0
    let first = actions.count
    for weight in logWeights {
      let prior = weight == largest ? 1 : exp(weight - largest)
      actions.append(Action(goal: goal, prior: prior))
      total += prior
    }
    precondition(
      total.isFinite && largest > -.infinity, "an evaluation has the log-weights \(logWeights)")
    for index in first..<actions.count { actions[index].prior /= total }
  }

  /// Adds one visit to everything on the path, from the end up, and leaves the path.
  ///
  /// A goal's value is the average over its visits. What a visit adds is the value of its option:
  /// the product of its subgoals' values, where solved is 1 and dead is 0. By the paper's rule it
  /// is the value of the leaf, unchanged.
  mutating func backUp(leafValue: Double) {
    var value = leafValue
    for entry in path.reversed() {
      if entry.action >= 0 {
        let action = Int(entry.action)
        if selection == .paper {
          actions[action].value += actions[action].visits == 0 ? 11 * value : value
        } else {
          value = product(of: entry.action)
          actions[action].value = value
        }
        actions[action].visits += 1
      }
      let goal = Int(entry.goal)
      goals[goal].visits += 1
      goals[goal].valueSum += value
      goals[goal].depth = -1
    }
    path.removeAll(keepingCapacity: true)
    blocked.removeAll(keepingCapacity: true)
  }

  private func product(of action: Int32) -> Double {
    switch actions[Int(action)].resolution {
    case .solved: return 1
    case .dead: return 0
    case .open:
      var product = 1.0
      for child in children[childRange(of: action)] { product *= value(of: child) }
      return product
    }
  }
}

// MARK: - Exact results

extension SearchGraph {
  mutating func solve(_ goal: Int32, by action: Int32) {
    if goals[Int(goal)].resolution != .open { return }
    goals[Int(goal)].resolution = .solved
    goals[Int(goal)].solvingAction = action
    unpropagated.append(goal)
  }

  mutating func kill(_ goal: Int32) {
    if goals[Int(goal)].resolution != .open { return }
    goals[Int(goal)].resolution = .dead
    unpropagated.append(goal)
  }

  mutating func solveAction(_ action: Int32) {
    actions[Int(action)].resolution = .solved
    solve(actions[Int(action)].goal, by: action)
  }

  mutating func killAction(_ action: Int32) {
    actions[Int(action)].resolution = .dead
    let goal = actions[Int(action)].goal
    goals[Int(goal)].liveActions -= 1
    if goals[Int(goal)].liveActions == 0 { kill(goal) }
  }

  /// Tells all parents of newly resolved goals, and theirs in turn.
  mutating func propagate() {
    while let goal = unpropagated.popLast() {
      let isSolved = goals[Int(goal)].resolution == .solved
      var link = goals[Int(goal)].firstLink
      while link >= 0 {
        let action = links[Int(link)].action
        link = links[Int(link)].next
        if actions[Int(action)].resolution != .open { continue }
        if !isSolved {
          killAction(action)
          continue
        }
        actions[Int(action)].unsolvedChildren -= 1
        if actions[Int(action)].unsolvedChildren == 0 { solveAction(action) }
      }
    }
  }
}
