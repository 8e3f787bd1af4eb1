import Glibc
public import Randomness

/// An integer of an interval, each equally likely.
@frozen
public struct UniformInteger: Sendable {
  public var lower: Int
  /// Included; at least `lower`.
  public var upper: Int

  @inlinable
  public init(_ lower: Int, _ upper: Int) {
    self.lower = lower
    self.upper = upper
  }
}

extension UniformInteger: DiscreteDistribution {
  /// `nil` if flawed; the number of integers, minus 1.
  private var width: UInt64? {
    guard upper >= lower, upper.subtractingReportingOverflow(lower).overflow == false,
      upper - lower < Int.max
    else { return nil }
    return UInt64(upper - lower)
  }

  public var isSound: Bool { width != nil }

  public func logDensity(_ x: Int) -> Double {
    guard let width else { return .nan }
    return x < lower || x > upper ? -.infinity : -log(Double(width) + 1)
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    guard let width else { return lower }
    return lower + stream.uniform(below: Int(width) + 1)
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "UniformInteger",
      Requirement("upper", upper, "at least the lower end \(lower)", upper >= lower),
      Requirement("upper", upper, "less than 2^63 - 1 above \(lower)", width != nil))
  }

  public var support: ClosedRange<Int> { width == nil ? lower...lower : lower...upper }

  public func logCDF(_ x: Int) -> Double {
    guard let width else { return .nan }
    if x < lower { return -.infinity }
    if x >= upper { return 0 }
    return log((Double(x - lower) + 1) / (Double(width) + 1))
  }

  public func logSurvival(_ x: Int) -> Double {
    guard let width else { return .nan }
    if x < lower { return 0 }
    if x >= upper { return -.infinity }
    return log(Double(upper - x) / (Double(width) + 1))
  }
}
