import Glibc
public import Randomness

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

// Source: Pitman, "Combinatorial stochastic processes" (2006), section 3.2.

extension PitmanYor {
  /// Seats a customer; a new table comes last.
  public mutating func seat(at table: Int) {
    require(table >= 0 && table <= counts.count, "table \(table) of \(counts.count)")
    if table == counts.count { counts.append(1) } else { counts[table] += 1 }
  }

  /// The log-probability of seating all customers, from the first one, so as to arrive at `counts`.
  ///
  /// It is that of each single order of seating: the order of customers does not matter.
  public var logPartition: Double {
    guard isSound else { return .nan }
    if counts.isEmpty { return 0 }
    let customers = Double(counts.reduce(0, +))
    var logarithm = 0.0
    for table in 1..<Swift.max(counts.count, 1) {
      logarithm += log(concentration + Double(table) * discount)
    }
    logarithm -= Special.logRising(concentration + 1, customers - 1)
    for count in counts {
      logarithm += Special.logRising(1 - discount, Double(count - 1))
    }
    return logarithm
  }
}

extension PitmanYor: DiscreteDistribution {
  public var isSound: Bool {
    discount >= 0 && discount < 1 && concentration > -discount && concentration < .infinity
      && counts.allSatisfy { $0 > 0 }
  }

  /// The probabilities of the tables, the new one last.
  public var probabilities: [Double] {
    guard isSound else { return counts.map { _ in .nan } + [.nan] }
    // The first customer; the general formula would divide by the concentration, perhaps 0.
    if counts.isEmpty { return [1] }
    let total = concentration + Double(counts.reduce(0, +))
    return counts.map { (Double($0) - discount) / total }
      + [(concentration + discount * Double(counts.count)) / total]
  }

  public func logDensity(_ x: Int) -> Double {
    guard isSound else { return .nan }
    return x < 0 || x > counts.count ? -.infinity : log(probabilities[x])
  }

  public func sample(_ stream: inout RandomStream) -> Int {
    isSound ? stream.categorical(probabilities) : 0
  }

  public var flaw: DistributionFlaw? {
    .first(
      of: "PitmanYor",
      Requirement("discount", discount, "in 0..<1", discount >= 0 && discount < 1),
      Requirement(
        "concentration", concentration, "greater than -\(discount) and finite",
        concentration > -discount && concentration < .infinity),
      .positiveCounts("counts", counts))
  }

  public var support: ClosedRange<Int> { 0...counts.count }

  public func logCDF(_ x: Int) -> Double {
    isSound ? LogTails(x, amongProbabilities: probabilities).lower : .nan
  }

  public func logSurvival(_ x: Int) -> Double {
    isSound ? LogTails(x, amongProbabilities: probabilities).upper : .nan
  }
}

extension Requirement {
  static func positiveCounts(_ parameter: String, _ counts: [Int]) -> Requirement {
    guard let index = counts.firstIndex(where: { $0 <= 0 }) else {
      return Requirement(parameter, "", "", true)
    }
    return Requirement("\(parameter)[\(index)]", counts[index], "positive", false)
  }
}
