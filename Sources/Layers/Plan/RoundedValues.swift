import CTensorKernels

/// Which values of a graph the kernels keep as bf16.
///
/// Those that only products read, which round them anyhow: no bit of the results depends on it, but
/// half as many bytes are written and read, and nothing is converted on the way.
struct RoundedValues: Sendable {
  private let isRounded: [Bool]

  /// Everything stays fp32.
  init(none graph: Graph) { isRounded = graph.nodes.map { _ in false } }

  init(_ graph: Graph) {
    let kernels = tk_current().pointee
    var isRounded = graph.nodes.map { kernels.has_bf16 && Self.canRound($0, graph, kernels) }
    for value in graph.outputs { isRounded[value] = false }
    for node in graph.nodes {
      for (place, operand) in node.operands.enumerated() {
        if case .product = node.operation, place == 0 { continue }
        isRounded[operand] = false
      }
    }
    self.isRounded = isRounded
  }

  /// Whether the kernel that computes a value can round it, and a product read it then.
  private static func canRound(
    _ node: Graph.Node, _ graph: Graph, _ kernels: tk_kernels
  ) -> Bool {
    guard node.columns % (2 * Int(kernels.pair_block)) == 0 else { return false }
    switch node.operation {
    case .layerNorm, .attention, .cachedAttention: return true
    case .product: return graph.nodes[node.operands[0]].columns <= 2 * Int(kernels.term_block)
    default: return false
    }
  }

  subscript(value: Graph.Value) -> Bool { isRounded[value] }

  /// Floats of memory that a row of a value takes.
  func columns(_ value: Graph.Value, of graph: Graph) -> Int {
    graph.nodes[value].columns / (isRounded[value] ? 2 : 1)
  }
}
