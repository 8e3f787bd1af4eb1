import Glibc

/// An element of an array at a random index: `transition[state]`.
///
/// The parameter of `Categorical` and `Bernoulli` for which the index stays random.
@frozen
public struct Lookup<Element: Sendable>: Sendable {
  @usableFromInline let elements: [Element]
  /// The index: a random integer, or false and true as 0 and 1.
  @usableFromInline let index: UInt64

  @inlinable
  init(elements: [Element], index: UInt64) {
    (self.elements, self.index) = (elements, index)
  }

  /// The element at a value of the index, for a call at `site`.
  func element(_ position: Int, _ site: Site) -> Element {
    if !elements.indices.contains(position) {
      // A precondition has no message in release builds.
      fatalError("\(site): an index that can be \(position), of \(elements.count) elements")
    }
    return elements[position]
  }
}

extension Array where Element: Sendable {
  /// The element at a random index.
  @inlinable
  public subscript(index: Random<Int>) -> Lookup<Element> {
    Lookup(elements: self, index: index.bits)
  }

  /// The first of two elements for false, the second for true.
  @inlinable
  public subscript(index: Random<Bool>) -> Lookup<Element> {
    Lookup(elements: self, index: index.bits)
  }
}

/// A distribution for each value of a random index: what is observed of it tells of the index.
///
///     p.observe(y, Switch(state) { Normal(levels[$0], variance: 1) })
///
/// An index with a table of values stays random; one that a random probability or vector chooses is
/// drawn from its posterior. A variable assumed of a `Switch` needs the index and so gives it a
/// value; `SwitchingNormal` does not.
public struct Switch<Branch: Distribution>: Sendable where Branch.Value: RandomValue {
  let index: UInt64
  let branch: @Sendable (Int) -> Branch

  public init(_ index: Random<Int>, _ branch: @escaping @Sendable (Int) -> Branch) {
    self.index = index.bits
    self.branch = branch
  }

  /// The branches of false, 0, and true, 1.
  public init(_ index: Random<Bool>, _ branch: @escaping @Sendable (Int) -> Branch) {
    self.index = index.bits
    self.branch = branch
  }
}

extension Switch: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Branch {
    branch(graph.chosen(index, &work))
  }

  public func observe(
    _ value: Branch.Value, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observeCases(index, &work) { branch($0).logDensity(value) }
  }
}

extension DelayedGraph {
  /// The node of a random index if it is finite and has no value.
  mutating func finite(_ bits: UInt64) -> Int? {
    guard let handle = Handle(bits: bits) else { return nil }
    let index = index(handle)
    settle(index)
    return nodes[index].kind == .finite ? index : nil
  }

  /// Observes something of log-probability `logFactor(k)` if an index is k.
  ///
  /// An index with a table stays random. One that was chosen by a random probability or vector is
  /// drawn from its posterior, so that these can learn of it.
  mutating func observeCases(
    _ bits: UInt64, _ work: inout Workspace, _ logFactor: (Int) -> Double
  ) -> Double {
    if let node = finite(bits) {
      return observeFinite(node, logFactor)
    }
    guard let handle = Handle(bits: bits), isChild(bits) else {
      return logFactor(chosen(bits, &work))
    }
    let child = index(handle)
    let node = nodes[child]
    let parent = root(Int(node.parent), for: node.relation, &work)
    guard let probabilities = childProbabilities(node, parent) else {
      return logFactor(chosen(bits, &work))
    }
    let logs = probabilities.enumerated().map { log($0.element) + logFactor($0.offset) }
    let total = LogWeight.sum(logs)
    guard total.isFinite else { return total }
    let choice = Categorical(weights: logs.map { exp($0 - total) }).sample(&work.stream)
    work.noteForced(node)
    _ = absorb([Double(choice)], node, into: parent)
    setKnown(child, Double(choice))
    return total
  }

  /// Whether an index waits for a random probability or vector to choose it.
  func isChild(_ bits: UInt64) -> Bool {
    guard let handle = Handle(bits: bits) else { return false }
    return nodes[index(handle)].kind == .child
  }

  /// How many values such an index has; nil for others.
  func choiceCount(_ bits: UInt64) -> Int? {
    guard let handle = Handle(bits: bits), isChild(bits) else { return nil }
    let node = nodes[index(handle)]
    switch node.relation {
    case .bernoulli: return 2
    case .categorical: return Int(nodes[Int(node.parent)].size)
    default: return nil
    }
  }

  /// Gives an index that was chosen by a random probability or vector a value, as if observed.
  mutating func choose(_ choice: Int, _ bits: UInt64, _ work: inout Workspace) {
    guard let handle = Handle(bits: bits), isChild(bits) else { return }
    let child = index(handle)
    let node = nodes[child]
    let parent = root(Int(node.parent), for: node.relation, &work)
    guard nodes[parent].kind != .known else { return }
    _ = absorb([Double(choice)], node, into: parent)
    setKnown(child, Double(choice))
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

  /// The value of a random index, drawn if it has none.
  mutating func chosen(_ bits: UInt64, _ work: inout Workspace) -> Int {
    guard let handle = Handle(bits: bits) else { return Int(Int64(bitPattern: bits)) }
    return Int(saturating: number(handle, &work))
  }
}
