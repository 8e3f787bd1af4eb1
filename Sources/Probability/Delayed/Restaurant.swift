import Glibc

/// A random partition that a program draws from: a Pitman–Yor restaurant whose customers can wait.
///
///     var restaurant = Restaurant(discount: 0.2, concentration: 1)
///     let table = p.assume(&restaurant)
///     p.observe(0, &restaurant)
///
/// Every call seats one customer; tables are numbered in the order in which they are first taken.
/// Customers at tables that are certain are held as counts. The others stay random, in one table of
/// all their seatings, as long as that is small; then the oldest of them is drawn. What is observed
/// of a table, or of what depends on it, conditions all who wait.
///
/// A `SequentialModel` shows the restaurant to its visitor with `keep`, as it does with variables.
public struct Restaurant: Sendable {
  /// In `0..<1`; 0 makes it a Chinese restaurant.
  public let discount: Double
  /// Greater than −`discount`.
  public let concentration: Double
  /// Of the customers at each table whose table is certain.
  public private(set) var counts: [Int] = []
  /// Those whose table is not, the oldest first.
  public private(set) var waiting: [Random<Int>] = []

  public init(discount: Double = 0, concentration: Double) {
    self.discount = discount
    self.concentration = concentration
  }

  /// The distribution of the next customer's table.
  public var next: RestaurantCustomer {
    RestaurantCustomer(
      discount: discount, concentration: concentration, counts: counts, waiting: waiting)
  }

  private mutating func seat(_ table: Random<Int>) {
    guard let known = table.known else {
      waiting.append(table)
      return
    }
    // What cannot be has weight 0; it must not make room for billions of tables.
    guard known >= 0 && known <= counts.count + waiting.count else { return }
    while counts.count <= known { counts.append(0) }
    counts[known] += 1
  }

  /// Whether one more customer would make too many seatings.
  private var isFull: Bool {
    var seatings = 1
    for place in 0...waiting.count where seatings <= FiniteTable.maximumCount {
      seatings *= counts.count + place + 1
    }
    return !waiting.isEmpty && seatings > FiniteTable.maximumCount
  }

  fileprivate mutating func makeRoom(_ p: inout some ProbabilisticContext, _ site: Site) {
    while isFull {
      let oldest = waiting.removeFirst()
      seat(Random(p.value(oldest, site: site)))
    }
  }

  fileprivate mutating func admit(_ table: Random<Int>) { seat(table) }
}

extension ProbabilisticContext {
  /// Seats a customer; the table is a random variable.
  public mutating func assume(
    _ restaurant: inout Restaurant, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Random<Int> {
    let site = Site(name, file, line)
    restaurant.makeRoom(&self, site)
    let table = assume(restaurant.next, site: site)
    restaurant.admit(table)
    return table
  }

  /// Seats a customer at a table that is drawn now, those who wait integrated out.
  public mutating func draw(
    _ restaurant: inout Restaurant, at name: StaticString? = nil, file: StaticString = #fileID,
    line: UInt = #line
  ) -> Int {
    let table = draw(restaurant.next, site: Site(name, file, line))
    restaurant.admit(Random(table))
    return table
  }

  /// Seats a customer who was seen at a table; those who wait are conditioned on it.
  public mutating func observe(
    _ table: Int, _ restaurant: inout Restaurant, at name: StaticString? = nil,
    file: StaticString = #fileID, line: UInt = #line
  ) {
    observe(table, restaurant.next, site: Site(name, file, line))
    restaurant.admit(Random(table))
  }
}

extension RandomVisitor {
  /// Keeps a restaurant with those who wait in it.
  public mutating func keep(_ restaurant: Restaurant) { keep(restaurant.waiting) }
}

/// The table of a restaurant's next customer, where some of those before are random.
public struct RestaurantCustomer: Sendable {
  let discount: Double
  let concentration: Double
  let counts: [Int]
  let waiting: [Random<Int>]
}

// Source: Pitman, "Combinatorial stochastic processes" (2006), section 3.2.

extension RestaurantCustomer: DelayedDistribution {
  public typealias Value = Int

  /// Those before, as far as they have a table.
  private func known(_ graph: DelayedGraph) -> [Int] {
    var counts = counts
    for customer in waiting {
      if let table = graph.settledValue(customer) { Self.seat(table, &counts) }
    }
    return counts
  }

  private static func seat(_ table: Int, _ counts: inout [Int]) {
    while counts.count <= table { counts.append(0) }
    counts[table] += 1
  }

  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> PitmanYor {
    for customer in waiting { _ = graph.value(customer, &work) }
    // Empty tables there are only after what cannot be was observed.
    return PitmanYor(
      discount: discount, concentration: concentration, counts: known(graph).map { max($0, 1) })
  }

