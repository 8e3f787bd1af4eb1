import Kernel
import PeanoSyntax

extension LegacyScriptChecker {
  // MARK: Forward

  /// A proof of `statement` (or an element of it) by one rule; its arguments are found.
  ///
  /// - Throws: `SyntaxError` if there are none in sight, or none within the limits.
  func search(
    for statement: Term, by rule: SyntaxName, _ block: Block
  ) throws(SyntaxError) -> Term {
    let before = session.cappedCount
    var found: Term?
    if let builtIn = EqualityRule(rawValue: rule.text) {
      found = try equality(statement, by: builtIn, rule.range, block)
    } else {
      let head = try resolve(rule, block)
      let sight = sight(statement, block)
      for premise in try premises(head, rule.range, block) {
        found = self.found(statement, by: premise, in: sight)
        if found != nil { break }
      }
      if found == nil, session.type(of: head).map(session.normalize) == statement { found = head }
    }
    if let found { return found }
    throw error(
      "`\(rule.text)` does not give \(text(statement, block)) from what is known here"
        + limitNote(before) + context(block),
      fix: "show what it needs first, or use another rule", rule.range)
  }

  private func found(_ statement: Term, by premise: Premise, in sight: Sight) -> Term? {
    var result: Term?
    func accept(_ matcher: Matcher) -> Bool {
      let conclusion = matcher.resolve(premise.conclusion, isFlexible: true)
      guard conclusion == statement else { return true }
      result = arena.application(premise.head(in: arena), matcher.bindings)
      return false
    }
    var search = PremiseSearch(premise, in: sight)
    if search.matcher.match(premise.conclusion, statement) {
      search.findArguments(accept)
    } else if premise.isConclusionFlexible {
      // Matching found no pattern; the arguments may still be in sight.
      search = PremiseSearch(premise, in: sight)
      search.findArguments(accept)
    }
    return result
  }

  // MARK: Backward

