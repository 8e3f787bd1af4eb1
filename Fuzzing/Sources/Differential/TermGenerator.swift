import Randomness

/// Draws well-typed terms, propositions and proofs over a theory. `context[i]` is the type of bound
/// variable i, itself in the context beyond it.
struct TermGenerator {
  let theory: DraftTheory

  /// A type of sort `type`.
  mutating func dataType(_ context: [Tree], fuel: Int, _ random: inout RandomStream) -> Tree {
    var leaves = theory.dataTypes.map { Tree.constant($0) }
    for (index, type) in context.enumerated() where type == .type { leaves.append(.bound(index)) }
    if theory.values["E"] != nil { leaves.append(.constant("E")) }
    let leaf = leaves[random.uniform(below: leaves.count)]
    guard fuel > 0 else { return leaf }
    switch random.uniform(below: 8) {
    case 0:
      let domain = dataType(context, fuel: fuel - 1, &random)
      return .forall(domain, dataType([domain] + context, fuel: fuel - 1, &random))
    case 1:
      guard case .forall(let domain, .sort("type"))? = type(named: "vec"),
        let index = term(of: domain, context, fuel: fuel - 1, &random)
      else { return leaf }
      return .call("vec", index)
    case 2: return disguised(leaf, .type, context, fuel: fuel - 1, &random)
    default: return leaf
    }
  }