  /// The probability of each table up to a new one; that of all if it has room for `size`.
  private func probabilities(_ counts: [Int], size: Int? = nil) -> [Double] {
    let occupied = (counts.lastIndex { $0 > 0 } ?? -1) + 1
    let law = PitmanYor(
      discount: discount, concentration: concentration,
      counts: counts[..<occupied].map { max($0, 1) })
    let padding = max((size ?? 0) - occupied - 1, 0)
    return law.probabilities + [Double](repeating: 0, count: padding)
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    let law = PitmanYor(discount: discount, concentration: concentration, counts: [])
    guard work.accepts(law.isSound) else { return nil }
    while let axes = graph.axes(of: waiting, &work), let parent = axes.first {
      let seatings = seatings(graph, axes)
      // A new table for each seating that is possible.
      let size = (seatings.compactMap { $0?.count }.max() ?? 0) + 1
      let place = Int(graph.nodes[parent].row)
      let before = graph.tables[place].axes.count
      graph.makeRoom(for: size, beside: parent, &work)
      if graph.tables[place].axes.count != before { continue }
      if seatings.count * size > FiniteTable.maximumCount {
        graph.realizeForCap(parent, &work)
        continue
      }
      let rows = seatings.map { probabilities($0 ?? [], size: size) }
      return Random(graph.assumeFinite(rows, inTableOf: parent, &work))
    }
    let row = probabilities(known(graph))
    return row.count == 1 ? Random(0) : graph.assumeFinite(row, &work).map { Random($0) }
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    guard let axes = graph.axes(of: waiting, &work) else {
      return plain(&graph, &work).logDensity(value)
    }
    guard PitmanYor(discount: discount, concentration: concentration, counts: []).isSound else {
      return .nan
    }
    let factors = seatings(graph, axes).map { counts -> Double in
      guard let counts else { return 0 }
      let row = probabilities(counts)
      return row.indices.contains(value) ? row[value] : 0
    }
    return graph.observeEntries(factors, inTableOf: axes[0])
  }

  /// How many are at each table, for each entry of the table of those who wait; nil for entries
  /// that cannot be.
  private func seatings(_ graph: DelayedGraph, _ axes: [Int]) -> [[Int]?] {
    let known = known(graph)
    let table = graph.tables[Int(graph.nodes[axes[0]].row)]
    let places = axes.map { node -> (size: Int, stride: Int) in
      let axis = table.axis(of: node)
      return (table.sizes[axis], table.sizes[(axis + 1)...].reduce(1, *))
    }
    return table.weights.enumerated().map { entry, weight in
      if !(weight > 0) { return nil }
      var counts = known
      for place in places { Self.seat(entry / place.stride % place.size, &counts) }
      return counts
    }
  }
}

extension DelayedGraph {
  /// The value of a count that has one.
  func settledValue(_ variable: Random<Int>) -> Int? {
    if let known = variable.known { return known }
    guard let handle = variable.handle else { return nil }
    let node = nodes[index(handle)]
    return node.kind == .known ? Int(saturating: node.a) : nil
  }

  /// The nodes of those customers who have no table, all in one table of values; nil if there are
  /// none.
  mutating func axes(of customers: [Random<Int>], _ work: inout Workspace) -> [Int]? {
    var result: [Int] = []
    for customer in customers where settledValue(customer) == nil {
      guard let handle = customer.handle else { continue }
      let index = index(handle)
      let isBeside = result.first.map { nodes[$0].row == nodes[index].row } ?? true
      if nodes[index].kind == .finite && isBeside {
        result.append(index)
      } else {
        realize(index, &work)
      }
    }
    return result.isEmpty ? nil : result
  }

  /// A new finite variable with a row of probabilities for each entry of a variable's table.
  mutating func assumeFinite(
    _ rows: [[Double]], inTableOf node: Int, _ work: inout Workspace
  ) -> Handle {
    let place = Int(nodes[node].row)
    let handle = assumeRoot(.finite, 0, 0, &work)
    nodes[handle.index].row = Int32(truncatingIfNeeded: place)
    let count = rows[0].count
    tables[place].weights = zip(tables[place].weights, rows).flatMap { weight, row in
      row.map { weight > 0 ? weight * $0 : 0 }
    }
    tables[place].axes.append(Int32(truncatingIfNeeded: handle.index))
    tables[place].sizes.append(count)
    if place == switching {
      cells = cells.flatMap { [GaussianBlock](repeating: $0, count: count) }
    }
    return handle
  }

  /// Observes something with the given probability for each entry of a variable's table.
  mutating func observeEntries(_ factors: [Double], inTableOf node: Int) -> Double {
    let place = Int(nodes[node].row)
    let weights = zip(tables[place].weights, factors).map { $0 > 0 ? $0 * $1 : 0 }
    let total = weights.reduce(0, +)
    guard total > 0 else { return total.isNaN ? .nan : -.infinity }
    tables[place].weights = weights.map { $0 / total }
    return log(total)
  }
}
