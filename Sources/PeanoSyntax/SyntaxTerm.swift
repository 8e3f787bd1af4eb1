/// A term as written: names, no types, every node with its place in the source.
public indirect enum SyntaxTerm: Sendable {
  /// A constant (`op`), a bound name (`'x`), a sort, or, in scripts, a rule or the hole `_`.
  case name(String, SourceRange)
  /// Decimal digits.
  case numeral(String, SourceRange)
  /// `(f a₁ … aₙ)`, n ≥ 1.
  case application(SyntaxTerm, [SyntaxTerm], SourceRange)
  /// `[T₁ -> … -> Tₙ -> U]`, n ≥ 1.
  case arrow([SyntaxInput], SyntaxTerm, SourceRange)
  /// `(lambda ('x : T, …) body)`
  case lambda([SyntaxBinder], SyntaxTerm, SourceRange)
  /// `(let ('x : T = value) body)`
  case local(SyntaxBinder, SyntaxTerm, SyntaxTerm, SourceRange)

  /// Where the term stands in its source.
  public var range: SourceRange {
    switch self {
    case .name(_, let range), .numeral(_, let range), .application(_, _, let range),
      .arrow(_, _, let range), .lambda(_, _, let range), .local(_, _, _, let range):
      range
    }
  }

  /// A name that a program writes.
  public static func name(_ name: String) -> SyntaxTerm { .name(name, .synthesized) }

  /// An application that a program writes.
  ///
  /// - Precondition: `arguments` is not empty.
  public static func application(_ function: SyntaxTerm, _ arguments: [SyntaxTerm]) -> SyntaxTerm {
    precondition(!arguments.isEmpty, "an application needs arguments")
    return .application(function, arguments, .synthesized)
  }
}

/// A bound name and its type.
public struct SyntaxBinder: Sendable {
  /// The name, with its leading quote.
  public let name: String
  public let type: SyntaxTerm
  /// The place of the name.
  public let range: SourceRange

  public init(name: String, type: SyntaxTerm, range: SourceRange = .synthesized) {
    self.name = name
    self.type = type
    self.range = range
  }
}

/// One input of an arrow: a type, or a name with its type.
public struct SyntaxInput: Sendable {
  public let name: String?
  public let type: SyntaxTerm

  public init(name: String? = nil, type: SyntaxTerm) {
    self.name = name
    self.type = type
  }
}
