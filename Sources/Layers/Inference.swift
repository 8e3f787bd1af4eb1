public import Tensor

/// Rows of a packed batch to evaluate, and which heads to read where.
public struct InferenceRequest: Sendable {
  public var sequences: PackedSequences
  /// Rows whose next-token logits are wanted.
  public var tokenRows: [Int32]
  public var valueRows: [Int32]
  public var policyRows: [Int32]

  public init(
    sequences: PackedSequences, tokenRows: [Int32] = [], valueRows: [Int32] = [],
    policyRows: [Int32] = []
  ) {
    self.sequences = sequences
    self.tokenRows = tokenRows
    self.valueRows = valueRows
    self.policyRows = policyRows
  }
}

/// The outputs of the heads, in the order of the request's rows.
public struct InferenceResult: Sendable, Equatable {
  /// [tokenRows, vocabulary]
  public let tokenLogits: Tensor
  /// Logits of the value, not probabilities.
  public let values: [Float]
  /// Unnormalized log-weights.
  public let policyScores: [Float]
}

extension Transformer {
  /// Evaluates a batch without recording it.
  ///
  /// Runs on the calling thread and may be called from many. The bits of a row's outputs depend on
  /// its own sequence only, not on the rest of the batch. In the last block only rows that are
  /// read do more than offer their keys and values.
  public func evaluate(_ request: InferenceRequest) -> InferenceResult {
    evaluate(request, cache: nil)
  }

  /// Evaluates a batch some of whose sequences begin with rows of a cache, and fills others.
  package func evaluate(_ request: InferenceRequest, cache: CacheRows?) -> InferenceResult {
    precondition(
      cache != nil || request.sequences.cached.isEmpty && request.sequences.kept.isEmpty,
      "a batch with rows of a cache is evaluated with that cache")
    guard let (inputs, shape) = inputs(of: request, cache: cache) else {
      precondition(request.sequences.kept.isEmpty, "a batch that fills a cache must read a row")
      return InferenceResult(
        tokenLogits: Tensor(zeros: [0, configuration.vocabulary]), values: [], policyScores: [])
    }
    var outputs = bound.plan(for: shape, parameters).run(inputs)[...]
    return InferenceResult(
      tokenLogits: shape.tokens == .absent
        ? Tensor(zeros: [0, configuration.vocabulary]) : outputs.removeFirst(),
      values: shape.values == .absent ? [] : outputs.removeFirst().values,
      policyScores: shape.policies == .absent ? [] : outputs.removeFirst().values)
  }

  /// What a batch gives a graph, and the graph's class; nil if no row is read.
  func inputs(
    of request: InferenceRequest, cache: CacheRows? = nil
  ) -> (inputs: GraphInputs, shape: ShapeClass)? {
    let sequences = request.sequences
    sequences.validate(against: configuration)
    let read = ReadRows(
      [request.tokenRows, request.valueRows, request.policyRows], rowCount: sequences.rowCount)
    guard !read.rows.isEmpty else { return nil }
    var inputs = GraphInputs(sequences, parameters: parameters)
    inputs.reading = read.rows
    inputs.tokenRows = read(request.tokenRows)
    inputs.valueRows = read(request.valueRows)
    inputs.policyRows = read(request.policyRows)
    inputs.cache = cache
    var shape = ShapeClass(sequences, readCount: read.rows.count, cache: cache)
    shape.tokens = .init(inputs.tokenRows, of: read.rows.count)
    shape.values = .init(inputs.valueRows, of: read.rows.count)
    shape.policies = .init(inputs.policyRows, of: read.rows.count)
    return (inputs, shape)
  }
}
