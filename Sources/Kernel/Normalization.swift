extension TermArena {
  /// Steps of one normalization, at most.
  private static let normalizationLimit = 1_000_000

  /// The β-normal form, without unfolding definitions.
  ///
  /// Beyond a million steps, twice the height of a term in nested ones, and in an arena that has
  /// overflowed, there is none: the arena counts as overflowed and the result is `kind`.
  ///
  /// - Precondition: `term` is well typed.
  public func betaNormalize(_ term: Term) -> Term {
    var steps = 0
    var depth = 0
    var memo: [Term: Term] = [:]

    func visit(_ term: Term) -> Term {
      let node = node(term)
      switch node.tag {
      case .sort, .variable, .constant, .local, .literal: return term
      case .application, .lambda, .pi, .definition: break
      }
      if let known = memo[term] { return known }
      steps += 1
      depth += 1
      defer { depth -= 1 }
      if steps > TermArena.normalizationLimit || depth > 2 * TermArena.maximalDepth {
        markOverflowed()
      }
      if overflowed { return .kind }
      let result: Term
      switch node.tag {
      case .application:
        let function = visit(Term(id: node.a))
        let argument = visit(Term(id: node.b))
        let head = self.node(function)
        if head.tag == .lambda {
          result = visit(instantiate(Term(id: head.b), with: argument))
        } else {
          result = application(function, argument)
        }
      case .lambda: result = lambda(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .pi: result = pi(visit(Term(id: node.a)), visit(Term(id: node.b)))
      default: result = visit(instantiate(Term(id: node.c), with: Term(id: node.b)))
      }
      if node.size >= 48 { memo[term] = result }
      return result
    }
    let result = visit(term)
    // What was built on a term that was refused holds `kind` in its place.
    return overflowed ? .kind : result
  }
}
