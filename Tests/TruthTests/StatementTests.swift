import Kernel
import PeanoSyntax
import Testing

@testable import Truth

/// What statements mean, and which have no meaning here.
@Suite struct StatementTests {
  /// Everything in the textbook files has been proved, so nothing in them may be false.
  @Test(arguments: Fixture.domains)
  func textbookStatementsAreNeverFalse(domain: String) throws {
    let fixture = Fixture.named(domain)
    let arena = TermArena(fixture.theory.terms)
    let source = SourceFile(
      path: "problems", text: try Fixture.read("Problems/\(domain).p"))
    let theorems = try elaborateProblems(
      try parse(source), theory: fixture.theory, arena: arena)
    #expect(theorems.count >= 10)
    let computed = [
      "zero_plus_zero", "one_plus_zero", "one_plus_one", "zero_times_zero", "one_times_one",
    ]
    var proved = 0
    for theorem in theorems {
      let verdict = try fixture.meter.classify(theorem.statement, in: arena, tools: .none)
      let isComputed = verdict == .holds(by: "computation")
      let expected = domain == "propositional-logic" || isComputed ? "true" : "open"
      #expect(verdict.word == expected, "\(theorem.name): \(verdict)")
      #expect(!isComputed || computed.contains(theorem.name), "\(theorem.name)")
      guard installed.eprover != nil, installed.cvc5 != nil, verdict.word == "open" else {
        if isComputed { proved += 1 }
        continue
      }
      var tools = installed
      tools.seconds = 1
      let asked = try fixture.meter.classify(theorem.statement, in: arena, tools: tools)
      #expect(["true", "open"].contains(asked.word), "\(theorem.name): \(asked)")
      if asked.word == "true" { proved += 1 }
    }
    // The provers do most of them, even on a busy machine.
    if installed.eprover != nil, domain != "propositional-logic" {
      #expect(proved * 2 >= theorems.count, "\(domain): \(proved) of \(theorems.count)")
    }
  }

  @Test(arguments: [
    // True, and about all predicates: no model refutes them, and no first-order prover reads them.
    (
      """
      [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
       -> [('n : nat) -> ('p 'n)]]
      """, "it quantifies over functions or predicates, which first-order logic does not"
    ),
    (
      "[('f : [nat -> nat]) -> ('a : nat) -> ('b : nat) -> (= 'a 'b) -> (= ('f 'a) ('f 'b))]",
      "it quantifies over functions or predicates, which first-order logic does not"
    ),
    ("(= [nat -> nat] s s)", "it equates functions"),
    ("[('t : type) -> ('a : 't) -> (= 'a 'a)]", "it quantifies over types"),
    (
      "[('f : [nat -> type]) -> ('p : [('n : nat) -> ('f 'n)]) -> (= z z)]",
      "it quantifies over a type that is not built from sorts, prop and arrows"
    ),
    ("(= type nat nat)", "it quantifies over a type that is not built from sorts, prop and arrows"),
  ])
  func unfit(statement: String, reason: String) throws {
    guard (try? Fixture.natAdd.term(statement)) != nil else {
      // What the kernel refuses already is no statement at all.
      #expect(statement == "(= type nat nat)" || statement == "(= [nat -> nat] s s)")
      return
    }
    #expect(try Fixture.natAdd.classify(statement, tools: installed) == .unfit(reason))
  }

  /// What is within the logic but beyond a limit is open, and it is said why.
  @Test(arguments: [
    (
      "(= (+ 99999999999999999999 z) 99999999999999999999)",
      "it has a numeral above 9223372036854775807"
    ),
    ("[('n : nat) -> (= (+ 1001 'n) (+ 'n 1001))]", "the numeral 1001 is too large to write out"),
    ("[('n : nat) -> (= (+ 1000 'n) (+ 'n 1000))]", nil),
  ])
  func limits(statement: String, reason: String?) throws {
    #expect(try Fixture.natAdd.classify(statement) == .open)
    let (term, arena) = try Fixture.natAdd.term(statement)
    #expect(Fixture.natAdd.meter.limit(on: term, in: arena) == reason)
  }

  /// A long chain of definitions is unfolded without recursion from one to the other.
  @Test func definitionsOfDefinitions() throws {
    let chain = (1..<5000).map { "d\($0) : prop = d\($0 - 1)." }.joined(separator: "\n")
    let fixture = try Fixture("P : prop.\nd0 : prop = P.\n\(chain)")
    #expect(try fixture.classify("[d4999 -> P]") == .holds(by: "truth table"))
    #expect(try fixture.classify("d4999").word == "false")
  }

