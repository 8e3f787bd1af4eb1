/// Binomial with a beta probability of success.
@frozen
public struct BetaBinomial: Sendable {
  /// Not negative.
  public var count: Int
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(count: Int, alpha: Double, beta: Double) {
    self.count = count
    self.alpha = alpha
    self.beta = beta
  }
}
