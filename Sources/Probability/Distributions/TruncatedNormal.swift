/// A normal distribution given that its value lies in an interval.
@frozen
public struct TruncatedNormal: Sendable {
  /// Before truncation; finite.
  public var mean: Double
  /// Before truncation; positive and finite.
  public var variance: Double
  /// Ends may be infinite; not a single number.
  public var interval: ClosedRange<Double>

  @inlinable
  public init(_ mean: Double, variance: Double, interval: ClosedRange<Double>) {
    self.mean = mean
    self.variance = variance
    self.interval = interval
  }
}
