import Kernel
import Proving

/// A token that may come next, with a bound on the length of what it leads to.
struct Candidate {
  let token: TermToken
  /// No completion has fewer tokens, this one included; exact for simple theories.
  var bound: Int
}

extension Configuration {
  /// The tokens that may come next within `limit` tokens as far as bounds tell.
  ///
  /// In order: `pi`, `prop`, constants as declared, variables from the outermost.
  func candidates(within limit: Int, _ scratch: Scratch) -> [Candidate] {
    var result: [Candidate] = []
    switch expectation {
    case nil: break
    case .spelled(let tokens, let position, _):
      if lowerBound <= limit {
        result.append(Candidate(token: tokens[position], bound: lowerBound))
      }
    case .domain:
      let hypothesis = inDomain(ofHypothesis: true, scratch)
      let data = inDomain(ofHypothesis: false, scratch)
      result = Candidate.merge(
        hypothesis.candidates(within: limit, scratch), data.candidates(within: limit, scratch))
    case .term(_, let typeClass):
      if typeClass == .type || typeClass == .equatedType {
        collectCarriers(typeClass, limit, scratch, &result)
      } else {
        collectTerms(typeClass, limit, scratch.grammar, &result)
      }
    }
    return result
  }

  private func collectTerms(
    _ typeClass: TypeClass, _ limit: Int, _ grammar: ConjectureGrammar,
    _ result: inout [Candidate]
  ) {
    func offer(_ token: TermToken, _ cost: Int) {
      if rest + cost <= limit { result.append(Candidate(token: token, bound: rest + cost)) }
    }
    if typeClass == .proposition { offer(.pi, 1 + costs.domainAndBody) }
    for head in grammar.headsOfClass[typeClass.index] { offer(head.token, costs.cost(of: head)) }
    for bound in context {
      guard let head = bound.head, Configuration.accepts(typeClass, head) else { continue }
      offer(head.token, costs.cost(of: head))
    }
  }

  /// Carriers are tried: what follows is bounded by what they are.
  private func collectCarriers(
    _ typeClass: TypeClass, _ limit: Int, _ scratch: Scratch, _ result: inout [Candidate]
  ) {
    func offer(_ token: TermToken) {
      let least = advanced(by: token, scratch).map { $0.lowerBound + 1 }.min()
      if let least, least <= limit { result.append(Candidate(token: token, bound: least)) }
    }
    if !scratch.grammar.carriers.functions.isEmpty { offer(.pi) }
    offer(.sort(.prop))
    for former in scratch.grammar.headsOfClass[typeClass.index] { offer(former.token) }
  }
}

extension Candidate {
  /// The union of two lists in order, with the lower of two bounds.
  static func merge(_ left: [Candidate], _ right: [Candidate]) -> [Candidate] {
    if left.isEmpty { return right }
    var result: [Candidate] = []
    result.reserveCapacity(left.count + right.count)
    var rest = right[...]
    for candidate in left {
      while let first = rest.first, first.token.rank < candidate.token.rank {
        result.append(first)
        rest.removeFirst()
      }
      if let first = rest.first, first.token == candidate.token {
        result.append(
          Candidate(token: first.token, bound: min(first.bound, candidate.bound)))
        rest.removeFirst()
      } else {
        result.append(candidate)
      }
    }
    return result + rest
  }
}

extension TermToken {
  /// Position in the order of options.
  var rank: UInt64 {
    switch self {
    case .pi: 0
    case .lambda: 1
    case .sort(let sort): 2 + UInt64(sort.rawValue)
    case .digit(let digit): 16 + UInt64(digit)
    case .partial(let count): 1 << 32 | UInt64(count)
    case .constant(let constant): 1 << 33 | UInt64(constant.index)
    case .variable(let level): 1 << 34 | UInt64(level)
    }
  }
}
