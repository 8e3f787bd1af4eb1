/// Looks up what depends on a token and its position only and takes a matrix product.
struct FirstBlockTabulation: GraphPass {
  func callAsFunction(_ graph: Graph) -> Graph {
    var columns: [Graph.Value: Range<Int>] = [:]
    var next = 0
    for value in tabulated(in: graph) {
      columns[value] = next..<next + graph.nodes[value].columns
      next += graph.nodes[value].columns
    }
    return graph.rewritten { new, old, _ in
      columns[old].map {
        new.append(.lookup(columns: $0, rows: .batch), label: graph.nodes[old].label)
      }
    }
  }

  /// The part of `graph` whose results the table holds, in the order of its columns.
  func table(of graph: Graph) -> Graph {
    var part = graph.rewritten { _, _, _ in nil }
    part.replaceOutputs(by: tabulated(in: graph))
    return DeadCodeElimination()(part)
  }

  private func tabulated(in graph: Graph) -> [Graph.Value] {
    let count = graph.nodes.count
    var isConstant = Array(repeating: false, count: count)
    // Whether it depends on token and position only, and whether that takes a product.
    var isLocal = isConstant, hasProduct = isConstant, isUsedElsewhere = isConstant
    for value in graph.outputs { isUsedElsewhere[value] = true }
    for (value, node) in graph.nodes.enumerated() {
      let operands = node.operands
      hasProduct[value] = operands.contains { hasProduct[$0] }
      switch node.operation {
      case .parameter, .folded: isConstant[value] = true
      case .columns, .transpose, .pack: isConstant[value] = isConstant[operands[0]]
      case .gather(.tokens(.batch)), .gather(.positions(.batch)):
        isLocal[value] = isConstant[operands[0]]
      case .add, .addBias, .gelu, .layerNorm, .product, .gatherAdd:
        isLocal[value] =
          operands.allSatisfy { isConstant[$0] || isLocal[$0] }
          && operands.contains { isLocal[$0] }
        if case .product = node.operation { hasProduct[value] = true }
      default: break
      }
      if !isLocal[value] {
        for operand in operands { isUsedElsewhere[operand] = true }
      }
    }
    return (0..<count).filter { isLocal[$0] && hasProduct[$0] && isUsedElsewhere[$0] }
  }
}
