import Kernel
import PeanoSyntax

/// Checks one script against its statement, step by step, without any search: arguments are written
/// out, and a hole is either determined by the goal or a goal of its own.
///
/// The result is a ``Derivation``; the kernel has the last word on it. What is wrong is refused
/// here all the same, where a person can see why.
struct ScriptChecker {
  let source: SourceFile
  let session: ProofSession
  /// Why a theorem of the file cannot be cited here, by its name.
  let uncitable: [String: String]
  private var steps: [Derivation.Step] = []
  private var waiting: [Block] = []

  /// A goal and the steps that are to prove it.
  struct Block {
    let steps: [ProofStep]
    var goal: Term
    /// The place to blame if the steps are too few.
    var place: SourceRange
    var names: [(name: String, term: Term)] = []
    /// Number of locals so far: the level of the next one.
    var level = 0
    /// The step whose child the first step is.
    var parent: Int?

    mutating func bind(_ name: String, _ local: Term) {
      names.append((name, local))
      level += 1
    }
  }

  init(source: SourceFile, session: ProofSession, uncitable: [String: String]) {
    self.source = source
    self.session = session
    self.uncitable = uncitable
  }

  var arena: TermArena { session.arena }
  var theory: Theory { session.space.theory }

  /// - Throws: `SyntaxError` with one diagnostic, for the first step that is wrong.
  mutating func derivation(
    of script: ProofScript, proving statement: Term, at place: SourceRange
  ) throws(SyntaxError) -> Derivation {
    steps = []
    // Blocks may nest deeper than the stack is high, so they wait on a stack of their own.
    waiting = [
      Block(steps: script.steps, goal: session.normalize(statement), place: place)
    ]
    while let block = waiting.popLast() { try check(block) }
    return Derivation(steps: steps)
  }

  private mutating func check(_ start: Block) throws(SyntaxError) {
    var block = start
    for (index, step) in block.steps.enumerated() {
      let closes: Bool
      switch step.action {
      case .intro(let binder):
        try intro(binder, step, &block)
        closes = false
      case .construct(let binder, let term):
        try construct(binder, term, &block)
        closes = false
      case .show(let statement, let term):
        try show(statement, term, &block)
        closes = true
      case .apply(let term):
        try apply(term, step, block)
        closes = true
      }
      block.place = step.range
      guard closes else { continue }
      if index + 1 < block.steps.count {
        throw error(
          "the goal is proved already: nothing is left for this step", fix: "remove it",
          block.steps[index + 1].range)
      }
      return
    }
    throw error(
      "the goal \(text(block.goal, block)) is left open\(context(block))",
      fix: "go on until `show` or `apply` closes it", block.place)
  }

  // MARK: Steps

  private mutating func intro(
    _ binder: SyntaxBinder, _ step: ProofStep, _ block: inout Block
  ) throws(SyntaxError) {
    guard case .pi(let domain, let body) = arena.view(block.goal) else {
      throw error(
        "the goal \(text(block.goal, block)) has no input to introduce",
        fix: "prove it with show or apply", step.range)
    }
    let type = try term(binder.type, block)
    guard try agree(type, domain, binder.type.range, block) else {
      throw error(
        "the next input of the goal is \(text(domain, block)), not \(text(type, block))",
        fix: "write intro \(binder.name) : \(plain(domain, block)).", binder.type.range)
    }
    let local = arena.local(level: block.level, type: domain)
    append(.intro(local: local), &block)
    block.bind(binder.name, local)
    block.goal = arena.instantiate(body, with: local)
  }

  private mutating func construct(
    _ binder: SyntaxBinder, _ written: SyntaxTerm, _ block: inout Block
  ) throws(SyntaxError) {
    let statement = try proposition(binder.type, block)
    let justification = try justification(written, of: statement, block)
    try refuseGoals(justification.goals, in: written, block)
    let local = arena.local(level: block.level, type: statement)
    append(.construct(local: local, by: justification.step), &block)
    block.bind(binder.name, local)
  }

  private mutating func show(
    _ written: SyntaxTerm, _ proof: SyntaxTerm, _ block: inout Block
  ) throws(SyntaxError) {
    let statement = try proposition(written, block)
    guard try agree(statement, block.goal, written.range, block) else {
      throw error(
        "this shows \(text(statement, block)), but the goal is \(text(block.goal, block))",
        fix: "show states the goal; use construct for a fact on the way", written.range)
    }
    let justification = try justification(proof, of: block.goal, block)
    try refuseGoals(justification.goals, in: proof, block)
    append(.show(by: justification.step), &block)
  }

