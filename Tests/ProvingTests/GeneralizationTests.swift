import Kernel
import PeanoSyntax
import Testing

@testable import Proving

/// What a proof in a context becomes when it has to stand alone.
@Suite struct GeneralizationTests {
  let session: ProofSession
  /// Three variables of type G, introduced in this order.
  let entries: [ContextEntry]
  let names: [(name: String, term: Term)]

  init() throws {
    let session = ProofSession(try Fixture(domain: "groups").space)
    let type = try session.term("G")
    let locals = (0..<3).map { session.arena.local(level: $0, type: type) }
    entries = locals.map {
      ContextEntry(kind: .variable, term: $0, type: type, justification: nil)
    }
    names = zip(["'x", "'y", "'w"], locals).map { ($0, $1) }
    self.session = session
  }

  func derivation(_ fact: String, by axiom: String, _ arguments: [String]) throws -> Derivation {
    Derivation(
      showing: try session.term(fact, names),
      by: .application(
        head: try session.term(axiom), arguments: try arguments.map { try session.term($0, names) })
    )
  }

  /// Commutativity of any two variables is the axiom, in whatever order they were introduced, and
  /// without the third one, which the proof does not use.
  @Test(arguments: [("'x", "'y"), ("'y", "'x"), ("'w", "'x")])
  func orderOfVariables(_ first: String, _ second: String) throws {
    let (statement, proof) = try derivation(
      "(= (op \(first) \(second)) (op \(second) \(first)))", by: "op_comm", [first, second]
    ).generalized(over: entries, in: session)
    let axiom = session.space.theory.constant(named: "op_comm").map { session.space.theory[$0] }
    #expect(statement == axiom?.type)
    _ = try proof.certify(statement, in: session)
  }

  /// `id · (x⁻¹ · w) = x⁻¹ · w` does not look into the product: it is `id · a = a`.
  @Test func dataBecomeVariables() throws {
    let (statement, proof) = try derivation(
      "(= (op id (op (inv 'x) 'w)) (op (inv 'x) 'w))", by: "id_l", ["(op (inv 'x) 'w)"]
    ).generalized(over: entries, in: session)
    let product = try #require(proof.abstractableTerms(in: session).first)
    let (general, generalProof) = try #require(
      proof.generalized(replacing: product, in: session))
    #expect(general != statement)
    #expect(general == (try session.term("[('a : G) -> (= (op id 'a) 'a)]")))
    _ = try generalProof.certify(general, in: session)
  }

  /// Replacing what the axiom itself mentions spoils the proof, and the kernel says so.
  @Test func theKernelDecides() throws {
    let proof = try derivation("(= (op id id) id)", by: "id_l", ["id"])
    let identity = try session.term("id")
    let (statement, spoiled) = try #require(proof.generalized(replacing: identity, in: session))
    #expect(throws: Derivation.Failure.self) { try spoiled.certify(statement, in: session) }
  }
}
