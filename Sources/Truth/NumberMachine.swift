extension NaturalNumbers {
  /// Values that fail the statement, by level; nil if none of the small ones does.
  func counterexample(to formula: Formula, steps: Int) -> [(level: Int, value: Int)]? {
    let count = formula.quantified.count { $0.type == type }
    let bounds = [1, 60, 16, 8, 5, 4]
    var machine = NumberMachine(
      self, formula, bound: bounds[min(count, bounds.count - 1)], steps: steps)
    var chosen: [(level: Int, value: Int)] = []
    return machine.falsify(formula.root, &chosen) ? chosen : nil
  }

  /// Whether the statement is an equation without variables both sides of which compute to the same
  /// number. The equations that compute it are axioms, so it follows from them.
  func computes(_ formula: Formula, steps: Int) -> Bool {
    guard formula.depth == 0, case .equal(type, let left, let right) = formula.nodes[formula.root]
    else { return false }
    var machine = NumberMachine(self, formula, bound: 1, steps: steps)
    guard let value = machine.number(left) else { return false }
    return value == machine.number(right)
  }
}

/// Computes in ℕ, as far as a budget goes. Universal statements are never found true, unless they
/// are about truth values.
private struct NumberMachine {
  private let numbers: NaturalNumbers
  private let formula: Formula
  /// Variables range over the numbers below.
  private let bound: Int
  private var steps: Int
  private var environment: [Int]
  private var memo: [[Int]: Int] = [:]
  /// The operation and arguments whose value the last call of `value` lacked.
  private var missing: [Int]?

  /// Operations other than sums and products are computed by counting, up to this number.
  private static let largest = 2000
  /// Steps for an operation at some arguments: what it takes to remember its value.
  private static let costOfCall = 8

  init(_ numbers: NaturalNumbers, _ formula: Formula, bound: Int, steps: Int) {
    self.numbers = numbers
    self.formula = formula
    self.bound = bound
    self.steps = steps
    environment = [Int](repeating: 0, count: formula.depth)
  }

  mutating func falsify(_ node: Int, _ chosen: inout [(level: Int, value: Int)]) -> Bool {
    steps -= 1
    guard steps > 0 else { return false }
    switch formula.nodes[node] {
    case .forAll(let type, let level, let body):
      guard let count = range(of: type) else { return false }
      for element in 0..<count {
        environment[level] = element
        chosen.append((level, element))
        if falsify(body, &chosen) { return true }
        chosen.removeLast()
        if steps <= 0 { return false }
      }
      return false
    case .implies(let hypothesis, let conclusion):
      return truth(hypothesis) == true && falsify(conclusion, &chosen)
    default: return truth(node) == false
    }
  }

  private func range(of type: TypeID) -> Int? {
    switch formula.types[type] {
    case .proposition: 2
    case .sort: bound
    case .function: nil
    }
  }

  /// Nil where it is not known.
  private mutating func truth(_ node: Int) -> Bool? {
    steps -= 1
    guard steps > 0 else { return nil }
    switch formula.nodes[node] {
    case .variable(let level): return environment[level] == 1
    case .equal(let type, let left, let right):
      if type == SimpleType.propositionID {
        guard let a = truth(left), let b = truth(right) else { return nil }
        return a == b
      }
      guard type == numbers.type, let a = number(left), let b = number(right) else { return nil }
      return a == b
    case .implies(let hypothesis, let conclusion):
      let first = truth(hypothesis)
      if first == false { return true }
      let second = truth(conclusion)
      return second == true || first == true ? second : nil
    case .forAll(let type, let level, let body):
      guard let count = range(of: type) else { return nil }
      let outer = environment[level]
      defer { environment[level] = outer }
      var result: Bool? = type == SimpleType.propositionID ? true : nil
      for element in 0..<count {
        environment[level] = element
        switch truth(body) {
        case false: return false
        case nil: result = nil
        default: break
        }
        if steps <= 0 { return nil }
      }
      return result
    default: return nil
    }
  }

  // MARK: Numbers

  /// The value of a node of the statement; nil where it is not known.
  mutating func number(_ node: Int) -> Int? {
    while true {
      missing = nil
      if let value = value(node, formula, environment) { return value }
      guard let call = missing, compute(call) else { return nil }
    }
  }

  /// The value of a node as far as operations are known at its arguments.
  private mutating func value(_ node: Int, _ formula: Formula, _ environment: [Int]) -> Int? {
    steps -= 1
    guard steps > 0 else { return nil }
    switch formula.nodes[node] {
    case .variable(let level): return environment[level]
    case .numeral(_, let value): return value
    case .symbol(numbers.zero, _): return 0
    case .symbol(let symbol, let range):
      var call = [symbol]
      for argument in formula.children[range] {
        guard let value = value(argument, formula, environment) else { return nil }
        call.append(value)
      }
      if symbol == numbers.successor { return sum(call[1], 1) }
      switch numbers.arithmetic[symbol] {
      case .sum?: return sum(call[1], call[2])
      case .product?:
        let (value, overflow) = call[1].multipliedReportingOverflow(by: call[2])
        return overflow ? nil : value
      case nil:
        if let known = memo[call] { return known }
        missing = call
        return nil
      }
    default: return nil
    }
  }

  private func sum(_ a: Int, _ b: Int) -> Int? {
    let (value, overflow) = a.addingReportingOverflow(b)
    return overflow ? nil : value
  }

  /// Remembers the value of an operation at its arguments, after those that it depends on. They
  /// wait on a stack of our own: there may be thousands. False if it is not known.
  private mutating func compute(_ call: [Int]) -> Bool {
    var waiting = [call]
    while let call = waiting.last {
      steps -= NumberMachine.costOfCall
      guard steps > 0, let recursion = numbers.recursions[call[0]], let base = recursion.base,
        let step = recursion.step
      else { return false }
      let number = call[recursion.position + 1]
      guard number <= NumberMachine.largest else { return false }
      let equation = number == 0 ? base : step
      var environment = [Int](repeating: 0, count: equation.formula.depth)
      for (index, level) in equation.parameters.enumerated() {
        guard let level else { continue }
        environment[level] = call[index + 1] - (index == recursion.position ? 1 : 0)
      }
      missing = nil
      if let value = value(equation.root, equation.formula, environment) {
        memo[call] = value
        waiting.removeLast()
      } else if let next = missing {
        waiting.append(next)
      } else {
        return false
      }
    }
    return true
  }
}
