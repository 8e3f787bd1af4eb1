public import Randomness

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

extension ChineseRestaurant {
  /// The same with the discount 0.
  public var pitmanYor: PitmanYor {
    PitmanYor(discount: 0, concentration: concentration, counts: counts)
  }

  /// Seats a customer; a new table comes last.
  public mutating func seat(at table: Int) {
    var restaurant = pitmanYor
    restaurant.seat(at: table)
    counts = restaurant.counts
  }

  /// The log-probability of seating all customers, from the first one, so as to arrive at `counts`.
  public var logPartition: Double { pitmanYor.logPartition }
}

extension ChineseRestaurant: DiscreteDistribution {
  /// The probabilities of the tables, the new one last.
  public var probabilities: [Double] { pitmanYor.probabilities }

  public func logDensity(_ x: Int) -> Double { pitmanYor.logDensity(x) }

  public func sample(_ stream: inout RandomStream) -> Int { pitmanYor.sample(&stream) }

  public var flaw: DistributionFlaw? {
    .first(
      of: "ChineseRestaurant", .positive("concentration", concentration),
      .positiveCounts("counts", counts))
  }

  public var support: ClosedRange<Int> { 0...counts.count }

  public func logCDF(_ x: Int) -> Double { pitmanYor.logCDF(x) }

  public func logSurvival(_ x: Int) -> Double { pitmanYor.logSurvival(x) }
}
