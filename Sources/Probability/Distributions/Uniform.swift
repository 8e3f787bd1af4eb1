/// The uniform distribution on an interval.
@frozen
public struct Uniform<Upper: Sendable>: Sendable {
  /// Finite.
  public var lower: Double
  /// Finite and greater than `lower`.
  public var upper: Upper

  @inlinable
  public init(_ lower: Double, _ upper: Upper) {
    self.lower = lower
    self.upper = upper
  }
}
