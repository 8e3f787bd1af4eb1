public import Layers
public import Parallel
public import Proving
public import Search

/// The transformer as policy and value of proof search.
///
/// A state is encoded once; its options are continuations that share it. Queries are cut into
/// chunks for the workers; a row's result does not depend on its batch, so neither does anything
/// here depend on chunks or threads.
public struct PolicyValueNetwork: Evaluator {
  public typealias Query = ProofQuery

  public let transformer: Transformer
  let pool: WorkerPool

  public init(_ transformer: Transformer, pool: WorkerPool) {
    self.transformer = transformer
    self.pool = pool
  }

  public func evaluate(_ batch: [ProofQuery], optionCounts: [Int]) -> [Evaluation] {
    let chunks = chunk(batch)
    let results = pool.map(chunks.count) { index in evaluate(batch[chunks[index]]) }
    return Array(results.joined())
  }

  /// Rows that one worker evaluates at a time: small enough to stay in its cache.
  private static let chunkRows = 1024

  private func chunk(_ batch: [ProofQuery]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    var rows = 0
    for (index, query) in batch.enumerated() {
      rows += query.state.count + query.options.reduce(0) { $0 + $1.count }
      if rows >= PolicyValueNetwork.chunkRows {
        chunks.append(start..<index + 1)
        start = index + 1
        rows = 0
      }
    }
    if start < batch.count { chunks.append(start..<batch.count) }
    return chunks
  }

  private func evaluate(_ queries: ArraySlice<ProofQuery>) -> [Evaluation] {
    var request = InferenceRequest(sequences: PackedSequences())
    for query in queries {
      let state = request.sequences.append(query.state)
      request.valueRows.append(Int32(state.rows.upperBound - 1))
      // A single option needs no score.
      if query.options.count == 1 { continue }
      for option in query.options {
        let suffix = request.sequences.append(option, after: state)
        request.policyRows.append(Int32(suffix.rows.upperBound - 1))
      }
    }
    let result = transformer.evaluate(request)
    var scores = result.policyScores[...]
    return zip(queries, result.values).map { query, logit in
      let count = query.options.count
      let value = 1 / (1 + exponential(-logit))
      if count == 1 { return Evaluation(logWeights: [0], value: value) }
      defer { scores = scores.dropFirst(count) }
      return Evaluation(logWeights: Array(scores.prefix(count)), value: value)
    }
  }
}
