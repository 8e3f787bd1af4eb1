import Kernel

/// The natural numbers as the standard model of a theory.
///
/// Every operation has to be defined by two equations,
/// `f(x…, zero) = base` and `f(x…, successor m) = step`, where `step` may mention `f(…, m)` and
/// operations defined before. Such equations have exactly one solution on ℕ (primitive recursion),
/// so they hold there by definition. The remaining axioms may only be induction and the two other
/// axioms of Peano that are known by their form; both hold of ℕ. Then all axioms hold in ℕ, and a
/// statement that fails there does not follow from them.
struct NaturalNumbers: Sendable {
  /// How an operation is computed: the argument it recurses on, and the two right-hand sides.
  private struct Recursion {
    var position: Int
    var base: Equation?
    var step: Equation?
  }

  /// A right-hand side, with the level of the variable that each argument is bound to.
  private struct Equation {
    let formula: Formula
    let root: Int
    /// For the step, the predecessor at `position`.
    let parameters: [Int?]
  }

  private let signature: Signature
  private let zero: Int
  private let successor: Int
  private let type: TypeID
  private var recursions: [Int: Recursion] = [:]

  /// Nil unless the theory has the form described.
  init?(_ signature: Signature, axioms: [(formula: Formula, isPeano: Bool)]) {
    guard signature.sorts.count == 1, signature.numerals.count == 1,
      let numerals = signature.numerals.first,
      signature.symbols.allSatisfy({ symbol in
        symbol.output == numerals.type && symbol.inputs.allSatisfy { $0 == numerals.type }
      })
    else { return nil }
    self.signature = signature
    (zero, successor, type) = (numerals.zero, numerals.successor, numerals.type)
    for axiom in axioms where !axiom.isPeano {
      guard addEquation(axiom.formula) else { return nil }
    }
    guard isWellFounded else { return nil }
  }

  /// Reads an axiom as an equation that defines an operation.
  private mutating func addEquation(_ formula: Formula) -> Bool {
    let (types, body) = formula.prefix
    guard types.allSatisfy({ $0 == type }),
      case .equal(_, let left, let right) = formula.nodes[body],
      case .symbol(let symbol, let arguments) = formula.nodes[left], symbol != zero,
      symbol != successor
    else { return false }
    var parameters: [Int?] = []
    var position: Int?
    var isStep = false
    for (index, argument) in formula.children[arguments].enumerated() {
      switch formula.nodes[argument] {
      case .variable(let level): parameters.append(level)
      case .symbol(zero, _), .numeral(_, 0):
        guard position == nil else { return false }
        position = index
        parameters.append(nil)
      case .symbol(successor, let inner):
        guard position == nil,
          case .variable(let level) = formula.nodes[formula.children[inner.lowerBound]]
        else { return false }
        position = index
        isStep = true
        parameters.append(level)
      default: return false
      }
    }
    let levels = parameters.compactMap { $0 }
    guard let position, Set(levels).count == levels.count else { return false }
    var recursion = recursions[symbol] ?? Recursion(position: position)
    let equation = Equation(formula: formula, root: right, parameters: parameters)
    guard recursion.position == position,
      (isStep ? recursion.step : recursion.base) == nil
    else { return false }
    if isStep { recursion.step = equation } else { recursion.base = equation }
    recursions[symbol] = recursion
    return true
  }

  /// Whether every operation is defined, by itself at smaller numbers and by earlier ones.
  private var isWellFounded: Bool {
    var defined: Set<Int> = [zero, successor]
    var waiting = Set(signature.symbols.indices).subtracting(defined)
    while !waiting.isEmpty {
      let ready = waiting.filter { symbol in
        guard let recursion = recursions[symbol], let base = recursion.base,
          let step = recursion.step
        else { return false }
        return uses(base, of: symbol, only: defined, at: nil)
          && uses(step, of: symbol, only: defined, at: recursion.position)
      }
      if ready.isEmpty { return false }
      defined.formUnion(ready)
      waiting.subtract(ready)
    }
    return true
  }

