import CTensorKernels
import Randomness
import TestSupport
import Testing

@testable import Layers
@testable import Tensor

@Suite struct MemoryPlanTests {
  /// Nothing is overwritten while somebody still reads it. Simulated at the level of blocks: what
  /// each value's memory holds is followed through two blocks of every step.
  @Test func whatIsReadIsStillThere() throws {
    try forAll(200, seed: 7) { stream in
      let plain = GraphSample.random(&stream)
      let graph = stream.uniform(below: 2) == 0 ? plain : plain.applying(BackendTests.passes)
      for schedule in [Schedule(plain: graph), Schedule(blocking: graph)] {
        let plan = MemoryPlan(graph, schedule, RoundedValues(graph))
        // Who was written last to a slot (for a whole value: to each of its two blocks).
        var content: [[Graph.Value]: Graph.Value] = [:]
        func key(_ value: Graph.Value, _ block: Int) -> [Graph.Value]? {
          guard case .slot(let slot, _) = plan.places[value] else { return nil }
          return [slot, plan.isWhole[value] ? block : 0]
        }
        for step in schedule.steps {
          for block in step.blockedRows == nil ? 0..<1 : 0..<2 {
            for value in step.values {
              let node = graph.nodes[value]
              for (place, operand) in node.operands.enumerated() {
                let isRow =
                  step.blockedRows != nil && node.operation.rowOperands.contains(place)
                for block in isRow ? [block] : [0, 1] {
                  guard let key = key(operand, block) else { continue }
                  try #require(content[key] == operand, "\(value) reads \(operand)")
                }
              }
              for block in step.blockedRows == nil ? [0, 1] : [block] {
                if let key = key(value, block) { content[key] = value }
              }
            }
          }
        }
      }
    }
  }

  /// One slot for each of the residual stream, queries, keys with values, and what attention
  /// mixes, one block of normalized rows (or of the last residual stream) and one of expanded
  /// rows, at any depth. What products read takes half where they read bf16.
  @Test(arguments: [2, 7]) func depthTakesNoMemory(layers: Int) {
    let configuration = Sample.transformer(layers: layers, width: 32, heads: 2).configuration
    var shape = ShapeClass()
    shape.tokens = .all
    let program = TransformerPlans(configuration).program(for: shape)
    var floats: [MemoryPlan.Extent: Int] = [:]
    for slot in program.memory.slots { floats[slot.extent, default: 0] += slot.columns }
    let half = tk_current().pointee.has_bf16 ? 16 : 32
    #expect(floats == [.rows(.batch): 4 * 32 + half, .block: 32 + 4 * half])
  }

  /// Offsets are linear in the numbers of rows, in multiples of 16, and slots do not overlap.
  @Test func offsetsAreLinear() {
    let transformer = Sample.transformer(width: 32, heads: 2)
    let half = tk_current().pointee.has_bf16 ? 16 : 32
    var shape = ShapeClass()
    shape.isPruned = true
    shape.values = .all
    let program = TransformerPlans(transformer.configuration).program(for: shape)
    func arena(_ rows: Int) -> [Int] {
      var packed = PackedSequences()
      for _ in 0..<rows / 16 { packed.append(Array(repeating: 1, count: 16)) }
      var inputs = GraphInputs(packed, parameters: transformer.parameters)
      inputs.reading = [15]
      let (size, offsets) = program.arena(for: inputs)
      #expect(offsets == offsets.sorted() && offsets.allSatisfy { $0 % 16 == 0 })
      return offsets + [size]
    }
    // Above the largest block the size of blocks is a constant.
    let arenas = [arena(1600), arena(3200), arena(4800)]
    // Five of the batch: what is read takes slots that the batch no longer needs.
    #expect(arenas[1].last! - arenas[0].last! == 1600 * (4 * 32 + half))
    for i in arenas[0].indices {
      #expect(arenas[2][i] - arenas[1][i] == arenas[1][i] - arenas[0][i])
    }
  }
}
