import Kernel

/// What can be argued about in one state: its facts, and its objects grouped by type.
///
/// Facts and objects are visited in the order in which they came, filtered by head symbol before
/// anything is matched; premises find their hypotheses among the facts before free parameters range
/// over the objects. A class, as every search for arguments holds one: a copy would count
/// five references each time.
final class Sight {
  let context: ProofContext
  let session: ProofSession
  let arena: TermArena
  let limits: ActionLimits
  /// Head symbol of each fact.
  let factHeads: [UInt32]
  let groups: [(type: Term, terms: [Term])]

  init(_ context: ProofContext) {
    self.context = context
    session = context.session
    arena = context.arena
    limits = context.session.space.limits
    factHeads = context.factTypes.map { [arena = context.arena] in arena.node($0).head }
    groups = Self.groups(in: context)
  }

  private static func groups(in context: ProofContext) -> [(type: Term, terms: [Term])] {
    let session = context.session
    var groups: [(type: Term, terms: [Term])] = []
    func add(_ term: Term) {
      guard session.mark(term), let type = session.type(of: term) else { return }
      if let index = groups.firstIndex(where: { $0.type == type }) {
        groups[index].terms.append(term)
      } else {
        groups.append((type, [term]))
      }
    }
    session.clearMarks()
    for term in session.space.constantObjects { add(term) }
    for entry in context.entries {
      if entry.kind != .fact { add(entry.term) }
      for term in session.objects(in: entry.kind == .object ? entry.term : entry.type) { add(term) }
    }
    for term in session.objects(in: context.goal) { add(term) }
    return groups
  }

  func objects(of type: Term) -> [Term] {
    groups.first { $0.type == type }?.terms ?? []
  }

  // MARK: Forward

  /// The propositions (or objects) that `premise` gives, each once, in a fixed order.
  func forward(_ premise: Premise) -> [StepResult] {
    var search = PremiseSearch(premise, in: self)
    session.clearMarks()
    var results: [StepResult] = []
    search.findPatterns(0) { matcher in
      let conclusion = matcher.resolve(
        premise.conclusion, isFlexible: premise.isConclusionFlexible)
      let arguments = matcher.bindings
      guard let result = forwardResult(premise, conclusion, arguments) else { return true }
      return keep(result, &results)
    }
    return results
  }

  private func forwardResult(
    _ premise: Premise, _ conclusion: Term, _ arguments: [Term]
  ) -> StepResult? {
    let head = premise.head(in: arena)
    let justification = Justification.application(head: head, arguments: arguments)
    if premise.concludesProof { return derived(conclusion, by: justification) }
    let object = arena.application(head, arguments)
    guard !objects(of: conclusion).contains(object), session.mark(object) else { return nil }
    guard arena.node(object).size <= limits.termSize else {
      session.cappedCount += 1
      return nil
    }
    return StepResult(
      action: .construct(local: object, by: justification), statement: object, subgoals: [])
  }

  /// The step that derives `proposition`; nil if it is in sight already, was listed, or is too
  /// large.
  func derived(_ proposition: Term, by justification: Justification) -> StepResult? {
    guard session.mark(proposition), context.fact(of: proposition) == nil else { return nil }
    guard arena.node(proposition).size <= limits.termSize else {
      session.cappedCount += 1
      return nil
    }
    if proposition == context.goal {
      return StepResult(action: .show(by: justification), statement: proposition, subgoals: [])
    }
    let local = arena.local(level: ProofContext.factLevel, type: proposition)
    return StepResult(
      action: .construct(local: local, by: justification), statement: proposition, subgoals: [])
  }

  /// Whether to go on after this result.
  func keep(_ result: StepResult, _ results: inout [StepResult]) -> Bool {
    if results.count >= limits.results {
      session.cappedCount += 1
      return false
    }
    results.append(result)
    return true
  }

  // MARK: Backward

  /// The ways in which `premise` reduces the goal, each set of subgoals once, in a fixed order.
  func backward(_ premise: Premise) -> [StepResult] {
    let goal = context.goal
    if let head = premise.conclusionHead, head.id != arena.node(goal).head { return [] }
    var search = PremiseSearch(premise, in: self)
    guard search.matcher.match(premise.conclusion, goal) else { return [] }
    search.leavesSubgoals = true
    var results: [StepResult] = []
    var seen: Set<[Term]> = []
    search.findArguments { matcher in
      var arguments: [Term?] = []
      var subgoals: [Term] = []
      for (index, parameter) in premise.parameters.enumerated() {
        if matcher.isBound(index) {
          arguments.append(matcher.bindings[index])
        } else {
          arguments.append(nil)
          subgoals.append(matcher.resolve(parameter.type, isFlexible: parameter.isFlexible))
        }
      }
      // A step that leaves its own goal to prove goes nowhere.
      guard !subgoals.contains(goal), seen.insert(subgoals).inserted else { return true }
      let justification = Justification.application(
        head: premise.head(in: arena), arguments: arguments)
      let action: Action = subgoals.isEmpty ? .show(by: justification) : .apply(by: justification)
      return keep(StepResult(action: action, statement: goal, subgoals: subgoals), &results)
    }
    return results
  }
}

extension Premise {
  func head(in arena: TermArena) -> Term {
    switch source {
    case .constant(let constant): arena.constant(constant)
    case .hypothesis(let local): local
    }
  }
}
