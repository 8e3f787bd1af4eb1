import Foundation
import Randomness
import Testing

@testable import Layers
@testable import Tensor

@Suite struct TransformerTests {
  static let configuration = TransformerConfiguration(
    layers: 2, width: 64, heads: 4, vocabulary: 50, context: 32)

  @Test func initializationFollowsTheRule() {
    let transformer = Transformer(configuration: Self.configuration, key: RandomKey(seed: 1))
    let parameters = transformer.parameters
    func deviation(_ name: String) -> Double {
      let values = parameters[name].values
      return (values.reduce(0) { $0 + Double($1) * Double($1) } / Double(values.count))
        .squareRoot()
    }
    #expect(abs(deviation("tokens.weight") - 0.02) < 0.001)
    #expect(abs(deviation("blocks.1.attention.qkv.weight") - 0.02) < 0.001)
    // Two blocks add to the residual stream four times.
    #expect(abs(deviation("blocks.0.mlp.projection.weight") - 0.01) < 0.0005)
    #expect(abs(deviation("blocks.1.attention.projection.weight") - 0.01) < 0.0005)
    #expect(parameters["norm.gain"].values.allSatisfy { $0 == 1 })
    #expect(parameters["blocks.0.mlp.expansion.bias"].values.allSatisfy { $0 == 0 })
    let width = 64, blocks = 2 * (12 * width * width + 13 * width)
    #expect(parameters.count == 50 * width + 32 * width + blocks + 2 * width + width + 1 + width)
  }

  @Test func initializationDependsOnTheKeyOnly() {
    func vector(_ seed: UInt64) -> Tensor {
      Transformer(configuration: Self.configuration, key: RandomKey(seed: seed)).parameters.vector
    }
    #expect(vector(1) == vector(1))
    #expect(vector(1) != vector(2))
  }

  @Test func weightsSurvive() throws {
    let transformer = Sample.transformer()
    let bytes = transformer.safetensors(metadata: ["iteration": "7"])
    let read = try Transformer(safetensors: bytes)
    #expect(read.configuration == transformer.configuration)
    #expect(read.parameters.vector == transformer.parameters.vector)
    #expect(read.safetensors(metadata: ["iteration": "7"]) == bytes)
    let forest = Sample.forest([(5, [2])])
    let request = InferenceRequest(sequences: forest.packed, tokenRows: [4, 6], valueRows: [1])
    #expect(read.evaluate(request) == transformer.evaluate(request))
  }

  /// A step changes weights in place: who holds the old ones keeps them, whoever packed what.
  @Test func copiesKeepTheirParameters() {
    var transformer = Sample.transformer()
    let request = InferenceRequest(
      sequences: Sample.forest([(5, [])]).packed, tokenRows: [4], valueRows: [4])
    let copy = transformer, before = transformer.evaluate(request)
    var session = DecodingSession(transformer, slots: 1), other = session
    let logits = session.feed([(slot: 0, token: 3)])
    var optimizer = AdamW(for: transformer.parameters, learningRate: 0.1)
    var gradients = Gradients(zeros: transformer.parameters.layout)
    gradients.vector.withMutablePointer {
      for i in 0..<gradients.layout.count { $0[i] = Float(i % 7) - 3 }
    }
    for _ in 0..<2 {
      transformer.updateParameters { optimizer.step(&$0, gradients) }
      let fresh = Transformer(
        configuration: transformer.configuration, parameters: transformer.parameters)
      let after = transformer.evaluate(request)
      #expect(after != before)
      #expect(after == fresh.evaluate(request))
      #expect(copy.evaluate(request) == before)
    }
    #expect(other.feed([(slot: 0, token: 3)]) == logits)
  }

  /// A training step copies no weights where nobody else holds them.
  @Test func stepsChangeWeightsInPlace() {
    var transformer = Sample.transformer()
    func place() -> UnsafePointer<Float> { withPointers(transformer.parameters.vector) { $0 } }
    var optimizer = AdamW(for: transformer.parameters, learningRate: 0.1)
    let batch = TrainingBatch(
      sequences: Sample.forest([(5, [])]).packed, valueTargets: [.init(row: 4, target: 1)])
    let before = place()
    for _ in 0..<2 {
      let gradients = transformer.gradients(of: batch).1
      transformer.updateParameters { optimizer.step(&$0, gradients) }
      #expect(place() == before)
    }
  }

