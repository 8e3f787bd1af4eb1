import Tensor

/// Labels for rows of a packed batch. Losses are sums weighted by each label's weight.
public struct TrainingBatch: Sendable {
  /// The token that should follow a row.
  public struct TokenTarget: Sendable {
    public var row: Int32
    public var token: Int32
    public var weight: Float

    public init(row: Int32, token: Int32, weight: Float = 1) {
      self.row = row
      self.token = token
      self.weight = weight
    }
  }

  /// The probability that the value head should give at a row.
  public struct ValueTarget: Sendable {
    public var row: Int32
    public var target: Float
    public var weight: Float

    public init(row: Int32, target: Float, weight: Float = 1) {
      self.row = row
      self.target = target
      self.weight = weight
    }
  }

  /// The distribution that the softmax over the policy scores of `rows` should be.
  public struct PolicyTarget: Sendable {
    public var rows: [Int32]
    public var probabilities: [Float]
    public var weight: Float

    public init(rows: [Int32], probabilities: [Float], weight: Float = 1) {
      precondition(
        rows.count == probabilities.count && !rows.isEmpty,
        "\(rows.count) rows and \(probabilities.count) probabilities")
      self.rows = rows
      self.probabilities = probabilities
      self.weight = weight
    }
  }

  public var sequences: PackedSequences
  public var tokenTargets: [TokenTarget]
  public var valueTargets: [ValueTarget]
  public var policyTargets: [PolicyTarget]

  public init(
    sequences: PackedSequences = PackedSequences(), tokenTargets: [TokenTarget] = [],
    valueTargets: [ValueTarget] = [], policyTargets: [PolicyTarget] = []
  ) {
    self.sequences = sequences
    self.tokenTargets = tokenTargets
    self.valueTargets = valueTargets
    self.policyTargets = policyTargets
  }
}

/// Weighted sums of the losses of one batch, in nats, and the sums of their weights.
public struct LossReport: Sendable, Equatable {
  public var token = 0.0
  public var value = 0.0
  public var policy = 0.0
  public var tokenWeight = 0.0
  public var valueWeight = 0.0
  public var policyWeight = 0.0

  public init() {}

  /// The loss whose gradient is taken.
  public var total: Double { token + value + policy }

  public static func + (a: LossReport, b: LossReport) -> LossReport {
    var sum = a
    sum.token += b.token
    sum.value += b.value
    sum.policy += b.policy
    sum.tokenWeight += b.tokenWeight
    sum.valueWeight += b.valueWeight
    sum.policyWeight += b.policyWeight
    return sum
  }
}

extension Transformer {
  /// The losses of a batch and the gradient of their sum.
  ///
  /// Nothing is divided by the batch size, so the gradients of shards add up to the gradient of
  /// the whole; divide by the total weight with `Gradients.scale(by:)`.
  public func gradients(of batch: TrainingBatch) -> (LossReport, Gradients) {
    var report = LossReport()
    guard let (recording, loss) = recordedLoss(of: batch, report: &report) else {
      return (report, Gradients(zeros: parameters.layout))
    }
    let gradients = Gradients(parameters.layout) { entries in
      recording.tape.writeGradients(
        of: loss, to: zip(recording.parameters, entries).map { (variable: $0, memory: $1) })
    }
    return (report, gradients)
  }

  /// The losses of a batch alone.
  public func losses(of batch: TrainingBatch) -> LossReport {
    var report = LossReport()
    _ = recordedLoss(of: batch, report: &report)
    return report
  }

  /// The sum of the batch's losses on a tape; nil where there is no label.
  private func recordedLoss(
    of batch: TrainingBatch, report: inout LossReport
  ) -> (Recording, Variable)? {
    guard
      let (inputs, shape) = inputs(
        of: InferenceRequest(
          sequences: batch.sequences, tokenRows: batch.tokenTargets.map(\.row),
          valueRows: batch.valueTargets.map(\.row),
          policyRows: batch.policyTargets.flatMap(\.rows)))
    else { return nil }
    var recording = Recording(inputs, plans: bound)
    var outputs = recording.record(bound.recordedGraph(for: shape))[...]
    var losses: [Variable] = []
    func total(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } }
    func add(_ loss: Variable, _ weights: [Float]) -> (loss: Double, weight: Double) {
      losses.append(recording.tape.sum(loss))
      return (total(recording.tape[loss].values), total(weights))
    }
    if shape.tokens != .absent {
      let weights = batch.tokenTargets.map(\.weight)
      let loss = recording.tape.crossEntropy(
        outputs.removeFirst(), targets: batch.tokenTargets.map(\.token), weights: weights)
      (report.token, report.tokenWeight) = add(loss, weights)
    }
    if shape.values != .absent {
      let weights = batch.valueTargets.map(\.weight)
      let loss = recording.tape.binaryCrossEntropy(
        outputs.removeFirst(), targets: batch.valueTargets.map(\.target), weights: weights)
      (report.value, report.valueWeight) = add(loss, weights)
    }
    if shape.policies != .absent {
      var groups: [Range<Int>] = []
      for target in batch.policyTargets {
        let start = groups.last?.upperBound ?? 0
        groups.append(start..<start + target.rows.count)
      }
      let weights = batch.policyTargets.map(\.weight)
      let loss = recording.tape.groupedCrossEntropy(
        outputs.removeFirst(), groups: groups,
        probabilities: batch.policyTargets.flatMap(\.probabilities), weights: weights)
      (report.policy, report.policyWeight) = add(loss, weights)
    }
    let sum = losses.dropFirst().reduce(losses[0]) { recording.tape.add($0, $1) }
    return (recording, sum)
  }
}
