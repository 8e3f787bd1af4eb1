public import Layers
public import Parallel
public import Proving
public import Randomness
import Tensor

/// Trains the transformer on examples: conjectures as a language model, proofs as policy and value.
///
/// Each step draws its examples by key, cuts them into a fixed number of shards, and adds the
/// shards' gradients in order: the number of threads changes nothing.
public struct Learner: Sendable {
  public struct Settings: Sendable, Hashable, Codable {
    /// Optimizer steps per iteration.
    public var steps: Int
    /// Rows per step, at least; the last example may exceed it.
    public var batchRows: Int
    /// The learning rate after warm-up.
    public var rate: Double
    public var warmupSteps: Int
    /// The part of each batch drawn from the newest iteration; the rest comes from all.
    public var newestShare: Double
    /// Most options of one choice that a step scores; the others are left out at random.
    public var optionLimit: Int

    public init(
      steps: Int = 400, batchRows: Int = 4096, rate: Double = 1e-3, warmupSteps: Int = 50,
      newestShare: Double = 0.5, optionLimit: Int = 16
    ) {
      self.steps = steps
      self.batchRows = batchRows
      self.rate = rate
      self.warmupSteps = warmupSteps
      self.newestShare = newestShare
      self.optionLimit = optionLimit
    }
  }

  /// Shards of a step: fixed, so that results do not depend on threads.
  static let shardCount = 4

  public let settings: Settings
  let vocabulary: Vocabulary
  let pool: WorkerPool

  public init(settings: Settings, vocabulary: Vocabulary, pool: WorkerPool) {
    self.settings = settings
    self.vocabulary = vocabulary
    self.pool = pool
  }

  /// Takes `settings.steps` steps.
  ///
  /// - Parameters:
  ///   - buffer: examples by iteration, the newest last.
  ///   - progress: called after each step with its number and mean losses; throw to stop.
  /// - Returns: the losses, summed over the last tenth of the steps.
  public func train(
    _ transformer: inout Transformer, _ optimizer: inout AdamW, on buffer: [ExampleSet],
    key: RandomKey, progress: (Int, LossReport) throws -> Void = { _, _ in }
  ) rethrows -> LossReport {
    var recent = LossReport()
    let sampler = ExampleSampler(buffer, settings: settings)
    guard !sampler.isEmpty else { return recent }
    defer { BlockPool.shared.empty() }
    for step in 0..<settings.steps {
      let draw = sampler.draw(key: key.child("step", step))
      let shards = self.shards(of: draw)
      let parts = gradients(of: shards, by: transformer)
      let report = parts.dropFirst().reduce(parts[0].0) { $0 + $1.0 }
      let gradients = Gradients.sum(parts.map(\.1))
      transformer.updateParameters { optimizer.step(&$0, gradients) }
      if step >= settings.steps - max(1, settings.steps / 10) { recent = recent + report }
      try progress(step + 1, report)
    }
    return recent
  }

  /// What the workers find, each shard by itself. Nothing holds the weights afterwards, so that a
  /// step can change them in place.
  private func gradients(of shards: [TrainingBatch], by transformer: Transformer)
    -> [(LossReport, Gradients)]
  {
    pool.map(shards.count) { transformer.gradients(of: shards[$0]) }
  }

  /// The batch cut into shards of about the same number of rows, each loss averaged over the batch.
  private func shards(of draw: ExampleSampler.Draw) -> [TrainingBatch] {
    let tokenCount = draw.conjectures.reduce(0) { $0 + $1.tokens.count + 1 }
    let choiceCount = draw.proofs.count { $0.chosen != nil && $0.options.count > 1 }
    var batches = [TrainingBatch](repeating: TrainingBatch(), count: Learner.shardCount)
    func smallest() -> Int {
      batches.indices.min { batches[$0].sequences.rowCount < batches[$1].sequences.rowCount }!
    }
    for example in draw.conjectures {
      append(example, weight: 1 / Float(tokenCount), to: &batches[smallest()])
    }
    for example in draw.proofs {
      append(
        example, policyWeight: 1 / Float(max(1, choiceCount)),
        valueWeight: 1 / Float(draw.proofs.count), to: &batches[smallest()])
    }
    return batches.filter { $0.sequences.rowCount > 0 }
  }

  private func append(
    _ example: ConjectureExample, weight: Float, to batch: inout TrainingBatch
  ) {
    let input = [vocabulary.id(example.difficulty.prompt)] + example.tokens
    let rows = batch.sequences.append(input).rows
    for (row, token) in zip(rows, example.tokens + [vocabulary.id(.end)]) {
      batch.tokenTargets.append(.init(row: Int32(row), token: token, weight: weight))
    }
  }

  private func append(
    _ example: ProofExample, policyWeight: Float, valueWeight: Float,
    to batch: inout TrainingBatch
  ) {
    let state = batch.sequences.append(example.state)
    batch.valueTargets.append(
      .init(row: Int32(state.rows.upperBound - 1), target: example.value, weight: valueWeight))
    guard let chosen = example.chosen, example.options.count > 1 else { return }
    let rows = example.options.map { option in
      Int32(batch.sequences.append(option, after: state).rows.upperBound - 1)
    }
    var probabilities = [Float](repeating: 0, count: rows.count)
    probabilities[chosen] = 1
    batch.policyTargets.append(
      .init(rows: rows, probabilities: probabilities, weight: policyWeight))
  }
}

extension Difficulty {
  /// The token that asks the conjecturer for a statement of this difficulty.
  public var prompt: Vocabulary.Marker {
    switch self {
    case .hard: .hardConjecture
    case .easy: .easyConjecture
    case .trivial: .trivialConjecture
    }
  }
}
