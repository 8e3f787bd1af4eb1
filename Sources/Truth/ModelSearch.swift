/// Searches for structures of given sizes that satisfy constraints: backtracking over the cells of
/// the tables, with the constraints' ground instances propagated.
///
/// After Slaney (FINDER), and Zhang and Zhang, "SEM: a system for enumerating models" (1995), whose
/// least number heuristic leaves out isomorphic copies: a branch tries, besides the elements that
/// were named before, one new one.
struct ModelSearch {
  /// How a search ended.
  enum End: Sendable {
    /// There are no others, up to isomorphism.
    case exhausted
    /// Whoever was shown a structure had seen enough.
    case stopped
    /// The budget ran out.
    case unfinished
  }

  /// A formula with the value that it has to have.
  struct Constraint {
    let formula: Formula
    let wanted: Bool
  }

  /// A constraint with the variables of its prefix chosen.
  private struct Instance {
    let constraint: Int
    let environment: [Int]
    let root: Int
  }

  private enum Verdict {
    case satisfied, conflict, unknown
    case blocked(Int)
    case forces(cell: Int, value: Int)
  }

  private let layout: CellLayout
  private let wanted: [Bool]
  private let evaluators: [Evaluator]
  private var instances: [Instance] = []
  /// The order in which cells are branched on, with what the cell's arguments name.
  private let order: [Int]
  private let cellSymbols: [Int]
  private let outputSorts: [Int?]
  private let inputSorts: [[Int?]]
  /// Elements of function types name several others, so nothing is symmetric then.
  private let usesSymmetry: Bool

  private var cells: [Int]
  /// Instances that wait for a cell.
  private var watchers: [[Int]]
  private var trail: [Int] = []
  private var steps: Int
  /// Whether a complete structure was left out because a constraint could not be evaluated in it.
  private var leftOut = false

  private static let maximalInstances = 60_000

  /// Nil if the constraints have too many instances, or one cannot be evaluated at these sizes.
  init?(
    _ signature: Signature, _ layout: CellLayout, _ constraints: [Constraint], steps: Int
  ) {
    self.layout = layout
    self.steps = steps
    wanted = constraints.map(\.wanted)
    evaluators = constraints.map { Evaluator($0.formula, layout, steps: steps) }
    cells = [Int](repeating: -1, count: layout.ranges.count)
    watchers = [[Int]](repeating: [], count: layout.ranges.count)
    func sort(_ type: TypeID) -> Int? {
      if case .sort(let sort) = signature.types[type] { sort } else { nil }
    }
    outputSorts = signature.symbols.map { sort($0.output) }
    inputSorts = signature.symbols.map { $0.inputs.map(sort) }
    usesSymmetry = signature.symbols.allSatisfy { symbol in
      symbol.inputs.allSatisfy { sort($0) != nil || $0 == SimpleType.propositionID }
    }
    var symbols: [Int] = []
    for symbol in signature.symbols.indices {
      symbols += layout.cells(of: symbol).map { _ in symbol }
    }
    cellSymbols = symbols
    let rank = symbols.indices.map { cell in
      (layout.arguments(of: cell, symbol: symbols[cell]).max() ?? -1, symbols[cell], cell)
    }
    order = symbols.indices.sorted { rank[$0] < rank[$1] }
    for index in constraints.indices {
      guard addInstances(index, constraints[index]) else { return nil }
    }
  }

  private mutating func addInstances(_ index: Int, _ constraint: Constraint) -> Bool {
    let formula = constraint.formula
    // Only what must hold for all holds for each.
    let (types, body) = constraint.wanted ? formula.prefix : ([], formula.root)
    var environments: [[Int]] = [[]]
    for type in types {
      guard let count = evaluators[index].cardinality(of: type),
        environments.count * count <= ModelSearch.maximalInstances
      else { return false }
      environments = environments.flatMap { environment in
        (0..<count).map { environment + [$0] }
      }
    }
    let padding = [Int](repeating: 0, count: formula.depth - types.count)
    instances += environments.map {
      Instance(constraint: index, environment: $0 + padding, root: body)
    }
    return instances.count <= ModelSearch.maximalInstances
  }

  /// Shows every structure found to `visit`, which returns whether to go on.
  mutating func run(_ visit: (Structure) -> Bool) -> End {
    var queue: [Int] = []
    for index in instances.indices where !settle(index, &queue) {
      return steps > 0 ? .exhausted : .unfinished
    }
    guard propagate(&queue) else { return steps > 0 ? .exhausted : .unfinished }
    let end = branch(from: 0, [Int](repeating: -1, count: layout.sizes.count), visit)
    if case .exhausted = end, leftOut { return .unfinished }
    return end
  }

