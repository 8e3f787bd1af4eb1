import CTensorKernels
import Tensor

/// What a transformer computes, as values in an order in which each comes after its operands.
///
/// Every value is a matrix. Its columns are known when the graph is made; its rows are a symbol
/// that each batch gives a number, so one graph serves all batches of a class.
struct Graph: Sendable {
  /// A value by its place in `nodes`.
  typealias Value = Int

  /// One operation and what is known of its result.
  struct Node: Sendable {
    let operation: Operation
    let operands: [Value]
    let rows: Rows
    let columns: Int
    /// What it computes, after the parameters that it uses.
    let label: String
    /// The plain operations that it stands for.
    let covers: [String]
  }

  private(set) var nodes: [Node] = []
  /// What is asked for, in this order.
  private(set) var outputs: [Value] = []

  /// Adds an operation, whose operands must fit.
  mutating func append(
    _ operation: Operation, _ operands: [Value] = [], label: String, covers: [String]? = nil
  ) -> Value {
    let shape = shape(of: operation, operands.map { nodes[$0] })
    nodes.append(
      Node(
        operation: operation, operands: operands, rows: shape.rows, columns: shape.columns,
        label: label, covers: covers ?? [operation.name]))
    return nodes.count - 1
  }

  mutating func output(_ value: Value) { outputs.append(value) }

  mutating func replaceOutputs(by values: [Value]) { outputs = values }

  private func shape(of operation: Operation, _ x: [Node]) -> (rows: Rows, columns: Int) {
    func require(_ condition: Bool) {
      precondition(
        condition, "\(operation.name) of \(x.map { "\($0.label) [\($0.rows), \($0.columns)]" })")
    }
    func isVector(_ index: Int, _ columns: Int) -> Bool {
      x[index].rows == .fixed(1) && x[index].columns == columns
    }
    switch operation {
    case .parameter(let entry): return (.fixed(entry.shape.rows), entry.shape.columns)
    case .folded(let expression): return (.fixed(expression.rows), expression.columns)
    case .lookup(let columns, let rows): return (rows, columns.count)
    case .gather(let index):
      require(x.count == 1)
      return (index.rows, x[0].columns)
    case .gatherAdd(let index):
      require(x.count == 2 && x[0].rows == index.rows && x[0].columns == x[1].columns)
      return (x[0].rows, x[0].columns)
    case .keep, .gelu:
      require(x.count == 1)
      return (x[0].rows, x[0].columns)
    case .merge:
      require(x.count == 1 && x[0].rows == .batch)
      return (.keys, x[0].columns)
    case .add:
      require(x.count == 2 && x[0].rows == x[1].rows && x[0].columns == x[1].columns)
      return (x[0].rows, x[0].columns)
    case .addBias:
      require(x.count == 2 && isVector(1, x[0].columns))
      return (x[0].rows, x[0].columns)
    case .layerNorm:
      require(x.count == 3 && isVector(1, x[0].columns) && isVector(2, x[0].columns))
      return (x[0].rows, x[0].columns)
    case .product(let form):
      require(x.count == 2 + (form.hasBias ? 1 : 0) + (form.hasResidual ? 1 : 0))
      require(
        form.isPacked
          ? isVector(1, Operation.packedSize(x[0].columns, form.columns))
          : x[1].rows == .fixed(x[0].columns) && x[1].columns == form.columns)
      if form.hasBias { require(isVector(2, form.columns)) }
      if form.hasResidual {
        require(x.last!.rows == x[0].rows && x.last!.columns == form.columns)
      }
      return (x[0].rows, form.columns)
    case .attention, .cachedAttention:
      require(x.count == 2 && x[1].columns == 2 * x[0].columns)
      if case .cachedAttention = operation { require(x[0].rows == .batch && x[1].rows == .batch) }
      return (x[0].rows, x[0].columns)
    case .columns(let range):
      require(x.count == 1 && range.lowerBound >= 0 && range.upperBound <= x[0].columns)
      return (x[0].rows, range.count)
    case .transpose:
      guard x.count == 1, case .fixed(let count) = x[0].rows else {
        preconditionFailure("only matrices of known size are transposed")
      }
      return (.fixed(x[0].columns), count)
    case .pack:
      guard x.count == 1, case .fixed(let count) = x[0].rows else {
        preconditionFailure("only matrices of known size are packed")
      }
      return (.fixed(1), Operation.packedSize(count, x[0].columns))
    }
  }

  /// How often each value is an operand or an output.
  var useCounts: [Int] {
    var counts = Array(repeating: 0, count: nodes.count)
    for value in nodes.lazy.flatMap(\.operands) + outputs { counts[value] += 1 }
    return counts
  }

  /// The graph built anew, value by value.
  ///
  /// - Parameter place: appends what stands for a node, whose operands are given in the new graph,
  ///   and returns its value; by default the node itself.
  func rewritten(
    _ place: (_ graph: inout Graph, _ old: Value, _ operands: [Value]) -> Value?
  ) -> Graph {
    var graph = Graph()
    var new: [Value] = []
    for (value, node) in nodes.enumerated() {
      let operands = node.operands.map { new[$0] }
      new.append(
        place(&graph, value, operands)
          ?? graph.append(
            node.operation, operands, label: node.label, covers: node.covers))
    }
    for value in outputs { graph.output(new[value]) }
    return graph
  }
}

/// How many rows a value has.
enum Rows: Hashable, Sendable, CustomStringConvertible {
  /// The tokens to compute.
  case batch
  /// These and the keys that a cache holds.
  case keys
  /// The rows that a head reads.
  case read
  /// The rows of a head, in its own order.
  case tokenHead, valueHead, policyHead
  /// The same for every batch.
  case fixed(Int)

  static let symbols: [Rows] = [.batch, .keys, .read, .tokenHead, .valueHead, .policyHead]

  var description: String {
    switch self {
    case .batch: "R"
    case .keys: "K"
    case .read: "S"
    case .tokenHead: "T"
    case .valueHead: "V"
    case .policyHead: "P"
    case .fixed(let count): "\(count)"
    }
  }
}

/// A list of row numbers that comes with a batch.
enum RowIndex: Hashable, Sendable {
  /// The token, or its position, of each row of the batch or of each row that is read.
  case tokens(Rows), positions(Rows)
  /// The rows of the batch that are read.
  case read
  /// A head's rows, as places among those that are read.
  case tokenHead, valueHead, policyHead

  var rows: Rows {
    switch self {
    case .tokens(let rows), .positions(let rows): rows
    case .read: .read
    case .tokenHead: .tokenHead
    case .valueHead: .valueHead
    case .policyHead: .policyHead
    }
  }
}
