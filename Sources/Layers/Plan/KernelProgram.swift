import CTensorKernels
import Tensor

/// A graph as calls of the C kernels: in order, in blocks, each with its place in memory.
struct KernelProgram: Sendable {
  let graph: Graph
  let schedule: Schedule
  let memory: MemoryPlan
  /// The values that were computed from parameters alone; `run` takes theirs in this order.
  let folded: [(value: Graph.Value, expression: Expression)]
  private let instructions: [Instruction]
  /// How many instructions each step has.
  private let lengths: [Int]
  /// What an instruction's `index` counts.
  private let indexLists: [RowIndex]
  private let layouts: [LayoutKind]
  private let productScratch: Int

  struct LayoutKind: Hashable, Sendable {
    let heads: Int
    let queries: Rows
  }

  /// The most rows of a block, for each step.
  let blockRows: [Int]

  init(_ graph: Graph, _ schedule: Schedule, _ memory: MemoryPlan) {
    blockRows = schedule.steps.map { Self.blockRows($0, graph, memory.rounded) }
    self.graph = graph
    self.schedule = schedule
    self.memory = memory
    folded = graph.nodes.enumerated().compactMap { value, node in
      if case .folded(let expression) = node.operation { (value, expression) } else { nil }
    }
    var assembler = Assembler(graph, memory.rounded)
    instructions = schedule.steps.flatMap(\.values).map { assembler.instruction($0) }
    lengths = schedule.steps.map(\.values.count)
    indexLists = assembler.indexLists
    layouts = assembler.layouts
    productScratch = assembler.productScratch
  }

  /// As many rows as fit half of the second-level cache, but enough of them to repay reading the
  /// step's weights again; a multiple of the rows of the kernels' tiles (4, 6, 12, 32).
  private static func blockRows(
    _ step: Schedule.Step, _ graph: Graph, _ rounded: RoundedValues
  ) -> Int {
    var values = Set(step.values)
    for value in step.values {
      let node = graph.nodes[value]
      for place in node.operation.rowOperands { values.insert(node.operands[place]) }
    }
    let columns = values.reduce(0) { $0 + rounded.columns($1, of: graph) }
    let kernels = tk_current().pointee, tile = max(12, Int(kernels.tile_rows))
    let most = Int(kernels.row_block), rows = Int(kernels.cache) / 8 / max(columns, 1)
    return min(max(rows / tile * tile, most / 4), most)
  }

  /// Floats of the arena and where its slots begin, each at a multiple of 16.
  func arena(for inputs: GraphInputs) -> (size: Int, offsets: [Int]) {
    let block = zip(schedule.steps, blockRows).reduce(0) { most, next in
      next.0.blockedRows.map { max(most, min(next.1, inputs.count($0))) } ?? most
    }
    var size = 0
    let offsets = memory.slots.map { slot in
      defer {
        let rows: Int
        switch slot.extent {
        case .rows(let symbol): rows = inputs.count(symbol)
        case .block: rows = block
        }
        size += slot.size(rows: rows)
      }
      return size
    }
    return (size, offsets)
  }

  /// The outputs for one batch, [rows, columns] each.
  ///
  /// - Parameter constants: the values of `folded`.
  func run(_ inputs: GraphInputs, constants: [Tensor], in pool: ArenaPool) -> [Tensor] {
    var outputs = graph.outputs.map { value in
      let node = graph.nodes[value]
      return Tensor(uninitialized: [inputs.count(node.rows), node.columns]) { _ in }
    }
    let layouts = layouts.map { inputs.attentionLayout(heads: $0.heads, queries: $0.queries) }
    let arena = arena(for: inputs)
    var scratch = productScratch
    for (kind, layout) in zip(self.layouts, layouts) {
      scratch = max(
        scratch,
        layout.scratch(headWidth: headWidth(kind), backward: false, allowingBF16: true))
    }
    if let step = inputs.step, case .panels(let panels) = step.caches {
      scratch = max(scratch, panels.scratch)
    }
    pool.withMemory(arena.size + scratch) { memory in
      withUnsafeTemporaryAllocation(of: Execution.Base.self, capacity: graph.nodes.count) { bases in
        withPointers(inputs.parameters.vector) { parameters in
          place(
            in: bases, arena: memory, offsets: arena.offsets, parameters: parameters,
            constants: constants, outputs: &outputs)
          let execution = Execution(
            bases: bases, lists: indexLists.map(inputs.indices), layouts: layouts,
            scratch: memory + arena.size, inputs: inputs)
          perform(execution, inputs)
        }
      }
    }
    withExtendedLifetime(constants) {}
    for (index, value) in graph.outputs.enumerated() {
      if case .output(let first) = self.memory.places[value], first != index {
        outputs[index] = outputs[first]
      }
    }
    return outputs
  }

  private func headWidth(_ kind: LayoutKind) -> Int {
    for node in graph.nodes {
      if case .attention(kind.heads) = node.operation, node.rows == kind.queries {
        return node.columns / kind.heads
      }
    }
    return 0
  }

