import Tensor

/// The backend that records a graph on a tape, whose outputs gradients can be asked of.
///
/// For graphs of whole batches before weights are packed or folded: rows of a cache, tables and
/// steps of a session are for inference.
struct TapeBackend: GraphBackend {
  /// What is worth doing to a graph before it is recorded.
  static let passes: [any GraphPass] = [
    CommonSubexpressions(), DeadCodeElimination(), SelectionHoisting(), EpilogueFusion(),
    DeadCodeElimination(),
  ]

  func evaluate(_ graph: Graph, on inputs: GraphInputs) -> [Tensor] {
    var recording = Recording(inputs, packed: nil)
    return recording.record(graph).map { recording.tape[$0] }
  }
}

/// A graph on a tape.
struct Recording {
  var tape = Tape(allowsBF16: true)
  /// The parameters in the order of their layout.
  let parameters: [Variable]

  private let inputs: GraphInputs
  /// Where packed weights are, which other recordings use too.
  private let packed: BoundPlans?

  /// What an operand is; views are of parameters, and nothing is computed for them.
  private enum Value {
    case variable(Variable)
    case parameter(Variable, ParameterLayout.Entry)
    case columns(Variable, ParameterLayout.Entry, Range<Int>)
    case transposed(Variable)
  }

  init(_ inputs: GraphInputs, packed: BoundPlans?) {
    self.inputs = inputs
    self.packed = packed
    var parameters: [Variable] = []
    for entry in inputs.parameters.layout.entries {
      parameters.append(tape.variable(inputs.parameters[entry]))
    }
    self.parameters = parameters
  }

  /// The graph's outputs.
  mutating func record(_ graph: Graph) -> [Variable] {
    let byName = Dictionary(
      uniqueKeysWithValues: zip(inputs.parameters.layout.names, parameters))
    var values: [Value] = []
    for node in graph.nodes {
      values.append(record(node, node.operands.map { values[$0] }, byName))
    }
    return graph.outputs.map { variable(values[$0]) }
  }

  private func variable(_ value: Value) -> Variable {
    switch value {
    case .variable(let variable), .parameter(let variable, _): variable
    case .columns, .transposed: preconditionFailure("a view of a parameter is no value by itself")
    }
  }

  private mutating func record(
    _ node: Graph.Node, _ x: [Value], _ byName: [String: Variable]
  ) -> Value {
    switch node.operation {
    case .parameter(let entry): return .parameter(byName[entry.name]!, entry)
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
    case .product(let form): return .variable(product(form, x))
    case .attention(let heads):
      let queries = variable(x[0]), keysValues = variable(x[1])
      return .variable(
        tape.attention(
          queries: queries, keysValues: keysValues, keyColumn: 0, width: node.columns,
          layout: inputs.attentionLayout(heads: heads, queries: node.rows)))
    case .folded, .lookup, .keep, .merge, .cachedAttention, .pack, .addBias: break
    }
    preconditionFailure("\(node.operation.name) of \(node.label) cannot be recorded")
  }

  private mutating func product(_ form: ProductForm, _ x: [Value]) -> Variable {
    let source = variable(x[0])
    let residual = form.hasResidual ? variable(x[form.operandCount - 1]) : nil
    let bias = form.hasBias ? x[2] : nil
    var result: Variable
    switch (x[1], bias) {
    case (.transposed(let weight), nil) where residual == nil:
      result = tape.matmul(source, weight, transposeB: true)
    case (.columns(let weight, let entry, let range), .columns(let bias, _, let same))
    where range == same:
      result = tape.linear(
        source, weight: weight, bias: bias, residual: residual, columns: range,
        packed: factor(Expression.parameter(entry).columns(range)))
    case (.parameter(let weight, let entry), _):
      result = tape.linear(
        source, weight: weight, bias: bias.map(variable), residual: residual, columns: nil,
        packed: factor(.parameter(entry)))
    default: preconditionFailure("a product with what is neither a parameter nor a view of one")
    }
    return form.hasGELU ? tape.gelu(result) : result
  }

  private func factor(_ weight: Expression) -> PackedFactor? {
    guard let packed else { return nil }
    let parameters = inputs.parameters
    return PackedFactor(
      plain: { packed.constant(weight.packed, parameters) },
      transposed: { packed.constant(weight.transposed.packed, parameters) })
  }
}
