import Glibc
public import Randomness

/// The number of successes among `count` independent trials.
@frozen
public struct Binomial<Count: Sendable, P: Sendable>: Sendable {
  /// Not negative.
  public var count: Count
  /// The probability of a success, in `0...1`.
  public var probability: P

  @inlinable
  @_disfavoredOverload
  public init(count: Count, probability: P) {
    self.count = count
    self.probability = probability
  }
}

extension Binomial: Distribution where Count == Int, P == Double {
  @inlinable
  public var isSound: Bool { count >= 0 && probability >= 0 && probability <= 1 }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    if x < 0 || x > count { return -.infinity }
    return Special.logBinomialMass(
      Double(x), Double(count - x), p: probability, q: 1 - probability)
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    isSound ? stream.binomial(count, probability) : 0
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "Binomial", .notNegative("count", count), .probability("probability", probability))
  }
}

extension Binomial: DiscreteDistribution where Count == Int, P == Double {
  public var support: ClosedRange<Int> { 0...Swift.max(count, 0) }

  public func logCDF(_ x: Int) -> Double { logTails(x).lower }

  public func logSurvival(_ x: Int) -> Double { logTails(x).upper }

  private func logTails(_ x: Int) -> LogTails {
    guard isSound else { return .undefined }
    if x < 0 { return .none }
    if x >= count { return .all }
    return Special.logIncompleteBeta(
      Double(count - x), Double(x) + 1, 1 - probability, complement: probability)
  }
}
