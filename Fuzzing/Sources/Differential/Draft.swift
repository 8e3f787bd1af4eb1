import Hashing

/// The lines of a certificate, to be written, changed and read.
struct Draft {
  struct Node: Hashable {
    /// `sort`, `bound`, `constant`, `numeral`, `apply`, `lambda`, `forall` or `let`.
    var operation: String
    /// Names and digits.
    var words: [String] = []
    /// Numbers of other nodes.
    var children: [Int] = []
  }

  struct Declaration: Hashable {
    /// `assume`, `define`, `prove`, `literals` or `computable`.
    var keyword: String
    var names: [String]
    var nodes: [Int] = []
  }

  enum Entry: Hashable {
    case node(Node)
    case declaration(Declaration)
  }

  /// The lines of the theory and, after `theoryCount` of them, of the body.
  var entries: [Entry] = []
  var theoryCount = 0
  var axioms: [String] = []
  var statement = 0
  var proof = 0

  // MARK: Making

  private var known: [Node: Int] = [:]
  private(set) var nodeCount = 0

  init() {}

  init(_ theory: DraftTheory) {
    for declaration in theory.declarations {
      let entry: Declaration
      switch declaration {
      case .assume(let name, let type):
        entry = Declaration(keyword: "assume", names: [name], nodes: [add(type)])
      case .define(let name, let type, let value):
        entry = Declaration(keyword: "define", names: [name], nodes: [add(type), add(value)])
      case .prove(let name, let statement, let proof):
        entry = Declaration(keyword: "prove", names: [name], nodes: [add(statement), add(proof)])
      case .literals(let type, let zero, let successor):
        entry = Declaration(keyword: "literals", names: [type, zero, successor])
      case .computable(let name, let atZero, let atSuccessor):
        entry = Declaration(keyword: "computable", names: [name, atZero, atSuccessor])
      }
      entries.append(.declaration(entry))
    }
    theoryCount = entries.count
  }

  /// The number of the tree's node; equal trees share one.
  mutating func add(_ tree: Tree) -> Int {
    switch tree {
    case .sort(let name): intern(Node(operation: "sort", words: [name]))
    case .bound(let index): intern(Node(operation: "bound", words: [String(index)]))
    case .constant(let name): intern(Node(operation: "constant", words: [name]))
    case .numeral(let type, let digits): intern(Node(operation: "numeral", words: [type, digits]))
    case .apply(let f, let a): intern(Node(operation: "apply", children: [add(f), add(a)]))
    case .lambda(let a, let b): intern(Node(operation: "lambda", children: [add(a), add(b)]))
    case .forall(let a, let b): intern(Node(operation: "forall", children: [add(a), add(b)]))
    case .local(let t, let v, let b):
      intern(Node(operation: "let", children: [add(t), add(v), add(b)]))
    }
  }

  private mutating func intern(_ node: Node) -> Int {
    if let number = known[node] { return number }
    known[node] = nodeCount
    entries.append(.node(node))
    nodeCount += 1
    return nodeCount - 1
  }

  /// Sets the theorem, with the axioms that it depends on.
  mutating func state(_ statement: Tree, proof: Tree) {
    self.statement = add(statement)
    self.proof = add(proof)
    axioms = dependencies()
  }

  // MARK: Text

  var text: String { text(hash: nil) }

  /// The text, with a hash other than its theory's if one is given.
  func text(hash: String?) -> String {
    var theory = "theory\n", body = ""
    var number = 0
    for (index, entry) in entries.enumerated() {
      let line: String
      switch entry {
      case .node(let node):
        line = ([String(number), node.operation] + node.words + node.children.map(String.init))
          .joined(separator: " ")
        number += 1
      case .declaration(let declaration):
        line = ([declaration.keyword] + declaration.names + declaration.nodes.map(String.init))
          .joined(separator: " ")
      }
      if index < theoryCount { theory += line + "\n" } else { body += line + "\n" }
    }
    theory += "end-theory\n"
    let hash = hash ?? SHA256.hash(theory).hex
    return "minimo-certificate 1\ntheory-hash \(hash)\n" + theory + body
      + (["axioms"] + axioms).joined(separator: " ")
      + "\nstatement \(statement)\nproof \(proof)\nend\n"
  }