  /// New weights take effect: the packed copies follow.
  @Test func evaluationFollowsTheParameters() {
    var transformer = Sample.transformer()
    let request = InferenceRequest(
      sequences: Sample.forest([(5, [])]).packed, tokenRows: [4], valueRows: [4])
    let other = Transformer(
      configuration: transformer.configuration, key: RandomKey(seed: 77))
    #expect(transformer.evaluate(request) != other.evaluate(request))
    transformer.parameters = other.parameters
    #expect(transformer.evaluate(request) == other.evaluate(request))
  }

  @Test func foreignFilesAreRefused() throws {
    let transformer = Sample.transformer()
    let good = try Safetensors(parsing: transformer.safetensors())
    func refused(_ place: String, _ change: (inout Safetensors) -> Void) throws {
      var file = good
      change(&file)
      let error = try #require(throws: SafetensorsError.self) {
        try Transformer(safetensors: file.serialized())
      }
      #expect(error.place == place, "\(error)")
    }
    try refused("metadata") { $0.metadata = [:] }
    try refused("metadata") { $0.metadata["transformer.heads"] = "5" }
    try refused("metadata") { $0.metadata["transformer.width"] = "-1" }
    try refused("metadata") { $0.metadata["transformer.layers"] = "99999999999999999999" }
    // A claim of a trillion parameters must not allocate them.
    try refused("tensor \"tokens.weight\"") {
      $0.metadata["transformer.width"] = "16383"
      $0.metadata["transformer.layers"] = "256"
    }
    try refused("tensor \"norm.gain\"") { $0.tensors["norm.gain"] = nil }
    try refused("tensor \"norm.gain\"") { $0.tensors["norm.gain"] = Tensor([1]) }
    try refused("tensor \"extra\"") { $0.tensors["extra"] = Tensor([1]) }
    try refused("tensor \"norm.gain\", element 2") { $0.tensors["norm.gain"]![2] = .nan }
    #expect(throws: SafetensorsError.self) { try Transformer(safetensors: [1, 2, 3]) }
  }

  @Test func configurationsAreValidated() throws {
    func problem(_ l: Int, _ w: Int, _ h: Int, _ v: Int, _ c: Int) -> String? {
      TransformerConfiguration.problem(layers: l, width: w, heads: h, vocabulary: v, context: c)
    }
    #expect(problem(1, 8, 2, 3, 4) == nil)
    #expect(problem(0, 8, 2, 3, 4) == "layers is 0; it must be in 1...256")
    #expect(problem(1, 9, 2, 3, 4) == "width 9 is not a multiple of the 2 heads")
    #expect(problem(1, 8, 2, -3, 4) != nil && problem(1, 8, 2, 3, .max) != nil)
    let encoded = try JSONEncoder().encode(Self.configuration)
    let decoded = try JSONDecoder().decode(TransformerConfiguration.self, from: encoded)
    #expect(decoded == Self.configuration)
    let bad = Data(
      "{\"layers\":1,\"width\":9,\"heads\":2,\"vocabulary\":3,\"context\":4}".utf8)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TransformerConfiguration.self, from: bad)
    }
  }

  @Test func packingCountsRowsAndPositions() {
    var sequences = PackedSequences()
    let root = sequences.append([5, 6, 7])
    let child = sequences.append([8, 9], after: root)
    sequences.append([])
    let last = sequences.append([1], after: root)
    #expect(sequences.rowCount == 6 && sequences.longest == 5)
    #expect(sequences.tokens == [5, 6, 7, 8, 9, 1])
    #expect(sequences.positions == [0, 1, 2, 3, 4, 3])
    #expect(child.rows == 3..<5 && last.rows == 5..<6 && last.index == 3)
  }
}
