import Kernel
import PeanoSyntax

extension ScriptChecker {
  typealias OpenGoal = (goal: Term, hole: SourceRange)

  /// The justification that `written` stands for, and the goals that its holes leave, in order.
  ///
  /// - Throws: `SyntaxError` unless it proves `statement`, given proofs of the goals.
  func justification(
    _ written: SyntaxTerm, of statement: Term, _ block: Block
  ) throws(SyntaxError) -> (step: Justification, goals: [OpenGoal]) {
    if case .application(let head, let arguments, _) = written, rule(head) == nil,
      arguments.contains(where: \.isHole)
    {
      return try application(head, arguments, written.range, of: statement, block)
    }
    let step: Justification
    if rule(written) == .normalization {
      do {
        _ = try session.numerals.proof(of: statement)
      } catch {
        throw refusal(error, written.range, block)
      }
      step = .normalization(equation: statement)
    } else if let stated = try statedByRule(written, block) {
      step = stated
    } else {
      step = .application(head: try proof(written, block), arguments: [])
    }
    let (_, proved) = try proved(by: step, written.range, block)
    guard try agree(proved, statement, written.range, block) else {
      throw error(
        "this proves \(text(session.normalize(proved), block)), not \(text(statement, block))",
        fix: "cite what proves \(text(statement, block)), or state what this proves",
        written.range)
    }
    return (step, [])
  }

  // MARK: Rules

  /// The rule of equality that a head names.
  private func rule(_ head: SyntaxTerm) -> EqualityRule? {
    guard case .name(let name, _) = head else { return nil }
    return EqualityRule(rawValue: name)
  }

  private func statedByRule(
    _ written: SyntaxTerm, _ block: Block
  ) throws(SyntaxError) -> Justification? {
    let isBare = rule(written) != nil
    guard case .application(let head, let arguments, _) = written, let rule = rule(head) else {
      if isBare {
        throw error(
          "the rule `\(written)` needs arguments", fix: "write (\(written) …)", written.range)
      }
      return nil
    }
    func require(_ counts: ClosedRange<Int>, _ shape: String) throws(SyntaxError) {
      guard !counts.contains(arguments.count) else { return }
      throw error(
        "`\(rule.rawValue)` does not take \(arguments.count) arguments", fix: "write \(shape)",
        written.range)
    }
    switch rule {
    case .reflexivity:
      try require(1...1, "(eq_refl t), which proves (= t t)")
      let term = try term(arguments[0], block)
      return .reflexivity(type: try type(of: term, arguments[0].range, block), term: term)
    case .symmetry:
      try require(1...1, "(eq_symm p), which proves (= b a) where p proves (= a b)")
      return .symmetry(equation: try equation(arguments[0], block).proof)
    case .rewriting:
      try require(2...3, "(rewrite e p n): the n-th a of what p proves becomes b, e proves (= a b)")
      let (equation, left) = try equation(arguments[0], block)
      let target = try proof(arguments[1], block)
      let statement = session.normalize(try type(of: target, arguments[1].range, block))
      var occurrence = 1
      if arguments.count == 3 {
        guard case .numeral(let digits, _) = arguments[2], let number = Int(digits) else {
          throw error(
            "`\(arguments[2])` does not say which occurrence to rewrite",
            fix: "write a number: 1 for the first", arguments[2].range)
        }
        occurrence = number
      }
      let count = arena.occurrences(of: left, in: statement)
      guard (1...max(count, 1)).contains(occurrence), count > 0 else {
        throw error(
          "\(text(left, block)) occurs \(count) times in \(text(statement, block)), so there is no "
            + "occurrence \(occurrence)",
          fix: "rewrite replaces the left side of an equation, outside binders; see eq_symm",
          written.range)
      }
      return .rewriting(equation: equation, target: target, occurrence: occurrence)
    case .normalization:
      try require(1...1, "(norm t), which proves (= t n) for the number n that t computes to")
      let term = try term(arguments[0], block)
      let type = try type(of: term, arguments[0].range, block)
      do {
        return .normalization(
          equation: try session.numerals.equation(for: term, at: type))
      } catch {
        throw refusal(error, arguments[0].range, block)
      }
    }
  }

  private func refusal(
    _ failure: NumeralProver.Failure, _ range: SourceRange, _ block: Block
  ) -> SyntaxError {
    let (message, fix) = session.explanation(of: failure, locals: block.names)
    return error(message, fix: fix, range)
  }

  /// A proof of an equality, and the left side of that.
  private func equation(
    _ written: SyntaxTerm, _ block: Block
  ) throws(SyntaxError) -> (proof: Term, left: Term) {
    let proof = try proof(written, block)
    let statement = session.normalize(try type(of: proof, written.range, block))
    guard let (_, left, _) = arena.equalitySides(statement) else {
      throw error(
        "`\(written)` proves \(text(statement, block)), which is no equality",
        fix: "cite a proof of (= a b)", written.range)
    }
    return (proof, left)
  }

  // MARK: Proofs

  /// A term without holes, in which rules may stand as heads, outside binders.
  private func proof(_ written: SyntaxTerm, _ block: Block) throws(SyntaxError) -> Term {
    if let step = try statedByRule(written, block) {
      return try proved(by: step, written.range, block).term
    }
    var block = block
    return try term(try withoutRules(written, &block), block)
  }

