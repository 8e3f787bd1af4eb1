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
    let sequences = request.sequences
    sequences.validate(against: configuration)
    precondition(
      cache != nil || sequences.cached.isEmpty && sequences.kept.isEmpty,
      "a batch with rows of a cache is evaluated with that cache")
    let read = ReadRows(
      [request.tokenRows, request.valueRows, request.policyRows], rowCount: sequences.rowCount)
    guard !read.rows.isEmpty else {
      precondition(sequences.kept.isEmpty, "a batch that fills a cache must read a row")
      return InferenceResult(
        tokenLogits: Tensor(zeros: [0, configuration.vocabulary]), values: [], policyScores: [])
    }
    let pass = ForwardPass(self)
    let hidden = pass.hidden(sequences, reading: read.rows, cache: cache)
    return InferenceResult(
      tokenLogits: pass.tokenLogits(pass.gather(hidden, read(request.tokenRows))),
      values: pass.scores(hidden, read(request.valueRows), "value.weight", bias: "value.bias"),
      policyScores: pass.scores(hidden, read(request.policyRows), "policy.weight", bias: nil))
  }
}
