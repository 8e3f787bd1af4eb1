import Kernel
import Parallel
import PeanoSyntax
import Randomness
import Search
import TestSupport
import Testing

@testable import Proving

/// `norm`: proofs of what ground terms compute to, from the axioms.
@Suite struct NumeralTests {
  /// Names and order say nothing about what the axioms are.
  static let axioms = """
    N : type.  o : N.  S : [N -> N].  #literal N o S.
    a : [N -> N -> N].  m : [N -> N -> N].  r : [N -> N -> N].  p : [N -> N -> N].
    odd : [N -> N -> N].
    a_s : [('x : N) -> ('y : N) -> (= (a 'x (S 'y)) (S (a 'x 'y)))].
    a_c : [('x : N) -> ('y : N) -> (= (a 'x 'y) (a 'y 'x))].
    a_z : [('x : N) -> (= (a 'x o) 'x)].
    m_z : [('x : N) -> (= (m 'x o) o)].
    m_s : [('x : N) -> ('y : N) -> (= (m 'x (S 'y)) (a 'x (m 'x 'y)))].
    r_z : [('x : N) -> (= (r 'x o) o)].
    r_s : [('x : N) -> ('y : N) -> (= (r 'x (S 'y)) (a (r 'x 'y) 'x))].
    p_z : [('x : N) -> (= (p 'x o) 1)].
    p_s : [('x : N) -> ('y : N) -> (= (p 'x (S 'y)) (m 'x (p 'x 'y)))].
    odd_z : [('x : N) -> (= (odd 'x o) 'x)].
    odd_s : [('x : N) -> ('y : N) -> (= (odd 'x (S 'y)) (odd (S 'x) 'y))].
    known : (= (a 2 2) 4).

    """

  /// The outcome of one theorem, nil if it is proved.
  static func refusal(
    _ statement: String, by justification: String, theory: String = axioms
  ) throws -> String? {
    let text = "\(theory)theorem t : \(statement) { show \(statement) by \(justification). }\n"
    let source = SourceFile(path: "norm.p", text: text)
    let file = try elaborate(try parse(source))
    switch verify(file, source: source).verdicts[0].outcome {
    case .proved: return nil
    case .open: return "open"
    case .refused(let diagnostic): return diagnostic.message
    }
  }

  /// Values by `Int`, for random terms over all operations.
  static func term(_ random: inout RandomStream, depth: Int) -> (text: String, value: Int) {
    if depth == 0 || random.uniform(below: 4) == 0 {
      let value = random.uniform(below: 50)
      return value == 0 && random.uniform(below: 2) == 0 ? ("o", 0) : ("\(value)", value)
    }
    let left = term(&random, depth: depth - 1)
    if random.uniform(below: 5) == 0 { return ("(S \(left.text))", left.value + 1) }
    let right = term(&random, depth: depth - 1)
    let text = "\(left.text) \(right.text))"
    switch random.uniform(below: 4) {
    case 0 where left.value * right.value <= 2_000: return ("(m " + text, left.value * right.value)
    case 1 where left.value * right.value <= 2_000: return ("(r " + text, left.value * right.value)
    default: return ("(a " + text, left.value + right.value)
    }
  }

