import Glibc

/// A distribution for each value of a random index: what is observed of it tells of the index.
///
///     p.observe(y, Switch(state) { Normal(levels[$0], variance: 1) })
///
/// Where the law's parameters are numbers, an index with a table of values stays random, and one
/// that a random probability or vector chooses is drawn from its posterior. Where their type is
/// random, what is observed tells of them too, which needs the index: it is drawn from its
/// posterior, the parameters of each case integrated out, and those of the case drawn learn. That
/// costs a copy of the particle's variables for each case. Any other index gets a value first.
///
///     p.observe(y, Switch(cluster) { Normal(means[$0], variance: 1) })
///
/// A variable assumed of a `Switch` needs the index and so gives it a value; it can stay random
/// itself. `SwitchingNormal` leaves an index with a table open too, whatever its means are.
public struct Switch<Branch: DelayedDistribution>: Sendable {
  let index: UInt64
  let branch: @Sendable (Int) -> Branch

  init(bits: UInt64, _ branch: @escaping @Sendable (Int) -> Branch) {
    (index, self.branch) = (bits, branch)
  }

  public init(_ index: Random<Int>, _ branch: @escaping @Sendable (Int) -> Branch) {
    self.init(bits: index.bits, branch)
  }

  /// The branches of false, 0, and true, 1.
  public init(_ index: Random<Bool>, _ branch: @escaping @Sendable (Int) -> Branch) {
    self.init(bits: index.bits, branch)
  }

  /// Of distributions that have no place in the graph, such as a `Mixture`.
  @_disfavoredOverload
  public init<Law>(_ index: Random<Int>, _ branch: @escaping @Sendable (Int) -> Law)
  where Branch == PlainDistribution<Law> {
    self.init(bits: index.bits) { PlainDistribution(law: branch($0)) }
  }

  @_disfavoredOverload
  public init<Law>(_ index: Random<Bool>, _ branch: @escaping @Sendable (Int) -> Law)
  where Branch == PlainDistribution<Law> {
    self.init(bits: index.bits) { PlainDistribution(law: branch($0)) }
  }

  /// The cases that a lookup chooses among, in a call at `site`.
  init<Element>(
    _ lookup: Lookup<Element>, _ site: Site, _ branch: @escaping @Sendable (Element) -> Branch
  ) {
    self.init(bits: lookup.index) { branch(lookup.element($0, site)) }
  }
}

/// A distribution that has no place in the graph.
public struct PlainDistribution<Law: Distribution>: DelayedDistribution
where Law.Value: RandomValue {
  let law: Law

  public static var isNumeric: Bool { true }

  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Law { law }
}

