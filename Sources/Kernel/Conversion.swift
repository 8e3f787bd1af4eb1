extension Checker {
  /// Reduces the head: β, ζ, transparent definitions (δ) and computable operations. Literals stay
  /// folded.
  public mutating func weakHeadNormalForm(_ term: Term) throws(KernelError) -> Term {
    let index = Int(term.id)
    if index < reduced.count, reduced[index] != Checker.unknown { return Term(id: reduced[index]) }
    try enter()
    defer { depth -= 1 }
    let result: Term
    switch arena.view(term) {
    case .sort, .variable, .local, .literal, .lambda, .pi: return term
    case .constant(let constant):
      guard case .definition(let value) = theory[constant].role else { return term }
      result = try weakHeadNormalForm(value)
    case .application(let function, let argument):
      let head = try weakHeadNormalForm(function)
      if case .lambda(_, let body) = arena.view(head) {
        result = try weakHeadNormalForm(try instantiate(body, with: argument))
      } else if !theory.computables.isEmpty, let value = try compute(head, argument) {
        result = try weakHeadNormalForm(value)
      } else {
        result = arena.application(head, argument)
      }
    case .definition(_, let value, let body):
      result = try weakHeadNormalForm(try instantiate(body, with: value))
    }
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    Checker.remember(&reduced, term, result)
    return result
  }

  /// Whether two well-typed terms are equal up to β, δ, ζ, literal unfolding and computable
  /// operations. No η, no cumulativity.
  public mutating func isConvertible(_ left: Term, _ right: Term) throws(KernelError) -> Bool {
    if left == right { return true }
    let key = UInt64(min(left.id, right.id)) << 32 | UInt64(max(left.id, right.id))
    if convertible.contains(key) { return true }
    try enter()
    defer { depth -= 1 }
    let result = try compare(try weakHeadNormalForm(left), try weakHeadNormalForm(right))
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    if result { convertible.insert(key) }
    return result
  }

  /// Compares weak head normal forms.
  private mutating func compare(_ left: Term, _ right: Term) throws(KernelError) -> Bool {
    if left == right { return true }
    switch (arena.view(left), arena.view(right)) {
    case (.application(let f, let a), .application(let g, let b)):
      guard try isConvertible(f, g) else { return false }
      return try isConvertible(a, b)
    case (.lambda(let a, let s), .lambda(let b, let t)), (.pi(let a, let s), .pi(let b, let t)):
      guard try isConvertible(a, b) else { return false }
      let local = open(a)
      defer { openBinders -= 1 }
      return try isConvertible(
        try instantiate(s, with: local), try instantiate(t, with: local))
    case (.literal(let family, let m), .literal(let other, let n)):
      return family == other && m == n
    case (.literal(let family, let value), _):
      return try compareLiteral(family, value, with: right)
    case (_, .literal(let family, let value)):
      return try compareLiteral(family, value, with: left)
    default:
      return false
    }
  }

  /// Unfolds one layer of a numeral and goes on.
  private mutating func compareLiteral(
    _ family: Int, _ value: Natural, with term: Term
  ) throws(KernelError) -> Bool {
    let literals = theory.literals[family]
    guard let predecessor = value.predecessor else { return term == literals.zero }
    guard case .application(let head, let argument) = arena.view(term),
      head == literals.successor
    else { return false }
    return try isConvertible(arena.literal(family: family, value: predecessor), argument)
  }
}
