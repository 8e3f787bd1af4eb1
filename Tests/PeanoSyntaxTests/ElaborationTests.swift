import Kernel
import PeanoSyntax
import Testing

@Suite struct ElaborationTests {
  static let numbers = """
    nat : type.
    z : nat.
    s : [nat -> nat].
    #literal nat z s.
    + : [nat -> nat -> nat].
    +_z : [('n : nat) -> (= (+ 'n z) 'n)].
    nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
               -> [('n : nat) -> ('p 'n)]].

    """

  func file(_ text: String) throws -> ElaboratedFile {
    try elaborate(try parse(SourceFile(path: "test.p", text: text)))
  }

  func term(
    _ text: String, _ theory: Theory, _ arena: TermArena,
    _ locals: [(name: String, term: Term)] = []
  ) throws -> Term {
    let source = SourceFile(path: "term", text: text)
    return try elaborate(
      try parseTerm(source), of: source, theory: theory, arena: arena, locals: locals)
  }

  @Test func restatedPrimitivesAreSkipped() throws {
    let theory = try file("prop : type. = : [('t : type) -> 't -> 't -> prop]. a : prop.").theory
    #expect(theory.declarations.map(\.name) == ["=", "refl", "subst", "a"])
  }

  @Test func equalityTakesTwoOrThreeArguments() throws {
    let theory = try file(Self.numbers).theory
    let arena = TermArena(theory.terms)
    #expect(try term("(= z (s z))", theory, arena) == term("(= nat z (s z))", theory, arena))
    // An equality of propositions, and one of equalities.
    #expect(
      try term("(= (= z z) (= z (s z)))", theory, arena)
        == term("(= prop (= nat z z) (= nat z (s z)))", theory, arena))
    // Equality itself is a term, also applied to less.
    #expect(try term("=", theory, arena) == arena.constant(.equality))
    #expect(
      try term("((= nat) z)", theory, arena)
        == arena.application(
          arena.constant(.equality), [term("nat", theory, arena), term("z", theory, arena)]))
  }

  @Test func numeralsAreLiterals() throws {
    let theory = try file(Self.numbers + "two : (= 2 (s (s z))) = (refl nat (s 1)).").theory
    let arena = TermArena(theory.terms)
    #expect(try term("2", theory, arena) == arena.literal(family: 0, value: Natural(2)))
    #expect(try term("002", theory, arena) == arena.literal(family: 0, value: Natural(2)))
    let digits = String(repeating: "9", count: 4096)
    #expect(
      print(try term(digits, theory, arena), arena: arena, theory: theory) == digits)
  }

  @Test func localsAreNamesOfTerms() throws {
    let theory = try file(Self.numbers).theory
    let arena = TermArena(theory.terms)
    let nat = try term("nat", theory, arena)
    let (n, m) = (arena.local(level: 0, type: nat), arena.local(level: 1, type: nat))
    let statement = try term("(= (+ 'n 'm) (+ 'm 'n))", theory, arena, [("'n", n), ("'m", m)])
    let plus = try term("+", theory, arena)
    #expect(
      statement
        == arena.equality(
          nat, arena.application(plus, [n, m]), arena.application(plus, [m, n])))
    // The innermost of equal names counts.
    #expect(try term("'n", theory, arena, [("'n", n), ("'n", m)]) == m)
    #expect(throws: SyntaxError.self) { try term("'k", theory, arena, [("'n", n)]) }
  }

  @Test func shadowingFollowsTheBrackets() throws {
    let theory = try file(Self.numbers).theory
    let arena = TermArena(theory.terms)
    #expect(
      try term("[('c : nat) -> (= 'c z) -> ('c : nat) -> (= z 'c)]", theory, arena)
        == term("[('c : nat) -> (= 'c z) -> ('d : nat) -> (= z 'd)]", theory, arena))
    #expect(
      try term("[('c : nat) -> [('c : nat) -> (= 'c z)] -> (= z 'c)]", theory, arena)
        == term("[('c : nat) -> [('d : nat) -> (= 'd z)] -> (= z 'c)]", theory, arena))
    #expect(
      try term("[('a : nat) -> ('b : nat) -> (= 'a 'b)]", theory, arena)
        != term("[('c : nat) -> ('c : nat) -> (= 'c 'c)]", theory, arena))
  }

  @Test func groupsMayBeNested() throws {
    let theory = try file(Self.numbers).theory
    let arena = TermArena(theory.terms)
    #expect(
      try term("[('a : nat) -> [('b : nat) -> (= 'a 'b)]]", theory, arena)
        == term("[('a : nat) -> ('b : nat) -> (= 'a 'b)]", theory, arena))
  }

  @Test func annotationsMayStandBeforeTheirDeclaration() throws {
    let file = try file(
      "#premises ax eq_refl. #forward ax ('a : p). p : type. ax : [('a : p) -> (= 'a 'a)].")
    #expect(file.premises == ["ax", "eq_refl"])
    #expect(file.forward.count == 1)
  }

  @Test func premisesDefaultToAllPropositions() throws {
    let file = try file(Self.numbers + "one : nat = (s z). lemma : (= z z) = (refl nat z).")
    #expect(file.premises == ["+_z", "nat_ind", "lemma", "eq_refl", "eq_symm", "rewrite"])
  }

  @Test func theoremsKeepScriptAndPlace() throws {
    let file = try file(
      Self.numbers + "theorem open : (= z z).\ntheorem done : [('n : nat) -> (= 'n 'n)] {\n"
        + "  intro 'n : nat.\n  show (= 'n 'n) by (eq_refl 'n).\n}")
    #expect(file.theorems.map(\.name) == ["open", "done"])
    #expect(file.theorems[0].script == nil)
    #expect(file.theorems[1].script?.steps.count == 2)
    #expect(file.theorems.map(\.arity) == [0, 1])
    #expect(file.theorems[1].position.line == 10)
    #expect(file.theorems[1].position.column == 9)
    #expect(Int(file.theorems[1].statement.id) < TermArena(file.theory.terms).count)
  }

  @Test func problemFilesHoldTheoremsOnly() throws {
    let theory = try file(Self.numbers).theory
    let arena = TermArena(theory.terms)
    let good = SourceFile(path: "p", text: "theorem a : (= z z). /* */ theorem b : (= (+ z z) z).")
    let problems = try elaborateProblems(try parse(good), theory: theory, arena: arena)
    #expect(problems.map(\.name) == ["a", "b"])
    #expect(problems[0].statement == (try term("(= z z)", theory, arena)))
    let bad = SourceFile(
      path: "p", text: "theorem a : (= z z).\nb : nat.\n#premises eq_refl.\ntheorem a : (= z z).\n")
    let error = #expect(throws: SyntaxError.self) {
      try elaborateProblems(try parse(bad), theory: theory, arena: arena)
    }
    #expect(error?.diagnostics.map(\.position.line) == [2, 3, 4])
  }

  @Test func errorsOfItemsAreIndependent() throws {
    let found = diagnostics(
      of: "a : type.\nb : (a a).\nc : [b -> prop].\nd : (= c c).\ne : nope.\nf : a.\n#forward g.\n")
    // c and d only fail because b and c did.
    #expect(found.map(\.position.line) == [2, 5, 7])
    #expect(diagnostics(of: String(repeating: "x : nope. ", count: 100)).count == 20)
  }

  @Test func proofsAreTerms() throws {
    // n = 0 + n by induction, as one term: what a definition's body must be is what a proof is.
    let text =
      Self.numbers + """
        +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
        zero_add : [('n : nat) -> (= (+ z 'n) 'n)] =
          (nat_ind (lambda ('n : nat) (= (+ z 'n) 'n)) (+_z z)
            (lambda ('n : nat, 'h : (= (+ z 'n) 'n))
              (subst nat (+ z 'n) 'n (lambda ('x : nat) (= (+ z (s 'n)) (s 'x))) 'h (+_s z 'n)))).

        """
    let theory = try file(text).theory
    #expect(theory.constant(named: "zero_add") != nil)
  }
}
