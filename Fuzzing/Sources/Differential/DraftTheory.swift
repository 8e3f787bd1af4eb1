/// A theory as the generator makes it, well typed by construction.
struct DraftTheory {
  enum Declaration {
    case assume(String, Tree)
    case define(String, Tree, Tree)
    case prove(String, Tree, Tree)
    case literals(String, String, String)
    case computable(String, String, String)
  }

  struct Operation {
    let type: String
    let atZero: Tree
    /// The right-hand side of the second equation, under its two binders.
    let atSuccessor: Tree
  }

  var declarations: [Declaration] = []
  /// Types of assumed constants, definitions and theorems.
  var types: [(name: String, type: Tree)] = []
  var values: [String: Tree] = [:]
  /// Zero and successor by type.
  var numerals: [String: (zero: String, successor: String)] = [:]
  /// The type whose numerals start with or continue by this constant.
  var zeros: [String: String] = [:]
  var successors: [String: String] = [:]
  var operations: [String: Operation] = [:]
  /// Data types without arguments, in order.
  var dataTypes: [String] = []

  mutating func assume(_ name: String, _ type: Tree) {
    declarations.append(.assume(name, type))
    types.append((name, type))
    if type == .type { dataTypes.append(name) }
  }

  mutating func define(_ name: String, _ type: Tree, _ value: Tree) {
    declarations.append(.define(name, type, value))
    types.append((name, type))
    values[name] = value
  }

  mutating func prove(_ name: String, _ statement: Tree, _ proof: Tree) {
    declarations.append(.prove(name, statement, proof))
    types.append((name, statement))
  }

  mutating func addLiterals(_ type: String, _ zero: String, _ successor: String) {
    declarations.append(.literals(type, zero, successor))
    numerals[type] = (zero, successor)
    zeros[zero] = type
    successors[successor] = type
  }

  mutating func addComputable(
    _ name: String, _ zeroAxiom: String, _ successorAxiom: String, _ operation: Operation
  ) {
    declarations.append(.computable(name, zeroAxiom, successorAxiom))
    operations[name] = operation
  }
}

extension DraftTheory {
  /// The normal form with numerals folded; nil if it takes too long or a number is too large.
  func normalForm(_ tree: Tree) -> Tree? {
    var fuel = 3_000
    return normalize(tree, &fuel)
  }

  private func normalize(_ tree: Tree, _ fuel: inout Int) -> Tree? {
    fuel -= 1
    if fuel < 0 { return nil }
    switch tree {
    case .sort, .bound: return tree
    case .numeral(_, let digits): return digits.count <= 2 ? tree : nil
    case .constant(let name):
      if let type = zeros[name] { return .numeral(type, "0") }
      guard let value = values[name] else { return tree }
      return normalize(value, &fuel)
    case .apply(let function, let argument):
      guard let head = normalize(function, &fuel) else { return nil }
      if case .lambda(_, let body) = head {
        return normalize(body.opened(with: argument), &fuel)
      }
      guard let argument = normalize(argument, &fuel) else { return nil }
      if case .constant(let name) = head, let type = successors[name],
        case .numeral(_, let digits) = argument, let value = Int(digits), value < 99
      {
        return .numeral(type, String(value + 1))
      }
      if case .apply(.constant(let name), let first) = head, let operation = operations[name],
        let result = computed(operation, first, argument, name)
      {
        return normalize(result, &fuel)
      }
      return .apply(head, argument)
    case .lambda(let domain, let body):
      guard let domain = normalize(domain, &fuel), let body = normalize(body, &fuel) else {
        return nil
      }
      return .lambda(domain, body)
    case .forall(let domain, let body):
      guard let domain = normalize(domain, &fuel), let body = normalize(body, &fuel) else {
        return nil
      }
      return .forall(domain, body)
    case .local(_, let value, let body): return normalize(body.opened(with: value), &fuel)
    }
  }

  /// One unfolding of an operation on its second argument.
  private func computed(
    _ operation: Operation, _ first: Tree, _ second: Tree, _ name: String
  ) -> Tree? {
    let rest: Tree
    switch second {
    case .numeral(_, "0"): return operation.atZero.opened(with: first)
    case .numeral(let type, let digits):
      guard let value = Int(digits), value <= 12 else { return nil }
      rest = .numeral(type, String(value - 1))
    case .apply(.constant(let successor), let argument)
    where successors[successor] == operation.type:
      rest = argument
    default: return nil
    }
    // The inner variable is the second argument, the outer one the first.
    return operation.atSuccessor.opened(with: rest.shifted(1)).opened(with: first)
  }
}