  /// Whether a right-hand side computes with operations in `defined`, and `symbol` itself only at
  /// the predecessor.
  private func uses(
    _ equation: Equation, of symbol: Int, only defined: Set<Int>, at position: Int?
  ) -> Bool {
    let formula = equation.formula
    func visit(_ node: Int) -> Bool {
      switch formula.nodes[node] {
      case .variable(let level): return equation.parameters.contains(level)
      case .numeral: return true
      case .symbol(let other, let range):
        let arguments = formula.children[range]
        guard arguments.allSatisfy(visit) else { return false }
        if other != symbol { return defined.contains(other) }
        guard let position, let predecessor = equation.parameters[position] else { return false }
        return formula.nodes[arguments[arguments.startIndex + position]]
          == .variable(level: predecessor)
      default: return false
      }
    }
    return visit(equation.root)
  }

  // MARK: Evaluation

  /// Values that fail the statement, by level; nil if none of the small ones does.
  func counterexample(to formula: Formula, steps: Int) -> [(level: Int, value: Int)]? {
    let count = formula.quantified.count { $0.type == type }
    let bounds = [1, 60, 16, 8, 5, 4]
    var machine = Machine(
      numbers: self, formula: formula, bound: bounds[min(count, bounds.count - 1)], steps: steps)
    var chosen: [(level: Int, value: Int)] = []
    return machine.falsify(formula.root, &chosen) ? chosen : nil
  }

  /// Computes in ℕ, as far as a budget goes. Universal statements are never found true, unless
  /// they are about truth values.
  private struct Machine {
    let numbers: NaturalNumbers
    let formula: Formula
    /// Variables range over the numbers below.
    let bound: Int
    var steps: Int
    var environment: [Int]
    private var memo: [[Int]: Int] = [:]

    /// Numbers beyond are not computed: operations are computed by counting.
    private static let largest = 2000

    init(numbers: NaturalNumbers, formula: Formula, bound: Int, steps: Int) {
      self.numbers = numbers
      self.formula = formula
      self.bound = bound
      self.steps = steps
      environment = [Int](repeating: 0, count: formula.depth)
    }

    mutating func falsify(
      _ node: Int, _ chosen: inout [(level: Int, value: Int)]
    ) -> Bool {
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
        guard type == numbers.type, let a = value(left, formula, environment),
          let b = value(right, formula, environment)
        else { return nil }
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
        }
        return result
      default: return nil
      }
    }

    private mutating func value(
      _ node: Int, _ formula: Formula, _ environment: [Int]
    ) -> Int? {
      steps -= 1
      guard steps > 0 else { return nil }
      switch formula.nodes[node] {
      case .variable(let level): return environment[level]
      case .numeral(_, let value): return value
      case .symbol(let symbol, let range):
        var arguments: [Int] = []
        for argument in formula.children[range] {
          guard let value = value(argument, formula, environment) else { return nil }
          arguments.append(value)
        }
        if symbol == numbers.zero { return 0 }
        if symbol == numbers.successor { return arguments[0] + 1 }
        return compute(symbol, arguments)
      default: return nil
      }
    }

    /// From zero upward, so that each step finds the one before computed.
    private mutating func compute(_ symbol: Int, _ arguments: [Int]) -> Int? {
      let key = [symbol] + arguments
      if let known = memo[key] { return known }
      guard let recursion = numbers.recursions[symbol], let base = recursion.base,
        let step = recursion.step, arguments[recursion.position] <= Machine.largest
      else { return nil }
      var current = key
      for number in 0...arguments[recursion.position] {
        current[recursion.position + 1] = number
        if memo[current] != nil { continue }
        let equation = number == 0 ? base : step
        var environment = [Int](repeating: 0, count: equation.formula.depth)
        for (index, level) in equation.parameters.enumerated() {
          guard let level else { continue }
          environment[level] = index == recursion.position ? number - 1 : arguments[index]
        }
        guard let value = value(equation.root, equation.formula, environment),
          value <= 1_000_000_000
        else { return nil }
        memo[current] = value
      }
      return memo[key]
    }
  }
}
