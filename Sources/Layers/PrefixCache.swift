import Synchronization

/// Keys and values of sequences that were evaluated before, for sequences that begin alike.
///
/// A tree of tokens: each node is one token after all those above it, and one row of memory with
/// the keys and values of every layer. What a row holds depends on these tokens and the weights
/// only, so an evaluation has the same bits with a cache, without one, or with one that was emptied
/// between. When it is full it is emptied, as soon as no batch reads it.
///
/// Batches may be evaluated at the same time. Each reads rows that were filled before it began and
/// fills rows of its own.
package final class PrefixCache: Sendable {
  private let index: Mutex<Index>
  private let transformer: Transformer
  /// What the nodes hold.
  package let rows: CacheRows

  /// An empty cache for one transformer.
  ///
  /// - Parameters:
  ///   - bytes: the most memory for rows; taken as they fill.
  ///   - tableBytes: the most memory for what the first block computes from single tokens.
  package init(for transformer: Transformer, bytes: Int = 96 << 20, tableBytes: Int = 128 << 20) {
    let configuration = transformer.configuration
    let row = 2 * configuration.width * configuration.layers
    let capacity = max(1, bytes / MemoryLayout<Float>.stride / row)
    let table = FirstBlockTable(for: configuration, bytes: tableBytes)
    self.transformer = transformer
    rows = CacheRows(capacity: capacity, configuration, table: table)
    index = Mutex(
      Index(
        capacity: capacity,
        pairs: table == nil ? 0 : configuration.vocabulary * configuration.context,
        context: configuration.context))
  }

  /// Evaluates a batch whose sequences `plan` finds places for, while nothing else does.
  ///
  /// `evaluate` writes all rows that were claimed. The places are good until it returns.
  package func withBatch<Plan, R>(
    plan: (inout Index) -> sending Plan, evaluate: (Plan) -> R
  ) -> R {
    let (plan, batch) = index.withLock { index in
      index.startBatch()
      let plan = plan(&index)
      if let table = rows.table, !index.missing.tokens.isEmpty {
        table.fill(index.missing.tokens, index.missing.positions, by: transformer)
        index.missing = ([], [])
      }
      return (plan, index.endPlan())
    }
    defer { index.withLock { $0.end(batch) } }
    return evaluate(plan)
  }

  /// Which rows the beginnings of sequences have.
  package struct Index: Sendable {
    private let capacity: Int
    /// Rows by the node above (-1 for none) and the token.
    private var nodes: [UInt64: Int32] = [:]
    /// The first row that the batch being planned fills.
    private var firstClaimed: Int32 = 0
    /// The batches that are evaluated now, and which rows they fill.
    private var running: [Int: Range<Int32>] = [:]
    private var batchCount = 0
    /// Whether batches go without places, so that the cache can be emptied.
    private var isDraining = false
    /// Whether the table of the first block has a token at a position; empty without a table.
    private var isKnown: [Bool]
    private let context: Int
    fileprivate var missing: (tokens: [Int32], positions: [Int32]) = ([], [])

    fileprivate init(capacity: Int, pairs: Int, context: Int) {
      self.capacity = capacity
      self.context = context
      isKnown = Array(repeating: false, count: pairs)
    }

    /// Notes tokens that will be computed at the positions from `start` on.
    package mutating func require(_ tokens: some Sequence<Int32>, from start: Int) {
      if isKnown.isEmpty { return }
      var position = Int32(start)
      for token in tokens {
        precondition(
          token >= 0 && Int(token) < isKnown.count / context && position < context,
          "token \(token) at position \(position) is beyond the vocabulary or the context")
        let pair = Int(token) * context + Int(position)
        if !isKnown[pair] {
          isKnown[pair] = true
          missing.tokens.append(token)
          missing.positions.append(position)
        }
        position += 1
      }
    }

    fileprivate mutating func startBatch() {
      isDraining = nodes.count == capacity
      if isDraining && running.isEmpty {
        nodes.removeAll(keepingCapacity: true)
        isDraining = false
      }
      firstClaimed = Int32(nodes.count)
    }

    /// - Returns: what `end` takes; nil for a batch without places.
    fileprivate mutating func endPlan() -> Int? {
      if isDraining { return nil }
      batchCount += 1
      running[batchCount] = firstClaimed..<Int32(nodes.count)
      return batchCount
    }

    fileprivate mutating func end(_ batch: Int?) {
      if let batch { running[batch] = nil }
    }

    /// Whether a batch fills the row now, this one or another.
    private func isBeingFilled(_ row: Int32) -> Bool {
      row >= firstClaimed || running.values.contains { $0.contains(row) }
    }

    /// How `tokens` begin: rows that are filled already, then rows for this batch to fill.
    ///
    /// Tokens after these are in neither, because there is no room or because another sequence, of
    /// this batch or of one that runs, fills their rows; none has a place before the cache is
    /// emptied.
    package mutating func place(_ tokens: some Sequence<Int32>) -> CachePlace {
      var place = CachePlace()
      if isDraining { return place }
      var parent: Int32 = -1
      for token in tokens {
        let key = UInt64(UInt32(bitPattern: parent)) << 32 | UInt64(UInt32(bitPattern: token))
        if let node = nodes[key] {
          if isBeingFilled(node) { break }
          place.held.append(node)
          parent = node
        } else {
          if nodes.count == capacity { break }
          parent = Int32(nodes.count)
          nodes[key] = parent
          place.claimed.append(parent)
        }
      }
      return place
    }
  }
}

/// Where the beginning of a sequence is in a cache.
package struct CachePlace: Sendable, Equatable {
  /// Rows of the first tokens, to be read.
  package var held: [Int32] = []
  /// Rows of the tokens after these, to be written.
  package var claimed: [Int32] = []

  package init() {}
}

/// The memory of a cache: one row per token, with its keys and values in every layer.
package final class CacheRows: Sendable {
  private nonisolated(unsafe) let base: UnsafeMutablePointer<Float>
  private let width: Int
  private let layers: Int
  let table: FirstBlockTable?

  init(capacity: Int, _ configuration: TransformerConfiguration, table: FirstBlockTable?) {
    (width, layers) = (configuration.width, configuration.layers)
    self.table = table
    // Pages that are never written take no memory.
    base = .allocate(capacity: capacity * 2 * width * layers)
  }

  deinit { base.deallocate() }

  /// Keys, then values, of one token in one layer.
  func row(_ row: Int32, layer: Int) -> UnsafeMutablePointer<Float> {
    base + (Int(row) * layers + layer) * 2 * width
  }
}
