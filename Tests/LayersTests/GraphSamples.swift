import Randomness
import Testing

@testable import Layers
@testable import Tensor

/// Graphs and comparisons that the tests of plans share.
enum GraphSample {
  static let transformer = Sample.transformer(width: 32, heads: 2)

  static func parameter(_ name: String) -> ParameterLayout.Entry {
    transformer.parameters.layout.entry(name)
  }

  /// A batch of a few trees, of which some rows are read.
  static func inputs(_ stream: inout RandomStream) -> GraphInputs {
    let forest = Sample.forest(Sample.trees, seed: UInt64(stream.uniform(below: 1000)))
    var inputs = GraphInputs(forest.packed, parameters: transformer.parameters)
    let count = forest.packed.rowCount
    inputs.reading = (0..<Int32(count)).filter { _ in stream.uniform(below: 3) == 0 }
    if inputs.reading.isEmpty { inputs.reading = [Int32(count - 1)] }
    return inputs
  }

  /// Random operations on rows of 32, 64 and 128 numbers, each possibly used often or never.
  static func random(_ stream: inout RandomStream) -> Graph {
    var graph = Graph()
    var leaves: [String: Graph.Value] = [:]
    func leaf(_ name: String) -> Graph.Value {
      // Sometimes once more, for common subexpressions to find.
      if let known = leaves[name], stream.uniform(below: 3) > 0 { return known }
      let value = graph.append(.parameter(parameter(name)), label: name)
      leaves[name] = value
      return value
    }
    func rows(_ columns: Int) -> [Graph.Value] {
      graph.nodes.indices.filter {
        graph.nodes[$0].rows == .batch && graph.nodes[$0].columns == columns
      }
    }
    func pick(_ values: [Graph.Value]) -> Graph.Value {
      // Recent ones rather, so that chains get long.
      let last = values.suffix(3)
      return last[last.startIndex + stream.uniform(below: last.count)]
    }
    func append(_ operation: Operation, _ operands: [Graph.Value]) {
      _ = graph.append(operation, operands, label: "\(graph.nodes.count)")
    }
    append(.gather(.tokens(.batch)), [leaf("tokens.weight")])
    append(.gather(.positions(.batch)), [leaf("positions.weight")])
    append(
      .product(ProductForm(columns: 128)), [pick(rows(32)), leaf("blocks.0.mlp.expansion.weight")])
    for _ in 0..<12 + stream.uniform(below: 12) {
      let x = pick(rows(32)), wide = pick(rows(128))
      switch stream.uniform(below: 11) {
      case 0: append(.add, [x, pick(rows(32))])
      case 10: append(.add, [wide, pick(rows(128))])
      case 1: append(.addBias, [wide, leaf("blocks.0.mlp.expansion.bias")])
      case 2: append(.addBias, [x, leaf("blocks.1.mlp.projection.bias")])
      case 3: append(.gelu, [stream.uniform(below: 2) == 0 ? x : wide])
      case 4, 5: append(.layerNorm, [x, leaf("norm.gain"), leaf("norm.bias")])
      case 6:
        append(
          .product(ProductForm(columns: 128)), [x, leaf("blocks.0.mlp.expansion.weight")])
      case 7:
        append(
          .product(ProductForm(columns: 32)), [wide, leaf("blocks.1.mlp.projection.weight")])
      case 8:
        append(
          .product(ProductForm(columns: 32)),
          [x, leaf("blocks.1.attention.projection.weight")])
      default:
        let weight = graph.append(
          .columns(32..<96), [leaf("blocks.1.attention.qkv.weight")], label: "columns")
        let normal = graph.append(
          .layerNorm, [x, leaf("norm.gain"), leaf("norm.bias")], label: "normal")
        append(.product(ProductForm(columns: 64)), [normal, weight])
        append(.attention(heads: 2), [pick(rows(32)), graph.nodes.count - 1])
      }
    }
    // The last ones, each in full or where it is read.
    for value in rows(32).suffix(1 + stream.uniform(below: 3)) {
      if stream.uniform(below: 3) == 0 {
        graph.output(value)
      } else {
        graph.output(graph.append(.gather(.read), [value], label: "read"))
      }
    }
    return graph
  }

  static func bits(_ tensors: [Tensor]) -> [[UInt32]] {
    tensors.map { $0.values.map(\.bitPattern) }
  }

  /// The largest difference, relative to 1 or the number.
  static func difference(_ a: [[Double]], _ b: [[Double]]) -> Double {
    zip(a, b).reduce(0) { worst, pair in
      zip(pair.0, pair.1).reduce(worst) { max($0, abs($1.0 - $1.1) / max(1, abs($1.1))) }
    }
  }

  static func doubles(_ tensors: [Tensor]) -> [[Double]] {
    tensors.map { $0.values.map(Double.init) }
  }

  /// How many operations of a kind there are, by the name of it.
  static func count(_ name: String, in graph: Graph) -> Int {
    graph.nodes.count { $0.operation.name == name }
  }
}
