import Kernel
import Proving

/// The terms that one decoding process builds, and what it found out about them.
///
/// Copies of a process share one until either writes to it. Theories without families need no terms
/// beyond those of the grammar, so the arena is made when first asked for.
final class Scratch {
  let grammar: ConjectureGrammar
  var memo = SearchMemo()
  /// Contexts met so far, as chains of binders.
  private var contexts: [ContextKey: Int] = [:]
  private var existingArena: TermArena?
  private var existingHole: Term?

  /// Bounds are not followed beyond this number of tokens.
  let lengthLimit: Int

  init(_ grammar: ConjectureGrammar, lengthLimit: Int) {
    self.grammar = grammar
    self.lengthLimit = lengthLimit
  }

  init(copying other: Scratch) {
    grammar = other.grammar
    lengthLimit = other.lengthLimit
    // Only looks: the other may be shared with other threads.
    if let arena = other.existingArena { existingArena = TermArena(arena.freeze()) }
    existingHole = other.existingHole
    memo = other.memo
    contexts = other.contexts
  }

  private struct ContextKey: Hashable {
    let outer: Int
    let type: Term?
    let isHypothesis: Bool
  }

  /// A number for the context `outer` with one more binder.
  func context(_ outer: Int, binding type: Term?, isHypothesis: Bool) -> Int {
    let key = ContextKey(outer: outer, type: type, isHypothesis: isHypothesis)
    if let known = contexts[key] { return known }
    let number = contexts.count + 1
    contexts[key] = number
    return number
  }

  // MARK: Terms

  var arena: TermArena {
    if let existingArena { return existingArena }
    let arena = TermArena(grammar.terms)
    existingArena = arena
    return arena
  }

  /// Stands for a term that is not known yet.
  var hole: Term {
    if let existingHole { return existingHole }
    let hole = arena.local(level: Int(Int32.max), type: .type)
    existingHole = hole
    return hole
  }

  func hasHoles(_ term: Term) -> Bool {
    if term == hole { return true }
    let node = arena.node(term)
    guard node.hasLocal else { return false }
    switch node.tag {
    case .application, .lambda, .pi:
      return hasHoles(Term(id: node.a)) || hasHoles(Term(id: node.b))
    default: return false
    }
  }

  /// The class of a type in normal form.
  func typeClass(_ type: Term) -> TypeClass? {
    grammar.carriers.variable(of: type)?.resultClass ?? arena.typeClass(type)
  }

  /// The instance of an open type, in normal form.
  func instantiate(_ type: Term, _ arguments: [Term]) -> Term {
    arena.betaNormalize(arena.instantiate(type, with: arguments))
  }

  /// The normal form of `head`, a bound variable of type `type` if there is one, applied.
  func apply(_ head: Head, type: Term?, _ arguments: [Term?]) -> Term {
    if arguments.isEmpty, let term = head.unfolding ?? head.term { return term }
    let function: Term
    if let term = head.unfolding ?? head.term {
      function = term
    } else if case .variable(let level) = head.token, let type {
      function = arena.local(level: level, type: type)
    } else {
      preconditionFailure("\(head.token) has no term")
    }
    let applied = arena.application(function, arguments.map { $0! })
    return head.unfolding == nil ? applied : arena.betaNormalize(applied)
  }

  /// Whether a type in normal form is a proposition.
  private func isProposition(_ type: Term) -> Bool {
    var codomain = type
    while case .pi(_, let body) = arena.view(codomain) { codomain = body }
    let head = arena.node(Term(id: arena.node(codomain).head))
    switch head.tag {
    case .constant: return grammar.predicates.contains(ConstantID(Int(head.a)))
    case .local, .variable: return true
    default: return false
    }
  }

  /// The arguments that make `result` of `head` equal to `type`: those that `result` mentions.
  ///
  /// Nil if there are none. Both terms are in normal form. Holes in `type` are whatever fits.
  func match(_ head: Head, _ type: Term) -> [Term?]? {
    var arguments = [Term?](repeating: nil, count: head.parameters.count)
    if head.resultIsClosed, head.result == type { return arguments }
    let hasHoles = hasHoles(type)
    if head.resultIsClosed, !hasHoles { return nil }
    if head.resultClass == .unknown, !hasHoles {
      // A variable of sort prop stands for propositions, one of sort type for the other types.
      let position = arguments.count - 1 - Int(arena.node(head.result).a)
      let proves = head.parameters[position].type == .prop
      guard proves == isProposition(type) else { return nil }
    }
    return match(head.result, type, 0, hasHoles, &arguments) ? arguments : nil
  }

  private func match(
    _ pattern: Term, _ term: Term, _ depth: Int, _ hasHoles: Bool, _ arguments: inout [Term?]
  ) -> Bool {
    if pattern == term || hasHoles && (term == hole || pattern == hole) { return true }
    let node = arena.node(pattern)
    if Int(node.looseBound) <= depth, !hasHoles { return false }
    let other = arena.node(term)
    if node.tag == .variable, Int(node.a) >= depth {
      // What is bound below the pattern's own binders must not escape.
      if other.looseBound > 0 { return false }
      let position = arguments.count - 1 - (Int(node.a) - depth)
      guard let known = arguments[position] else {
        arguments[position] = term
        return true
      }
      return known == term || hasHoles && match(known, term, 0, true, &arguments)
    }
    guard node.tag == other.tag else { return false }
    switch node.tag {
    case .application:
      return match(Term(id: node.a), Term(id: other.a), depth, hasHoles, &arguments)
        && match(Term(id: node.b), Term(id: other.b), depth, hasHoles, &arguments)
    case .lambda, .pi:
      return match(Term(id: node.a), Term(id: other.a), depth, hasHoles, &arguments)
        && match(Term(id: node.b), Term(id: other.b), depth + 1, hasHoles, &arguments)
    default:
      return false
    }
  }
}
