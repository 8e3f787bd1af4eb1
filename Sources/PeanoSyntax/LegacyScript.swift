/// A proof in the language of the original: steps name a rule, not its arguments.
public struct LegacyScript: Sendable {
  public let steps: [LegacyStep]
  /// Whether a statement is to be proved; a `verify` block only derives.
  public let hasGoal: Bool
}

/// One step of a legacy script.
public struct LegacyStep: Sendable {
  public enum Action: Sendable {
    /// `intro x : T.`
    case intro(SyntaxBinder)
    /// `construct x : T by rule.` or `construct x : T = value by rule.`
    case construct(SyntaxBinder, value: SyntaxTerm?, by: SyntaxName)
    /// `show T by rule.`
    case show(SyntaxTerm, by: SyntaxName)
    /// `apply rule.`
    case apply(SyntaxName)
    /// `goal T { steps }`
    case goal(SyntaxTerm)
    /// `have T { steps }`
    case have(SyntaxTerm)
    /// `current goal : T.`
    case currentGoal(SyntaxTerm)
    /// `let x : T = value.`; without a value, `x` is assumed.
    case define(SyntaxBinder, value: SyntaxTerm?)
    /// `halt.`
    case halt
  }

  public let action: Action
  /// The block of a `goal` or `have`; empty for other steps.
  public let steps: [LegacyStep]
  public let range: SourceRange
}
