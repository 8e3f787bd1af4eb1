import Glibc

/// A joint distribution of variables with finitely many values each.
///
/// Source: Koller, Friedman, "Probabilistic Graphical Models" (2009), section 9.3, for sums and
/// products of factors.
@usableFromInline
struct FiniteTable: Sendable {
  /// The node of each axis; -1 for a table that is not in use.
  var axes: [Int32] = []
  var sizes: [Int] = []
  /// Probabilities by rows: the last axis varies fastest.
  var weights: [Double] = []

  /// Products of more values than this are not tabled; a variable is realized instead.
  static let maximumCount = 4096

  func axis(of node: Int) -> Int { axes.firstIndex(of: Int32(truncatingIfNeeded: node))! }

  private func stride(_ axis: Int) -> Int { sizes[(axis + 1)...].reduce(1, *) }

  /// The probabilities of one variable's values.
  func marginal(_ axis: Int) -> [Double] {
    let (size, stride) = (sizes[axis], stride(axis))
    var result = [Double](repeating: 0, count: size)
    for (position, weight) in weights.enumerated() { result[position / stride % size] += weight }
    return result
  }

  /// Multiplies with a likelihood of one variable and normalizes; the log of the normalizer.
  mutating func multiply(_ axis: Int, logFactors: [Double]) -> Double {
    let (size, stride) = (sizes[axis], stride(axis))
    return multiply(logFactors) { $0 / stride % size }
  }

  /// Multiplies with a likelihood of the entries and normalizes; the log of the normalizer.
  mutating func multiply(cells logFactors: [Double]) -> Double {
    multiply(logFactors) { $0 }
  }

  /// Multiplies each entry with the factor at its place and normalizes; the log of the normalizer.
  ///
  /// Entries of weight 0 stay so, whatever their factor is. What is infinitely likely in some
  /// entries leaves only these. If no entry is left, the table stays as it was: a particle that is
  /// impossible goes on until it is replaced.
  private mutating func multiply(_ logFactors: [Double], _ place: (Int) -> Int) -> Double {
    var largest = -Double.infinity
    for (entry, weight) in weights.enumerated() where weight > 0 {
      let factor = logFactors[place(entry)]
      if factor.isNaN { return .nan }
      largest = max(largest, factor)
    }
    guard largest > -.infinity else { return -.infinity }
    let factors = logFactors.map {
      largest == .infinity ? ($0 == .infinity ? 1 : 0) : exp($0 - largest)
    }
    var total = 0.0
    for (entry, weight) in weights.enumerated() where weight > 0 {
      weights[entry] = weight * factors[place(entry)]
      total += weights[entry]
    }
    for entry in weights.indices { weights[entry] /= total }
    return largest + log(total)
  }

  /// Fixes one variable's value and drops its axis.
  mutating func condition(_ axis: Int, on value: Int) {
    let (size, stride) = (sizes[axis], stride(axis))
    var total = 0.0
    var kept: [Double] = []
    kept.reserveCapacity(weights.count / size)
    for (position, weight) in weights.enumerated() where position / stride % size == value {
      kept.append(weight)
      total += weight
    }
    weights = kept.map { $0 / total }
    axes.remove(at: axis)
    sizes.remove(at: axis)
  }

  /// Drops one variable by summing over its values.
  mutating func sumOut(_ axis: Int) {
    let (size, stride) = (sizes[axis], stride(axis))
    var kept = [Double](repeating: 0, count: weights.count / size)
    for (position, weight) in weights.enumerated() {
      kept[position / (stride * size) * stride + position % stride] += weight
    }
    weights = kept
    axes.remove(at: axis)
    sizes.remove(at: axis)
  }

  /// Takes up the variables of another table, independent of these.
  mutating func multiply(by other: FiniteTable) {
    weights = weights.flatMap { weight in other.weights.map { weight * $0 } }
    axes += other.axes
    sizes += other.sizes
  }

  /// The positions on all axes of an entry.
  private func positions(_ entry: Int) -> [Int] {
    var rest = entry
    var result = sizes
    for axis in sizes.indices.reversed() {
      result[axis] = rest % sizes[axis]
      rest /= sizes[axis]
    }
    return result
  }

  /// Adds a variable as the last axis that is a function of the others.
  mutating func extend(node: Int, count: Int, _ function: ([Int]) -> Int) {
    var extended = [Double](repeating: 0, count: weights.count * count)
    for (entry, weight) in weights.enumerated() {
      extended[entry * count + function(positions(entry))] = weight
    }
    weights = extended
    axes.append(Int32(truncatingIfNeeded: node))
    sizes.append(count)
  }

  /// Conditions on a statement; the log of its probability.
  mutating func keep(_ isTrue: ([Int]) -> Bool) -> Double {
    multiply(
      cells: weights.indices.map {
        weights[$0] > 0 && isTrue(positions($0)) ? 0 : -.infinity
      })
  }

  /// Adds a variable as the last axis, with a row of probabilities for each value of `axis`.
  ///
  /// What a row does not have cannot be, and a value that cannot be needs no row.
  mutating func extend(_ axis: Int, node: Int, rows: [[Double]]) {
    let (size, stride) = (sizes[axis], stride(axis))
    let added = rows.reduce(0) { max($0, $1.count) }
    var extended = [Double](repeating: 0, count: weights.count * added)
    for (entry, weight) in weights.enumerated() where weight > 0 {
      for (position, probability) in rows[entry / stride % size].enumerated() {
        extended[entry * added + position] = weight * probability
      }
    }
    weights = extended
    axes.append(Int32(truncatingIfNeeded: node))
    sizes.append(added)
  }
}

