import Kernel
import PeanoSyntax

/// Checks one script of the original's language against its statement.
///
/// Steps name a rule; its arguments are found here, by going through what is in sight in a fixed
/// order, up to a limit. A block proves a goal that is open, up to conversion, and nothing counts
/// but that: the result is a term, and the kernel has the last word on it.
struct LegacyScriptChecker {
  let source: SourceFile
  let session: ProofSession
  /// Why a theorem of the file cannot be cited here, by its name.
  let uncitable: [String: String]
  /// What holds from the start: propositions that are no arrows, with their constants.
  let known: [ContextEntry]
  private var proof = LegacyProof(keepsFacts: false)
  private var waiting: [Block] = []
  /// What was repaired.
  private(set) var repairs = RepairLog()

  /// Bounds on the search for the arguments of one step.
  static let limits = ActionLimits(results: 2_048, termSize: 65_536, attempts: 200_000)
  /// Most facts and variables that one block may see.
  static let entryLimit = 1_000

  /// A goal and the steps that are to prove it.
  struct Block {
    var steps: ArraySlice<LegacyStep>
    /// Nil in a script that only derives.
    var goal: Term?
    /// The place to blame if the steps are too few.
    var place: SourceRange
    var names: [(name: String, term: Term)] = []
    var entries: [ContextEntry] = []
    /// Number of variables and hypotheses so far: the level of the next one.
    var level = 0
    /// The step of the proof that this block continues.
    var parent: Int?
    /// What proves the goal, once something does.
    var closing: Term?
  }

  init(
    source: SourceFile, session: ProofSession, uncitable: [String: String], known: [ContextEntry]
  ) {
    self.source = source
    self.session = session
    self.uncitable = uncitable
    self.known = known
  }

  var arena: TermArena { session.arena }
  var theory: Theory { session.space.theory }

  /// The term that the script stands for.
  ///
  /// - Throws: `SyntaxError` with one diagnostic, for the first step that is wrong.
  mutating func term(
    of script: LegacyScript, proving statement: Term, at place: SourceRange
  ) throws(SyntaxError) -> Term {
    proof = LegacyProof(keepsFacts: !script.hasGoal)
    // Blocks may nest deeper than the stack is high, so they wait on a stack of their own.
    waiting = [
      Block(
        steps: script.steps[...], goal: script.hasGoal ? session.normalize(statement) : nil,
        place: place, entries: known)
    ]
    while let block = waiting.popLast() { try check(block) }
    do {
      return try proof.term(in: session)
    } catch {
      throw self.error(
        "the steps make no proof term: \(error)", fix: "split the script into lemmas", place)
    }
  }

  private mutating func check(_ start: Block) throws(SyntaxError) {
    var block = start
    while let step = block.steps.popFirst() {
      if block.entries.count - known.count > Self.entryLimit {
        throw error(
          "this block has more than \(Self.entryLimit) facts", fix: "split it into lemmas",
          step.range)
      }
      switch step.action {
      case .intro(let binder): try intro(binder, step.range, &block)
      case .construct(let binder, let value, let rule):
        try construct(binder, value, by: rule, step.range, &block)
      case .show(let statement, let rule):
        let statement = try type(statement, block)
        try add(statement, provedBy: try search(for: statement, by: rule, block), nil, &block)
      case .define(let binder, let value): try define(binder, value, step.range, &block)
      case .currentGoal(let statement):
        try requireGoal(try type(statement, block), statement.range, block)
      case .have(let statement): return try have(statement, step, block)
      case .apply(let rule): return try apply(rule, step.range, block)
      case .goal(let statement):
        throw error(
          "no step leaves \(text(try type(statement, block), block)) as a goal",
          fix: "a `goal` block stands after the `apply` whose goal it proves", step.range)
      case .halt:
        guard block.goal != nil || block.steps.isEmpty else {
          throw error(
            "the steps after this one are not checked, and nothing else would notice",
            fix: "a `verify` block ends with its last step", step.range)
        }
        block.steps = []
      }
      block.place = step.range
    }
    try finish(block)
  }

