/// How much a search may spend. Never seconds: the same budget gives the same result everywhere.
public struct SearchBudget: Sendable, Hashable, Codable {
  /// The number of evaluations.
  public var expansions: Int
  /// The number of goals and options held in memory.
  public var nodes: Int

  public init(expansions: Int, nodes: Int = 1 << 22) {
    precondition(expansions >= 0, "a budget of \(expansions) expansions")
    precondition(nodes > 0 && nodes <= Int(Int32.max), "a budget of \(nodes) nodes")
    self.expansions = expansions
    self.nodes = nodes
  }
}

/// How a search stands.
public enum SearchOutcome: Sendable, Hashable {
  /// It goes on.
  case open
  /// The root is solved.
  case solved
  /// The root can never be solved.
  case dead
  /// The budget is spent; a budget of nodes may end before that of expansions.
  case exhausted(expansions: Int)
}
