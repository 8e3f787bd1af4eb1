import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Restaurants whose customers wait: all partitions by enumeration, with the exchangeable partition
/// probability Π(θ + jd) Π (1 − d)(2 − d)… / (θ + 1)(θ + 2)….
@Suite struct RestaurantTests {
  static let laws: [[Double]] = [[0, 1], [0, 2.5], [0.3, 0.7], [0.5, -0.2]]

  /// All ways to seat customers, tables numbered as they are first taken.
  static func partitions(_ count: Int) -> [[Int]] {
    (0..<count).reduce([[]]) { all, _ in
      all.flatMap { seats in (0...((seats.max() ?? -1) + 1)).map { seats + [$0] } }
    }
  }

  static func probability(_ seats: [Int], _ law: [Double]) -> Double {
    let (discount, concentration) = (law[0], law[1])
    let tables = (seats.max() ?? -1) + 1
    var result = 1.0
    for table in 1..<max(tables, 1) { result *= concentration + Double(table) * discount }
    for customer in 1..<max(seats.count, 1) { result /= concentration + Double(customer) }
    for table in 0..<tables {
      let size = seats.count { $0 == table }
      for place in 1..<max(size, 1) { result *= Double(place) - discount }
    }
    return result
  }

  /// P(flag is true | table), for the data of each customer.
  static let chances = [0.2, 0.9, 0.5, 0.35, 0.6, 0.75, 0.1, 0.45, 0.8]
  static let flags = [true, false, true, true, false, false, true, false, true]

  static func likelihood(_ seats: [Int], _ flags: [Bool]) -> Double {
    zip(seats, flags).reduce(1) { $0 * ($1.1 ? chances[$1.0] : 1 - chances[$1.0]) }
  }

  @Test func partitionsAreAll() {
    #expect((0...6).map { Self.partitions($0).count } == [1, 1, 2, 5, 15, 52, 203])
    for law in Self.laws {
      #expect(isClose(Self.partitions(5).reduce(0) { $0 + Self.probability($1, law) }, 1))
    }
  }

  /// Five customers, none with a table; then data of each; then a sixth who is seen, and a seventh.
  @Test(arguments: laws) func waitingCustomers(_ law: [Double]) throws {
    var p = DelayedContext(key: RandomKey(seed: 3))
    var restaurant = Restaurant(discount: law[0], concentration: law[1])
    let customers = (0..<5).map { _ in p.assume(&restaurant, at: "customer") }
    func expect(_ seatings: [[Int]], _ weight: ([Int]) -> Double) throws {
      let total = seatings.reduce(0) { $0 + weight($1) }
      for (place, customer) in customers.enumerated() {
        for (table, probability) in p.graph.probabilities(customer).enumerated() {
          let truth = seatings.reduce(0) { $0 + ($1[place] == table ? weight($1) : 0) } / total
          try #require(isClose(probability, truth, 1e-12), "customer \(place), table \(table)")
        }
      }
      try #require(isClose(p.logWeight, log(total), 1e-12))
    }
    let five = Self.partitions(5)
    try expect(five) { Self.probability($0, law) }
    for (customer, flag) in zip(customers, Self.flags) {
      p.observe(flag, Bernoulli(Self.chances[customer]))
    }
    try expect(five) { Self.probability($0, law) * Self.likelihood($0, Self.flags) }
    p.observe(1, &restaurant)
    let six = Self.partitions(6).filter { $0[5] == 1 }
    let weight = { (seats: [Int]) in
      Self.probability(seats, law) * Self.likelihood(seats, Array(Self.flags[..<5]))
    }
    try expect(six, weight)
    let last = p.assume(&restaurant, at: "last")
    let seven = Self.partitions(7).filter { $0[5] == 1 }
    let total = seven.reduce(0) { $0 + weight($1) }
    for (table, probability) in p.graph.probabilities(last).enumerated() {
      let truth = seven.reduce(0) { $0 + ($1[6] == table ? weight($1) : 0) } / total
      #expect(isClose(probability, truth, 1e-12))
    }
    #expect(p.report.isExact)
  }

  /// Customers who are seen: only counts are kept, and no customer.
  @Test(arguments: laws) func observedCustomers(_ law: [Double]) {
    var p = DelayedContext(key: RandomKey(seed: 3))
    var restaurant = Restaurant(discount: law[0], concentration: law[1])
    let seats = [0, 0, 1, 0, 2, 1, 3, 0, 0, 2]
    for seat in seats { p.observe(seat, &restaurant) }
    #expect(isClose(p.logWeight, log(Self.probability(seats, law)), 1e-12))
    #expect(restaurant.counts == [5, 2, 2, 1] && restaurant.waiting.isEmpty)
    #expect(p.graph.count == 0)
  }

  /// How often each of the 52 partitions is drawn, by value one after the other, last one first, or
  /// at once: Pearson's statistic, of mean 51 and deviation 10.
  @Test(arguments: [0, 1, 2, 3]) func drawnPartitions(_ way: Int) {
    let law = [0.3, 0.7]
    let all = Self.partitions(5)
    var counts = [Double](repeating: 0, count: all.count)
    for run in 0..<20_000 {
      var p = DelayedContext(key: RandomKey(seed: 8).child("run", run), delays: way != 3)
      var restaurant = Restaurant(discount: law[0], concentration: law[1])
      var seats: [Int] = []
      if way == 2 {
        for _ in 0..<5 { seats.append(p.draw(&restaurant)) }
      } else {
        let customers = (0..<5).map { _ in p.assume(&restaurant) }
        let order = way == 1 ? Array(customers.reversed()) : customers
        seats = order.map { p.value($0) }
        if way == 1 { seats.reverse() }
      }
      counts[all.firstIndex(of: seats)!] += 1
    }
    let statistic = zip(all, counts).reduce(0) { sum, entry in
      let expected = 20_000 * Self.probability(entry.0, law)
      return sum + (entry.1 - expected) * (entry.1 - expected) / expected
    }
    #expect(statistic < 51 + 4.5 * 10)
  }

