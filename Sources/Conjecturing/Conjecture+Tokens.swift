public import Proving

extension ConjectureGrammar {
  /// The conjecture that some tokens, stored earlier, stand for.
  ///
  /// - Precondition: they are the `tokens` of a conjecture of this theory.
  public func conjecture(of tokens: [TermToken]) -> Conjecture {
    Conjecture(tokens: tokens, arities: arities)
  }
}
