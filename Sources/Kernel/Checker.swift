/// Typing of terms: the Calculus of Constructions with `prop : type : kind`, as a functional pure
/// type system (Barendregt, Lambda Calculi with Types, section 5.2). Syntax-directed, no constraint
/// solving.
///
/// ```
/// Π   A : s₁, B : s₂  ⟹  Πx:A.B : prop          if s₂ = prop   (impredicative)
///                                 max(s₁, s₂)   otherwise      (predicative)
/// ```
/// so the product (kind, type) lands in `kind`, never in `type`: with it in `type` the system would
/// be inconsistent (Hurkens, TLCA 1995).
///
/// A checker belongs to one arena and caches by handle: locals carry their types, so what was
/// inferred once holds wherever the term occurs.
public struct Checker {
  public let theory: Theory
  public let arena: TermArena
  public let limits: KernelLimits
  /// Steps spent so far, over all calls.
  public internal(set) var steps = 0

  var depth = 0
  var openBinders = 0
  var inferred: [UInt32] = []
  var reduced: [UInt32] = []
  var convertible: Set<UInt64> = []

  static let unknown = UInt32.max
  /// Levels of the locals that the checker opens itself, above those of any proof state.
  static let firstLevel = 1 << 30

  /// - Precondition: `arena` extends the terms of `theory`.
  public init(theory: Theory, arena: TermArena, limits: KernelLimits = KernelLimits()) {
    precondition(
      arena.seemsToExtend(theory.terms),
      "\(arena.count) terms do not extend the \(theory.terms.nodes.count) terms of the theory")
    self.theory = theory
    self.arena = arena
    self.limits = limits
  }

  /// The type of `term`, which is checked throughout.
  ///
  /// - Throws: the first ``KernelError`` met, outside in, left to right.
  public mutating func infer(_ term: Term) throws(KernelError) -> Term {
    if Int(term.id) < inferred.count, inferred[Int(term.id)] != Checker.unknown {
      return Term(id: inferred[Int(term.id)])
    }
    try enter()
    defer { depth -= 1 }
    let type = try inferLayer(term)
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    Checker.remember(&inferred, term, type)
    return type
  }

  /// - Throws: `.typeMismatch` unless `term` has a type convertible with `type`.
  public mutating func check(_ term: Term, against type: Term) throws(KernelError) {
    let actual = try infer(term)
    if try !isConvertible(actual, type) {
      throw .typeMismatch(term: term, expected: type, actual: actual)
    }
  }

  /// The sort of a type.
  ///
  /// - Throws: `.notAType` if the type of `term` is no sort.
  public mutating func sort(of term: Term) throws(KernelError) -> Sort {
    let type = try infer(term)
    guard case .sort(let sort) = arena.view(try weakHeadNormalForm(type)) else {
      throw .notAType(term: term, type: type)
    }
    return sort
  }

  /// - Throws: `.notAProposition` unless `term : prop`.
  public mutating func checkProposition(_ term: Term) throws(KernelError) {
    let type = try infer(term)
    if try weakHeadNormalForm(type) != .prop { throw .notAProposition(term: term, type: type) }
  }

  /// Whether `proof` proves `statement`; both must be closed.
  ///
  /// - Throws: `.looseVariable`, `.escapedLocal`, `.notAProposition`, or a typing error.
  public mutating func checkProof(_ proof: Term, of statement: Term) throws(KernelError) {
    try arena.requireClosed(statement)
    try arena.requireClosed(proof)
    try checkProposition(statement)
    try check(proof, against: statement)
  }

  private mutating func inferLayer(_ term: Term) throws(KernelError) -> Term {
    switch arena.view(term) {
    case .sort(.prop): return .type
    case .sort(.type): return .kind
    case .sort(.kind): throw .kindHasNoType
    case .variable(let index): throw .looseVariable(index: index)
    case .constant(let constant):
      precondition(
        constant.index < theory.declarations.count, "constant \(constant.index) is not declared")
      return theory[constant].type
    case .local(_, let type): return type
    case .literal(let family, _): return theory.literals[family].type
    case .application(let function, let argument):
      return try inferApplication(function, argument)
    case .lambda(let domain, let body):
      let domainSort = try sort(of: domain)
      let local = open(domain)
      defer { openBinders -= 1 }
      let opened = try instantiate(body, with: local)
      let bodyType = try infer(opened)
      // The product must itself be well formed: this refuses λx:A. type, whose type is a bare kind.
      let bodySort = try sort(of: bodyType)
      _ = productSort(domainSort, bodySort)
      return arena.pi(domain, arena.abstract(bodyType, over: [local]))
    case .pi(let domain, let body):
      let domainSort = try sort(of: domain)
      let local = open(domain)
      defer { openBinders -= 1 }
      let bodySort = try sort(of: try instantiate(body, with: local))
      return arena.sort(productSort(domainSort, bodySort))
    case .definition(let type, let value, let body):
      _ = try sort(of: type)
      try check(value, against: type)
      return try infer(try instantiate(body, with: value))
    }
  }

  private mutating func inferApplication(
    _ function: Term, _ argument: Term
  ) throws(KernelError) -> Term {
    let functionType = try infer(function)
    guard case .pi(let domain, let body) = arena.view(try weakHeadNormalForm(functionType)) else {
      throw .notAFunction(function: function, type: functionType)
    }
    let actual = try infer(argument)
    if try !isConvertible(actual, domain) {
      throw .argumentMismatch(
        function: function, argument: argument, expected: domain, actual: actual)
    }
    return try instantiate(body, with: argument)
  }

  private func productSort(_ domain: Sort, _ body: Sort) -> Sort {
    body == .prop ? .prop : max(domain, body)
  }

  // MARK: Shared with conversion

  /// A fresh local for a binder that is being opened; the caller closes it again.
  mutating func open(_ domain: Term) -> Term {
    openBinders += 1
    return arena.local(level: Checker.firstLevel + openBinders, type: domain)
  }

  mutating func spend(_ amount: Int) throws(KernelError) {
    steps += amount
    if steps > limits.steps { throw .limitExceeded(.steps(limits.steps)) }
  }

  /// `body[argument]` for the body of one binder; sixteen terms visited count as a step.
  mutating func instantiate(_ body: Term, with argument: Term) throws(KernelError) -> Term {
    let before = arena.work
    let result = arena.instantiate(body, with: argument)
    try spend((arena.work - before) / 16)
    return result
  }

  /// Counts a step, and a level of recursion unless it throws; the caller lowers `depth` again.
  mutating func enter() throws(KernelError) {
    try spend(1)
    if depth >= limits.recursion { throw .limitExceeded(.recursion(limits.recursion)) }
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    depth += 1
  }

  /// Static, since a method would hold a second reference to the cache, which is then copied.
  static func remember(_ cache: inout [UInt32], _ term: Term, _ result: Term) {
    let index = Int(term.id)
    if index >= cache.count {
      let size = max(index + 1, 2 * cache.count)
      cache.append(contentsOf: repeatElement(Checker.unknown, count: size - cache.count))
    }
    cache[index] = result.id
  }
}
