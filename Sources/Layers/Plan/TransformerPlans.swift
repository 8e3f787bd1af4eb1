import Synchronization
import Tensor

/// The programs of one transformer's sizes, and what is recorded for training, made once per class
/// of batches.
final class TransformerPlans: Sendable {
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

  private let plans: TransformerPlans
  /// Held while packing: nothing is packed twice, and whoever needs anything meanwhile waits.
  private let known = Mutex(Known())

  init(_ plans: TransformerPlans) { self.plans = plans }

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
