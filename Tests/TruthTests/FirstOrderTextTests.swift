import Testing

@testable import Truth

/// Problems as text for other programs.
@Suite struct FirstOrderTextTests {
  private func text(
    _ fixture: Fixture, _ statement: String, smtlib: Bool = false
  ) throws -> String {
    let (term, arena) = try fixture.term(statement)
    return smtlib
      ? try fixture.meter.smtlib(term, in: arena) : try fixture.meter.tptp(term, in: arena)
  }

  static let theory = """
    T : type.
    c' : T.
    + : [T -> T -> T].
    Less : [T -> T -> prop].
    fact : prop.
    irr' : [('a : T) -> (Less 'a 'a) -> ('P : prop) -> 'P].
    """

  @Test func tptp() throws {
    #expect(
      try text(
        Fixture(Self.theory),
        "[('a : T) -> ('P : prop) -> [fact -> 'P] -> (= (+ 'a c') 'a) -> (Less 'a c')]")
          == #"""
          tff(sort_0,type,'type:T': $tType).
          tff(symbol_0,type,'c\'': 'type:T').
          tff(symbol_1,type,'+': ('type:T' * 'type:T') > 'type:T').
          tff(symbol_2,type,'Less': ('type:T' * 'type:T') > $o).
          tff(symbol_3,type,fact: $o).
          tff('irr\'',axiom,! [X0: 'type:T'] : (('Less'(X0,X0) => ($true & $false)))).
          tff(conjecture,conjecture,! [X0: 'type:T'] : (\#
          (((fact => $true) => (('+'(X0,'c\'') = X0) => 'Less'(X0,'c\''))) \#
          & ((fact => $false) => (('+'(X0,'c\'') = X0) => 'Less'(X0,'c\'')))))).

          """#)
  }

  @Test func smtlib() throws {
    #expect(
      try text(
        Fixture(Self.theory), "[('a : T) -> (= (+ 'a c') 'a) -> (Less 'a c')]", smtlib: true)
          == """
          (set-logic ALL)
          (declare-sort |t.T| 0)
          (declare-fun |c.c'| () |t.T|)
          (declare-fun |c.+| (|t.T| |t.T|) |t.T|)
          (declare-fun |c.Less| (|t.T| |t.T|) Bool)
          (declare-fun |c.fact| () Bool)
          (assert (forall ((x0 |t.T|)) (=> (|c.Less| x0 x0) (and true false))))
          (assert (not (forall ((x0 |t.T|)) (=> (= (|c.+| x0 |c.c'|) x0) (|c.Less| x0 |c.c'|)))))
          (check-sat)
          (get-model)

          """)
  }

  /// Names that the languages use themselves mean the theory's own.
  @Test(.enabled(if: installed.eprover != nil && installed.cvc5 != nil))
  func namesDoNotCollide() throws {
    let fixture = try Fixture(
      """
      T : type.
      and : [T -> T -> T].
      not : [T -> T].
      distinct : T.
      tff : T.
      $true : prop.
      Bool : type.
      true : Bool.
      false : Bool.
      swap : [('a : T) -> ('b : T) -> (= (and 'a 'b) (and 'b 'a))].
      $i : [T -> T -> prop].
      is : [('a : T) -> ($i 'a (not 'a))].
      """)
    let true1 = "[('a : T) -> (= (and (not 'a) tff) (and tff (not 'a)))]"
    #expect(try fixture.classify(true1, tools: installed) == .holds(by: "eprover"))
    var tools = installed
    tools.eprover = nil
    #expect(try fixture.classify(true1, tools: tools) == .holds(by: "cvc5"))
    tools = installed
    tools.seconds = 0.5
    for falsehood in ["$true", "(= true false)", "(= distinct tff)"] {
      #expect(try fixture.classify(falsehood, tools: tools, crossCheck: true).word == "false")
    }
  }

  /// Induction is no formula of first-order logic; its instances for the statement are.
  @Test func induction() throws {
    let text = try text(Fixture.natAdd, "[('n : nat) -> ('m : nat) -> (= (+ 'n 'm) (+ 'm 'n))]")
    #expect(text.contains("tff(instance_0,axiom,"))
    #expect(text.contains("tff(instance_1,axiom,"))
    #expect(!text.contains("nat_ind"))
    #expect(
      text.contains(
        """
        tff(instance_0,axiom,(! [X0: 'type:nat'] : (('+'(z,X0) = '+'(X0,z))) => \
        (! [X0: 'type:nat'] : ((! [X1: 'type:nat'] : (('+'(X0,X1) = '+'(X1,X0))) => \
        ! [X1: 'type:nat'] : (('+'(s(X0),X1) = '+'(X1,s(X0)))))) => \
        ! [X0: 'type:nat'] : (! [X1: 'type:nat'] : (('+'(X0,X1) = '+'(X1,X0)))))))
        """))
    // Without it a model of what is written means nothing.
    let reason = Unfit(
      "it quantifies over functions or predicates, which first-order logic does not")
    #expect(throws: reason) {
      try self.text(Fixture.natAdd, "(= z z)", smtlib: true)
    }
  }

  @Test func limits() throws {
    #expect(throws: Unfit("the numeral 1001 is too large to write out", isLimit: true)) {
      try text(Fixture.natAdd, "(= 1001 z)")
    }
    let many = (0..<24).map { "('p\($0) : prop) -> " }.joined()
    #expect(throws: Unfit("it is too long without its quantifiers over prop", isLimit: true)) {
      try text(Fixture.groups, "[\(many)(= id id)]")
    }
    #expect(throws: Unfit("and takes propositions as arguments")) {
      try text(Fixture.logic, "(and false false)")
    }
  }
}
