import Tensor

/// What distinguishes the batches that need graphs of their own; all else is a number of rows.
struct ShapeClass: Hashable, Sendable {
  enum Keys: Sendable {
    /// Those of the batch.
    case own
    /// The same, and a cache keeps some.
    case kept
    /// Those of the batch and of a cache, which may keep some.
    case merged
    /// Those of each row's slot in a decoding session, which keeps them all.
    case decoded
  }

  enum Head: Sendable {
    case absent
    /// Each row that is read, in their order.
    case all
    /// Any of them.
    case some
  }

  var keys = Keys.own
  /// Whether what the first block computes from single tokens is in a table.
  var hasTable = false
  /// Whether not all rows are read.
  var isPruned = false
  /// Whether the final layer norm's output is asked for.
  var hidden = false
  var tokens = Head.absent, values = Head.absent, policies = Head.absent

  init(hidden: Bool = false) { self.hidden = hidden }

  /// That of one step of a decoding session.
  static let decoding = {
    var shape = ShapeClass()
    (shape.keys, shape.tokens) = (.decoded, .all)
    return shape
  }()

  /// The class of a batch of which so many rows are read.
  init(_ sequences: PackedSequences, readCount: Int, cache: CacheRows?) {
    if sequences.keyCount > sequences.rowCount {
      keys = .merged
    } else if !sequences.kept.isEmpty {
      keys = .kept
    }
    hasTable = cache?.table != nil
    isPruned = readCount < sequences.rowCount
  }
}

extension ShapeClass.Head {
  /// How a head reads `rows` out of `count`.
  init(_ rows: [Int32], of count: Int) {
    if rows.isEmpty {
      self = .absent
    } else if rows.count == count && rows.enumerated().allSatisfy({ $0 == Int($1) }) {
      self = .all
    } else {
      self = .some
    }
  }
}

extension TransformerConfiguration {
  /// The transformer in plain operations, one parameter or formula at a time.
  ///
  /// Outputs: hidden rows, token logits, values, policy scores, those that the class asks for.
  func graph(for shape: ShapeClass) -> Graph {
    var author = GraphAuthor(layout: Transformer.layout(self))
    var x = author.sum(
      author.rows(of: "tokens.weight", .tokens(.batch)),
      author.rows(of: "positions.weight", .positions(.batch)), label: "embedding")
    for layer in 0..<layers {
      let block = "blocks.\(layer)."
      let queries = author.linear(
        author.norm(x, block + "attention.norm"), block + "attention.qkv", columns: 0..<width)
      var keysValues = author.linear(
        author.norm(x, block + "attention.norm"), block + "attention.qkv",
        columns: width..<3 * width)
      if shape.keys == .kept || shape.keys == .merged {
        keysValues = author.graph.append(
          .keep(layer: layer), [keysValues], label: block + "keys")
      }
      if shape.keys == .merged {
        keysValues = author.graph.append(
          .merge(layer: layer), [keysValues], label: block + "keys")
      }
      let attention: Operation =
        shape.keys == .decoded
        ? .cachedAttention(layer: layer, heads: heads) : .attention(heads: heads)
      let mixed = author.graph.append(
        attention, [queries, keysValues], label: block + "attention")
      x = author.sum(x, author.linear(mixed, block + "attention.projection"), label: block + "x")
      let expanded = author.graph.append(
        .gelu, [author.linear(author.norm(x, block + "mlp.norm"), block + "mlp.expansion")],
        label: block + "mlp.expansion")
      x = author.sum(x, author.linear(expanded, block + "mlp.projection"), label: block + "x")
    }
    var hidden = author.norm(x, "norm")
    if shape.isPruned { hidden = author.rows(hidden, .read) }
    if shape.hidden { author.graph.output(hidden) }
    let embedding = author.parameter("tokens.weight")
    let logits = author.product(
      author.rows(hidden, .tokenHead, of: shape.tokens),
      author.graph.append(.transpose, [embedding], label: "tokens.weight"), "tokens")
    let values = author.linear(author.rows(hidden, .valueHead, of: shape.values), "value")
    let scores = author.product(
      author.rows(hidden, .policyHead, of: shape.policies), author.parameter("policy.weight"),
      "policy")
    for (head, value) in [
      (shape.tokens, logits), (shape.values, values), (shape.policies, scores),
    ] where head != .absent {
      author.graph.output(value)
    }
    return author.graph
  }
}

/// Writes a graph in terms of named parameters.
private struct GraphAuthor {
  let layout: ParameterLayout
  var graph = Graph()

  init(layout: ParameterLayout) { self.layout = layout }

  mutating func parameter(_ name: String) -> Graph.Value {
    graph.append(.parameter(layout.entry(name)), label: name)
  }

  mutating func rows(of name: String, _ index: RowIndex) -> Graph.Value {
    let table = parameter(name)
    return graph.append(.gather(index), [table], label: name)
  }

  mutating func rows(_ value: Graph.Value, _ index: RowIndex) -> Graph.Value {
    graph.append(.gather(index), [value], label: graph.nodes[value].label)
  }

  mutating func rows(
    _ value: Graph.Value, _ index: RowIndex, of head: ShapeClass.Head
  ) -> Graph.Value {
    head == .some ? rows(value, index) : value
  }

  mutating func sum(_ a: Graph.Value, _ b: Graph.Value, label: String) -> Graph.Value {
    graph.append(.add, [a, b], label: label)
  }

  mutating func norm(_ x: Graph.Value, _ name: String) -> Graph.Value {
    let gain = parameter(name + ".gain"), bias = parameter(name + ".bias")
    return graph.append(.layerNorm, [x, gain, bias], label: name)
  }

  mutating func product(_ x: Graph.Value, _ weight: Graph.Value, _ name: String) -> Graph.Value {
    graph.append(
      .product(ProductForm(columns: graph.nodes[weight].columns)), [x, weight], label: name)
  }

  /// A product with a weight, or with some of its columns, and a bias.
  mutating func linear(
    _ x: Graph.Value, _ name: String, columns: Range<Int>? = nil
  ) -> Graph.Value {
    var weight = parameter(name + ".weight"), bias = parameter(name + ".bias")
    if let columns {
      weight = graph.append(.columns(columns), [weight], label: name + ".weight")
      bias = graph.append(.columns(columns), [bias], label: name + ".bias")
    }
    let product = product(x, weight, name)
    return graph.append(.addBias, [product, bias], label: name)
  }
}
