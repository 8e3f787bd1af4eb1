import Testing

@testable import Kernel

/// What may enter a theory.
@Suite struct TheoryTests {
  typealias F = Fixture

  var builder: TheoryBuilder

  init() throws { builder = TheoryBuilder(extending: try Fixture().theory) }

  func term(_ plain: Plain) -> Term { builder.arena.term(plain) }

  @Test mutating func namesAreFresh() throws {
    let before = builder.theory.declarations.count
    for name in ["nat", "=", "refl", "subst", "opaque", "two"] {
      #expect(throws: KernelError.duplicateName(name)) { try builder.assume(name, type: .prop) }
      #expect(throws: KernelError.duplicateName(name)) {
        try builder.define(name, type: .type, value: .prop)
      }
      #expect(throws: KernelError.duplicateName(name)) {
        try builder.prove(name, statement: term(F["R"]), proof: term(F["r"]))
      }
    }
    #expect(builder.theory.declarations.count == before)
    #expect(builder.theory.constant(named: "nat") == ConstantID(3))
    #expect(builder.theory.constant(named: "unknown") == nil)
  }

  @Test mutating func assumptionsHaveTypes() throws {
    #expect(
      throws: KernelError.notAType(term: term(F["z"]), type: term(F["nat"]))
    ) { try builder.assume("c", type: term(F["z"])) }
    #expect(throws: KernelError.kindHasNoType) { try builder.assume("c", type: .kind) }
    #expect(throws: KernelError.looseVariable(index: 0)) {
      try builder.assume("c", type: term(.variable(0)))
    }
    let local = term(.local(0, .sort(.prop)))
    #expect(throws: KernelError.escapedLocal(term: local)) { try builder.assume("c", type: local) }
    #expect(builder.theory.constant(named: "c") == nil)
    // After all these refusals the name is free.
    let constant = try builder.assume("c", type: term(.pi(F["nat"], F["nat"])))
    #expect(builder.theory[constant].role == .assumption && builder.theory[constant].arity == 1)
  }

  @Test mutating func definitionsAreChecked() throws {
    // `k : nat = R.`, a hole of the original.
    #expect(
      throws: KernelError.typeMismatch(
        term: term(F["R"]), expected: term(F["nat"]), actual: .prop)
    ) { try builder.define("k", type: term(F["nat"]), value: term(F["R"])) }
    #expect(throws: KernelError.self) {
      try builder.define("k", type: .prop, value: term(.apply(F["s"], F["R"])))
    }
    #expect(throws: KernelError.looseVariable(index: 0)) {
      try builder.define("k", type: term(F["nat"]), value: term(.variable(0)))
    }
    let local = term(.local(0, F["nat"]))
    #expect(throws: KernelError.escapedLocal(term: local)) {
      try builder.define("k", type: term(F["nat"]), value: local)
    }
    #expect(throws: KernelError.notAType(term: term(F["z"]), type: term(F["nat"]))) {
      try builder.define("k", type: term(F["z"]), value: term(F["z"]))
    }
    let k = try builder.define("k", type: term(F["nat"]), value: term(F["two"]))
    #expect(builder.theory[k].role == .definition(value: term(F["two"])))
    var checker = Checker(theory: builder.theory, arena: builder.arena)
    #expect(try checker.isConvertible(builder.arena.constant(k), term(.literal(2))))
  }

  @Test mutating func theoremsAreProved() throws {
    #expect(throws: KernelError.notAProposition(term: term(F["nat"]), type: .type)) {
      try builder.prove("t", statement: term(F["nat"]), proof: term(F["z"]))
    }
    #expect(throws: KernelError.self) {
      try builder.prove("t", statement: term(F["R"]), proof: term(F["base"]))
    }
    let hypothesis = term(.local(0, F["R"]))
    #expect(throws: KernelError.escapedLocal(term: hypothesis)) {
      try builder.prove("t", statement: term(F["R"]), proof: hypothesis)
    }
    let t = try builder.prove("t", statement: term(F["R"]), proof: term(F["r"]))
    var checker = Checker(theory: builder.theory, arena: builder.arena)
    let constant = builder.arena.constant(t)
    #expect(try !checker.isConvertible(constant, term(F["r"])))
    try checker.checkProof(constant, of: term(F["R"]))
  }

  @Test mutating func arity() throws {
    let arrow = Plain.arrow(F["nat"], .arrow(F["nat"], F["nat"]))
    let counted = try builder.assume("a", type: term(arrow))
    let written = try builder.assume("b", type: term(arrow), arity: 1)
    #expect(builder.theory[counted].arity == 2 && builder.theory[written].arity == 1)
    #expect(builder.theory.declarations.prefix(3).map(\.arity) == [3, 2, 6])
  }

  // MARK: Numerals

  @Test mutating func numeralsNeedTheirShape() throws {
    let builder0 = builder
    func reason(_ type: Plain, _ zero: Plain, _ successor: Plain) -> KernelError? {
      var builder = builder0
      do throws(KernelError) {
        try builder.addLiterals(type: term(type), zero: term(zero), successor: term(successor))
        return nil
      } catch {
        return error
      }
    }
    let declared = KernelError.invalidLiteral(
      reason: "type, zero and successor must be declared constants")
    #expect(
      reason(F["nat"], F["z"], F["s"])
        == .invalidLiteral(reason: "this type has numerals already"))
    _ = try builder.assume("bool", type: .type)
    _ = try builder.assume("no", type: term(.constant(22)))
    _ = try builder.assume("flip", type: term(.arrow(.constant(22), .constant(22))))
    let (bool, no, flip) = (Plain.constant(22), Plain.constant(23), Plain.constant(24))
    let builder1 = builder
    func attempt(_ type: Plain, _ zero: Plain, _ successor: Plain) -> KernelError? {
      var builder = builder1
      do throws(KernelError) {
        try builder.addLiterals(type: term(type), zero: term(zero), successor: term(successor))
        return nil
      } catch {
        return error
      }
    }
    #expect(attempt(bool, no, flip) == nil)
    // No definitions, theorems, primitives or compound terms.
    #expect(attempt(bool, no, .apply(F["f"], F["z"])) == declared)
    #expect(attempt(bool, F["two"], flip) == declared)
    #expect(attempt(bool, no, F["twice"]) == declared)
    #expect(attempt(bool, F["opaque"], flip) == declared)
    #expect(attempt(bool, no, F["="]) == declared)
    #expect(attempt(.sort(.prop), no, flip) == declared)
    // No types of another sort, and no constructors of another type.
    #expect(
      attempt(F["R"], F["r"], flip)
        == .invalidLiteral(reason: "numerals need a type of sort 'type'"))
    #expect(
      attempt(F["vec"], no, flip) == .invalidLiteral(reason: "numerals need a type of sort 'type'"))
    #expect(
      attempt(bool, F["z"], flip)
        == .typeMismatch(term: term(F["z"]), expected: term(bool), actual: term(F["nat"])))
    guard case .typeMismatch? = attempt(bool, no, F["s"]) else {
      Issue.record("s : nat → nat was taken for bool → bool")
      return
    }
    #expect(attempt(bool, no, no) != nil)
  }

  // MARK: Sharing

  @Test mutating func extendingLeavesTheBaseAlone() throws {
    let base = try Fixture().theory
    var (one, other) = (TheoryBuilder(extending: base), TheoryBuilder(extending: base))
    let c = try one.assume("c", type: .prop)
    let d = try other.assume("d", type: .type)
    #expect(c == d && base.declarations.count == 22)
    #expect(one.theory.constant(named: "d") == nil && other.theory.constant(named: "c") == nil)
    var copy = one
    _ = try copy.assume("e", type: .prop)
    #expect(one.theory.constant(named: "e") == nil)
    #expect(one.freeze().declarations.count == 23 && copy.freeze().declarations.count == 24)
  }

  @Test mutating func replacedTermsExtend() throws {
    var theory = try Fixture().theory
    let arena = TermArena(theory.terms)
    let more = arena.term(.apply(F["s"], .literal(1234)))
    theory.replaceTerms(arena.freeze())
    let reader = TermArena(theory.terms)
    #expect(reader.frozenCount == arena.count)
    #expect(reader.plain(more) == .apply(F["s"], .literal(1234)))
  }

  /// The same nodes with other numerals in them are other terms.
  @Test func numeralsAreComparedToo() throws {
    func terms(_ value: UInt64) -> FrozenTerms {
      let arena = TermArena()
      _ = arena.literal(family: 0, value: Natural(value))
      return arena.freeze()
    }
    #expect(terms(5).extends(terms(5)))
    #expect(!terms(6).extends(terms(5)))
    #expect(terms(6).extends(FrozenTerms()))
    #expect(!FrozenTerms().extends(terms(5)))
  }
}