  /// A term of a type that is well typed in the context; nil if none was found.
  mutating func term(
    of type: Tree, _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> Tree? {
    guard let goal = theory.normalForm(type) else { return nil }
    guard let found = plainTerm(of: goal, context, fuel: fuel, &random) else { return nil }
    return disguised(found, type, context, fuel: fuel - 1, &random)
  }

  private mutating func plainTerm(
    of goal: Tree, _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> Tree? {
    if goal == .prop { return proposition(context, fuel: fuel, &random) }
    if goal == .type { return dataType(context, fuel: fuel, &random) }
    var leaves: [Tree] = []
    for (index, type) in context.enumerated()
    where theory.normalForm(type.shifted(index + 1)) == goal { leaves.append(.bound(index)) }
    var functions: [(name: String, arguments: [Tree])] = []
    for (name, type) in theory.types {
      var arguments: [Tree] = []
      var result = type
      while true {
        if theory.normalForm(result) == goal {
          if arguments.isEmpty {
            leaves.append(.constant(name))
          } else {
            functions.append((name, arguments))
          }
          break
        }
        // Without dependency only: what the argument is then does not matter.
        guard case .forall(let domain, let body) = result, body.shifted(-1).shifted(1) == body
        else { break }
        arguments.append(domain)
        result = body.shifted(-1)
      }
    }
    if case .constant(let name) = goal, theory.numerals[name] != nil {
      leaves.append(.numeral(name, String(random.uniform(below: random.uniform() < 0.1 ? 99 : 6))))
    }
    if fuel > 0, !functions.isEmpty, leaves.isEmpty || random.uniform() < 0.6 {
      let (name, domains) = functions[random.uniform(below: functions.count)]
      var call = Tree.constant(name)
      for domain in domains {
        guard let argument = term(of: domain, context, fuel: fuel - 1, &random) else {
          return leaves.first
        }
        call = .apply(call, argument)
      }
      return call
    }
    if case .forall(let domain, let body) = goal, leaves.isEmpty || random.uniform() < 0.5,
      let inner = term(of: body, [domain] + context, fuel: fuel - 1, &random)
    {
      return .lambda(domain, inner)
    }
    if leaves.isEmpty { return nil }
    return leaves[random.uniform(below: leaves.count)]
  }

  mutating func proposition(_ context: [Tree], fuel: Int, _ random: inout RandomStream) -> Tree {
    var leaves: [Tree] = [.forall(.prop, .bound(0))]
    if theory.types.contains(where: { $0.name == "R" }) { leaves.append(.constant("R")) }
    for (index, type) in context.enumerated() where type == .prop { leaves.append(.bound(index)) }
    let leaf = leaves[leaves.count == 1 ? 0 : 1 + random.uniform(below: leaves.count - 1)]
    guard fuel > 0 else { return leaf }
    switch random.uniform(below: 10) {
    case 0, 1:
      let type =
        random.uniform() < 0.1 ? .prop : dataType(context, fuel: fuel - 2, &random)
      guard let left = term(of: type, context, fuel: fuel - 1, &random),
        let right = term(of: type, context, fuel: fuel - 1, &random)
      else { return leaf }
      return .equal(type, left, right)
    case 2, 3, 4:
      return applied(context, fuel: fuel, &random) ?? leaf
    case 5:
      let left = proposition(context, fuel: fuel - 1, &random)
      let right = proposition(context, fuel: fuel - 1, &random)
      if theory.values["imp"] != nil, random.uniform() < 0.5 { return .call("imp", left, right) }
      return .arrow(left, right)
    case 6, 7:
      let domain = binderType(context, fuel: fuel - 1, &random)
      return .forall(domain, proposition([domain] + context, fuel: fuel - 1, &random))
    case 8: return disguised(leaf, .prop, context, fuel: fuel - 1, &random)
    default: return leaf
    }
  }

  /// A predicate, of the theory or bound, with arguments.
  private mutating func applied(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> Tree? {
    var heads: [(Tree, Tree)] = []
    for (name, type) in theory.types where isPredicate(type) {
      heads.append((.constant(name), type))
    }
    for (index, type) in context.enumerated() where isPredicate(type) {
      heads.append((.bound(index), type.shifted(index + 1)))
    }
    guard !heads.isEmpty else { return nil }
    var (term, type) = heads[random.uniform(below: heads.count)]
    while case .forall(let domain, let body) = type {
      guard let argument = self.term(of: domain, context, fuel: fuel - 1, &random) else {
        return nil
      }
      term = .apply(term, argument)
      type = body.opened(with: argument)
    }
    return term
  }

  private func isPredicate(_ type: Tree) -> Bool {
    guard case .forall(_, var body) = type else { return false }
    while case .forall(_, let inner) = body { body = inner }
    return body == .prop
  }

  /// What a binder may range over: data, propositions, types, predicates, proofs.
  mutating func binderType(_ context: [Tree], fuel: Int, _ random: inout RandomStream) -> Tree {
    switch random.uniform(below: 10) {
    case 0: .prop
    case 1: .type
    case 2: .arrow(dataType(context, fuel: 0, &random), .prop)
    case 3, 4, 5: proposition(context, fuel: fuel, &random)
    default: dataType(context, fuel: fuel, &random)
    }
  }

  /// The term as it is, or behind something that conversion sees through.
  mutating func disguised(
    _ term: Tree, _ type: Tree, _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> Tree {
    guard random.uniform() < 0.12 else { return term }
    switch random.uniform(below: 5) {
    case 0 where isSmall(type):
      return .apply(.lambda(type, .bound(0)), term)
    case 1 where isSmall(type):
      return .local(type, term, .bound(0))
    case 2 where theory.values["same"] != nil && theory.normalForm(type).map(isData) == true:
      return .call("same", type, term)
    case 3:
      let other = dataType(context, fuel: 0, &random)
      guard let value = self.term(of: other, context, fuel: min(fuel, 1), &random) else {
        return term
      }
      return random.uniform() < 0.5
        ? .local(other, value, term.shifted(1))
        : .apply(.lambda(other, term.shifted(1)), value)
    default:
      if case .numeral(let name, let digits) = term, let (zero, successor) = theory.numerals[name],
        let value = Int(digits)
      {
        return value == 0
          ? .constant(zero) : .call(successor, .numeral(name, String(value - 1)))
      }
      return term
    }
  }

  /// Whether a λ over the type is typed: its own type must not be a bare `kind`.
  private func isSmall(_ type: Tree) -> Bool {
    type != .type && type != .prop && type != .sort("kind")
  }

  private func isData(_ type: Tree) -> Bool {
    switch type {
    case .constant(let name): theory.dataTypes.contains(name)
    case .apply(.constant("vec"), _): true
    default: false
    }
  }

  private func type(named name: String) -> Tree? { theory.types.first { $0.name == name }?.type }
}
