/// A computable operation as a recursion on its second argument, read off its two equations.
struct Recursion: Sendable {
  /// What the operation does on numerals.
  enum Arithmetic: Sendable, Hashable {
    case addition
    /// By the addition of that name; `isLeft` when the operation's value is its first argument.
    case multiplication(addition: String, isLeft: Bool)
  }

  let operation: String
  let type: String
  let zero: String
  let successor: String
  let atZero: String
  let atSuccessor: String
  /// The value at `n` and zero; variable 0 is `n`.
  let zeroBody: Int
  /// The value at `n` and the successor of `m`; variable 1 is `n`, variable 0 is `m`.
  let successorBody: Int
  let arithmetic: Arithmetic?
}

/// The declarations of a theory by what they are to another checker.
struct TheoryOutline: Sendable {
  /// Zero and successor of the types with numerals.
  private(set) var families: [String: (zero: String, successor: String)] = [:]
  private(set) var recursions: [String: Recursion] = [:]
  /// The types that the recursions are on: they have to be inductive.
  private(set) var inductiveTypes: Set<String> = []
  /// What the assumed names that need not be assumed come from: an inductive type for itself, its
  /// zero and its successor; an operation for itself and its equations.
  private(set) var origins: [String: String] = [:]

  init(_ theory: Certificate.Theory) throws(ExportError) {
    let graph = TermGraph(theory.nodes)
    var types: [String: Int] = [:]
    for entry in theory.declarations {
      switch entry.declaration {
      case .assume(let name, let type): types[name] = type
      case .define, .prove: break
      case .literals(let type, let zero, let successor):
        families[type] = (zero, successor)
      case .computable(let operation, let atZero, let atSuccessor):
        guard
          let recursion = Recursion(
            operation, atZero, atSuccessor, graph, types, families, recursions)
        else { throw .invalidRecursion(operation: operation) }
        recursions[operation] = recursion
        inductiveTypes.insert(recursion.type)
        for name in [operation, atZero, atSuccessor] { origins[name] = operation }
        for name in [recursion.type, recursion.zero, recursion.successor] {
          origins[name] = recursion.type
        }
      }
    }
  }
}

extension Recursion {
  fileprivate init?(
    _ operation: String, _ atZero: String, _ atSuccessor: String, _ graph: TermGraph,
    _ types: [String: Int], _ families: [String: (zero: String, successor: String)],
    _ others: [String: Recursion]
  ) {
    func isConstant(_ node: Int, _ name: String) -> Bool { graph.nodes[node] == .constant(name) }
    func isBound(_ node: Int, _ index: Int) -> Bool { graph.nodes[node] == .bound(index) }
    /// The arguments of an application of that constant to so many.
    func arguments(_ node: Int, of name: String, _ count: Int) -> [Int]? {
      let (head, arguments) = graph.spine(node)
      return isConstant(head, name) && arguments.count == count ? arguments : nil
    }
    guard let zeroType = types[atZero], var successorNode = types[atSuccessor],
      case .forall(let domain, let zeroNode) = graph.nodes[zeroType],
      case .constant(let type) = graph.nodes[domain], let (zero, successor) = families[type]
    else { return nil }
    for _ in 0..<2 {
      guard case .forall(let domain, let body) = graph.nodes[successorNode],
        isConstant(domain, type)
      else { return nil }
      successorNode = body
    }
    guard let zeroSides = arguments(zeroNode, of: "=", 3),
      let zeroLeft = arguments(zeroSides[1], of: operation, 2),
      isBound(zeroLeft[0], 0), isConstant(zeroLeft[1], zero),
      let successorSides = arguments(successorNode, of: "=", 3),
      let successorLeft = arguments(successorSides[1], of: operation, 2),
      isBound(successorLeft[0], 1),
      let next = arguments(successorLeft[1], of: successor, 1), isBound(next[0], 0)
    else { return nil }

    func isRecursion(_ node: Int) -> Bool {
      guard let pair = arguments(node, of: operation, 2) else { return false }
      return isBound(pair[0], 1) && isBound(pair[1], 0)
    }
    let (zeroBody, successorBody) = (zeroSides[2], successorSides[2])
    var arithmetic: Arithmetic?
    if isBound(zeroBody, 0), let previous = arguments(successorBody, of: successor, 1),
      isRecursion(previous[0])
    {
      arithmetic = .addition
    } else if isConstant(zeroBody, zero),
      case .constant(let addition) = graph.nodes[graph.spine(successorBody).head],
      others[addition]?.arithmetic == .addition, others[addition]?.type == type,
      let terms = arguments(successorBody, of: addition, 2)
    {
      if isBound(terms[0], 1), isRecursion(terms[1]) {
        arithmetic = .multiplication(addition: addition, isLeft: false)
      } else if isBound(terms[1], 1), isRecursion(terms[0]) {
        arithmetic = .multiplication(addition: addition, isLeft: true)
      }
    }
    self.init(
      operation: operation, type: type, zero: zero, successor: successor, atZero: atZero,
      atSuccessor: atSuccessor, zeroBody: zeroBody, successorBody: successorBody,
      arithmetic: arithmetic)
  }
}
