/// What only the legacy dialect reads.
extension Parser {
  /// Words that open a theorem with a script.
  private static let theoremWords: Set<String> = ["theorem", "lemma", "corollary"]
  /// Words that open a script without a statement.
  private static let verificationWords: Set<String> = ["verify", "example", "test"]
  /// Words that may stand before a declaration.
  private static let declarationWords: Set<String> = ["let", "axiom"]

  /// Reads the next item if it is written as only the original has it.
  mutating func readLegacyItem(into items: inout [SyntaxItem]) throws(SyntaxError) -> Bool {
    guard kind == .atom || kind == .numeral else { return false }
    if nextKind == .dot {
      try repair(
        .problemList, "this is a line of a problem list, `name. statement`",
        fix: "write theorem name : statement.")
      items.append(.theorem(try problem()))
      return true
    }
    guard nextKind == .atom || isWord("assume") else { return false }
    let word = text
    if Self.theoremWords.contains(word) {
      if dialect == .strict {
        if word == "theorem" { return false }
        throw error(
          "the word `\(word)` opens no item here", fix: "write `theorem`" + Repair.hint)
      }
      items.append(.theorem(try legacyTheorem()))
      return true
    }
    if Self.verificationWords.contains(word) {
      guard dialect == .legacy else {
        throw error(
          "the word `\(word)` opens no item here", fix: "state a theorem" + Repair.hint)
      }
      items.append(.theorem(try verification()))
      return true
    }
    if Self.declarationWords.contains(word) {
      try repair(
        .keyword, "the word `\(word)` stands before a declaration",
        fix: "a declaration is `name : type.`")
      advance()
    } else if word == "assume", nextKind != .colon {
      items.append(.declaration(try assumption()))
      return true
    } else if word == "using" {
      try skipUsing()
      return true
    }
    return false
  }

  /// `name. statement`, the final dot being optional; a number is no name of a theorem.
  private mutating func problem() throws(SyntaxError) -> SyntaxTheorem {
    let name: SyntaxName
    if kind == .numeral {
      name = SyntaxName("problem_\(text)", range: range)
      guard name.text.utf8.count <= SyntaxLimits.nameBytes else {
        throw error("the number of a problem is this long", fix: "give the problem a name")
      }
      advance()
    } else {
      name = try freshName("the name of a problem")
    }
    advance()
    let statement = try term()
    if kind == .dot { advance() }
    return SyntaxTheorem(name: name, statement: statement)
  }

  /// `assume T.`, an axiom that is named after its place.
  private mutating func assumption() throws(SyntaxError) -> SyntaxDeclaration {
    let place = range
    try repair(
      .keyword, "the word `assume` states an axiom without a name", fix: "write `name : statement.`"
    )
    advance()
    let type = try term()
    try expect(.dot, "`.` at the end of the assumption", fix: "end it with `.`")
    let name = SyntaxName("assumption_\(source.position(of: place).line)", range: place)
    return SyntaxDeclaration(name: name, type: type, value: nil)
  }

  /// `using a, b.`, which limits what a search may use.
  private mutating func skipUsing() throws(SyntaxError) {
    try repair(
      .keyword, "the word `using` limits a search, not a proof", fix: "see #premises, or remove it")
    advance()
    _ = try constantName("a name after `using`")
    while kind == .comma {
      advance()
      _ = try constantName("a name after `,`")
    }
    try expect(.dot, "`.` at the end of `using`", fix: "end it with `.`")
  }

  private mutating func legacyTheorem() throws(SyntaxError) -> SyntaxTheorem {
    advance()
    let name = try freshName("the name of a theorem")
    try expect(
      .colon, "`:` after the name `\(name.text)`", fix: "write `theorem name : statement { … }`")
    let statement = try term()
    if kind == .dot {
      advance()
      return SyntaxTheorem(name: name, statement: statement)
    }
    guard kind == .leftBrace else {
      throw unexpected(
        "`.` or `{` after the statement of `\(name.text)`",
        fix: "end an open problem with `.`; a script stands in { }")
    }
    return SyntaxTheorem(
      name: name, statement: statement,
      legacyScript: LegacyScript(steps: try legacySteps(), hasGoal: true))
  }

