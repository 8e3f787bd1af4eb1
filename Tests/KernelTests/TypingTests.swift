import Kernel
import Testing

/// Each typing rule by its own example, the types written out.
@Suite struct TypingTests {
  typealias F = Fixture

  let fixture: Fixture
  var checker: Checker
  var arena: TermArena { checker.arena }

  init() throws {
    fixture = try Fixture()
    checker = fixture.makeChecker()
  }

  static let prop = Plain.sort(.prop)
  static let type = Plain.sort(.type)
  static let kind = Plain.sort(.kind)
  static func v(_ index: Int) -> Plain { .variable(index) }

  mutating func infer(_ term: Plain) throws -> Plain {
    arena.plain(try checker.infer(arena.term(term)))
  }

  @Test mutating func sorts() throws {
    #expect(try infer(.sort(.prop)) == .sort(.type))
    #expect(try infer(.sort(.type)) == .sort(.kind))
    #expect(throws: KernelError.kindHasNoType) { try infer(.sort(.kind)) }
  }

  @Test mutating func atoms() throws {
    #expect(try infer(F["z"]) == F["nat"])
    #expect(try infer(F["nat"]) == .sort(.type))
    #expect(try infer(.literal(1_000_000)) == F["nat"])
    #expect(try infer(.local(7, .apply(F["P"], F["z"]))) == .apply(F["P"], F["z"]))
    #expect(throws: KernelError.looseVariable(index: 2)) { try infer(.variable(2)) }
  }

  @Test mutating func primitives() throws {
    let (prop, v) = (TypingTests.prop, TypingTests.v)
    func equal(_ type: Plain, _ left: Plain, _ right: Plain) -> Plain {
      .apply(F["="], type, left, right)
    }
    #expect(try infer(F["="]) == .pi(.sort(.type), .pi(v(0), .pi(v(1), prop))))
    #expect(try infer(F["refl"]) == .pi(.sort(.type), .pi(v(0), equal(v(1), v(0), v(0)))))
    let motive = Plain.pi(v(2), prop)
    let conclusion = Plain.pi(
      equal(v(3), v(2), v(1)), .pi(.apply(v(1), v(3)), .apply(v(2), v(3))))
    #expect(
      try infer(F["subst"]) == .pi(.sort(.type), .pi(v(0), .pi(v(1), .pi(motive, conclusion)))))
  }

  /// The sort of a product, for all nine pairs of sorts.
  @Test(arguments: [
    // a domain of each sort, a codomain of each sort
    (F["R"], F["R"], Sort.prop), (F["R"], F["nat"], .type), (F["R"], type, .kind),
    (F["nat"], F["R"], .prop), (F["nat"], F["nat"], .type), (F["nat"], type, .kind),
    (type, F["R"], .prop), (type, F["nat"], .kind), (type, type, .kind),
  ])
  mutating func products(_ domain: Plain, _ codomain: Plain, _ sort: Sort) throws {
    var checker = fixture.makeChecker()
    let product = checker.arena.term(.arrow(domain, codomain))
    #expect(try checker.infer(product) == checker.arena.sort(sort))
    #expect(try checker.sort(of: product) == sort)
  }

  @Test mutating func impredicativeProp() throws {
    let v = TypingTests.v
    // ∀p:prop. p → p is a proposition, and may be put for its own p.
    let identity = Plain.pi(.sort(.prop), .pi(v(0), v(1)))
    let proof = Plain.lambda(.sort(.prop), .lambda(v(0), v(0)))
    #expect(try infer(identity) == .sort(.prop))
    #expect(try infer(proof) == identity)
    #expect(try infer(.apply(proof, identity, proof)) == identity)
    // ∀t:type. ∀x:t. x = x quantifies over all data.
    let reflexive = Plain.pi(.sort(.type), .pi(v(0), .apply(F["="], v(1), v(0), v(0))))
    #expect(try infer(reflexive) == .sort(.prop))
    try checker.checkProof(
      arena.term(.lambda(.sort(.type), .lambda(v(0), .apply(F["refl"], v(1), v(0))))),
      of: arena.term(reflexive))
  }

  @Test mutating func applicationSubstitutes() throws {
    let v = TypingTests.v
    #expect(
      try infer(.apply(F["step"], F.number(1)))
        == .pi(.apply(F["P"], F.number(1)), .apply(F["P"], F.number(2))))
    #expect(try infer(.apply(F["poly"], F["nat"])) == .pi(F["nat"], F["nat"]))
    // Arguments are compared up to conversion.
    #expect(
      try infer(.apply(F["step"], .literal(0), F["base"]))
        == .apply(F["P"], .apply(F["s"], .literal(0))))
    #expect(
      try infer(.lambda(F["nat"], .apply(F["Q"], v(0))))
        == .pi(F["nat"], .pi(F["nat"], .sort(.prop))))
  }

  @Test mutating func families() throws {
    let v = TypingTests.v
    let vector = Plain.apply(F["vec"], F.number(1))
    #expect(try infer(.apply(F["cons"], F["z"], F["nil"])) == vector)
    let equation = Plain.apply(
      F["="], .apply(F["vec"], .literal(1)), .apply(F["cons"], F["z"], F["nil"]),
      .apply(F["cons"], .literal(0), F["nil"]))
    #expect(try infer(equation) == .sort(.prop))
    // λn:nat. vec n has a type whose sort is kind; that is no obstacle.
    #expect(try infer(.lambda(F["nat"], .apply(F["vec"], v(0)))) == .pi(F["nat"], .sort(.type)))
  }

  @Test mutating func letSubstitutes() throws {
    let v = TypingTests.v
    // let n : nat := 1 in (step 0 base : P n)
    let proof = Plain.definition(
      F["nat"], .literal(1),
      .apply(
        .lambda(.apply(F["P"], v(0)), v(0)), .apply(F["step"], .literal(0), F["base"])))
    let one = Plain.apply(F["P"], .literal(1))
    #expect(try infer(proof) == one)
    // The same with λ: then n is not known to be 1.
    let opaque = Plain.apply(
      .lambda(
        F["nat"],
        .apply(.lambda(.apply(F["P"], v(0)), v(0)), .apply(F["step"], .literal(0), F["base"]))),
      .literal(1))
    #expect(throws: KernelError.self) { try infer(opaque) }
  }

  @Test mutating func subject() throws {
    try checker.check(arena.term(F["z"]), against: arena.term(F["nat"]))
    try checker.checkProposition(arena.term(F["R"]))
    #expect(try checker.sort(of: arena.term(F["R"])) == .prop)
    #expect(try checker.sort(of: arena.term(F["nat"])) == .type)
    #expect(try checker.sort(of: .prop) == .type)
    #expect(try checker.sort(of: .type) == .kind)
    // A type that only reduces to one.
    let hidden = Plain.apply(.lambda(.sort(.type), .variable(0)), F["nat"])
    try checker.check(arena.term(F["z"]), against: arena.term(hidden))
    #expect(try checker.sort(of: arena.term(hidden)) == .type)
  }
}
