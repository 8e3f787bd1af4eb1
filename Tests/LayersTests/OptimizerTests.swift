import Randomness
import Testing

@testable import Layers
@testable import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct OptimizerTests {
  static let layout = ParameterLayout([("w", [2, 3]), ("b", [3])])

  static func gradients(_ stream: inout RandomStream, scale: Double = 0.1) -> Gradients {
    var gradients = Gradients(zeros: layout)
    for entry in layout.entries {
      gradients.set(
        entry,
        to: Tensor(
          (0..<entry.shape.count).map { _ in Float(scale * stream.normal()) }, shape: entry.shape))
    }
    return gradients
  }

  /// Ten steps of the published algorithm in double precision: warm-up, decay of matrices only.
  @Test func stepsFollowTheAlgorithm() {
    var stream = RandomKey(seed: 1).stream()
    var parameters = Parameters(zeros: Self.layout)
    parameters["w"] = Tensor((0..<6).map { Float($0) - 2 }, shape: [2, 3])
    parameters["b"] = Tensor([1, -1, 0.5])
    var optimizer = AdamW(
      for: parameters, learningRate: 0.05, beta2: 0.99, epsilon: 1e-6, weightDecay: 0.2,
      warmupSteps: 4, clipNorm: .infinity)
    var truth = parameters.vector.values.map(Double.init)
    var (m, v) = (truth.map { _ in 0.0 }, truth.map { _ in 0.0 })
    for t in 1...10 {
      let gradients = Self.gradients(&stream)
      let rate = 0.05 * min(1, Double(t) / 4)
      #expect(abs(Double(optimizer.currentLearningRate) - rate) < 1e-8)
      for entry in Self.layout.entries {
        for i in entry.offset..<entry.offset + entry.shape.count {
          let g = Double(gradients.vector.values[i])
          m[i] = 0.9 * m[i] + 0.1 * g
          v[i] = 0.99 * v[i] + 0.01 * g * g
          let first = m[i] / (1 - pow(0.9, Double(t))), second = v[i] / (1 - pow(0.99, Double(t)))
          let decay = entry.name == "w" ? 0.2 : 0
          truth[i] -= rate * (first / (second.squareRoot() + 1e-6) + decay * truth[i])
        }
      }
      optimizer.step(&parameters, gradients)
    }
    for (a, b) in zip(parameters.vector.values, truth) { #expect(abs(Double(a) - b) < 1e-5) }
    #expect(optimizer.stepCount == 10)
  }

  @Test func longGradientsAreClipped() {
    var stream = RandomKey(seed: 2).stream()
    let gradients = Self.gradients(&stream, scale: 100)
    var halved = gradients
    halved.scale(by: Float(1 / gradients.norm))
    #expect(abs(halved.norm - 1) < 1e-6)
    var (a, b) = (Parameters(zeros: Self.layout), Parameters(zeros: Self.layout))
    var clipping = AdamW(for: a, clipNorm: 1), free = AdamW(for: b, clipNorm: .infinity)
    let norm = clipping.step(&a, gradients)
    free.step(&b, halved)
    #expect(norm == gradients.norm)
    #expect(a.vector == b.vector)
    #expect(clipping.firstMoment.vector == free.firstMoment.vector)
  }

  @Test func infiniteGradientsAreSkipped() {
    var parameters = Parameters(zeros: Self.layout)
    var optimizer = AdamW(for: parameters)
    var gradients = Gradients(zeros: Self.layout)
    gradients.set(Self.layout.entries[1], to: Tensor([1, .nan, 2]))
    #expect(optimizer.step(&parameters, gradients).isNaN)
    #expect(parameters.vector.values.allSatisfy { $0 == 0 } && optimizer.stepCount == 0)
  }

  /// A restored optimizer goes on to the same bits.
  @Test func stateSurvives() throws {
    var stream = RandomKey(seed: 3).stream()
    var parameters = Parameters(zeros: Self.layout)
    var optimizer = AdamW(for: parameters, warmupSteps: 5)
    for _ in 0..<3 { optimizer.step(&parameters, Self.gradients(&stream)) }
    let bytes = optimizer.safetensors(metadata: ["iteration": "3"])
    var restored = AdamW(for: parameters, warmupSteps: 5)
    try restored.restore(safetensors: bytes)
    #expect(restored.safetensors(metadata: ["iteration": "3"]) == bytes)
    var copy = parameters
    let next = Self.gradients(&stream)
    optimizer.step(&parameters, next)
    restored.step(&copy, next)
    #expect(parameters.vector == copy.vector && restored.stepCount == 4)

    var other = AdamW(for: Parameters(zeros: ParameterLayout([("w", [3, 2]), ("b", [3])])))
    #expect(throws: SafetensorsError.self) { try other.restore(safetensors: bytes) }
    #expect(throws: SafetensorsError.self) {
      try other.restore(safetensors: Safetensors().serialized())
    }
    #expect(other.stepCount == 0)
  }

  @Test func parametersAreViewsOfOneVector() {
    var parameters = Parameters(zeros: Self.layout)
    parameters["b"] = Tensor([1, 2, 3])
    #expect(parameters["b"].values == [1, 2, 3] && parameters["w"].values.allSatisfy { $0 == 0 })
    #expect(parameters.names == ["w", "b"] && parameters.count == 9)
    #expect(Self.layout.entries.map(\.decays) == [true, false])
  }
}

extension Gradients {
  mutating func set(_ entry: ParameterLayout.Entry, to gradient: Tensor) {
    vector.withUnsafeMutableBuffer {
      _ = $0[entry.offset...].update(fromContentsOf: gradient.values)
    }
  }
}
