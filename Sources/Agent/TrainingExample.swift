/// How hard a proved statement was for the policy that proved it.
public enum Difficulty: String, Sendable, Hashable, Codable, CaseIterable {
  case hard, easy, trivial
}

/// One choice of a proof, or one state of a search, as the network learns from it.
public struct ProofExample: Sendable, Hashable {
  /// Tokens of the state, the value marker last.
  public var state: [Int32]
  public var options: [[Int32]]
  /// The option that the proof takes; nil where only the value is known.
  public var chosen: Int?
  /// 1 on a proof, 0 off it.
  public var value: Float

  public init(state: [Int32], options: [[Int32]], chosen: Int?, value: Float) {
    self.state = state
    self.options = options
    self.chosen = chosen
    self.value = value
  }
}

/// A proved statement, as the conjecturer learns from it.
public struct ConjectureExample: Sendable, Hashable {
  public var difficulty: Difficulty
  /// The statement's tokens, without prompt and end.
  public var tokens: [Int32]

  public init(difficulty: Difficulty, tokens: [Int32]) {
    self.difficulty = difficulty
    self.tokens = tokens
  }
}

/// How a statement fared that was posed.
public struct Attempt: Sendable, Hashable {
  /// The length limit that it was posed under.
  public var limit: Int
  public var isProved: Bool

  public init(limit: Int, isProved: Bool) {
    self.limit = limit
    self.isProved = isProved
  }
}

/// What one iteration teaches.
public struct ExampleSet: Sendable, Hashable {
  public var conjectures: [ConjectureExample] = []
  public var proofs: [ProofExample] = []
  /// Tokens of the statements proved, which the conjecturer need not pose again.
  public var theorems: [[Int32]] = []
  /// One for each statement posed, in order.
  public var attempts: [Attempt] = []

  public init() {}

  public var isEmpty: Bool { conjectures.isEmpty && proofs.isEmpty }
}
