import CTensorKernels
import Tensor

/// The backend of the C kernels.
struct KernelBackend: GraphBackend {
  /// Whether row by row operations run block by block.
  var blocksRows = true
  /// Whether values share memory.
  var reusesMemory = true
  /// Whether what only products read is kept as bf16.
  var keepsRounded = true

  func compile(_ graph: Graph) -> KernelProgram {
    let schedule = blocksRows ? Schedule(blocking: graph) : Schedule(plain: graph)
    let rounded = keepsRounded ? RoundedValues(graph) : RoundedValues(none: graph)
    return KernelProgram(
      graph, schedule, MemoryPlan(graph, schedule, rounded, reusesMemory: reusesMemory))
  }

  func evaluate(_ graph: Graph, on inputs: GraphInputs) -> [Tensor] {
    let program = compile(graph)
    return program.run(
      inputs, constants: program.folded.map { $0.expression.evaluated(inputs.parameters) },
      in: ArenaPool(limit: 0))
  }
}

extension Expression {
  /// Its value for the given parameters, by the kernels. Unless it is a parameter itself it has
  /// memory of its own, so that the parameters can still be changed in place.
  func evaluated(_ parameters: Parameters) -> Tensor {
    switch self {
    case .parameter(let entry): return parameters[entry]
    case .applied(let operation, let arguments, _, let count):
      if operation == .pack, let (entry, start, row, column) = arguments[0].view {
        return withPointers(parameters.vector) { vector in
          Tensor([1, count]) {
            tk_current().pointee.pack(
              Int64(arguments[0].rows), Int64(arguments[0].columns),
              vector + entry.offset + start, Int64(row), Int64(column), true, $0)
          }
        }
      }
      var graph = Graph()
      let operands = arguments.map {
        switch $0 {
        case .parameter(let entry):
          graph.append(.parameter(entry), label: entry.name)
        case .applied: graph.append(.folded($0), label: "folded")
        }
      }
      graph.output(graph.append(operation, operands, label: operation.name))
      return KernelBackend().evaluate(
        graph, on: GraphInputs(tokens: [], positions: [], parameters: parameters))[0]
    }
  }

  /// A parameter that it is the whole, columns or the transpose of: from which number on, and how
  /// far the next row and column are.
  private var view: (entry: ParameterLayout.Entry, start: Int, row: Int, column: Int)? {
    switch self {
    case .parameter(let entry): return (entry, 0, entry.shape.columns, 1)
    case .applied(.columns(let range), let arguments, _, _):
      guard let (entry, start, row, column) = arguments[0].view else { return nil }
      return (entry, start + range.lowerBound * column, row, column)
    case .applied(.transpose, let arguments, _, _):
      guard let (entry, start, row, column) = arguments[0].view else { return nil }
      return (entry, start, column, row)
    default: return nil
    }
  }

  /// Some of its columns.
  func columns(_ range: Range<Int>) -> Expression {
    .applied(.columns(range), [self], rows: rows, columns: range.count)
  }

  var transposed: Expression {
    .applied(.transpose, [self], rows: columns, columns: rows)
  }

  var packed: Expression {
    .applied(.pack, [self], rows: 1, columns: Operation.packedSize(rows, columns))
  }
}
