import Glibc

// Sums of random integers, by tables of all that they can be.
//
// Source for Poisson counts given their sum: Johnson, Kemp, Kotz, "Univariate Discrete
// Distributions" (3rd edition, 2005), section 4.8.

extension IntegerSum: ExactExpression {
  public func number(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Int {
    terms.reduce(constant) {
      $0.adding(
        saturating: graph.value(Random<Int>(bits: $1.bits), &work), times: $1.coefficient)
    }
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    graph.stopSwitching(self, &work)
    var sum = graph.parts(self)
    if let total = graph.assumeTotal(of: sum, &work) { return Random(total) }
    for part in sum.parts {
      if !graph.canBecomeTable(part.index) { return nil }
      graph.becomeTableIfNeeded(part.index)
    }
    var range = graph.range(of: sum)
    while !sum.parts.isEmpty && graph.joinedCount(sum) > FiniteTable.maximumCount / range.count {
      graph.realizeForCap(sum.parts[0].index, &work)
      sum = graph.parts(self)
      range = graph.range(of: sum)
    }
    if sum.parts.isEmpty { return Random(sum.constant) }
    let table = graph.join(sum.parts.map(\.index))
    let handle = graph.assumeRoot(.finite, 0, 0, &work)
    graph.nodes[handle.index].offset = Double(range.lowerBound)
    graph.nodes[handle.index].row = Int32(truncatingIfNeeded: table)
    let axes = graph.axes(of: sum, in: table)
    graph.tables[table].extend(node: handle.index, count: range.count) { position in
      axes.reduce(sum.constant &- range.lowerBound) {
        $0 &+ $1.coefficient &* ($1.first + position[$1.axis])
      }
    }
    return Random(handle)
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.stopSwitching(self, &work)
    if let total = graph.total(of: graph.parts(self)) {
      return total.observe(value, &graph, &work)
    }
    for part in graph.parts(self).parts where !graph.isCount(part.index) {
      graph.realize(part.index, &work)
    }
    var sum = graph.parts(self)
    if let result = graph.observeLargePoissonSum(value, sum, &work) { return result }
    var tail = 0.0
    while let unbounded = sum.parts.first(where: { !graph.isBounded($0.index) }) {
      // A count without an upper bound cannot exceed what the others leave of the value.
      guard let limit = graph.limit(of: unbounded, in: sum, leaving: value) else {
        graph.realize(graph.counterweight(in: sum, of: value), &work)
        sum = graph.parts(self)
        continue
      }
      let offset = Int(saturating: graph.nodes[unbounded.index].offset)
      let count = limit.adding(saturating: offset, times: -1)
      if count < 0 { return -.infinity }
      if count < FiniteTable.maximumCount {
        tail += graph.truncateToTable(unbounded.index, upTo: limit)
      } else {
        graph.realizeForCap(unbounded.index, &work)
        sum = graph.parts(self)
      }
    }
    for part in sum.parts { graph.becomeTableIfNeeded(part.index) }
    while graph.joinedCount(sum) > FiniteTable.maximumCount {
      graph.realizeForCap(sum.parts[0].index, &work)
      sum = graph.parts(self)
    }
    if sum.parts.isEmpty { return sum.constant == value ? tail : -.infinity }
    let table = graph.join(sum.parts.map(\.index))
    let axes = graph.axes(of: sum, in: table)
    let result = graph.tables[table].keep { position in
      axes.reduce(sum.constant) { $0 &+ $1.coefficient &* ($1.first + position[$1.axis]) } == value
    }
    return result + tail
  }
}

/// A sum with the variables that have no value.
struct SumParts {
  var constant: Int
  var parts: [(index: Int, coefficient: Int)] = []
}

extension DelayedGraph {
  /// The terms of a sum that have no value, and the sum of the others.
  mutating func parts(_ sum: IntegerSum) -> SumParts {
    var result = SumParts(constant: sum.constant)
    for term in sum.terms where term.coefficient != 0 {
      let index = index(Handle(bits: term.bits)!)
      settle(index)
      if nodes[index].kind == .known {
        result.constant = result.constant.adding(
          saturating: Int(saturating: nodes[index].a), times: term.coefficient)
      } else {
        result.parts.append((index, term.coefficient))
      }
    }
    return result
  }

  /// Frees the variables of a sum from Gaussian ones that depend on them.
  mutating func stopSwitching(_ sum: IntegerSum, _ work: inout Workspace) {
    guard switching >= 0 else { return }
    for part in parts(sum).parts
    where nodes[part.index].kind == .finite && Int(nodes[part.index].row) == switching {
      stopSwitching(&work)
      return
    }
  }

  /// Whether a variable is a root that can be tabled, perhaps in part.
  func isCount(_ index: Int) -> Bool {
    let node = nodes[index]
    switch node.kind {
    case .finite, .binomial: return canBecomeTable(index)
    case .poisson, .negativeBinomial: return node.parent < 0 && node.marginalChild < 0
    default: return false
    }
  }

  func isBounded(_ index: Int) -> Bool {
    nodes[index].kind == .finite || nodes[index].kind == .binomial
  }

  func canBecomeTable(_ index: Int) -> Bool {
    let node = nodes[index]
    if node.kind == .finite { return true }
    return node.kind == .binomial && node.parent < 0 && node.marginalChild < 0
      && node.a < Double(FiniteTable.maximumCount)
  }

  mutating func becomeTableIfNeeded(_ index: Int) {
    if nodes[index].kind == .binomial { becomeTable(index) }
  }

