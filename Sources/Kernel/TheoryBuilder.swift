/// Builds a ``Theory`` declaration by declaration; each is checked, names are fresh, nothing is
/// replaced.
public struct TheoryBuilder {
  public let arena: TermArena
  public internal(set) var theory: Theory
  private let limits: KernelLimits

  /// Starts with the primitives `=`, `refl` and `subst`.
  public init(limits: KernelLimits = KernelLimits()) {
    arena = TermArena()
    theory = Theory(declarations: [], literals: [], terms: FrozenTerms(), names: [:])
    self.limits = limits
    addPrimitives()
  }

  /// Extends a finished theory; the original is left alone.
  public init(extending base: Theory, limits: KernelLimits = KernelLimits()) {
    arena = TermArena(base.terms)
    theory = base
    self.limits = limits
  }

  /// Adds a constant or axiom.
  ///
  /// - Throws: `.duplicateName`, or what typing `type` throws; `.notAType` if it is none.
  @discardableResult
  public mutating func assume(
    _ name: String, type: Term, arity: Int? = nil
  ) throws(KernelError) -> ConstantID {
    try arena.requireClosed(type)
    try withChecker { (checker) throws(KernelError) in _ = try checker.sort(of: type) }
    return try add(name, type: type, role: .assumption, arity: arity)
  }

  /// Adds a transparent definition.
  ///
  /// - Throws: as `assume`, and `.typeMismatch` if `value` has another type.
  @discardableResult
  public mutating func define(
    _ name: String, type: Term, value: Term, arity: Int? = nil
  ) throws(KernelError) -> ConstantID {
    try arena.requireClosed(type)
    try arena.requireClosed(value)
    try withChecker { (checker) throws(KernelError) in
      _ = try checker.sort(of: type)
      try checker.check(value, against: type)
    }
    return try add(name, type: type, role: .definition(value: value), arity: arity)
  }

  /// Adds a theorem with its proof, which is checked and from then on opaque.
  ///
  /// - Throws: as `define`, and `.notAProposition`.
  @discardableResult
  public mutating func prove(
    _ name: String, statement: Term, proof: Term, arity: Int? = nil
  ) throws(KernelError) -> ConstantID {
    try withChecker { (checker) throws(KernelError) in
      try checker.checkProof(proof, of: statement)
    }
    return try add(name, type: statement, role: .theorem(proof: proof), arity: arity)
  }

  /// Makes decimal numerals literals of `type`.
  ///
  /// - Throws: `.invalidLiteral` unless `zero : type` and `successor : type → type`, both constants
  ///   without a definition.
  public mutating func addLiterals(
    type: Term, zero: Term, successor: Term
  ) throws(KernelError) {
    for term in [type, zero, successor] {
      guard case .constant(let constant) = arena.view(term),
        theory[constant].role == .assumption
      else {
        throw .invalidLiteral(reason: "type, zero and successor must be declared constants")
      }
    }
    if theory.literals.contains(where: { $0.type == type }) {
      throw .invalidLiteral(reason: "this type has numerals already")
    }
    var checker = Checker(theory: theory, arena: arena, limits: limits)
    guard try checker.infer(type) == .type else {
      throw .invalidLiteral(reason: "numerals need a type of sort 'type'")
    }
    try checker.check(zero, against: type)
    try checker.check(successor, against: arena.arrow(type, type))
    theory.literals.append(LiteralFamily(type: type, zero: zero, successor: successor))
  }

  /// The theory so far, with its terms frozen.
  public func freeze() -> Theory {
    var result = theory
    result.terms = arena.freeze()
    return result
  }

  private mutating func add(
    _ name: String, type: Term, role: Declaration.Role, arity: Int?
  ) throws(KernelError) -> ConstantID {
    if theory.names[name] != nil { throw .duplicateName(name) }
    let id = ConstantID(theory.declarations.count)
    theory.names[name] = id
    theory.declarations.append(
      Declaration(name: name, type: type, role: role, arity: arity ?? piCount(type)))
    return id
  }

  /// The checker, and with it its copy of the theory, is gone when this returns: what follows
  /// extends the theory in place.
  private func withChecker(
    _ body: (inout Checker) throws(KernelError) -> Void
  ) throws(KernelError) {
    var checker = Checker(theory: theory, arena: arena, limits: limits)
    try body(&checker)
  }

  private func piCount(_ type: Term) -> Int {
    var count = 0
    var current = type
    while case .pi(_, let body) = arena.view(current) {
      count += 1
      current = body
    }
    return count
  }

  private mutating func addPrimitives() {
    let arena = arena
    func v(_ index: Int) -> Term { arena.variable(index) }
    let equality = arena.constant(.equality)
    func equal(_ type: Term, _ left: Term, _ right: Term) -> Term {
      arena.application(equality, [type, left, right])
    }
    // Πt:type. t → t → prop
    let equalityType = arena.pi(.type, arena.pi(v(0), arena.pi(v(1), .prop)))
    // Πt:type. Πa:t. a = a
    let reflexivity = arena.pi(.type, arena.pi(v(0), equal(v(1), v(0), v(0))))
    // Πt:type. Πa:t. Πb:t. Πp:(t → prop). a = b → p a → p b
    let conclusion = arena.pi(
      equal(v(3), v(2), v(1)),
      arena.pi(arena.application(v(1), v(3)), arena.application(v(2), v(3))))
    let substitution = arena.pi(
      .type, arena.pi(v(0), arena.pi(v(1), arena.pi(arena.pi(v(2), .prop), conclusion))))
    for (name, type) in [("=", equalityType), ("refl", reflexivity), ("subst", substitution)] {
      theory.names[name] = ConstantID(theory.declarations.count)
      theory.declarations.append(
        Declaration(name: name, type: type, role: .primitive, arity: piCount(type)))
    }
  }
}