  private mutating func apply(
    _ written: SyntaxTerm, _ step: ProofStep, _ current: Block
  ) throws(SyntaxError) {
    var block = current
    let (justification, goals) = try justification(written, of: block.goal, block)
    append(.apply(by: justification), &block)
    for (index, (goal, _)) in goals.enumerated() {
      guard index < step.goals.count else {
        throw error(
          "this step leaves \(goals.count) goals, but \(step.goals.count) blocks follow; open: "
            + text(goal, block) + context(block),
          fix: "add goal \(plain(goal, block)) { … }", step.range)
      }
      let written = step.goals[index].statement
      let claimed = try proposition(written, block)
      guard try agree(claimed, goal, written.range, block) else {
        throw error(
          "this block proves \(text(claimed, block)), but the open goal is \(text(goal, block))",
          fix: "write goal \(plain(goal, block)) { … }", written.range)
      }
    }
    if step.goals.count > goals.count {
      throw error(
        "the step leaves \(goals.count) goals: none is left for this block", fix: "remove it",
        step.goals[goals.count].statement.range)
    }
    // The last block waits at the bottom, so that the first is checked next.
    for (block, (goal, _)) in zip(step.goals, goals).reversed() {
      waiting.append(
        Block(
          steps: block.steps, goal: goal, place: block.statement.range, names: current.names,
          level: current.level, parent: steps.count - 1))
    }
  }

  /// Records a step and hangs it below the step before it.
  private mutating func append(_ action: Action, _ block: inout Block) {
    if let parent = block.parent { steps[parent].children.append(steps.count) }
    block.parent = steps.count
    steps.append(Derivation.Step(action: action, goal: block.goal, children: []))
  }

  private func refuseGoals(
    _ goals: [(goal: Term, hole: SourceRange)], in written: SyntaxTerm, _ block: Block
  ) throws(SyntaxError) {
    guard let (goal, hole) = goals.first else { return }
    throw error(
      "this hole leaves the goal \(text(goal, block)), which has no block here",
      fix: "name a fact that proves it, or use apply, whose goals have blocks",
      hole == .synthesized ? written.range : hole)
  }

  // MARK: Terms

  /// A written term in the names of `block`.
  func term(_ written: SyntaxTerm, _ block: Block) throws(SyntaxError) -> Term {
    if let (reason, range) = citation(written) {
      throw error(reason, fix: "cite theorems that are proved above", range)
    }
    return try elaborate(
      written, of: source, theory: theory, arena: arena, locals: block.names)
  }

  /// A written proposition, normalized.
  private func proposition(
    _ written: SyntaxTerm, _ block: Block
  ) throws(SyntaxError) -> Term {
    let statement = try term(written, block)
    do {
      try session.checker.checkProposition(statement)
    } catch {
      throw refusal(error, written.range, block)
    }
    return session.normalize(statement)
  }

  /// The first name of a theorem that is not proved at this point.
  private func citation(_ term: SyntaxTerm) -> (reason: String, range: SourceRange)? {
    if uncitable.isEmpty { return nil }
    switch term {
    case .name(let name, let range): return uncitable[name].map { ($0, range) }
    case .numeral: return nil
    case .application(let function, let arguments, _):
      return citation(function) ?? arguments.lazy.compactMap { citation($0) }.first
    case .arrow(let inputs, let output, _):
      return inputs.lazy.compactMap { citation($0.type) }.first ?? citation(output)
    case .lambda(let binders, let body, _):
      return binders.lazy.compactMap { citation($0.type) }.first ?? citation(body)
    case .local(let binder, let value, let body, _):
      return citation(binder.type) ?? citation(value) ?? citation(body)
    }
  }

  func agree(
    _ left: Term, _ right: Term, _ range: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Bool {
    do {
      return try session.checker.isConvertible(left, right)
    } catch {
      throw refusal(error, range, block)
    }
  }

  // MARK: Messages

  func error(_ message: String, fix: String, _ range: SourceRange) -> SyntaxError {
    SyntaxError([Diagnostic(message, fix: fix, at: range, in: source)])
  }

  func refusal(_ refused: KernelError, _ range: SourceRange, _ block: Block) -> SyntaxError {
    let explanation = Explanation(
      of: refused, arena: arena, theory: theory, locals: block.names)
    return error(explanation.message, fix: explanation.fix, range)
  }

  func plain(_ term: Term, _ block: Block) -> String {
    print(term, arena: arena, theory: theory, locals: block.names, maximalSize: 200)
  }

  func text(_ term: Term, _ block: Block) -> String { "`\(plain(term, block))`" }

  /// What is known at a place, for messages.
  private func context(_ block: Block) -> String {
    if block.names.isEmpty { return "" }
    let known = block.names.suffix(12).map { entry in
      "\(entry.name) : \(session.type(of: entry.term).map { plain($0, block) } ?? "?")"
    }
    return "; known: " + (block.names.count > 12 ? "…, " : "") + known.joined(separator: ", ")
  }
}