  /// The integers from the least to the greatest value of a variable.
  private func bounds(_ index: Int) -> ClosedRange<Int>? {
    let node = nodes[index]
    switch node.kind {
    case .finite: return finiteValues(index)
    case .binomial: return Int(node.offset)...Int(node.offset + node.a)
    default: return nil
    }
  }

  /// The range of a sum of bounded variables.
  func range(of sum: SumParts) -> ClosedRange<Int> {
    var (low, high) = (sum.constant, sum.constant)
    for part in sum.parts {
      guard let bounds = bounds(part.index) else { continue }
      let isRising = part.coefficient > 0
      let (least, most) = (bounds.lowerBound, bounds.upperBound)
      low = low.adding(saturating: isRising ? least : most, times: part.coefficient)
      high = high.adding(saturating: isRising ? most : least, times: part.coefficient)
    }
    return low...high
  }

  /// The most that an unbounded term can be where the sum is `value`: what is left if the others
  /// are at their least, or at their greatest for a negative coefficient; nil if they have none.
  func limit(
    of unbounded: (index: Int, coefficient: Int), in sum: SumParts, leaving value: Int
  ) -> Int? {
    let sign = unbounded.coefficient.signum()
    var extreme = 0.adding(saturating: sum.constant, times: sign)
    for part in sum.parts where part.index != unbounded.index {
      let coefficient = sign * part.coefficient
      if let bounds = bounds(part.index) {
        let least = coefficient > 0 ? bounds.lowerBound : bounds.upperBound
        extreme = extreme.adding(saturating: least, times: coefficient)
      } else if coefficient > 0 {
        let least = Int(saturating: nodes[part.index].offset)
        extreme = extreme.adding(saturating: least, times: coefficient)
      } else {
        return nil
      }
    }
    let rest = 0.adding(saturating: value, times: sign).adding(saturating: extreme, times: -1)
    return rest / abs(unbounded.coefficient)
  }

  /// The unbounded variable to draw where others go the other way: one that `value` needs no share
  /// of, so that the rest can make up for whatever is drawn.
  func counterweight(in sum: SumParts, of value: Int) -> Int {
    let isPositive = value >= sum.constant
    let unbounded = sum.parts.filter { !isBounded($0.index) }
    return (unbounded.first { ($0.coefficient < 0) == isPositive } ?? unbounded[0]).index
  }

  /// The number of entries of the table of all terms.
  func joinedCount(_ sum: SumParts) -> Int {
    var seen: [Int32] = []
    var result = 1
    for part in sum.parts where !seen.contains(nodes[part.index].row) {
      seen.append(nodes[part.index].row)
      let (product, overflows) = result.multipliedReportingOverflow(
        by: tables[Int(nodes[part.index].row)].weights.count)
      if overflows { return .max }
      result = product
    }
    return result
  }

  /// Brings finite variables into one table; its index.
  mutating func join(_ indices: [Int]) -> Int {
    let target = Int(nodes[indices[0]].row)
    for index in indices where Int(nodes[index].row) != target {
      let source = Int(nodes[index].row)
      tables[target].multiply(by: tables[source])
      for axis in tables[source].axes {
        nodes[Int(axis)].row = Int32(truncatingIfNeeded: target)
      }
      tables[source] = FiniteTable()
    }
    return target
  }

  func axes(
    of sum: SumParts, in table: Int
  ) -> [(axis: Int, first: Int, coefficient: Int)] {
    sum.parts.map {
      (tables[table].axis(of: $0.index), Int(nodes[$0.index].offset), $0.coefficient)
    }
  }

  /// Makes a table of a count's values up to a limit that it is known not to exceed; the
  /// logarithm of the probability of that.
  mutating func truncateToTable(_ index: Int, upTo limit: Int) -> Double {
    let node = nodes[index]
    let first = Int(node.offset)
    let logWeights = (first...limit).map { value in
      node.kind == .poisson
        ? Poisson(node.a).logDensity(value - first)
        : NegativeBinomial(successes: node.a, probability: node.b).logDensity(value - first)
    }
    let total = LogWeight.sum(logWeights)
    nodes[index].kind = .finite
    addTable(index, logWeights.map { exp($0 - total) })
    return total
  }

  /// Observes a sum of Poisson counts that is too large for a table: they are drawn given it. Nil
  /// for anything else.
  mutating func observeLargePoissonSum(
    _ value: Int, _ sum: SumParts, _ work: inout Workspace
  ) -> Double? {
    guard !sum.parts.isEmpty,
      sum.parts.allSatisfy({ nodes[$0.index].kind == .poisson && $0.coefficient == 1 })
    else { return nil }
    let base = sum.parts.reduce(sum.constant) { $0 + Int(saturating: nodes[$1.index].offset) }
    let count = value.adding(saturating: base, times: -1)
    if count < 0 { return -.infinity }
    let entries = pow(Double(count) + 1, Double(sum.parts.count))
    if sum.parts.count > 1 && entries <= Double(FiniteTable.maximumCount) { return nil }
    let rates = sum.parts.map { nodes[$0.index].a }
    let total = rates.reduce(0, +)
    if total == 0 { return count == 0 ? 0 : -.infinity }
    let split = Multinomial(count: count, probabilities: rates.map { $0 / total })
      .sample(&work.stream)
    for (part, share) in zip(sum.parts, split) {
      if sum.parts.count > 1 { work.noteForced(nodes[part.index]) }
      setKnown(part.index, nodes[part.index].offset + Double(share))
    }
    return Poisson(total).logDensity(count)
  }
}
