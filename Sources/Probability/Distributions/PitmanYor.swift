/// The table of the next customer in a Pitman–Yor restaurant.
///
/// Table k < `counts.count` has `counts[k]` customers; `counts.count` is a new table.
@frozen
public struct PitmanYor: Sendable {
  /// In `0..<1`.
  public var discount: Double
  /// Greater than −`discount`.
  public var concentration: Double
  /// Of the customers at each table so far, positive.
  public var counts: [Int]

  @inlinable
  public init(discount: Double, concentration: Double, counts: [Int]) {
    self.discount = discount
    self.concentration = concentration
    self.counts = counts
  }
}
