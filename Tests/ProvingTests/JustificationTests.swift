import Kernel
import PeanoSyntax
import Testing

@testable import Proving

/// Each way to justify a step, elaborated, checked by the kernel, and refused when it is spoiled.
@Suite struct JustificationTests {
  static let theory = """
    nat : type.  z : nat.  s : [nat -> nat].  false : prop.
    P : [nat -> prop].
    holds : (P z).
    step : [('n : nat) -> (P 'n) -> (P (s 'n))].
    one : (= (s z) z).
    same : prop = (P (s z)).
    """

  let session: ProofSession

  init() throws { session = ProofSession(try Fixture(JustificationTests.theory).space) }

  func show(_ statement: String, _ justification: Justification) throws -> Term {
    let goal = try session.term(statement)
    let derivation = Derivation(
      steps: [.init(action: .show(by: justification), goal: goal, children: [])])
    return try derivation.certify(goal, in: session)
  }

  func isRejected(_ work: () throws -> Term) -> Bool {
    do {
      _ = try work()
      return false
    } catch Derivation.Failure.rejected {
      return true
    } catch {
      return false
    }
  }

  @Test func application() throws {
    let (step, z, holds) = try (session.term("step"), session.term("z"), session.term("holds"))
    let right = Justification.application(head: step, arguments: [z, holds])
    #expect(session.text(try show("(P (s z))", right)) == "(step z holds)")
    #expect(session.text(try show("same", right)) == "(step z holds)")
    #expect(isRejected { try show("(P z)", right) })
    let wrong = Justification.application(
      head: step, arguments: [try session.term("(s z)"), holds])
    #expect(isRejected { try show("(P (s (s z)))", wrong) })
    #expect(throws: Derivation.Failure.malformed(step: 0, reason: "a hole has no subgoal")) {
      try show("(P (s z))", .application(head: step, arguments: [z, nil]))
    }
  }

  @Test func reflexivity() throws {
    let (nat, z) = try (session.term("nat"), session.term("z"))
    #expect(session.text(try show("(= z z)", .reflexivity(type: nat, term: z))) == "(refl nat z)")
    #expect(isRejected { try show("(= z (s z))", .reflexivity(type: nat, term: z)) })
    #expect(isRejected { try show("(= z z)", .reflexivity(type: .prop, term: z)) })
  }

  @Test func symmetry() throws {
    let (one, holds) = try (session.term("one"), session.term("holds"))
    #expect(throws: Never.self) { try show("(= z (s z))", .symmetry(equation: one)) }
    #expect(isRejected { try show("(= (s z) z)", .symmetry(equation: one)) })
    #expect(throws: Derivation.Failure.self) { try show("(P z)", .symmetry(equation: holds)) }
  }

  @Test func rewriting() throws {
    let one = try session.term("one")
    let fact = try session.term("(step z holds)")
    let right = Justification.rewriting(equation: one, target: fact, occurrence: 1)
    #expect(throws: Never.self) { try show("(P z)", right) }
    #expect(isRejected { try show("(P (s z))", right) })
    // The motive must leave the other places alone: one of two successors is replaced.
    let twice = Justification.rewriting(
      equation: one, target: try session.term("(refl nat (s z))"), occurrence: 2)
    #expect(throws: Never.self) { try show("(= (s z) z)", twice) }
    #expect(isRejected { try show("(= z (s z))", twice) })
    #expect(isRejected { try show("(= z z)", twice) })
    #expect(throws: Derivation.Failure.self) {
      try show("(P z)", .rewriting(equation: fact, target: fact, occurrence: 1))
    }
  }

  @Test func shapesOfSteps() throws {
    let arena = session.arena
    let goal = try session.term("[('n : nat) -> (P 'n) -> (P (s 'n))]")
    let local = arena.local(level: 0, type: try session.term("nat"))
    let fact = arena.local(level: 1, type: arena.application(try session.term("P"), local))
    let step = try session.term("step")
    var derivation = Derivation(steps: [
      .init(action: .intro(local: local), goal: goal, children: [1]),
      .init(action: .intro(local: fact), goal: goal, children: [2]),
      .init(
        action: .show(by: .application(head: step, arguments: [local, fact])), goal: goal,
        children: []),
    ])
    let proof = try derivation.certify(goal, in: session)
    #expect(
      session.text(proof) == "(lambda ('a0 : nat, 'a1 : (P 'a0)) (step 'a0 'a1))")
    derivation.steps[0].children = [2]
    #expect(throws: Derivation.Failure.self) { try derivation.certify(goal, in: session) }
    derivation.steps[0].children = [0]
    let misplaced = Derivation.Failure.malformed(step: 0, reason: "a step comes before its parent")
    #expect(throws: misplaced) {
      try derivation.proofTerm(in: session)
    }
    derivation.steps[0].children = []
    #expect(throws: Derivation.Failure.self) { try derivation.proofTerm(in: session) }
  }
}

