import Testing

@testable import Kernel

/// What the kernel must refuse, and with which error.
@Suite struct RefusalTests {
  typealias F = Fixture

  let fixture: Fixture
  var checker: Checker
  var arena: TermArena { checker.arena }

  init() throws {
    fixture = try Fixture()
    checker = fixture.makeChecker()
  }

  func term(_ plain: Plain) -> Term { arena.term(plain) }

  mutating func error(_ plain: Plain) -> KernelError? {
    do throws(KernelError) {
      _ = try checker.infer(term(plain))
      return nil
    } catch {
      return error
    }
  }

  mutating func proofError(_ proof: Plain, of statement: Plain) -> KernelError? {
    do throws(KernelError) {
      try checker.checkProof(term(proof), of: term(statement))
      return nil
    } catch {
      return error
    }
  }

  @Test mutating func notAFunction() {
    #expect(
      error(.apply(F["z"], F["z"])) == .notAFunction(function: term(F["z"]), type: term(F["nat"])))
    #expect(
      error(.apply(.literal(1), F["z"]))
        == .notAFunction(function: term(.literal(1)), type: term(F["nat"])))
  }

  @Test mutating func argumentMismatch() {
    #expect(
      error(.apply(F["s"], F["R"]))
        == .argumentMismatch(
          function: term(F["s"]), argument: term(F["R"]), expected: term(F["nat"]), actual: .prop))
    #expect(
      error(.apply(F["step"], .literal(1), F["base"]))
        == .argumentMismatch(
          function: term(.apply(F["step"], .literal(1))), argument: term(F["base"]),
          expected: term(.apply(F["P"], .literal(1))), actual: term(.apply(F["P"], F["z"]))))
  }

  @Test mutating func notAType() {
    #expect(error(.lambda(F["z"], F["z"])) == .notAType(term: term(F["z"]), type: term(F["nat"])))
    #expect(error(.pi(F["r"], F["nat"])) == .notAType(term: term(F["r"]), type: term(F["R"])))
    #expect(
      error(.pi(F["nat"], F["z"])) == .notAType(term: term(F["z"]), type: term(F["nat"])))
    #expect(
      error(.definition(F["z"], F["z"], F["z"]))
        == .notAType(term: term(F["z"]), type: term(F["nat"])))
  }

  @Test mutating func typeMismatch() {
    #expect(
      error(.definition(F["nat"], F["r"], F["z"]))
        == .typeMismatch(term: term(F["r"]), expected: term(F["nat"]), actual: term(F["R"])))
    #expect(
      proofError(F["base"], of: F["R"])
        == .typeMismatch(
          term: term(F["base"]), expected: term(F["R"]), actual: term(.apply(F["P"], F["z"]))))
  }

  @Test mutating func notAProposition() {
    #expect(proofError(F["z"], of: F["nat"]) == .notAProposition(term: term(F["nat"]), type: .type))
    #expect(proofError(F["r"], of: .sort(.prop)) == .notAProposition(term: .prop, type: .type))
    #expect(
      proofError(F["r"], of: F["r"]) == .notAProposition(term: term(F["r"]), type: term(F["R"])))
  }

  @Test mutating func kindHasNoType() {
    let kind = Plain.sort(.kind)
    for term in [
      kind, .lambda(kind, .variable(0)), .pi(kind, F["nat"]), .pi(F["nat"], kind),
      .apply(F["poly"], kind), .definition(kind, .sort(.type), F["z"]),
      .definition(.sort(.type), kind, F["z"]),
      // A product into kind is no type: λx:nat. type has none.
      .lambda(F["nat"], .sort(.type)), .lambda(.sort(.type), .sort(.type)),
    ] {
      #expect(error(term) == .kindHasNoType, "\(term)")
    }
    #expect(throws: KernelError.kindHasNoType) { try checker.checkProof(.kind, of: .kind) }
  }

  @Test mutating func looseVariables() {
    for (term, index) in [
      (Plain.variable(0), 0), (.lambda(F["nat"], .variable(1)), 0),
      (.pi(F["nat"], .pi(.variable(3), F["R"])), 2), (.apply(F["s"], .variable(4)), 4),
      (.definition(F["nat"], .variable(0), F["z"]), 0),
    ] {
      #expect(proofError(term, of: F["R"]) == .looseVariable(index: index))
      #expect(proofError(F["r"], of: term) == .looseVariable(index: index))
      #expect(error(term) != nil)
    }
    // Not even where the variable is not used.
    let unused = Plain.apply(.lambda(F["nat"], F["r"]), .variable(0))
    #expect(error(unused) == .looseVariable(index: 0))
    #expect(proofError(unused, of: F["R"]) == .looseVariable(index: 0))
  }

  @Test mutating func escapedLocals() {
    let hypothesis = Plain.local(0, F["R"])
    #expect(proofError(hypothesis, of: F["R"]) == .escapedLocal(term: term(hypothesis)))
    for proof in [
      Plain.apply(.lambda(F["R"], F["r"]), hypothesis),
      .definition(F["R"], hypothesis, F["r"]), .lambda(.local(1, .sort(.prop)), F["r"]),
    ] {
      #expect(proofError(proof, of: F["R"]) == .escapedLocal(term: term(proof)))
    }
    let statement = Plain.local(1, .sort(.prop))
    #expect(proofError(F["r"], of: statement) == .escapedLocal(term: term(statement)))
  }

  /// A term that already holds the local which the checker will open a binder with.
  @Test mutating func forgedLocals() throws {
    let forged = Plain.local(Checker.firstLevel + 1, F["nat"])
    let equation = Plain.apply(F["="], F["nat"], .variable(0), forged)
    let proof = Plain.lambda(F["nat"], .apply(F["refl"], F["nat"], .variable(0)))
    #expect(proofError(proof, of: .pi(F["nat"], equation)) != nil)
    let reflexive = Plain.lambda(F["nat"], .apply(F["refl"], F["nat"], forged))
    let wrong = Plain.pi(F["nat"], .apply(F["="], F["nat"], .variable(0), .variable(0)))
    #expect(proofError(reflexive, of: wrong) == .escapedLocal(term: term(reflexive)))
    // Whatever was inferred about open terms says nothing about closed ones.
    _ = try checker.infer(term(reflexive))
    _ = try checker.isConvertible(term(.pi(F["nat"], equation)), term(wrong))
    let false1 = Plain.pi(
      F["nat"], .pi(F["nat"], .apply(F["="], F["nat"], .variable(1), .variable(0))))
    for body in [Plain.variable(0), .variable(1)] {
      let attempt = Plain.lambda(F["nat"], .lambda(F["nat"], .apply(F["refl"], F["nat"], body)))
      #expect(proofError(attempt, of: false1) != nil)
    }
  }

  // MARK: The known holes

  /// Polymorphic data are no data: the product (kind, type) lands in kind.
  @Test mutating func inconsistentProductIsRefused() {
    let (type, prop) = (Plain.sort(.type), Plain.sort(.prop))
    let identity = Plain.pi(type, .pi(.variable(0), .variable(1)))
    #expect(throws: KernelError.self) { try checker.check(term(identity), against: .type) }
    #expect(
      error(.apply(F["poly"], identity, F["poly"]))
        == .argumentMismatch(
          function: term(F["poly"]), argument: term(identity), expected: .type, actual: .kind))
    #expect(
      error(.apply(F["="], identity, F["poly"], F["poly"]))
        == .argumentMismatch(
          function: term(F["="]), argument: term(identity), expected: .type, actual: .kind))
    // Hurkens' universe ΠX:type. ((℘℘X → X) → ℘℘X) is of kind `kind`: it cannot be put for X.
    func power(_ x: Plain) -> Plain { .arrow(x, prop) }
    let x = Plain.variable(0)
    let universe = Plain.pi(
      type, .arrow(.arrow(power(power(x)), x), power(power(x))))
    #expect(error(universe) == nil)
    #expect(throws: KernelError.self) { try checker.check(term(universe), against: .type) }
    let self1 = Plain.lambda(universe, .apply(.variable(0), universe))
    #expect(
      error(self1)
        == .argumentMismatch(
          function: arena.local(level: Checker.firstLevel + 1, type: term(universe)),
          argument: term(universe), expected: .type, actual: .kind))
    // Nor does an axiom that wants data of that kind exist.
    var builder = TheoryBuilder(extending: fixture.theory)
    let arrow = builder.arena.term(.arrow(type, type))
    #expect(throws: KernelError.self) {
      try builder.assume(
        "code", type: builder.arena.application(builder.arena.constant(ConstantID(3)), arrow))
    }
  }

  @Test mutating func reflexivityOfSortsIsRefused() {
    let type = Plain.sort(.type)
    #expect(
      error(.apply(F["refl"], type))
        == .argumentMismatch(
          function: term(F["refl"]), argument: .type, expected: .type, actual: .kind))
    #expect(
      error(.apply(F["="], type, .sort(.prop), .sort(.prop)))
        == .argumentMismatch(
          function: term(F["="]), argument: .type, expected: .type, actual: .kind))
    // prop is of type `type`, so propositions may be equal, but prop itself is no element of prop.
    #expect(error(.apply(F["="], .sort(.prop), F["R"], F["R"])) == nil)
    #expect(
      error(.apply(F["="], .sort(.prop), .sort(.prop)))
        == .argumentMismatch(
          function: term(.apply(F["="], .sort(.prop))), argument: .prop, expected: .prop,
          actual: .type))
  }

  @Test mutating func illTypedEqualityIsRefused() {
    let nat = F["nat"]
    for (function, argument) in [
      (Plain.apply(F["="], nat), F["R"]), (.apply(F["="], nat, F["z"]), F["R"]),
      (.apply(F["="], nat, F["z"]), nat), (.apply(F["="], nat, F["z"]), F["s"]),
    ] {
      guard
        case .argumentMismatch(let f, let a, let expected, _)? = error(.apply(function, argument))
      else {
        Issue.record("accepted: \(function) \(argument)")
        continue
      }
      #expect(f == term(function) && a == term(argument) && expected == term(nat))
    }
  }

  @Test mutating func wrongMotivesAreRefused() {
    let nat = F["nat"]
    let equation = Plain.apply(F["refl"], nat, F["z"])
    func transport(_ motive: Plain, _ proof: Plain) -> Plain {
      .apply(F["subst"], nat, F["z"], F["z"], motive, equation, proof)
    }
    #expect(error(transport(F["P"], F["base"])) == nil)
    for motive in [
      F["R"], F["s"], F["vec"], .lambda(.sort(.prop), .variable(0)), .lambda(nat, nat),
      .lambda(nat, F["z"]), .lambda(nat, .lambda(nat, F["R"])),
    ] {
      guard case .argumentMismatch? = error(transport(motive, F["base"])) else {
        Issue.record("accepted the motive \(motive)")
        continue
      }
    }
    // The right motive with a proof of something else.
    #expect(error(transport(.lambda(nat, F["R"]), F["base"])) != nil)
    #expect(error(transport(F["P"], F["r"])) != nil)
    // Transport along an equation of other things, or the wrong way round.
    let wrong = Plain.apply(
      F["subst"], nat, F["z"], .literal(1), F["P"], equation, F["base"])
    guard case .argumentMismatch? = error(wrong) else {
      Issue.record("0 = 0 was taken for 0 = 1")
      return
    }
  }

  @Test mutating func captureProvesNothing() {
    let nat = F["nat"]
    func equal(_ left: Plain, _ right: Plain) -> Plain { .apply(F["="], nat, left, right) }
    // ∀c. c = z → ∀c'. z = c': the hypothesis is about another c.
    let statement = Plain.pi(
      nat, .pi(equal(.variable(0), F["z"]), .pi(nat, equal(F["z"], .variable(0)))))
    let motive = Plain.lambda(nat, equal(.variable(0), .variable(3)))
    let symmetric = Plain.apply(
      F["subst"], nat, .variable(2), F["z"], motive, .variable(1),
      .apply(F["refl"], nat, .variable(2)))
    let proof = Plain.lambda(nat, .lambda(equal(.variable(0), F["z"]), .lambda(nat, symmetric)))
    #expect(proofError(proof, of: statement) != nil)
    // The honest statement has a proof of that shape.
    let honest = Plain.pi(nat, .pi(equal(.variable(0), F["z"]), equal(F["z"], .variable(1))))
    let honestProof = Plain.lambda(
      nat,
      .lambda(
        equal(.variable(0), F["z"]),
        .apply(
          F["subst"], nat, .variable(1), F["z"],
          .lambda(nat, equal(.variable(0), .variable(2))), .variable(0),
          .apply(F["refl"], nat, .variable(1)))))
    #expect(proofError(honestProof, of: honest) == nil)
  }

  /// Terms of another theory are a misuse, and end in a trap, not in a type.
  @Test func strangersTrap() async {
    await #expect(processExitsWith: .failure) {
      var checker = try Fixture().makeChecker()
      _ = try? checker.infer(checker.arena.constant(ConstantID(22)))
    }
    await #expect(processExitsWith: .failure) {
      var checker = try Fixture().makeChecker()
      _ = try? checker.infer(checker.arena.literal(family: 1, value: Natural(0)))
    }
  }

  /// Errors leave nothing behind: what was refused stays refused, what was right stays right.
  @Test mutating func errorsLeaveNoTrace() {
    let good = Plain.apply(F["step"], .literal(0), F["base"])
    let bad = Plain.apply(F["step"], .literal(1), F["base"])
    for round in 0..<3 {
      #expect(proofError(bad, of: .apply(F["P"], .literal(2))) != nil, "round \(round)")
      #expect(proofError(good, of: .apply(F["P"], .literal(2))) != nil)
      #expect(proofError(good, of: .apply(F["P"], .literal(1))) == nil)
      #expect(error(.lambda(F["nat"], .lambda(F["nat"], .apply(F["s"], F["R"])))) != nil)
      #expect(checker.depth == 0 && checker.openBinders == 0)
    }
  }
}
