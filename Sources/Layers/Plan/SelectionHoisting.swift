/// Computes only the rows that are read where a row of the result needs no other rows.
///
/// The selection of the rows that the heads read moves up through row by row operations and the
/// queries of attention, to the last values that are needed in full: those from which the last
/// block's keys and values come.
struct SelectionHoisting: GraphPass {
  /// How the selected rows of a value come about.
  private enum Selection {
    case none
    /// From the value in full.
    case gathered
    /// By its operation on the selected rows of its operands.
    case computed
  }

  func callAsFunction(_ graph: Graph) -> Graph {
    let count = graph.nodes.count
    var isNeeded = Array(repeating: false, count: count)
    var selection = Array(repeating: Selection.none, count: count)
    var isSelected = Array(repeating: false, count: count)
    for value in graph.outputs { isNeeded[value] = true }
    // Every use of a value comes after it.
    for (value, node) in graph.nodes.enumerated().reversed() {
      if node.operation.hasEffect { isNeeded[value] = true }
      if isSelected[value] {
        let rowOperands = node.operation.rowOperands.map { node.operands[$0] }
        // Where the whole is needed anyhow, a second computation must not cause a third.
        if isMovable(node.operation)
          && (!isNeeded[value]
            || !rowOperands.isEmpty && rowOperands.allSatisfy { isSelected[$0] })
        {
          selection[value] = .computed
          for (place, operand) in node.operands.enumerated() {
            if node.operation.rowOperands.contains(place) {
              isSelected[operand] = true
            } else {
              isNeeded[operand] = true
            }
          }
        } else {
          selection[value] = .gathered
          isNeeded[value] = true
        }
      }
      if isNeeded[value] {
        if case .gather(.read) = node.operation {
          isSelected[node.operands[0]] = true
        } else {
          for operand in node.operands { isNeeded[operand] = true }
        }
      }
    }
    return rebuilt(graph, isNeeded: isNeeded, selection: selection)
  }

  private func isMovable(_ operation: Operation) -> Bool {
    switch operation {
    case .add, .addBias, .gelu, .layerNorm, .product, .attention: true
    case .gather(.tokens(.batch)), .gather(.positions(.batch)), .lookup(_, .batch): true
    case .gatherAdd(.tokens(.batch)), .gatherAdd(.positions(.batch)): true
    default: false
    }
  }

  /// The operation for the rows that are read.
  private func moved(_ operation: Operation) -> Operation {
    switch operation {
    case .gather(.tokens): .gather(.tokens(.read))
    case .gather(.positions): .gather(.positions(.read))
    case .gatherAdd(.tokens): .gatherAdd(.tokens(.read))
    case .gatherAdd(.positions): .gatherAdd(.positions(.read))
    case .lookup(let columns, _): .lookup(columns: columns, rows: .read)
    default: operation
    }
  }

  private func rebuilt(
    _ graph: Graph, isNeeded: [Bool], selection: [Selection]
  ) -> Graph {
    var new = Graph()
    var whole = Array(repeating: -1, count: graph.nodes.count), selected = whole
    for (value, node) in graph.nodes.enumerated() {
      if isNeeded[value] {
        if case .gather(.read) = node.operation {
          whole[value] = selected[node.operands[0]]
        } else {
          whole[value] = new.append(
            node.operation, node.operands.map { whole[$0] }, label: node.label,
            covers: node.covers)
        }
      }
      switch selection[value] {
      case .none: break
      case .gathered:
        selected[value] = new.append(.gather(.read), [whole[value]], label: node.label)
      case .computed:
        let rowOperands = node.operation.rowOperands
        selected[value] = new.append(
          moved(node.operation),
          node.operands.enumerated().map {
            rowOperands.contains($0) ? selected[$1] : whole[$1]
          }, label: node.label, covers: node.covers)
      }
    }
    for value in graph.outputs { new.output(whole[value]) }
    return new
  }
}
