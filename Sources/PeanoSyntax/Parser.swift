/// Reads a source as a file of declarations, annotations and theorems.
///
/// The language is that of Peano (Poesia and Goodman, "Peano: learning formal mathematical
/// reasoning", 2023). Strictly, nothing is repaired and everything refused says where and why; the
/// legacy dialect makes the repairs of ``Repair`` and notes each.
///
/// - Throws: `SyntaxError` at the first place that no source may have.
public func parse(
  _ source: SourceFile, dialect: Dialect = .strict
) throws(SyntaxError) -> SyntaxTree {
  var parser = try Parser(source, dialect)
  let items = try parser.items()
  return SyntaxTree(source: source, items: items, dialect: dialect, repairs: parser.repairs)
}

/// Reads a source that is one term, such as a statement on a command line.
///
/// - Throws: `SyntaxError` at the first place where no term can go on.
public func parseTerm(_ source: SourceFile) throws(SyntaxError) -> SyntaxTerm {
  var parser = try Parser(source)
  let term = try parser.term()
  if parser.kind == .dot { parser.advance() }
  guard parser.kind == .end else {
    throw parser.unexpected("the end of the term", fix: "write exactly one term")
  }
  return term
}

/// Recursive descent over tokens; one token decides.
struct Parser {
  let source: SourceFile
  let dialect: Dialect
  private(set) var repairs = RepairLog()
  private let tokens: [Token]
  private var index = 0
  private var depth = 0

  init(_ source: SourceFile, _ dialect: Dialect = .strict) throws(SyntaxError) {
    self.source = source
    self.dialect = dialect
    tokens = try Lexer.tokens(of: source)
  }

  // MARK: Tokens

  var kind: Token.Kind { tokens[index].kind }
  var range: SourceRange { tokens[index].range }
  var text: String { source.text(of: tokens[index].range) }

  mutating func advance() {
    if tokens[index].kind != .end { index += 1 }
  }

  /// The kind of the token after the current one.
  var nextKind: Token.Kind { tokens[min(index + 1, tokens.count - 1)].kind }

  /// What follows the current token's kind, for two-token decisions after `(`.
  private var opensBinder: Bool {
    guard kind == .leftParenthesis, index + 2 < tokens.count else { return false }
    return tokens[index + 1].kind == .atom && tokens[index + 2].kind == .colon
  }

  /// Notes a repair.
  ///
  /// - Throws: the same as an error, in the strict dialect.
  mutating func repair(
    _ repair: Repair, _ message: String, fix: String, at place: SourceRange? = nil
  ) throws(SyntaxError) {
    let place = place ?? range
    guard dialect == .legacy else { throw error(message, fix: fix + Repair.hint, at: place) }
    repairs.add(Diagnostic(message, fix: fix, at: place, in: source, repair: repair))
  }

  func isWord(_ word: String) -> Bool { kind == .atom && text == word }

  func error(_ message: String, fix: String, at range: SourceRange? = nil) -> SyntaxError {
    SyntaxError(message, fix: fix, at: range ?? self.range, in: source)
  }

  func unexpected(_ wanted: String, fix: String) -> SyntaxError {
    error("expected \(wanted), found \(found)", fix: fix)
  }

  private var found: String {
    switch kind {
    case .end: "the end of the source"
    case .numeral: "a numeral"
    default: "`\(text)`"
    }
  }

  mutating func expect(
    _ kind: Token.Kind, _ wanted: String, fix: String
  ) throws(SyntaxError) {
    guard self.kind == kind else { throw unexpected(wanted, fix: fix) }
    advance()
  }

  /// Closes a bracket that was opened at `opening`.
  private mutating func close(
    _ kind: Token.Kind, _ bracket: String, opened opening: SourceRange
  ) throws(SyntaxError) {
    guard self.kind == kind else {
      let place = source.position(of: opening)
      throw unexpected(
        "`\(bracket)` for the `\(source.text(of: opening))` of \(place)",
        fix: self.kind == .arrow
          ? "an arrow stands in square brackets: [T -> U]" : "close it with `\(bracket)`")
    }
    advance()
  }

  /// A bound name, with its quote.
  mutating func boundName() throws(SyntaxError) -> SyntaxName {
    guard kind == .atom else { throw unexpected("a bound name such as 'x", fix: "name it") }
    let name = text
    guard Vocabulary.isBound(name) else {
      try repair(
        .bareBinder, "the bound name `\(name)` lacks its leading quote",
        fix: "write `'\(name)` here and wherever it is used")
      return try constantName("a bound name")
    }
    guard name.utf8.count > 1 else { throw error("`'` alone is no name", fix: "write, say, 'x") }
    defer { advance() }
    return SyntaxName(name, range: range)
  }

  /// The name of a constant.
  mutating func constantName(_ what: String) throws(SyntaxError) -> SyntaxName {
    guard kind == .atom else { throw unexpected(what, fix: "write a name here") }
    defer { advance() }
    return SyntaxName(text, range: range)
  }

  // MARK: Terms

