import Glibc
public import Randomness

/// The Poisson distribution.
@frozen
public struct Poisson<Rate: Sendable>: Sendable {
  /// The mean: not negative, and finite.
  public var rate: Rate

  @inlinable
  @_disfavoredOverload
  public init(_ rate: Rate) {
    self.rate = rate
  }
}

extension Poisson: Distribution where Rate == Double {
  @inlinable
  public var isSound: Bool { rate >= 0 && rate < .infinity }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    return x < 0 ? -.infinity : Special.logPoissonMass(Double(x), rate)
  }

  /// A draw; `Int.max` where it overflows.
  public func sample(_ stream: inout RandomStream) -> Int {
    guard isSound else { return 0 }
    return rate < 0x1p63 ? stream.poisson(rate) : .max
  }

  public var flaw: DistributionFlaw? {
    .first(of: "Poisson", Requirement("rate", rate, "at least 0 and finite", isSound))
  }
}

extension Poisson: DiscreteDistribution where Rate == Double {
  public var support: ClosedRange<Int> { 0...Int.max }

  public func logCDF(_ x: Int) -> Double { logTails(x).lower }

  public func logSurvival(_ x: Int) -> Double { logTails(x).upper }

  private func logTails(_ x: Int) -> LogTails {
    guard isSound else { return .undefined }
    if x < 0 { return .none }
    return Special.logIncompleteGamma(Double(x) + 1, rate).mirrored
  }
}