  /// The cells that come before `start` in the order have values.
  private mutating func branch(
    from start: Int, _ named: [Int], _ visit: (Structure) -> Bool
  ) -> End {
    guard let position = order[start...].firstIndex(where: { cells[$0] < 0 }) else {
      for index in instances.indices {
        switch verdict(index) {
        case .satisfied: continue
        case .conflict: return .exhausted
        case .unknown, .blocked, .forces:
          leftOut = true
          return steps > 0 ? .exhausted : .unfinished
        }
      }
      return visit(Structure(name: name, layout: layout, cells: cells)) ? .exhausted : .stopped
    }
    let cell = order[position]
    var named = named
    let symbol = cellSymbols[cell]
    for (argument, sort) in zip(layout.arguments(of: cell, symbol: symbol), inputSorts[symbol]) {
      if let sort { named[sort] = max(named[sort], argument) }
    }
    let sort = outputSorts[symbol]
    var last = layout.ranges[cell] - 1
    if usesSymmetry, let sort { last = min(last, named[sort] + 1) }
    var end = End.exhausted
    for value in 0...last {
      // Where nothing depends on a cell, nothing else is counted.
      steps -= 1 + position - start
      let mark = trail.count
      var queue: [Int] = []
      assign(cell, value, &queue)
      if propagate(&queue) {
        var named = named
        if let sort { named[sort] = max(named[sort], value) }
        end = branch(from: position + 1, named, visit)
      }
      while trail.count > mark { cells[trail.removeLast()] = -1 }
      if steps <= 0 { return .unfinished }
      if case .exhausted = end { continue }
      return end
    }
    return end
  }

  private var name: String {
    let sizes = layout.sizes.map(String.init).joined(separator: " + ")
    return layout.sizes.isEmpty
      ? "truth values" : sizes + (sizes == "1" ? " element" : " elements")
  }

  // MARK: Propagation

  private mutating func assign(_ cell: Int, _ value: Int, _ queue: inout [Int]) {
    cells[cell] = value
    trail.append(cell)
    queue.append(cell)
  }

  /// False on a conflict.
  private mutating func propagate(_ queue: inout [Int]) -> Bool {
    while let cell = queue.popLast() {
      let waiting = watchers[cell]
      watchers[cell] = []
      for (position, instance) in waiting.enumerated() {
        if !settle(instance, &queue, justAssigned: cell) {
          watchers[cell] += waiting[position...]
          return false
        }
      }
    }
    return true
  }

  /// Has an instance wait for the cell that it depends on, or assigns the cell that it determines.
  /// False on a conflict.
  ///
  /// An instance always waits for a cell: one that is satisfied, for the one whose value did it.
  private mutating func settle(
    _ index: Int, _ queue: inout [Int], justAssigned: Int? = nil
  ) -> Bool {
    switch verdict(index) {
    case .conflict: return false
    case .satisfied, .unknown:
      if let justAssigned { watchers[justAssigned].append(index) }
    case .blocked(let cell): watchers[cell].append(index)
    case .forces(let cell, let value):
      watchers[cell].append(index)
      assign(cell, value, &queue)
    }
    return steps > 0
  }

  private mutating func verdict(_ index: Int) -> Verdict {
    let instance = instances[index]
    var evaluator = evaluators[instance.constraint]
    evaluator.environment = instance.environment
    evaluator.steps = steps
    defer { steps = evaluator.steps }
    return require(instance.root, wanted[instance.constraint] ? 1 : 0, &evaluator)
  }

  /// What it takes for a proposition to have the value `wanted`.
  private func require(_ node: Int, _ wanted: Int, _ evaluator: inout Evaluator) -> Verdict {
    let value = evaluator.value(node, cells)
    if value >= 0 { return value == wanted ? .satisfied : .conflict }
    if value == Evaluator.unknown { return .unknown }
    let waiting = Verdict.blocked(-1 - value)
    switch evaluator.formula.nodes[node] {
    case .implies(let hypothesis, let conclusion) where wanted == 1:
      if evaluator.value(hypothesis, cells) == 1 { return require(conclusion, 1, &evaluator) }
      if evaluator.value(conclusion, cells) == 0 { return require(hypothesis, 0, &evaluator) }
      return waiting
    case .implies(let hypothesis, let conclusion):
      // False only if the hypothesis is true and the conclusion false.
      let first = require(hypothesis, 1, &evaluator)
      if case .satisfied = first { return require(conclusion, 0, &evaluator) }
      return first
    case .symbol(let symbol, let arguments):
      let cell = evaluator.cell(of: symbol, arguments, cells)
      return cell >= 0 ? .forces(cell: cell, value: wanted) : waiting
    case .equal(_, let left, let right) where wanted == 1:
      return equate(left, right, &evaluator) ?? equate(right, left, &evaluator) ?? waiting
    default: return waiting
    }
  }

  /// Forces the one cell that `unknown` is, if `known` has a value.
  private func equate(_ known: Int, _ unknown: Int, _ evaluator: inout Evaluator) -> Verdict? {
    guard case .symbol(let symbol, let arguments) = evaluator.formula.nodes[unknown] else {
      return nil
    }
    let value = evaluator.value(known, cells)
    let cell = value < 0 ? -1 : evaluator.cell(of: symbol, arguments, cells)
    return cell >= 0 ? .forces(cell: cell, value: value) : nil
  }
}
