import CTensorKernels
import Synchronization
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

/// The programs of one transformer's sizes, and what is recorded for training, made once per class
/// of batches.
final class InferencePlans: Sendable {
  private enum Key: Hashable {
    case inference(ShapeClass)
    case table
  }

  let configuration: TransformerConfiguration
  /// Of at most 32 MiB each.
  let arenas = ArenaPool(limit: 8 << 20)
  private let programs = Mutex<[Key: KernelProgram]>([:])
  private let recorded = Mutex<[ShapeClass: Graph]>([:])

  init(_ configuration: TransformerConfiguration) { self.configuration = configuration }

  /// The passes in their order.
  static func passes(for shape: ShapeClass) -> [any GraphPass] {
    let table: [any GraphPass] = shape.hasTable ? [FirstBlockTabulation()] : []
    return [CommonSubexpressions(), DeadCodeElimination()] + table + [SelectionHoisting()]
      + fusing
  }

  private static let fusing: [any GraphPass] = [
    WeightPacking(), ConstantFolding(), DeadCodeElimination(), EpilogueFusion(),
    DeadCodeElimination(),
  ]

  func program(for shape: ShapeClass) -> KernelProgram {
    program(.inference(shape)) {
      configuration.graph(for: shape).applying(Self.passes(for: shape))
    }
  }

  /// What a tape records of a batch.
  func recordedGraph(for shape: ShapeClass) -> Graph {
    recorded.withLock { recorded in
      if let known = recorded[shape] { return known }
      let graph = configuration.graph(for: shape).applying(Recording.passes)
      recorded[shape] = graph
      return graph
    }
  }

  /// What a table of the first block holds, for tokens each by itself.
  var table: KernelProgram {
    program(.table) {
      let graph = configuration.graph(for: ShapeClass(hidden: true))
        .applying([CommonSubexpressions(), DeadCodeElimination()])
      return FirstBlockTabulation().table(of: graph).applying(Self.fusing)
    }
  }

  private func program(_ key: Key, _ graph: () -> Graph) -> KernelProgram {
    programs.withLock { programs in
      if let known = programs[key] { return known }
      let program = KernelBackend().compile(graph())
      programs[key] = program
      return program
    }
  }
}

/// The programs with what they need of one transformer's weights, computed when it is first needed.
final class BoundPlans: Sendable {
  /// A program and the values of its constants.
  struct Bound: Sendable {
    let program: KernelProgram
    let constants: [Tensor]
    fileprivate let arenas: ArenaPool

    func run(_ inputs: GraphInputs) -> [Tensor] {
      program.run(inputs, constants: constants, in: arenas)
    }
  }

  private struct Known {
    var bound: [ShapeClass: Bound] = [:]
    var table: Bound?
    /// Constants of the programs, most of which they share.
    var constants: [Expression: Tensor] = [:]

    mutating func value(of expression: Expression, _ parameters: Parameters) -> Tensor {
      if let value = constants[expression] { return value }
      let value = expression.evaluated(parameters)
      constants[expression] = value
      return value
    }
  }

  private let plans: InferencePlans
  /// Held while packing: nothing is packed twice, and whoever needs anything meanwhile waits.
  private let known = Mutex(Known())

  init(_ plans: InferencePlans) { self.plans = plans }

  func program(for shape: ShapeClass) -> KernelProgram { plans.program(for: shape) }

  func recordedGraph(for shape: ShapeClass) -> Graph { plans.recordedGraph(for: shape) }

  /// - Parameter parameters: those that belong to these plans.
  func plan(for shape: ShapeClass, _ parameters: Parameters) -> Bound {
    known.withLock { known in
      if let plan = known.bound[shape] { return plan }
      let plan = bind(plans.program(for: shape), parameters, &known)
      known.bound[shape] = plan
      return plan
    }
  }

  /// What fills a table of the first block.
  func table(_ parameters: Parameters) -> Bound {
    known.withLock { known in
      if let table = known.table { return table }
      let table = bind(plans.table, parameters, &known)
      known.table = table
      return table
    }
  }

  /// The value of an expression, which others may need too.
  func constant(_ expression: Expression, _ parameters: Parameters) -> Tensor {
    known.withLock { $0.value(of: expression, parameters) }
  }

  private func bind(
    _ program: KernelProgram, _ parameters: Parameters, _ known: inout Known
  ) -> Bound {
    Bound(
      program: program,
      constants: program.folded.map { known.value(of: $0.expression, parameters) },
      arenas: plans.arenas)
  }
}
