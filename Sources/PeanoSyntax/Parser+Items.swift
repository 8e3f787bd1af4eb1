extension Parser {
  mutating func items() throws(SyntaxError) -> [SyntaxItem] {
    var items: [SyntaxItem] = []
    while kind != .end {
      if kind == .hash {
        items.append(.annotation(try annotation()))
      } else if try readLegacyItem(into: &items) {
        continue
      } else if isWord("theorem") {
        items.append(.theorem(try theorem()))
      } else {
        items.append(.declaration(try declaration()))
      }
    }
    return items
  }

  /// A name that a declaration or theorem introduces.
  mutating func freshName(_ what: String) throws(SyntaxError) -> SyntaxName {
    if kind == .numeral {
      throw error("a numeral cannot be declared", fix: "use a name; see #literal for numerals")
    }
    guard kind == .atom else {
      throw unexpected(what, fix: "write `name : type.`, `#annotation … .` or `theorem …`")
    }
    let name = text
    if Vocabulary.isBound(name) {
      throw error(
        "`\(name)` starts with a quote, which marks bound names",
        fix: "remove the quote: constants have none")
    }
    if Vocabulary.isReserved(name), !Vocabulary.sorts.contains(name) {
      throw error("the name `\(name)` is reserved", fix: "choose another name")
    }
    defer { advance() }
    return SyntaxName(name, range: range)
  }

  private mutating func declaration() throws(SyntaxError) -> SyntaxDeclaration {
    let name = try freshName("a declaration")
    try expect(
      .colon, "`:` after the name `\(name.text)`", fix: "a declaration is `name : type.`")
    let type = try term()
    var value: SyntaxTerm?
    if isWord("=") {
      advance()
      value = try term()
    }
    try expect(
      .dot, "`.` at the end of the declaration of `\(name.text)`",
      fix: "end it with `.`; arrows need [ ] and applications ( )")
    return SyntaxDeclaration(name: name, type: type, value: value)
  }

  // MARK: Annotations

  private mutating func annotation() throws(SyntaxError) -> SyntaxAnnotation {
    let start = range
    advance()
    guard kind == .atom else {
      throw unexpected("the name of an annotation after `#`", fix: Self.annotationList)
    }
    let word = text
    let whole = start.extended(to: range)
    let annotation: SyntaxAnnotation.Kind
    switch word {
    case "forward":
      advance()
      annotation = .forward(try constantName("the name of an axiom"), try patterns())
    case "backward":
      advance()
      annotation = .backward(try constantName("the name of an axiom"), try modes())
    case "literal":
      advance()
      annotation = .literal(
        type: try constantName("the type of numerals"), zero: try constantName("its zero"),
        successor: try constantName("its successor"))
    case "computable":
      advance()
      annotation = .computable(
        operation: try constantName("the operation"),
        atZero: try constantName("its equation at zero"),
        atSuccessor: try constantName("its equation at a successor"))
    case "premises":
      advance()
      var names = [try constantName("the name of a premise")]
      while kind == .atom { names.append(try constantName("the name of a premise")) }
      annotation = .premises(names)
    default:
      throw error("unknown annotation `#\(word)`", fix: Self.annotationList, at: whole)
    }
    try expect(.dot, "`.` at the end of `#\(word)`", fix: "end the annotation with `.`")
    return SyntaxAnnotation(kind: annotation, range: whole)
  }

  private static let annotationList = "use #forward, #backward, #literal, #computable or #premises"

  private mutating func patterns() throws(SyntaxError) -> [SyntaxPattern] {
    var patterns: [SyntaxPattern] = []
    while kind == .leftParenthesis {
      let start = range
      advance()
      var object: SyntaxTerm?
      if isWord(Vocabulary.unnamed) { advance() } else { object = try term() }
      try expect(.colon, "`:` after a pattern", fix: "write (pattern : type)")
      let type = try term()
      let end = range
      try expect(.rightParenthesis, "`)` after a pattern", fix: "write (pattern : type)")
      patterns.append(SyntaxPattern(object: object, type: type, range: start.extended(to: end)))
    }
    return patterns
  }

  private mutating func modes() throws(SyntaxError) -> [InputMode] {
    var modes: [InputMode] = []
    while kind == .atom {
      guard let mode = InputMode(rawValue: text) else {
        throw unexpected("`infer` or `subgoal`", fix: "write one of them for each input")
      }
      modes.append(mode)
      advance()
    }
    return modes
  }

  // MARK: Theorems

  private mutating func theorem() throws(SyntaxError) -> SyntaxTheorem {
    advance()
    let name = try freshName("the name of a theorem")
    try expect(
      .colon, "`:` after the name `\(name.text)`", fix: "write `theorem name : statement.`")
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
    return SyntaxTheorem(name: name, statement: statement, script: try script())
  }

  /// A block that is being read.
  private struct OpenBlock {
    let statement: SyntaxTerm?
    let opening: SourceRange
    var steps: [ProofStep] = []
  }

  /// Reads `{ steps }`. Blocks are kept on an explicit stack: they may nest far deeper than terms.
  private mutating func script() throws(SyntaxError) -> ProofScript {
    var blocks = [OpenBlock(statement: nil, opening: range)]
    advance()
    while true {
      let top = blocks.count - 1
      if kind == .rightBrace {
        advance()
        let block = blocks.removeLast()
        guard let statement = block.statement else { return ProofScript(steps: block.steps) }
        let parent = blocks.count - 1
        blocks[parent].steps[blocks[parent].steps.count - 1].goals.append(
          GoalBlock(statement: statement, steps: block.steps))
      } else if isWord("goal") {
        guard case .apply = blocks[top].steps.last?.action else {
          throw error(
            "a `goal` block belongs after an `apply` step",
            fix: "put the step whose goal this is before it")
        }
        guard blocks.count <= SyntaxLimits.blockDepth else {
          throw error(
            "goal blocks nest deeper than \(SyntaxLimits.blockDepth)",
            fix: "state the inner goals as theorems of their own")
        }
        advance()
        let statement = try term()
        let opening = range
        try expect(.leftBrace, "`{` after the goal", fix: "write goal T { steps }")
        blocks.append(OpenBlock(statement: statement, opening: opening))
      } else if kind == .end {
        let place = source.position(of: blocks[top].opening)
        throw unexpected("`}` for the `{` of \(place)", fix: "close the script with `}`")
      } else {
        blocks[top].steps.append(try step())
      }
    }
  }

  private mutating func step() throws(SyntaxError) -> ProofStep {
    let start = range
    let word = kind == .atom ? text : ""
    let action: ProofStep.Action
    switch word {
    case "intro":
      advance()
      action = .intro(try binder(of: word))
    case "construct":
      advance()
      action = .construct(try binder(of: word), by: try justification(of: word))
    case "show":
      advance()
      action = .show(try term(), by: try justification(of: word))
    case "apply":
      advance()
      action = .apply(try term())
    default:
      throw unexpected(
        "a step", fix: "a step starts with intro, construct, show or apply; blocks with goal")
    }
    let end = range
    try expect(.dot, "`.` at the end of the `\(word)` step", fix: "end the step with `.`")
    return ProofStep(action, range: start.extended(to: end))
  }

  private mutating func binder(of word: String) throws(SyntaxError) -> SyntaxBinder {
    let name = try boundName()
    try expect(.colon, "`:` after `\(name.text)`", fix: "write `\(word) \(name.text) : T …`")
    return SyntaxBinder(name: name.text, type: try term(), range: name.range)
  }

  private mutating func justification(of word: String) throws(SyntaxError) -> SyntaxTerm {
    guard isWord("by") else {
      throw unexpected("`by` in the `\(word)` step", fix: "say by which term it holds")
    }
    advance()
    return try term()
  }
}
