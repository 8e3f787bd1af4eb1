/// Brings the items of a legacy file into an order in which names are declared once, and before
/// their use.
struct LegacyOrder {
  private let tree: SyntaxTree
  private(set) var repairs = RepairLog()
  /// The declaration of each name that counts: the last.
  private var declarations: [String: Int] = [:]
  private var isPlaced: [Bool]
  private var ordered: [SyntaxItem] = []

  init(_ tree: SyntaxTree) {
    self.tree = tree
    isPlaced = Array(repeating: false, count: tree.items.count)
  }

  /// The items: of several declarations of one name the last, each after those that it mentions.
  mutating func items() -> [SyntaxItem] {
    for (index, item) in tree.items.enumerated() {
      guard case .declaration(let declaration) = item else { continue }
      let name = declaration.name.text
      if Vocabulary.builtIn.contains(name) { continue }
      if let earlier = declarations[name] { drop(earlier, for: declaration.name) }
      declarations[name] = index
    }
    for index in tree.items.indices { place(index) }
    return ordered
  }

  private mutating func drop(_ index: Int, for later: SyntaxName) {
    isPlaced[index] = true
    guard case .declaration(let declaration) = tree.items[index] else { return }
    let line = tree.source.position(of: later.range).line
    repairs.add(
      Diagnostic(
        "`\(later.text)` is declared again on line \(line): this declaration is left out",
        fix: "keep one declaration of each name", at: declaration.name.range, in: tree.source,
        repair: .redeclaration))
  }

  /// Places an item, what it mentions first. Chains may be long, so they wait on a stack; an item
  /// that mentions itself, in a circle or not, is placed without waiting for itself.
  private mutating func place(_ root: Int) {
    if isPlaced[root] { return }
    isPlaced[root] = true
    var open = [(index: root, mentioned: mentions(of: root)[...])]
    while let index = open.last?.index {
      guard let next = open[open.count - 1].mentioned.popFirst() else {
        ordered.append(tree.items[index])
        open.removeLast()
        continue
      }
      if isPlaced[next] { continue }
      isPlaced[next] = true
      noteLate(next)
      open.append((next, mentions(of: next)[...]))
    }
  }

  private mutating func noteLate(_ index: Int) {
    guard case .declaration(let declaration) = tree.items[index] else { return }
    repairs.add(
      Diagnostic(
        "`\(declaration.name.text)` is used above: its declaration is moved up",
        fix: "declare names before their use", at: declaration.name.range, in: tree.source,
        repair: .lateDeclaration))
  }

  /// The declarations that an item mentions, in order.
  private func mentions(of index: Int) -> [Int] {
    var found: [Int] = []
    switch tree.items[index] {
    case .declaration(let declaration):
      collect(declaration.type, &found)
      if let value = declaration.value { collect(value, &found) }
    case .theorem(let theorem): collect(theorem.statement, &found)
    case .annotation(let annotation):
      let names: [SyntaxName]
      switch annotation.kind {
      case .literal(let type, let zero, let successor): names = [type, zero, successor]
      case .computable(let operation, let atZero, let atSuccessor):
        names = [operation, atZero, atSuccessor]
      case .forward, .backward, .premises: names = []
      }
      found = names.compactMap { declarations[$0.text] }
    }
    return found
  }

  private func collect(_ term: SyntaxTerm, _ found: inout [Int]) {
    switch term {
    case .name(let name, _): if let index = declarations[name] { found.append(index) }
    case .numeral: break
    case .application(let function, let arguments, _):
      collect(function, &found)
      for argument in arguments { collect(argument, &found) }
    case .arrow(let inputs, let output, _):
      for input in inputs { collect(input.type, &found) }
      collect(output, &found)
    case .lambda(let binders, let body, _):
      for binder in binders { collect(binder.type, &found) }
      collect(body, &found)
    case .local(let binder, let value, let body, _):
      collect(binder.type, &found)
      collect(value, &found)
      collect(body, &found)
    }
  }
}
