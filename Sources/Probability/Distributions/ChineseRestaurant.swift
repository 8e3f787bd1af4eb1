/// The table of the next customer in a Chinese restaurant (Pitman–Yor without discount).
///
/// Table k < `counts.count` has `counts[k]` customers; `counts.count` is a new table.
@frozen
public struct ChineseRestaurant: Sendable {
  /// Positive and finite.
  public var concentration: Double
  /// Of the customers at each table so far, positive.
  public var counts: [Int]

  @inlinable
  public init(concentration: Double, counts: [Int]) {
    self.concentration = concentration
    self.counts = counts
  }
}
