public import Search

/// What hindsight teaches; the ablations of Poesia et al. 2024, section 4.3.
public enum HindsightMode: String, Sendable, Hashable, Codable, CaseIterable {
  /// Conjecturer and prover learn from the relabelled statements.
  case on
  case off
  /// As the original's code does: the prover learns from the relabelled proof, the conjecturer from
  /// the statement that was posed, under the difficulty of the relabelled proof.
  case original
}

/// How long the statements are that an agent poses.
public enum Curriculum: String, Sendable, Hashable, Codable, CaseIterable {
  /// All length limits alike.
  case uniform
  /// Limits under which about half of the statements get proved: see `SolveRates`.
  case solveRate = "solve-rate"
}

/// What guides a search besides the network.
public enum PolicyPrior: String, Sendable, Hashable, Codable, CaseIterable {
  case none
  /// Which premises proofs used: see `PremisePrior`.
  case premises
}

/// Everything that an agent's run depends on, besides its domain.
public struct AgentConfiguration: Sendable, Hashable {
  public var seed: UInt64 = 0
  public var iterations = 5
  /// Conjectures per iteration.
  public var conjectures = 200
  /// Expansions per search.
  public var expansions = 1000
  public var layers = 2
  public var width = 128
  public var hindsight = HindsightMode.on
  /// Tokens of a conjecture, at most.
  public var conjectureLength = 24
  /// Draws of a slot after a duplicate or a trivial statement, at most.
  public var redraws = 8
  /// Theorems taken in hindsight from one search, at most.
  public var hindsightLimit = 12
  /// Failed states per search that the value learns from, at most.
  public var failureLimit = 8
  /// Searches that share a batch.
  public var searchWidth = 64
  public var selection = Selection.puct()
  public var curriculum = Curriculum.uniform
  public var policyPrior = PolicyPrior.none
  public var learning = Learner.Settings()

  public init() {}

  /// Positions of the network: a state, its arrow and one option fit.
  static let context = 512
  /// Width of an attention head, at most.
  static let headWidth = 64

  var heads: Int {
    var heads = max(1, width / AgentConfiguration.headWidth)
    while width % heads != 0 { heads -= 1 }
    return heads
  }
}