  /// Ends a block.
  private mutating func finish(_ block: Block) throws(SyntaxError) {
    guard let goal = block.goal else {
      _ = proof.append(.done(LegacyProof.identity(arena)), below: block.parent)
      return
    }
    guard let closing = block.closing else {
      throw error(
        "the goal \(text(goal, block)) is left open\(context(block))",
        fix: "go on until the goal is shown", block.place)
    }
    _ = proof.append(.done(closing), below: block.parent)
  }

  // MARK: Steps

  private mutating func intro(
    _ binder: SyntaxBinder, _ place: SourceRange, _ block: inout Block
  ) throws(SyntaxError) {
    let goal = try openGoal(for: "intro", place, block)
    guard case .pi(let domain, let body) = arena.view(goal) else {
      throw error(
        "the goal \(text(goal, block)) has no input to introduce", fix: "prove it, or remove this",
        place)
    }
    let type = try type(binder.type, block)
    guard try agree(type, domain, binder.type.range, block) else {
      throw error(
        "the next input of the goal is \(text(domain, block)), not \(text(type, block))",
        fix: "write intro \(binder.name) : \(plain(domain, block)).", binder.type.range)
    }
    let local = arena.local(level: block.level, type: domain)
    block.level += 1
    block.parent = proof.append(.intro(local), below: block.parent)
    // A name that means something keeps its meaning, as in the original.
    let isTaken =
      block.names.contains { $0.name == binder.name } || theory.constant(named: binder.name) != nil
    let name = isTaken ? "\(binder.name)'\(block.level)" : binder.name
    if isTaken {
      repairs.add(
        Diagnostic(
          "`\(binder.name)` means something already, and goes on meaning that: this is `\(name)`",
          fix: "introduce another name", at: binder.range, in: source, repair: .takenName))
    }
    sight(local, as: name, of: domain, &block)
    let rest = arena.instantiate(body, with: local)
    block.goal = rest
    if arena.node(rest).tag != .pi {
      block.closing = block.entries[known.count...].last { $0.type == rest }?.term
    }
  }

  private mutating func construct(
    _ binder: SyntaxBinder, _ value: SyntaxTerm?, by rule: SyntaxName, _ place: SourceRange,
    _ block: inout Block
  ) throws(SyntaxError) {
    let type = try type(binder.type, block)
    let term: Term
    if let value {
      term = try self.term(value, block)
      let actual = session.normalize(try inferred(term, value.range, block))
      guard try agree(actual, type, value.range, block) else {
        throw error(
          "\(text(term, block)) has type \(text(actual, block)), not \(text(type, block))",
          fix: "change the value or the type", value.range)
      }
      guard case .name(let head, _) = value.head, head == rule.text else {
        throw error(
          "`\(rule.text)` does not construct \(text(term, block))",
          fix: "write the head of the value after `by`", rule.range)
      }
    } else {
      term = try search(for: type, by: rule, block)
    }
    try add(type, provedBy: term, binder.name, &block)
  }

  private mutating func define(
    _ binder: SyntaxBinder, _ value: SyntaxTerm?, _ place: SourceRange, _ block: inout Block
  ) throws(SyntaxError) {
    let type = try type(binder.type, block)
    if let value {
      let term = try term(value, block)
      let actual = session.normalize(try inferred(term, value.range, block))
      guard try agree(actual, type, value.range, block) else {
        throw error(
          "\(text(term, block)) has type \(text(actual, block)), not \(text(type, block))",
          fix: "change the value or the type", value.range)
      }
      return try add(type, provedBy: term, binder.name, &block)
    }
    guard block.goal == nil else {
      throw error(
        "`\(binder.name)` is assumed in the middle of a proof",
        fix: "give it a value, or make it an input of the theorem", place)
    }
    let local = arena.local(level: block.level, type: type)
    block.level += 1
    block.parent = proof.append(.assume(local), below: block.parent)
    sight(local, as: binder.name, of: type, &block)
  }

