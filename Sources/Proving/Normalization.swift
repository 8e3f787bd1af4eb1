public import Kernel

extension ProofSession {
  /// The β-normal form with definitions unfolded: the form in which propositions are compared by handle.
  ///
  /// - Precondition: `term` is well typed.
  public func normalize(_ term: Term) -> Term {
    arena.betaNormalize(space.theory.unfoldDefinitions(in: term, of: arena))
  }
}

extension Theory {
  /// Replaces every transparent definition by its value, throughout.
  func unfoldDefinitions(in term: Term, of arena: TermArena) -> Term {
    func visit(_ term: Term) -> Term {
      let node = arena.node(term)
      switch node.tag {
      case .constant:
        let constant = ConstantID(Int(node.a))
        guard case .definition(let value) = self[constant].role else { return term }
        return visit(value)
      case .application:
        return arena.application(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .lambda: return arena.lambda(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .pi: return arena.pi(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .definition:
        return arena.definition(
          type: visit(Term(id: node.a)), value: visit(Term(id: node.b)),
          body: visit(Term(id: node.c)))
      case .sort, .variable, .local, .literal: return term
      }
    }
    let hasDefinitions = declarations.contains {
      if case .definition = $0.role { true } else { false }
    }
    return hasDefinitions ? visit(term) : term
  }
}
