import Kernel
import Proving

/// Instances of axioms about all predicates, such as induction, for one statement.
///
/// First-order logic has no quantifier over predicates. In its place a prover gets the axiom for
/// the predicates that a proof is most likely to need: the statement itself, as a property of each
/// of its variables. Instances follow from the axiom, so what is proved with them is true.
struct PredicateAxioms {
  private let axioms: [(predicate: Term, body: Term)]
  private static let maximalInstances = 6

  /// The axioms among `statements` of the form Π p:(T → prop). …
  init(_ statements: [Term], arena: TermArena) {
    axioms = statements.compactMap { statement in
      guard case .pi(let domain, let body) = arena.view(statement),
        case .pi(let argument, let codomain) = arena.view(domain), codomain == .prop,
        case .constant = arena.view(argument)
      else { return nil }
      return (argument, body)
    }
  }

  /// The axioms for the predicates of a statement.
  func instances(for statement: Term, in arena: TermArena) -> [Term] {
    var locals: [Term] = []
    var body = statement
    while case .pi(let domain, let rest) = arena.view(body), locals.count < 16 {
      let local = arena.local(level: locals.count, type: arena.instantiate(domain, with: []))
      locals.append(local)
      body = arena.instantiate(rest, with: local)
    }
    var result: [Term] = []
    for (position, local) in locals.enumerated() {
      guard case .local(_, let type) = arena.view(local) else { continue }
      for axiom in axioms where axiom.predicate == type {
        guard result.count < PredicateAxioms.maximalInstances else { return result }
        var property = body
        for (index, other) in locals.enumerated().reversed() where index != position {
          guard case .local(_, let type) = arena.view(other) else { continue }
          property = arena.pi(type, arena.abstract(property, over: [other]))
        }
        let predicate = arena.lambda(type, arena.abstract(property, over: [local]))
        result.append(arena.betaNormalize(arena.instantiate(axiom.body, with: predicate)))
      }
    }
    return result
  }

  /// Induction, injectivity of the successor and its being no zero, for numerals of a theory: what
  /// holds of ℕ besides the equations of operations.
  static func peano(_ family: LiteralFamily, in arena: TermArena) -> [Term] {
    let (type, zero, successor) = (family.type, family.zero, family.successor)
    func variable(_ index: Int) -> Term { arena.variable(index) }
    func next(_ term: Term) -> Term { arena.application(successor, term) }
    func holds(_ predicate: Int, _ term: Term) -> Term {
      arena.application(variable(predicate), term)
    }
    let step = arena.pi(
      type, arena.pi(holds(2, variable(0)), holds(3, next(variable(1)))))
    let conclusion = arena.pi(type, holds(3, variable(0)))
    let induction = arena.pi(
      arena.pi(type, .prop), arena.pi(holds(0, zero), arena.pi(step, conclusion)))
    let injective = arena.pi(
      type,
      arena.pi(
        type,
        arena.pi(
          arena.equality(type, next(variable(1)), next(variable(0))),
          arena.equality(type, variable(2), variable(1)))))
    func distinct(_ equation: Term) -> Term {
      arena.pi(type, arena.pi(equation, arena.pi(.prop, variable(0))))
    }
    return [
      induction, injective, distinct(arena.equality(type, zero, next(variable(0)))),
      distinct(arena.equality(type, next(variable(0)), zero)),
    ]
  }
}
