public import Kernel

extension Theory {
  /// `term` in prefix notation, appended to `tokens`.
  ///
  /// A term is a graph whose notation can be exponentially longer.
  ///
  /// - Parameters:
  ///   - level: the number given to the outermost bound variable; locals keep their levels.
  ///   - limit: stops soon after there are so many tokens.
  /// - Precondition: `term` has no loose variable and no `let`.
  public func appendTokens(
    of term: Term, level: Int = 0, in arena: TermArena, to tokens: inout [TermToken],
    limit: Int = .max
  ) {
    func visit(_ term: Term, _ level: Int) {
      if tokens.count >= limit { return }
      switch arena.view(term) {
      case .sort(let sort): tokens.append(.sort(sort))
      case .variable(let index): tokens.append(.variable(level: level - 1 - index))
      case .local(let level, _): tokens.append(.variable(level: level))
      case .constant(let constant):
        if self[constant].arity > 0 { tokens.append(.partial(0)) }
        tokens.append(.constant(constant))
      case .literal(_, let value):
        tokens.append(contentsOf: value.description.utf8.map { .digit($0 - 48) })
      case .application:
        let (head, arguments) = arena.spine(term)
        switch arena.view(head) {
        case .constant(let constant):
          if arguments.count != self[constant].arity { tokens.append(.partial(arguments.count)) }
          tokens.append(.constant(constant))
        case .variable, .local: visit(head, level)
        default:
          tokens.append(.partial(arguments.count))
          visit(head, level)
        }
        for argument in arguments { visit(argument, level) }
      case .lambda(let domain, let body):
        tokens.append(.lambda)
        visit(domain, level)
        visit(body, level + 1)
      case .pi(let domain, let body):
        tokens.append(.pi)
        visit(domain, level)
        visit(body, level + 1)
      case .definition: preconditionFailure("statements hold no let")
      }
    }
    visit(term, level)
  }
}
