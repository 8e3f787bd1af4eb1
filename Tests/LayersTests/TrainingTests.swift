import Randomness
import Testing

@testable import Layers
@testable import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct TrainingTests {
  /// Labels of all three kinds on some rows of a forest.
  static func batch(_ forest: Sample.Forest, everyRow: Bool) -> TrainingBatch {
    let rows = (0..<Int32(forest.packed.rowCount)).map { $0 }
    var batch = TrainingBatch(sequences: forest.packed)
    batch.tokenTargets = rows.filter { everyRow || $0 % 7 == 2 }.map {
      .init(row: $0, token: $0 * 5 % 19, weight: 0.5 + Float($0 % 3))
    }
    batch.valueTargets = [.init(row: 3, target: 1), .init(row: 12, target: 0.25, weight: 2)]
    batch.policyTargets = [
      .init(rows: [9, 13, 15], probabilities: [0.5, 0.5, 0]),
      .init(rows: [3, 20], probabilities: [1, 0], weight: 0.5),
    ]
    return batch
  }

  static func loss(_ reference: ReferenceTransformer, _ forest: Sample.Forest, _ b: TrainingBatch)
    -> (token: Double, value: Double, policy: Double)
  {
    func hidden(_ row: Int32) -> [Double] { reference.hidden(forest.histories[Int(row)]).last! }
    func logSum(_ z: [Double]) -> Double {
      let m = z.max()!
      return m + log(z.reduce(0) { $0 + exp($1 - m) })
    }
    var (token, value, policy) = (0.0, 0.0, 0.0)
    for t in b.tokenTargets {
      let z = reference.tokenLogits(hidden(t.row))
      token += Double(t.weight) * (logSum(z) - z[Int(t.token)])
    }
    for t in b.valueTargets {
      let z = reference.value(hidden(t.row))
      value += Double(t.weight) * (logSum([0, z]) - Double(t.target) * z)
    }
    for t in b.policyTargets {
      let z = t.rows.map { reference.policyScore(hidden($0)) }, total = logSum(z)
      for (z, p) in zip(z, t.probabilities) {
        policy -= Double(t.weight) * Double(p) * (z - total)
      }
    }
    return (token, value, policy)
  }

  /// The report against double precision, and the gradient along random directions, and in each
  /// parameter's own, against central differences of the double-precision loss.
  @Test(arguments: [true, false])
  func gradientsMatchFiniteDifferences(everyRow: Bool) {
    let transformer = Sample.transformer(layers: 2, width: 12, heads: 2, context: 16)
    let forest = Sample.forest([(9, [1, 4, 2]), (6, [])])
    let batch = Self.batch(forest, everyRow: everyRow)
    let (report, gradients) = transformer.gradients(of: batch)
    let reference = ReferenceTransformer(transformer)
    let truth = Self.loss(reference, forest, batch)
    #expect(abs(report.token - truth.token) < tolerance(1e-5, bf16: 0.01) * truth.token)
    #expect(abs(report.value - truth.value) < tolerance(1e-5, bf16: 0.01) * truth.value)
    #expect(abs(report.policy - truth.policy) < tolerance(1e-5, bf16: 0.01) * truth.policy)
    #expect(report.valueWeight == 3 && report.policyWeight == 1.5)
    #expect(transformer.losses(of: batch) == report)

    var stream = RandomKey(seed: 8).stream()
    let h = 1e-4
    for name in transformer.parameters.names {
      let direction = reference[name].map { _ in stream.normal() }
      var (low, high) = (reference, reference)
      low.parameters[name] = zip(reference[name], direction).map { $0 - h * $1 }
      high.parameters[name] = zip(reference[name], direction).map { $0 + h * $1 }
      let (a, b) = (Self.loss(high, forest, batch), Self.loss(low, forest, batch))
      let total = (a.token + a.value + a.policy) - (b.token + b.value + b.policy)
      let expected = total / (2 * h)
      let actual = zip(gradients[name].values, direction).reduce(0) {
        $0 + Double($1.0) * $1.1
      }
      let bound = tolerance(2e-4, bf16: 0.1) * max(1, abs(expected))
      #expect(abs(actual - expected) < bound, "\(name)")
    }
  }

  /// What is recorded and the compiled plan agree to the bit, with packed weights and without, for
  /// all rows and for some, heads that read them all, in another order or repeatedly.
  @Test func recordingMatchesEvaluation() {
    let transformer = Sample.transformer()
    let forest = Sample.forest(Sample.trees)
    let all = (0..<Int32(forest.packed.rowCount)).map { $0 }
    for rows in [all, all.filter { $0 % 4 == 1 }] {
      for tokens in [rows, [rows[2], rows[0], rows[2]]] {
        let (inputs, shape) = transformer.inputs(
          of: InferenceRequest(
            sequences: forest.packed, tokenRows: tokens, valueRows: Array(rows.prefix(3)),
            policyRows: rows.reversed()))!
        let expected = transformer.bound.plan(for: shape, transformer.parameters).run(inputs)
        for plans in [nil, transformer.bound] {
          var recording = Recording(inputs, plans: plans)
          let outputs = recording.record(transformer.bound.recordedGraph(for: shape))
          #expect(outputs.map { recording.tape[$0] } == expected)
        }
      }
    }
  }

  /// Sequences apart add up to the gradient of all of them, to fp32 rounding on every path: a row's
  /// numbers round alike whatever else is in the batch.
  @Test func sequencesAddUp() {
    let transformer = Sample.transformer()
    var stream = RandomKey(seed: 9).stream()
    let sequences = [17, 5, 12, 1, 9].map { Sample.tokens($0, &stream) }
    func batch(_ sequences: ArraySlice<[Int32]>) -> TrainingBatch {
      var batch = TrainingBatch()
      for tokens in sequences {
        let start = Int32(batch.sequences.rowCount), end = start + Int32(tokens.count) - 1
        batch.sequences.append(tokens)
        for (row, token) in zip(start..., tokens.dropFirst()) {
          batch.tokenTargets.append(.init(row: row, token: token, weight: 0.5))
        }
        batch.valueTargets.append(.init(row: end, target: 0.25))
      }
      return batch
    }
    let whole = transformer.gradients(of: batch(sequences[...])).1
    let sum = sequences.indices.dropFirst().reduce(
      transformer.gradients(of: batch(sequences[..<1])).1
    ) { $0 + transformer.gradients(of: batch(sequences[$1...$1])).1 }
    let scale = whole.vector.values.reduce(0) { max($0, abs($1)) }
    #expect(scale > 0.1)
    for (a, b) in zip(sum.vector.values, whole.vector.values) {
      #expect(abs(a - b) < 2e-6 * scale)
    }
  }

  /// Labels apart too; where products round to bf16, parts of a row's gradient do by themselves.
  @Test func shardsAddUp() {
    let transformer = Sample.transformer()
    let forest = Sample.forest(Sample.trees)
    let whole = TrainingTests.batch(forest, everyRow: true)
    var shards: [TrainingBatch] = []
    for part in 0..<3 {
      var shard = whole
      shard.tokenTargets = whole.tokenTargets.filter { $0.row % 3 == part }
      shard.valueTargets = part == 0 ? whole.valueTargets : []
      shard.policyTargets = part == 2 ? whole.policyTargets : []
      shards.append(shard)
    }
    let expected = transformer.gradients(of: whole)
    let parts = shards.map { transformer.gradients(of: $0) }
    let sum = Gradients.sum(parts.map(\.1))
    let vectors = parts.map(\.1.vector.values)
    #expect(vectors[0].count > 3 * 4096)
    let added = vectors[0].indices.map { i in
      vectors.dropFirst().reduce(vectors[0][i]) { $0 + $1[i] }
    }
    #expect(sum.vector.values == added)
    let scale = expected.1.vector.values.reduce(0) { max($0, abs($1)) }
    for (a, b) in zip(sum.vector.values, expected.1.vector.values) {
      #expect(Double(abs(a - b)) < tolerance(2e-6, bf16: 4e-3) * Double(scale))
    }
    let reports = parts[0].0 + parts[1].0 + parts[2].0
    #expect(abs(reports.total - expected.0.total) < 1e-6 * expected.0.total)
    #expect(reports.tokenWeight == expected.0.tokenWeight)
  }

  @Test func noLabelsNoGradient() {
    let transformer = Sample.transformer()
    let (report, gradients) = transformer.gradients(
      of: TrainingBatch(sequences: Sample.forest([(4, [])]).packed))
    #expect(report == LossReport())
    #expect(gradients.norm == 0)
  }

  /// Four sequences told apart by their first token, learned by heart: the loss ends below a
  /// hundredth of a nat per label, from ln 19 for the tokens and ln 2 for the values.
  @Test func overfits() {
    var transformer = Transformer(
      configuration: .init(layers: 1, width: 32, heads: 2, vocabulary: 19, context: 12),
      key: RandomKey(seed: 9))
    var stream = RandomKey(seed: 10).stream()
    var batch = TrainingBatch()
    for sequence in 0..<4 {
      let tokens = [Int32(sequence)] + Sample.tokens(9, &stream)
      let rows = batch.sequences.append(tokens).rows
      for (row, token) in zip(rows, tokens.dropFirst()) {
        batch.tokenTargets.append(.init(row: Int32(row), token: token))
      }
      batch.valueTargets.append(
        .init(row: Int32(rows.upperBound - 1), target: Float(sequence % 2)))
      batch.policyTargets.append(
        .init(
          rows: (0..<3).map { Int32(rows.lowerBound + 1 + $0) },
          probabilities: (0..<3).map { $0 == sequence % 3 ? 1 : 0 }))
    }
    let labels = 36.0 + 4 + 4
    let first = transformer.losses(of: batch)
    #expect(abs(first.token / 36 - log(19)) < 0.05)
    #expect(abs(first.value / 4 - log(2)) < 0.05)
    #expect(abs(first.policy / 4 - log(3)) < 0.05)
    var optimizer = AdamW(
      for: transformer.parameters, learningRate: 1e-2, weightDecay: 0, warmupSteps: 10)
    for _ in 0..<200 {
      var (_, gradients) = transformer.gradients(of: batch)
      gradients.scale(by: Float(1 / labels))
      optimizer.step(&transformer.parameters, gradients)
    }
    #expect(transformer.losses(of: batch).total / labels < 0.01)
  }
}
