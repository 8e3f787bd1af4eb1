import Testing

@testable import Truth

/// What is believed of what tools say.
@Suite struct BeliefTests {
  private static let theorem = "# SZS status Theorem"
  private static let counterSatisfiable = "# SZS status CounterSatisfiable"

  /// The kernel proves (= a b); TPTP has no function of propositions.
  private static let connective = """
    T : type.
    a : T.
    b : T.
    q : prop.
    not : [prop -> prop].
    n1 : (not q).
    n2 : [('P : prop) -> (not 'P) -> 'P -> (= a b)].
    n3 : q.
    """

  @Test func modelsOfSomeAxiomsMeanNothing() throws {
    let fixture = try Fixture(Self.connective)
    let (term, arena) = try fixture.term("(= a b)")
    let text = try fixture.meter.tptp(term, in: arena)
    #expect(text.contains("% without the axiom n2: not takes propositions as arguments\n"))
    #expect(!text.contains("axiom,a"))
    try withForgedTools(eprover: Self.counterSatisfiable) { (tools) throws in
      #expect(try fixture.classify("(= a b)", tools: tools) == .open)
    }
    // A proof from fewer axioms counts.
    try withForgedTools(eprover: Self.theorem) { (tools) throws in
      #expect(try fixture.classify("(= a b)", tools: tools) == .holds(by: "eprover"))
    }
  }

  @Test(.enabled(if: installed.eprover != nil || installed.cvc5 != nil))
  func theoremsAreNotFalse() throws {
    let verdict = try Fixture(Self.connective).classify("(= a b)", tools: installed)
    #expect(verdict == (installed.cvc5 == nil ? .open : .holds(by: "cvc5")))
  }

  /// All models are infinite, and T may be empty in them.
  private static let infinite = """
    T : type.
    q : prop.
    N : type.
    z : N.
    s : [N -> N].
    inj : [('a : N) -> ('b : N) -> (= (s 'a) (s 'b)) -> (= 'a 'b)].
    false : prop.
    exf : [false -> ('P : prop) -> 'P].
    nz : [('a : N) -> (= (s 'a) z) -> false].
    """

  @Test func typesMayBeEmpty() throws {
    let fixture = try Fixture(Self.infinite)
    // Where T is empty, the first fails, and the second holds anyway.
    let (needs, begins) = ("[[('x : T) -> q] -> q]", "[q -> ('x : T) -> [('y : T) -> q] -> q]")
    let inhabited = try Fixture(Self.infinite + "\nf : [N -> T].")
    for (eprover, cvc5) in [(Self.theorem as String?, nil as String?), (nil, "unsat")] {
      try withForgedTools(eprover: eprover, cvc5: cvc5) { (tools) throws in
        #expect(try fixture.classify(needs, tools: tools) == .open)
        #expect(try fixture.classify(begins, tools: tools).word == "true")
        #expect(try inhabited.classify(needs, tools: tools).word == "true")
      }
    }
    // An axiom about a type that may be empty proves nothing where it is.
    let axiom = try Fixture(Self.infinite + "\nt : [('x : T) -> q].")
    try withForgedTools(eprover: Self.theorem) { (tools) throws in
      #expect(try axiom.classify("q", tools: tools) == .open)
      #expect(try fixture.classify("q", tools: tools) == .holds(by: "eprover"))
    }
    // A model without empty types is one.
    try withForgedTools(eprover: Self.counterSatisfiable) { (tools) throws in
      #expect(try fixture.classify(needs, tools: tools).word == "false")
    }
  }

  @Test func inhabitedTypesFromAssumptions() throws {
    let signature = try Fixture("A : type. B : type. f : [A -> B].").meter.signature
    let (a, b) = (signature.sorts[0].type, signature.sorts[1].type)
    func inhabited(_ assumed: [TypeID]) -> [Bool] {
      let all = signature.inhabitedTypes(assuming: assumed)
      return [all[a], all[b]]
    }
    #expect(inhabited([]) == [false, false])
    #expect(inhabited([a]) == [true, true])
    #expect(inhabited([b]) == [false, true])
  }

  @Test func toolsThatDiffer() throws {
    let fixture = try Fixture(Self.infinite)
    for (eprover, cvc5, holdsBy, failsBy) in [
      (Self.theorem, "sat", "eprover", "cvc5"),
      (Self.counterSatisfiable, "unsat", "cvc5", "eprover"),
    ] {
      try withForgedTools(eprover: eprover, cvc5: cvc5) { (tools) throws in
        let contradiction = #expect(throws: Contradiction.self) {
          try fixture.classify("q", tools: tools, crossCheck: true)
        }
        #expect(contradiction?.holdsBy == holdsBy)
        #expect(contradiction?.failsBy == failsBy)
        // The second is not asked without need.
        let word = try fixture.classify("q", tools: tools).word
        #expect(word == (holdsBy == "eprover" ? "true" : "false"))
      }
    }
    try withForgedTools(eprover: Self.theorem, cvc5: "unsat") { (tools) throws in
      #expect(try fixture.classify("q", tools: tools, crossCheck: true) == .holds(by: "eprover"))
    }
    // Also what a truth table decides.
    try withForgedTools(eprover: Self.counterSatisfiable) { (tools) throws in
      let contradiction = #expect(throws: Contradiction.self) {
        try Fixture("q : prop.").classify("[q -> q]", tools: tools, crossCheck: true)
      }
      #expect(contradiction?.holdsBy == "truth table")
      #expect(contradiction?.failsBy == "eprover")
    }
  }

  @Test func contradictoryAxioms() throws {
    let logic = try Fixture("q : prop. yes : q. no : [q -> ('P : prop) -> 'P].")
    #expect(logic.meter.inconsistency(tools: .none) == "truth table")
    let numbers = try Fixture(
      """
      nat : type.
      z : nat.
      s : [nat -> nat].
      #literal nat z s.
      ax : [('n : nat) -> (= (s 'n) z)].
      nz : [('n : nat) -> (= (s 'n) z) -> ('P : prop) -> 'P].
      """)
    #expect(numbers.meter.inconsistency(tools: .none) == nil)
    if installed.eprover != nil {
      #expect(numbers.meter.inconsistency(tools: installed) == "eprover")
    }
    try withForgedTools(eprover: Self.theorem) { (tools) throws in
      #expect(numbers.meter.inconsistency(tools: tools) == "eprover")
      // What has a model is consistent whoever denies it.
      for domain in Fixture.domains {
        #expect(Fixture.named(domain).meter.inconsistency(tools: tools) == nil)
      }
      // Nothing contradicts itself where T is empty.
      let empty = try Fixture(Self.infinite + "\nt : [('x : T) -> false].")
      #expect(empty.meter.inconsistency(tools: tools) == nil)
    }
  }

  @Test func cancelledToolsAreNotAsked() throws {
    try withForgedTools(eprover: Self.theorem, cvc5: "unsat") { (tools) throws in
      var tools = tools
      tools.isCancelled = { true }
      #expect(try Fixture(Self.infinite).classify("q", tools: tools) == .open)
    }
  }
}
