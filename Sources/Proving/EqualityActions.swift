import Kernel

extension Sight {
  /// `t = t` for every object of a data type.
  func reflexivities() -> [StepResult] {
    session.clearMarks()
    var results: [StepResult] = []
    for (type, terms) in groups where type != .prop && session.type(of: type) == .type {
      for term in terms {
        let proposition = arena.equality(type, term, term)
        let justification = Justification.reflexivity(type: type, term: term)
        guard let result = derived(proposition, by: justification) else { continue }
        if !keep(result, &results) { return results }
      }
    }
    return results
  }

  /// `b = a` for every fact `a = b`.
  func symmetries() -> [StepResult] {
    session.clearMarks()
    var results: [StepResult] = []
    for (position, proposition) in context.factTypes.enumerated() {
      guard let (type, left, right) = arena.equalitySides(proposition), left != right else {
        continue
      }
      let justification = Justification.symmetry(equation: context.facts[position])
      guard let result = derived(arena.equality(type, right, left), by: justification) else {
        continue
      }
      if !keep(result, &results) { return results }
    }
    return results
  }

  /// Every fact with one occurrence of `a` replaced by `b`, for every fact `a = b`; never below
  /// binders.
  func rewritings() -> [StepResult] {
    session.clearMarks()
    var results: [StepResult] = []
    for (position, equation) in context.factTypes.enumerated() {
      guard let (_, left, right) = arena.equalitySides(equation), left != right else { continue }
      for (target, proposition) in context.factTypes.enumerated() {
        let count = arena.occurrences(of: left, in: proposition)
        if count == 0 { continue }
        for occurrence in 1...count {
          let rewritten = arena.replaceOccurrence(
            occurrence, of: left, by: right, in: proposition)
          let justification = Justification.rewriting(
            equation: context.facts[position], target: context.facts[target],
            occurrence: occurrence)
          guard let result = derived(rewritten, by: justification) else { continue }
          if !keep(result, &results) { return results }
        }
      }
    }
    return results
  }
}

extension TermArena {
  /// How often `pattern` stands as an argument in `term`, outside binders, whole term included.
  func occurrences(of pattern: Term, in term: Term) -> Int {
    if term == pattern { return 1 }
    let node = node(term)
    guard node.tag == .application, node.size > self.node(pattern).size else { return 0 }
    return occurrencesInSpine(Term(id: node.a), of: pattern)
      + occurrences(of: pattern, in: Term(id: node.b))
  }

  private func occurrencesInSpine(_ function: Term, of pattern: Term) -> Int {
    let node = node(function)
    guard node.tag == .application else { return 0 }
    return occurrencesInSpine(Term(id: node.a), of: pattern)
      + occurrences(of: pattern, in: Term(id: node.b))
  }

  /// `term` with the `occurrence`-th (from 1, as counted by `occurrences`) `pattern` replaced.
  func replaceOccurrence(
    _ occurrence: Int, of pattern: Term, by replacement: Term, in term: Term
  ) -> Term {
    var remaining = occurrence
    func visit(_ term: Term, isArgument: Bool) -> Term {
      if remaining == 0 { return term }
      if isArgument, term == pattern {
        remaining -= 1
        return remaining == 0 ? replacement : term
      }
      let node = node(term)
      guard node.tag == .application else { return term }
      let function = visit(Term(id: node.a), isArgument: false)
      return application(function, visit(Term(id: node.b), isArgument: true))
    }
    return visit(term, isArgument: true)
  }
}
