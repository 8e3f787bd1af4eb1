/// Negative binomial (failures before the `successes`-th success) with a beta probability of
/// success.
@frozen
public struct BetaNegativeBinomial: Sendable {
  /// Positive and finite; need not be whole.
  public var successes: Double
  /// Positive and finite.
  public var alpha: Double
  /// Positive and finite.
  public var beta: Double

  @inlinable
  public init(successes: Double, alpha: Double, beta: Double) {
    self.successes = successes
    self.alpha = alpha
    self.beta = beta
  }
}