/// Backward steps with several subgoals and motives.
@Suite struct BackwardTests {
  func subgoals(
    of premise: String, domain: String, goal: String
  ) throws -> [[String]] {
    let session = ProofSession(try Fixture(domain: domain).space)
    var state = ProofState(proving: try session.term(goal), in: session)
    // Introduce all that propositional statements take.
    if domain == "propositional-logic" {
      while let intro = (0..<state.optionCount).first(where: {
        if case .intro = state.action(of: $0) { true } else { false }
      }) {
        state = state.subgoals(after: intro)[0]
      }
    }
    let names = state.entries.enumerated().map { ("'x\($0)", $1.term) }
    let constant = try session.term(premise)
    var found: [[String]] = []
    for option in state.context.options where option.kind == .backward {
      for result in option.results {
        guard let justification = result.action.justification,
          case .application(constant, _) = justification
        else { continue }
        found.append(result.subgoals.map { session.text($0, names) })
      }
    }
    return found
  }

  @Test func induction() throws {
    #expect(
      try subgoals(of: "nat_ind", domain: "nat-add", goal: "[('n : nat) -> (= (+ z 'n) 'n)]") == [
        [
          "(= (+ z z) z)",
          "[('a0 : nat) -> (= (+ z 'a0) 'a0) -> (= (+ z (s 'a0)) (s 'a0))]",
        ]
      ])
    // The variable of the induction is never confused with the one that follows it.
    #expect(
      try subgoals(
        of: "nat_ind", domain: "nat-add", goal: "[('m : nat) -> ('n : nat) -> (= 'm z)]") == [
          [
            "[nat -> (= z z)]",
            "[('a0 : nat) -> [nat -> (= 'a0 z)] -> nat -> (= (s 'a0) z)]",
          ]
        ])
    #expect(try subgoals(of: "nat_ind", domain: "nat-add", goal: "(= z z)") == [])
  }

  @Test func caseAnalysis() throws {
    let found = try subgoals(
      of: "or_e", domain: "propositional-logic",
      goal: "[('A : prop) -> ('B : prop) -> (or 'A 'B) -> (or 'B 'A)]")
    #expect(found == [["['x0 -> (or 'x1 'x0)]", "['x1 -> (or 'x1 'x0)]"]])
    // Nothing to analyze: no option.
    #expect(
      try subgoals(
        of: "or_e", domain: "propositional-logic", goal: "[('A : prop) -> 'A -> 'A]") == [])
  }

  @Test func fromFalsehood() throws {
    let found = try subgoals(
      of: "exfalso", domain: "propositional-logic", goal: "[('A : prop) -> ('B : prop) -> 'A]")
    #expect(found == [["false"]])
    let closed = try subgoals(
      of: "exfalso", domain: "propositional-logic", goal: "[('A : prop) -> false -> 'A]")
    #expect(closed == [[]])
  }
}
