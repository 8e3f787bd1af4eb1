/// How batches of one kind are computed, step by step, for people and programs to read.
///
/// Numbers of rows are symbols: R of the batch, K its keys with those of a cache, S the rows that
/// are read, T, V and P those of the heads for tokens, value and policy, B the most of any block.
public struct PlanExplanation: Sendable, Hashable, CustomStringConvertible {
  /// A kind of batch.
  public enum Use: String, Sendable, CaseIterable {
    /// Logits of the next token after every row.
    case everyToken
    /// The value of some rows.
    case lastTokens
    /// Values and policy scores of some rows, as proof search asks for them: sequences begin with
    /// rows of a cache, and the first block is looked up.
    case search
    /// One token more for some slots of a decoding session, and the logits of the next.
    case decoding

    var shape: ShapeClass {
      var shape = ShapeClass()
      switch self {
      case .everyToken: shape.tokens = .all
      case .lastTokens:
        shape.isPruned = true
        shape.values = .all
      case .search:
        shape.keys = .merged
        shape.hasTable = true
        shape.isPruned = true
        (shape.values, shape.policies) = (.some, .some)
      case .decoding: shape = .decoding
      }
      return shape
    }
  }

  /// What one call of a kernel does.
  public struct Operation: Sendable, Hashable {
    /// The plain operations that it covers, in their order.
    public let covers: [String]
    /// What it computes, after the parameters that it uses.
    public let name: String
    /// Rows and columns, like `[R, 128]`: of the result, then of each operand. With ` bf16` what
    /// is kept so, by the kernels in use here.
    public let shapes: [String]
    /// Where the result is kept.
    public let place: String
    /// Additions, multiplications, divisions, roots, exponentials and hyperbolic tangents.
    public let flopsPerRow: Int
    /// The same once more for each key that a row sees.
    public let flopsPerKey: Int
    /// Bytes of rows read and written.
    public let bytesPerRow: Int
    /// The same once more for each key that a row sees.
    public let bytesPerKey: Int
    /// Bytes of parameters that a call reads in full.
    public let weightBytes: Int
  }

  /// Operations that run together.
  public struct Step: Sendable, Hashable {
    /// The rows that are cut into blocks, each of which goes through all operations before the
    /// next begins; nil for an operation on all rows.
    public let blockedRows: String?
    /// The most rows of a block.
    public let blockRows: Int?
    public let operations: [Operation]
  }

  /// A part of the memory that temporary values share.
  public struct Slot: Sendable, Hashable {
    /// The float at which it begins.
    public let start: String
    /// Its rows and the floats of each, which are two numbers of bf16.
    public let shape: String
  }

  public let slots: [Slot]
  /// Floats of all slots. Each number of rows is rounded up to a multiple of 16.
  public let arena: String
  public let steps: [Step]

  public var description: String {
    var text = "Temporary values share \(arena) floats:\n"
    for slot in slots { text += "  \(slot.shape) at \(slot.start)\n" }
    for (index, step) in steps.enumerated() {
      text += "step \(index + 1), "
      if let rows = step.blockedRows, let most = step.blockRows {
        text += "at most \(most) of the rows \(rows) at once\n"
      } else {
        text += "all rows at once\n"
      }
      for operation in step.operations { text += operation.text }
    }
    return text
  }
}

extension PlanExplanation.Operation {
  fileprivate var text: String {
    var text = "  \(covers.joined(separator: " + ")): \(name)\n"
    text += "    \(shapes[0])"
    if shapes.count > 1 { text += " from " + shapes.dropFirst().joined(separator: ", ") }
    text += "; \(place)\n    per row \(flopsPerRow) FLOPs and \(bytesPerRow) bytes"
    if flopsPerKey > 0 { text += ", per key \(flopsPerKey) FLOPs and \(bytesPerKey) bytes" }
    if weightBytes > 0 { text += "; \(weightBytes) bytes of weights" }
    return text + "\n"
  }
}

extension TransformerConfiguration {
  /// How a transformer of these sizes computes a kind of batch.
  public func explainedPlan(for use: PlanExplanation.Use) -> PlanExplanation {
    PlanExplanation(TransformerPlans(self).program(for: use.shape))
  }
}

extension Transformer {
  /// How it computes a kind of batch.
  public func explainedPlan(for use: PlanExplanation.Use) -> PlanExplanation {
    PlanExplanation(bound.program(for: use.shape))
  }
}

