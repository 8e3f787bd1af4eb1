public import Kernel
public import PeanoSyntax

extension Derivation {
  /// The proof as a person reads it: facts that nothing needs are left out, names are chosen anew.
  ///
  /// Variables are `'a`, `'b`, … (propositions `'P`, `'Q`, …), hypotheses `'h0`, `'h1`, …, derived
  /// facts `'p0`, `'p1`, …. A step that several goals need is written out at each of them.
  ///
  /// - Parameter statement: what the first step proves, up to conversion.
  public func theorem(
    named name: String, proving statement: Term, in session: ProofSession
  ) -> SyntaxTheorem {
    let printer = ScriptPrinter(self, in: session)
    return SyntaxTheorem(
      name: SyntaxName(name), statement: printer.statement(statement),
      script: ProofScript(steps: printer.script(from: 0, ScriptScope())))
  }
}

/// The names in scope at one place of a script.
struct ScriptScope {
  private(set) var names: [(name: String, term: Term)] = []
  private var counts = (objects: 0, propositions: 0, hypotheses: 0, facts: 0)

  private static let objects = Array("abcdefghijklmnopqrstuvwxyz")
  private static let propositions = Array("PQRSTUVWXYZABCDEFGHIJKLMNO")

  /// Names a variable, or the hypothesis `local`.
  mutating func introduce(_ local: Term, type: Term, isProof: Bool) -> String {
    if isProof {
      counts.hypotheses += 1
      return add("'h\(counts.hypotheses - 1)", local)
    }
    if type == .prop {
      counts.propositions += 1
      return add(Self.letter(counts.propositions - 1, Self.propositions), local)
    }
    counts.objects += 1
    return add(Self.letter(counts.objects - 1, Self.objects), local)
  }

  mutating func derive(_ local: Term) -> String {
    counts.facts += 1
    return add("'p\(counts.facts - 1)", local)
  }

  private mutating func add(_ name: String, _ local: Term) -> String {
    names.append((name, local))
    return name
  }

  /// `a`, …, `z`, `a_1`, …: no name of the other kinds.
  private static func letter(_ index: Int, _ letters: [Character]) -> String {
    let round = index / letters.count
    return "'\(letters[index % letters.count])" + (round == 0 ? "" : "_\(round)")
  }
}

private struct ScriptPrinter {
  let steps: [Derivation.Step]
  let session: ProofSession
  let arena: TermArena
  /// The locals that the printed part of each step's subtree mentions.
  private let needed: [Set<Term>]

  init(_ derivation: Derivation, in session: ProofSession) {
    steps = derivation.steps
    self.session = session
    arena = session.arena
    needed = derivation.neededLocals(in: session)
  }

  /// The statement with the names that its script gives to variables.
  func statement(_ statement: Term) -> SyntaxTerm {
    var scope = ScriptScope()
    var inputs: [SyntaxInput] = []
    var rest = statement
    while case .pi(let domain, let body) = arena.view(rest) {
      let type = syntax(domain, scope)
      let local = arena.local(level: inputs.count, type: domain)
      let name = scope.introduce(local, type: domain, isProof: session.isProposition(domain))
      rest = arena.instantiate(body, with: local)
      inputs.append(SyntaxInput(name: rest == body ? nil : name, type: type))
    }
    let output = syntax(rest, scope)
    return inputs.isEmpty ? output : .arrow(inputs, output, .synthesized)
  }

  func script(from first: Int, _ outer: ScriptScope) -> [ProofStep] {
    var scope = outer
    var script: [ProofStep] = []
    var index = first
    while true {
      let step = steps[index]
      switch step.action {
      case .intro(let local):
        guard case .local(_, let type) = arena.view(local) else {
          preconditionFailure("step \(index) introduces something that is no local")
        }
        let written = syntax(type, scope)
        let name = scope.introduce(local, type: type, isProof: session.isProposition(type))
        script.append(ProofStep(.intro(SyntaxBinder(name: name, type: written))))
        index = step.children[0]
      case .construct(let local, let justification):
        index = step.children[0]
        // Terms are written out where they are used, so an object needs no step.
        guard case .local(_, let type) = arena.view(local), needed[index].contains(local) else {
          continue
        }
        let term = syntax(justification, scope)
        let written = syntax(type, scope)
        let name = scope.derive(local)
        script.append(ProofStep(.construct(SyntaxBinder(name: name, type: written), by: term)))
      case .show(let justification):
        let term = syntax(justification, scope)
        script.append(ProofStep(.show(syntax(step.goal, scope), by: term)))
        return script
      case .assumption(let fact):
        script.append(ProofStep(.show(syntax(step.goal, scope), by: syntax(fact, scope))))
        return script
      case .apply(let justification):
        let blocks = step.children.map { child in
          GoalBlock(
            statement: syntax(steps[child].goal, scope), steps: self.script(from: child, scope))
        }
        script.append(ProofStep(.apply(syntax(justification, scope)), goals: blocks))
        return script
      }
    }
  }

  private func syntax(_ term: Term, _ scope: ScriptScope) -> SyntaxTerm {
    PeanoSyntax.syntax(
      of: term, arena: arena, theory: session.space.theory, locals: scope.names)
  }

  private func syntax(_ justification: Justification, _ scope: ScriptScope) -> SyntaxTerm {
    switch justification {
    case .application(let head, let arguments):
      let function = syntax(head, scope)
      if arguments.isEmpty { return function }
      return .application(
        function, arguments.map { $0.map { syntax($0, scope) } ?? .name(ScriptWord.hole) })
    case .reflexivity(_, let term):
      return .application(.name(EqualityRule.reflexivity.rawValue), [syntax(term, scope)])
    case .symmetry(let equation):
      return .application(.name(EqualityRule.symmetry.rawValue), [syntax(equation, scope)])
    case .rewriting(let equation, let target, let occurrence):
      let place = SyntaxTerm.numeral(String(occurrence), .synthesized)
      return .application(
        .name(EqualityRule.rewriting.rawValue),
        [syntax(equation, scope), syntax(target, scope), place])
    case .normalization: return .name(EqualityRule.normalization.rawValue)
    }
  }
}

/// Words that mean something in the terms of script steps only.
enum ScriptWord {
  static let hole = "_"
}

extension Derivation {
  /// For each step, the locals that the script from there on mentions without introducing them.
  ///
  /// Exact per branch, unlike `minimized`: equal facts of two branches are one local.
  fileprivate func neededLocals(in session: ProofSession) -> [Set<Term>] {
    var needed = [Set<Term>](repeating: [], count: steps.count)
    for index in steps.indices.reversed() {
      let step = steps[index]
      var locals: Set<Term> = []
      for child in step.children { locals.formUnion(needed[child]) }
      var mentioned: [Term] = []
      switch step.action {
      case .intro(let local):
        locals.remove(local)
        mentioned = [session.type(of: local) ?? .kind]
      case .construct(let local, let justification):
        if locals.remove(local) != nil {
          mentioned = [session.type(of: local) ?? .kind] + justification.terms
        }
      case .show(let justification): mentioned = [step.goal] + justification.terms
      case .assumption(let fact): mentioned = [step.goal, fact]
      case .apply(let justification):
        mentioned = step.children.map { steps[$0].goal } + justification.terms
      }
      for term in mentioned { session.collectLocals(in: term, into: &locals) }
      needed[index] = locals
    }
    return needed
  }
}