extension DelayedGraph {
  /// A table of one variable.
  mutating func addTable(_ index: Int, _ weights: [Double]) {
    let table = FiniteTable(
      axes: [Int32(truncatingIfNeeded: index)], sizes: [weights.count], weights: weights)
    require(!weights.isEmpty, "\(nodes[index].site): a variable without possible values")
    nodes[index].row = Int32(truncatingIfNeeded: add(table))
  }

  /// The place of a new table.
  mutating func add(_ table: FiniteTable) -> Int {
    let place = tables.firstIndex { $0.axes.isEmpty } ?? tables.count
    if place == tables.count { tables.append(table) } else { tables[place] = table }
    return place
  }

  /// A new finite variable of the given probabilities, of the integers from `first` on; nil if they
  /// are none.
  mutating func assumeFinite(
    _ weights: [Double], first: Int = 0, _ work: inout Workspace
  ) -> Handle? {
    guard work.accepts(Special.isSimplex(weights)) else { return nil }
    let handle = assumeRoot(.finite, 0, 0, &work)
    nodes[handle.index].offset = Double(first)
    addTable(handle.index, weights)
    return handle
  }

  /// A new finite variable of the probabilities `row(k)` where another is k; nil if they are none.
  mutating func assumeFinite(
    given parent: Int, _ work: inout Workspace, row: (Int) -> [Double]
  ) -> Handle? {
    let first = nodes[parent].offset
    let cases = cases(of: parent, row)
    let rows = cases.map { $0 ?? [] }
    let count = rows.reduce(0) { max($0, $1.count) }
    let areSound = cases.allSatisfy { $0.map(Special.isSimplex) ?? true }
    guard work.accepts(areSound && count > 0) else { return nil }
    makeRoom(for: count, beside: parent, &work)
    let table = Int(nodes[parent].row)
    if nodes[parent].kind == .finite
      && tables[table].weights.count * count > FiniteTable.maximumCount
    {
      realizeForCap(parent, &work)
    }
    if nodes[parent].kind == .known {
      return assumeFinite(rows[Int(nodes[parent].a - first)], &work)
    }
    let handle = assumeRoot(.finite, 0, 0, &work)
    nodes[handle.index].row = Int32(truncatingIfNeeded: table)
    tables[table].extend(tables[table].axis(of: parent), node: handle.index, rows: rows)
    if table == switching {
      cells = cells.flatMap { [GaussianBlock](repeating: $0, count: count) }
    }
    return handle
  }

  /// Realizes a variable whose table would outgrow its cap.
  mutating func realizeForCap(_ index: Int, _ work: inout Workspace) {
    let call = work.call
    work.call = .cap
    realize(index, &work)
    work.call = call
  }

  /// What remains of a finite count, each individual with the given probability; nil if the count
  /// can be negative, or the probability is none.
  mutating func assumeThinned(
    _ parent: Int, probability p: Double, _ work: inout Workspace
  ) -> Handle? {
    assumeFinite(given: parent, &work) { count in
      let law = Binomial(count: count, probability: p)
      return law.isSound ? (0...count).map { exp(law.logDensity($0)) } : []
    }
  }

  /// The integers that a finite variable can be.
  func finiteValues(_ index: Int) -> ClosedRange<Int> {
    let table = tables[Int(nodes[index].row)]
    let first = Int(nodes[index].offset)
    return first...first + table.sizes[table.axis(of: index)] - 1
  }

  /// What belongs to each value of a finite variable; nil for a value that it cannot have.
  func cases<Result>(of index: Int, _ result: (Int) -> Result) -> [Result?] {
    zip(finiteValues(index), marginal(index)).map { $1 > 0 ? result($0) : nil }
  }

  /// Observes something of log-probability `logFactor(k)` if a finite variable is k.
  mutating func observeFinite(_ index: Int, _ logFactor: (Int) -> Double) -> Double {
    let logFactors = cases(of: index, logFactor).map { $0 ?? -.infinity }
    let table = Int(nodes[index].row)
    return tables[table].multiply(tables[table].axis(of: index), logFactors: logFactors)
  }

  /// The probabilities of a finite variable's values.
  func marginal(_ index: Int) -> [Double] {
    let table = tables[Int(nodes[index].row)]
    return table.marginal(table.axis(of: index))
  }

  /// A draw of a finite variable's position on its axis.
  ///
  /// The sum of the weights need not be 1: many rows of probabilities each miss it by a little.
  func drawPosition(_ index: Int, _ work: inout Workspace) -> Int {
    let weights = marginal(index)
    guard work.accepts(weights.reduce(0, +) > 0) else { return 0 }
    return work.stream.categorical(weights)
  }

  mutating func realizeFinite(_ index: Int, _ work: inout Workspace) {
    fixFinite(index, at: drawPosition(index, &work))
  }

  /// Gives a finite variable the value at a position on its axis.
  mutating func fixFinite(_ index: Int, at position: Int) {
    let table = Int(nodes[index].row)
    let axis = tables[table].axis(of: index)
    if table == switching {
      cells = cells.indices.filter { tables[table].position($0, axis) == position }
        .map { cells[$0] }
    }
    tables[table].condition(axis, on: position)
    endSwitchingIfPossible()
    setKnown(index, nodes[index].offset + Double(position))
  }

  mutating func dropFinite(_ index: Int) {
    let table = Int(nodes[index].row)
    tables[table].sumOut(tables[table].axis(of: index))
  }
}
