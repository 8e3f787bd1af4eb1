import Kernel

/// What is known about the shortest terms of a type in a context.
struct SearchMemo {
  struct Key: Hashable {
    let type: Term
    let typeClass: TypeClass
    let context: Int
  }

  enum Entry {
    case exactly(Int)
    case moreThan(Int)
  }

  /// Of terms of a type; exact.
  var entries: [Key: Entry] = [:]
  /// Of types with holes; lower bounds.
  var bounds: [Key: Entry] = [:]
}

/// Decides whether a statement can be finished within so many tokens, where classes do not tell.
///
/// A depth-first search over what the process itself may do, with lower bounds from the cost table.
/// Terms that nothing else mentions are measured by themselves, and remembered by type and context.
struct CompletionSearch {
  let scratch: Scratch
  /// Configurations that may still be visited.
  var budget: Int

  var isExhausted: Bool { budget <= 0 }

  /// Whether `configuration` has a completion of at most `limit` tokens.
  ///
  /// False as well when the budget runs out: then `isExhausted`. Recursion is bounded by `limit`.
  mutating func fits(_ configuration: Configuration, within limit: Int) -> Bool {
    if configuration.lowerBound > limit || isExhausted { return false }
    budget -= 1
    switch configuration.expectation {
    case nil:
      return true
    case .spelled(let tokens, let position, let value):
      var next = configuration
      next.complete(value, scratch)
      return fits(next, within: limit - (tokens.count - position))
    case .term(let type, let typeClass)
    where !configuration.frames.isEmpty && !configuration.needsTerm(scratch.grammar):
      let available = limit - configuration.rest
      guard let least = least(type, typeClass, in: configuration, within: available) else {
        return false
      }
      var next = configuration
      next.complete(nil, scratch)
      return fits(next, within: limit - least)
    case .term, .domain:
      return successors(of: configuration, within: limit).contains {
        fits($0.configuration, within: limit - 1)
      }
    }
  }

  /// What one more token can lead to, likely ways first.
  private func successors(
    of configuration: Configuration, within limit: Int
  ) -> [(configuration: Configuration, bound: Int)] {
    var result: [(configuration: Configuration, bound: Int)] = []
    for candidate in configuration.candidates(within: limit, scratch) {
      for next in configuration.advanced(by: candidate.token, scratch) {
        let bound = next.refinedBound(scratch)
        if bound < limit { result.append((next, bound)) }
      }
    }
    // Stable, so that equal bounds keep the order of options.
    return result.enumerated()
      .sorted { ($0.element.bound, $0.offset) < ($1.element.bound, $1.offset) }
      .map(\.element)
  }

  /// The least number of tokens of a term of `type`, if it is at most `limit`.
  private mutating func least(
    _ type: Term, _ typeClass: TypeClass, in configuration: Configuration, within limit: Int
  ) -> Int? {
    let key = SearchMemo.Key(
      type: type, typeClass: typeClass, context: configuration.contextNumber)
    var length = configuration.least(type, typeClass, scratch)
    switch scratch.memo.entries[key] {
    case .exactly(let least): return least <= limit ? least : nil
    case .moreThan(let bound): length = max(length, bound + 1)
    case nil: break
    }
    var root = configuration
    root.frames = []
    root.rest = 0
    root.expectation = .term(type: type, typeClass: typeClass)
    while length <= limit {
      if fits(root, within: length) {
        scratch.memo.entries[key] = .exactly(length)
        return length
      }
      if isExhausted { return nil }
      scratch.memo.entries[key] = .moreThan(length)
      length += 1
    }
    return nil
  }
}
