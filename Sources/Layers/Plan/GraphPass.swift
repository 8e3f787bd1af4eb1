/// A change of a graph that keeps what it computes.
protocol GraphPass: Sendable {
  func callAsFunction(_ graph: Graph) -> Graph
}

extension Graph {
  func applying(_ passes: [any GraphPass]) -> Graph { passes.reduce(self) { $1($0) } }
}

/// Leaves out what no output needs. What a cache should keep is needed.
struct DeadCodeElimination: GraphPass {
  func callAsFunction(_ graph: Graph) -> Graph {
    var isNeeded = Array(repeating: false, count: graph.nodes.count)
    for value in graph.outputs { isNeeded[value] = true }
    for (value, node) in graph.nodes.enumerated().reversed() {
      if node.operation.hasEffect { isNeeded[value] = true }
      guard isNeeded[value] else { continue }
      for operand in node.operands { isNeeded[operand] = true }
    }
    var alive = Graph()
    var new = Array(repeating: -1, count: graph.nodes.count)
    for (value, node) in graph.nodes.enumerated() where isNeeded[value] {
      new[value] = alive.append(
        node.operation, node.operands.map { new[$0] }, label: node.label, covers: node.covers)
    }
    for value in graph.outputs { alive.output(new[value]) }
    return alive
  }
}

/// Computes what is written twice once.
struct CommonSubexpressions: GraphPass {
  private struct Key: Hashable {
    let operation: Operation
    let operands: [Graph.Value]
  }

  func callAsFunction(_ graph: Graph) -> Graph {
    var known: [Key: Graph.Value] = [:]
    return graph.rewritten { new, old, operands in
      let node = graph.nodes[old]
      if node.operation.hasEffect { return nil }
      let key = Key(operation: node.operation, operands: operands)
      if let value = known[key] { return value }
      let value = new.append(
        node.operation, operands, label: node.label, covers: node.covers)
      known[key] = value
      return value
    }
  }
}

/// Puts weights into the order in which the kernel reads them.
struct WeightPacking: GraphPass {
  func callAsFunction(_ graph: Graph) -> Graph {
    graph.rewritten { new, old, operands in
      let node = graph.nodes[old]
      guard case .product(var form) = node.operation, !form.isPacked,
        case .fixed = new.nodes[operands[1]].rows
      else { return nil }
      form.isPacked = true
      let weight = new.append(.pack, [operands[1]], label: new.nodes[operands[1]].label)
      return new.append(
        .product(form), [operands[0], weight] + operands[2...], label: node.label,
        covers: node.covers)
    }
  }
}

/// Takes what depends on parameters alone out of the graph.
struct ConstantFolding: GraphPass {
  func callAsFunction(_ graph: Graph) -> Graph {
    graph.rewritten { new, old, operands in
      let node = graph.nodes[old]
      guard isFoldable(node.operation), case .fixed(let rows) = node.rows else { return nil }
      var arguments: [Expression] = []
      for operand in operands {
        switch new.nodes[operand].operation {
        case .parameter(let entry): arguments.append(.parameter(entry))
        case .folded(let expression): arguments.append(expression)
        default: return nil
        }
      }
      return new.append(
        .folded(.applied(node.operation, arguments, rows: rows, columns: node.columns)),
        label: node.label)
    }
  }

  private func isFoldable(_ operation: Operation) -> Bool {
    switch operation {
    case .columns, .transpose, .pack, .add, .addBias, .gelu, .layerNorm, .product: true
    case .parameter, .folded, .lookup, .gather, .gatherAdd, .keep, .merge, .attention,
      .cachedAttention:
      false
    }
  }
}

/// Lets a matrix product do what follows it: bias, GELU, residual sum; and a gather its sum.
///
/// The residual then comes first in each sum and no longer last, which rounds differently.
struct EpilogueFusion: GraphPass {
  func callAsFunction(_ graph: Graph) -> Graph {
    let uses = graph.useCounts
    return graph.rewritten { new, old, operands in
      let node = graph.nodes[old]
      /// What an operand that is used here only is computed by.
      func producer(_ place: Int) -> Graph.Node? {
        uses[node.operands[place]] == 1 ? new.nodes[operands[place]] : nil
      }
      func product(_ place: Int) -> (form: ProductForm, node: Graph.Node)? {
        guard let producer = producer(place), case .product(let form) = producer.operation,
          !form.hasGELU
        else { return nil }
        return (form, producer)
      }
      switch node.operation {
      case .addBias:
        guard let product = product(0), !product.form.hasBias, !product.form.hasResidual else {
          return nil
        }
        var form = product.form
        form.hasBias = true
        return new.append(
          .product(form), product.node.operands + [operands[1]], label: product.node.label,
          covers: product.node.covers + node.covers)
      case .gelu:
        guard let product = product(0) else { return nil }
        var form = product.form
        form.hasGELU = true
        return new.append(
          .product(form), product.node.operands, label: product.node.label,
          covers: product.node.covers + node.covers)
      case .add:
        for place in [1, 0] {
          let other = operands[1 - place]
          if let product = product(place), !product.form.hasResidual {
            var form = product.form
            form.hasResidual = true
            return new.append(
              .product(form), product.node.operands + [other], label: product.node.label,
              covers: product.node.covers + node.covers)
          }
          if let producer = producer(place), case .gather(let index) = producer.operation {
            return new.append(
              .gatherAdd(index), [other, producer.operands[0]], label: producer.label,
              covers: producer.covers + node.covers)
          }
        }
        return nil
      default: return nil
      }
    }
  }
}