  /// `written` with each use of a rule replaced by a name, bound to the proof that it stands for.
  private func withoutRules(
    _ written: SyntaxTerm, _ block: inout Block
  ) throws(SyntaxError) -> SyntaxTerm {
    guard case .application(let head, let arguments, let range) = written else { return written }
    if rule(head) != nil {
      let name = written.description
      block.names.append((name, try proof(written, block)))
      return .name(name, range)
    }
    var plain: [SyntaxTerm] = []
    for argument in arguments { plain.append(try withoutRules(argument, &block)) }
    return .application(head, plain, range)
  }

  private func proved(
    by step: Justification, _ range: SourceRange, _ block: Block
  ) throws(SyntaxError) -> (term: Term, statement: Term) {
    let term: Term
    do {
      term = try session.proof(of: step, filling: [])
    } catch {
      switch error {
      case .malformed(_, let reason):
        throw self.error(reason, fix: "use a fact of the shape that the rule needs", range)
      case .rejected(let refused): throw refusal(refused, range, block)
      }
    }
    return (term, try type(of: term, range, block))
  }

  private func type(
    of term: Term, _ range: SourceRange, _ block: Block
  ) throws(SyntaxError) -> Term {
    do {
      return try session.checker.infer(term)
    } catch {
      throw refusal(error, range, block)
    }
  }

  // MARK: Holes

  /// `(head a₁ … aₙ)` with holes. Those that the goal or other arguments determine are filled by
  /// matching; the rest are goals.
  private func application(
    _ head: SyntaxTerm, _ arguments: [SyntaxTerm], _ range: SourceRange, of statement: Term,
    _ block: Block
  ) throws(SyntaxError) -> (step: Justification, goals: [OpenGoal]) {
    let function = try proof(head, block)
    let premise = try premise(function, head, arguments.count, block)
    var matcher = Matcher(premise, in: session)
    var explicit: [Term?] = []
    for (index, argument) in arguments.enumerated() {
      if argument.isHole {
        explicit.append(nil)
      } else {
        explicit.append(try proof(argument, block))
        matcher.bind(index, to: session.normalize(explicit[index]!))
      }
    }
    let determined = premise.parameters.indices.filter { premise.parameters[$0].isDependent }
    if !determined.allSatisfy(matcher.isBound), !matcher.match(premise.conclusion, statement) {
      throw error(
        "`\(head)` does not give \(text(statement, block)), whatever stands for the holes",
        fix: arena.node(premise.conclusion).tag == .pi
          ? "`\(head)` takes more arguments: write `_` for those that are goals"
          : "use what concludes the goal, or write the arguments out", range)
    }
    var filled: [Term?] = []
    var goals: [OpenGoal] = []
    for (index, parameter) in premise.parameters.enumerated() {
      let place = arguments[index].range
      guard parameter.mask & ~matcher.bound == 0, matcher.isBound(index) || parameter.isGoal else {
        throw error(
          "the goal does not determine what stands for argument \(index + 1) of `\(head)`",
          fix: "write the argument instead of `_`", place)
      }
      let wanted = matcher.resolve(parameter.type, isFlexible: true)
      guard matcher.isBound(index) else {
        goals.append((session.normalize(wanted), place))
        filled.append(nil)
        continue
      }
      let argument = explicit[index] ?? matcher.bindings[index]
      filled.append(argument)
      let actual = try type(of: argument, place, block)
      guard try agree(actual, wanted, place, block) else {
        throw error(
          "argument \(index + 1) of `\(head)` must have type \(text(wanted, block)), but "
            + "\(text(argument, block)) has type \(text(session.normalize(actual), block))",
          fix: "give it a term of type \(text(wanted, block))", place)
      }
    }
    let conclusion = matcher.resolve(premise.conclusion, isFlexible: true)
    guard try agree(conclusion, statement, range, block) else {
      throw error(
        "this proves \(text(conclusion, block)), not \(text(statement, block))",
        fix: "cite what proves \(text(statement, block))", range)
    }
    return (.application(head: function, arguments: filled), goals)
  }

  /// `function` as an arrow with `count` inputs.
  private func premise(
    _ function: Term, _ head: SyntaxTerm, _ count: Int, _ block: Block
  ) throws(SyntaxError) -> Premise {
    let type = session.normalize(try type(of: function, head.range, block))
    var inputs = 0
    var rest = type
    while inputs < min(count, Premise.parameterLimit), case .pi(_, let body) = arena.view(rest) {
      inputs += 1
      rest = body
    }
    guard inputs == count else {
      throw error(
        "`\(head)` takes \(inputs) arguments, not \(count), where some are holes",
        fix: "write exactly \(inputs) arguments", head.range)
    }
    do {
      return try Premise(
        source: .hypothesis(function), type: type, arity: count, checker: &session.checker)
    } catch {
      throw refusal(error, head.range, block)
    }
  }
}

extension Premise.Parameter {
  /// Whether an argument that nothing determines can be proved later.
  fileprivate var isGoal: Bool { isProof && !isDependent }
}

extension SyntaxTerm {
  fileprivate var isHole: Bool {
    if case .name(ScriptWord.hole, _) = self { true } else { false }
  }
}
