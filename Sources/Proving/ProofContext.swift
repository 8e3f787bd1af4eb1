import Kernel

/// One result of an option: a step, and what it leaves to prove.
struct StepResult {
  let action: Action
  /// What a forward step derives, or what `intro` leaves; for encoding.
  let statement: Term
  /// The goals that a backward step leaves.
  let subgoals: [Term]
}

/// What may be chosen first in a state: `intro` or an arrow with its results.
struct StepOption {
  enum Kind: Hashable {
    case intro, forward, backward
  }

  let kind: Kind
  /// Marks the arrow among the tokens.
  let label: [Int32]
  let results: [StepResult]
}

/// A goal in a context, with its options once they are asked for.
final class ProofContext {
  let session: ProofSession
  let entries: [ContextEntry]
  let goal: Term
  /// The level of all derived facts: their types tell them apart, so that states which derived the
  /// same facts in another order are one state.
  static let factLevel = 1 << 27

  /// Number of variables and hypotheses so far: the level of the next one.
  let level: Int
  /// The propositions in sight and their proofs, in order.
  let factTypes: [Term]
  let facts: [Term]
  /// The fact that is the goal.
  let goalFact: Term?
  private(set) lazy var options: [StepOption] = makeOptions()
  /// A step that closes the goal at once: the goal is in sight, or an option derives it.
  private(set) lazy var closingAction: Action? = findClosingAction()

  init(session: ProofSession, entries: [ContextEntry], goal: Term, level: Int) {
    self.session = session
    self.entries = entries
    self.goal = goal
    self.level = level
    var types: [Term] = []
    var facts: [Term] = []
    for entry in entries where entry.kind == .fact {
      types.append(entry.type)
      facts.append(entry.term)
    }
    factTypes = types
    self.facts = facts
    goalFact = types.firstIndex(of: goal).map { facts[$0] }
  }

  var arena: TermArena { session.arena }

  /// The proof of a proposition that is in sight.
  func fact(of proposition: Term) -> Term? {
    factTypes.firstIndex(of: proposition).map { facts[$0] }
  }

  /// A context in which the goal holds, for processes that ran to their end.
  func closed() -> ProofContext {
    adding(.fact, local: arena.local(level: level, type: goal), justification: nil, goal: goal)
  }

  func adding(
    _ kind: ContextEntry.Kind, local: Term, justification: Justification?, goal: Term
  ) -> ProofContext {
    let type = session.type(of: local) ?? .kind
    let entry = ContextEntry(kind: kind, term: local, type: type, justification: justification)
    return ProofContext(
      session: session, entries: entries + [entry], goal: goal,
      level: justification == nil ? level + 1 : level)
  }

  /// The goals after a step.
  func successors(_ result: StepResult) -> [ProofState] {
    switch result.action {
    case .intro(let local):
      guard case .pi(let domain, let body) = arena.view(goal) else {
        preconditionFailure("intro on a goal that is no arrow")
      }
      let kind: ContextEntry.Kind = session.isProposition(domain) ? .fact : .variable
      let rest = arena.instantiate(body, with: local)
      return [ProofState(adding(kind, local: local, justification: nil, goal: rest))]
    case .construct(let local, let justification):
      let kind: ContextEntry.Kind = arena.node(local).tag == .local ? .fact : .object
      return [ProofState(adding(kind, local: local, justification: justification, goal: goal))]
    case .show, .assumption: return []
    case .apply:
      return result.subgoals.map {
        ProofState(ProofContext(session: session, entries: entries, goal: $0, level: level))
      }
    }
  }

  // MARK: Options

  private func findClosingAction() -> Action? {
    if let goalFact { return .assumption(fact: goalFact) }
    for option in options {
      for result in option.results {
        if case .show = result.action { return result.action }
      }
    }
    return nil
  }

