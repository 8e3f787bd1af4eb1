public import Kernel

extension Derivation {
  /// The derivation with `term` replaced by `variable` throughout: in the first goal, in facts and
  /// in arguments.
  ///
  /// Whether it still proves anything is for the kernel to say. Places of rewriting are found anew,
  /// since occurrences may have gone. So are the goals that an application leaves: `term` may stand
  /// in the type of what is applied, where it is not replaced.
  ///
  /// - Parameters:
  ///   - variable: a local of the type of `term` that occurs nowhere in the derivation.
  /// - Returns: nil where a rewriting has lost its place, or a step no longer fits its goal.
  public func abstracting(_ term: Term, as variable: Term, in session: ProofSession) -> Derivation?
  {
    let arena = session.arena
    var renaming = Renaming()
    func image(_ old: Term) -> Term {
      renaming.apply(to: arena.replace(term, by: variable, in: old), in: arena)
    }
    var result = self
    var goals = [Term?](repeating: nil, count: steps.count)
    for index in steps.indices {
      let step = steps[index]
      let goal = goals[index] ?? image(step.goal)
      result.steps[index].goal = goal
      switch step.action {
      case .intro(let local), .construct(let local, _):
        guard case .local(let level, let type) = arena.view(local) else { return nil }
        let renamed = arena.local(level: level, type: image(type))
        if case .construct(_, let justification) = step.action {
          guard
            let moved = justification.mapTerms(image).relocated(
              deriving: image(type), in: session)
          else { return nil }
          result.steps[index].action = .construct(local: renamed, by: moved)
        } else {
          result.steps[index].action = .intro(local: renamed)
        }
        if renamed != local { renaming.add(local, renamed) }
      case .show(let justification):
        guard
          let moved = justification.mapTerms(image).relocated(
            deriving: result.steps[index].goal, in: session)
        else { return nil }
        result.steps[index].action = .show(by: moved)
      case .apply(let justification):
        result.steps[index].action = .apply(by: justification.mapTerms(image))
      case .assumption(let fact): result.steps[index].action = .assumption(fact: image(fact))
      }
      // The goals above the first application are images: their binders hide the term.
      if goals[index] == nil, !result.steps[index].action.isApplication { continue }
      guard let left = result.steps[index].action.goals(leftAt: goal, in: session) else {
        return nil
      }
      for (child, goal) in zip(step.children, left) {
        if let known = goals[child], known != goal { return nil }
        goals[child] = goal
      }
    }
    return result
  }

  /// The derivation of a statement with `term` replaced by a new variable, over which it
  /// quantifies; variables and hypotheses that this makes idle are dropped.
  ///
  /// - Returns: nil where that makes no sense; whether it proves anything is for the kernel to say.
  public func generalized(
    replacing term: Term, in session: ProofSession
  ) -> (statement: Term, derivation: Derivation)? {
    let arena = session.arena
    guard let type = session.type(of: term), !arena.node(type).hasLocal else { return nil }
    let variable = arena.local(level: Derivation.firstAbstractLevel + Int(term.id), type: type)
    guard let abstracted = abstracting(term, as: variable, in: session) else { return nil }
    let entry = ContextEntry(kind: .variable, term: variable, type: type, justification: nil)
    return abstracted.generalized(over: [entry], in: session)
  }

  /// Levels of variables that stand for abstracted terms, above those of any state.
  private static let firstAbstractLevel = 1 << 20

  /// The data that the derivation's steps are about, largest first: candidates for `abstracting`.
  public func abstractableTerms(in session: ProofSession) -> [Term] {
    var seen: Set<Term> = []
    var terms: [Term] = []
    for step in steps {
      let justification: Justification
      switch step.action {
      case .construct(_, let by), .show(let by), .apply(let by): justification = by
      case .intro, .assumption: continue
      }
      for term in justification.data {
        let node = session.arena.node(term)
        guard [.application, .constant, .literal, .pi].contains(node.tag),
          let type = session.type(of: term), session.type(of: type) == .type,
          seen.insert(term).inserted
        else { continue }
        terms.append(term)
      }
    }
    let arena = session.arena
    return terms.enumerated().sorted { first, second in
      let (a, b) = (arena.node(first.element).size, arena.node(second.element).size)
      return a != b ? a > b : first.offset < second.offset
    }.map(\.element)
  }
}

extension Action {
  fileprivate var isApplication: Bool {
    if case .apply = self { true } else { false }
  }

  /// The goals that the step leaves, in order; nil where it does not fit the goal it is taken at.
  fileprivate func goals(leftAt goal: Term, in session: ProofSession) -> [Term]? {
    let arena = session.arena
    switch self {
    case .intro(let local):
      guard case .pi(let domain, let body) = arena.view(goal),
        case .local(_, domain) = arena.view(local)
      else { return nil }
      return [session.normalize(arena.instantiate(body, with: local))]
    case .construct: return [goal]
    case .apply(.application(let head, let arguments)):
      guard var type = session.type(of: head) else { return nil }
      var goals: [Term] = []
      for argument in arguments {
        guard case .pi(let domain, let body) = arena.view(session.normalize(type)) else {
          return nil
        }
        if argument == nil { goals.append(session.normalize(domain)) }
        // No type mentions a proof that is still to be found.
        type = arena.instantiate(body, with: argument ?? .prop)
      }
      return goals
    case .apply, .show, .assumption: return []
    }
  }
}

extension Justification {
  /// The terms that it applies something to, or says something about.
  fileprivate var data: [Term] {
    switch self {
    case .application(_, let arguments): arguments.compactMap { $0 }
    case .reflexivity(_, let term): [term]
    case .symmetry, .rewriting, .normalization: []
    }
  }

  /// For a rewriting, the same with the first occurrence that gives `proposition`.
  fileprivate func relocated(
    deriving proposition: Term, in session: ProofSession
  ) -> Justification? {
    guard case .rewriting(let equation, let target, _) = self else { return self }
    let arena = session.arena
    guard let (_, left, right) = session.type(of: equation).flatMap(arena.equalitySides),
      let type = session.type(of: target)
    else { return nil }
    let count = arena.occurrences(of: left, in: type)
    for occurrence in 0..<count {
      let rewritten = arena.replaceOccurrence(occurrence + 1, of: left, by: right, in: type)
      if rewritten == proposition {
        return .rewriting(equation: equation, target: target, occurrence: occurrence + 1)
      }
    }
    return nil
  }
}
