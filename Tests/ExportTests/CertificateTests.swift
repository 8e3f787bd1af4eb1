import Foundation
import Hashing
import Kernel
import Parallel
import PeanoSyntax
import Proving
import Recheck
import Testing

@testable import Export

@Suite struct CertificateTests {
  /// The text is worked out by hand from the format.
  @Test func theTextOfASmallCertificate() throws {
    let fixture = try Fixture("P : prop.\nQ : prop.\np : P.\n")
    let certificate = try fixture.certificate("[P -> P]", "(lambda ('h : P) 'h)")
    #expect(
      certificate.text == """
        minimo-certificate 1
        theory-hash \(certificate.theory.hash)
        theory
        0 sort prop
        assume P 0
        assume Q 0
        1 constant P
        assume p 1
        end-theory
        2 forall 1 1
        3 bound 0
        4 lambda 1 3
        axioms P
        statement 2
        proof 4
        end

        """)
    #expect(
      try output(of: "sed -n '/^theory$/,/^end-theory$/p' | sha256sum", fed: certificate.text)
        == "\(certificate.theory.hash)  -\n")
  }

  @Test(arguments: Fixture.domains)
  func proofsFoundBySearchComeBack(_ domain: String) throws {
    let fixture = try Fixture(domain: domain)
    let proofs = try fixture.proofs(domain, expansions: 60)
    #expect(proofs.count >= 5)
    for (statement, proof, session) in proofs {
      let certificate = fixture.writer.certificate(
        of: statement, proof: proof, in: session.arena)
      let text = certificate.text
      let read = try Certificate(text)
      #expect(read == certificate)
      #expect(read.text == text)
      let checked = try read.theory.check()
      #expect(try read.check().axioms == certificate.axioms)
      let arena = TermArena(checked.theory.terms)
      let term = try read.statement(in: checked, arena)
      #expect(
        print(term, arena: arena, theory: checked.theory)
          == print(statement, arena: session.arena, theory: fixture.theory))
      // A rebuilt theory gives the very same certificate, whatever order its arena has.
      #expect(CertificateWriter(checked.theory).theory == certificate.theory)
      // The checker that shares no code agrees.
      let again = try recheck(Array(text.utf8))
      #expect(again.axioms == certificate.axioms)
      #expect(again.theoryHash == certificate.theory.hash.hex)
    }
  }

  @Test(arguments: Fixture.domains)
  func theArenaDoesNotShow(_ domain: String) throws {
    let fixture = try Fixture(domain: domain)
    guard let (statement, proof, session) = try fixture.proofs(domain, expansions: 30).first else {
      Issue.record("nothing was proved")
      return
    }
    let fresh = TermArena(fixture.theory.terms)
    // Other terms first, so that handles differ.
    for index in 0..<100 { _ = fresh.lambda(.prop, fresh.variable(index)) }
    func copied(_ term: Term) throws -> Term {
      try fixture.term(print(term, arena: session.arena, theory: fixture.theory), in: fresh)
    }
    let writer = fixture.writer
    let certificate = writer.certificate(of: statement, proof: proof, in: session.arena)
    #expect(
      try writer.certificate(of: copied(statement), proof: copied(proof), in: fresh)
        == certificate)
  }

  @Test func axiomsAreThoseThatMatter() throws {
    let fixture = try Fixture(everything)
    func axioms(_ statement: String, _ proof: String) throws -> [String] {
      let certificate = try fixture.certificate(statement, proof)
      #expect(try certificate.check().axioms == certificate.axioms)
      #expect(try recheck(Array(certificate.text.utf8)).axioms == certificate.axioms)
      return certificate.axioms
    }
    #expect(try axioms("Q", "q") == ["Q", "q"])
    #expect(try axioms("(P z)", "P_z") == ["nat", "z", "P", "P_z"])
    // A numeral is zero or a successor; a definition is its value.
    #expect(try axioms("(P 1)", "(P_s 0 P_z)") == ["nat", "z", "s", "P", "P_z", "P_s"])
    #expect(try axioms("(= two 2)", "(refl nat two)") == ["nat", "z", "s"])
    // The primitives are no axioms.
    #expect(
      try axioms("[('p : prop) -> 'p -> 'p]", "(lambda ('p : prop, 'h : 'p) 'h)") == [])
    #expect(
      try fixture.certificate("[('p : prop) -> 'p -> 'p]", "(lambda ('p : prop, 'h : 'p) 'h)").text
        .contains("\naxioms\nstatement "))
  }

  /// What computes depends on its equations, although no term mentions them.
  @Test func computationIsPartOfTheTheory() throws {
    let fixture = try Fixture(
      """
      nat : type.
      z : nat.
      s : [nat -> nat].
      #literal nat z s.
      + : [nat -> nat -> nat].
      +_z : [('n : nat) -> (= (+ 'n z) 'n)].
      +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
      unused : (= z z).
      #computable + +_z +_s.
      """)
    let certificate = try fixture.certificate(
      "(= (+ 123456789 987654321) 1111111110)", "(refl nat 1111111110)")
    #expect(certificate.text.contains("\ncomputable + +_z +_s\n"))
    #expect(certificate.axioms == ["nat", "z", "s", "+", "+_z", "+_s"])
    #expect(try Certificate(certificate.text) == certificate)
    #expect(try certificate.check().axioms == certificate.axioms)
    #expect(try recheck(Array(certificate.text.utf8)).axioms == certificate.axioms)
    let forged = certificate.text.replacingOccurrences(of: "1111111110", with: "1111111111")
    #expect(refusal(forged)?.reason.contains("another type") == true)
    let slow = certificate.text.replacingOccurrences(of: "computable + +_z +_s\n", with: "")
    #expect(refusal(slow.rehashed) != nil, "without the line it does not compute")
  }

  @Test func theoremsOfTheTheoryAreOpaqueAndCounted() throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    let p = arena.constant(try builder.assume("P", type: .prop))
    let q = arena.constant(try builder.assume("Q", type: .prop))
    let h = arena.constant(try builder.assume("h", type: p))
    let implies = arena.constant(try builder.assume("implies", type: arena.arrow(p, q)))
    let lemma = arena.constant(
      try builder.prove("lemma", statement: q, proof: arena.application(implies, h)))
    let theory = builder.freeze()
    let certificate = CertificateWriter(theory).certificate(
      of: q, proof: lemma, in: TermArena(theory.terms))
    #expect(certificate.axioms == ["P", "Q", "h", "implies"])
    #expect(certificate.text.contains("\nprove lemma "))
    #expect(try certificate.check().axioms == certificate.axioms)
    #expect(try recheck(Array(certificate.text.utf8)).axioms == certificate.axioms)
    #expect(try Certificate(certificate.text) == certificate)
  }

  /// A proof as deep as certificates may be, and one a level deeper.
  @Test func depthHasALimit() throws {
    for (depth, isRead) in [(9_990, true), (10_001, false)] {
      let fixture = try Fixture("P : prop.\n")
      let arena = TermArena(fixture.theory.terms)
      let p = try fixture.term("P", in: arena)
      var statement = p
      var proof = arena.variable(0)
      for _ in 0..<(depth - 2) {
        statement = arena.pi(p, statement)
        proof = arena.lambda(p, proof)
      }
      statement = arena.pi(p, statement)
      proof = arena.lambda(p, proof)
      let text = fixture.writer.certificate(of: statement, proof: proof, in: arena).text
      let read = try? Certificate(text)
      #expect((read != nil) == isRead, "\(depth)")
    }
  }
}

/// What a shell command writes, given `text` on its standard input.
private func output(of command: String, fed text: String) throws -> String {
  let path = FileManager.default.temporaryDirectory.path + "/certificate-\(UUID().uuidString)"
  try text.write(toFile: path, atomically: true, encoding: .utf8)
  defer { try? FileManager.default.removeItem(atPath: path) }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/bin/sh")
  process.arguments = ["-c", command]
  process.standardInput = FileHandle(forReadingAtPath: path)
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = pipe.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  return String(decoding: data, as: UTF8.self)
}
