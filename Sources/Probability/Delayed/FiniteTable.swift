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
    let largest = logFactors.max() ?? -.infinity
    guard largest.isFinite else { return largest }
    let (size, stride) = (sizes[axis], stride(axis))
    let factors = logFactors.map { exp($0 - largest) }
    var total = 0.0
    for position in weights.indices {
      weights[position] *= factors[position / stride % size]
      total += weights[position]
    }
    guard total > 0 else { return total.isNaN ? .nan : -.infinity }
    for position in weights.indices { weights[position] /= total }
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
    var total = 0.0
    for (entry, weight) in weights.enumerated() {
      if weight > 0 && isTrue(positions(entry)) { total += weight } else { weights[entry] = 0 }
    }
    guard total > 0 else { return -.infinity }
    for entry in weights.indices { weights[entry] /= total }
    return log(total)
  }

  /// Adds a variable as the last axis, with a row of probabilities for each value of `axis`.
  mutating func extend(_ axis: Int, node: Int, rows: [[Double]]) {
    let (size, stride) = (sizes[axis], stride(axis))
    let added = rows[0].count
    var extended: [Double] = []
    extended.reserveCapacity(weights.count * added)
    for (position, weight) in weights.enumerated() {
      for probability in rows[position / stride % size] { extended.append(weight * probability) }
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
    precondition(!weights.isEmpty, "\(nodes[index].site): a variable without possible values")
    nodes[index].row = Int32(truncatingIfNeeded: add(table))
  }

  /// The place of a new table.
  mutating func add(_ table: FiniteTable) -> Int {
    let place = tables.firstIndex { $0.axes.isEmpty } ?? tables.count
    if place == tables.count { tables.append(table) } else { tables[place] = table }
    return place
  }

  /// A new finite variable of the given probabilities, of the integers from `first` on.
  mutating func assumeFinite(
    _ weights: [Double], first: Int = 0, _ work: inout Workspace
  ) -> Handle {
    let handle = assumeRoot(.finite, 0, 0, &work)
    nodes[handle.index].offset = Double(first)
    addTable(handle.index, weights)
    return handle
  }

  /// A new finite variable with a row of probabilities for each value of another.
  mutating func assumeFinite(
    _ rows: [[Double]], given parent: Int, _ work: inout Workspace
  ) -> Handle {
    let first = nodes[parent].offset
    makeRoom(for: rows[0].count, beside: parent, &work)
    let table = Int(nodes[parent].row)
    if nodes[parent].kind == .finite
      && tables[table].weights.count * rows[0].count > FiniteTable.maximumCount
    {
      realizeForCap(parent, &work)
    }
    if nodes[parent].kind == .known {
      return assumeFinite(rows[Int(nodes[parent].a - first)], &work)
    }
    let handle = assumeRoot(.finite, 0, 0, &work)
    nodes[handle.index].row = Int32(truncatingIfNeeded: table)
    let axis = tables[table].axis(of: parent)
    precondition(
      rows.count == tables[table].sizes[axis] && rows.allSatisfy { $0.count == rows[0].count },
      "a table of \(rows.count) rows for \(tables[table].sizes[axis]) values")
    tables[table].extend(axis, node: handle.index, rows: rows)
    if table == switching {
      cells = cells.flatMap { [GaussianBlock](repeating: $0, count: rows[0].count) }
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

  /// What remains of a finite count, each individual with the given probability.
  mutating func assumeThinned(
    _ parent: Int, probability p: Double, _ work: inout Workspace
  ) -> Handle {
    let values = finiteValues(parent)
    let rows = values.map { value in
      (0...values.upperBound).map { exp(Binomial(count: value, probability: p).logDensity($0)) }
    }
    return assumeFinite(rows, given: parent, &work)
  }

  /// The integers that a finite variable can be.
  func finiteValues(_ index: Int) -> ClosedRange<Int> {
    let table = tables[Int(nodes[index].row)]
    let first = Int(nodes[index].offset)
    return first...first + table.sizes[table.axis(of: index)] - 1
  }

  /// What of an array belongs to the values of a finite index.
  func cases<Element>(_ elements: [Element], of index: Int) -> [Element] {
    let values = finiteValues(index)
    precondition(
      values.lowerBound >= 0 && values.upperBound < elements.count,
      "\(nodes[index].site): an index in \(values) of \(elements.count) elements")
    return Array(elements[values])
  }

  /// Observes something with the given log-probability for each value of a finite variable.
  mutating func observeFinite(_ index: Int, logFactors: [Double]) -> Double {
    let table = Int(nodes[index].row)
    let axis = tables[table].axis(of: index)
    precondition(
      logFactors.count == tables[table].sizes[axis],
      "\(logFactors.count) cases for \(tables[table].sizes[axis]) values")
    return tables[table].multiply(axis, logFactors: logFactors)
  }

  /// The probabilities of a finite variable's values.
  func marginal(_ index: Int) -> [Double] {
    let table = tables[Int(nodes[index].row)]
    return table.marginal(table.axis(of: index))
  }

  mutating func realizeFinite(_ index: Int, _ work: inout Workspace) {
    let table = Int(nodes[index].row)
    let axis = tables[table].axis(of: index)
    let position = Categorical(tables[table].marginal(axis)).sample(&work.stream)
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
