import Tensor

/// A graph on a tape, which gradients of what follows from the outputs can be asked of.
///
/// For graphs of whole batches after `passes`. Rows of a cache, tables, steps of a session and
/// folded weights are for inference.
struct Recording {
  /// What is done to a graph before it is recorded.
  static let passes: [any GraphPass] = [
    CommonSubexpressions(), DeadCodeElimination(), SelectionHoisting(), EpilogueFusion(),
    DeadCodeElimination(),
  ]

  var tape = Tape(allowsBF16: true)
  /// The parameters in the order of their layout.
  let parameters: [Variable]

  private let byEntry: [ParameterLayout.Entry: Variable]
  private let inputs: GraphInputs
  /// Where packed weights are, which other recordings use too.
  private let plans: BoundPlans?
  private var layouts: [KernelProgram.LayoutKind: AttentionLayout] = [:]

  /// What an operand is; views are of parameters, and nothing is computed for them.
  private enum Value {
    case variable(Variable)
    case parameter(Variable, ParameterLayout.Entry)
    case columns(Variable, ParameterLayout.Entry, Range<Int>)
    case transposed(Variable)
    /// Recorded where it is used, perhaps together with its neighbor.
    case projection(Projection)
  }

  /// A product with columns of a weight, and those of a bias.
  private struct Projection {
    let source: Variable
    let weight: Variable, entry: ParameterLayout.Entry
    let bias: Variable
    var columns: Range<Int>

    /// With the columns that come next, if `other` is the same but for those.
    func joined(with other: Projection) -> Projection? {
      guard source == other.source, weight == other.weight, bias == other.bias,
        columns.upperBound == other.columns.lowerBound
      else { return nil }
      var joined = self
      joined.columns = columns.lowerBound..<other.columns.upperBound
      return joined
    }
  }

  init(_ inputs: GraphInputs, plans: BoundPlans?) {
    self.inputs = inputs
    self.plans = plans
    let entries = inputs.parameters.layout.entries
    var parameters: [Variable] = []
    for entry in entries { parameters.append(tape.variable(inputs.parameters[entry])) }
    self.parameters = parameters
    byEntry = Dictionary(uniqueKeysWithValues: zip(entries, parameters))
  }

  /// The graph's outputs.
  mutating func record(_ graph: Graph) -> [Variable] {
    var values: [Value] = []
    for node in graph.nodes { values.append(record(node, node.operands.map { values[$0] })) }
    return graph.outputs.map { variable(values[$0]) }
  }

  private mutating func variable(_ value: Value) -> Variable {
    switch value {
    case .variable(let variable), .parameter(let variable, _): variable
    case .projection(let projection): record(projection)
    case .columns, .transposed: preconditionFailure("a view of a parameter is no value by itself")
    }
  }

  private mutating func record(_ node: Graph.Node, _ x: [Value]) -> Value {
    switch node.operation {
    case .parameter(let entry): return .parameter(byEntry[entry]!, entry)
    case .columns(let range):
      guard case .parameter(let variable, let entry) = x[0] else { break }
      return .columns(variable, entry, range)
    case .transpose:
      guard case .parameter(let variable, _) = x[0] else { break }
      return .transposed(variable)
    case .gather(let index):
      return .variable(tape.gatherRows(variable(x[0]), inputs.indices(index)))
    case .gatherAdd(let index):
      let rows = tape.gatherRows(variable(x[1]), inputs.indices(index))
      return .variable(tape.add(variable(x[0]), rows))
    case .add: return .variable(tape.add(variable(x[0]), variable(x[1])))
    case .gelu: return .variable(tape.gelu(variable(x[0])))
    case .layerNorm:
      return .variable(
        tape.layerNorm(
          variable(x[0]), gain: variable(x[1]), bias: variable(x[2]),
          epsilon: Float(Operation.normEpsilon)))
    case .product(let form): return product(form, x)
    case .attention(let heads): return .variable(attention(node, x, heads: heads))
    case .folded, .lookup, .keep, .merge, .cachedAttention, .pack, .addBias: break
    }
    preconditionFailure("\(node.operation.name) of \(node.label) is not recorded")
  }

  private mutating func product(_ form: ProductForm, _ x: [Value]) -> Value {
    let source = variable(x[0])
    let residual = form.hasResidual ? variable(x[form.operandCount - 1]) : nil
    let bias = form.hasBias ? x[2] : nil
    var result: Variable
    switch (x[1], bias) {
    case (.columns(let weight, let entry, let range), .columns(let bias, _, let same))
    where range == same && residual == nil && !form.hasGELU:
      return .projection(
        Projection(source: source, weight: weight, entry: entry, bias: bias, columns: range))
    case (.transposed(let weight), nil) where residual == nil:
      result = tape.matmul(source, weight, transposeB: true)
    case (.parameter(let weight, let entry), _):
      result = tape.linear(
        source, weight: weight, bias: bias.map { variable($0) }, residual: residual, columns: nil,
        packed: factor(.parameter(entry)))
    default: preconditionFailure("a product with what is neither a parameter nor a view of one")
    }
    if form.hasGELU { result = tape.gelu(result) }
    return .variable(result)
  }

  private mutating func record(_ p: Projection) -> Variable {
    let whole = Expression.parameter(p.entry)
    let isWhole = p.columns == 0..<whole.columns
    return tape.linear(
      p.source, weight: p.weight, bias: p.bias, residual: nil,
      columns: isWhole ? nil : p.columns,
      packed: factor(isWhole ? whole : whole.columns(p.columns)))
  }

  private mutating func attention(_ node: Graph.Node, _ x: [Value], heads: Int) -> Variable {
    let kind = KernelProgram.LayoutKind(heads: heads, queries: node.rows)
    let layout = layouts[kind] ?? inputs.attentionLayout(heads: heads, queries: node.rows)
    layouts[kind] = layout
    // One product for queries, keys and values where all rows have them.
    if case .projection(let queries) = x[0], case .projection(let keysValues) = x[1],
      let joined = queries.joined(with: keysValues)
    {
      let all = record(joined)
      return tape.attention(
        queries: all, keysValues: all, keyColumn: node.columns, width: node.columns,
        layout: layout)
    }
    return tape.attention(
      queries: variable(x[0]), keysValues: variable(x[1]), keyColumn: 0, width: node.columns,
      layout: layout)
  }

  private func factor(_ weight: Expression) -> PackedFactor? {
    guard let plans else { return nil }
    let parameters = inputs.parameters
    return PackedFactor(
      plain: { plans.constant(weight.packed, parameters) },
      transposed: { plans.constant(weight.transposed.packed, parameters) })
  }
}
