import Conjecturing
import Export
import Kernel
import Parallel
import PeanoSyntax
import Proving
import Randomness
import Search
import Testing

@testable import Agent

/// What is claimed in hindsight is read again from print and proved again, twice.
@Suite struct HindsightTests {
  /// The printed script and the certificate both prove the printed statement.
  static func recheck(_ theorem: Theorem, _ theory: Theory) throws {
    // The script.
    let source = SourceFile(path: "theorem.p", text: theorem.script)
    let arena = TermArena(theory.terms)
    let read = try elaborateProblems(try parse(source), theory: theory, arena: arena)
    #expect(read.count == 1)
    #expect(print(read[0].statement, arena: arena, theory: theory) == theorem.statement)
    var extended = theory
    extended.replaceTerms(arena.freeze())
    guard case .proved = verify(read, over: extended, source: source).verdicts[0].outcome else {
      Issue.record(
        "refused: \(verify(read, over: extended, source: source).verdicts[0])\n\(theorem.script)")
      return
    }
    // The certificate.
    let certificate = try Certificate(theorem.certificate)
    #expect(certificate.theory == CertificateWriter(theory).theory)
    let checked = try certificate.theory.check()
    _ = try certificate.check(in: checked)
    let other = TermArena(checked.theory.terms)
    #expect(
      print(try certificate.statement(in: checked, other), arena: other, theory: checked.theory)
        == theorem.statement)
    // Closed, and the conjecturer's own form of it.
    #expect(arena.node(read[0].statement).looseBound == 0)
    #expect(!arena.node(read[0].statement).hasLocal)
    if let conjecture = theorem.conjecture {
      #expect(conjecture.statement(in: arena) == read[0].statement)
    }
    #expect(theorem.stepCount > 0)
    for choice in theorem.choices {
      #expect(choice.query.options.indices.contains(choice.option))
    }
  }

  static func reports(
    _ statements: [StatementSource], in fixture: Fixture, expansions: Int, limit: Int = 12,
    threads: Int = 2, seed: UInt64 = 1
  ) throws -> [SearchReport] {
    let prover = Prover(
      space: fixture.space, network: UniformEvaluator<ProofQuery>(),
      settings: .init(
        budget: SearchBudget(expansions: expansions), hindsightLimit: limit, failureLimit: 4),
      pool: WorkerPool(threads: threads))
    return try prover.prove(statements, key: RandomKey(seed: seed))
  }

  @Test(arguments: Fixture.domains)
  func everyTheoremHolds(_ domain: String) throws {
    let fixture = try Fixture(domain: domain)
    let problems = try fixture.problems(domain)
    let statements = Array(problems)
    let reports = try HindsightTests.reports(statements, in: fixture, expansions: 400)
    var count = 0
    for (statement, report) in zip(statements, reports) {
      #expect(report.hindsight.count <= 12 && report.failures.count <= 4)
      let session = ProofSession(fixture.space)
      let posed = statement.term(in: session)
      var isProved = false
      if case .proved(let theorem) = report.verdict {
        isProved = true
        try HindsightTests.recheck(theorem, fixture.space.theory)
      } else if case .refused(let reason) = report.verdict {
        Issue.record("refused: \(reason)")
      }
      var seen: Set<String> = []
      for theorem in report.hindsight {
        try HindsightTests.recheck(theorem, fixture.space.theory)
        #expect(seen.insert(theorem.statement).inserted, "twice: \(theorem.statement)")
        let statement = try fixture.term(theorem.statement, in: session.arena)
        #expect(statement != posed && Triviality(of: statement, in: session.arena) == nil)
        #expect(!theorem.choices.isEmpty)
        // Instances of what was proved, and axioms, are no news; those of an open statement are.
        let isInstance = session.arena.isInstance(statement, of: posed)
        #expect(!(isProved && isInstance), "\(theorem.statement)")
        let axioms = fixture.space.theory.declarations.filter { $0.role == .assumption }
        #expect(!axioms.contains { $0.type == statement }, "\(theorem.statement)")
        count += 1
      }
    }
    #expect(count > 10, "\(count)")
  }

  /// Scripts are files of their own: their names must not be those of the domain's constants.
  @Test func namesOfTheDomainAreNotTaken() throws {
    let groups = try Fixture.read("Domains/groups.p").text
    let fixture = try Fixture(
      groups + "\nhindsight : G.\nconjecture_3 : G.\nconjecture_3_ : [G -> G].\n")
    let posed = try ["[('a : G) -> (= 'a (op id 'a))]", "[('a : G) -> (= (op 'a id) 'a)]"].map {
      try fixture.statement($0, named: "conjecture_3")
    }
    let reports = try HindsightTests.reports(posed, in: fixture, expansions: 400)
    guard case .proved(let theorem) = reports[0].verdict else {
      Issue.record("\(reports[0].verdict)")
      return
    }
    #expect(theorem.script.hasPrefix("theorem conjecture_3__ :"), "\(theorem.script)")
    try HindsightTests.recheck(theorem, fixture.space.theory)
    let hindsight = reports.flatMap(\.hindsight)
    #expect(!hindsight.isEmpty)
    for theorem in hindsight {
      #expect(theorem.script.hasPrefix("theorem hindsight_ :"), "\(theorem.script)")
      try HindsightTests.recheck(theorem, fixture.space.theory)
    }
  }

  @Test func theSameForAnyNumberOfThreads() throws {
    let fixture = try Fixture(domain: "groups")
    let statements = Array(try fixture.problems("groups").prefix(6))
    func scripts(_ threads: Int, _ seed: UInt64, limit: Int = 4) throws -> [[String]] {
      try HindsightTests.reports(
        statements, in: fixture, expansions: 60, limit: limit, threads: threads, seed: seed
      ).map { report in
        report.hindsight.map(\.script) + report.failures.map { "\($0)" }
      }
    }
    let one = try scripts(1, 1)
    #expect(try scripts(2, 1) == one && scripts(4, 1) == one)
    #expect(try scripts(2, 2) != one)
    #expect(try scripts(2, 1, limit: 0).allSatisfy { $0.allSatisfy { !$0.hasPrefix("theorem") } })
  }

  // MARK: Instances

  @Test(arguments: [
    // general, statement
    (
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a))]", "(= (op id (inv id)) (op (inv id) id))"
    ),
    // Variables in another order, idle hypotheses, hypotheses in another order.
    ("[('a : G) -> ('b : G) -> (= (op 'a 'b) 'b)]", "[('a : G) -> ('b : G) -> (= (op 'b 'a) 'a)]"),
    ("[('a : G) -> (= 'a id)]", "[('a : G) -> (= 'a 'a) -> ('b : G) -> (= 'b id)]"),
    (
      "[('a : G) -> ('b : G) -> (= 'a id) -> (= 'b id) -> (= 'a 'b)]",
      "[('c : G) -> (= (inv 'c) id) -> (= (op 'c 'c) id) -> (= (op 'c 'c) (inv 'c))]"
    ),
    // A variable that only hypotheses tell.
    (
      "[('a : G) -> ('b : G) -> (= 'a 'b) -> (= 'b id) -> (= 'a id)]",
      "[(= (inv id) (op id id)) -> (= (op id id) id) -> (= (inv id) id)]"
    ),
    ("[('P : prop) -> 'P]", "[('a : G) -> (= 'a id)]"),
    (
      "[('a : G) -> [('b : G) -> (= 'b 'a)] -> (= 'a id)]",
      "[[('b : G) -> (= 'b (inv id))] -> (= (inv id) id)]"
    ),
  ])
  func instances(_ general: String, _ statement: String) throws {
    #expect(try HindsightTests.isInstance(statement, of: general))
  }

  @Test(arguments: [
    (
      "(= (op id (inv id)) (op (inv id) id))", "[('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a))]"
    ),
    ("[('a : G) -> (= (op 'a 'a) 'a)]", "[('a : G) -> ('b : G) -> (= (op 'a 'b) 'b)]"),
    // A hypothesis is missing, or says something else.
    ("[('a : G) -> (= 'a id) -> (= id 'a)]", "[('a : G) -> (= id 'a)]"),
    ("[('a : G) -> (= 'a id) -> (= id 'a)]", "[('a : G) -> ('b : G) -> (= 'b id) -> (= id 'a)]"),
    (
      "[('a : G) -> ('b : G) -> (= 'a 'b) -> (= 'b id) -> (= 'a id)]",
      "[(= (inv id) (op id id)) -> (= (inv id) id) -> (= (inv id) id)]"
    ),
    // What a binder binds is no instance of a variable outside of it.
    (
      "[('a : G) -> [('b : G) -> (= 'b 'a)] -> (= 'a id)]", "[[('b : G) -> (= 'b 'b)] -> (= id id)]"
    ),
  ])
  func noInstances(_ general: String, _ statement: String) throws {
    #expect(try !HindsightTests.isInstance(statement, of: general))
  }

  static func isInstance(_ statement: String, of general: String) throws -> Bool {
    let fixture = try Fixture(domain: "groups")
    let arena = fixture.space.makeArena()
    return arena.isInstance(
      try fixture.term(statement, in: arena), of: try fixture.term(general, in: arena))
  }

  // MARK: By hand

  /// P passes to Q, Q to R, and T has no proof.
  static let theory = """
    G : type.  id : G.  inv : [G -> G].
    P : [G -> prop].  Q : [G -> prop].  R : [G -> prop].  S : prop.  T : prop.
    pq : [('a : G) -> (P 'a) -> (Q 'a)].  #forward pq.
    qr : [('a : G) -> (Q 'a) -> (R 'a)].  #forward qr.
    at_id : [(Q id) -> S].  #forward at_id.
    #premises pq qr at_id.
    """

  static func hindsight(_ statement: String) throws -> (theorems: [Theorem], fixture: Fixture) {
    let fixture = try Fixture(theory)
    let reports = try HindsightTests.reports(
      [try fixture.statement(statement)], in: fixture, expansions: 100)
    for theorem in reports[0].hindsight { try recheck(theorem, fixture.space.theory) }
    return (reports[0].hindsight, fixture)
  }

  /// Which of `expected` are stated, and how many others.
  static func found(
    _ theorems: [Theorem], _ expected: [String], _ fixture: Fixture
  ) throws -> (missing: [String], others: [String]) {
    let arena = TermArena(fixture.space.theory.terms)
    let stated = try theorems.map { try fixture.term($0.statement, in: arena) }
    let wanted = try expected.map { try fixture.term($0, in: arena) }
    return (
      zip(expected, wanted).filter { !stated.contains($0.1) }.map(\.0),
      zip(theorems, stated).filter { !wanted.contains($0.1) }.map { $0.0.statement }
    )
  }

  @Test func instancesBecomeGeneral() throws {
    let (theorems, fixture) = try HindsightTests.hindsight("[(P (inv (inv id))) -> T]")
    let (missing, _) = try HindsightTests.found(
      theorems, ["[('a : G) -> (P 'a) -> (R 'a)]"], fixture)
    #expect(missing.isEmpty)
    // No instance is left beside its theorem.
    #expect(theorems.allSatisfy { !$0.statement.contains("inv") })
  }

  /// What the proof does look into stays.
  @Test func dataThatMatterStay() throws {
    let (theorems, fixture) = try HindsightTests.hindsight("[(P id) -> T]")
    let expected = ["[(P id) -> S]", "[('a : G) -> (P 'a) -> (R 'a)]"]
    #expect(try HindsightTests.found(theorems, expected, fixture).missing.isEmpty)
  }

  @Test func unusedHypothesesAreDropped() throws {
    let (theorems, fixture) = try HindsightTests.hindsight(
      "[('a : G) -> ('b : G) -> S -> (P (inv 'a)) -> (P 'b) -> T]")
    let (missing, _) = try HindsightTests.found(
      theorems, ["[('a : G) -> (P 'a) -> (R 'a)]"], fixture)
    #expect(missing.isEmpty)
    #expect(
      theorems.allSatisfy { !$0.statement.contains("S ->") && !$0.statement.contains("'b :") })
  }
}
