public import Randomness

/// All probability at one value.
@frozen
public struct Delta<Value: Equatable & Sendable>: Sendable {
  public var value: Value

  @inlinable
  public init(_ value: Value) {
    self.value = value
  }
}

extension Delta: Distribution {
  @inlinable
  public func logDensity(_ x: Value) -> Double { x == value ? 0 : -.infinity }

  @inlinable
  public func sample(_ stream: inout RandomStream) -> Value { value }

  /// No value is wrong.
  public var flaw: DistributionFlaw? { nil }

  @inlinable
  @inline(__always)
  public static var isDeterministic: Bool { true }
}

extension Delta: DiscreteDistribution where Value == Int {
  public var support: ClosedRange<Int> { value...value }

  public func logCDF(_ x: Int) -> Double { x < value ? -.infinity : 0 }

  public func logSurvival(_ x: Int) -> Double { x < value ? 0 : -.infinity }
}
