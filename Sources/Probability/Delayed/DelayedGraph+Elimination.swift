/// Shown every variable that a model still holds; the others are integrated out.
@frozen
public struct RandomVisitor {
  /// What another particle shows next, where particles are compared; else what is not shown.
  @usableFromInline var expected: UnsafeMutablePointer<UInt64>
  @usableFromInline var isSame = true
  /// Where particles are not compared.
  @usableFromInline let target: Target?

  @usableFromInline
  final class Target {
    var graph: DelayedGraph
    /// The handles shown, if they are to be listed.
    var shown: [UInt64]?

    @usableFromInline
    init(_ graph: DelayedGraph, shown: [UInt64]?) {
      (self.graph, self.shown) = (graph, shown)
    }
  }

  /// A visitor for the variables of `graph`.
  public init(_ graph: DelayedGraph) {
    target = Target(graph, shown: nil)
    expected = Nothing.shared.shown
  }

  @usableFromInline
  init(listing: ()) {
    target = Target(DelayedGraph(), shown: [])
    expected = Nothing.shared.shown
  }

  @inlinable
  init(comparingWith expected: UnsafeMutablePointer<UInt64>) {
    self.expected = expected
    target = nil
  }

  /// The graph without what was not kept.
  public consuming func eliminated() -> DelayedGraph {
    guard let target else { return DelayedGraph() }
    var graph = DelayedGraph()
    swap(&graph, &target.graph)
    graph.eliminate()
    return graph
  }

  @usableFromInline var shown: [UInt64] { target?.shown ?? [] }

  /// Keeps a variable.
  @inlinable
  @inline(__always)
  public mutating func keep<Value>(_ variable: Random<Value>) {
    if variable.bits == expected.pointee {
      expected += 1
    } else {
      keepApart(variable.bits)
    }
  }

  @usableFromInline
  @inline(never)
  mutating func keepApart(_ bits: UInt64) {
    guard let handle = Handle(bits: bits), handle.index != Handle.maximumIndex else { return }
    guard let target else {
      isSame = false
      return
    }
    if target.shown != nil {
      target.shown?.append(handle.bits)
      return
    }
    let first = target.graph.index(handle)
    for offset in 0..<handle.count { target.graph.nodes[first + offset].isReached = true }
  }

  /// Keeps all variables of an array.
  @inlinable
  public mutating func keep<Value>(_ variables: [Random<Value>]) {
    for variable in variables { keep(variable) }
  }

  /// Keeps the variables of an expression.
  @inlinable
  public mutating func keep(_ expression: Affine) {
    let expression = expression.normalized()
    for index in 0..<expression.termCount {
      keep(Random<Double>(bits: expression.term(index).bits))
    }
  }
}

extension DelayedGraph {
  /// Integrates out what was not reached; the distribution of the rest stays as it is.
  @usableFromInline
  mutating func eliminate() {
    keepSwitching()
    spreadReach()
    for index in nodes.indices where nodes[index].kind != .free && !nodes[index].isReached {
      switch nodes[index].kind {
      case .gaussian: removeRow(index)
      case .finite: dropFinite(index)
      case .gamma, .inverseGamma:
        if nodes[index].block > 0 { scaled[Int(nodes[index].block) - 1].scale = -1 }
      case .matrixRow: if nodes[index].link == 0 { removeMatrixRow(index) }
      case .inverseWishart:
        if nodes[index].block > 0 { matrices[Int(nodes[index].block) - 1].wishart = -1 }
      case .free, .known, .beta, .dirichlet, .pareto, .poisson, .binomial, .negativeBinomial,
        .countShare, .gammaShare, .child:
        break
      }
      let child = Int(nodes[index].marginalChild)
      if child >= 0 { nodes[child].parent = -1 }
      free(index)
    }
    for index in nodes.indices { nodes[index].isReached = false }
  }

  /// Finite variables that Gaussian ones depend on stay until these are gone.
  private mutating func keepSwitching() {
    guard switching >= 0 else { return }
    let isNeeded = nodes.contains { $0.isReached && $0.kind == .gaussian && $0.block == 0 }
    if isNeeded {
      for axis in tables[switching].axes { nodes[Int(axis)].isReached = true }
    } else {
      cells = []
      switching = -1
    }
  }

  /// Marks also what the distribution of marked variables is written in terms of.
  private mutating func spreadReach() {
    var isSimple = true
    for index in nodes.indices {
      switch nodes[index].kind {
      case .free, .known, .beta, .pareto, .finite: continue
      case .gaussian where nodes[index].block == 0: continue
      default: isSimple = false
      }
    }
    if isSimple { return }
    spreadReachWithoutTotals()
    spreadReachToTotals { $0.spreadReachWithoutTotals() }
  }

  private mutating func spreadReachWithoutTotals() {
    // Handles grow older upwards: a parent can have any index, so repeat until nothing changes.
    var isChanging = true
    while isChanging {
      isChanging = false
      for index in nodes.indices where nodes[index].isReached {
        let node = nodes[index]
        var needed: [Int] = []
        switch node.kind {
        case .gaussian: if node.block > 0 { needed.append(scaled[Int(node.block) - 1].scale) }
        case .matrixRow, .inverseWishart:
          let head = head(index)
          needed += head..<head + Int(node.size)
          if node.kind == .matrixRow { needed.append(matrices[Int(node.block) - 1].wishart) }
        case .child, .dirichlet:
          let head = head(index)
          needed += head..<head + Int(node.size)
          if node.kind == .child && node.parent >= 0 {
            let parent = self.head(Int(node.parent))
            needed += parent..<parent + Int(nodes[parent].size)
          }
        default: break
        }
        if node.marginalChild >= 0 { needed.append(Int(node.marginalChild)) }
        for other in needed where !nodes[other].isReached {
          nodes[other].isReached = true
          isChanging = true
        }
      }
    }
  }
}
