/// What weighs the options of choices: a network, a table, a language model.
public protocol ChoiceModel<Query>: Sendable {
  associatedtype Query: Sendable

  /// The log-weights of the options of each query, unnormalized: row `i` has `optionCounts[i]`.
  ///
  /// A weight may be `-infinity` (never taken), but not all of a row. A row must not depend on
  /// the rest of the batch.
  func logWeights(_ batch: [Query], optionCounts: [Int]) throws -> [[Float]]
}

/// The model that weighs all options alike.
public struct UniformModel<Query: Sendable>: ChoiceModel {
  public init() {}

  public func logWeights(_ batch: [Query], optionCounts: [Int]) -> [[Float]] {
    optionCounts.map { [Float](repeating: 0, count: $0) }
  }
}
