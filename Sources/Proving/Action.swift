public import Kernel

/// Why a proposition holds, given what is in sight: one application or one use of equality.
public enum Justification: Sendable, Hashable {
  /// `head a₁ … aₙ`; a nil argument is a hole that a subgoal fills.
  case application(head: Term, arguments: [Term?])
  /// `t = t`
  case reflexivity(type: Term, term: Term)
  /// `b = a`, where `equation` proves `a = b`.
  case symmetry(equation: Term)
  /// `target` with its `occurrence`-th (from 1, outermost first) subterm `a` replaced by `b`, where
  /// `equation` proves `a = b`.
  case rewriting(equation: Term, target: Term, occurrence: Int)
  /// `equation`, whose sides compute to the same number by the axioms of its operations.
  case normalization(equation: Term)

  /// The terms that it mentions, in order.
  public var terms: [Term] {
    switch self {
    case .application(let head, let arguments): [head] + arguments.compactMap { $0 }
    case .reflexivity(let type, let term): [type, term]
    case .symmetry(let equation): [equation]
    case .rewriting(let equation, let target, _): [equation, target]
    case .normalization(let equation): [equation]
    }
  }

  func mapTerms(_ transform: (Term) -> Term) -> Justification {
    switch self {
    case .application(let head, let arguments):
      .application(head: transform(head), arguments: arguments.map { $0.map(transform) })
    case .reflexivity(let type, let term):
      .reflexivity(type: transform(type), term: transform(term))
    case .symmetry(let equation): .symmetry(equation: transform(equation))
    case .rewriting(let equation, let target, let occurrence):
      .rewriting(
        equation: transform(equation), target: transform(target), occurrence: occurrence)
    case .normalization(let equation): .normalization(equation: transform(equation))
    }
  }
}

/// One step of a proof.
public enum Action: Sendable, Hashable {
  /// Moves the goal's first input into the context as `local`.
  case intro(local: Term)
  /// Derives the type of `local` and goes on with it in the context.
  case construct(local: Term, by: Justification)
  /// Derives the goal.
  case show(by: Justification)
  /// Reduces the goal to one subgoal for each hole of the justification.
  case apply(by: Justification)
  /// The goal is in the context already.
  case assumption(fact: Term)
}