extension Switch: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Branch.Plain {
    branch(graph.chosen(index, &work)).plain(&graph, &work)
  }

  public func assume(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Random<Branch.Value>? {
    branch(graph.chosen(index, &work)).assume(&graph, &work)
  }

  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Branch.Value {
    branch(graph.chosen(index, &work)).draw(&graph, &work)
  }

  public func sampleAtOnce(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Branch.Value {
    branch(graph.chosen(index, &work)).sampleAtOnce(&graph, &work)
  }

  public func observe(
    _ value: Branch.Value, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if Branch.isNumeric {
      var (empty, lent) = (DelayedGraph(), work)
      return graph.observeCases(index, &work) {
        branch($0).plain(&empty, &lent).logDensity(value)
      }
    }
    return graph.observeChosen(index, &work) { branch($0).observe(value, &$1, &$2) }
  }
}

// What an index that has no value can be.
extension DelayedGraph {
  /// The node of a random index if it is finite and has no value. A binomial one becomes a table.
  mutating func finite(_ bits: UInt64) -> Int? {
    guard let handle = Handle(bits: bits) else { return nil }
    let index = index(handle)
    settle(index)
    if nodes[index].kind == .binomial && canBecomeTable(index) { becomeTableIfNeeded(index) }
    return nodes[index].kind == .finite ? index : nil
  }

  /// The value of a random index, drawn if it has none.
  mutating func chosen(_ bits: UInt64, _ work: inout Workspace) -> Int {
    guard let handle = Handle(bits: bits) else { return Int(Int64(bitPattern: bits)) }
    return Int(saturating: number(handle, &work))
  }

  /// Observes something of log-probability `logFactor(k)` if an index is k.
  ///
  /// An index with a table stays random. One that was chosen by a random probability or vector is
  /// drawn from its posterior, so that these can learn of it.
  mutating func observeCases(
    _ bits: UInt64, _ work: inout Workspace, _ logFactor: (Int) -> Double
  ) -> Double {
    if let node = finite(bits) { return observeFinite(node, logFactor) }
    guard let index = openIndex(bits, &work) else { return logFactor(chosen(bits, &work)) }
    let logs = index.probabilities.enumerated().map {
      $0.element > 0 ? logFactor($0.offset) : -.infinity
    }
    let (total, choice) = Self.draw(index.probabilities, logs, &work)
    if let choice {
      work.noteForced(nodes[index.node])
      fix(index.node, at: choice, &work)
    }
    return total
  }

  /// Observes something that depends on variables which an index chooses: `observe` tells its
  /// log-density if the index is k, and conditions a graph on it.
  ///
  /// The index is drawn from its posterior, and the graph becomes the one that was conditioned for
  /// that case. Variables that need a value get one in each case; which case is drawn depends on
  /// their values, and the density is right on average over these.
  ///
  /// Source: Doucet, Godsill, Andrieu, "On sequential Monte Carlo sampling methods for Bayesian
  /// filtering" (Statistics and Computing, 2000), the optimal importance function.
  mutating func observeChosen(
    _ bits: UInt64, _ work: inout Workspace,
    _ observe: (Int, inout DelayedGraph, inout Workspace) -> Double
  ) -> Double {
    guard let index = openIndex(bits, &work) else {
      let choice = chosen(bits, &work)
      return observe(choice, &self, &work)
    }
    if let only = index.only {
      fix(index.node, at: only, &work)
      return observe(index.first + only, &self, &work)
    }
    let counters = work.counters
    var cases: [(graph: DelayedGraph, counters: ReportCounters)?] = []
    var logs: [Double] = []
    for (position, probability) in index.probabilities.enumerated() {
      guard probability > 0 else {
        logs.append(-.infinity)
        cases.append(nil)
        continue
      }
      var copy = self
      work.counters = counters
      copy.fix(index.node, at: position, &work)
      logs.append(observe(index.first + position, &copy, &work))
      cases.append((copy, work.counters))
    }
    work.counters = counters
    let (total, choice) = Self.draw(index.probabilities, logs, &work)
    if let choice {
      let node = nodes[index.node]
      (self, work.counters) = cases[choice]!
      work.noteForced(node)
    }
    return total
  }

  /// The log-density of what has log-density `logs[k]` in case k, and a case drawn from its
  /// posterior; none if the density is 0 or NaN. Where it is infinite in some cases, one of these.
  private static func draw(
    _ probabilities: [Double], _ logs: [Double], _ work: inout Workspace
  ) -> (total: Double, choice: Int?) {
    if logs.contains(where: \.isNaN) { return (.nan, nil) }
    let products = zip(probabilities, logs).map { log($0) + $1 }
    let total = LogWeight.sum(products)
    if total == -.infinity { return (total, nil) }
    let weights =
      total == .infinity
      ? zip(probabilities, logs).map { $1 == total ? $0 : 0 } : products.map { exp($0 - total) }
    return (total, Categorical(weights: weights).sample(&work.stream))
  }

  /// An index without a value: its node, its first value and the probabilities of all.
  private struct OpenIndex {
    let node: Int
    let first: Int
    let probabilities: [Double]

    /// The position of its value if no other can be.
    var only: Int? {
      let possible = probabilities.indices.filter { probabilities[$0] > 0 }
      return possible.count == 1 ? possible[0] : nil
    }
  }

  /// An index that has a table, or that a random probability or vector chooses; nil if it has a
  /// value, or waits for anything else.
  private mutating func openIndex(_ bits: UInt64, _ work: inout Workspace) -> OpenIndex? {
    if let node = finite(bits) {
      return OpenIndex(
        node: node, first: finiteValues(node).lowerBound, probabilities: marginal(node))
    }
    guard let handle = Handle(bits: bits), nodes[index(handle)].kind == .child else { return nil }
    let child = nodes[index(handle)]
    let parent = root(Int(child.parent), for: child.relation, &work)
    guard let probabilities = childProbabilities(child, parent) else { return nil }
    return OpenIndex(node: index(handle), first: 0, probabilities: probabilities)
  }

  /// The probabilities of a child's values, its parent integrated out; nil if they are not few.
  private func childProbabilities(_ child: Node, _ parent: Int) -> [Double]? {
    switch (child.relation, nodes[parent].kind) {
    case (.bernoulli, .beta):
      let (alpha, beta) = (nodes[parent].a, nodes[parent].b)
      return [beta / (alpha + beta), alpha / (alpha + beta)]
    case (.categorical, .dirichlet):
      let weights = (0..<Int(nodes[parent].size)).map { nodes[parent + $0].a }
      let total = weights.reduce(0, +)
      return weights.map { $0 / total }
    default: return nil
    }
  }

  /// Gives an index without a value one, as if that were observed.
  private mutating func fix(_ index: Int, at position: Int, _ work: inout Workspace) {
    let node = nodes[index]
    if node.kind == .finite {
      fixFinite(index, at: position)
      return
    }
    let parent = root(Int(node.parent), for: node.relation, &work)
    _ = absorb([Double(position)], node, into: parent)
    setKnown(index, Double(position))
  }
}
