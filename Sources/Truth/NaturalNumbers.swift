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
  struct Recursion {
    var position: Int
    var base: Equation?
    var step: Equation?
  }

  /// A right-hand side, with the level of the variable that each argument is bound to.
  struct Equation {
    let formula: Formula
    let root: Int
    /// For the step, the predecessor at `position`.
    let parameters: [Int?]
  }

  private let signature: Signature
  let zero: Int
  let successor: Int
  let type: TypeID
  private(set) var recursions: [Int: Recursion] = [:]
  /// Operations that the processor has too, so that nobody needs to count.
  private(set) var arithmetic: [Int: Arithmetic] = [:]

  enum Arithmetic: Sendable { case sum, product }

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
    for symbol in recursions.keys where isSum(symbol) { arithmetic[symbol] = .sum }
    for symbol in recursions.keys where isProduct(symbol) { arithmetic[symbol] = .product }
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

  // MARK: Arithmetic

  /// Whether an operation is defined by a + 0 = a and a + (s b) = s (a + b), on either side.
  private func isSum(_ symbol: Int) -> Bool {
    guard let (recursion, base, step) = binary(symbol),
      base.formula.nodes[base.root]
        == base.parameters[1 - recursion.position].map({ .variable(level: $0) }),
      case .symbol(successor, let inner) = step.formula.nodes[step.root]
    else { return false }
    return isRecursiveCall(step.formula.children[inner.lowerBound], of: symbol, recursion, step)
  }

  /// Whether an operation is defined by a * 0 = 0 and a * (s b) = a + a * b or a * b + a.
  private func isProduct(_ symbol: Int) -> Bool {
    guard let (recursion, base, step) = binary(symbol),
      let other = step.parameters[1 - recursion.position],
      case .symbol(let sum, let parts) = step.formula.nodes[step.root], arithmetic[sum] == .sum
    else { return false }
    switch base.formula.nodes[base.root] {
    case .symbol(zero, _), .numeral(_, 0): break
    default: return false
    }
    let arguments = step.formula.children[parts]
    let (left, right) = (arguments[parts.lowerBound], arguments[parts.lowerBound + 1])
    return [(left, right), (right, left)].contains { variable, call in
      step.formula.nodes[variable] == .variable(level: other)
        && isRecursiveCall(call, of: symbol, recursion, step)
    }
  }

  private func binary(_ symbol: Int) -> (Recursion, base: Equation, step: Equation)? {
    guard signature.symbols[symbol].inputs.count == 2, let recursion = recursions[symbol],
      let base = recursion.base, let step = recursion.step
    else { return nil }
    return (recursion, base, step)
  }

  /// Whether a node of the step is the operation at the predecessor, nothing else being changed.
  private func isRecursiveCall(
    _ node: Int, of symbol: Int, _ recursion: Recursion, _ step: Equation
  ) -> Bool {
    guard case .symbol(symbol, let range) = step.formula.nodes[node] else { return false }
    return zip(step.formula.children[range], step.parameters).allSatisfy { argument, level in
      step.formula.nodes[argument] == level.map { .variable(level: $0) }
    }
  }
}
