import Layers
import Parallel
import Proving
import Randomness
import Tensor
import Testing

@testable import Agent

@Suite struct LearnerTests {
  let fixture: Fixture

  init() throws { fixture = try Fixture(domain: "groups") }

  func buffer() -> [ExampleSet] {
    var random = RandomKey(seed: 1).stream()
    let examples = RandomExamples(vocabulary: fixture.space.vocabulary.count)
    return (0..<2).map { _ in examples.set(conjectures: 10, proofs: 15, theorems: 2, &random) }
  }

  struct Trained: Equatable {
    var bits: [UInt32]
    var losses: LossReport
    var history: [LossReport]
  }

  func train(
    threads: Int, settings: Learner.Settings, on buffer: [ExampleSet], rounds: Int = 1
  ) -> Trained {
    var transformer = fixture.transformer()
    var optimizer = AdamW(
      for: transformer.parameters, learningRate: Float(settings.rate),
      warmupSteps: settings.warmupSteps)
    let learner = Learner(
      settings: settings, vocabulary: fixture.space.vocabulary,
      pool: WorkerPool(threads: threads))
    var history: [LossReport] = []
    var losses = LossReport()
    for round in 0..<rounds {
      losses = learner.train(
        &transformer, &optimizer, on: buffer, key: RandomKey(seed: 7).child("round", round)
      ) { step, report in
        precondition(step == history.count % settings.steps + 1)
        history.append(report)
      }
    }
    return Trained(bits: transformer.bits, losses: losses, history: history)
  }

  @Test func threadsChangeNothing() {
    let settings = Learner.Settings(steps: 5, batchRows: 600, rate: 1e-3, warmupSteps: 2)
    let buffer = buffer()
    // Two rounds, so that the optimizer's own state counts as well.
    let one = train(threads: 1, settings: settings, on: buffer, rounds: 2)
    #expect(one.bits != fixture.transformer().bits)
    for threads in [1, 2, 4] {
      #expect(train(threads: threads, settings: settings, on: buffer, rounds: 2) == one)
    }
  }

  /// A step changes the weights where they are. One step at a time: after several, copies could be
  /// back where the weights had been.
  @Test func weightsStayWhereTheyAre() {
    var transformer = fixture.transformer()
    func place() -> UnsafePointer<Float> { withPointers(transformer.parameters.vector) { $0 } }
    var optimizer = AdamW(for: transformer.parameters, learningRate: 1e-3)
    let learner = Learner(
      settings: .init(steps: 1, batchRows: 200), vocabulary: fixture.space.vocabulary,
      pool: WorkerPool(threads: 2))
    // The first step may find the weights shared with whoever made them.
    _ = learner.train(&transformer, &optimizer, on: buffer(), key: RandomKey(seed: 1)) { _, _ in }
    let (before, bits) = (place(), transformer.bits)
    _ = learner.train(&transformer, &optimizer, on: buffer(), key: RandomKey(seed: 2)) { _, _ in }
    #expect(place() == before)
    #expect(transformer.bits != bits)
  }

  @Test func lossFalls() {
    let buffer = [buffer()[0]]
    let settings = Learner.Settings(steps: 60, batchRows: 300, rate: 3e-3, warmupSteps: 5)
    let trained = train(threads: 2, settings: settings, on: buffer)
    let (first, last) = (trained.history[0], trained.losses)
    // Each loss is a mean over its own labels.
    for report in trained.history {
      #expect(abs(report.tokenWeight - 1) < 1e-4 && abs(report.valueWeight - 1) < 1e-4)
      #expect(abs(report.policyWeight - 1) < 1e-4)
    }
    #expect(last.token / last.tokenWeight < 0.6 * first.token)
    #expect(last.policy / last.policyWeight < 0.6 * first.policy)
    #expect(last.value / last.valueWeight < 0.9 * first.value)
    // The last tenth of the steps.
    let sum = trained.history.suffix(6).reduce(LossReport()) { $0 + $1 }
    #expect(sum == last)
  }

  /// The gradient that a step takes is that of the mean losses of the whole draw.
  @Test func shardsAddUp() {
    let settings = Learner.Settings(steps: 1, batchRows: 400)
    let buffer = buffer()
    let trained = train(threads: 1, settings: settings, on: buffer)
    let key = RandomKey(seed: 7).child("round", 0).child("step", 0)
    let draw = ExampleSampler(buffer, settings: settings).draw(key: key)
    // The same losses, one example at a time.
    let transformer = fixture.transformer()
    let vocabulary = fixture.space.vocabulary
    var (token, value, policy) = (0.0, 0.0, 0.0)
    var (tokens, policies) = (0, 0)
    for example in draw.conjectures {
      var batch = TrainingBatch()
      let input = [vocabulary.id(example.difficulty.prompt)] + example.tokens
      batch.sequences.append(input)
      for (row, target) in (example.tokens + [vocabulary.id(.end)]).enumerated() {
        batch.tokenTargets.append(.init(row: Int32(row), token: target))
      }
      token += transformer.losses(of: batch).token
      tokens += input.count
    }
    for example in draw.proofs {
      var batch = TrainingBatch()
      let state = batch.sequences.append(example.state)
      let end = Int32(state.rows.upperBound - 1)
      batch.valueTargets.append(.init(row: end, target: example.value))
      if let chosen = example.chosen, example.options.count > 1 {
        let rows = example.options.map {
          Int32(batch.sequences.append($0, after: state).rows.upperBound - 1)
        }
        var probabilities = [Float](repeating: 0, count: rows.count)
        probabilities[chosen] = 1
        batch.policyTargets.append(.init(rows: rows, probabilities: probabilities))
        policies += 1
      }
      let report = transformer.losses(of: batch)
      value += report.value
      policy += report.policy
    }
    let report = trained.history[0]
    #expect(abs(report.token - token / Double(tokens)) < 1e-4 * report.token)
    #expect(abs(report.value - value / Double(draw.proofs.count)) < 1e-4 * report.value)
    #expect(abs(report.policy - policy / Double(policies)) < 1e-4 * report.policy)
  }

  @Test func nothingToLearn() {
    let settings = Learner.Settings(steps: 5)
    let trained = train(threads: 1, settings: settings, on: [ExampleSet()])
    #expect(trained.bits == fixture.transformer().bits && trained.losses == LossReport())
    #expect(trained.history.isEmpty)
  }
}
