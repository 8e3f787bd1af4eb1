import Foundation
import Kernel
import PeanoSyntax
import Proving
import Testing

@testable import Export

/// What Coq itself says to exports.
@Suite(.enabled(if: Coq.isInstalled, "coqc is not installed"))
struct CoqCheckingTests {
  @Test(arguments: Fixture.domains + ["nat-literals"])
  func coqAcceptsFoundProofsAndTheModel(_ domain: String) throws {
    let fixture = try Fixture(domain: domain)
    let entries = try fixture.proofs(domain, expansions: 60).enumerated()
      .map { index, found in
        TheoremCollection.Entry(
          name: "found_\(index)",
          certificate: fixture.writer.certificate(
            of: found.statement, proof: found.proof, in: found.session.arena))
      }
    #expect(entries.count >= 5)
    let model = try Fixture.read("Domains/Models/\(domain).v").text
    let theorems = try TheoremCollection(theory: fixture.writer.theory, entries)
    let paths = try CoqExporter(models: [model]).files(for: theorems).map(\.path)
    #expect(paths.contains("Closed.v"), "the model names another theory")
    #expect(try Coq.check(theorems, models: [model]) == .accepted)
  }

  @Test func allKindsOfDeclarations() throws {
    let fixture = try Fixture(everything)
    let theorems = try TheoremCollection(
      fixture.certificate("(P 2)", "(P_s 1 (P_s 0 P_z))"),
      fixture.certificate("(= two 2)", "(refl nat two)"),
      fixture.certificate("[Q -> Q]", "(lambda ('h : Q) 'h)"),
      fixture.certificate("(= Q Q)", "(refl prop Q)"),
      fixture.certificate("[('t : type) -> ('a : 't) -> (= 'a 'a)]", "refl"))
    #expect(try Coq.check(theorems) == .accepted)
  }

