import Randomness
import TestSupport
import Testing

@testable import Layers
@testable import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct EvaluationTests {
  /// The path that `MINIMO_CPU` names is the one under test, AMX also where it is emulated.
  @Test func pathIsTheOneAskedFor() {
    guard let name = getenv("MINIMO_CPU").map({ String(cString: $0) }) else { return }
    let available = TensorKernels.available
    if available.contains(name) || name == "amx" && available.contains("avx512bf16") {
      #expect(TensorKernels.level == name)
    }
  }

  static func everything(_ sequences: PackedSequences) -> InferenceRequest {
    let rows = (0..<Int32(sequences.rowCount)).map { $0 }
    return InferenceRequest(
      sequences: sequences, tokenRows: rows, valueRows: rows, policyRows: rows)
  }

  /// Packed, with shared prefixes, against full sequences in double precision.
  @Test func matchesDoublePrecision() {
    let transformer = Sample.transformer(), reference = ReferenceTransformer(transformer)
    let forest = Sample.forest(Sample.trees)
    let result = transformer.evaluate(Self.everything(forest.packed))
    var worst = 0.0, row = 0
    for (tokens, prefix) in forest.sequences {
      for hidden in reference.hidden(tokens).dropFirst(prefix) {
        for (token, logit) in reference.tokenLogits(hidden).enumerated() {
          worst = max(worst, abs(logit - Double(result.tokenLogits[row, token])))
        }
        worst = max(worst, abs(reference.value(hidden) - Double(result.values[row])))
        worst = max(worst, abs(reference.policyScore(hidden) - Double(result.policyScores[row])))
        row += 1
      }
    }
    #expect(row == forest.packed.rowCount)
    #expect(worst < tolerance(2e-5, bf16: 0.03), "\(worst)")
  }

  /// A row has the same bits alone, packed, behind a shared prefix, and where only it is read.
  @Test func rowsDoNotDependOnTheBatch() throws {
    let transformer = Sample.transformer()
    let forest = Sample.forest(Sample.trees)
    let whole = transformer.evaluate(Self.everything(forest.packed))
    try forAll(60, seed: 4) { stream in
      let count = 1 + stream.uniform(below: 5)
      let rows = (0..<count).map { _ in Int32(stream.uniform(below: forest.packed.rowCount)) }
      let read = transformer.evaluate(
        InferenceRequest(
          sequences: forest.packed, tokenRows: rows, valueRows: rows.reversed(),
          policyRows: [rows[0]]))
      for (index, row) in rows.enumerated() {
        let r = Int(row), vocabulary = transformer.configuration.vocabulary
        let logits = whole.tokenLogits.stretch(from: r * vocabulary, shape: [vocabulary])
        try #require(
          read.tokenLogits.stretch(from: index * vocabulary, shape: [vocabulary]) == logits)
        try #require(read.values[count - 1 - index] == whole.values[r])
        var alone = PackedSequences()
        alone.append(forest.histories[r])
        let last = [Int32(alone.rowCount - 1)]
        let single = transformer.evaluate(
          InferenceRequest(
            sequences: alone, tokenRows: last, valueRows: last, policyRows: last))
        try #require(single.tokenLogits.values == logits.values, "row \(r)")
        try #require(single.values == [whole.values[r]])
        try #require(single.policyScores == [whole.policyScores[r]])
      }
      try #require(read.policyScores == [whole.policyScores[Int(rows[0])]])
    }
  }

  /// Many threads, one model: every call has the bits of a call alone.
  @Test func concurrentCallsAgree() async {
    let transformer = Sample.transformer()
    let request = Self.everything(Sample.forest(Sample.trees).packed)
    let batch = TrainingTests.batch(Sample.forest(Sample.trees), everyRow: true)
    let expected = transformer.evaluate(request)
    let gradient = transformer.gradients(of: batch).1.vector
    let results = await withTaskGroup(of: (InferenceResult, Tensor).self) { group in
      for _ in 0..<8 {
        group.addTask {
          (transformer.evaluate(request), transformer.gradients(of: batch).1.vector)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(results.count == 8)
    #expect(results.allSatisfy { $0.0 == expected && $0.1 == gradient })
  }

  @Test func nothingReadCostsNothing() {
    let transformer = Sample.transformer()
    let forest = Sample.forest([(3, [])])
    let result = transformer.evaluate(InferenceRequest(sequences: forest.packed))
    #expect(result.tokenLogits.shape == [0, 19])
    #expect(result.values.isEmpty && result.policyScores.isEmpty)
    let empty = transformer.evaluate(InferenceRequest(sequences: PackedSequences()))
    #expect(empty == result)
  }

  /// Odd widths, one head, one token, one layer.
  @Test(arguments: [(1, 1, 1, 1), (1, 5, 1, 3), (3, 34, 2, 40), (1, 128, 2, 64)])
  func anySizeWorks(layers: Int, width: Int, heads: Int, vocabulary: Int) {
    let transformer = Sample.transformer(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary)
    let reference = ReferenceTransformer(transformer)
    var stream = RandomKey(seed: 5).stream()
    let tokens = (0..<7).map { _ in Int32(stream.uniform(below: vocabulary)) }
    var sequences = PackedSequences()
    sequences.append(tokens)
    let result = transformer.evaluate(Self.everything(sequences))
    for (row, hidden) in reference.hidden(tokens).enumerated() {
      let logits = reference.tokenLogits(hidden)
      for token in 0..<vocabulary {
        let scale = max(1, abs(logits[token]))
        let difference = abs(logits[token] - Double(result.tokenLogits[row, token]))
        #expect(difference < tolerance(3e-5, bf16: 0.05) * scale)
      }
    }
  }

  /// What is promised of each path, at the default size: 0.02.
  @Test func logitsAreCloseAtTheDefaultSize() {
    let configuration = TransformerConfiguration(
      layers: 2, width: 128, heads: 2, vocabulary: 128, context: 128)
    let transformer = Transformer(configuration: configuration, key: RandomKey(seed: 7))
    let reference = ReferenceTransformer(transformer)
    var stream = RandomKey(seed: 8).stream()
    let tokens = (0..<128).map { _ in Int32(stream.uniform(below: 128)) }
    var sequences = PackedSequences()
    sequences.append(tokens)
    let result = transformer.evaluate(Self.everything(sequences))
    var worst = 0.0, largest = 0.0
    for (row, hidden) in reference.hidden(tokens).enumerated() {
      for (token, logit) in reference.tokenLogits(hidden).enumerated() {
        worst = max(worst, abs(logit - Double(result.tokenLogits[row, token])))
        largest = max(largest, abs(logit))
      }
      worst = max(worst, abs(reference.value(hidden) - Double(result.values[row])))
      worst = max(worst, abs(reference.policyScore(hidden) - Double(result.policyScores[row])))
    }
    #expect(largest > 1)
    #expect(worst < tolerance(1e-5, bf16: 0.02), "\(TensorKernels.level): \(worst)")
  }

  /// Decoding token by token, slots out of step, has the bits of evaluating the whole.
  @Test(arguments: [nil, 21] as [Int?])
  func decodingKeepsTheBits(_ capacity: Int?) {
    let transformer = Sample.transformer()
    var stream = RandomKey(seed: 6).stream()
    var session = DecodingSession(transformer, slots: 4, capacity: capacity)
    var histories: [[Int32]] = Array(repeating: [], count: 4)
    for step in 0..<60 {
      if step == 25 {
        session.reset(2)
        histories[2] = []
      }
      let fed = [3, 0, 2, 1].filter {
        histories[$0].count < session.capacity && stream.uniform() < 0.6
      }
      let tokens = fed.map { slot in (slot: slot, token: Sample.tokens(1, &stream)[0]) }
      let logits = session.feed(tokens)
      #expect(logits.shape == [fed.count, 19])
      for (row, pair) in tokens.enumerated() {
        histories[pair.slot].append(pair.token)
        var sequences = PackedSequences()
        sequences.append(histories[pair.slot])
        let whole = transformer.evaluate(
          InferenceRequest(sequences: sequences, tokenRows: [Int32(sequences.rowCount - 1)]))
        #expect(whole.tokenLogits.values == logits.stretch(from: row * 19, shape: [19]).values)
      }
      #expect(session.lengths == histories.map(\.count))
    }
  }
}
