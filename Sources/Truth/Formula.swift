/// A statement of higher-order logic over a signature, as an array of nodes.
///
/// Nodes refer to one another by index, so a formula costs no reference counting to evaluate and
/// none to release. Variables are de Bruijn *levels*: the outermost binder is 0.
struct Formula: Sendable {
  enum Node: Sendable, Hashable {
    case variable(level: Int)
    /// A symbol of the signature with all its arguments, `children[arguments]`.
    case symbol(Int, arguments: Range<Int>)
    /// A variable or λ applied to an argument.
    case apply(function: Int, argument: Int, output: TypeID)
    case numeral(family: Int, value: Int)
    case equal(type: TypeID, left: Int, right: Int)
    case implies(Int, Int)
    case forAll(type: TypeID, level: Int, body: Int)
    case lambda(type: TypeID, level: Int, body: Int, output: TypeID)
  }

  var types: [SimpleType]
  var nodes: [Node] = []
  var children: [Int] = []
  var root = 0

  init(types: [SimpleType]) {
    self.types = types
  }

  mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func addSymbol(_ symbol: Int, _ arguments: [Int]) -> Int {
    let start = children.count
    children += arguments
    return add(.symbol(symbol, arguments: start..<children.count))
  }

  /// The nodes directly below a node.
  func parts(of node: Int) -> [Int] {
    switch nodes[node] {
    case .variable, .numeral: []
    case .symbol(_, let arguments): Array(children[arguments])
    case .apply(let left, let right, _), .equal(_, let left, let right),
      .implies(let left, let right):
      [left, right]
    case .forAll(_, _, let body), .lambda(_, _, let body, _): [body]
    }
  }

  /// Whether the variable of a binder occurs in what it ranges over.
  func mentions(level: Int, in body: Int) -> Bool {
    nodes[body] == .variable(level: level)
      || parts(of: body).contains { mentions(level: level, in: $0) }
  }

  /// Number of variables that are bound at once, at most.
  var depth: Int {
    nodes.reduce(0) { depth, node in
      switch node {
      case .forAll(_, let level, _), .lambda(_, let level, _, _): max(depth, level + 1)
      default: depth
      }
    }
  }

  /// The types of the leading universal quantifiers, and what they range over.
  var prefix: (types: [TypeID], body: Int) {
    var types: [TypeID] = []
    var body = root
    while case .forAll(let type, _, let inner) = nodes[body] {
      types.append(type)
      body = inner
    }
    return (types, body)
  }

  /// The sorts of the quantifiers that the formula begins with, or its conclusion after some
  /// hypotheses: where one of them is empty, the formula holds.
  var leadingSorts: [TypeID] {
    var sorts: [TypeID] = []
    var node = root
    while true {
      switch nodes[node] {
      case .forAll(let type, _, let body):
        if case .sort = types[type] { sorts.append(type) }
        node = body
      case .implies(_, let conclusion): node = conclusion
      default: return sorts
      }
    }
  }

  /// Whether all sorts that it quantifies over are marked.
  func quantifiesOnlyOver(_ marked: [Bool]) -> Bool {
    nodes.allSatisfy { node in
      guard case .forAll(let type, _, _) = node, case .sort = types[type] else { return true }
      return marked[type]
    }
  }

  /// Whether a formula has no functions or predicates among its objects and variables.
  var isFirstOrder: Bool {
    nodes.allSatisfy { node in
      switch node {
      case .apply, .lambda: return false
      case .forAll(let type, _, _), .equal(let type, _, _):
        if case .function = types[type] { return false }
        return true
      default: return true
      }
    }
  }

  /// A variable that a counter-example has to choose.
  struct Quantified: Sendable {
    let type: TypeID
    let level: Int
    let isMentioned: Bool
  }

  /// The variables of the quantifiers that the statement starts with, hypotheses in between.
  var quantified: [Quantified] {
    var result: [Quantified] = []
    var current = root
    while true {
      switch nodes[current] {
      case .forAll(let type, let level, let body):
        result.append(
          Quantified(type: type, level: level, isMentioned: mentions(level: level, in: body)))
        current = body
      case .implies(_, let body): current = body
      default: return result
      }
    }
  }

  /// The statement without the quantifiers that it starts with: their variables are new constants
  /// of the signature. It is false in a structure of the extended signature if and only if the
  /// statement is false in the structure without them.
  func skolemized(_ signature: Signature) -> (signature: Signature, formula: Formula) {
    var signature = signature
    var result = self
    signature.types = types
    let first = signature.symbols.count
    func replaceVariables(below level: Int, in node: Int) {
      if case .variable(let own) = nodes[node], own < level {
        result.nodes[node] = .symbol(first + own, arguments: 0..<0)
      }
      for part in parts(of: node) { replaceVariables(below: level, in: part) }
    }
    func visit(_ node: Int) -> Int {
      switch nodes[node] {
      case .forAll(let type, _, let body):
        signature.symbols.append(
          .init(name: "\(signature.symbols.count)", inputs: [], output: type))
        return visit(body)
      case .implies(let hypothesis, let conclusion):
        replaceVariables(below: signature.symbols.count - first, in: hypothesis)
        result.nodes[node] = .implies(hypothesis, visit(conclusion))
        return node
      default:
        replaceVariables(below: signature.symbols.count - first, in: node)
        return node
      }
    }
    result.root = visit(root)
    return (signature, result)
  }
}
