import Glibc
public import Randomness

/// The index of one of finitely many options.
@frozen
public struct Categorical<P: Sendable>: Sendable {
  /// One probability for each option, with sum 1.
  public var probabilities: P

  @inlinable
  @_disfavoredOverload
  public init(_ probabilities: P) {
    self.probabilities = probabilities
  }
}

extension Categorical: Distribution where P == [Double] {
  @inlinable
  public var isSound: Bool { Special.isSimplex(probabilities) }

  /// - Complexity: O(number of options), to see that the probabilities are sound.
  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    return probabilities.indices.contains(x) ? log(probabilities[x]) : -.infinity
  }

  /// - Complexity: O(number of options); `AliasTable` draws in O(1).
  public func sample(_ stream: inout RandomStream) -> Int {
    isSound ? stream.categorical(probabilities) : 0
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Categorical", .probabilities("probabilities", probabilities))
  }

  /// The options in proportion to `weights`.
  public init(weights: [Double]) {
    let total = weights.reduce(0, +)
    self.init(weights.map { $0 / total })
  }
}

extension Categorical: DiscreteDistribution where P == [Double] {
  public var support: ClosedRange<Int> { 0...Swift.max(probabilities.count - 1, 0) }

  public func logCDF(_ x: Int) -> Double { logTails(x).lower }

  public func logSurvival(_ x: Int) -> Double { logTails(x).upper }

  private func logTails(_ x: Int) -> LogTails {
    isSound ? LogTails(x, amongProbabilities: probabilities) : .undefined
  }
}

extension LogTails {
  /// Of the categorical distribution with these probabilities.
  init(_ x: Int, amongProbabilities probabilities: [Double]) {
    if x < 0 {
      self = .none
    } else if x >= probabilities.count - 1 {
      self = .all
    } else {
      self.init(
        lower: log(Swift.min(probabilities[...x].reduce(0, +), 1)),
        upper: log(Swift.min(probabilities[(x + 1)...].reversed().reduce(0, +), 1)))
    }
  }
}