  private mutating func have(
    _ written: SyntaxTerm, _ step: LegacyStep, _ current: Block
  ) throws(SyntaxError) {
    let type = try type(written, current)
    let isFact = session.isProposition(type)
    var rest = current
    let local = arena.local(
      level: isFact ? ProofContext.factLevel : current.level, type: type)
    if !isFact { rest.level += 1 }
    let parent = proof.append(.have(local: local), below: current.parent)
    var block = current
    block.steps = step.steps[...]
    block.goal = type
    block.closing = nil
    block.place = written.range
    // The steps are children in the order in which they are appended: the block's come first.
    block.parent = parent
    rest.parent = parent
    rest.place = step.range
    rest.entries.append(
      ContextEntry(kind: isFact ? .fact : .variable, term: local, type: type, justification: nil))
    if let goal = rest.goal, goal == type { rest.closing = local }
    waiting.append(rest)
    waiting.append(block)
  }

  private mutating func apply(
    _ rule: SyntaxName, _ place: SourceRange, _ current: Block
  ) throws(SyntaxError) {
    let goal = try openGoal(for: "apply", place, current)
    var blocks: [(goal: Term, step: LegacyStep, statement: SyntaxTerm)] = []
    for step in current.steps {
      guard case .goal(let statement) = step.action else {
        throw error(
          "only `goal` blocks stand after an `apply` step",
          fix: "put this step into a block, or before the `apply`", step.range)
      }
      blocks.append((try type(statement, current), step, statement))
    }
    let justification = try reduction(
      of: goal, by: rule, to: blocks.map { ($0.goal, $0.statement.range) }, place, current)
    let parent = proof.append(.apply(justification), below: current.parent)
    for block in blocks.reversed() {
      var next = current
      next.steps = block.step.steps[...]
      next.goal = block.goal
      next.place = block.statement.range
      next.parent = parent
      waiting.append(next)
    }
  }

  // MARK: Facts

  /// Adds what a step gave, under a name if it has one.
  private mutating func add(
    _ type: Term, provedBy term: Term, _ name: String?, _ block: inout Block
  ) throws(SyntaxError) {
    var result = session.normalize(term)
    var kind = ContextEntry.Kind.object
    if session.isProposition(type) {
      kind = .fact
      result = arena.local(level: ProofContext.factLevel, type: type)
      block.parent = proof.append(.fact(local: result, value: term), below: block.parent)
    }
    if kind == .object || !block.entries.contains(where: { $0.kind == .fact && $0.type == type }) {
      block.entries.append(
        ContextEntry(kind: kind, term: result, type: type, justification: nil))
    }
    if let name { block.names.append((name, result)) }
    if let goal = block.goal, try agree(type, goal, block.place, block) { block.closing = result }
  }

  private func sight(_ local: Term, as name: String, of type: Term, _ block: inout Block) {
    block.names.append((name, local))
    block.entries.append(
      ContextEntry(
        kind: session.isProposition(type) ? .fact : .variable, term: local, type: type,
        justification: nil))
  }

  /// The goal of a block, which must still be open.
  private func openGoal(
    for word: String, _ place: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Term {
    guard let goal = block.goal else {
      throw error(
        "`\(word)` needs a goal, and a `verify` block has none", fix: "state a theorem", place)
    }
    if block.closing != nil {
      throw error(
        "the goal \(text(goal, block)) is proved already: nothing is left for this step",
        fix: "remove it", place)
    }
    return goal
  }

  private func requireGoal(
    _ statement: Term, _ place: SourceRange, _ block: Block
  ) throws(SyntaxError) {
    let goal = try openGoal(for: "current goal", place, block)
    guard try agree(statement, goal, place, block) else {
      throw error(
        "the current goal is \(text(goal, block)), not \(text(statement, block))",
        fix: "write current goal : \(plain(goal, block)).", place)
    }
  }
}

extension SyntaxTerm {
  /// The function of an application, or the term itself.
  fileprivate var head: SyntaxTerm {
    if case .application(let function, _, _) = self { function.head } else { self }
  }
}