  /// The way in which a rule reduces `goal` to the goals of the blocks, in order.
  ///
  /// - Throws: `SyntaxError` if there is none; it shows what the rule can leave.
  func reduction(
    of goal: Term, by rule: SyntaxName, to blocks: [(goal: Term, place: SourceRange)],
    _ place: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Justification {
    if EqualityRule(rawValue: rule.text) != nil {
      throw error(
        "`\(rule.text)` is no arrow to apply", fix: "write show T by \(rule.text).", rule.range)
    }
    let before = session.cappedCount
    let head = try resolve(rule, block)
    if blocks.isEmpty, session.normalize(try inferred(head, rule.range, block)) == goal {
      return .application(head: head, arguments: [])
    }
    let sight = sight(goal, block)
    var options: [[Term]] = []
    for premise in try premises(head, rule.range, block) {
      for result in sight.backward(premise) {
        let justification: Justification
        switch result.action {
        case .apply(let step), .show(let step): justification = step
        default: continue
        }
        options.append(result.subgoals)
        guard result.subgoals.count == blocks.count else { continue }
        var isSame = true
        for (subgoal, block) in zip(result.subgoals, blocks) where isSame {
          isSame = try agree(subgoal, block.goal, place, block: nil)
        }
        if isSame { return justification }
      }
    }
    let shown = options.prefix(3).map { goals in
      goals.isEmpty ? "none" : goals.map { text($0, block) }.joined(separator: " and ")
    }
    if options.isEmpty {
      throw error(
        "`\(rule.text)` does not conclude \(text(goal, block))" + limitNote(before),
        fix: "apply a rule whose conclusion is the goal", rule.range)
    }
    let written = blocks.isEmpty ? "no block follows" : "the blocks prove other goals"
    throw error(
      "\(written): `\(rule.text)` leaves the open goals " + shown.joined(separator: ", or ")
        + (options.count > shown.count ? ", or \(options.count - shown.count) other choices" : "")
        + limitNote(before),
      fix: "write one block `goal T { … }` for each, in this order",
      blocks.first?.place ?? place)
  }

  // MARK: Rules

  /// What a rule's name stands for.
  private func resolve(_ rule: SyntaxName, _ block: Block) throws(SyntaxError) -> Term {
    try term(.name(rule.text, rule.range), block)
  }

  /// A rule as an arrow, for each number of inputs that it may be read with: first as it was
  /// declared, then the others from most to fewest.
  private func premises(
    _ head: Term, _ place: SourceRange, _ block: Block
  ) throws(SyntaxError) -> [Premise] {
    let type = session.normalize(try inferred(head, place, block))
    var count = 0
    var rest = type
    while case .pi(_, let body) = arena.view(rest), count < Premise.parameterLimit {
      count += 1
      rest = body
    }
    var arities = Array((1...max(1, count)).reversed().prefix(count))
    if case .constant(let constant) = arena.view(head) {
      let declared = min(theory[constant].arity, count)
      arities.removeAll { $0 == declared }
      if declared > 0 { arities.insert(declared, at: 0) }
    }
    var premises: [Premise] = []
    for arity in arities {
      do {
        premises.append(
          try Premise(
            source: .hypothesis(head), type: type, arity: arity, checker: &session.checker))
      } catch {
        throw refusal(error, place, block)
      }
    }
    return premises
  }

  private func sight(_ goal: Term, _ block: Block) -> Sight {
    Sight(
      ProofContext(session: session, entries: block.entries, goal: goal, level: block.level))
  }

  // MARK: Equality

  private func equality(
    _ statement: Term, by rule: EqualityRule, _ place: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Term? {
    let context = ProofContext(
      session: session, entries: block.entries, goal: statement, level: block.level)
    let step: Justification?
    switch rule {
    case .reflexivity:
      guard let (type, left, right) = arena.equalitySides(statement),
        try agree(left, right, place, block: block)
      else { return nil }
      step = .reflexivity(type: type, term: left)
    case .symmetry:
      guard let (type, left, right) = arena.equalitySides(statement),
        let fact = context.fact(of: arena.equality(type, right, left))
      else { return nil }
      step = .symmetry(equation: fact)
    case .rewriting: step = rewriting(to: statement, in: context)
    case .normalization: step = .normalization(equation: statement)
    }
    guard let step else { return nil }
    do {
      return try session.proof(of: step, filling: [])
    } catch {
      return nil
    }
  }

  /// One occurrence replaced in one fact by one equation gives `statement`.
  private func rewriting(to statement: Term, in context: ProofContext) -> Justification? {
    var attempts = 0
    for (position, equation) in context.factTypes.enumerated().reversed() {
      guard let (_, left, right) = arena.equalitySides(equation), left != right else { continue }
      for (target, proposition) in context.factTypes.enumerated().reversed() {
        // One replacement changes the size by the difference of the sides.
        let change = Int(arena.node(right).size) - Int(arena.node(left).size)
        guard
          Int(arena.node(proposition).size) + change == Int(arena.node(statement).size)
        else { continue }
        let count = arena.occurrences(of: left, in: proposition)
        if count == 0 { continue }
        for occurrence in 1...count {
          attempts += 1
          guard attempts <= Self.limits.attempts else {
            session.cappedCount += 1
            return nil
          }
          let rewritten = arena.replaceOccurrence(
            occurrence, of: left, by: right, in: proposition)
          if rewritten == statement {
            return .rewriting(
              equation: context.facts[position], target: context.facts[target],
              occurrence: occurrence)
          }
        }
      }
    }
    return nil
  }

  // MARK: Terms

  /// A written term in the names of `block`.
  func term(_ written: SyntaxTerm, _ block: Block) throws(SyntaxError) -> Term {
    if case .name(let name, let range) = written, let reason = uncitable[name],
      !block.names.contains(where: { $0.name == name })
    {
      throw error(reason, fix: "cite theorems that are proved above", range)
    }
    return try elaborate(
      written, of: source, theory: theory, arena: arena, locals: block.names)
  }

  /// A written type or proposition, normalized.
  func type(_ written: SyntaxTerm, _ block: Block) throws(SyntaxError) -> Term {
    let type = try term(written, block)
    do {
      _ = try session.checker.sort(of: type)
    } catch {
      throw refusal(error, written.range, block)
    }
    return session.normalize(type)
  }

  func inferred(_ term: Term, _ range: SourceRange, _ block: Block) throws(SyntaxError) -> Term {
    do {
      return try session.checker.infer(term)
    } catch {
      throw refusal(error, range, block)
    }
  }

  func agree(
    _ left: Term, _ right: Term, _ range: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Bool {
    try agree(left, right, range, block: block)
  }

  private func agree(
    _ left: Term, _ right: Term, _ range: SourceRange, block: Block?
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

  private func refusal(_ refused: KernelError, _ range: SourceRange, _ block: Block?) -> SyntaxError
  {
    let explanation = Explanation(
      of: refused, arena: arena, theory: theory, locals: block?.names ?? [])
    return error(explanation.message, fix: explanation.fix, range)
  }

  func plain(_ term: Term, _ block: Block) -> String {
    print(term, arena: arena, theory: theory, locals: block.names, maximalSize: 200)
  }

  func text(_ term: Term, _ block: Block) -> String { "`\(plain(term, block))`" }

  /// Says so if the search since `before` ended at a limit.
  private func limitNote(_ before: Int) -> String {
    session.cappedCount > before
      ? " (the search ended at its limit of \(Self.limits.attempts) attempts or "
        + "\(Self.limits.results) results)"
      : ""
  }

  /// What is known at a place, for messages: the latest names and facts.
  func context(_ block: Block) -> String {
    let entries = block.entries[known.count...]
    if entries.isEmpty { return "" }
    let shown = entries.suffix(12).map { entry in
      if entry.kind == .fact { return plain(entry.type, block) }
      return "\(plain(entry.term, block)) : \(plain(entry.type, block))"
    }
    return "; known: " + (entries.count > 12 ? "…, " : "") + shown.joined(separator: ", ")
  }
}
