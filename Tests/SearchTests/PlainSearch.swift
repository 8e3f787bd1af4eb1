import Glibc
import Probability
import Randomness
import Search

/// A goal of an endless random tree: all about it is drawn from its key.
struct BranchingGoal: GoalDomain {
  var key: UInt64

  private var random: RandomStream { RandomKey(seed: key).stream() }

  var status: Status<UInt64, Int> {
    var random = random
    let kind = random.uniform()
    if kind < 0.05 { return .done(0) }
    if kind < 0.2 { return .stuck }
    return .choose(key, optionCount: 1 + random.uniform(below: 4))
  }

  mutating func take(_ option: Int) { key = subgoals(after: option)[0].key }

  func subgoals(after option: Int) -> [BranchingGoal] {
    var random = RandomKey(seed: key).child("option", option).stream()
    return (0..<random.uniform(below: 4)).map { _ in BranchingGoal(key: random.next()) }
  }

  static func evaluation(_ query: UInt64, _ optionCount: Int) -> Evaluation {
    var random = RandomKey(seed: query).child("evaluation").stream()
    return Evaluation(
      logWeights: (0..<optionCount).map { _ in Float(random.normal()) },
      value: Float(random.uniform()))
  }
}

/// The search on a tree without transpositions, as plainly as it can be said.
final class PlainSearch {
  final class Goal {
    let state: BranchingGoal
    var options: [Option]?
    var isDone = false
    var isStuck = false
    var visits = 0.0
    var sum = 0.0

    init(_ state: BranchingGoal) { self.state = state }

    var isSolved: Bool { isDone || (options ?? []).contains { $0.isSolved } }
    var isDead: Bool { isStuck || options.map { $0.allSatisfy { $0.isDead } } ?? false }
    var value: Double { isSolved ? 1 : isDead ? 0 : visits == 0 ? 1 : sum / visits }
  }

  final class Option {
    let prior: Double
    var subgoals: [Goal]?
    var visits = 0.0
    var total = 0.0

    init(prior: Double) { self.prior = prior }

    var isSolved: Bool { subgoals?.allSatisfy { $0.isSolved } ?? false }
    var isDead: Bool { subgoals?.contains { $0.isDead } ?? false }
    var product: Double { subgoals!.reduce(1) { $0 * $1.value } }
  }

  let root: Goal
  let rule: Selection
  var queries: [UInt64] = []

  init(_ state: BranchingGoal, _ rule: Selection) {
    root = Goal(state)
    self.rule = rule
  }

  func visitUntilExpansion() {
    let count = queries.count
    while queries.count == count && !root.isSolved && !root.isDead { _ = visit(root) }
  }

  /// Returns the value of the leaf.
  private func visit(_ goal: Goal) -> Double {
    goal.visits += 1
    guard let options = goal.options else {
      let value = open(goal)
      goal.sum += value
      return value
    }
    goal.visits -= 1
    let option = best(goal, options.filter { !$0.isDead })
    goal.visits += 1
    var leaf = 1.0
    if option.subgoals == nil {
      let index = options.firstIndex { $0 === option }!
      option.subgoals = goal.state.subgoals(after: index).map { Goal($0) }
    }
    if !option.isSolved { leaf = visit(next(option.subgoals!.filter { !$0.isSolved })) }
    if rule == .paper {
      option.total += option.visits == 0 ? 11 * leaf : leaf
      goal.sum += leaf
    } else {
      goal.sum += option.product
    }
    option.visits += 1
    return leaf
  }

  private func open(_ goal: Goal) -> Double {
    switch goal.state.status {
    case .done:
      goal.isDone = true
      return 1
    case .stuck:
      goal.isStuck = true
      return 0
    case .choose(let query, let optionCount):
      queries.append(query)
      let evaluation = BranchingGoal.evaluation(query, optionCount)
      let weights = evaluation.logWeights.map { exp(Double($0)) }
      let total = weights.reduce(0, +)
      goal.options = weights.map { Option(prior: $0 / total) }
      return Double(evaluation.value)
    }
  }

  private func best(_ goal: Goal, _ options: [Option]) -> Option {
    let scores = options.map { option -> Double in
      switch rule {
      case .puct(let exploration, let urgency):
        var value = 0.0
        if option.visits > 0 {
          value = option.product
        } else {
          switch urgency {
          case .fixed(let fixed): value = Double(fixed)
          case .belowParent(let reduction): value = goal.value - Double(reduction)
          }
        }
        return value + Double(exploration) * option.prior * sqrt(goal.visits) / (1 + option.visits)
      case .paper:
        if option.visits == 0 { return .infinity }
        let sum = options.reduce(0) { $0 + ($1.visits == 0 ? 0 : $1.total / $1.visits) }
        let share = sum > 0 ? option.total / option.visits / sum : 0
        return option.prior * (share + sqrt(2) / 2 * sqrt(log2(goal.visits) / option.visits))
      }
    }
    return options[scores.firstIndex(of: scores.max()!)!]
  }

  private func next(_ subgoals: [Goal]) -> Goal {
    if rule == .paper { return subgoals[0] }
    if let unvisited = subgoals.first(where: { $0.visits == 0 }) { return unvisited }
    return subgoals.min { $0.value < $1.value }!
  }
}
