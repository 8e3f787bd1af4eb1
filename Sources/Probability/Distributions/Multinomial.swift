import Glibc
public import Randomness

/// How often each option is drawn in `count` independent draws.
@frozen
public struct Multinomial<P: Sendable>: Sendable {
  /// Not negative.
  public var count: Int
  /// One probability for each option, with sum 1.
  public var probabilities: P

  @inlinable
  @_disfavoredOverload
  public init(count: Int, probabilities: P) {
    self.count = count
    self.probabilities = probabilities
  }
}

extension Multinomial: Distribution where P == [Double] {
  @inlinable
  public var isSound: Bool { count >= 0 && Special.isSimplex(probabilities) }

  public func logDensity(_ x: [Int]) -> Double {
    guard isSound else { return .nan }
    guard x.count == probabilities.count, x.allSatisfy({ $0 >= 0 && $0 <= count }),
      x.reduce(0, +) == count
    else { return -.infinity }
    return Special.logMultinomialMass(x.map(Double.init), probabilities)
  }

  public func sample(_ stream: inout RandomStream) -> [Int] {
    guard isSound else { return probabilities.map { _ in 0 } }
    var counts = [Int](repeating: 0, count: probabilities.count)
    // The sums of the probabilities from each option on, added from the end.
    var rest = probabilities
    for index in rest.indices.dropLast().reversed() { rest[index] += rest[index + 1] }
    // Option by option, each binomial given those before.
    var remaining = count
    for index in probabilities.indices where remaining > 0 && probabilities[index] > 0 {
      counts[index] = stream.binomial(
        remaining, Swift.min(probabilities[index] / rest[index], 1))
      remaining -= counts[index]
    }
    return counts
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "Multinomial", .notNegative("count", count),
      .probabilities("probabilities", probabilities))
  }
}
