import Kernel

/// Reads off the type of a well-typed term without checking anything.
///
/// It agrees with the kernel's `infer` wherever it answers, and gives up (nil) where the kernel
/// would have to reduce a type first.
struct TypeReader {
  let arena: TermArena
  let theory: Theory

  /// `context` holds the types of the loose variables, innermost last.
  func type(of term: Term, under context: [Term]) -> Term? {
    switch arena.view(term) {
    case .sort(.prop): return .type
    case .sort(.type): return .kind
    case .sort(.kind): return nil
    case .variable(let index):
      guard index < context.count else { return nil }
      return arena.lift(context[context.count - 1 - index], by: index + 1)
    case .constant(let constant): return theory[constant].type
    case .local(_, let type): return type
    case .literal(let family, _): return theory.literals[family].type
    case .application(let function, let argument):
      guard let functionType = type(of: function, under: context),
        case .pi(_, let body) = arena.view(functionType)
      else { return nil }
      return arena.instantiate(body, with: argument)
    case .lambda(let domain, let body):
      return type(of: body, under: context + [domain]).map { arena.pi(domain, $0) }
    case .pi(let domain, let body):
      guard let outer = sort(of: domain, under: context),
        let inner = sort(of: body, under: context + [domain])
      else { return nil }
      return arena.sort(inner == .prop ? .prop : max(outer, inner))
    case .definition(_, let value, let body):
      return type(of: arena.instantiate(body, with: value), under: context)
    }
  }

  private func sort(of term: Term, under context: [Term]) -> Sort? {
    guard let type = type(of: term, under: context), case .sort(let sort) = arena.view(type)
    else { return nil }
    return sort
  }
}

extension TermArena {
  /// Whether the loose variable `index` occurs in `term`.
  func mentions(_ index: Int, in term: Term) -> Bool {
    let node = node(term)
    guard Int(node.looseBound) > index else { return false }
    if Int(node.looseBound) == index + 1 { return true }
    switch view(term) {
    case .variable(let other): return other == index
    case .sort, .constant, .local, .literal: return false
    case .application(let function, let argument):
      return mentions(index, in: function) || mentions(index, in: argument)
    case .lambda(let domain, let body), .pi(let domain, let body):
      return mentions(index, in: domain) || mentions(index + 1, in: body)
    case .definition(let type, let value, let body):
      return mentions(index, in: type) || mentions(index, in: value)
        || mentions(index + 1, in: body)
    }
  }
}
