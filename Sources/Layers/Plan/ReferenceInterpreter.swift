import CTensorKernels
import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Computes a graph value by value in double precision, in plain loops without kernels.
struct ReferenceInterpreter: GraphBackend {
  /// A value; weights stay in row-major order when they are packed.
  struct Matrix {
    let rows: Int, columns: Int
    var values: [Double]

    init(_ rows: Int, _ columns: Int, _ element: (_ row: Int, _ column: Int) -> Double) {
      (self.rows, self.columns) = (rows, columns)
      values = (0..<rows * columns).map { element($0 / columns, $0 % columns) }
    }

    subscript(row: Int, column: Int) -> Double {
      get { values[row * columns + column] }
      set { values[row * columns + column] = newValue }
    }

    subscript(row row: Int) -> [Double] {
      get { Array(values[row * columns..<(row + 1) * columns]) }
      set { values.replaceSubrange(row * columns..<(row + 1) * columns, with: newValue) }
    }
  }

  /// Keys beside values of the slots of a decoding session.
  final class SlotRows {
    private var rows: [[[[Double]]]]

    init(layers: Int, slots: Int) {
      rows = Array(repeating: Array(repeating: [], count: slots), count: layers)
    }

    /// All rows of the slot, with the new one.
    fileprivate func append(_ row: [Double], toSlot slot: Int, layer: Int) -> [[Double]] {
      rows[layer][slot].append(row)
      return rows[layer][slot]
    }
  }

  func evaluate(_ graph: Graph, on inputs: GraphInputs) -> [Tensor] {
    matrices(graph, on: inputs).map {
      Tensor($0.values.map { Float($0) }, shape: [$0.rows, $0.columns])
    }
  }

  /// The outputs before they are rounded to fp32.
  func matrices(_ graph: Graph, on inputs: GraphInputs) -> [Matrix] {
    var values: [Matrix] = []
    for node in graph.nodes {
      values.append(matrix(node.operation, node.operands.map { values[$0] }, node.rows, inputs))
    }
    return graph.outputs.map { values[$0] }
  }

  private func matrix(
    _ operation: Operation, _ x: [Matrix], _ rows: Rows, _ inputs: GraphInputs
  ) -> Matrix {
    switch operation {
    case .parameter(let entry): return matrix(.parameter(entry), inputs)
    case .folded(let expression): return matrix(expression, inputs)
    case .lookup(let columns, let rows): return lookup(columns, rows, inputs)
    case .gather(let index):
      let list = inputs.indices(index)
      return Matrix(list.count, x[0].columns) { x[0][Int(list[$0]), $1] }
    case .gatherAdd(let index):
      let list = inputs.indices(index)
      return Matrix(x[0].rows, x[0].columns) { x[0][$0, $1] + x[1][Int(list[$0]), $1] }
    case .keep(let layer): return keep(x[0], layer, inputs)
    case .merge(let layer): return merge(x[0], layer, inputs)
    case .add: return Matrix(x[0].rows, x[0].columns) { x[0][$0, $1] + x[1][$0, $1] }
    case .addBias: return Matrix(x[0].rows, x[0].columns) { x[0][$0, $1] + x[1][0, $1] }
    case .gelu: return Matrix(x[0].rows, x[0].columns) { gelu(x[0][$0, $1]) }
    case .layerNorm: return norm(x[0], gain: x[1], bias: x[2])
    case .product(let form): return product(form, x)
    case .attention(let heads):
      return attention(
        x[0], x[1], heads: heads, inputs.attentionLayout(heads: heads, queries: rows))
    case .cachedAttention(let layer, let heads):
      guard let step = inputs.step, case .rows(let caches) = step.caches else {
        preconditionFailure("a step without rows of slots")
      }
      var result = x[0]
      for (row, slot) in step.slots.enumerated() {
        let keys = caches.append(x[1][row: row], toSlot: Int(slot), layer: layer)
        result[row: row] = attend(
          x[0][row: row], keys.prefix(Int(step.visible[row])), heads: heads)
      }
      return result
    case .columns(let range):
      return Matrix(x[0].rows, range.count) { x[0][$0, range.lowerBound + $1] }
    case .transpose: return Matrix(x[0].columns, x[0].rows) { x[0][$1, $0] }
    case .pack: return x[0]
    }
  }

  private func matrix(_ expression: Expression, _ inputs: GraphInputs) -> Matrix {
    switch expression {
    case .parameter(let entry):
      let values = inputs.parameters[entry].values
      return Matrix(entry.shape.rows, entry.shape.columns) {
        Double(values[$0 * entry.shape.columns + $1])
      }
    case .applied(let operation, let arguments, let rows, _):
      return matrix(operation, arguments.map { matrix($0, inputs) }, .fixed(rows), inputs)
    }
  }

