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
/// A variable assumed of it needs the index and so gives it a value.
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
    guard let node = graph.finite(index) else {
      return plain(&graph, &work).logDensity(value)
    }
    return graph.observeFinite(
      node, logFactors: graph.finiteValues(node).map { branch($0).logDensity(value) })
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

  /// The value of a random index, drawn if it has none.
  mutating func chosen(_ bits: UInt64, _ work: inout Workspace) -> Int {
    guard let handle = Handle(bits: bits) else { return Int(Int64(bitPattern: bits)) }
    return Int(number(handle, &work))
  }
}