  @Test func theoremsOfTheTheoryAndPrimitivesAlone() throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    let p = arena.constant(try builder.assume("P", type: .prop))
    let h = arena.constant(try builder.assume("h", type: p))
    let lemma = arena.constant(try builder.prove("lemma", statement: p, proof: h))
    // same := =, and the same for the other two.
    for (name, primitive) in [
      ("same", ConstantID.equality), ("itself", .reflexivity), ("moved", .substitution),
    ] {
      let term = arena.constant(primitive)
      try builder.define(name, type: builder.theory[primitive].type, value: term)
    }
    let same = arena.constant(builder.theory.constant(named: "same")!)
    let theory = builder.freeze()
    let terms = TermArena(theory.terms)
    let writer = CertificateWriter(theory)
    let theorems = try TheoremCollection(
      writer.certificate(of: p, proof: lemma, in: terms),
      writer.certificate(
        of: terms.application(same, [.prop, p, p]),
        proof: terms.application(terms.constant(.reflexivity), [.prop, p]), in: terms))
    #expect(try Coq.check(theorems) == .accepted)
  }

  /// Written out, each proof has 2^60 nodes.
  @Test func partsThatRepeatAreWrittenOnce() throws {
    let fixture = try Fixture(domain: "groups")
    let arena = TermArena(fixture.theory.terms)
    let (op, id) = (try fixture.term("op", in: arena), try fixture.term("id", in: arena))
    let g = try fixture.term("G", in: arena)
    /// A proof that `term` is itself, by way of something large.
    func proof(of term: Term) -> Term {
      let large = (0..<60).reduce(term) { term, _ in arena.application(op, [term, term]) }
      let itself = arena.application(
        arena.constant(.reflexivity), [g, term == id ? id : arena.variable(1)])
      return arena.application(arena.lambda(g, itself), [large])
    }
    let theorems = try TheoremCollection(
      fixture.writer.certificate(
        of: arena.equality(g, id, id), proof: proof(of: id), in: arena),
      fixture.writer.certificate(
        of: arena.pi(g, arena.equality(g, arena.variable(0), arena.variable(0))),
        proof: arena.lambda(g, proof(of: arena.variable(0))), in: arena))
    let text = try CoqExporter().files(for: theorems)[2].text
    #expect(text.utf8.count < 30_000)
    #expect(try Coq.check(theorems) == .accepted)
  }

  @Test func numeralsAndArithmetic() throws {
    let fixture = try Fixture(domain: "nat-mul")
    let googol = "1" + String(repeating: "0", count: 100)
    let plain = try TheoremCollection(
      fixture.certificate("(= 20000 (s 19999))", "(refl nat 20000)"),
      fixture.certificate("(= 7 (s (s 5)))", "(refl nat 7)"),
      fixture.certificate("(= \(googol) \(googol))", "(refl nat \(googol))"),
      fixture.certificate(
        "(= (s 999999999999) 1000000000000)", "(refl nat 1000000000000)"))
    #expect(try Coq.check(plain) == .accepted)

    let statements = [
      ("(= (+ 2 3) 5)", "(refl nat 5)"),
      ("(= (* 12 (+ 5 7)) 144)", "(refl nat 144)"),
      ("(= (+ 123456789 987654321) 1111111110)", "(refl nat 1111111110)"),
      ("(= (+ 123456789 987654321) 1111111110)", "(refl nat (+ 123456789 987654321))"),
      ("(= (* 123456789 987654321) 121932631112635269)", "(refl nat 121932631112635269)"),
      ("(= (+ (* 3000 (s 3999)) z) (* 4000 3000))", "(refl nat 12000000)"),
      ("(= (* 0 (+ \(googol) 1)) (* (+ \(googol) 1) z))", "(refl nat z)"),
      // Both equations hold by computation.
      ("[('n : nat) -> (= (+ 'n z) 'n)]", "(lambda ('n : nat) (refl nat 'n))"),
      (
        "[('n : nat) -> ('m : nat) -> (= (* 'n (s 'm)) (+ 'n (* 'n 'm)))]",
        "(lambda ('n : nat, 'm : nat) (refl nat (+ 'n (* 'n 'm))))"
      ),
      (
        "[('n : nat) -> (= (+ 'n 2000) (+ 'n (+ 1500 500)))]",
        "(lambda ('n : nat) (refl nat (+ 'n 2000)))"
      ),
    ]
    let computed = try TheoremCollection(
      theory: fixture.certificate("(= z z)", "(refl nat z)").computing.theory,
      statements.enumerated().map { index, pair in
        .init(name: "t\(index)", certificate: try fixture.certificate(pair.0, pair.1).computing)
      })
    #expect(try Coq.check(computed) == .accepted)

    // Without computation only the axioms say what a sum is.
    try expectRefusal(
      by: "Proofs_0001.v", fixture.certificate("(= (+ 2 3) 5)", "(refl nat 5)"))
    // The lemmas do not make a wrong sum right. Coq counts to find two numerals different, so
    // these are not much larger than what the lemmas are used for.
    for wrong in [
      "(= (+ 1500 1500) 3001)", "(= (* 30 400) 12001)", "(= (s 2000) 2000)", "(= (+ 2 3) 6)",
    ] {
      let number = wrong.split(separator: " ").last!.dropLast()
      try expectRefusal(
        by: "Proofs_0001.v", fixture.certificate(wrong, "(refl nat \(number))").computing)
    }
  }

  /// Multiplication may add on either side, and an operation may be no arithmetic at all.
  @Test func recursionsOfAllShapes() throws {
    let fixture = try Fixture(
      """
      nat : type.
      z : nat.
      s : [nat -> nat].
      #literal nat z s.
      plus : [nat -> nat -> nat].
      plus_z : [('n : nat) -> (= (plus 'n z) 'n)].
      plus_s : [('n : nat) -> ('m : nat) -> (= (plus 'n (s 'm)) (s (plus 'n 'm)))].
      times : [nat -> nat -> nat].
      times_z : [('n : nat) -> (= (times 'n z) z)].
      times_s : [('n : nat) -> ('m : nat) -> (= (times 'n (s 'm)) (plus (times 'n 'm) 'n))].
      power : [nat -> nat -> nat].
      power_z : [('n : nat) -> (= (power 'n z) 1)].
      power_s : [('n : nat) -> ('m : nat) -> (= (power 'n (s 'm)) (times (power 'n 'm) 'n))].
      """)
    let operations = ["plus", "times", "power"].map {
      Certificate.Declaration.computable(
        operation: $0, atZero: $0 + "_z", atSuccessor: $0 + "_s")
    }
    let theorems = try TheoremCollection(
      fixture.certificate("(= (times 34567 76543) 2645861881)", "(refl nat 2645861881)")
        .adding(operations),
      fixture.certificate("(= (power 3 4) 81)", "(refl nat 81)").adding(operations))
    #expect(try Coq.check(theorems) == .accepted)
    #expect(throws: ExportError.invalidRecursion(operation: "plus")) {
      _ = try CoqExporter().files(
        for: TheoremCollection(
          fixture.certificate("(= z z)", "(refl nat z)").adding([
            .computable(operation: "plus", atZero: "plus_z", atSuccessor: "times_s")
          ])))
    }
  }

  // MARK: Forgeries

  /// The genuine certificate is accepted; what `forge` makes of it is refused.
  private func expectRefusal(
    of genuine: Certificate, by file: String = "Proofs_0001.v", _ forged: Certificate,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    #expect(
      try Coq.check(TheoremCollection(genuine), count: 2) == .accepted, sourceLocation: location)
    try expectRefusal(by: file, forged, location)
  }

  private func expectRefusal(
    by file: String, _ forged: Certificate, _ location: SourceLocation = #_sourceLocation
  ) throws {
    guard case .refused(let place, _) = try Coq.check(TheoremCollection(forged), count: 2) else {
      Issue.record("Coq accepts a forged certificate", sourceLocation: location)
      return
    }
    #expect(place == file, sourceLocation: location)
  }

  @Test func aProofOfSomethingElse() throws {
    let fixture = try Fixture(domain: "groups")
    try expectRefusal(
      of: fixture.certificate("(= (op (inv id) id) id)", "(inv_l id)"),
      fixture.certificate("(= (op id id) id)", "(inv_l id)"))
  }

  @Test func aChangedStatement() throws {
    let fixture = try Fixture(domain: "groups")
    try expectRefusal(
      of: fixture.certificate("[('a : G) -> (= 'a 'a)]", "(lambda ('a : G) (refl G 'a))"),
      fixture.certificate(
        "[('a : G) -> ('b : G) -> (= 'a 'b)]", "(lambda ('a : G, 'b : G) (refl G 'a))"))
  }

  @Test func aWrongMotive() throws {
    let fixture = try Fixture(domain: "groups")
    func symmetry(_ motive: String) throws -> Certificate {
      try fixture.certificate(
        "[('a : G) -> ('b : G) -> (= 'a 'b) -> (= 'b 'a)]",
        "(lambda ('a : G, 'b : G, 'h : (= 'a 'b)) "
          + "(subst G 'a 'b (lambda ('x : G) \(motive)) 'h (refl G 'a)))")
    }
    try expectRefusal(of: symmetry("(= 'x 'a)"), symmetry("(= 'a 'x)"))
  }

  @Test func aMissingRewrite() throws {
    let fixture = try Fixture(domain: "groups")
    try expectRefusal(
      of: fixture.certificate(
        "[('a : G) -> (= (op 'a id) 'a)]",
        "(lambda ('a : G) (subst G (op id 'a) 'a (lambda ('x : G) (= (op 'a id) 'x)) (id_l 'a) "
          + "(op_comm 'a id)))"),
      fixture.certificate(
        "[('a : G) -> (= (op 'a id) 'a)]", "(lambda ('a : G) (op_comm 'a id))"))
  }

  @Test func anEqualityOfDifferentTypes() throws {
    let fixture = try Fixture(domain: "groups")
    let genuine = try fixture.certificate("(= id id)", "(refl G id)")
    guard let inverse = genuine.theory.nodes.firstIndex(of: .constant("inv")),
      case .apply(let half, _) = genuine[genuine.statement]
    else {
      Issue.record("the certificate has another form")
      return
    }
    let count = genuine.nodeCount
    try expectRefusal(
      of: genuine, genuine.with(statement: count, nodes: [.apply(half, inverse)]))
  }

  @Test func anAxiomThatPassesForATheorem() throws {
    let fixture = try Fixture(domain: "groups")
    let claim = try fixture.certificate("[('a : G) -> (= (op id 'a) 'a)]", "id_l")
    let lie = try fixture.certificate("[('a : G) -> ('b : G) -> (= 'a 'b)]", "op_comm")
    for (certificate, file) in [(claim, nil), (lie, "Theory.v")] {
      let nodes = certificate.theory.nodes + certificate.nodes
      let theory = Certificate.Theory(
        nodes: nodes,
        declarations: certificate.theory.declarations + [
          .init(
            .prove(
              name: "lemma", statement: certificate.statement, proof: certificate.proof),
            nodeCount: nodes.count)
        ])
      let theorem = Certificate(
        theory: theory, nodes: [.constant("lemma")], axioms: [],
        statement: certificate.statement, proof: nodes.count)
      if let file {
        try expectRefusal(by: file, theorem)
      } else {
        #expect(try Coq.check(TheoremCollection(theorem), count: 2) == .accepted)
      }
    }
    // A name that is not declared at all never reaches Coq.
    let undeclared = claim.with(proof: claim.nodeCount, nodes: [.constant("lemma")])
    #expect(throws: ExportError.unknownConstant("lemma", in: "a")) {
      _ = try CoqExporter().files(for: TheoremCollection(undeclared))
    }
  }

  /// The product over all types is no type: with it Girard's paradox could be stated.
  @Test func aTypeOfAllTypes() throws {
    for (body, file) in [(Kernel.Sort.prop, nil), (.type, "Theory.v")] {
      // big : prop := Πt:type. Πp:prop. p, or big : type := Πt:type. t.
      let nodes: [Certificate.Node] = [
        .sort(body), .sort(.type), .sort(.prop), .bound(0),
        .forall(domain: 2, body: 3),
        body == .prop ? .forall(domain: 1, body: 4) : .forall(domain: 1, body: 3),
        .forall(domain: 4, body: 4),
        .lambda(domain: 4, body: 3),
      ]
      let theory = Certificate.Theory(
        nodes: nodes,
        declarations: [.init(.define(name: "big", type: 0, value: 5), nodeCount: nodes.count)])
      let theorem = Certificate(theory: theory, nodes: [], axioms: [], statement: 6, proof: 7)
      if let file {
        try expectRefusal(by: file, theorem)
      } else {
        #expect(try Coq.check(TheoremCollection(theorem), count: 2) == .accepted)
      }
    }
  }
}
