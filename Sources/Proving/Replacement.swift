public import Kernel

extension TermArena {
  /// Replaces every occurrence of the closed term `pattern` by `replacement`, not below binders
  /// that would capture: both terms must be without loose variables.
  public func replace(_ pattern: Term, by replacement: Term, in term: Term) -> Term {
    let size = node(pattern).size
    func visit(_ term: Term) -> Term {
      if term == pattern { return replacement }
      let node = node(term)
      if node.size <= size { return term }
      switch node.tag {
      case .sort, .variable, .constant, .local, .literal: return term
      case .application: return application(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .lambda: return lambda(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .pi: return pi(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .definition:
        return definition(
          type: visit(Term(id: node.a)), value: visit(Term(id: node.b)),
          body: visit(Term(id: node.c)))
      }
    }
    return visit(term)
  }
}