  @Test func dependentTypesAreLeftOut() throws {
    let fixture = try Fixture(
      """
      nat : type.
      z : nat.
      vector : [nat -> type].
      empty : (vector z).
      length : [('n : nat) -> (vector 'n) -> nat].
      empty_length : (= (length z empty) z).
      c : nat.
      all_z : [('n : nat) -> ('v : (vector 'n)) -> (= 'n z)].
      """)
    #expect(
      fixture.meter.omitted.map(\.name) == ["vector", "empty", "length", "empty_length", "all_z"])
    // The remaining axioms have models in which this fails, but those mean nothing.
    #expect(try fixture.classify("(= c z)") == .open)
    guard case .unfit(let reason) = try fixture.classify("(= (length z empty) c)") else {
      Issue.record("a statement about dependent types was classified")
      return
    }
    #expect(reason == "it mentions length, which is no function or predicate of simple type")
  }

  @Test func definitionsAreUnfolded() throws {
    let fixture = try Fixture(
      """
      G : type.
      op : [G -> G -> G].
      id : G.
      id_l : [('a : G) -> (= (op id 'a) 'a)].
      id_r : [('a : G) -> (= (op 'a id) 'a)].
      square : [G -> G] = (lambda ('a : G) (op 'a 'a)).
      idempotent : [G -> prop] = (lambda ('a : G) (= (square 'a) 'a)).
      """)
    #expect(try fixture.classify("(idempotent id)").word == "open")
    #expect(try fixture.classify("[('a : G) -> (idempotent 'a)]").word == "false")
    #expect(fixture.meter.omitted.isEmpty)
  }

  /// A counter-example satisfies all hypotheses, also nested and contradictory ones.
  @Test func hypothesesCount() throws {
    let groups = Fixture.groups
    for vacuous in [
      "[('a : G) -> (= 'a id) -> [('P : prop) -> 'P] -> ('Q : prop) -> 'Q]",
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a)) -> (= 'a 'b) -> (= 'b 'a)]",
      "[[('a : G) -> ('b : G) -> (= 'a 'b)] -> ('c : G) -> (= (op 'c 'c) 'c)]",
    ] {
      #expect(try groups.classify(vacuous).word == "open", "\(vacuous)")
    }
    // Involutions need not be trivial: the least witness has order two.
    let model = try groups.countermodel("[('a : G) -> (= (op 'a 'a) id) -> (= 'a id)]")
    #expect(model.name == "Z2")
    #expect(model.assignment == [.init(name: "'a0", value: "1")])
  }

  /// Random propositions, against truth tables written here.
  @Test func propositionalLogicIsDecided() throws {
    var random = SplitMix(state: 20_241_121)
    var counts = [false: 0, true: 0]
    for _ in 0..<300 {
      let formula = Proposition.random(depth: 4, &random)
      let holds = (0..<8).allSatisfy { formula.value($0) }
      let text = "[('p0 : prop) -> ('p1 : prop) -> ('p2 : prop) -> \(formula.text)]"
      let verdict = try Fixture.logic.classify(text)
      #expect(verdict.word == (holds ? "true" : "false"), "\(text)")
      counts[holds, default: 0] += 1
    }
    #expect(counts.values.allSatisfy { $0 >= 20 })
  }

  /// Without excluded middle, the axioms still have only the classical truth tables.
  @Test func tablesFollowFromTheAxiomsAlone() throws {
    let fixture = try Fixture(
      """
      both : [prop -> prop -> prop].
      nothing : prop.
      pair : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (both 'P 'Q)].
      first : [('P : prop) -> ('Q : prop) -> (both 'P 'Q) -> 'P].
      odd : [prop -> prop].
      """)
    #expect(
      try fixture.classify("[('P : prop) -> (both 'P 'P) -> 'P]") == .holds(by: "truth table"))
    // The second part of a pair is not an axiom: a table with false for it exists.
    #expect(
      try fixture.classify("[('P : prop) -> ('Q : prop) -> (both 'P 'Q) -> 'Q]").word == "false")
    #expect(try fixture.classify("[('P : prop) -> (odd 'P) -> (odd (odd 'P))]").word == "false")
    #expect(
      try fixture.classify("[('P : prop) -> (= (odd (odd (odd 'P))) (odd 'P))]")
        == .holds(by: "truth table"))
  }
}

/// Steele, Lea, Flood (2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

private indirect enum Proposition {
  case variable(Int), no
  case not(Proposition)
  case and(Proposition, Proposition), or(Proposition, Proposition), iff(Proposition, Proposition)
  case arrow(Proposition, Proposition)

  static func random(depth: Int, _ random: inout SplitMix) -> Proposition {
    switch depth == 0 ? 0 : Int.random(in: 0..<7, using: &random) {
    case 0: return .variable(Int.random(in: 0..<3, using: &random))
    case 1: return Int.random(in: 0..<4, using: &random) == 0 ? .no : .variable(0)
    case 2: return .not(.random(depth: depth - 1, &random))
    case 3: return .and(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
    case 4: return .or(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
    case 5: return .iff(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
    default: return .arrow(.random(depth: depth - 1, &random), .random(depth: depth - 1, &random))
    }
  }

  var text: String {
    switch self {
    case .variable(let index): "'p\(index)"
    case .no: "false"
    case .not(let a): "(not \(a.text))"
    case .and(let a, let b): "(and \(a.text) \(b.text))"
    case .or(let a, let b): "(or \(a.text) \(b.text))"
    case .iff(let a, let b): "(iff \(a.text) \(b.text))"
    case .arrow(let a, let b): "[\(a.text) -> \(b.text)]"
    }
  }

  func value(_ row: Int) -> Bool {
    switch self {
    case .variable(let index): row >> index & 1 == 1
    case .no: false
    case .not(let a): !a.value(row)
    case .and(let a, let b): a.value(row) && b.value(row)
    case .or(let a, let b): a.value(row) || b.value(row)
    case .iff(let a, let b): a.value(row) == b.value(row)
    case .arrow(let a, let b): !a.value(row) || b.value(row)
    }
  }
}
