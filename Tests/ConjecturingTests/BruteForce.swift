import Kernel

/// All statements up to a length, by building every term and asking the kernel.
///
/// Knows nothing of the grammar's tables or its search: only which terms the grammar admits.
final class BruteForce {
  /// A term that the kernel accepted.
  struct Entry {
    let term: Term
    let type: Term
    /// Whether it is a proposition that is an arrow.
    let isArrow: Bool
  }

  let theory: Theory
  let arena: TermArena
  private var checker: Checker
  private let constants: [ConstantID]
  private let formers: Set<ConstantID>
  private let quantifiesPropositions: Bool
  private let equatesPropositions: Bool
  private let functionTypes: [(type: Term, length: Int)]
  private var known: [Key: [Entry]] = [:]

  private struct Key: Hashable {
    let length: Int
    let context: [Term]
  }

  /// The carriers are given by hand.
  init(
    _ theory: Theory, formers: Set<String>, quantifiesPropositions: Bool,
    equatesPropositions: Bool = false, functionTypes: (TermArena) -> [(Term, Int)] = { _ in [] }
  ) {
    self.theory = theory
    arena = TermArena(theory.terms)
    checker = Checker(theory: theory, arena: arena)
    constants = theory.declarations.indices.map { ConstantID($0) }
    self.formers = Set(formers.map { theory.constant(named: $0)! })
    self.quantifiesPropositions = quantifiesPropositions
    self.equatesPropositions = equatesPropositions
    self.functionTypes = functionTypes(arena)
  }

  /// The closed propositions of at most `length` tokens.
  func statements(upTo length: Int) -> Set<Term> {
    var result: Set<Term> = []
    for tokens in 1...length {
      for entry in terms(tokens, []) where entry.type == .prop { result.insert(entry.term) }
    }
    return result
  }

  private func infer(_ term: Term) -> Term? {
    guard let type = try? checker.infer(term) else { return nil }
    return try? checker.weakHeadNormalForm(type)
  }

  /// All terms of exactly `length` tokens; the context is a list of locals.
  private func terms(_ length: Int, _ context: [Term]) -> [Entry] {
    if length < 1 { return [] }
    let key = Key(length: length, context: context)
    if let result = known[key] { return result }
    var result: [Entry] = []
    if length == 1, quantifiesPropositions {
      result.append(Entry(term: .prop, type: .type, isArrow: false))
    }
    for (type, tokens) in functionTypes where tokens == length {
      result.append(Entry(term: type, type: .type, isArrow: false))
    }
    for constant in constants {
      apply(arena.constant(constant), theory[constant].type, length, context, &result)
    }
    for local in context {
      guard case .local(_, let type) = arena.view(local) else { continue }
      apply(local, type, length, context, &result)
    }
    addArrows(length, context, &result)
    known[key] = result
    return result
  }

  private func addArrows(_ length: Int, _ context: [Term], _ result: inout [Entry]) {
    for tokens in stride(from: 1, to: length - 1, by: 1) {
      for domain in terms(tokens, context) where domain.type == .prop || domain.type == .type {
        let local = arena.local(level: context.count, type: domain.term)
        for body in terms(length - 1 - tokens, context + [local]) where body.type == .prop {
          let arrow = arena.pi(domain.term, arena.abstract(body.term, over: [local]))
          guard infer(arrow) == .prop else { continue }
          result.append(Entry(term: arrow, type: .prop, isArrow: true))
        }
      }
    }
  }

  /// Full applications of `head` only.
  private func apply(
    _ head: Term, _ headType: Term, _ length: Int, _ context: [Term], _ result: inout [Entry]
  ) {
    var domains: [Term] = []
    var current = headType
    while case .pi(let domain, let body) = arena.view(current) {
      domains.append(domain)
      current = body
    }
    let shown = current
    func extend(_ term: Term, _ left: Int, _ index: Int) {
      if index == domains.count {
        guard left == 0, let type = infer(term), isAdmitted(head, type) else { return }
        result.append(Entry(term: term, type: type, isArrow: false))
        return
      }
      let remaining = domains.count - 1 - index
      if left - remaining < 1 { return }
      for tokens in 1...(left - remaining) {
        for argument in terms(tokens, context) {
          if argument.isArrow, domains[index] != .prop { continue }
          if !equatesPropositions, head == arena.constant(.equality), index == 0,
            argument.term == .prop
          {
            continue
          }
          // What the result mentions is determined, and then written in normal form.
          if mentions(shown, domains.count - 1 - index), mentionsDefinition(argument.term) {
            continue
          }
          let applied = arena.application(term, argument.term)
          if infer(applied) == nil { continue }
          extend(applied, left - tokens, index + 1)
        }
      }
    }
    extend(head, length - 1, 0)
  }

  /// Types must be carriers; a result that is a type variable is allowed at carriers alone.
  private func isAdmitted(_ head: Term, _ type: Term) -> Bool {
    if head == arena.constant(.reflexivity) || head == arena.constant(.substitution) {
      return head == arena.constant(.reflexivity)
    }
    guard type == .type else { return true }
    guard case .constant(let constant) = arena.view(head) else { return false }
    return formers.contains(constant)
  }

  private func mentions(_ term: Term, _ index: Int) -> Bool {
    switch arena.view(term) {
    case .variable(let other): return other == index
    case .application(let f, let a): return mentions(f, index) || mentions(a, index)
    case .lambda(let d, let b), .pi(let d, let b):
      return mentions(d, index) || mentions(b, index + 1)
    default: return false
    }
  }

  private func mentionsDefinition(_ term: Term) -> Bool {
    switch arena.view(term) {
    case .constant(let constant):
      if case .definition = theory[constant].role { return true }
      return false
    case .application(let f, let a): return mentionsDefinition(f) || mentionsDefinition(a)
    default: return false
    }
  }
}