  private func makeOptions() -> [StepOption] {
    // A full arena hands out no terms: the search ends as if its budget were spent.
    if arena.overflowed { return [] }
    var options: [StepOption] = []
    let vocabulary = session.space.vocabulary
    if case .pi(let domain, let body) = arena.view(goal) {
      let local = arena.local(level: level, type: domain)
      let rest = arena.instantiate(body, with: local)
      options.append(
        StepOption(
          kind: .intro, label: [vocabulary.id(.intro)],
          results: [StepResult(action: .intro(local: local), statement: rest, subgoals: [])]))
    }
    let sight = Sight(self)
    func append(_ kind: StepOption.Kind, _ source: Int32, _ results: [StepResult]) {
      if results.isEmpty { return }
      session.enumeratedCount += results.count
      let marker = vocabulary.id(kind == .forward ? .construct : .apply)
      options.append(StepOption(kind: kind, label: [marker, source], results: results))
    }
    func append(_ premise: Premise, _ source: Int32) {
      if premise.isForward { append(.forward, source, sight.forward(premise)) }
      if premise.isBackward { append(.backward, source, sight.backward(premise)) }
    }
    for entry in session.space.entries {
      switch entry {
      case .premise(let premise):
        guard case .constant(let constant) = premise.source else { continue }
        append(premise, vocabulary.id(.constant(constant)))
      case .rule(.reflexivity):
        append(.forward, vocabulary.id(.reflexivity), sight.reflexivities())
      case .rule(.symmetry):
        append(.forward, vocabulary.id(.symmetry), sight.symmetries())
      case .rule(.rewriting):
        append(.forward, vocabulary.id(.rewriting), sight.rewritings())
      case .rule(.normalization):
        // The token of `=`, which is no premise: a token of its own would shift all others.
        append(.forward, vocabulary.id(.constant(.equality)), sight.normalizations())
      }
    }
    for (position, entry) in entries.enumerated() where entry.kind == .fact {
      guard let premise = session.premise(for: entry.term) else { continue }
      append(premise, vocabulary.id(.variable(level: position)))
    }
    return options
  }

  // MARK: Encoding

  /// Most tokens of a state; older facts are left out as wholes first.
  static let stateTokenLimit = 320
  /// Most tokens of one option.
  static let optionTokenLimit = 64

  func query(chosen: Int) -> ProofQuery {
    let vocabulary = session.space.vocabulary
    var state = [vocabulary.id(.goal)]
    state += session.tokens(of: goal, level: level).prefix(ProofContext.stateTokenLimit / 2)
    let runs = entries.map { entry in
      let marker = vocabulary.id(entry.kind == .fact ? .hypothesis : .variable)
      let content = entry.kind == .object ? entry.term : entry.type
      return [marker] + session.tokens(of: content, level: level)
    }
    var first = runs.count
    var total = state.count
    while first > 0, total + runs[first - 1].count <= ProofContext.stateTokenLimit {
      first -= 1
      total += runs[first].count
    }
    if first > 0 { state.append(vocabulary.id(.elided)) }
    for run in runs[first...] { state += run }
    if chosen >= 0 { state += options[chosen].label }
    state.append(vocabulary.id(.value))
    if chosen >= 0 {
      return ProofQuery(state: state, options: options[chosen].results.map { tokens(of: $0) })
    }
    return ProofQuery(
      state: state,
      options: options.map { option in
        guard option.kind != .intro, option.results.count == 1 else { return option.label }
        return option.label + tokens(of: option.results[0])
      })
  }

  private func tokens(of result: StepResult) -> [Int32] {
    let vocabulary = session.space.vocabulary
    var tokens = [vocabulary.id(.result)]
    switch result.action {
    case .apply:
      for subgoal in result.subgoals {
        tokens.append(vocabulary.id(.subgoal))
        tokens += session.tokens(of: subgoal, level: level)
      }
    default: tokens += session.tokens(of: result.statement, level: level)
    }
    return Array(tokens.prefix(ProofContext.optionTokenLimit))
  }
}
