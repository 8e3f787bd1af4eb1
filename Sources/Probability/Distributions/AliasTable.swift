public import Randomness

/// A categorical distribution prepared for many draws, each in constant time.
///
/// Source: Vose, "A linear algorithm for generating random numbers with a given distribution"
/// (IEEE Transactions on Software Engineering 1991).
public struct AliasTable: Sendable {
  /// What the table draws from.
  public let distribution: Categorical<[Double]>
  /// Each column keeps its own option with this probability, else it gives the alias.
  private var keep: [Double]
  private var alias: [Int]

  /// - Complexity: O(number of options).
  public init(_ distribution: Categorical<[Double]>) {
    self.distribution = distribution
    let count = distribution.probabilities.count
    keep = [Double](repeating: 1, count: count)
    alias = Array(0..<count)
    guard distribution.isSound else { return }
    let total = distribution.probabilities.reduce(0, +)
    var heights = distribution.probabilities.map { $0 / total * Double(count) }
    var low = heights.indices.filter { heights[$0] < 1 }
    var high = heights.indices.filter { heights[$0] >= 1 }
    while let small = low.popLast(), let large = high.last {
      keep[small] = heights[small]
      alias[small] = large
      heights[large] -= 1 - heights[small]
      if heights[large] < 1 {
        high.removeLast()
        low.append(large)
      }
    }
  }
}

extension AliasTable: DiscreteDistribution {
  public func logDensity(_ x: Int) -> Double { distribution.logDensity(x) }

  public func sample(_ stream: inout RandomStream) -> Int {
    guard !keep.isEmpty else { return 0 }
    let column = stream.uniform(below: keep.count)
    return stream.uniform() < keep[column] ? column : alias[column]
  }

  public var flaw: DistributionFlaw? { distribution.flaw }

  public var support: ClosedRange<Int> { distribution.support }

  public func logCDF(_ x: Int) -> Double { distribution.logCDF(x) }

  public func logSurvival(_ x: Int) -> Double { distribution.logSurvival(x) }
}
