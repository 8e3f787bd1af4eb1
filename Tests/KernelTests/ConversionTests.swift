import Kernel
import Testing

@testable import Kernel

/// β, δ, ζ and numerals, and nothing more.
@Suite struct ConversionTests {
  typealias F = Fixture

  let fixture: Fixture
  var checker: Checker
  var arena: TermArena { checker.arena }

  init() throws {
    fixture = try Fixture()
    checker = fixture.makeChecker()
  }

  mutating func convertible(_ left: Plain, _ right: Plain) throws -> Bool {
    let (a, b) = (arena.term(left), arena.term(right))
    let result = try checker.isConvertible(a, b)
    #expect(try checker.isConvertible(b, a) == result)
    return result
  }

  mutating func whnf(_ term: Plain) throws -> Plain {
    arena.plain(try checker.weakHeadNormalForm(arena.term(term)))
  }

  @Test mutating func beta() throws {
    let identity = Plain.lambda(F["nat"], .variable(0))
    #expect(try whnf(.apply(identity, F["z"])) == F["z"])
    #expect(try convertible(.apply(F["s"], .apply(identity, F["z"])), F.number(1)))
    // Only the head is reduced.
    #expect(
      try whnf(.apply(F["s"], .apply(identity, F["z"]))) == .apply(F["s"], .apply(identity, F["z"]))
    )
    #expect(try whnf(.apply(identity, .apply(identity, F["z"]))) == F["z"])
  }

  @Test mutating func delta() throws {
    #expect(try whnf(F["two"]) == F.number(2))
    #expect(try whnf(.apply(F["twice"], F["z"])) == .apply(F["f"], F["z"], F["z"]))
    #expect(
      try convertible(.apply(F["imp"], F["R"]), .lambda(.sort(.prop), .arrow(F["R"], .variable(0))))
    )
    #expect(try !convertible(F["two"], F.number(1)))
    #expect(try convertible(F["alias"], .apply(F["step"], F["z"], F["base"])))
  }

  @Test mutating func theoremsAreOpaque() throws {
    #expect(try whnf(F["opaque"]) == F["opaque"])
    #expect(try !convertible(F["opaque"], .apply(F["step"], F["z"], F["base"])))
    #expect(try !convertible(F["opaque"], F["alias"]))
  }

  @Test mutating func zeta() throws {
    let term = Plain.definition(F["nat"], F["two"], .apply(F["f"], .variable(0), .variable(0)))
    #expect(try whnf(term) == .apply(F["f"], F["two"], F["two"]))
    #expect(try convertible(term, .apply(F["twice"], F.number(2))))
  }

  @Test mutating func numerals() throws {
    #expect(try convertible(.literal(0), F["z"]))
    for value in 0..<6 { #expect(try convertible(.literal(value), F.number(value))) }
    #expect(try !convertible(.literal(0), F.number(1)))
    #expect(try !convertible(.literal(3), F.number(2)))
    #expect(try !convertible(.literal(2), F.number(3)))
    #expect(try !convertible(.literal(0), .literal(1)))
    #expect(try convertible(.literal(2), F["two"]))
    #expect(try convertible(.literal(2), .apply(F["s"], .literal(1))))
    #expect(try whnf(.literal(2)) == .literal(2))
    // A numeral is no other function of a numeral.
    #expect(try !convertible(.literal(2), .apply(F["twice"], .literal(1))))
    #expect(try !convertible(.literal(1), .local(0, F["nat"])))
    #expect(
      try convertible(.apply(F["s"], .local(0, F["nat"])), .apply(F["s"], .local(0, F["nat"]))))
    #expect(try !convertible(.literal(1), .apply(F["s"], .local(0, F["nat"]))))
  }

  /// Numerals of any size cost what their successors written out cost, not their value.
  @Test mutating func largeNumerals() throws {
    let digits = String(repeating: "9", count: 4_000)
    let large = arena.literal(family: 0, value: Natural(decimal: digits)!)
    let next = arena.literal(family: 0, value: Natural(decimal: digits)! + Natural(1))
    #expect(try checker.isConvertible(next, arena.application(arena.term(F["s"]), large)))
    #expect(try !checker.isConvertible(large, next))
    #expect(try !checker.isConvertible(large, arena.application(arena.term(F["s"]), next)))
    #expect(try !checker.isConvertible(large, arena.term(F.number(3))))
    #expect(checker.steps < 100)
  }

  /// Each family has its own numerals.
  @Test func familiesOfNumeralsDiffer() throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    var families: [(zero: Term, type: Term)] = []
    for name in ["a", "b"] {
      let type = arena.constant(try builder.assume(name, type: .type))
      let zero = arena.constant(try builder.assume(name + "0", type: type))
      let successor = arena.constant(
        try builder.assume(name + "1", type: arena.arrow(type, type)))
      try builder.addLiterals(type: type, zero: zero, successor: successor)
      families.append((zero, type))
    }
    var checker = Checker(theory: builder.theory, arena: arena)
    let zeros = (0..<2).map { arena.literal(family: $0, value: Natural(0)) }
    #expect(try checker.infer(zeros[0]) == families[0].type)
    #expect(try checker.infer(zeros[1]) == families[1].type)
    #expect(try checker.isConvertible(zeros[0], families[0].zero))
    #expect(try !checker.isConvertible(zeros[0], zeros[1]))
    #expect(try !checker.isConvertible(zeros[0], families[1].zero))
  }

  @Test mutating func noEta() throws {
    #expect(try !convertible(F["s"], .lambda(F["nat"], .apply(F["s"], .variable(0)))))
  }

  @Test mutating func noCumulativityNoIrrelevance() throws {
    #expect(try !convertible(.sort(.prop), .sort(.type)))
    #expect(try !convertible(.sort(.type), .sort(.kind)))
    let proofs = [Plain.local(0, F["R"]), F["r"]]
    #expect(try !convertible(proofs[0], proofs[1]))
    #expect(throws: KernelError.self) {
      try checker.check(arena.term(F["R"]), against: .type)
    }
  }

  @Test mutating func bindersCompareDomains() throws {
    let (nat, prop) = (F["nat"], Plain.sort(.prop))
    #expect(try !convertible(.lambda(nat, F["z"]), .lambda(prop, F["z"])))
    #expect(try !convertible(.pi(nat, nat), .pi(prop, nat)))
    #expect(try !convertible(.pi(nat, nat), .lambda(nat, nat)))
    let hidden = Plain.apply(F["poly"], nat)
    #expect(try !convertible(.lambda(nat, .variable(0)), .lambda(nat, .apply(hidden, F["z"]))))
    #expect(try convertible(.lambda(nat, .variable(0)), .lambda(nat, .apply(hidden, .variable(0)))))
    #expect(try convertible(.apply(F["poly"], nat), .lambda(nat, .variable(0))))
  }

  /// Variables of different binders stay apart, though the checker opens both with locals.
  @Test mutating func variablesStayApart() throws {
    let nat = F["nat"]
    func two(_ body: Plain) -> Plain { .lambda(nat, .lambda(nat, body)) }
    #expect(try !convertible(two(.variable(0)), two(.variable(1))))
    #expect(
      try !convertible(
        two(.apply(F["f"], .variable(0), .variable(1))),
        two(.apply(F["f"], .variable(1), .variable(0)))))
    // (λx. λy. f x y) y under λy: no capture.
    let inner = Plain.lambda(nat, .lambda(nat, .apply(F["f"], .variable(1), .variable(0))))
    let term = Plain.lambda(nat, .apply(inner, .variable(0)))
    let right = Plain.lambda(nat, .lambda(nat, .apply(F["f"], .variable(1), .variable(0))))
    let captured = Plain.lambda(nat, .lambda(nat, .apply(F["f"], .variable(0), .variable(0))))
    #expect(try convertible(term, right))
    #expect(try !convertible(term, captured))
    // Sibling binders are opened with the same local, one after the other.
    let siblings = Plain.apply(F["f"], .local(0, nat), .local(1, nat))
    #expect(try !convertible(siblings, .apply(F["f"], .local(0, nat), .local(0, nat))))
  }

  @Test mutating func localsOfOneLevelDifferByType() throws {
    let (a, b) = (Plain.local(3, F["R"]), Plain.local(3, .apply(F["P"], F["z"])))
    #expect(arena.term(a) != arena.term(b))
    #expect(try !convertible(a, b))
    #expect(throws: KernelError.self) {
      try checker.check(arena.term(a), against: arena.term(.apply(F["P"], F["z"])))
    }
    // Not even where their types are convertible: they are two hypotheses.
    #expect(
      try !convertible(.local(3, .apply(F["P"], .literal(0))), .local(3, .apply(F["P"], F["z"]))))
  }
}