  /// Reads a text that is known to be well formed.
  init?(text: String) {
    let children = ["apply": 2, "lambda": 2, "forall": 2, "let": 3]
    let names = ["assume": 1, "define": 1, "prove": 1, "literals": 3, "computable": 3]
    for line in text.split(separator: "\n") {
      let fields = line.split(separator: " ").map(String.init)
      if fields[0] == "end-theory" {
        theoryCount = entries.count
      } else if Int(fields[0]) != nil, fields.count > 2 {
        let rest = Array(fields.dropFirst(2))
        if children[fields[1]] != nil {
          entries.append(.node(Node(operation: fields[1], children: rest.compactMap { Int($0) })))
        } else {
          entries.append(.node(Node(operation: fields[1], words: rest)))
        }
        nodeCount += 1
      } else if let count = names[fields[0]] {
        let rest = fields.dropFirst()
        entries.append(
          .declaration(
            Declaration(
              keyword: fields[0], names: Array(rest.prefix(count)),
              nodes: rest.dropFirst(count).compactMap { Int($0) })))
      } else if fields[0] == "axioms" {
        axioms = Array(fields.dropFirst())
      } else if fields[0] == "statement", let number = Int(fields[1]) {
        statement = number
      } else if fields[0] == "proof", let number = Int(fields[1]) {
        proof = number
      }
    }
    if entries.isEmpty { return nil }
  }
}

// MARK: Dependencies

extension Draft {
  var nodes: [Node] {
    entries.compactMap { if case .node(let node) = $0 { node } else { nil } }
  }

  var declarations: [Declaration] {
    entries.compactMap { if case .declaration(let entry) = $0 { entry } else { nil } }
  }

  /// The names that the `axioms` line must have, by the third program that computes them.
  func dependencies() -> [String] {
    let nodes = nodes
    var mentioned: [String: Declaration] = [:]
    var literals: [String: [String]] = [:]
    var computable: [String: [String]] = [:]
    for entry in declarations {
      switch entry.keyword {
      case "literals": literals[entry.names[0]] = entry.names
      case "computable": computable[entry.names[0], default: []] += entry.names
      default: mentioned[entry.names[0]] = mentioned[entry.names[0]] ?? entry
      }
    }
    var reached: Set<String> = []
    var visited = [Bool](repeating: false, count: nodes.count)
    var pending = [statement, proof]
    func reach(_ name: String) {
      guard reached.insert(name).inserted else { return }
      pending += mentioned[name]?.nodes ?? []
      for other in computable[name] ?? [] { reach(other) }
      if computable[name] != nil,
        let type = literals.keys.sorted().first(where: { type in
          operationType(name, mentioned, nodes) == type
        })
      {
        for other in literals[type]! { reach(other) }
      }
    }
    while let number = pending.popLast() {
      guard nodes.indices.contains(number), !visited[number] else { continue }
      visited[number] = true
      let node = nodes[number]
      if node.operation == "constant", let name = node.words.first { reach(name) }
      if node.operation == "numeral", let type = node.words.first {
        for name in literals[type] ?? [type] { reach(name) }
      }
      pending += node.children
    }
    return declarations.filter { $0.keyword == "assume" && reached.contains($0.names[0]) }
      .map { $0.names[0] }
  }

  /// The type of an operation's first argument, by name.
  private func operationType(
    _ name: String, _ mentioned: [String: Declaration], _ nodes: [Node]
  ) -> String? {
    guard let type = mentioned[name]?.nodes.first, nodes.indices.contains(type),
      let domain = nodes[type].children.first, nodes.indices.contains(domain),
      nodes[domain].operation == "constant"
    else { return nil }
    return nodes[domain].words.first
  }
}
