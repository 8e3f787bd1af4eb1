/// The Laplace distribution: density e^(−|x − location|/scale) up to a constant.
@frozen
public struct Laplace: Sendable {
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
