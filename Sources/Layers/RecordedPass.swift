import Tensor

/// A forward pass on a tape.
struct RecordedPass {
  var tape = Tape(allowsBF16: true)
  /// In the order of the parameter layout.
  private(set) var parameters: [Variable] = []
  private let byName: [String: Variable]
  private let transformer: Transformer
  private var configuration: TransformerConfiguration { transformer.configuration }

  init(_ transformer: Transformer) {
    self.transformer = transformer
    var byName: [String: Variable] = [:]
    for entry in transformer.parameters.layout.entries {
      let variable = tape.variable(transformer.parameters[entry])
      parameters.append(variable)
      byName[entry.name] = variable
    }
    self.byName = byName
  }

  private func parameter(_ name: String) -> Variable { byName[name]! }

  /// The final layer norm's output for the rows in `reading` (ascending): [reading.count, width].
  mutating func hidden(_ sequences: PackedSequences, reading: [Int32]) -> Variable {
    let width = configuration.width
    let layout = sequences.attentionLayout(heads: configuration.heads)
    let tokens = tape.gatherRows(parameter("tokens.weight"), sequences.tokens)
    let positions = tape.gatherRows(parameter("positions.weight"), sequences.positions)
    var x = tape.add(tokens, positions)
    for layer in 0..<configuration.layers {
      let block = "blocks.\(layer)."
      let normal = norm(x, block + "attention.norm")
      let mixed: Variable
      if layer == configuration.layers - 1 && reading.count < sequences.rowCount {
        let keysValues = linear(normal, block + "attention.qkv", columns: width..<3 * width)
        let queries = linear(
          tape.gatherRows(normal, reading), block + "attention.qkv", columns: 0..<width)
        x = tape.gatherRows(x, reading)
        mixed = tape.attention(
          queries: queries, keysValues: keysValues, keyColumn: 0, width: width,
          layout: sequences.attentionLayout(heads: configuration.heads, queryRows: reading))
      } else {
        let qkv = linear(normal, block + "attention.qkv")
        mixed = tape.attention(
          queries: qkv, keysValues: qkv, keyColumn: width, width: width, layout: layout)
      }
      x = linear(mixed, block + "attention.projection", residual: x)
      let expanded = tape.gelu(linear(norm(x, block + "mlp.norm"), block + "mlp.expansion"))
      x = linear(expanded, block + "mlp.projection", residual: x)
    }
    return norm(x, "norm")
  }

  /// The sum of the batch's losses; nil where there is no label.
  mutating func loss(of batch: TrainingBatch, report: inout LossReport) -> Variable? {
    batch.sequences.validate(against: configuration)
    let tokenRows = batch.tokenTargets.map(\.row), valueRows = batch.valueTargets.map(\.row)
    let policyRows = batch.policyTargets.flatMap(\.rows)
    let read = ReadRows(
      [tokenRows, valueRows, policyRows], rowCount: batch.sequences.rowCount)
    guard !read.rows.isEmpty else { return nil }
    let hidden = hidden(batch.sequences, reading: read.rows)
    var losses: [Variable] = []
    if !tokenRows.isEmpty {
      let logits = tape.matmul(
        select(hidden, read(tokenRows)), parameter("tokens.weight"), transposeB: true)
      let loss = tape.crossEntropy(
        logits, targets: batch.tokenTargets.map(\.token),
        weights: batch.tokenTargets.map(\.weight))
      report.token = total(tape[loss].values)
      report.tokenWeight = total(batch.tokenTargets.map(\.weight))
      losses.append(tape.sum(loss))
    }
    if !valueRows.isEmpty {
      let logits = tape.linear(
        select(hidden, read(valueRows)), weight: parameter("value.weight"),
        bias: parameter("value.bias"))
      let loss = tape.binaryCrossEntropy(
        logits, targets: batch.valueTargets.map(\.target),
        weights: batch.valueTargets.map(\.weight))
      report.value = total(tape[loss].values)
      report.valueWeight = total(batch.valueTargets.map(\.weight))
      losses.append(tape.sum(loss))
    }
    if !policyRows.isEmpty {
      var groups: [Range<Int>] = []
      for target in batch.policyTargets {
        let start = groups.last?.upperBound ?? 0
        groups.append(start..<start + target.rows.count)
      }
      let scores = tape.linear(
        select(hidden, read(policyRows)), weight: parameter("policy.weight"))
      let loss = tape.groupedCrossEntropy(
        scores, groups: groups, probabilities: batch.policyTargets.flatMap(\.probabilities),
        weights: batch.policyTargets.map(\.weight))
      report.policy = total(tape[loss].values)
      report.policyWeight = total(batch.policyTargets.map(\.weight))
      losses.append(tape.sum(loss))
    }
    return losses.dropFirst().reduce(losses[0]) { tape.add($0, $1) }
  }

  private mutating func select(_ x: Variable, _ rows: [Int32]) -> Variable {
    let isIdentity =
      rows.count == tape.shape(x)[0] && rows.enumerated().allSatisfy { $0 == Int($1) }
    return isIdentity ? x : tape.gatherRows(x, rows)
  }

  private mutating func norm(_ x: Variable, _ name: String) -> Variable {
    tape.layerNorm(x, gain: parameter(name + ".gain"), bias: parameter(name + ".bias"))
  }

  private mutating func linear(
    _ x: Variable, _ name: String, residual: Variable? = nil, columns: Range<Int>? = nil
  ) -> Variable {
    // Shards of a batch have the packed weights in common.
    let (bound, parameters) = (transformer.bound, transformer.parameters)
    var weight = Expression.parameter(parameters.layout.entry(name + ".weight"))
    if let columns { weight = weight.columns(columns) }
    let packed = PackedFactor(
      plain: { [weight] in bound.constant(weight.packed, parameters) },
      transposed: { [weight] in bound.constant(weight.transposed.packed, parameters) })
    return tape.linear(
      x, weight: parameter(name + ".weight"), bias: parameter(name + ".bias"),
      residual: residual, columns: columns, packed: packed)
  }

  private func total(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } }
}
