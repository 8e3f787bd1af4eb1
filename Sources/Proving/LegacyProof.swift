import Kernel

/// A proof as a legacy script builds it: flat, children after their parents, the root first.
///
/// Untrusted, like a ``Derivation``: the kernel checks the term.
struct LegacyProof {
  enum Action {
    /// λ over a variable or hypothesis.
    case intro(Term)
    /// A variable or hypothesis of a script without a goal.
    case assume(Term)
    /// `let local := value`.
    case fact(local: Term, value: Term)
    /// `let local := first child`, in the second.
    case have(local: Term)
    /// A rule whose missing arguments are the children.
    case apply(Justification)
    case done(Term)
  }

  struct Step {
    let action: Action
    var children: [Int] = []
  }

  var steps: [Step] = []
  /// Whether facts that nothing uses stay, so that the kernel sees them.
  let keepsFacts: Bool

  /// Adds a step below `parent`; returns its index.
  mutating func append(_ action: Action, below parent: Int?) -> Int {
    if let parent { steps[parent].children.append(steps.count) }
    steps.append(Step(action: action))
    return steps.count - 1
  }

  /// The term, built bottom-up.
  ///
  /// - Precondition: every step has the children that its action needs.
  func term(in session: ProofSession) throws(Derivation.Failure) -> Term {
    let arena = session.arena
    var terms = [Term](repeating: .kind, count: steps.count)
    for index in steps.indices.reversed() {
      let step = steps[index]
      let children = step.children.map { terms[$0] }
      switch step.action {
      case .intro(let local):
        terms[index] = arena.lambda(type(local, arena), arena.abstract(children[0], over: [local]))
      case .assume(let local): terms[index] = assuming(local, children[0], in: session)
      case .fact(let local, let value):
        terms[index] = binding(local, value, in: children[0], arena)
      case .have(let local):
        terms[index] = binding(local, children[0], in: children[1], arena)
      case .apply(let justification):
        terms[index] = try session.proof(of: justification, filling: children, step: index)
      case .done(let term): terms[index] = term
      }
    }
    return terms[0]
  }

  private func type(_ local: Term, _ arena: TermArena) -> Term {
    guard case .local(_, let type) = arena.view(local) else {
      preconditionFailure("a script binds locals only")
    }
    return type
  }

  private func binding(_ local: Term, _ value: Term, in body: Term, _ arena: TermArena) -> Term {
    let body = arena.abstract(body, over: [local])
    if !keepsFacts, arena.node(body).looseBound == 0 { return body }
    return arena.definition(type: type(local, arena), value: value, body: body)
  }

  /// `child`, which proves the trivial statement under an assumption, as a part of a proof of the
  /// trivial statement alone: `(λf. id) (λx. child)`.
  private func assuming(_ local: Term, _ child: Term, in session: ProofSession) -> Term {
    let arena = session.arena
    let domain = type(local, arena)
    let under = arena.lambda(domain, arena.abstract(child, over: [local]))
    let trivial = arena.pi(.prop, arena.pi(arena.variable(0), arena.variable(1)))
    let function = arena.lambda(arena.pi(domain, trivial), LegacyProof.identity(arena))
    return arena.application(function, under)
  }

  /// The proof of `[('p : prop) -> 'p -> 'p]`.
  static func identity(_ arena: TermArena) -> Term {
    arena.lambda(.prop, arena.lambda(arena.variable(0), arena.variable(0)))
  }
}