  private func gelu(_ x: Double) -> Double {
    0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  private func norm(_ x: Matrix, gain: Matrix, bias: Matrix) -> Matrix {
    var result = x
    for row in 0..<x.rows {
      let width = Double(x.columns)
      var mean = 0.0, variance = 0.0
      for column in 0..<x.columns { mean += x[row, column] / width }
      for column in 0..<x.columns {
        variance += (x[row, column] - mean) * (x[row, column] - mean) / width
      }
      let rate = 1 / (variance + Operation.normEpsilon).squareRoot()
      for column in 0..<x.columns {
        result[row, column] = (x[row, column] - mean) * rate * gain[0, column] + bias[0, column]
      }
    }
    return result
  }

  private func product(_ form: ProductForm, _ x: [Matrix]) -> Matrix {
    Matrix(x[0].rows, form.columns) { row, column in
      var sum = form.hasResidual ? x[form.operandCount - 1][row, column] : 0
      for k in 0..<x[0].columns { sum += x[0][row, k] * x[1][k, column] }
      if form.hasBias { sum += x[2][0, column] }
      return form.hasGELU ? gelu(sum) : sum
    }
  }

  private func attention(
    _ queries: Matrix, _ keysValues: Matrix, heads: Int, _ layout: AttentionLayout
  ) -> Matrix {
    var result = Matrix(queries.rows, queries.columns) { _, _ in 0 }
    var keys: [[Double]] = []
    for sequence in layout.sequences {
      keys.removeSubrange(Int(sequence.path_count)...)
      for (start, count) in [
        (sequence.prefix_start, sequence.prefix_count), (sequence.key_start, sequence.key_count),
      ] {
        keys += (0..<Int(count)).map { keysValues[row: Int(start) + $0] }
      }
      let first = Int(sequence.query_start)
      for row in first..<first + Int(sequence.query_count) {
        result[row: row] = attend(
          queries[row: row], keys.prefix(Int(layout.visible[row])), heads: heads)
      }
    }
    return result
  }

  /// Of one row, over keys beside their values.
  private func attend(_ query: [Double], _ keys: ArraySlice<[Double]>, heads: Int) -> [Double] {
    let width = query.count, size = width / heads
    var result = Array(repeating: 0.0, count: width)
    for head in 0..<heads {
      let columns = head * size..<(head + 1) * size
      let scores = keys.map { key in
        columns.reduce(0) { $0 + query[$1] * key[$1] } / Double(size).squareRoot()
      }
      let highest = scores.max() ?? 0
      let weights = scores.map { exp($0 - highest) }
      let total = weights.reduce(0, +)
      for (key, weight) in zip(keys, weights) {
        for column in columns { result[column] += weight / total * key[width + column] }
      }
    }
    return result
  }

  private func lookup(_ columns: Range<Int>, _ rows: Rows, _ inputs: GraphInputs) -> Matrix {
    guard let table = inputs.cache?.table else { preconditionFailure("a lookup without a table") }
    let tokens = inputs.indices(.tokens(rows)), positions = inputs.indices(.positions(rows))
    return Matrix(tokens.count, columns.count) {
      Double(table.entry(tokens[$0], positions[$0])[columns.lowerBound + $1])
    }
  }

  private func keep(_ own: Matrix, _ layer: Int, _ inputs: GraphInputs) -> Matrix {
    guard let cache = inputs.cache, let sequences = inputs.sequences else {
      preconditionFailure("keys to keep without a cache")
    }
    for (rows, cacheRows) in sequences.kept {
      for (row, cacheRow) in zip(rows, cacheRows) {
        let target = cache.row(cacheRow, layer: layer)
        for column in 0..<own.columns { target[column] = Float(own[row, column]) }
      }
    }
    return own
  }

  private func merge(_ own: Matrix, _ layer: Int, _ inputs: GraphInputs) -> Matrix {
    guard let cache = inputs.cache, let sequences = inputs.sequences else {
      preconditionFailure("keys to merge without a cache")
    }
    var all = Matrix(sequences.keyCount, own.columns) { _, _ in 0 }
    for (rows, start) in sequences.keyStretches {
      for (offset, row) in rows.enumerated() {
        for column in 0..<own.columns { all[start + offset, column] = own[row, column] }
      }
    }
    for (keys, cacheRows) in sequences.cached {
      for (key, cacheRow) in zip(keys, cacheRows) {
        let source = cache.row(cacheRow, layer: layer)
        for column in 0..<own.columns { all[key, column] = Double(source[column]) }
      }
    }
    return all
  }
}
