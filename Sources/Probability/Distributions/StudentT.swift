/// Student's t distribution, moved by `location` and stretched by `scale`.
@frozen
public struct StudentT: Sendable {
  /// Positive and finite.
  public var degreesOfFreedom: Double
  /// Finite.
  public var location: Double
  /// Positive and finite; not squared.
  public var scale: Double

  @inlinable
  public init(degreesOfFreedom: Double, location: Double, scale: Double) {
    self.degreesOfFreedom = degreesOfFreedom
    self.location = location
    self.scale = scale
  }
}
