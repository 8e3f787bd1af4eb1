import Foundation
import Kernel
import PeanoSyntax
import Testing

@Suite struct CorpusTests {
  /// Every hole that a careless checker leaves open, as a file that must be refused for the stated
  /// reason.
  @Test(arguments: try Corpus.files("Negative"))
  func refusesUnsoundFile(_ file: URL) throws {
    let source = try Corpus.source(file)
    let expected = try #require(Corpus.note("expect", of: source), "no `expect` line")
    _ = try parse(source)
    let found = diagnostics(of: source)
    #expect(found.count == 1, "\(found)")
    let text = found.map { $0.message + "\n" + $0.fix }.first ?? "accepted"
    #expect(text.contains(expected), "\(found)")
    #expect(found.first.map { $0.position.line > 2 } == true, "\(found)")
  }

  @Test(arguments: try Corpus.files("Malformed"))
  func refusesMalformedFile(_ file: URL) throws {
    let source = try Corpus.source(file)
    let expected = try #require(Corpus.note("expect", of: source), "no `expect` line")
    let found = diagnostics(of: source)
    let text = found.map { $0.message + "\n" + $0.fix }.first ?? "accepted"
    #expect(text.contains(expected), "\(found)")
    #expect(found.first?.position.line == 2 || found.first?.position.line == 3, "\(found)")
  }

  /// Scripts that a checker of proofs must refuse: here only that they are written well.
  @Test(arguments: try Corpus.files("Negative/Scripts"))
  func readsUnsoundScript(_ file: URL) throws {
    let source = try Corpus.source(file)
    #expect(Corpus.note("refuse", of: source) != nil)
    let file = try elaborate(try parse(source))
    #expect(!file.theorems.isEmpty)
    #expect(file.theorems.allSatisfy { $0.script != nil })
  }

  @Test func corporaAreComplete() throws {
    #expect(try Corpus.files("Negative").count == 106)
    #expect(try Corpus.files("Negative/Scripts").count == 23)
    #expect(try Corpus.files("Malformed").count == 54)
  }
}

@Suite struct DomainTests {
  struct Expectation: Sendable {
    let domain: String
    let constants: Int
    let premises: String
    let forward: Int
    let backward: Int
  }

  @Test(arguments: [
    Expectation(
      domain: "groups", constants: 8,
      premises: "op_assoc op_comm id_l inv_l eq_refl eq_symm rewrite", forward: 4, backward: 0),
    Expectation(
      domain: "nat-add", constants: 7, premises: "eq_refl eq_symm rewrite +_z +_s nat_ind",
      forward: 2, backward: 1),
    Expectation(
      domain: "nat-mul", constants: 10,
      premises: "eq_refl eq_symm rewrite +_z +_s *_s *_z nat_ind", forward: 4, backward: 1),
    Expectation(
      domain: "propositional-logic", constants: 18,
      premises: "and_i and_el and_er or_il or_ir or_e not_i not_e exfalso iff_i iff_el iff_er em",
      forward: 5, backward: 7),
    Expectation(
      domain: "lattices", constants: 9,
      premises: "meet_comm join_comm meet_assoc join_assoc meet_join join_meet "
        + "eq_refl eq_symm rewrite", forward: 6, backward: 0),
  ])
  func isAccepted(_ expected: Expectation) throws {
    let file = try elaborate(try parse(Corpus.domain(expected.domain)))
    #expect(file.theory.declarations.count == 3 + expected.constants)
    #expect(file.premises.joined(separator: " ") == expected.premises)
    #expect(file.forward.count == expected.forward)
    #expect(file.backward.count == expected.backward)
    #expect(file.theorems.isEmpty)
  }

  /// A self-contained file and its printed form declare the same theory.
  @Test(arguments: Corpus.domains + ["nat-literals"])
  func printsAndReadsBack(_ domain: String) throws {
    let tree = try parse(Corpus.domain(domain))
    let text = tree.description
    let again = try parse(SourceFile(path: "printed", text: text))
    #expect(again.description == text)
    let first = try elaborate(tree)
    let second = try elaborate(again)
    #expect(first.premises == second.premises)
    #expect(first.forward == second.forward)
    #expect(first.backward == second.backward)
    #expect(first.theory.computables == second.theory.computables)
    #expect(
      first.theory.declarations.map { [$0.name, "\($0.type.id)", "\($0.arity)"] }
        == second.theory.declarations.map { [$0.name, "\($0.type.id)", "\($0.arity)"] })
  }

  @Test func arityIsThatOfTheOutermostBrackets() throws {
    let file = try elaborate(try parse(Corpus.domain("nat-add")))
    let induction = try #require(file.theory.constant(named: "nat_ind"))
    #expect(file.theory[induction].arity == 3)
    #expect(file.backward[0].modes == [.subgoal, .subgoal, .subgoal])
    let logic = try elaborate(try parse(Corpus.domain("propositional-logic")))
    let elimination = try #require(logic.theory.constant(named: "iff_el"))
    #expect(logic.theory[elimination].arity == 3)
    let cases = try #require(logic.backward.first { logic.theory[$0.constant].name == "or_e" })
    #expect(cases.modes == [.infer, .infer, .infer, .infer, .subgoal, .subgoal])
  }

  /// Loose variable k of a pattern is input `arity - 1 - k`.
  @Test func patternsReferToInputs() throws {
    let groups = try elaborate(try parse(Corpus.domain("groups")))
    let arena = TermArena(groups.theory.terms)
    func constant(_ name: String, in file: ElaboratedFile) throws -> Term {
      arena.constant(try #require(file.theory.constant(named: name)))
    }
    let op = try constant("op", in: groups)
    let product = arena.application(op, [arena.variable(2), arena.variable(1)])
    let pattern = groups.forward[0].patterns[0]
    #expect(pattern.object == arena.application(op, [product, arena.variable(0)]))
    #expect(pattern.type == (try constant("G", in: groups)))
    #expect(pattern.input == nil)
    #expect(groups.forward[2].patterns.isEmpty)

    let logic = try elaborate(try parse(Corpus.domain("propositional-logic")))
    let overlay = TermArena(logic.theory.terms)
    let and = overlay.constant(try #require(logic.theory.constant(named: "and")))
    let hypothesis = logic.forward[0].patterns[0]
    #expect(hypothesis.object == nil)
    #expect(hypothesis.input == 2)
    #expect(
      hypothesis.type == overlay.application(and, [overlay.variable(2), overlay.variable(1)]))
  }
}
