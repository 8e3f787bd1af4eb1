import Kernel
import Testing

@testable import Export

/// The text of exports to Coq; what Coq says to it is another suite.
@Suite struct CoqExportTests {
  @Test func namesAreInjective() throws {
    #expect(CoqNames.constant("+_z") == "c_'2b'_z")
    #expect(CoqNames.constant("nat_ind") == "c_nat_ind")
    #expect(CoqNames.theorem("0012-3") == "t_0012'2d'3")
    // Every text of three characters from those that could be confused.
    let alphabet = ["a", "2", "b", "_", "+", "-", "'", ""]
    let names = Set(
      alphabet.flatMap { a in alphabet.flatMap { b in alphabet.map { a + b + $0 } } })
    #expect(Set(names.map(CoqNames.escaped)).count == names.count)
  }

  @Test func theFilesOfASmallExport() throws {
    let fixture = try Fixture(
      """
      G : type.
      e : G.
      * : [G -> G -> G].
      unit : [('a : G) -> (= (* 'a e) 'a)].
      """)
    let theorems = try TheoremCollection(
      fixture.certificate(
        "[('a : G) -> (= 'a (* 'a e))]",
        """
        (lambda ('a : G) (subst G (* 'a e) 'a (lambda ('x : G) (= 'x (* 'a e))) (unit 'a)
          (refl G (* 'a e))))
        """),
      fixture.certificate("[('P : prop) -> 'P -> 'P]", "(lambda ('P : prop, 'h : 'P) 'h)"))
    let files = try CoqExporter(models: ["(* theory 00 *)\n"], theoremsPerFile: 1)
      .files(for: theorems)
    #expect(
      files.map(\.path) == [
        "Prelude.v", "Theory.v", "Proofs_0001.v", "Proofs_0002.v", "Assumptions.v", "_CoqProject",
        "Makefile", "Theorems.tsv", "README",
      ])
    #expect(
      files[1].text == """
        (* Written by minimo export --format coq. *)
        From Minimo Require Import Prelude.

        Module Type THEORY.
          Parameter c_G :
            Type@{u}.
          Parameter c_e :
            c_G.
          Parameter c_'2a' :
            c_G -> c_G -> c_G.
          Parameter c_unit :
            forall x0 : c_G, @eq c_G (c_'2a' x0 c_e) x0.
        End THEORY.

        """)
    #expect(
      files[2].text == """
        (* Written by minimo export --format coq. *)
        From Minimo Require Import Prelude Theory.

        Module Proofs (Import T : THEORY).

        Lemma t_a :
          forall x0 : c_G, @eq c_G x0 (c_'2a' x0 c_e).
        Proof.
          exact (
          fun x0 : c_G => @eq_ind c_G (c_'2a' x0 c_e) (fun x1 : c_G => @eq c_G x1
            (c_'2a' x0 c_e)) (@eq_refl c_G (c_'2a' x0 c_e)) x0 (c_unit x0)).
        Qed.

        End Proofs.

        """)
    #expect(files[3].text.contains("forall x0 : Prop, x0 -> x0"))
    #expect(files[4].text.contains("Print Assumptions Proofs_0002_.t_b.\n"))
    #expect(
      files[7].text == """
        Proofs_0001\tt_a\ta_G a_e a_'2a' a_unit\tc_G c_e c_'2a' c_unit
        Proofs_0002\tt_b\t\t

        """)
  }

  @Test func collectionsAreOfOneTheoryAndDistinctNames() throws {
    let (one, two) = (try Fixture("P : prop.\n"), try Fixture("Q : prop.\n"))
    let proof = "(lambda ('p : prop, 'h : 'p) 'h)"
    let first = try one.certificate("[('p : prop) -> 'p -> 'p]", proof)
    let second = try two.certificate("[('p : prop) -> 'p -> 'p]", proof)
    #expect(throws: ExportError.otherTheory(theorem: "b")) {
      _ = try TheoremCollection(first, second)
    }
    for (name, error) in [
      ("a", ExportError.duplicateName(theorem: "a")), ("a b", .invalidName(theorem: "a b")),
      ("", .invalidName(theorem: "")), ("»", .invalidName(theorem: "»")),
    ] {
      #expect(throws: error) {
        _ = try TheoremCollection(
          theory: first.theory,
          [.init(name: "a", certificate: first), .init(name: name, certificate: first)])
      }
    }
  }

  @Test func whatCannotBeWrittenIsSaid() throws {
    let fixture = try Fixture("P : prop.\n")
    let genuine = try fixture.certificate("[P -> P]", "(lambda ('h : P) 'h)")
    let count = genuine.nodeCount
    func error(_ certificate: Certificate) throws -> ExportError? {
      do {
        _ = try CoqExporter().files(for: TheoremCollection(certificate))
        return nil
      } catch let error as ExportError {
        return error
      }
    }
    #expect(try error(genuine) == nil)
    #expect(
      try error(genuine.with(proof: count, nodes: [.bound(0)])) == .unboundVariable(in: "a"))
    #expect(
      try error(genuine.with(proof: count, nodes: [.constant("Q")]))
        == .unknownConstant("Q", in: "a"))
    #expect(
      try error(
        genuine.with(proof: count, nodes: [.numeral(type: "nat", value: Natural(3))]))
        == .unknownConstant("nat", in: "a"))
    // What a part repeats is open and below two different binders each time, so it has no one name.
    var nodes: [Certificate.Node] = [.constant("P"), .bound(30)]
    for _ in 0..<30 {
      let (domain, body) = (count, count + nodes.count - 1)
      nodes += [
        .lambda(domain: domain, body: body), .lambda(domain: domain, body: body),
        .apply(body + 1, body + 2),
      ]
    }
    nodes.append(.lambda(domain: count, body: count + nodes.count - 1))
    #expect(
      try error(genuine.with(proof: count + nodes.count - 1, nodes: nodes))
        == .tooLarge(declaration: "a", bytes: 16 << 20))
  }

  /// Binders further out than a bit set holds are still found to be used.
  @Test func farBindersAreNotForgotten() throws {
    for depth in [1, 61, 62, 63, 64, 65, 130] {
      var nodes: [Certificate.Node] = [.sort(.prop), .bound(depth)]
      for level in 0..<depth { nodes.append(.forall(domain: 0, body: level + 1)) }
      let graph = TermGraph(nodes)
      #expect(graph.usesBinder(nodes.count - 1))
      #expect(!graph.isClosed(nodes.count - 1))
      #expect(depth > 62 || !graph.usesBinder(nodes.count - 2))
    }
  }
}
