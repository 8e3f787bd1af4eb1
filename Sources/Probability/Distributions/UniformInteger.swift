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
