package import CTensorKernels

/// How the rows of a packed batch attend to each other.
///
/// A batch packs sequences of different lengths one after the other, without padding. Each has a
/// stretch of key rows, optionally preceded by the key rows of another sequence (its prefix), and a
/// stretch of query rows; query `r` sees the first `visibleKeys[r]` keys of its sequence. Sequences
/// may also form a tree, listed depth first: each begins with the first `path` keys of the one
/// before it.
public struct AttentionLayout: Sendable {
  public struct Sequence: Sendable {
    public var queries: Range<Int>
    public var keys: Range<Int>
    public var prefix: Range<Int>
    public var path: Int

    public init(
      queries: Range<Int>, keys: Range<Int>, prefix: Range<Int> = 0..<0, path: Int = 0
    ) {
      self.queries = queries
      self.keys = keys
      self.prefix = prefix
      self.path = path
    }

    /// Its keys, with those before its own.
    var count: Int { path + prefix.count + keys.count }
  }

  public let heads: Int
  public let queryCount: Int
  public let keyCount: Int
  package let sequences: [tk_sequence]
  /// Whether some sequence has a path, which has no gradient.
  let isTree: Bool
  package let visible: [Int32]
  private let longestQueries: Int
  private let longestKeys: Int

  /// - Parameter visibleKeys: one count per query row, at least 1 and at most the keys of the
  ///   sequence, prefix included. Queries of a sequence follow those of the one before it.
  public init(heads: Int, keyCount: Int, sequences: [Sequence], visibleKeys: [Int32]) {
    precondition(heads > 0, "attention needs a head, not \(heads)")
    var next = 0, longestQueries = 0, longestKeys = 0, before = 0
    for sequence in sequences {
      precondition(
        sequence.path >= 0 && sequence.path <= before,
        "a path of \(sequence.path) keys after a sequence of \(before)")
      before = sequence.count
      precondition(
        sequence.queries.lowerBound == next,
        "queries \(sequence.queries) should begin at row \(next)")
      precondition(
        sequence.keys.upperBound <= keyCount && sequence.prefix.upperBound <= keyCount,
        "keys \(sequence.prefix) and \(sequence.keys) leave the \(keyCount) rows")
      next = sequence.queries.upperBound
      precondition(next <= visibleKeys.count, "query row \(next - 1) has no visible key count")
      let keys = sequence.count
      for query in sequence.queries {
        precondition(
          visibleKeys[query] >= 1 && visibleKeys[query] <= keys,
          "query row \(query) sees \(visibleKeys[query]) of \(keys) keys")
      }
      longestQueries = max(longestQueries, sequence.queries.count)
      longestKeys = max(longestKeys, keys)
    }
    precondition(
      next == visibleKeys.count, "\(visibleKeys.count) visible key counts for \(next) queries")
    self.heads = heads
    self.queryCount = next
    self.keyCount = keyCount
    isTree = sequences.contains { $0.path > 0 }
    self.sequences = sequences.map {
      tk_sequence(
        query_start: Int32($0.queries.lowerBound), query_count: Int32($0.queries.count),
        key_start: Int32($0.keys.lowerBound), key_count: Int32($0.keys.count),
        prefix_start: Int32($0.prefix.lowerBound), prefix_count: Int32($0.prefix.count),
        path_count: Int32($0.path))
    }
    self.visible = visibleKeys
    self.longestQueries = longestQueries
    self.longestKeys = longestKeys
  }

  /// Floats of scratch that the kernels need.
  package func scratch(headWidth: Int, backward: Bool, allowingBF16: Bool) -> Int {
    Int(
      tk_attention_scratch(
        tk_current(), Int64(longestQueries), Int64(longestKeys), Int64(headWidth), backward,
        allowingBF16))
  }

  /// Lends kernel arguments with everything but the matrices filled in.
  package func withArguments(
    width: Int, scratch: UnsafeMutablePointer<Float>,
    _ body: (inout tk_attention_arguments) -> Void
  ) {
    sequences.withUnsafeBufferPointer { sequences in
      visible.withUnsafeBufferPointer { visible in
        guard let first = sequences.baseAddress, let counts = visible.baseAddress else { return }
        var arguments = tk_attention_arguments()
        arguments.sequence_count = Int64(sequences.count)
        arguments.sequences = first
        arguments.visible = counts
        arguments.heads = Int64(heads)
        arguments.head_width = Int64(width / heads)
        arguments.scratch = scratch
        body(&arguments)
      }
    }
  }
}