  @Test func agreesWithArithmetic() throws {
    try forAll(60, seed: 71) { random in
      let (left, right) = (
        NumeralTests.term(&random, depth: 3), NumeralTests.term(&random, depth: 1)
      )
      let (text, value) = left
      try #require(try NumeralTests.refusal("(= \(text) \(value))", by: "norm") == nil, "\(text)")
      try #require(try NumeralTests.refusal("(= \(value) \(text))", by: "norm") == nil, "\(text)")
      try #require(
        try NumeralTests.refusal(
          "(= (a \(text) \(right.text)) (a \(right.text) \(text)))", by: "norm")
          == nil, "\(text) and \(right.text)")
      try #require(
        try NumeralTests.refusal("(= \(text) \(value + 1))", by: "norm")
          == "the sides of this equation compute to \(value) and \(value + 1)")
      if left.text.contains("(a") || left.text.contains("(m") || left.text.contains("(r") {
        try #require(
          try NumeralTests.refusal("(= \(text) \(value))", by: "(eq_refl \(value))") != nil)
      }
    }
  }

  /// Operands at and around the sizes of blocks.
  @Test(arguments: [0, 1, 2, 3, 255, 256, 257, 511, 512, 1_023, 10_000])
  func largeOperands(_ operand: Int) throws {
    let sum = "(= (a 9999 \(operand)) \(9_999 + operand))"
    #expect(try NumeralTests.refusal(sum, by: "norm") == nil)
    let product = "(= (m 2 \(operand / 10)) \(operand / 10 * 2))"
    #expect(try NumeralTests.refusal(product, by: "norm") == nil)
    #expect(try NumeralTests.refusal("(= (m \(operand) 3) \(operand * 3))", by: "norm") == nil)
  }

  /// A proof of 10⁴ steps has a few hundred nodes in height, and shares what it repeats.
  @Test func proofsAreSmall() throws {
    let session = ProofSession(try Fixture(NumeralTests.axioms).space)
    let arena = session.arena
    let before = arena.count
    let equation = try session.term("(= (a 10000 10000) 20000)")
    let proof = try session.numerals.proof(of: equation)
    #expect(arena.node(proof).depth < 400)
    #expect(arena.count - before < 2_500)
    var checker = Checker(theory: session.space.theory, arena: arena)
    try checker.checkProof(proof, of: equation)
    #expect(checker.steps < 100_000)
  }

  @Test func otherRecursions() throws {
    #expect(try NumeralTests.refusal("(= (p 3 4) 81)", by: "norm") == nil)
    #expect(try NumeralTests.refusal("(= (p 0 0) 1)", by: "norm") == nil)
    #expect(try NumeralTests.refusal("(= (a (p 2 5) (p 2 5)) (p 2 6))", by: "norm") == nil)
  }

  @Test func refusals() throws {
    func refusal(_ statement: String, _ by: String = "norm") throws -> String? {
      try NumeralTests.refusal(statement, by: by)
    }
    #expect(
      try refusal("(= (a 12 30) 43)") == "the sides of this equation compute to 42 and 43")
    // `odd` has equations, but no structural recursion.
    #expect(try refusal("(= (odd 1 2) 3)") == "`norm` cannot compute `(odd (S o) (S (S o)))`")
    #expect(
      try refusal("(= (a 1 1000001) 1000002)")
        == "computing this takes more than 1000000 steps of recursion")
    #expect(try refusal("(= (a 1 2) 3)", "(norm 1 2)") == "`norm` does not take 2 arguments")
    #expect(try refusal("(= (a 1 2) 3)", "(norm (a 1 2))") == nil)
    #expect(try refusal("(= 3 (a 1 2))", "(eq_symm (norm (a 1 2)))") == nil)
    #expect(try refusal("(= 4 4)", "(rewrite known known 1)") == nil)
    #expect(try refusal("(= 4 4)", "(rewrite norm known 1)") == "the rule `norm` needs arguments")
    let local = "[('x : N) -> (= (a 'x 1) (S 'x))]"
    let text =
      NumeralTests.axioms + "theorem t : \(local) { intro 'x : N. "
      + "show (= (a 'x 1) (S 'x)) by norm. }"
    let source = SourceFile(path: "norm.p", text: text)
    let file = try elaborate(try parse(source))
    guard case .refused(let diagnostic) = verify(file, source: source).verdicts[0].outcome else {
      Issue.record("a variable was computed")
      return
    }
    #expect(diagnostic.message == "`norm` cannot compute `'x`")
    #expect(diagnostic.position.line == NumeralTests.axioms.split(separator: "\n").count + 1)
  }

  /// With `#computable` conversion knows, and `norm` adds what it does not.
  @Test func besideComputable() throws {
    let theory = NumeralTests.axioms + "#computable a a_z a_s.\n#computable m m_z m_s.\n"
    func refusal(_ statement: String, _ by: String) throws -> String? {
      try NumeralTests.refusal(statement, by: by, theory: theory)
    }
    let large = "(= (a 123456789 (m 1000000000 987654321)) 987654321123456789)"
    #expect(try refusal(large, "(eq_refl 987654321123456789)") == nil)
    #expect(try refusal(large, "norm") == nil)
    #expect(try refusal("(= (p 2 64) 18446744073709551616)", "norm") == nil)
    #expect(try refusal("(= (p 2 6) 64)", "(eq_refl 64)") != nil)
    #expect(try refusal("(= (a 1 2) 4)", "(eq_refl 4)") != nil)
  }

  @Test func shippedDomain() throws {
    let fixture = try Fixture(domain: "nat-literals")
    #expect(fixture.file.theory.computables.count == 2)
    let verification = verify(fixture.file, source: fixture.source)
    for verdict in verification.verdicts {
      guard case .proved = verdict.outcome else {
        Issue.record("\(verdict.theorem.name): \(verdict.outcome)")
        continue
      }
    }
    #expect(verification.verdicts.count == 6)
    let problems = try Fixture.problems("nat-literals", in: ProofSession(fixture.space))
    #expect(problems.count == 6)
  }

  // MARK: Search

  static func space(_ premises: String) throws -> ActionSpace {
    try Fixture(axioms + "#premises \(premises).").space
  }

  @Test func searchUsesItWhereItIsListed() throws {
    for (premises, isFound) in [
      ("norm a_z a_s", true), ("norm a_z", false), ("a_z a_s", false), ("eq_refl", false),
    ] {
      let session = ProofSession(try NumeralTests.space(premises))
      let goal = session.normalize(try session.term("(= (a 12 30) 42)"))
      let state = ProofState(proving: goal, in: session)
      guard isFound else {
        #expect(state.closingAction == nil, "\(premises)")
        continue
      }
      #expect(state.closingAction == .show(by: .normalization(equation: goal)), "\(premises)")
      let tree = search(goal, in: session, expansions: 5)
      let solution = tree.solution()
      let derivation = Derivation(try #require(solution))
      #expect(try requireProof(derivation, of: goal, in: session).contains("by norm."))
    }
  }

  /// What is listed: the goal, then every term in sight that computes; large ones count as capped.
  @Test func termsInSight() throws {
    let session = ProofSession(try NumeralTests.space("norm a_z a_s"))
    let goal = session.normalize(
      try session.term("(= (a 40 2) (a (a 1 50) (odd 1 (a 1 20000))))"))
    let context = ProofContext(session: session, entries: [], goal: goal, level: 0)
    let results = Sight(context).normalizations().map { session.text($0.statement) }
    let two = "(S (S o))"
    #expect(results == ["(= (a 40 \(two)) 42)", "(= (a (S o) 50) 51)"])
    #expect(session.cappedCount > 0)
  }
}
