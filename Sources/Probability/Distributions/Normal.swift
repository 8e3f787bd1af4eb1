/// The normal distribution, by its mean and its variance (not its standard deviation).
@frozen
public struct Normal<Mean: Sendable, Variance: Sendable>: Sendable {
  public var mean: Mean
  /// Positive and finite.
  public var variance: Variance

  @inlinable
  public init(_ mean: Mean, variance: Variance) {
    self.mean = mean
    self.variance = variance
  }
}

extension Normal where Variance == Double {
  /// The normal distribution with standard deviation `deviation`.
  @inlinable
  public init(_ mean: Mean, deviation: Double) {
    // A negative deviation must stay a flaw.
    self.init(mean, variance: deviation < 0 ? .nan : deviation * deviation)
  }
}
