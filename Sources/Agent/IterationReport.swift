public import Conjecturing
public import Layers

/// All that happened in one iteration.
public struct IterationReport: Sendable {
  /// A proved statement with its probability and difficulty.
  public struct GradedTheorem: Sendable {
    /// The conjecture whose search proved it.
    public let slot: Int
    public let theorem: Theorem
    /// Of the proof, under the policy that searched.
    public let logProbability: Double
    public let difficulty: Difficulty
  }

  public let iteration: Int
  /// What the agent went by when it posed; nil if all limits were alike.
  public let solveRates: SolveRates?
  public let posing: PosedBatch
  /// By slot.
  public let attempts: [SearchReport]
  /// Conjectures that were proved.
  public let proofs: [GradedTheorem]
  /// What was proved by accident, each statement once over all iterations.
  public let hindsight: [GradedTheorem]
  public let grading: Grading
  /// What the iteration taught.
  public let examples: ExampleSet
  /// Mean losses over the last tenth of the steps.
  public let losses: LossReport
  /// Wall-clock seconds by phase: never part of a result.
  public let seconds: [(phase: String, seconds: Double)]
}

/// What an agent is doing, for whoever watches.
public enum AgentEvent: Sendable {
  case posing(count: Int)
  case proving(finished: Int, total: Int, expansions: Int, proved: Int)
  /// A conjecture was proved and the proof certified.
  case proved(slot: Int, theorem: Theorem)
  case relabelling(count: Int)
  case learning(step: Int, steps: Int, losses: LossReport)
}
