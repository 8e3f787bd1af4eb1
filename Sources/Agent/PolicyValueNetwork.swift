public import Layers
public import Parallel
public import Proving
public import Search

/// The transformer as policy and value of proof search.
///
/// A state is encoded once, and its options are continuations that share it and each other's
/// beginnings. What a state has in common with states evaluated before is not computed again.
/// Queries are cut into chunks for the workers; a row's bits depend on its own sequence only, so
/// neither does anything here depend on chunks, threads or what is cached.
public struct PolicyValueNetwork: Evaluator {
  public typealias Query = ProofQuery

  public let transformer: Transformer
  /// Mixed into the policy, if there is one.
  public let prior: PremisePrior?
  let pool: WorkerPool
  private let cache: PrefixCache

  public init(_ transformer: Transformer, prior: PremisePrior? = nil, pool: WorkerPool) {
    self.transformer = transformer
    self.prior = prior
    self.pool = pool
    cache = PrefixCache(for: transformer)
  }

  public func evaluate(_ batch: [ProofQuery], optionCounts: [Int]) -> [Evaluation] {
    let evaluations = cache.withBatch { index in
      batch.map { query in
        // The last token of a state marks its end: no other state goes on from there.
        let place = index.place(query.state.dropLast())
        index.require(query.state[place.held.count...], from: place.held.count)
        if query.options.count > 1 {
          for option in query.options { index.require(option, from: query.state.count) }
        }
        return place
      }
    } evaluate: { places in
      evaluate(batch, places: places, cache: cache.rows)
    }
    guard let prior else { return evaluations }
    return zip(batch, evaluations).map { query, evaluation in
      Evaluation(
        logWeights: prior.mix(evaluation.logWeights, for: query), value: evaluation.value)
    }
  }

  private func evaluate(
    _ batch: [ProofQuery], places: [CachePlace], cache: CacheRows
  ) -> [Evaluation] {
    let chunks = chunk(batch, places)
    let results = pool.map(chunks.count) { index in
      evaluate(batch[chunks[index]], places: places[chunks[index]], cache: cache)
    }
    return Array(results.joined())
  }

  /// Rows that one worker evaluates at a time: small enough to stay in its cache.
  private static let chunkRows = 512

  private func chunk(_ batch: [ProofQuery], _ places: [CachePlace]) -> [Range<Int>] {
    var chunks: [Range<Int>] = []
    var start = 0
    var rows = 0
    for (index, query) in batch.enumerated() {
      rows += query.state.count - places[index].held.count
      rows += query.options.reduce(0) { $0 + $1.count }
      if rows >= PolicyValueNetwork.chunkRows {
        chunks.append(start..<index + 1)
        start = index + 1
        rows = 0
      }
    }
    if start < batch.count { chunks.append(start..<batch.count) }
    return chunks
  }

  private func evaluate(
    _ queries: ArraySlice<ProofQuery>, places: ArraySlice<CachePlace>, cache: CacheRows
  ) -> [Evaluation] {
    var request = InferenceRequest(sequences: PackedSequences())
    for (query, place) in zip(queries, places) {
      let state = request.sequences.append(query.state, at: place)
      request.valueRows.append(Int32(state.rows.upperBound - 1))
      // A single option needs no score.
      if query.options.count == 1 { continue }
      request.policyRows += request.sequences.append(alternatives: query.options, after: state)
    }
    let result = transformer.evaluate(request, cache: cache)
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
