import Kernel

/// A substitution for the parameters of one premise, grown by matching and undone by `unwind`.
///
/// One-sided: targets hold no parameters. First-order, and where a parameter is applied, Miller's
/// pattern fragment (Miller 1991) plus the usual heuristic: arguments that are known terms are
/// abstracted at all their occurrences. Whatever matching proposes, the kernel checks in the end.
struct Matcher {
  let session: ProofSession
  let arena: TermArena
  let parameterCount: Int
  /// `parameterCount` entries; meaningful where `bound` has the bit.
  var bindings: [Term]
  var bound: UInt64 = 0
  private var openBinders = 0

  /// Levels of the binders that matching opens itself.
  static let firstLevel = 1 << 29

  init(_ premise: Premise, in session: ProofSession) {
    self.session = session
    arena = session.arena
    parameterCount = premise.parameters.count
    bindings = [Term](repeating: .kind, count: parameterCount)
  }

  func isBound(_ parameter: Int) -> Bool { bound >> UInt64(parameter) & 1 == 1 }

  mutating func bind(_ parameter: Int, to term: Term) {
    bindings[parameter] = term
    bound |= 1 << UInt64(parameter)
  }

  /// `term` under the bindings; every parameter in it must be bound.
  func resolve(_ term: Term, isFlexible: Bool) -> Term {
    let result = arena.instantiate(term, with: bindings)
    return isFlexible ? arena.betaNormalize(result) : result
  }

  /// Extends the bindings so that `pattern` becomes `target`. On failure the bindings are spoiled:
  /// the caller restores `bound`.
  mutating func match(_ pattern: Term, _ target: Term) -> Bool {
    let node = arena.node(pattern)
    if node.looseBound == 0 { return pattern == target }
    switch node.tag {
    case .variable:
      let parameter = parameterCount - 1 - Int(node.a)
      if isBound(parameter) { return bindings[parameter] == target }
      if openBinders > 0, escapes(target) { return false }
      bind(parameter, to: target)
      return true
    case .application:
      if arena.node(Term(id: node.head)).tag == .variable {
        return matchFlexible(pattern, target)
      }
      let other = arena.node(target)
      if other.tag == .literal { return matchLiteral(node, target) }
      guard other.tag == .application,
        other.head == node.head || arena.node(Term(id: node.head)).looseBound > 0
      else { return false }
      return match(Term(id: node.a), Term(id: other.a))
        && match(Term(id: node.b), Term(id: other.b))
    case .pi, .lambda:
      let other = arena.node(target)
      guard other.tag == node.tag, match(Term(id: node.a), Term(id: other.a)) else { return false }
      let local = arena.local(level: Matcher.firstLevel + openBinders, type: Term(id: other.a))
      openBinders += 1
      defer { openBinders -= 1 }
      return match(
        arena.instantiate(Term(id: node.b), with: local),
        arena.instantiate(Term(id: other.b), with: local))
    case .sort, .constant, .local, .literal, .definition:
      return false
    }
  }

  /// `s p` against a positive numeral.
  private mutating func matchLiteral(_ pattern: TermNode, _ target: Term) -> Bool {
    guard case .literal(let family, let value) = arena.view(target),
      session.space.theory.literals[family].successor == Term(id: pattern.a),
      let predecessor = value.predecessor
    else { return false }
    return match(Term(id: pattern.b), arena.literal(family: family, value: predecessor))
  }

  /// `'p a₁ … aₖ` against `target`.
  private mutating func matchFlexible(_ pattern: Term, _ target: Term) -> Bool {
    let (head, arguments) = arena.spine(pattern)
    let parameter = parameterCount - 1 - Int(arena.node(head).a)
    var known: [Term] = []
    for argument in arguments {
      guard let term = resolveIfBound(argument) else { return false }
      known.append(term)
    }
    if isBound(parameter) {
      return arena.betaNormalize(arena.application(bindings[parameter], known)) == target
    }
    var body = target
    for (index, argument) in known.enumerated().reversed() {
      guard let type = session.type(of: argument) else { return false }
      let local = arena.local(level: Matcher.firstLevel + (1 << 20) + index, type: type)
      body = arena.replace(argument, by: local, in: body)
      body = arena.lambda(type, arena.abstract(body, over: [local]))
    }
    if openBinders > 0, escapes(body) { return false }
    bind(parameter, to: body)
    return true
  }

  private func resolveIfBound(_ term: Term) -> Term? {
    let node = arena.node(term)
    if node.looseBound == 0 { return term }
    if node.tag == .variable {
      let parameter = parameterCount - 1 - Int(node.a)
      return isBound(parameter) ? bindings[parameter] : nil
    }
    guard node.tag == .application, let function = resolveIfBound(Term(id: node.a)),
      let argument = resolveIfBound(Term(id: node.b))
    else { return nil }
    return arena.application(function, argument)
  }

  /// Whether a binder opened by this matcher occurs in `term`.
  private func escapes(_ term: Term) -> Bool {
    let node = arena.node(term)
    if !node.hasLocal { return false }
    switch node.tag {
    case .local: return Int(node.a) >= Matcher.firstLevel
    case .application, .lambda, .pi: return escapes(Term(id: node.a)) || escapes(Term(id: node.b))
    case .definition:
      return escapes(Term(id: node.a)) || escapes(Term(id: node.b)) || escapes(Term(id: node.c))
    case .sort, .variable, .constant, .literal: return false
    }
  }
}
