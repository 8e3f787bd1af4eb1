import Kernel

/// One choice that a proof makes in the action space.
public struct ReplayedChoice {
  public let state: ProofState
  public let option: Int
}

extension Derivation {
  /// The choices that lead from `root` to this proof, in the action space as it is enumerated.
  ///
  /// Locals are renamed on the way. Nil where a step is not among the options: a limit kept it out.
  public func choices(from root: ProofState) -> [ReplayedChoice]? {
    var choices: [ReplayedChoice] = []
    var pending: [(step: Int, state: ProofState, renaming: Renaming)] = [(0, root, Renaming())]
    while let next = pending.popLast() {
      let (state, step) = (next.state, steps[next.step])
      var renaming = next.renaming
      let arena = state.session.arena
      if state.closingAction != nil { continue }
      switch step.action {
      case .assumption: return nil
      case .intro(let local):
        guard let (path, action) = state.find({ if case .intro = $0 { true } else { false } }),
          case .intro(let renamed) = action
        else { return nil }
        renaming.add(local, renamed)
        choices += path
        pending.append((step.children[0], path.last!.successors[0], renaming))
      case .construct(let local, let justification):
        guard case .local(_, let type) = arena.view(local) else { return nil }
        let wanted = renaming.apply(to: type, in: arena)
        if let fact = state.context.fact(of: wanted) {
          renaming.add(local, fact)
          pending.append((step.children[0], state, renaming))
          continue
        }
        let exact = justification.mapTerms { renaming.apply(to: $0, in: arena) }
        guard let (path, action) = state.find(preferring: exact, { $0.derives(wanted, in: state) })
        else { return nil }
        choices += path
        guard case .construct(let renamed, _) = action else { continue }
        renaming.add(local, renamed)
        pending.append((step.children[0], path.last!.successors[0], renaming))
      case .show(let justification):
        let exact = justification.mapTerms { renaming.apply(to: $0, in: arena) }
        guard
          let (path, _) = state.find(
            preferring: exact, { if case .show = $0 { true } else { false } })
        else { return nil }
        choices += path
      case .apply(let justification):
        let exact = justification.mapTerms { renaming.apply(to: $0, in: arena) }
        guard let (path, _) = state.find({ $0 == .apply(by: exact) }) else { return nil }
        choices += path
        let subgoals = path.last!.successors
        guard subgoals.count == step.children.count else { return nil }
        for (child, subgoal) in zip(step.children, subgoals).reversed() {
          pending.append((child, subgoal, renaming))
        }
      }
    }
    return choices
  }
}

extension ReplayedChoice {
  /// The goals that the choice leaves.
  var successors: [ProofState] { state.subgoals(after: option) }
}

extension Action {
  /// Whether the step puts a proof of `proposition` in sight.
  func derives(_ proposition: Term, in state: ProofState) -> Bool {
    switch self {
    case .construct(let local, _):
      state.session.arena.node(local).tag == .local && state.session.type(of: local) == proposition
    case .show: state.goal == proposition
    case .intro, .apply, .assumption: false
    }
  }

  var justification: Justification? {
    switch self {
    case .construct(_, let justification), .show(let justification), .apply(let justification):
      justification
    case .intro, .assumption: nil
    }
  }
}

extension ProofState {
  /// The choices, one or two, that take a step for which `isWanted` holds; one with the preferred
  /// justification if there is one, else the first.
  func find(
    preferring justification: Justification? = nil, _ isWanted: (Action) -> Bool
  ) -> (path: [ReplayedChoice], action: Action)? {
    var found: (path: [ReplayedChoice], action: Action)?
    for (index, option) in context.options.enumerated() {
      for (position, result) in option.results.enumerated() where isWanted(result.action) {
        let isExact = justification == nil || result.action.justification == justification
        if found != nil, !isExact { continue }
        var path = [ReplayedChoice(state: self, option: index)]
        if option.results.count > 1 {
          path.append(
            ReplayedChoice(state: ProofState(context, chosen: index), option: position))
        }
        found = (path, result.action)
        if isExact { return found }
      }
    }
    return found
  }
}

/// Old locals and what stands for them now.
struct Renaming {
  private var old: [Term] = []
  private var new: [Term] = []

  mutating func add(_ local: Term, _ replacement: Term) {
    old.append(local)
    new.append(replacement)
  }

  func apply(to term: Term, in arena: TermArena) -> Term {
    guard arena.node(term).hasLocal else { return term }
    return arena.instantiate(arena.abstract(term, over: old), with: new)
  }
}
