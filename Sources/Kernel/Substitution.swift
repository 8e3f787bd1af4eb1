extension TermArena {
  /// Terms at least this large are traversed with a memo, so shared subterms are visited once.
  private static let memoThreshold = 48
  /// Terms that one substitution visits, at most. Shared terms are visited once for each number of
  /// binders above them, so a small term may take long; beyond this the arena has overflowed.
  private static let workLimit = 20_000_000

  /// Rewrites every subterm that has a loose variable (or, with `locals`, a local), bottom-up.
  private func transform(
    _ term: Term, skip: (TermNode, Int) -> Bool, leaf: (Term, TermNode, Int) -> Term
  ) -> Term {
    core.pointee.workLimit = core.pointee.work + TermArena.workLimit
    return rewrite(term, skip: skip, leaf: leaf)
  }

  private func rewrite(
    _ term: Term, skip: (TermNode, Int) -> Bool, leaf: (Term, TermNode, Int) -> Term
  ) -> Term {
    var memo: [UInt64: Term] = [:]
    let memoize = node(term).size >= TermArena.memoThreshold

    func visit(_ term: Term, _ depth: Int) -> Term {
      let node = node(term)
      if skip(node, depth) { return term }
      switch node.tag {
      case .sort, .constant, .literal: return term
      case .variable, .local: return leaf(term, node, depth)
      case .application, .lambda, .pi, .definition: break
      }
      core.pointee.work += 1
      if core.pointee.work > core.pointee.workLimit { markOverflowed() }
      if overflowed { return .kind }
      let key = UInt64(term.id) << 32 | UInt64(UInt32(truncatingIfNeeded: depth))
      if memoize, let known = memo[key] { return known }
      let result: Term
      let a = visit(Term(id: node.a), depth)
      switch node.tag {
      case .application:
        result = application(a, visit(Term(id: node.b), depth))
      case .lambda:
        result = lambda(a, visit(Term(id: node.b), depth + 1))
      case .pi:
        result = pi(a, visit(Term(id: node.b), depth + 1))
      default:
        let value = visit(Term(id: node.b), depth)
        result = definition(type: a, value: value, body: visit(Term(id: node.c), depth + 1))
      }
      if memoize { memo[key] = result }
      return result
    }
    return visit(term, 0)
  }

  /// Adds `amount` to every variable that is loose in `term` (index at least `cutoff`).
  public func lift(_ term: Term, by amount: Int, from cutoff: Int = 0) -> Term {
    if amount == 0 || node(term).looseBound <= cutoff { return term }
    core.pointee.workLimit = core.pointee.work + TermArena.workLimit
    return lifted(term, by: amount, from: cutoff)
  }

  /// As `lift`, within a substitution.
  private func lifted(_ term: Term, by amount: Int, from cutoff: Int = 0) -> Term {
    if amount == 0 || node(term).looseBound <= cutoff { return term }
    return rewrite(
      term, skip: { node, depth in node.looseBound <= cutoff + depth },
      leaf: { _, node, _ in self.variable(Int(node.a) + amount) })
  }

  /// Replaces the `arguments.count` innermost loose variables: the last argument stands for
  /// variable 0. Loose variables beyond them move down.
  public func instantiate(_ body: Term, with arguments: [Term]) -> Term {
    let count = arguments.count
    if count == 0 || node(body).looseBound == 0 { return body }
    return transform(
      body, skip: { node, depth in node.looseBound <= depth },
      leaf: { _, node, depth in
        let index = Int(node.a) - depth
        return index < count
          ? self.lifted(arguments[count - 1 - index], by: depth)
          : self.variable(Int(node.a) - count)
      })
  }

  /// `body[argument]` for the body of one binder.
  public func instantiate(_ body: Term, with argument: Term) -> Term {
    if node(body).looseBound == 0 { return body }
    return transform(
      body, skip: { node, depth in node.looseBound <= depth },
      leaf: { _, node, depth in
        Int(node.a) == depth ? self.lifted(argument, by: depth) : self.variable(Int(node.a) - 1)
      })
  }

  /// The inverse of `instantiate`: `locals.last` becomes variable 0.
  public func abstract(_ term: Term, over locals: [Term]) -> Term {
    if locals.isEmpty || !node(term).hasLocal && node(term).looseBound == 0 { return term }
    return transform(
      term, skip: { node, depth in !node.hasLocal && node.looseBound <= depth },
      leaf: { term, node, depth in
        if node.tag == .variable { return self.variable(Int(node.a) + locals.count) }
        guard let position = locals.lastIndex(of: term) else { return term }
        return self.variable(depth + locals.count - 1 - position)
      })
  }

  /// The head of an application spine and its arguments, from left to right.
  public func spine(_ term: Term) -> (head: Term, arguments: [Term]) {
    var arguments: [Term] = []
    var current = term
    while case let node = node(current), node.tag == .application {
      arguments.append(Term(id: node.b))
      current = Term(id: node.a)
    }
    arguments.reverse()
    return (current, arguments)
  }

  /// Type and sides of an equality, nil for anything else.
  public func equalitySides(_ term: Term) -> (type: Term, left: Term, right: Term)? {
    let outer = node(term)
    guard outer.tag == .application, outer.head == constant(.equality).id else { return nil }
    let middle = node(Term(id: outer.a))
    guard middle.tag == .application else { return nil }
    let inner = node(Term(id: middle.a))
    guard inner.tag == .application, inner.a == outer.head else { return nil }
    return (Term(id: inner.b), Term(id: middle.b), Term(id: outer.b))
  }

  /// - Throws: `.looseVariable` or `.escapedLocal` if `term` does not stand alone.
  func requireClosed(_ term: Term) throws(KernelError) {
    let node = node(term)
    if node.looseBound > 0 { throw .looseVariable(index: Int(node.looseBound) - 1) }
    if node.hasLocal { throw .escapedLocal(term: term) }
  }
}
