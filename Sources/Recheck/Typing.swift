extension Checker {
  static let (prop, kind) = (0, 2)

  /// The type of a node in an environment, as a value.
  ///
  /// The type of `λx:A. t` is kept as that node; its value at `a` is the type of `t` where x is
  /// `a`, for typing is stable under substitution. What was checked for a variable x is then not
  /// checked again: the node is `trusted`.
  mutating func type(
    of node: Int, in scope: Int, trusted: Bool = false
  ) throws(RecheckError) -> Int {
    let scope = facts[node].loose == 0 ? 0 : scope
    let key = Checker.pair(2 * node, scope)
    if let known = types[key] ?? (trusted ? types[key | 1 << 32] : nil) { return known }
    try enter()
    defer { depth -= 1 }
    let result: Int
    switch nodes[node] {
    case .sort(let sort):
      try require(sort < Checker.kind, .kindHasNoType, "kind has no type", at: node)
      result = sort + 1
    case .bound(let index):
      let binding = bindings[lookUp(index, in: scope)]
      result = delay(domain(of: binding.binder), binding.outer)
    case .constant(let constant): result = delay(declarations[constant].type, 0)
    case .numeral(let type, _): result = declarations[type].value
    case .apply(let function, let argument):
      let product = try reduce(try type(of: function, in: scope, trusted: trusted))
      guard case .closure(let binder, let outer, isProduct: true) = values[product] else {
        try require(false, .notAFunction, "what is applied is no function", at: node)
        return product
      }
      if !trusted {
        let actual = try type(of: argument, in: scope)
        let fits = try areConvertible(actual, delay(domain(of: binder), outer))
        try require(fits, .argumentMismatch, "the argument has another type", at: node)
      }
      result = try instantiate(product, delay(argument, scope))
    case .lambda(let domain, let body):
      if !trusted {
        _ = try sort(of: domain, in: scope)
        let bodyType = try force(try type(of: body, in: bind(make(.atom), node, scope)))
        try require(bodyType != Checker.kind, .kindHasNoType, "a function to kinds", at: node)
      }
      result = make(.closure(node, scope, isProduct: true))
    case .forall(let domain, let body):
      let from = try sort(of: domain, in: scope, trusted: trusted)
      let to = try sort(of: body, in: bind(make(.atom), node, scope), trusted: trusted)
      // Impredicative into prop. Otherwise the larger sort: (kind, type) is in kind, not in type.
      result = to == Checker.prop ? to : max(from, to)
    case .define(let type, let value, let body):
      if !trusted {
        _ = try sort(of: type, in: scope)
        try check(value, against: type, in: scope)
      }
      let inner = bind(delay(value, scope), node, scope)
      result = try self.type(of: body, in: inner, trusted: trusted)
    }
    types[trusted ? key | 1 << 32 : key] = result
    return result
  }

  mutating func sort(
    of node: Int, in scope: Int, trusted: Bool = false
  ) throws(RecheckError) -> Int {
    let sort = try reduce(try type(of: node, in: scope, trusted: trusted))
    try require(sort <= Checker.kind, .notAType, "a type is needed here", at: node)
    return sort
  }

  mutating func check(_ node: Int, against type: Int, in scope: Int = 0) throws(RecheckError) {
    let fits = try areConvertible(try self.type(of: node, in: scope), delay(type, scope))
    try require(fits, .typeMismatch, "the term does not have the type stated", at: node)
  }

  mutating func checkProposition(_ node: Int) throws(RecheckError) {
    let type = try reduce(try type(of: node, in: 0))
    try require(type == Checker.prop, .notAProposition, "this is no proposition", at: node)
  }

  /// What a node binds has the type that it says.
  func domain(of binder: Int) -> Int {
    switch nodes[binder] {
    case .lambda(let domain, _), .forall(let domain, _), .define(let domain, _, _): domain
    default: preconditionFailure("node \(binder) binds nothing")
    }
  }
}