  /// Nine customers are too many seatings for a table: the oldest are drawn, and the evidence is
  /// right on average; so it is with delay off, with more noise.
  @Test func manyCustomers() throws {
    let law = [0.3, 0.7]
    let truth = Self.partitions(9).reduce(0) {
      $0 + Self.probability($1, law) * Self.likelihood($1, Self.flags)
    }
    var errors: [Double] = []
    for delays in [true, false] {
      var (sum, squares) = (0.0, 0.0)
      for run in 0..<3000 {
        var p = DelayedContext(key: RandomKey(seed: 8).child("run", run), delays: delays)
        var restaurant = Restaurant(discount: law[0], concentration: law[1])
        for flag in Self.flags {
          let customer = p.assume(&restaurant, at: "customer")
          p.observe(flag, Bernoulli(Self.chances[customer]))
          #expect(restaurant.waiting.count <= 6)
        }
        if delays {
          let entry = try #require(p.report.entries.first)
          #expect(entry.assumed == 9 && entry.sampled == 0 && (5...8).contains(entry.marginalized))
        }
        sum += exp(p.logWeight)
        squares += exp(2 * p.logWeight)
      }
      let mean = sum / 3000
      let error = ((squares / 3000 - mean * mean) / 3000).squareRoot()
      #expect(abs(mean - truth) < 4.5 * error, "\(mean) for \(truth) ± \(error)")
      errors.append(error)
    }
    #expect(errors[0] < errors[1] / 2)
  }

  /// A number that depends on a customer's table makes the Gaussian variables depend on all.
  @Test func gaussiansOfTables() {
    let law = [0.3, 0.7]
    var p = DelayedContext(key: RandomKey(seed: 3))
    var restaurant = Restaurant(discount: law[0], concentration: law[1])
    let customers = (0..<3).map { _ in p.assume(&restaurant) }
    let base = p.assume(Normal(0, variance: 0.4))
    let x = p.assume(
      SwitchingNormal(customers[2], mean: { base + Double($0) }, variance: { _ in 0.6 }))
    let last = p.assume(&restaurant)
    p.observe(1.3, Normal(x, variance: 0.5))
    p.observe(true, Bernoulli(Self.chances[last]))
    func weight(_ seats: [Int]) -> Double {
      Self.probability(seats, law) * Self.chances[seats[3]]
        * exp(Normal(Double(seats[2]), variance: 1.5).logDensity(1.3))
    }
    let all = Self.partitions(4)
    let total = all.reduce(0) { $0 + weight($1) }
    #expect(isClose(p.logWeight, log(total)))
    let mean = all.reduce(0) {
      let prior = Double($1[2])
      return $0 + weight($1) * (prior + (1.3 - prior) * 2 / 3)
    }
    #expect(isClose(p.graph.mean(x), mean / total) && p.report.isExact)
  }

  struct Tables: SequentialModel {
    var restaurant = Restaurant(discount: 0.3, concentration: 0.7)

    mutating func start(_ p: inout some ProbabilisticContext) {}

    mutating func step(_ t: Int, _ y: Bool, _ p: inout some ProbabilisticContext) {
      let customer = p.assume(&restaurant)
      p.observe(y, Bernoulli(RestaurantTests.chances[customer]))
    }

    func visit(_ visitor: inout RandomVisitor) { visitor.keep(restaurant) }
  }

  /// One particle finds the evidence of six customers.
  @Test func sequentialModel() throws {
    let data = Array(Self.flags[..<6])
    let truth = Self.partitions(6).reduce(0) {
      $0 + Self.probability($1, [0.3, 0.7]) * Self.likelihood($1, data)
    }
    let posterior = try ParticleFilter(particles: 1).run(
      Tables(), data: data, key: RandomKey(seed: 1))
    #expect(isClose(posterior.logEvidence, log(truth)) && posterior.report.isExact)
    let bootstrap = try ParticleFilter(particles: 4000, delays: false).run(
      Tables(), data: data, key: RandomKey(seed: 1))
    #expect(abs(bootstrap.logEvidence - log(truth)) < 0.1)
  }

  /// What cannot be has weight 0 and not NaN, then and later; what is no restaurant has none.
  @Test func impossibleAndFlawed() {
    for delays in [true, false] {
      var p = DelayedContext(key: RandomKey(seed: 3), delays: delays)
      var restaurant = Restaurant(discount: 0.3, concentration: 0.7)
      _ = p.assume(&restaurant)
      _ = p.assume(&restaurant)
      p.observe(3, &restaurant)
      #expect(p.logWeight == -.infinity)
      p.observe(1_000_000_000, &restaurant)
      p.observe(-1, &restaurant)
      let last = p.assume(&restaurant)
      _ = p.value(last)
      #expect(p.logWeight == -.infinity)
      var q = DelayedContext(key: RandomKey(seed: 3), delays: delays)
      var flawed = Restaurant(discount: 1.2, concentration: 1)
      _ = q.assume(&flawed)
      #expect(q.logWeight.isNaN)
      var r = DelayedContext(key: RandomKey(seed: 3), delays: delays)
      r.observe(0, &flawed)
      #expect(r.logWeight.isNaN)
    }
  }
}