  private func place(
    in bases: UnsafeMutableBufferPointer<Execution.Base>, arena: Execution.Memory,
    offsets: [Int], parameters: UnsafePointer<Float>, constants: [Tensor],
    outputs: inout [Tensor]
  ) {
    for (value, node) in graph.nodes.enumerated() {
      let memory: Execution.Memory
      switch self.memory.places[value] {
      case .slot(let slot, _): memory = arena + offsets[slot]
      case .output(let index): memory = outputs[index].withMutablePointer { $0 }
      case .constant:
        guard case .parameter(let entry) = node.operation else { continue }
        memory = Execution.Memory(mutating: parameters + entry.offset)
      }
      bases.initializeElement(
        at: value,
        to: Execution.Base(
          memory: memory,
          stride: self.memory.isWhole[value] ? self.memory.rounded.columns(value, of: graph) : 0))
    }
    for ((value, _), constant) in zip(folded, constants) {
      bases.initializeElement(
        at: value,
        to: Execution.Base(
          memory: withPointers(constant) { Execution.Memory(mutating: $0) }, stride: 0))
    }
  }

  private func perform(_ execution: Execution, _ inputs: GraphInputs) {
    var first = 0
    for (index, step) in schedule.steps.enumerated() {
      let range = first..<first + lengths[index], blockRows = blockRows[index]
      first = range.upperBound
      guard let symbol = step.blockedRows else {
        for index in range {
          let rows = inputs.count(graph.nodes[instructions[index].target].rows)
          execution.perform(instructions[index], start: 0, count: rows)
        }
        continue
      }
      let rows = inputs.count(symbol)
      if rows == 0 { continue }
      for start in stride(from: 0, to: rows, by: blockRows) {
        let count = min(blockRows, rows - start)
        for index in range {
          execution.perform(instructions[index], start: start, count: count)
        }
      }
    }
  }
}

/// One call of a kernel. Operands and results by value.
struct Instruction: Sendable {
  enum Code {
    case gather, gatherAdd, lookup, keep, merge, add, addBias, gelu, layerNorm, product
    case attention, cachedAttention, columns, transpose, pack
  }

  let code: Code
  let target: Graph.Value
  /// Operands; -1 where there is none.
  var a = -1, b = -1, bias = -1, residual = -1
  /// Columns of the result, and of the first operand.
  let columns: Int
  var inner = 0
  /// Rows of the first operand, where they are known.
  var innerRows = 0
  /// Places of row numbers or of an attention layout.
  var index = -1, second = -1
  /// The first column of a lookup or of columns.
  var start = 0
  var layer = 0
  var isPacked = false, hasGELU = false
  /// Whether the first operand, and the result, are kept as bf16.
  var readsRounded = false, isRounded = false
}

/// Turns values into instructions.
private struct Assembler {
  let graph: Graph
  let rounded: RoundedValues
  private(set) var indexLists: [RowIndex] = []
  private(set) var layouts: [KernelProgram.LayoutKind] = []
  private(set) var productScratch = 0

  init(_ graph: Graph, _ rounded: RoundedValues) {
    self.graph = graph
    self.rounded = rounded
  }

  mutating func instruction(_ value: Graph.Value) -> Instruction {
    let node = graph.nodes[value], operands = node.operands
    func make(_ code: Instruction.Code) -> Instruction {
      var result = Instruction(code: code, target: value, columns: node.columns)
      if let a = operands.first {
        result.a = a
        result.inner = graph.nodes[a].columns
        result.readsRounded = rounded[a]
        if case .fixed(let count) = graph.nodes[a].rows { result.innerRows = count }
      }
      if operands.count > 1 { result.b = operands[1] }
      result.isRounded = rounded[value]
      return result
    }
    var result: Instruction
    switch node.operation {
    case .parameter, .folded: preconditionFailure("\(node.label) needs no instruction")
    case .lookup(let columns, let rows):
      result = make(.lookup)
      result.index = list(.tokens(rows))
      result.second = list(.positions(rows))
      result.start = columns.lowerBound
    case .gather(let index):
      result = make(.gather)
      result.index = list(index)
    case .gatherAdd(let index):
      result = make(.gatherAdd)
      result.index = list(index)
    case .keep(let layer):
      result = make(.keep)
      result.layer = layer
    case .merge(let layer):
      result = make(.merge)
      result.layer = layer
    case .add: result = make(.add)
    case .addBias: result = make(.addBias)
    case .gelu: result = make(.gelu)
    case .layerNorm:
      result = make(.layerNorm)
      result.bias = operands[2]
    case .product(let form):
      result = make(.product)
      if form.hasBias { result.bias = operands[2] }
      if form.hasResidual { result.residual = operands[form.operandCount - 1] }
      result.isPacked = form.isPacked
      result.hasGELU = form.hasGELU
      productScratch = max(
        productScratch,
        Int(
          tk_gemm_scratch(
            tk_current(), tk_current().pointee.row_block, Int64(node.columns), Int64(result.inner),
            form.isPacked, true)))
    case .attention(let heads):
      result = make(.attention)
      let kind = KernelProgram.LayoutKind(heads: heads, queries: node.rows)
      if let known = layouts.firstIndex(of: kind) {
        result.index = known
      } else {
        result.index = layouts.count
        layouts.append(kind)
      }
    case .cachedAttention(let layer, _):
      result = make(.cachedAttention)
      result.layer = layer
    case .columns(let range):
      result = make(.columns)
      result.start = range.lowerBound
    case .transpose: result = make(.transpose)
    case .pack: result = make(.pack)
    }
    return result
  }

  private mutating func list(_ index: RowIndex) -> Int {
    if let known = indexLists.firstIndex(of: index) { return known }
    indexLists.append(index)
    return indexLists.count - 1
  }
}