  /// A script without a statement is read as one that proves what holds anyway, `p` from `p`.
  private mutating func verification() throws(SyntaxError) -> SyntaxTheorem {
    advance()
    let name = try freshName("the name of a verification")
    guard kind == .leftBrace else {
      throw unexpected("`{` after the name `\(name.text)`", fix: "a script stands in { }")
    }
    let trivial = SyntaxTerm.arrow(
      [SyntaxInput(name: "'p", type: .name("prop")), SyntaxInput(type: .name("'p"))],
      .name("'p"), name.range)
    return SyntaxTheorem(
      name: name, statement: trivial,
      legacyScript: LegacyScript(steps: try legacySteps(), hasGoal: false))
  }

  // MARK: Scripts

  private struct OpenBlock {
    /// What the block belongs to; nil for the script itself.
    let action: LegacyStep.Action?
    let opening: SourceRange
    var steps: [LegacyStep] = []
  }

  /// Reads `{ steps }`. Blocks are kept on an explicit stack, as those of the strict dialect are.
  private mutating func legacySteps() throws(SyntaxError) -> [LegacyStep] {
    var blocks = [OpenBlock(action: nil, opening: range)]
    advance()
    while true {
      let top = blocks.count - 1
      if kind == .rightBrace {
        advance()
        let block = blocks.removeLast()
        guard let action = block.action else { return block.steps }
        blocks[blocks.count - 1].steps.append(
          LegacyStep(action: action, steps: block.steps, range: block.opening))
      } else if isWord("goal") || isWord("have") {
        guard blocks.count <= SyntaxLimits.blockDepth else {
          throw error(
            "blocks nest deeper than \(SyntaxLimits.blockDepth)",
            fix: "state the inner goals as theorems of their own")
        }
        let start = range
        let isGoal = isWord("goal")
        advance()
        let statement = try term()
        let whole = start.extended(to: statement.range)
        try expect(.leftBrace, "`{` after the statement", fix: "write goal T { steps }")
        blocks.append(
          OpenBlock(action: isGoal ? .goal(statement) : .have(statement), opening: whole))
      } else if kind == .end {
        let place = source.position(of: blocks[top].opening)
        throw unexpected("`}` for the block of \(place)", fix: "close the script with `}`")
      } else if isWord("using") {
        try skipUsing()
      } else {
        blocks[top].steps.append(try legacyStep())
      }
    }
  }

  private mutating func legacyStep() throws(SyntaxError) -> LegacyStep {
    let start = range
    let word = kind == .atom ? text : ""
    let action: LegacyStep.Action
    switch word {
    case "intro":
      advance()
      action = .intro(try legacyBinder(of: word))
    case "construct":
      advance()
      let binder = try legacyBinder(of: word)
      action = .construct(binder, value: try valueIfAny(), by: try ruleName(of: word))
    case "show":
      advance()
      action = .show(try term(), by: try ruleName(of: word))
    case "apply":
      advance()
      action = .apply(try constantName("the name of a rule"))
    case "current":
      advance()
      guard isWord("goal") else {
        throw unexpected("`goal` after `current`", fix: "write current goal : T.")
      }
      advance()
      try expect(.colon, "`:` after `current goal`", fix: "write current goal : T.")
      action = .currentGoal(try term())
    case "halt":
      advance()
      action = .halt
    default:
      guard kind == .atom, Self.declarationWords.contains(word) || nextKind == .colon else {
        throw unexpected(
          "a step",
          fix: "a step starts with intro, construct, show, apply, let, current goal or halt; "
            + "blocks with goal or have")
      }
      if Self.declarationWords.contains(word) { advance() }
      let binder = try legacyBinder(of: "let")
      action = .define(binder, value: try valueIfAny())
    }
    let end = range
    try expect(
      .dot, "`.` at the end of the \(word.isEmpty ? "step" : "`\(word)` step")",
      fix: "end the step with `.`")
    return LegacyStep(action: action, steps: [], range: start.extended(to: end))
  }

  private mutating func legacyBinder(of word: String) throws(SyntaxError) -> SyntaxBinder {
    let name = try constantName("a name")
    try expect(.colon, "`:` after `\(name.text)`", fix: "write `\(word) \(name.text) : T …`")
    return SyntaxBinder(name: name.text, type: try term(), range: name.range)
  }

  private mutating func valueIfAny() throws(SyntaxError) -> SyntaxTerm? {
    guard isWord("=") else { return nil }
    advance()
    return try term()
  }

  private mutating func ruleName(of word: String) throws(SyntaxError) -> SyntaxName {
    guard isWord("by") else {
      throw unexpected("`by` in the `\(word)` step", fix: "say by which rule it holds")
    }
    advance()
    return try constantName("the name of a rule; its arguments are found")
  }
}
