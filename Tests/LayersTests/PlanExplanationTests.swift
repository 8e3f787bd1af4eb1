import Randomness
import Testing

@testable import Layers

@Suite struct PlanExplanationTests {
  /// FLOPs against the count by hand: per block 12 width² multiply-adds and what follows them.
  @Test func flopsAreThoseOfTheFormula() {
    let configuration = TransformerConfiguration(
      layers: 3, width: 32, heads: 4, vocabulary: 50, context: 64)
    let plan = configuration.explainedPlan(for: .everyToken)
    let operations = plan.steps.flatMap(\.operations)
    let width = 32
    let products = 24 * width * width
    // Biases 3 + 1 + 4 + 1, residual sums 2, a GELU of 9 each, two norms.
    let rest = (9 + 2) * width + 9 * 4 * width + 2 * (7 * width + 6)
    let attention = width
    let ends = width + 7 * width + 6 + 2 * width * 50
    #expect(
      operations.reduce(0) { $0 + $1.flopsPerRow } == 3 * (products + rest + attention) + ends)
    #expect(operations.reduce(0) { $0 + $1.flopsPerKey } == 3 * (4 * width + 4 * 4))
  }

  @Test func stepsAreNamed() {
    let configuration = TransformerConfiguration(
      layers: 1, width: 16, heads: 2, vocabulary: 8, context: 32)
    let plan = configuration.explainedPlan(for: .lastTokens)
    #expect(
      plan.steps.map { $0.operations.map { $0.covers.joined(separator: "+") } } == [
        ["gather", "gather+add"], ["norm", "product+bias"], ["gather"], ["norm", "product+bias"],
        ["attention"],
        [
          "product+bias+add", "norm", "product+bias+gelu", "product+bias+add", "norm",
          "product+bias",
        ],
      ])
    #expect(plan.steps.map(\.blockedRows) == ["R", "R", "S", "S", nil, "S"])
    #expect(plan.steps[5].operations.last?.place == "output 1")
    let lines = "step 5, all rows at once\n  attention: blocks.0.attention\n"
    #expect(plan.description.contains(lines))
    let transformer = Transformer(configuration: configuration, key: RandomKey(seed: 1))
    #expect(transformer.explainedPlan(for: .lastTokens) == plan)
  }

  @Test func measurementCountsItsTokens() {
    let measurement = InferenceMeasurement(
      of: .init(layers: 1, width: 16, heads: 2, vocabulary: 8, context: 32), sequences: 3,
      sequenceTokens: 20, repeats: 4)
    #expect(measurement.tokens == 60 && measurement.seconds.count == 4)
    #expect(measurement.seconds == measurement.seconds.sorted() && measurement.seconds[0] >= 0)
  }
}
