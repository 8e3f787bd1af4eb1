import Kernel
import PeanoSyntax
import Testing

@testable import Proving

/// Matching of one premise's conclusion against terms.
@Suite struct MatchingTests {
  static let theory = """
    nat : type.  z : nat.  s : [nat -> nat].  #literal nat z s.  + : [nat -> nat -> nat].
    false : prop.  and : [prop -> prop -> prop].
    twice : [('n : nat) -> ('m : nat) -> (= (+ 'n 'n) (s 'm))].
    sum : [('n : nat) -> (= (+ 'n 3) 'n)].
    ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n)]].
    at : [('p : [nat -> prop]) -> ('n : nat) -> ('p 'n)].
    all : [('A : prop) -> ('n : nat) -> [('k : nat) -> (and 'A (= 'k 'n))]].
    #premises twice sum.
    """

  let session: ProofSession

  init() throws { session = ProofSession(try Fixture(MatchingTests.theory).space) }

  /// The bindings that make the conclusion of `name` the written target, `initial` given.
  func bindings(
    _ name: String, _ target: String, given initial: [Int: String] = [:]
  ) throws -> [String?]? {
    let constant = try #require(session.space.theory.constant(named: name))
    let declaration = session.space.theory[constant]
    let premise = try Premise(
      source: .constant(constant), type: session.normalize(declaration.type),
      arity: declaration.arity, checker: &session.checker)
    var matcher = Matcher(premise, in: session)
    for (index, text) in initial { matcher.bind(index, to: try session.term(text)) }
    let goal = session.normalize(try session.term(target))
    guard matcher.match(premise.conclusion, goal) else { return nil }
    return premise.parameters.indices.map {
      matcher.isBound($0) ? session.text(matcher.bindings[$0]) : nil
    }
  }

  @Test func firstOrder() throws {
    #expect(try bindings("twice", "(= (+ (s z) (s z)) (s (+ z z)))") == ["(s z)", "(+ z z)"])
    #expect(try bindings("twice", "(= (+ z z) z)") == nil)
    #expect(try bindings("twice", "false") == nil)
  }

  @Test func nonLinear() throws {
    #expect(try bindings("twice", "(= (+ z (s z)) (s z))") == nil)
    #expect(try bindings("sum", "(= (+ z 3) z)") == ["z"])
    #expect(try bindings("sum", "(= (+ z (s (s (s z)))) z)") == ["z"])
    #expect(try bindings("sum", "(= (+ z 3) (s z))") == nil)
  }

  @Test func numeralsMatchSuccessors() throws {
    #expect(try bindings("twice", "(= (+ 3 3) 1)") == ["(s (s (s z)))", "z"])
    // Beyond the numerals that are unfolded.
    #expect(try bindings("twice", "(= (+ 50 50) 70)") == ["50", "69"])
    #expect(try bindings("twice", "(= (+ 50 50) 0)") == nil)
    #expect(try bindings("twice", "(= (+ 50 51) 70)") == nil)
    let large = String(repeating: "9", count: 40)
    #expect(
      try bindings("twice", "(= (+ z z) \(large))") == ["z", String(large.dropLast()) + "8"])
  }

  @Test func patternsOfMiller() throws {
    // Under the binder that the match opens: 'p is applied to that variable.
    #expect(
      try bindings("ind", "[('n : nat) -> (= (+ 'n z) 'n)]")
        == ["(lambda ('a0 : nat) (= (+ 'a0 z) 'a0))", nil])
    #expect(
      try bindings("ind", "[('m : nat) -> ('n : nat) -> (= 'm 'n)]")
        == ["(lambda ('a0 : nat) [('a1 : nat) -> (= 'a0 'a1)])", nil])
    #expect(
      try bindings("ind", "[('m : nat) -> ('n : nat) -> (= 'n z)]")
        == ["(lambda ('a0 : nat) [('a1 : nat) -> (= 'a1 z)])", nil])
    #expect(try bindings("ind", "[false -> false]") == nil)
  }

  @Test func flexible() throws {
    // A known argument is abstracted at all of its places; an unknown one blocks the match.
    #expect(
      try bindings("at", "(= (s z) (+ z z))", given: [1: "z"])
        == ["(lambda ('a0 : nat) (= (s 'a0) (+ 'a0 'a0)))", "z"])
    #expect(try bindings("at", "(= z z)") == nil)
    #expect(
      try bindings("at", "(= z z)", given: [0: "(lambda ('n : nat) (= 'n 'n))", 1: "z"]) != nil)
    #expect(
      try bindings("at", "(= z (s z))", given: [0: "(lambda ('n : nat) (= 'n 'n))", 1: "z"]) == nil)
  }

  @Test func bindersDoNotEscape() throws {
    #expect(
      try bindings("all", "[('k : nat) -> (and false (= 'k (s z)))]") == ["false", "(s z)"])
    // 'A would have to mention the bound variable.
    #expect(try bindings("all", "[('k : nat) -> (and (= 'k z) (= 'k (s z)))]") == nil)
    #expect(try bindings("all", "[('k : nat) -> (and false (= 'k 'k))]") == nil)
  }
}

/// Occurrences and their replacement.
@Suite struct RewritingTests {
  let session: ProofSession
  let names: [(name: String, term: Term)]

  init() throws {
    session = ProofSession(try Fixture(MatchingTests.theory).space)
    let (arena, nat) = (session.arena, try session.term("nat"))
    names = ["'a", "'b"].enumerated().map { ($1, arena.local(level: $0, type: nat)) }
  }

  func replacements(_ pattern: String, _ replacement: String, _ target: String) throws -> [String] {
    let pattern = try session.term(pattern, names)
    let replacement = try session.term(replacement, names)
    let target = try session.term(target, names)
    let count = session.arena.occurrences(of: pattern, in: target)
    return (0..<count).map { index in
      let term = session.arena.replaceOccurrence(
        index + 1, of: pattern, by: replacement, in: target)
      return session.text(term, names)
    }
  }

  @Test func outermostFirstLeftToRight() throws {
    #expect(
      try replacements("'a", "'b", "(= (+ 'a (s 'a)) 'a)") == [
        "(= (+ 'b (s 'a)) 'a)", "(= (+ 'a (s 'b)) 'a)", "(= (+ 'a (s 'a)) 'b)",
      ])
  }

  @Test func onlyArguments() throws {
    // (s 'a) inside (s (s 'a)) once; partial applications such as (+ 'a) are no places.
    #expect(
      try replacements("(s 'a)", "z", "(= (s (s 'a)) (+ (s 'a) 'a))") == [
        "(= (s z) (+ (s 'a) 'a))", "(= (s (s 'a)) (+ z 'a))",
      ])
    #expect(try replacements("(+ 'a)", "(+ 'b)", "(= (+ 'a z) z)") == [])
  }

  @Test func neverUnderBindersNorInsideItself() throws {
    #expect(try replacements("'a", "'b", "[('k : nat) -> (= 'k 'a)]") == [])
    #expect(try replacements("'a", "(s 'a)", "(= 'a z)") == ["(= (s 'a) z)"])
    #expect(try replacements("z", "'a", "(= (+ z z) 2)") == ["(= (+ 'a z) 2)", "(= (+ z 'a) 2)"])
  }

  @Test func theTypeOfAnEqualityIsAPlaceToo() throws {
    // A rewrite of `nat` itself can never be asked for: no fact equates types with terms.
    #expect(try replacements("nat", "nat", "(= z z)").count == 1)
  }
}