  mutating func term() throws(SyntaxError) -> SyntaxTerm {
    switch kind {
    case .atom:
      defer { advance() }
      let name = text
      if Vocabulary.forms.contains(name) {
        throw error(
          "the word `\(name)` is reserved and is no term",
          fix: name == "lambda" || name == "let"
            ? "write (lambda ('x : T) body) or (let ('x : T = value) body)"
            : "check that the step before it ended with `.`")
      }
      return .name(name, range)
    case .numeral:
      defer { advance() }
      return .numeral(text, range)
    case .leftParenthesis, .leftBracket:
      guard depth < SyntaxLimits.depth else {
        throw error(
          "brackets nest deeper than \(SyntaxLimits.depth)",
          fix: "name the inner parts with definitions")
      }
      depth += 1
      defer { depth -= 1 }
      return kind == .leftBracket
        ? try arrow(opening: range, closedBy: .rightBracket) : try parenthesized()
    default:
      throw unexpected(
        "a term", fix: "write a name, (f a …), [T -> U] or (lambda ('x : T) body)")
    }
  }

  private mutating func parenthesized() throws(SyntaxError) -> SyntaxTerm {
    let opening = range
    if opensBinder {
      throw error(
        "a binder ('x : T) cannot stand here",
        fix: "a binder is an input of an arrow: [('x : T) -> U]")
    }
    if opensRoundArrow {
      return try arrow(opening: opening, closedBy: .rightParenthesis)
    }
    advance()
    if isWord("lambda") { return try lambda(opening) }
    if isWord("let") { return try local(opening) }
    if kind == .rightParenthesis {
      throw error("`()` is no term", fix: "write (f a …): a function and its arguments")
    }
    let function = try term()
    if kind == .arrow {
      return try arrow(opening: opening, first: function, closedBy: .rightParenthesis)
    }
    var arguments: [SyntaxTerm] = []
    while kind != .rightParenthesis {
      guard startsTerm else { break }
      arguments.append(try term())
    }
    let closing = range
    try close(.rightParenthesis, ")", opened: opening)
    let whole = opening.extended(to: closing)
    if arguments.isEmpty {
      throw error(
        "an application needs an argument", fix: "remove the brackets around the single term",
        at: whole)
    }
    return .application(function, arguments, whole)
  }

  private var startsTerm: Bool {
    switch kind {
    case .atom, .numeral, .leftParenthesis, .leftBracket: true
    default: false
    }
  }

  /// Whether round brackets open an arrow whose first input is named.
  private var opensRoundArrow: Bool {
    guard index + 3 < tokens.count else { return false }
    return tokens[index + 1].kind == .leftParenthesis && tokens[index + 2].kind == .atom
      && tokens[index + 3].kind == .colon
  }

  /// An arrow whose bracket is the current token, or whose first input has been read.
  private mutating func arrow(
    opening: SourceRange, first: SyntaxTerm? = nil, closedBy closing: Token.Kind
  ) throws(SyntaxError) -> SyntaxTerm {
    let bracket = closing == .rightBracket ? "]" : ")"
    if closing == .rightParenthesis {
      try repair(
        .roundArrow, "this arrow stands in round brackets",
        fix: "an arrow stands in square brackets: [T -> U]", at: opening)
    }
    advance()
    var inputs = first.map { [SyntaxInput(type: $0)] } ?? []
    while true {
      if opensBinder {
        let binderOpening = range
        advance()
        let name = try boundName()
        advance()
        let type = try term()
        try close(.rightParenthesis, ")", opened: binderOpening)
        guard kind == .arrow else {
          throw unexpected("`->` after a named input", fix: "an arrow ends with a plain type")
        }
        advance()
        inputs.append(SyntaxInput(name: name.text, type: type))
        continue
      }
      let type = try term()
      if kind == .arrow {
        advance()
        inputs.append(SyntaxInput(type: type))
        continue
      }
      let end = range
      if startsTerm {
        throw unexpected(
          "`->` or `\(bracket)`", fix: "put `->` between inputs; an application needs ( )")
      }
      try close(closing, bracket, opened: opening)
      let whole = opening.extended(to: end)
      if inputs.isEmpty {
        try repair(
          .emptyGroup, "this bracket group holds no `->`",
          fix: "write [T -> U], or remove the brackets", at: whole)
        return type
      }
      return .arrow(inputs, type, whole)
    }
  }

  private mutating func lambda(_ opening: SourceRange) throws(SyntaxError) -> SyntaxTerm {
    advance()
    let listOpening = range
    try expect(
      .leftParenthesis, "`(` after lambda", fix: "write (lambda ('x : T, 'y : U) body)")
    var binders: [SyntaxBinder] = []
    repeat {
      if !binders.isEmpty { advance() }
      let name = try boundName()
      try expect(.colon, "`:` after a bound name", fix: "give `\(name.text)` a type")
      binders.append(SyntaxBinder(name: name.text, type: try term(), range: name.range))
    } while kind == .comma
    try close(.rightParenthesis, ")", opened: listOpening)
    let body = try term()
    let closing = range
    try close(.rightParenthesis, ")", opened: opening)
    return .lambda(binders, body, opening.extended(to: closing))
  }

  private mutating func local(_ opening: SourceRange) throws(SyntaxError) -> SyntaxTerm {
    advance()
    let listOpening = range
    let shape = "write (let ('x : T = value) body)"
    try expect(.leftParenthesis, "`(` after let", fix: shape)
    let name = try boundName()
    try expect(.colon, "`:` after a bound name", fix: shape)
    let type = try term()
    guard isWord("=") else { throw unexpected("`=` and a value", fix: shape) }
    advance()
    let value = try term()
    try close(.rightParenthesis, ")", opened: listOpening)
    let body = try term()
    let closing = range
    try close(.rightParenthesis, ")", opened: opening)
    let binder = SyntaxBinder(name: name.text, type: type, range: name.range)
    return .local(binder, value, body, opening.extended(to: closing))
  }
}
