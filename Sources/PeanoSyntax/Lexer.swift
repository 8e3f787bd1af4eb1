/// The smallest piece of a source that means something.
struct Token {
  enum Kind: UInt8 {
    case atom, numeral, arrow, colon, dot, comma, hash
    case leftParenthesis, rightParenthesis, leftBracket, rightBracket, leftBrace, rightBrace
    case end
  }

  let kind: Kind
  private let offset: UInt32
  private let length: UInt32

  init(_ kind: Kind, _ offset: Int, _ length: Int) {
    self.kind = kind
    self.offset = UInt32(offset)
    self.length = UInt32(length)
  }

  var range: SourceRange { SourceRange(offset: Int(offset), length: Int(length)) }
}

/// Splits a source into tokens by longest match, skipping white space and `/* … */`.
struct Lexer {
  private let source: SourceFile
  private let bytes: [UInt8]
  private var offset = 0
  private var tokens: [Token] = []

  /// All tokens of `source`, closed by one `.end`.
  static func tokens(of source: SourceFile) throws(SyntaxError) -> [Token] {
    var lexer = Lexer(source)
    try lexer.run()
    return lexer.tokens
  }

  private init(_ source: SourceFile) {
    self.source = source
    bytes = source.bytes
  }

  private func error(
    _ message: String, fix: String, _ offset: Int, _ length: Int = 1
  ) -> SyntaxError {
    SyntaxError(
      message, fix: fix, at: SourceRange(offset: offset, length: length), in: source)
  }

  private mutating func run() throws(SyntaxError) {
    guard bytes.count <= SyntaxLimits.fileBytes else {
      throw error(
        "the source has \(bytes.count) bytes; the limit is \(SyntaxLimits.fileBytes)",
        fix: "split it, or remove what it does not need", 0)
    }
    try checkCharacters()
    while offset < bytes.count {
      let start = offset
      if startsComment {
        try skipComment()
        continue
      }
      let byte = bytes[offset]
      if isWhiteSpace(byte) {
        offset += 1
        continue
      }
      if isAtomByte(byte) {
        try append(atom())
      } else if let kind = punctuation(byte) {
        offset += 1
        try append(Token(kind, start, 1))
      } else {
        throw unexpectedCharacter()
      }
    }
    // The end is where the last token ends, so that a diagnostic about it shows that token's line.
    let last = tokens.last.map { $0.range.offset + $0.range.length }
    tokens.append(Token(.end, last ?? 0, 0))
  }

  private mutating func append(_ token: Token) throws(SyntaxError) {
    guard tokens.count < SyntaxLimits.tokens else {
      throw error(
        "the source has more than \(SyntaxLimits.tokens) tokens", fix: "split it",
        token.range.offset)
    }
    tokens.append(token)
  }

  // MARK: Tokens

  private var startsComment: Bool {
    bytes[offset] == UInt8(ascii: "/") && offset + 1 < bytes.count
      && bytes[offset + 1] == UInt8(ascii: "*")
  }

  private mutating func skipComment() throws(SyntaxError) {
    let start = offset
    offset += 2
    while offset + 1 < bytes.count {
      if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") {
        offset += 2
        return
      }
      offset += 1
    }
    throw error("this comment never ends", fix: "close it with `*/`", start, 2)
  }

  private mutating func atom() throws(SyntaxError) -> Token {
    let start = offset
    var isNumeral = true
    while offset < bytes.count, isAtomByte(bytes[offset]) {
      isNumeral = isNumeral && isDigit(bytes[offset])
      offset += 1
    }
    let length = offset - start
    if length == 2, bytes[start] == UInt8(ascii: "-"), bytes[start + 1] == UInt8(ascii: ">") {
      return Token(.arrow, start, length)
    }
    if isNumeral {
      guard length <= SyntaxLimits.numeralDigits else {
        throw error(
          "this numeral has \(length) digits; the limit is \(SyntaxLimits.numeralDigits)",
          fix: "use a smaller number", start, length)
      }
      return Token(.numeral, start, length)
    }
    guard length <= SyntaxLimits.nameBytes else {
      throw error(
        "this name has \(length) bytes; the limit is \(SyntaxLimits.nameBytes)",
        fix: "choose a shorter name", start, length)
    }
    // `x/*` would read as a name to a machine and as a comment to a person.
    for index in start..<(offset - 1) {
      let pair = (bytes[index], bytes[index + 1])
      if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
        throw error("a comment starts inside a name", fix: "put a space before `/*`", index, 2)
      }
      if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
        throw error(
          "`*/` closes no comment", fix: "remove it, or open a comment with `/*`", index, 2)
      }
    }
    return Token(.atom, start, length)
  }

  private func punctuation(_ byte: UInt8) -> Token.Kind? {
    switch byte {
    case UInt8(ascii: ":"): .colon
    case UInt8(ascii: "."): .dot
    case UInt8(ascii: ","): .comma
    case UInt8(ascii: "#"): .hash
    case UInt8(ascii: "("): .leftParenthesis
    case UInt8(ascii: ")"): .rightParenthesis
    case UInt8(ascii: "["): .leftBracket
    case UInt8(ascii: "]"): .rightBracket
    case UInt8(ascii: "{"): .leftBrace
    case UInt8(ascii: "}"): .rightBrace
    default: nil
    }
  }

  private func unexpectedCharacter() -> SyntaxError {
    let length = decodeScalar(bytes, at: offset)?.length ?? 1
    let shown = source.text(of: SourceRange(offset: offset, length: length))
    return error(
      "the character `\(shown)` has no meaning here",
      fix: "names consist of ASCII letters, digits, ' and _ - + / * = ! $ ^ > <; "
        + "other characters belong in comments", offset, length)
  }

  // MARK: Characters

  private func checkCharacters() throws(SyntaxError) {
    var offset = 0
    while offset < bytes.count {
      guard let (scalar, length) = decodeScalar(bytes, at: offset) else {
        throw error(
          "byte \(hexadecimal(UInt32(bytes[offset]))) is not valid UTF-8 here",
          fix: "save the file as UTF-8", offset)
      }
      if let name = forbidden(scalar) {
        throw error(
          "\(name) (U+\(hexadecimal(scalar.value))) is not allowed", fix: "remove it", offset,
          length)
      }
      offset += length
    }
  }
}

private func isWhiteSpace(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
    || byte == UInt8(ascii: "\r")
}

private func isDigit(_ byte: UInt8) -> Bool {
  UInt8(ascii: "0") <= byte && byte <= UInt8(ascii: "9")
}

private func isAtomByte(_ byte: UInt8) -> Bool {
  switch byte {
  case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "'"), UInt8(ascii: "_"),
    UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "*"),
    UInt8(ascii: "="), UInt8(ascii: "!"), UInt8(ascii: "$"), UInt8(ascii: "^"),
    UInt8(ascii: ">"), UInt8(ascii: "<"):
    true
  default: false
  }
}

private func hexadecimal(_ value: UInt32) -> String {
  let digits = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, 2 - digits.count)) + digits
}
