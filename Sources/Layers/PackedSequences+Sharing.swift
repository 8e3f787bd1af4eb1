extension PackedSequences {
  /// Adds a sequence whose first tokens have a place in a cache.
  ///
  /// - Precondition: `place` covers fewer tokens than there are.
  package mutating func append(_ tokens: [Int32], at place: CachePlace) -> Segment {
    let held = place.held.count
    precondition(
      held + place.claimed.count < tokens.count,
      "\(held) held and \(place.claimed.count) claimed rows for \(tokens.count) tokens")
    let own: Segment
    if held == 0 {
      own = append(tokens)
    } else {
      own = append(tokens[held...], after: append(cached: place.held))
    }
    if !place.claimed.isEmpty { keep(own, in: place.claimed) }
    return own
  }

  /// Adds alternative continuations of a segment, beginnings that they share only once.
  ///
  /// - Returns: the row of the last token of each.
  /// - Precondition: none is empty.
  /// - Complexity: O(n k) in the number of tokens and of alternatives with a common beginning.
  package mutating func append(
    alternatives: [[Int32]], after parent: Segment
  ) -> [Int32] {
    precondition(
      alternatives.allSatisfy { !$0.isEmpty }, "an alternative without tokens has no last row")
    var lastRows = Array(repeating: Int32(0), count: alternatives.count)
    append(
      alternatives, Array(alternatives.indices), from: 0, after: parent, lastRows: &lastRows)
    return lastRows
  }

  /// Adds what the alternatives `group` have from token `start` on; they agree before it.
  private mutating func append(
    _ alternatives: [[Int32]], _ group: [Int], from start: Int, after parent: Segment,
    lastRows: inout [Int32]
  ) {
    var rest = group[...]
    while let first = rest.first {
      let token = alternatives[first][start]
      let alike = rest.filter { alternatives[$0][start] == token }
      rest = rest.count == alike.count ? [] : rest.filter { alternatives[$0][start] != token }[...]
      // One segment as long as all of them agree and none of them ends before the rest.
      var end = start + 1
      let shortest = alike.reduce(alternatives[first].count) { min($0, alternatives[$1].count) }
      while end < shortest,
        alike.allSatisfy({ alternatives[$0][end] == alternatives[first][end] })
      {
        end += 1
      }
      let segment = append(alternatives[first][start..<end], after: parent)
      for index in alike where alternatives[index].count == end {
        lastRows[index] = Int32(segment.rows.upperBound - 1)
      }
      let longer = alike.filter { alternatives[$0].count > end }
      if !longer.isEmpty {
        append(alternatives, longer, from: end, after: segment, lastRows: &lastRows)
      }
    }
  }
}
