/// The number of failures before the `successes`-th success in independent trials.
///
/// It is also the gamma-Poisson distribution: Poisson with a gamma rate of shape `successes` and
/// rate p/(1−p).
@frozen
public struct NegativeBinomial<P: Sendable>: Sendable {
  /// Positive and finite; need not be whole.
  public var successes: Double
  /// The probability of a success, in `0...1` but not 0.
  public var probability: P

  @inlinable
  public init(successes: Double, probability: P) {
    self.successes = successes
    self.probability = probability
  }
}
