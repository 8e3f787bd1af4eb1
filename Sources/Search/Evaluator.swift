/// What a model says about a goal.
public struct Evaluation: Sendable, Hashable {
  /// The log-weight of each option, unnormalized.
  public var logWeights: [Float]
  /// The probability that the goal can be solved, in `0...1`.
  public var value: Float

  public init(logWeights: [Float], value: Float) {
    self.logWeights = logWeights
    self.value = value
  }
}

/// What evaluates goals, many at a time.
public protocol Evaluator<Query>: Sendable {
  associatedtype Query: Sendable

  /// One evaluation for each query, with `optionCounts[i]` weights in row `i`.
  ///
  /// Workers call it, several at the same time, each with the queries of its share of the searches.
  /// An evaluation must not depend on the rest of the batch.
  func evaluate(_ batch: [Query], optionCounts: [Int]) throws -> [Evaluation]
}

/// The evaluator that knows nothing: all options alike, all goals of the same value.
public struct UniformEvaluator<Query: Sendable>: Evaluator {
  public let value: Float

  public init(value: Float = 0.5) {
    precondition(value >= 0 && value <= 1, "a value is a probability, not \(value)")
    self.value = value
  }

  public func evaluate(_ batch: [Query], optionCounts: [Int]) -> [Evaluation] {
    optionCounts.map {
      Evaluation(logWeights: [Float](repeating: 0, count: $0), value: value)
    }
  }
}
