import Kernel
import Proving

/// Reads terms of the kernel as formulas over a growing list of types.
///
/// The translation is the identity on meaning in the set-theoretic model of the Calculus of
/// Constructions where `prop` is {0, 1}, a type is a set and an arrow is all functions (Werner,
/// "Sets in types, types in sets", 1997): what the kernel proves holds in every such model of the
/// axioms.
struct Translation {
  let theory: Theory
  let arena: TermArena
  private(set) var signature: Signature
  /// Where a constant of the theory went.
  private(set) var sorts: [ConstantID: TypeID] = [:]
  private(set) var symbols: [ConstantID: Int] = [:]
  private var memo: [Term: Term] = [:]
  /// Definitions without definitions, of the declarations before `waiting`.
  private var unfolded: [Int: Term] = [:]
  private var waiting = 0

  /// Nesting of a statement, at most: evaluation recurses.
  private static let maximalNesting = 400
  /// Nodes of a formula, at most.
  private static let maximalSize = 20_000

  init(theory: Theory, arena: TermArena) {
    self.theory = theory
    self.arena = arena
    signature = Signature()
  }

  /// For statements of a theory that was translated.
  init(_ meter: TruthMeter, arena: TermArena) {
    theory = meter.theory
    self.arena = arena
    signature = meter.signature
    sorts = meter.sorts
    symbols = meter.symbols
  }

  // MARK: Declarations

  mutating func addSort(_ constant: ConstantID) {
    signature.types.append(.sort(signature.sorts.count))
    sorts[constant] = signature.types.count - 1
    signature.sorts.append(.init(name: theory[constant].name, type: signature.types.count - 1))
  }

  /// - Precondition: `type` is simple.
  mutating func addSymbol(_ constant: ConstantID, type: TypeID) {
    var inputs: [TypeID] = []
    var output = type
    while case .function(let input, let rest) = signature.types[output] {
      inputs.append(input)
      output = rest
    }
    symbols[constant] = signature.symbols.count
    signature.symbols.append(.init(name: theory[constant].name, inputs: inputs, output: output))
  }

  /// The numerals of the theory, as far as zero and successor are symbols.
  mutating func addNumerals() {
    for family in theory.literals {
      guard case .constant(let type) = arena.view(family.type),
        case .constant(let zero) = arena.view(family.zero),
        case .constant(let successor) = arena.view(family.successor),
        let sort = sorts[type], let zeroSymbol = symbols[zero],
        let successorSymbol = symbols[successor]
      else { preconditionFailure("numerals without constants") }
      signature.numerals.append(
        .init(type: sort, zero: zeroSymbol, successor: successorSymbol))
    }
  }

  // MARK: Types

  /// The simple type that `term` is; nil if it is none, for one because it is a proposition.
  mutating func simpleType(_ term: Term) -> TypeID? {
    switch arena.view(term) {
    case .sort(.prop): return SimpleType.propositionID
    case .constant(let constant): return sorts[constant]
    case .pi(let domain, let body):
      guard !arena.mentionsInnermost(body), let input = simpleType(domain),
        let output = simpleType(arena.instantiate(body, with: .prop))
      else { return nil }
      return function(input, output)
    default: return nil
    }
  }

  private mutating func function(_ input: TypeID, _ output: TypeID) -> TypeID {
    let type = SimpleType.function(input, output)
    if let known = signature.types.firstIndex(of: type) { return known }
    signature.types.append(type)
    return signature.types.count - 1
  }

  // MARK: Statements

  /// The statement as a formula.
  ///
  /// - Throws: the reason why it is none.
  mutating func formula(_ statement: Term) throws(Unfit) -> Formula {
    let normal = try normalize(statement)
    let node = arena.node(normal)
    guard Int(node.depth) <= Translation.maximalNesting else {
      throw Unfit("it is nested more than \(Translation.maximalNesting) deep", isLimit: true)
    }
    guard Int(node.size) <= Translation.maximalSize else {
      throw Unfit("it has more than \(Translation.maximalSize) symbols", isLimit: true)
    }
    var formula = Formula(types: [])
    var scope = Scope()
    formula.root = try expression(normal, &scope, &formula).node
    formula.types = signature.types
    return formula
  }

  /// β-normal, without definitions.
  mutating func normalize(_ term: Term) throws(Unfit) -> Term {
    let normal = arena.betaNormalize(unfold(term))
    if arena.overflowed { throw Unfit("it is too large without its definitions", isLimit: true) }
    return normal
  }

  /// Replaces defined constants by their definitions; those only refer to earlier ones.
  private mutating func unfold(_ term: Term) -> Term {
    if let known = memo[term] { return known }
    let result: Term
    switch arena.view(term) {
    case .sort, .variable, .literal, .local: result = term
    case .constant(let constant):
      result = definition(Int(constant.index)) ?? term
    case .application(let function, let argument):
      result = arena.application(unfold(function), unfold(argument))
    case .lambda(let domain, let body): result = arena.lambda(unfold(domain), unfold(body))
    case .pi(let domain, let body): result = arena.pi(unfold(domain), unfold(body))
    case .definition(let type, let value, let body):
      result = arena.definition(type: unfold(type), value: unfold(value), body: unfold(body))
    }
    memo[term] = result
    return result
  }

  /// The definition of a constant, without definitions in it; nil if it has none. They are unfolded
  /// in their order: each may refer to the one before, and there may be thousands.
  private mutating func definition(_ constant: Int) -> Term? {
    while waiting <= constant {
      if case .definition(let value) = theory.declarations[waiting].role {
        unfolded[waiting] = unfold(value)
      }
      waiting += 1
    }
    return unfolded[constant]
  }

