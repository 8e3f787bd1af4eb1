import Kernel
import Proving

/// Normal forms of types, so that convertible types are equal handles: β, δ, and small numerals
/// written out.
struct Normalizer: Sendable {
  /// Larger numerals stay as they are: written out they are longer than any statement.
  static let largestNumeral = Natural(UInt64(ConjectureGrammar.longestStatement))

  let theory: Theory
  /// The normal forms of the transparent definitions, by constant.
  private(set) var unfoldings: [Term?] = []
  private let unfolds: Bool

  /// - Precondition: `arena` extends the theory.
  init(theory: Theory, arena: TermArena) {
    self.theory = theory
    unfolds =
      !theory.literals.isEmpty
      || theory.declarations.contains {
        if case .definition = $0.role { true } else { false }
      }
    for declaration in theory.declarations {
      // A definition mentions earlier constants only.
      if case .definition(let value) = declaration.role {
        unfoldings.append(normalize(value, in: arena))
      } else {
        unfoldings.append(nil)
      }
    }
  }

  func normalize(_ term: Term, in arena: TermArena) -> Term {
    arena.betaNormalize(unfolds ? unfold(term, arena) : term)
  }

  private func unfold(_ term: Term, _ arena: TermArena) -> Term {
    switch arena.view(term) {
    case .sort, .variable, .local: return term
    case .constant(let constant):
      return Int(constant.index) < unfoldings.count
        ? unfoldings[Int(constant.index)] ?? term : term
    case .literal(let family, let value): return writtenOut(value, family, arena) ?? term
    case .application(let function, let argument):
      return arena.application(unfold(function, arena), unfold(argument, arena))
    case .lambda(let domain, let body):
      return arena.lambda(unfold(domain, arena), unfold(body, arena))
    case .pi(let domain, let body):
      return arena.pi(unfold(domain, arena), unfold(body, arena))
    case .definition(let type, let value, let body):
      return arena.definition(
        type: unfold(type, arena), value: unfold(value, arena), body: unfold(body, arena))
    }
  }

  private func writtenOut(_ value: Natural, _ family: Int, _ arena: TermArena) -> Term? {
    if value > Normalizer.largestNumeral { return nil }
    let literals = theory.literals[family]
    var result = literals.zero
    var rest = value
    while let predecessor = rest.predecessor {
      result = arena.application(literals.successor, result)
      rest = predecessor
    }
    return result
  }
}
