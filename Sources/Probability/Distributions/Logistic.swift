/// The logistic distribution: its CDF is 1/(1 + e^(−(x − location)/scale)).
@frozen
public struct Logistic: Sendable {
  /// Finite.
  public var location: Double
  /// Positive and finite.
  public var scale: Double

  @inlinable
  public init(location: Double, scale: Double) {
    self.location = location
    self.scale = scale
  }
}
