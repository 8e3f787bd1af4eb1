public import Kernel

extension Derivation {
  /// Without the facts that nothing after them uses.
  ///
  /// - Complexity: linear in the steps and the terms that they mention.
  public func minimized(in session: ProofSession) -> Derivation {
    var used: Set<Term> = []
    // Where each step of the old proof is found: itself, or what it was dropped for.
    var target = Array(steps.indices)
    var isKept = [Bool](repeating: true, count: steps.count)
    for index in steps.indices.reversed() {
      switch steps[index].action {
      case .intro: break
      case .construct(let local, let justification):
        if session.arena.node(local).tag == .local, !used.contains(local) {
          isKept[index] = false
          target[index] = target[steps[index].children[0]]
          continue
        }
        for term in justification.terms { session.collectLocals(in: term, into: &used) }
      case .show(let justification), .apply(let justification):
        for term in justification.terms { session.collectLocals(in: term, into: &used) }
      case .assumption(let fact): session.collectLocals(in: fact, into: &used)
      }
    }
    var position = [Int](repeating: 0, count: steps.count)
    var count = 0
    for index in steps.indices where isKept[index] {
      position[index] = count
      count += 1
    }
    return Derivation(
      steps: steps.indices.filter { isKept[$0] }.map { index in
        var step = steps[index]
        step.children = step.children.map { position[target[$0]] }
        return step
      })
  }

  /// A derivation under the context `entries` as one that stands alone: the hypotheses that it
  /// needs become arguments of the statement, the facts that it needs become steps.
  ///
  /// - Returns: the generalized statement and its derivation.
  public func generalized(
    over entries: [ContextEntry], in session: ProofSession
  ) -> (statement: Term, derivation: Derivation) {
    let arena = session.arena
    let (body, entries) = minimized(in: session).peelingIntros(onto: entries, in: session)
    let goal = body.steps[0].goal
    var used: Set<Term> = []
    session.collectLocals(in: goal, into: &used)
    for step in body.steps {
      switch step.action {
      case .intro: break
      case .construct(_, let justification), .show(let justification), .apply(let justification):
        for term in justification.terms { session.collectLocals(in: term, into: &used) }
      case .assumption(let fact): session.collectLocals(in: fact, into: &used)
      }
    }
    var facts: [(local: Term, justification: Justification)] = []
    var hypotheses: [Term] = []
    for entry in entries.reversed() where entry.kind != .object && used.contains(entry.term) {
      if let justification = entry.justification {
        facts.append((entry.term, justification))
        for term in justification.terms { session.collectLocals(in: term, into: &used) }
      } else {
        hypotheses.append(entry.term)
      }
      session.collectLocals(in: entry.type, into: &used)
    }
    hypotheses = session.canonicalOrder(hypotheses.reversed(), before: goal).reversed()
    var statements = [goal]
    for local in hypotheses {
      let inner = arena.abstract(statements.last!, over: [local])
      statements.append(arena.pi(session.type(of: local) ?? .kind, inner))
    }
    var steps: [Step] = []
    for (index, local) in hypotheses.reversed().enumerated() {
      steps.append(
        Step(
          action: .intro(local: local), goal: statements[statements.count - 1 - index],
          children: [steps.count + 1]))
    }
    for (local, justification) in facts.reversed() {
      steps.append(
        Step(
          action: .construct(local: local, by: justification), goal: goal,
          children: [steps.count + 1]))
    }
    let offset = steps.count
    steps += body.steps.map { step in
      Step(action: step.action, goal: step.goal, children: step.children.map { $0 + offset })
    }
    return (statements.last!, Derivation(steps: steps))
  }
}

extension Derivation {
  /// The rest of a derivation after its leading intros, and the context that they make.
  ///
  /// Nothing changes where the derivation ends before its intros do.
  func peelingIntros(
    onto entries: [ContextEntry], in session: ProofSession
  ) -> (body: Derivation, entries: [ContextEntry]) {
    var entries = entries
    var first = 0
    while case .intro(let local) = steps[first].action,
      case .local(_, let type) = session.arena.view(local)
    {
      let kind: ContextEntry.Kind = session.isProposition(type) ? .fact : .variable
      entries.append(ContextEntry(kind: kind, term: local, type: type, justification: nil))
      first += 1
    }
    let body = steps[first...].map { step in
      Step(action: step.action, goal: step.goal, children: step.children.map { $0 - first })
    }
    return (Derivation(steps: body), entries)
  }
}

extension ProofSession {
  /// Puts variables whose types mention no other hypothesis first, in the order in which the rest
  /// of the statement mentions them: statements that differ in that order alone become one.
  func canonicalOrder(_ hypotheses: [Term], before goal: Term) -> [Term] {
    var variables: [Term] = []
    var rest: [Term] = []
    for local in hypotheses {
      guard case .local(_, let type) = arena.view(local) else { continue }
      if arena.node(type).hasLocal || isProposition(type) {
        rest.append(local)
      } else {
        variables.append(local)
      }
    }
    var mentioned: [Term] = []
    for local in rest { mentionLocals(in: type(of: local) ?? .kind, in: &mentioned) }
    mentionLocals(in: goal, in: &mentioned)
    let sorted = mentioned.filter(variables.contains)
    return sorted + variables.filter { !sorted.contains($0) } + rest
  }

  /// Appends the locals in `term` that are not in `locals` yet, from left to right.
  private func mentionLocals(in term: Term, in locals: inout [Term]) {
    let node = arena.node(term)
    guard node.hasLocal else { return }
    switch node.tag {
    case .local: if !locals.contains(term) { locals.append(term) }
    case .application, .lambda, .pi:
      mentionLocals(in: Term(id: node.a), in: &locals)
      mentionLocals(in: Term(id: node.b), in: &locals)
    case .sort, .variable, .constant, .literal, .definition: break
    }
  }

  /// Adds the locals that occur in `term` to `locals`; those in the types of locals do not count.
  func collectLocals(in term: Term, into locals: inout Set<Term>) {
    let node = arena.node(term)
    guard node.hasLocal else { return }
    switch node.tag {
    case .local: locals.insert(term)
    case .application, .lambda, .pi:
      collectLocals(in: Term(id: node.a), into: &locals)
      collectLocals(in: Term(id: node.b), into: &locals)
    case .definition:
      collectLocals(in: Term(id: node.a), into: &locals)
      collectLocals(in: Term(id: node.b), into: &locals)
      collectLocals(in: Term(id: node.c), into: &locals)
    case .sort, .variable, .constant, .literal: break
    }
  }
}
