import Kernel

extension TermArena {
  /// Whether `statement` is `general` with terms put for its variables, possibly under more
  /// hypotheses.
  ///
  /// By first-order matching: of the conclusions, then of each hypothesis of `general` with one of
  /// `statement`. Both must be closed.
  func isInstance(_ statement: Term, of general: Term) -> Bool {
    var hypotheses: [Term] = []
    var goal = statement
    while case .pi(let domain, let body) = view(goal) {
      hypotheses.append(domain)
      goal = instantiate(body, with: local(level: hypotheses.count, type: domain))
    }
    var wanted: [(index: Int, domain: Term)] = []
    var count = 0
    var conclusion = general
    while case .pi(let domain, let body) = view(conclusion) {
      // What nothing depends on is a hypothesis; variables are found by matching.
      if lift(instantiate(body, with: .prop), by: 1) == body { wanted.append((count, domain)) }
      count += 1
      conclusion = body
    }
    var values = [Term?](repeating: nil, count: count)
    guard matches(conclusion, goal, 0, count, &values) else { return false }
    func fulfil(_ wanted: ArraySlice<(index: Int, domain: Term)>, _ values: [Term?]) -> Bool {
      guard let (index, domain) = wanted.first else { return true }
      return hypotheses.contains { hypothesis in
        var attempt = values
        return matches(domain, hypothesis, 0, index, &attempt)
          && fulfil(wanted.dropFirst(), attempt)
      }
    }
    return fulfil(wanted[...], values)
  }

  /// Matches `pattern`, whose variables beyond `depth` binders are the first `count` of a
  /// statement.
  private func matches(
    _ pattern: Term, _ term: Term, _ depth: Int, _ count: Int, _ values: inout [Term?]
  ) -> Bool {
    switch (view(pattern), view(term)) {
    case (.variable(let index), _) where index >= depth:
      let binder = count - 1 - (index - depth)
      if node(term).looseBound > 0 { return false }
      if let value = values[binder] { return value == term }
      values[binder] = term
      return true
    case (.application(let f, let a), .application(let g, let b)):
      return matches(f, g, depth, count, &values) && matches(a, b, depth, count, &values)
    case (.lambda(let a, let s), .lambda(let b, let t)), (.pi(let a, let s), .pi(let b, let t)):
      return matches(a, b, depth, count, &values) && matches(s, t, depth + 1, count, &values)
    default: return pattern == term
    }
  }
}
