/// The beta distribution: density x^(alpha−1) (1−x)^(beta−1) up to a constant, for 0 < x < 1.
@frozen
public struct Beta: Sendable {
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(_ alpha: Double, _ beta: Double) {
    self.alpha = alpha
    self.beta = beta
  }
}