extension PlanExplanation {
  init(_ program: KernelProgram) {
    let memory = program.memory
    var starts: [String] = []
    for count in 0...memory.slots.count { starts.append(Self.sum(memory.slots[..<count])) }
    arena = starts.last!
    slots = zip(memory.slots, starts).map { slot, start in
      Slot(start: start, shape: "[\(slot.extent), \(slot.columns)]")
    }
    steps = zip(program.schedule.steps, program.blockRows).map { step, rows in
      Step(
        blockedRows: step.blockedRows.map { "\($0)" },
        blockRows: step.blockedRows.map { _ in rows },
        operations: step.values.map { Operation($0, program, starts: starts) })
    }
  }

  /// Floats of some slots, linear in the numbers of rows.
  private static func sum(_ slots: ArraySlice<MemoryPlan.Slot>) -> String {
    var fixed = 0
    var terms: [(extent: MemoryPlan.Extent, columns: Int)] = []
    for slot in slots {
      if case .rows(.fixed(let rows)) = slot.extent {
        fixed += slot.size(rows: rows)
      } else if let known = terms.firstIndex(where: { $0.extent == slot.extent }) {
        terms[known].columns += slot.columns
      } else {
        terms.append((slot.extent, slot.columns))
      }
    }
    var parts = terms.map { "\($0.columns) \($0.extent)" }
    if fixed > 0 || parts.isEmpty { parts.append("\(fixed)") }
    return parts.joined(separator: " + ")
  }
}

extension PlanExplanation.Operation {
  fileprivate init(_ value: Graph.Value, _ program: KernelProgram, starts: [String]) {
    let graph = program.graph, node = graph.nodes[value]
    let operands = node.operands.map { graph.nodes[$0] }
    covers = node.covers
    name = node.label
    let rounded = program.memory.rounded
    shapes = ([value] + node.operands).map {
      "[\(graph.nodes[$0].rows), \(graph.nodes[$0].columns)]\(rounded[$0] ? " bf16" : "")"
    }
    switch program.memory.places[value] {
    case .constant: place = "constant"
    case .output(let index): place = "output \(index + 1)"
    case .slot(let slot, let replaced):
      let at = program.memory.isWhole[value] ? "at" : "this block's rows only, at"
      let start = "\(at) \(starts[slot])"
      place = replaced.map { "in place of \(graph.nodes[$0].label), \(start)" } ?? start
    }
    (flopsPerRow, flopsPerKey) = node.flops(operands)
    var floats = node.operation.rowOperands.reduce(rounded.columns(value, of: graph)) {
      $0 + rounded.columns(node.operands[$1], of: graph)
    }
    switch node.operation {
    case .gather, .gatherAdd, .lookup, .merge: floats += node.columns
    default: break
    }
    bytesPerRow = 4 * floats
    switch node.operation {
    case .attention, .cachedAttention: bytesPerKey = 8 * node.columns
    default: bytesPerKey = 0
    }
    var weights = 0
    for (place, operand) in operands.enumerated() {
      guard case .fixed(let rows) = operand.rows, operand.operation.isLeaf,
        node.operation.readsWhole(place)
      else { continue }
      weights += 4 * rows * operand.columns
    }
    weightBytes = weights
  }
}

extension Operation {
  /// Whether every call reads all of an operand.
  fileprivate func readsWhole(_ place: Int) -> Bool {
    switch self {
    case .gather, .gatherAdd: false
    default: !rowOperands.contains(place)
    }
  }
}

extension Graph.Node {
  /// Operations on numbers for one row of the result, and for each key that the row sees.
  fileprivate func flops(_ operands: [Graph.Node]) -> (row: Int, key: Int) {
    switch operation {
    case .add, .addBias, .gatherAdd: return (columns, 0)
    case .gelu: return (geluFlops * columns, 0)
    // Sum; difference, square and its sum; rate, gain, bias; and six for each row.
    case .layerNorm: return (7 * columns + 6, 0)
    case .product(let form):
      let epilogue =
        (form.hasBias ? 1 : 0) + (form.hasResidual ? 1 : 0) + (form.hasGELU ? geluFlops : 0)
      return ((2 * operands[0].columns + epilogue) * columns, 0)
    // Scores and sums; for each head a scale, a difference, an exponential and its sum.
    case .attention(let heads), .cachedAttention(_, let heads):
      return (columns, 4 * columns + 4 * heads)
    case .parameter, .folded, .lookup, .gather, .keep, .merge, .columns, .transpose, .pack:
      return (0, 0)
    }
  }

  /// Of 0.5 x (1 + tanh(c (x + d x x x))): six products, two sums and a tangent.
  private var geluFlops: Int { 9 }
}