  /// What the binders around a term bind: an object of a type, or a proof.
  private struct Scope {
    var binders: [(level: Int, type: TypeID)?] = []
    var level = 0
  }

  private typealias Typed = (node: Int, type: TypeID)

  private mutating func expression(
    _ term: Term, _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    switch arena.view(term) {
    case .sort: throw Unfit("it is about sorts as objects")
    case .local, .definition: throw Unfit("it is not closed")
    case .literal(let family, let value):
      guard let count = Int(value.description) else {
        throw Unfit("it has a numeral above \(Int.max)", isLimit: true)
      }
      return (
        formula.add(.numeral(family: family, value: count)), signature.numerals[family].type
      )
    case .pi(let domain, let body): return try arrow(domain, body, &scope, &formula)
    case .lambda(let domain, let body):
      guard let type = simpleType(domain) else { throw unfitType(domain) }
      let level = scope.level
      scope.binders.append((level, type))
      scope.level += 1
      let inner = try expression(body, &scope, &formula)
      scope.binders.removeLast()
      scope.level -= 1
      let node = formula.add(
        .lambda(type: type, level: level, body: inner.node, output: inner.type))
      return (node, function(type, inner.type))
    case .variable, .constant, .application:
      let (head, arguments) = arena.spine(term)
      return try application(head, arguments, &scope, &formula)
    }
  }

  private mutating func arrow(
    _ domain: Term, _ body: Term, _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    let result: Int
    if let type = simpleType(domain) {
      let level = scope.level
      scope.binders.append((level, type))
      scope.level += 1
      let inner = try proposition(body, &scope, &formula)
      scope.binders.removeLast()
      scope.level -= 1
      result = formula.add(.forAll(type: type, level: level, body: inner))
    } else {
      if isSort(domain) { throw unfitType(domain) }
      let hypothesis = try proposition(domain, &scope, &formula)
      scope.binders.append(nil)
      let conclusion = try proposition(body, &scope, &formula)
      scope.binders.removeLast()
      result = formula.add(.implies(hypothesis, conclusion))
    }
    return (result, SimpleType.propositionID)
  }

  private mutating func proposition(
    _ term: Term, _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Int {
    let result = try expression(term, &scope, &formula)
    guard result.type == SimpleType.propositionID else {
      throw Unfit("a function to types stands in it")
    }
    return result.node
  }

  private mutating func application(
    _ head: Term, _ arguments: [Term], _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    switch arena.view(head) {
    case .constant(.equality): return try equality(arguments, &scope, &formula)
    case .constant(let constant):
      guard let symbol = symbols[constant] else {
        let name = theory[constant].name
        throw Unfit(
          sorts[constant] == nil
            ? "it mentions \(name), which is no function or predicate of simple type"
            : "it is about types as objects")
      }
      return try self.symbol(symbol, arguments, &scope, &formula)
    case .variable(let index):
      guard let binder = scope.binders[scope.binders.count - 1 - index] else {
        throw Unfit("it depends on the proof of a hypothesis")
      }
      let variable = formula.add(.variable(level: binder.level))
      return try apply((variable, binder.type), arguments, &scope, &formula)
    default: throw Unfit("it applies something that is no function")
    }
  }

  private mutating func apply(
    _ function: Typed, _ arguments: [Term], _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    var result = function
    for argument in arguments {
      guard case .function(_, let output) = signature.types[result.type] else {
        throw Unfit("it applies something that is no function")
      }
      let value = try expression(argument, &scope, &formula)
      result = (
        formula.add(.apply(function: result.node, argument: value.node, output: output)), output
      )
    }
    return result
  }

  /// A symbol with fewer arguments than inputs is a λ over the missing ones.
  private mutating func symbol(
    _ symbol: Int, _ arguments: [Term], _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    let (inputs, output) = (signature.symbols[symbol].inputs, signature.symbols[symbol].output)
    var values: [Int] = []
    for argument in arguments { values.append(try expression(argument, &scope, &formula).node) }
    let missing = Array(inputs.dropFirst(values.count))
    for offset in missing.indices {
      values.append(formula.add(.variable(level: scope.level + offset)))
    }
    var node = formula.addSymbol(symbol, values)
    var type = output
    for (offset, input) in missing.enumerated().reversed() {
      node = formula.add(
        .lambda(type: input, level: scope.level + offset, body: node, output: type))
      type = function(input, type)
    }
    return (node, type)
  }

  private mutating func equality(
    _ arguments: [Term], _ scope: inout Scope, _ formula: inout Formula
  ) throws(Unfit) -> Typed {
    guard arguments.count == 3 else { throw Unfit("it has an equality without its sides") }
    guard let type = simpleType(arguments[0]) else { throw unfitType(arguments[0]) }
    let left = try expression(arguments[1], &scope, &formula)
    let right = try expression(arguments[2], &scope, &formula)
    return (
      formula.add(.equal(type: type, left: left.node, right: right.node)),
      SimpleType.propositionID
    )
  }

  // MARK: Reasons

  /// Whether a domain is a sort, or functions to one.
  private func isSort(_ domain: Term) -> Bool {
    var current = domain
    while case .pi(_, let body) = arena.view(current) { current = body }
    return arena.node(current).tag == .sort
  }

  private func unfitType(_ term: Term) -> Unfit {
    if term == .type { return Unfit("it quantifies over types") }
    return Unfit("it quantifies over a type that is not built from sorts, prop and arrows")
  }
}

extension TermArena {
  /// Whether the variable of the binder around `body` occurs in it.
  func mentionsInnermost(_ body: Term) -> Bool {
    node(body).looseBound > 0 && lift(instantiate(body, with: .kind), by: 1) != body
  }
}
