import Tensor

/// A batch of token sequences of any lengths, one after the other without padding.
///
/// A sequence may continue an earlier one: its tokens see all of that prefix, whose rows are
/// computed once however many sequences share it. Append the continuations of one prefix one after
/// the other; the attention kernel then packs its keys once.
public struct PackedSequences: Sendable {
  /// One sequence's place in the batch.
  public struct Segment: Sendable, Hashable {
    public let index: Int
    /// The rows of its own tokens, prefix excluded.
    public let rows: Range<Int>
  }

  public private(set) var tokens: [Int32] = []
  /// The place of each token in its sequence, prefix included.
  public private(set) var positions: [Int32] = []
  public private(set) var segments: [Segment] = []
  private var prefixes: [Range<Int>] = []

  public init() {}

  public var rowCount: Int { tokens.count }

  /// The longest sequence, prefix included.
  public var longest: Int { positions.reduce(0) { Swift.max($0, Int($1) + 1) } }

  /// Adds a sequence of its own.
  @discardableResult
  public mutating func append(_ tokens: [Int32]) -> Segment {
    append(tokens, prefix: 0..<0)
  }

  /// Adds a continuation of `prefix`, which continues nothing itself.
  @discardableResult
  public mutating func append(_ tokens: [Int32], after prefix: Segment) -> Segment {
    precondition(
      prefix.index < segments.count && segments[prefix.index] == prefix,
      "the prefix \(prefix) is not a segment of this batch")
    precondition(
      prefixes[prefix.index].isEmpty, "segment \(prefix.index) continues another one already")
    return append(tokens, prefix: prefix.rows)
  }

  private mutating func append(_ tokens: [Int32], prefix: Range<Int>) -> Segment {
    let start = self.tokens.count
    let segment = Segment(index: segments.count, rows: start..<start + tokens.count)
    self.tokens += tokens
    positions += (0..<tokens.count).map { Int32(prefix.count + $0) }
    segments.append(segment)
    prefixes.append(prefix)
    return segment
  }

  /// Attention from all rows, or from the given ones (ascending, without repeats).
  func attentionLayout(heads: Int, queryRows: [Int32]? = nil) -> AttentionLayout {
    var next = 0
    let sequences = segments.map { segment in
      let start = next
      if let queryRows {
        while next < queryRows.count && Int(queryRows[next]) < segment.rows.upperBound {
          next += 1
        }
      } else {
        next = segment.rows.upperBound
      }
      return AttentionLayout.Sequence(
        queries: start..<next, keys: segment.rows, prefix: prefixes[segment.index])
    }
    let visible = queryRows?.map { positions[Int($0)] + 1 } ?? positions.map { $0 + 1 }
    return AttentionLayout(
      heads: heads, keyCount: rowCount, sequences: sequences, visibleKeys: visible)
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
