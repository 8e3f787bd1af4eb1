public import Kernel

/// The text of a term in canonical form: bound names `'a0`, `'a1`, … in order of nesting, inputs
/// that nothing mentions without a name, nested arrows in one bracket group, equalities with two
/// arguments.
///
/// Reading it back gives the same term. `locals` name the locals that the term may hold. A term of
/// more than `maximalSize` nodes, or nested too deep to be read back, is cut with `…`.
public func print(
  _ term: Term, arena: TermArena, theory: Theory, locals: [(name: String, term: Term)] = [],
  maximalSize: Int = 1_000_000
) -> String {
  syntax(of: term, arena: arena, theory: theory, locals: locals, maximalSize: maximalSize)
    .description
}

/// The syntax of a term in the canonical form of `print`.
public func syntax(
  of term: Term, arena: TermArena, theory: Theory, locals: [(name: String, term: Term)] = [],
  maximalSize: Int = 1_000_000
) -> SyntaxTerm {
  var printer = TermPrinter(
    arena: arena, theory: theory, locals: locals, maximalSize: maximalSize)
  return printer.syntax(of: term)
}

/// Turns kernel terms back into syntax.
private struct TermPrinter {
  let arena: TermArena
  let theory: Theory
  let maximalSize: Int
  private let localNames: [Term: String]
  private let usedNames: Set<String>
  /// Names and types of the binders around the current term, innermost last.
  private var names: [String] = []
  private var types: [Term] = []
  private var depth = 0

  init(
    arena: TermArena, theory: Theory, locals: [(name: String, term: Term)], maximalSize: Int
  ) {
    self.arena = arena
    self.theory = theory
    self.maximalSize = maximalSize
    // Of two locals with one name the later hides the earlier, whose name then would be read
    // wrongly.
    var byName: [String: Term] = [:]
    for local in locals { byName[local.name] = local.term }
    var byTerm: [Term: String] = [:]
    for local in locals where byName[local.name] == local.term {
      if byTerm[local.term] == nil { byTerm[local.term] = local.name }
    }
    localNames = byTerm
    usedNames = Set(byName.keys)
  }

  private static let ellipsis = SyntaxTerm.name("…")

  mutating func syntax(of term: Term) -> SyntaxTerm {
    let node = arena.node(term)
    guard Int(node.size) <= maximalSize, depth < 2 * SyntaxLimits.depth else {
      return Self.ellipsis
    }
    depth += 1
    defer { depth -= 1 }
    if !localNames.isEmpty, let name = localNames[term] { return .name(name) }
    switch arena.view(term) {
    case .sort(.prop): return .name("prop")
    case .sort(.type): return .name("type")
    case .sort(.kind): return .name("kind")
    case .variable(let index):
      return .name(index < names.count ? names[names.count - 1 - index] : "'?\(index)")
    case .constant(let constant): return .name(theory[constant].name)
    case .local(let level, _): return .name("'?\(level)")
    case .literal(_, let value): return .numeral(value.description, .synthesized)
    case .application: return application(term)
    case .lambda: return lambda(term)
    case .pi: return arrow(term)
    case .definition(let type, let value, let body):
      let (typeSyntax, valueSyntax) = (syntax(of: type), syntax(of: value))
      let name = freshName()
      bind(name, type)
      defer { unbind(1) }
      return .local(
        SyntaxBinder(name: name, type: typeSyntax), valueSyntax, syntax(of: body), .synthesized)
    }
  }

  private mutating func application(_ term: Term) -> SyntaxTerm {
    let (head, arguments) = arena.spine(term)
    let function = syntax(of: head)
    if head == arena.constant(.equality) {
      if arguments.count == 3, inferredType(of: arguments[1]) == arguments[0] {
        return .application(function, [syntax(of: arguments[1]), syntax(of: arguments[2])])
      }
      if arguments.count == 2 {
        // Two arguments would be read as the sides.
        let partial = SyntaxTerm.application(function, [syntax(of: arguments[0])])
        return .application(partial, [syntax(of: arguments[1])])
      }
    }
    var written: [SyntaxTerm] = []
    for argument in arguments { written.append(syntax(of: argument)) }
    return .application(function, written)
  }

  private mutating func lambda(_ term: Term) -> SyntaxTerm {
    var binders: [SyntaxBinder] = []
    var body = term
    while case .lambda(let domain, let inner) = arena.view(body) {
      let type = syntax(of: domain)
      let name = freshName()
      binders.append(SyntaxBinder(name: name, type: type))
      bind(name, domain)
      body = inner
    }
    defer { unbind(binders.count) }
    return .lambda(binders, syntax(of: body), .synthesized)
  }

  private mutating func arrow(_ term: Term) -> SyntaxTerm {
    var inputs: [SyntaxInput] = []
    var output = term
    while case .pi(let domain, let inner) = arena.view(output) {
      let type = syntax(of: domain)
      let name = arena.mentions(0, in: inner) ? freshName() : nil
      inputs.append(SyntaxInput(name: name, type: type))
      bind(name ?? "", domain)
      output = inner
    }
    defer { unbind(inputs.count) }
    return .arrow(inputs, syntax(of: output), .synthesized)
  }

  // MARK: Scope

  private mutating func bind(_ name: String, _ type: Term) {
    names.append(name)
    types.append(type)
  }

  private mutating func unbind(_ count: Int) {
    names.removeLast(count)
    types.removeLast(count)
  }

  /// The first of `'a0`, `'a1`, … that names nothing in scope.
  private func freshName() -> String {
    var index = names.count(where: { !$0.isEmpty })
    while true {
      let name = "'a\(index)"
      if !usedNames.contains(name), !names.contains(name) { return name }
      index += 1
    }
  }

  /// The type that reading `term` back would give it, where that is plain to see.
  private func inferredType(of term: Term) -> Term? {
    TypeReader(arena: arena, theory: theory).type(of: term, under: types)
  }
}
