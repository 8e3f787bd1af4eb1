import Probability
import Randomness
import Search

/// A goal of an explicit AND/OR graph: `table[goal]` lists the subgoals of each option.
struct TableGoal: GoalDomain {
  struct Table: Sendable {
    /// For each goal the subgoals of each option; a goal without options is stuck.
    var options: [[[Int]]]
    /// Goals that are solved from the start.
    var done: Set<Int> = []
  }

  let table: Table
  var key: Int

  var status: Status<Int, Int> {
    if table.done.contains(key) { return .done(key) }
    let count = table.options[key].count
    return count == 0 ? .stuck : .choose(key, optionCount: count)
  }

  mutating func take(_ option: Int) {
    key = table.options[key][option][0]
  }

  func subgoals(after option: Int) -> [TableGoal] {
    table.options[key][option].map { TableGoal(table: table, key: $0) }
  }
}

extension TableGoal.Table {
  func root(_ key: Int = 0) -> TableGoal { TableGoal(table: self, key: key) }

  /// The goals that can be solved: the least fixed point, from below.
  func solvable() -> [Bool] {
    var solved = options.indices.map { done.contains($0) }
    var isChanging = true
    while isChanging {
      isChanging = false
      for goal in options.indices where !solved[goal] {
        if options[goal].contains(where: { $0.allSatisfy { solved[$0] } }) {
          solved[goal] = true
          isChanging = true
        }
      }
    }
    return solved
  }

  /// The goals that are dead for reasons other than cycles: the least fixed point of "each option
  /// has a dead subgoal".
  func hopeless() -> [Bool] {
    var dead = options.indices.map { options[$0].isEmpty && !done.contains($0) }
    var isChanging = true
    while isChanging {
      isChanging = false
      for goal in options.indices where !dead[goal] && !done.contains(goal) {
        if options[goal].allSatisfy({ $0.contains { dead[$0] } }) {
          dead[goal] = true
          isChanging = true
        }
      }
    }
    return dead
  }

  /// A random graph with cycles, shared goals and repeated subgoals.
  static func random(_ random: inout RandomStream) -> Self {
    let count = 1 + random.uniform(below: 30)
    let maximumOptions = 1 + random.uniform(below: 4)
    let maximumSubgoals = 1 + random.uniform(below: 4)
    let closing = 0.05 + 0.2 * random.uniform()
    var table = Self(options: [])
    for goal in 0..<count {
      if random.uniform() < 0.05 { table.done.insert(goal) }
      let optionCount = random.uniform(below: maximumOptions + 1)
      table.options.append(
        (0..<optionCount).map { _ in
          if random.uniform() < closing { return [] }
          return (0..<(1 + random.uniform(below: maximumSubgoals))).map { _ in
            random.uniform(below: count)
          }
        })
    }
    return table
  }
}

/// A sliding puzzle: tiles 1... in order with the blank (0) last, one slide per option.
struct SlidingPuzzle: GoalDomain, Hashable {
  let width: Int
  var tiles: [UInt8]

  init(width: Int, tiles: [UInt8]) {
    (self.width, self.tiles) = (width, tiles)
  }

  static func solved(width: Int, height: Int) -> SlidingPuzzle {
    let count = width * height
    return SlidingPuzzle(width: width, tiles: (0..<count).map { UInt8(($0 + 1) % count) })
  }

  var key: [UInt8] { tiles }

  var isSolved: Bool {
    tiles.indices.allSatisfy { tiles[$0] == UInt8(($0 + 1) % tiles.count) }
  }

  /// Where the blank can go: up, left, right, down.
  var moves: [Int] {
    let blank = tiles.firstIndex(of: 0)!
    var moves: [Int] = []
    if blank >= width { moves.append(blank - width) }
    if blank % width > 0 { moves.append(blank - 1) }
    if blank % width < width - 1 { moves.append(blank + 1) }
    if blank + width < tiles.count { moves.append(blank + width) }
    return moves
  }

  var status: Status<[UInt8], Int> {
    isSolved ? .done(0) : .choose(tiles, optionCount: moves.count)
  }

  mutating func take(_ option: Int) {
    tiles.swapAt(tiles.firstIndex(of: 0)!, moves[option])
  }

  func subgoals(after option: Int) -> [SlidingPuzzle] {
    var next = self
    next.take(option)
    return [next]
  }

  /// Breadth-first distances of all states that reach this one.
  func distances() -> [[UInt8]: Int] {
    var distances: [[UInt8]: Int] = [tiles: 0]
    var queue = [self]
    var head = 0
    while head < queue.count {
      let state = queue[head]
      head += 1
      for option in state.moves.indices {
        var next = state
        next.take(option)
        if distances[next.tiles] == nil {
          distances[next.tiles] = distances[state.tiles]! + 1
          queue.append(next)
        }
      }
    }
    return distances
  }
}

/// Nim, normal play: the goal is that the player to move wins. An option is a move; its subgoals
/// are the positions after each reply.
struct Nim: GoalDomain, Hashable {
  var heaps: [Int]

  var key: [Int] { heaps.filter { $0 > 0 }.sorted() }

  var positionsAfterMove: [[Int]] {
    heaps.indices.flatMap { heap in
      (0..<heaps[heap]).map { rest in
        var next = heaps
        next[heap] = rest
        return next
      }
    }
  }

  var status: Status<[Int], Bool> {
    let count = heaps.reduce(0, +)
    return count == 0 ? .stuck : .choose(heaps, optionCount: count)
  }

  mutating func take(_ option: Int) { heaps = positionsAfterMove[option] }

  func subgoals(after option: Int) -> [Nim] {
    Nim(heaps: positionsAfterMove[option]).positionsAfterMove.map { Nim(heaps: $0) }
  }
}

/// An evaluator that answers each query with pseudo-random weights of its own.
struct NoisyEvaluator: Evaluator {
  let key: RandomKey

  func evaluate(_ batch: [Int], optionCounts: [Int]) -> [Evaluation] {
    zip(batch, optionCounts).map { query, optionCount in
      var random = key.child("query", query).stream()
      return Evaluation(
        logWeights: (0..<optionCount).map { _ in Float(random.normal()) },
        value: Float(random.uniform()))
    }
  }
}

extension SearchTree {
  /// Runs the search to its end.
  mutating func run(_ evaluator: some Evaluator<Domain.Query>) throws {
    while let pending = nextQuery() {
      expand(
        try evaluator.evaluate([pending.query], optionCounts: [pending.optionCount])[0])
    }
  }
}
