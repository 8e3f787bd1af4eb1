/// Terms as plain trees, with names for constants: what the generator thinks in.
indirect enum Tree: Hashable, Sendable {
  case sort(String)
  /// A bound variable, counted from the innermost binder.
  case bound(Int)
  case constant(String)
  /// A numeral of the type of that name.
  case numeral(String, String)
  case apply(Tree, Tree)
  case lambda(Tree, Tree)
  case forall(Tree, Tree)
  /// Type, value, body.
  case local(Tree, Tree, Tree)

  static let prop = Tree.sort("prop"), type = Tree.sort("type")
}

extension Tree {
  static func call(_ name: String, _ arguments: Tree...) -> Tree {
    arguments.reduce(.constant(name)) { .apply($0, $1) }
  }

  static func call(_ head: Tree, _ arguments: [Tree]) -> Tree {
    arguments.reduce(head) { .apply($0, $1) }
  }

  static func equal(_ type: Tree, _ left: Tree, _ right: Tree) -> Tree {
    .call("=", type, left, right)
  }

  static func arrow(_ domain: Tree, _ body: Tree) -> Tree { .forall(domain, body.shifted(1)) }

  /// The tree with `leaf` applied to each bound variable, given the number of binders above.
  func mapBound(_ depth: Int = 0, _ leaf: (Int, Int) -> Tree) -> Tree {
    switch self {
    case .sort, .constant, .numeral: self
    case .bound(let index): leaf(index, depth)
    case .apply(let f, let a): .apply(f.mapBound(depth, leaf), a.mapBound(depth, leaf))
    case .lambda(let a, let b): .lambda(a.mapBound(depth, leaf), b.mapBound(depth + 1, leaf))
    case .forall(let a, let b): .forall(a.mapBound(depth, leaf), b.mapBound(depth + 1, leaf))
    case .local(let t, let v, let b):
      .local(t.mapBound(depth, leaf), v.mapBound(depth, leaf), b.mapBound(depth + 1, leaf))
    }
  }

  func shifted(_ amount: Int, from cutoff: Int = 0) -> Tree {
    if amount == 0 { return self }
    return mapBound { index, depth in
      .bound(index >= cutoff + depth ? index + amount : index)
    }
  }

  /// The body of a binder with its variable replaced.
  func opened(with argument: Tree) -> Tree {
    mapBound { index, depth in
      if index < depth { return .bound(index) }
      return index == depth ? argument.shifted(depth) : .bound(index - 1)
    }
  }

  /// The tree, under one more binder, with occurrences of `part` that `isTaken` takes replaced by
  /// the new variable.
  func abstracted(over part: Tree, _ isTaken: () -> Bool) -> Tree {
    func visit(_ tree: Tree, _ depth: Int) -> Tree {
      if tree == part.shifted(depth), isTaken() { return .bound(depth) }
      switch tree {
      case .sort, .constant, .numeral: return tree
      case .bound(let index): return .bound(index >= depth ? index + 1 : index)
      case .apply(let f, let a): return .apply(visit(f, depth), visit(a, depth))
      case .lambda(let a, let b): return .lambda(visit(a, depth), visit(b, depth + 1))
      case .forall(let a, let b): return .forall(visit(a, depth), visit(b, depth + 1))
      case .local(let t, let v, let b):
        return .local(visit(t, depth), visit(v, depth), visit(b, depth + 1))
      }
    }
    return visit(self, 0)
  }

  var subtrees: [Tree] {
    switch self {
    case .sort, .bound, .constant, .numeral: [self]
    case .apply(let a, let b), .lambda(let a, let b), .forall(let a, let b):
      [self] + a.subtrees + b.subtrees
    case .local(let t, let v, let b): [self] + t.subtrees + v.subtrees + b.subtrees
    }
  }

  var size: Int {
    switch self {
    case .sort, .bound, .constant, .numeral: 1
    case .apply(let a, let b), .lambda(let a, let b), .forall(let a, let b): 1 + a.size + b.size
    case .local(let t, let v, let b): 1 + t.size + v.size + b.size
    }
  }

  /// Whether no bound variable is loose.
  var isClosed: Bool { looseBound == 0 }

  private var looseBound: Int {
    switch self {
    case .sort, .constant, .numeral: 0
    case .bound(let index): index + 1
    case .apply(let a, let b): max(a.looseBound, b.looseBound)
    case .lambda(let a, let b), .forall(let a, let b): max(a.looseBound, b.looseBound - 1)
    case .local(let t, let v, let b): max(t.looseBound, v.looseBound, b.looseBound - 1)
    }
  }

  /// Head and arguments of an application.
  var spine: (head: Tree, arguments: [Tree]) {
    var head = self
    var arguments: [Tree] = []
    while case .apply(let function, let argument) = head {
      arguments.append(argument)
      head = function
    }
    return (head, arguments.reversed())
  }
}
