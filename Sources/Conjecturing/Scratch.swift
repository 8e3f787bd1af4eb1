import Kernel
import Proving

/// The terms that one decoding process builds, and what it found out about them.
///
/// Copies of a process share one until either writes to it. Theories without families need no terms
/// beyond those of the grammar, so the arena is made when first asked for.
final class Scratch {
  let grammar: ConjectureGrammar
  lazy var arena = TermArena(grammar.terms)
  var memo = SearchMemo()
  /// Contexts met so far, as chains of binders.
  private var contexts: [ContextKey: Int] = [:]

  init(_ grammar: ConjectureGrammar) {
    self.grammar = grammar
  }

  init(copying other: Scratch) {
    grammar = other.grammar
    memo = other.memo
    contexts = other.contexts
    arena = TermArena(other.arena.freeze())
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

  /// The arguments that make `result` of `head` equal to `type`: those that `result` mentions.
  ///
  /// Nil if there are none. Both terms are in normal form.
  func match(_ head: Head, _ type: Term) -> [Term?]? {
    var arguments = [Term?](repeating: nil, count: head.parameters.count)
    if head.resultIsClosed { return head.result == type ? arguments : nil }
    return match(head.result, type, 0, &arguments) ? arguments : nil
  }

  private func match(
    _ pattern: Term, _ term: Term, _ depth: Int, _ arguments: inout [Term?]
  ) -> Bool {
    let node = arena.node(pattern)
    if Int(node.looseBound) <= depth { return pattern == term }
    let other = arena.node(term)
    if node.tag == .variable {
      // What is bound below the pattern's own binders must not escape.
      if other.looseBound > 0 { return false }
      let position = arguments.count - 1 - (Int(node.a) - depth)
      if let known = arguments[position] { return known == term }
      arguments[position] = term
      return true
    }
    guard node.tag == other.tag else { return false }
    switch node.tag {
    case .application:
      return match(Term(id: node.a), Term(id: other.a), depth, &arguments)
        && match(Term(id: node.b), Term(id: other.b), depth, &arguments)
    case .lambda, .pi:
      return match(Term(id: node.a), Term(id: other.a), depth, &arguments)
        && match(Term(id: node.b), Term(id: other.b), depth + 1, &arguments)
    default:
      return false
    }
  }
}
