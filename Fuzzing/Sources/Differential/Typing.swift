extension TermGenerator {
  /// Whether the type of a tree is `prop`, by a checker just good enough for what the generator
  /// makes.
  func isProposition(_ tree: Tree, _ context: [Tree]) -> Bool { type(of: tree, context) == .prop }

  /// The normal form of the type; nil if there is none.
  func type(of tree: Tree, _ context: [Tree]) -> Tree? {
    switch tree {
    case .sort("prop"): return .type
    case .sort("type"): return .sort("kind")
    case .sort: return nil
    case .bound(let index):
      return index < context.count ? theory.normalForm(context[index].shifted(index + 1)) : nil
    case .constant("="): return .forall(.type, .forall(.bound(0), .forall(.bound(1), .prop)))
    case .constant(let name):
      return theory.types.first { $0.name == name }.flatMap { theory.normalForm($0.type) }
    case .numeral(let name, _): return .constant(name)
    case .apply(let function, let argument):
      guard case .forall(let domain, let body)? = type(of: function, context),
        type(of: argument, context) == domain
      else { return nil }
      return theory.normalForm(body.opened(with: argument))
    case .lambda(let domain, let body):
      guard let domain = theory.normalForm(domain),
        let range = type(of: body, [domain] + context)
      else { return nil }
      return .forall(domain, range)
    case .forall(let domain, let body):
      guard case .sort(let first)? = type(of: domain, context),
        case .sort(let second)? = type(of: body, [domain] + context)
      else { return nil }
      if second == "prop" { return .prop }
      return first == "kind" || second == "kind" ? .sort("kind") : .type
    case .local(_, let value, let body): return type(of: body.opened(with: value), context)
    }
  }
}
