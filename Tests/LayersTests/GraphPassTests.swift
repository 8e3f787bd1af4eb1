import Randomness
import TestSupport
import Testing

@testable import Layers
@testable import Tensor

/// What each pass changes; that it keeps what is computed is tested by `BackendTests`.
@Suite struct GraphPassTests {
  static func parameter(_ name: String, _ graph: inout Graph) -> Graph.Value {
    graph.append(.parameter(GraphSample.parameter(name)), label: name)
  }

  static func rows(_ graph: inout Graph) -> Graph.Value {
    let table = parameter("tokens.weight", &graph)
    return graph.append(.gather(.tokens(.batch)), [table], label: "rows")
  }

  static func product(
    _ x: Graph.Value, _ name: String, _ columns: Int, _ graph: inout Graph
  ) -> Graph.Value {
    let weight = parameter(name, &graph)
    return graph.append(.product(ProductForm(columns: columns)), [x, weight], label: name)
  }

  @Test func deadCodeGoesExceptWhatACacheKeeps() {
    var graph = Graph()
    let x = Self.rows(&graph)
    _ = graph.append(.gelu, [x], label: "unused")
    let keys = Self.product(x, "blocks.0.attention.projection.weight", 32, &graph)
    _ = graph.append(.keep(layer: 0), [keys], label: "kept")
    graph.output(x)
    let alive = DeadCodeElimination()(graph)
    #expect(
      alive.nodes.map(\.operation.name) == ["parameter", "gather", "parameter", "product", "keep"])
    #expect(alive.outputs == [1])
  }

  /// What a step of a session stores is kept too, and what is stored twice stays so.
  @Test func effectsStay() {
    var graph = Graph()
    let x = Self.rows(&graph)
    let all = Self.product(x, "blocks.0.attention.qkv.weight", 96, &graph)
    let keys = graph.append(.columns(32..<96), [all], label: "keys")
    for _ in 0..<2 {
      let step = Operation.cachedAttention(layer: 0, heads: 2)
      _ = graph.append(step, [x, keys], label: "step")
    }
    graph.output(x)
    let alive = DeadCodeElimination()(CommonSubexpressions()(graph))
    #expect(GraphSample.count("cached-attention", in: alive) == 2)
  }

  @Test func commonSubexpressionsAreComputedOnce() {
    var graph = Graph()
    let twice = [0, 1].map { _ in graph.append(.gelu, [Self.rows(&graph)], label: "gelu") }
    // Not the same: other operands, another order, another operation.
    let sums = [
      graph.append(.add, twice, label: "sum"), graph.append(.gelu, [twice[1]], label: "gelu"),
    ]
    graph.output(graph.append(.add, sums, label: "out"))
    let once = DeadCodeElimination()(CommonSubexpressions()(graph))
    #expect(
      once.nodes.map(\.operation.name)
        == ["parameter", "gather", "gelu", "add", "gelu", "add"])
    #expect(once.nodes[3].operands == [2, 2] && once.nodes[5].operands == [3, 4])
  }

  /// What depends on parameters alone becomes a leaf with their value, however deep.
  @Test func constantsAreFolded() {
    var graph = Graph()
    let x = Self.rows(&graph)
    let qkv = Self.parameter("blocks.0.attention.qkv.weight", &graph)
    let columns = graph.append(.columns(32..<96), [qkv], label: "columns")
    graph.output(
      graph.append(.product(ProductForm(columns: 64)), [x, columns], label: "product"))
    let (gain, bias) = (Self.parameter("norm.gain", &graph), Self.parameter("norm.bias", &graph))
    let sum = graph.append(.add, [gain, bias], label: "sum")
    let wave = graph.append(.gelu, [sum], label: "gelu")
    graph.output(graph.append(.addBias, [x, wave], label: "bias"))
    let folded = DeadCodeElimination()(ConstantFolding()(WeightPacking()(graph)))
    #expect(
      folded.nodes.map(\.operation.name)
        == ["parameter", "gather", "folded", "product", "folded", "bias"])
    guard case .folded(let expression) = folded.nodes[4].operation else {
      Issue.record("no constant")
      return
    }
    let parameters = GraphSample.transformer.parameters
    let values = zip(parameters["norm.gain"].values, parameters["norm.bias"].values).map {
      Reference.gelu(Double($0) + Double($1))
    }
    let found = expression.evaluated(parameters).values.map(Double.init)
    #expect(GraphSample.difference([found], [values]) < 1e-6)
  }

  @Test func epiloguesJoinTheirProduct() {
    var graph = Graph()
    let x = Self.rows(&graph)
    var y = Self.product(x, "blocks.0.mlp.expansion.weight", 128, &graph)
    y = graph.append(
      .addBias, [y, Self.parameter("blocks.0.mlp.expansion.bias", &graph)], label: "bias")
    y = graph.append(.gelu, [y], label: "gelu")
    y = Self.product(y, "blocks.0.mlp.projection.weight", 32, &graph)
    y = graph.append(
      .addBias, [y, Self.parameter("blocks.0.mlp.projection.bias", &graph)], label: "bias")
    graph.output(graph.append(.add, [x, y], label: "sum"))
    let fused = DeadCodeElimination()(EpilogueFusion()(graph))
    let computed = fused.nodes.filter { !$0.operation.isLeaf }
    #expect(
      computed.map(\.covers) == [
        ["gather"], ["product", "bias", "gelu"], ["product", "bias", "add"],
      ])
    // Weight, bias, residual.
    #expect(fused.nodes.last?.operands.last == 1)
  }

  /// A product that something else reads too, or whose GELU is a summand, stays.
  @Test func epiloguesThatWouldChangeTheResultStay() {
    var graph = Graph()
    let x = Self.rows(&graph)
    let y = Self.product(x, "blocks.0.attention.projection.weight", 32, &graph)
    let wave = graph.append(.gelu, [y], label: "gelu")
    graph.output(graph.append(.add, [wave, y], label: "sum"))
    #expect(GraphSample.count("gelu", in: DeadCodeElimination()(EpilogueFusion()(graph))) == 1)

    graph = Graph()
    let z = Self.rows(&graph)
    let once = Self.product(z, "blocks.0.attention.projection.weight", 32, &graph)
    let bent = graph.append(.gelu, [once], label: "gelu")
    graph.output(graph.append(.add, [z, bent], label: "sum"))
    let fused = DeadCodeElimination()(EpilogueFusion()(graph))
    #expect(GraphSample.count("gelu", in: fused) == 0)
    #expect(GraphSample.count("add", in: fused) == 1)
  }

  /// In the last block all but keys, values and what they come from is for rows that are read.
  @Test func selectionMovesUpToTheLastKeys() {
    let configuration = GraphSample.transformer.configuration
    var shape = ShapeClass(hidden: true)
    shape.isPruned = true
    let graph = configuration.graph(for: shape)
      .applying([CommonSubexpressions(), DeadCodeElimination(), SelectionHoisting()])
    let products = graph.nodes.filter { $0.operation.name == "product" }
    #expect(
      products.filter { $0.rows == .batch }.map(\.label) == [
        "blocks.0.attention.qkv", "blocks.0.attention.qkv", "blocks.0.attention.projection",
        "blocks.0.mlp.expansion", "blocks.0.mlp.projection", "blocks.1.attention.qkv",
      ])
    #expect(
      products.filter { $0.rows == .read }.map(\.label) == [
        "blocks.1.attention.qkv", "blocks.1.attention.projection", "blocks.1.mlp.expansion",
        "blocks.1.mlp.projection",
      ])
    #expect(graph.nodes.count { $0.operation == .gather(.read) } == 1)
  }

  /// With a table a single block embeds only what is read, and multiplies nothing in full.
  @Test func firstBlockIsLookedUp() {
    let configuration = Sample.transformer(layers: 1, width: 32, heads: 2).configuration
    var shape = ShapeClass(hidden: true)
    shape.hasTable = true
    shape.isPruned = true
    let graph = configuration.graph(for: shape).applying(TransformerPlans.passes(for: shape))
    #expect(
      graph.nodes.filter { !$0.operation.isLeaf && $0.rows == .batch }.map(\.operation)
        == [.lookup(columns: 32..<96, rows: .batch)])
    #expect(graph.nodes.contains { $0.operation == .lookup(columns: 0..<32, rows: .read) })
    #expect(graph.nodes.contains { $0.operation == .gather(.tokens(.read)) })
    let plain = configuration.graph(for: ShapeClass(hidden: true))
    let table = FirstBlockTabulation().table(of: CommonSubexpressions()(plain))
    #expect(table.outputs.map { table.nodes[$0].columns } == [32, 64])
    #expect(GraphSample.count("attention", in: table) == 0)
  }
}

private enum Reference {
  /// The approximation of GELU, in double precision.
  static func gelu(_ x: Double) -> Double {
    0.5 * x * (1 + tangent((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  private static func tangent(_ x: Double) -> Double {
    // The continued fraction of Lambert; 25 levels are exact to rounding for |x| < 5.
    var fraction = 0.0
    for level in stride(from: 49, through: 1, by: -2) {
      fraction = x * x / (Double(level) + fraction)
    }
    return x == 0 ? 0 : fraction / x
  }
}
