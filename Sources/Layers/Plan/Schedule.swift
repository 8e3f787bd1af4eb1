/// The order of a graph's operations, cut into steps.
struct Schedule: Sendable {
  /// Operations that run together: all on one block of rows, then all on the next.
  struct Step: Sendable {
    let values: [Graph.Value]
    /// The rows that are cut into blocks; nil for an operation that needs them all at once.
    let blockedRows: Rows?
  }

  private(set) var steps: [Step] = []
  /// For each value its place among all operations in order; -1 for leaves.
  private(set) var position: [Int]
  /// For each value the step that computes it; -1 for leaves.
  private(set) var step: [Int]

  /// One operation after the other, each on all rows.
  init(plain graph: Graph) {
    position = Array(repeating: -1, count: graph.nodes.count)
    step = position
    for (value, node) in graph.nodes.enumerated() where !node.operation.isLeaf {
      add([value], blockedRows: nil)
    }
  }

  /// Chains of row by row operations block by block.
  ///
  /// A block of a few hundred rows then stays in the second-level cache from its first operation
  /// to its last. A step is as long as can be: of the operations that could be next, one that
  /// continues the step is.
  init(blocking graph: Graph) {
    position = Array(repeating: -1, count: graph.nodes.count)
    step = position
    var waiting = graph.nodes.indices.filter { !graph.nodes[$0].operation.isLeaf }
    var isDone = graph.nodes.map(\.operation.isLeaf)
    while !waiting.isEmpty {
      guard
        let first = waiting.first(where: { graph.nodes[$0].operands.allSatisfy { isDone[$0] } })
      else { preconditionFailure("a value is used before it is computed") }
      var values = [first]
      let node = graph.nodes[first], isBlocked = node.operation.isRowWise
      if isBlocked {
        var inStep = [first: true]
        for value in waiting where value != first {
          let next = graph.nodes[value]
          guard next.operation.isRowWise, next.rows == node.rows else { continue }
          let rowOperands = next.operation.rowOperands
          let fits = next.operands.enumerated().allSatisfy { place, operand in
            isDone[operand] || inStep[operand] == true && rowOperands.contains(place)
          }
          if fits {
            values.append(value)
            inStep[value] = true
          }
        }
      }
      for value in values { isDone[value] = true }
      waiting.removeAll { isDone[$0] }
      if isBlocked {
        for part in Self.parts(of: values, graph) { add(part, blockedRows: node.rows) }
      } else {
        add(values, blockedRows: nil)
      }
    }
  }

  /// A chain cut where that costs nothing: after a value that is kept for later steps anyhow, when
  /// nothing else goes on to be used. So the weights of a step are fewer.
  private static func parts(of values: [Graph.Value], _ graph: Graph) -> [[Graph.Value]] {
    var lastUse: [Graph.Value: Int] = [:]
    var isKept = Set(graph.outputs)
    let inChain = Set(values)
    for (index, value) in values.enumerated() {
      for operand in graph.nodes[value].operands { lastUse[operand] = index }
    }
    for (user, node) in graph.nodes.enumerated() where !inChain.contains(user) {
      isKept.formUnion(node.operands)
    }
    var parts: [[Graph.Value]] = [[]]
    for (index, value) in values.enumerated() {
      parts[parts.count - 1].append(value)
      let isLast = index == values.count - 1
      if isKept.contains(value), !isLast,
        values[...index].allSatisfy({ isKept.contains($0) || lastUse[$0, default: -1] <= index })
      {
        parts.append([])
      }
    }
    return parts
  }

  private mutating func add(_ values: [Graph.Value], blockedRows: Rows?) {
    let next = steps.last.map { position[$0.values.last!] + 1 } ?? 0
    for (index, value) in values.enumerated() {
      position[value] = next + index
      step[value] = steps.count
    }
    steps.append(Step(values: values, blockedRows: blockedRows))
  }
}
