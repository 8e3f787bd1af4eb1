import Tensor

/// A batch of token sequences of any lengths, one after the other without padding.
///
/// A sequence may continue an earlier one: its tokens see all of what it continues, whose rows are
/// computed once however many sequences share it. So a batch is a forest. Append the continuations
/// of one sequence one after the other, and deeper ones depth first; the attention kernel then
/// packs keys once. A sequence may also stand for rows that a `PrefixCache` holds.
public struct PackedSequences: Sendable {
  /// One sequence's place in the batch.
  public struct Segment: Sendable, Hashable {
    public let index: Int
    /// The rows of its own tokens, those of sequences before it excluded; empty if they are cached.
    public let rows: Range<Int>
  }

  /// How one segment's keys lie in the batch's key rows.
  private struct Keys {
    /// Those of its own tokens.
    var own: Range<Int>
    /// Those of the root that it continues directly.
    var prefix: Range<Int>
    /// How many keys of the segment before it it begins with, if it continues no root.
    var path: Int

    /// The number of tokens before its own.
    var depth: Int { path + prefix.count }
  }

  public private(set) var tokens: [Int32] = []
  /// The place of each token in its sequence, prefix included.
  public private(set) var positions: [Int32] = []
  public private(set) var segments: [Segment] = []
  private var keys: [Keys] = []
  /// The segments from a root to the last one.
  private var path: [Int] = []
  /// Where cached keys go: a range of key rows, and the rows of the cache.
  private(set) var cached: [(keys: Range<Int>, cacheRows: [Int32])] = []
  /// Rows whose keys and values a cache should keep, and where.
  private(set) var kept: [(rows: Range<Int>, cacheRows: [Int32])] = []
  /// The number of key rows: the rows of the batch, and the cached ones.
  private(set) var keyCount = 0

  public init() {}

  public var rowCount: Int { tokens.count }

  /// The longest sequence, prefix included.
  public var longest: Int { positions.reduce(0) { Swift.max($0, Int($1) + 1) } }

  /// Adds a sequence of its own.
  @discardableResult
  public mutating func append(_ tokens: [Int32]) -> Segment {
    path = []
    return append(tokens, prefix: 0..<0, path: 0)
  }

  /// Adds a continuation of `parent`.
  ///
  /// - Precondition: `parent` continues nothing, or is the last segment, or is continued by the
  ///   last segment, directly or not.
  @discardableResult
  public mutating func append(_ tokens: some Collection<Int32>, after parent: Segment) -> Segment {
    precondition(
      parent.index < segments.count && segments[parent.index] == parent,
      "the prefix \(parent) is not a segment of this batch")
    let place = keys[parent.index]
    if place.depth == 0 {
      path = [parent.index]
      return append(tokens, prefix: place.own, path: 0)
    }
    while let last = path.last, last != parent.index { path.removeLast() }
    precondition(!path.isEmpty, "segment \(parent.index) is not continued by the last one")
    return append(tokens, prefix: 0..<0, path: place.depth + place.own.count)
  }

  /// Adds the beginning of a sequence whose keys and values are rows of a cache.
  package mutating func append(cached rows: [Int32]) -> Segment {
    path = []
    cached.append((keyCount..<keyCount + rows.count, rows))
    return add(rows: tokens.count..<tokens.count, keyCount: rows.count, prefix: 0..<0, path: 0)
  }

  /// Asks for the first rows of a segment to be kept in a cache.
  package mutating func keep(_ segment: Segment, in cacheRows: [Int32]) {
    let start = segment.rows.lowerBound
    precondition(
      cacheRows.count <= segment.rows.count,
      "\(cacheRows.count) rows to keep of a segment of \(segment.rows.count)")
    kept.append((start..<start + cacheRows.count, cacheRows))
  }

  private mutating func append(
    _ tokens: some Collection<Int32>, prefix: Range<Int>, path: Int
  ) -> Segment {
    let start = self.tokens.count, depth = path + prefix.count
    self.tokens += tokens
    positions += (0..<tokens.count).map { Int32(depth + $0) }
    return add(
      rows: start..<start + tokens.count, keyCount: tokens.count, prefix: prefix, path: path)
  }

  private mutating func add(
    rows: Range<Int>, keyCount count: Int, prefix: Range<Int>, path: Int
  ) -> Segment {
    let segment = Segment(index: segments.count, rows: rows)
    segments.append(segment)
    keys.append(Keys(own: keyCount..<keyCount + count, prefix: prefix, path: path))
    self.path.append(segment.index)
    keyCount += count
    return segment
  }

  /// Stretches of rows with the key rows that they fill, where the two differ.
  var keyStretches: [(rows: Range<Int>, start: Int)] {
    zip(segments, keys).compactMap { segment, keys in
      segment.rows.isEmpty ? nil : (segment.rows, keys.own.lowerBound)
    }
  }

  /// Attention from all rows, or from the given ones (ascending, without repeats).
  func attentionLayout(heads: Int, queryRows: [Int32]? = nil) -> AttentionLayout {
    var next = 0
    let sequences = zip(segments, keys).map { segment, keys in
      let start = next
      if let queryRows {
        while next < queryRows.count && Int(queryRows[next]) < segment.rows.upperBound {
          next += 1
        }
      } else {
        next = segment.rows.upperBound
      }
      return AttentionLayout.Sequence(
        queries: start..<next, keys: keys.own, prefix: keys.prefix, path: keys.path)
    }
    let visible = queryRows?.map { positions[Int($0)] + 1 } ?? positions.map { $0 + 1 }
    return AttentionLayout(
      heads: heads, keyCount: keyCount, sequences: sequences, visibleKeys: visible)
  }

  func validate(against configuration: TransformerConfiguration) {
    for (row, token) in tokens.enumerated() {
      precondition(
        token >= 0 && Int(token) < configuration.vocabulary,
        "token \(token) in row \(row); the vocabulary has \(configuration.vocabulary)")
    }
    precondition(
      longest <= configuration.context,
      "a sequence of \(longest) tokens exceeds the context of \(configuration.context)")
  }
}

/// The rows that a computation reads, each once, and where they went.
struct ReadRows {
  /// Ascending.
  let rows: [Int32]
  private let position: [Int32]

  init(_ lists: [[Int32]], rowCount: Int) {
    var isRead = Array(repeating: false, count: rowCount)
    for list in lists {
      for row in list {
        precondition(row >= 0 && Int(row) < rowCount, "row \(row) of a batch of \(rowCount) rows")
        isRead[Int(row)] = true
      }
    }
    var rows: [Int32] = []
    var position = Array(repeating: Int32(-1), count: rowCount)
    for row in 0..<rowCount where isRead[row] {
      position[row] = Int32(rows.count)
      rows.append(Int32(row))
    }
    self.rows = rows
    self.position = position
  }

  /// Rows of the batch as indices into `rows`.
  func callAsFunction(_ list: [Int32]) -> [Int32] { list.map { position[Int($0)] } }
}
