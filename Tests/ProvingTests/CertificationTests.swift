import Kernel
import PeanoSyntax
import Randomness
import Search
import TestSupport
import Testing

@testable import Proving

/// Whatever a search solves, the kernel accepts; and what is false is never solved.
@Suite struct CertificationTests {
  /// A statement that random steps came across, closed over what they introduced.
  static func statement(
    _ domain: String, in session: ProofSession, _ random: inout RandomStream
  ) throws -> Term? {
    let problems = try Fixture.problems(domain, in: session)
    let problem = problems[random.uniform(below: problems.count)]
    var state = ProofState(proving: problem.statement, in: session)
    var facts = 0
    for _ in 0..<24 {
      guard state.optionCount > 0, facts < 1 + random.uniform(below: 3) else { break }
      // Introduce rather more often than chance would.
      let option = random.uniform() < 0.5 ? 0 : random.uniform(below: state.optionCount)
      guard let next = state.subgoals(after: option).first else { break }
      state = next
      facts = state.entries.count { $0.justification != nil && $0.kind == .fact }
    }
    guard let fact = state.entries.last(where: { $0.justification != nil && $0.kind == .fact })
    else { return nil }
    let arena = session.arena
    return state.entries.reversed().reduce(fact.type) { statement, entry in
      guard entry.justification == nil else { return statement }
      let body = arena.abstract(statement, over: [entry.term])
      // Hypotheses stay, variables only if they are mentioned.
      let isHypothesis = entry.kind == .fact
      return isHypothesis || body != statement ? arena.pi(entry.type, body) : statement
    }
  }

  @Test(arguments: Fixture.domains)
  func everySolvedTreeCertifies(_ domain: String) throws {
    let space = try Fixture(domain: domain).space
    var solved = 0
    try forAll(120, seed: 7) { random in
      let session = ProofSession(space)
      guard let statement = try CertificationTests.statement(domain, in: session, &random) else {
        return
      }
      let key = RandomKey(seed: random.next())
      let policy = random.uniform() < 0.3 ? Policy.even : .random(key)
      let selection = random.uniform() < 0.5 ? Selection.puct() : .paper
      let tree = search(statement, in: session, selection, policy: policy, expansions: 600)
      guard let solution = tree.solution() else { return }
      solved += 1
      let derivation = Derivation(solution)
      let text = try requireProof(derivation, of: statement, in: session)
      // The same search prints the same proof.
      let again = search(statement, in: session, selection, policy: policy, expansions: 600)
      let repeated = Derivation(try #require(again.solution()))
      #expect(
        repeated.theorem(named: "t", proving: statement, in: session).description == text)
    }
    #expect(solved >= 40, "only \(solved) of 120 random statements were proved")
  }

  /// Every goal that a search solved on its way has a proof of its own under its own context.
  @Test(arguments: Fixture.domains)
  func solvedSubgoalsCertify(_ domain: String) throws {
    let space = try Fixture(domain: domain).space
    var certified = 0
    for index in 0..<12 {
      let session = ProofSession(space)
      let statement = try Fixture.problems(domain, in: session)[index].statement
      let tree = search(statement, in: session, expansions: 400)
      for goal in tree.goals where goal.standing == .solved && goal.state.chosen < 0 {
        let derivation = Derivation(try #require(tree.solution(ofGoal: goal.index)))
        let (general, closed) = derivation.generalized(over: goal.state.entries, in: session)
        _ = try closed.certify(general, in: session)
        certified += 1
        if certified % 8 == 0 { try requireProof(closed, of: general, in: session) }
      }
    }
    #expect(certified > 12, "\(certified)")
  }

  static let falsehoods = [
    "groups": [
      "[('P : prop) -> 'P]", "[('a : G) -> ('b : G) -> (= 'a 'b)]",
      "[('c : G) -> (= 'c id) -> ('d : G) -> (= 'd id)]", "[('a : G) -> (= (inv 'a) 'a)]",
    ],
    "nat-add": [
      "[('P : prop) -> 'P]", "[('m : nat) -> ('n : nat) -> (= 'm z)]", "(= (s z) z)",
      "[('c : nat) -> (= 'c z) -> ('d : nat) -> (= 'd z)]", "[('n : nat) -> (= (s 'n) 'n)]",
    ],
    "nat-mul": [
      "[('P : prop) -> 'P]", "[('m : nat) -> ('n : nat) -> (= 'm z)]", "(= 2 3)",
      "[('c : nat) -> (= 'c z) -> ('d : nat) -> (= 'd z)]", "[('n : nat) -> (= (* 'n 'n) 'n)]",
    ],
    "propositional-logic": [
      "false", "[('P : prop) -> 'P]", "[('P : prop) -> ('Q : prop) -> (or 'P 'Q) -> 'P]",
      "[('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> 'Q -> 'P]",
      "[('P : prop) -> (iff 'P (not 'P))]",
    ],
    "lattices": [
      "[('P : prop) -> 'P]", "[('a : L) -> ('b : L) -> (= 'a 'b)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a)]",
      "[('a : L) -> (= 'a 'a) -> ('b : L) -> (= 'b 'a)]",
    ],
  ]

  @Test(arguments: Fixture.domains)
  func nothingProvesAFalsehood(_ domain: String) throws {
    let space = try Fixture(domain: domain).space
    for text in try #require(CertificationTests.falsehoods[domain]) {
      for selection in [Selection.puct(), .puct(exploration: 4), .paper] {
        for seed in 0..<3 {
          let session = ProofSession(space)
          let statement = try session.term(text)
          let policy = seed == 0 ? Policy.even : .random(RandomKey(seed: UInt64(seed)))
          let tree = search(
            statement, in: session, selection, policy: policy,
            expansions: seed == 0 ? 10_000 : 2_000)
          #expect(tree.outcome != .solved, "\(text), \(selection), seed \(seed)")
          #expect(tree.solution() == nil)
        }
      }
    }
  }
}
