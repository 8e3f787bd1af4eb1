import Testing

@testable import Truth

/// Statements whose truth is known from mathematics.
@Suite struct KnownTruthTests {
  static let falsehoods: [String: [String]] = [
    "groups": [
      "[('a : G) -> (= (op 'a 'a) id)]",
      "[('a : G) -> (= 'a id)]",
      "[('a : G) -> ('b : G) -> (= 'a 'b)]",
      "[('a : G) -> (= (inv 'a) 'a)]",
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) 'a)]",
      "[('a : G) -> (= (op 'a 'a) 'a)]",
      "[('a : G) -> (= (op 'a (op 'a 'a)) id)]",
      "[('a : G) -> (= (op 'a (op 'a (op 'a 'a))) id)]",
      "[('a : G) -> ('b : G) -> (= (inv (op 'a 'b)) (op 'a 'b))]",
      "[('a : G) -> ('b : G) -> (= (op 'a 'a) (op 'b 'b)) -> (= 'a 'b)]",
      "[('a : G) -> (= (op 'a 'a) id) -> (= 'a id)]",
      "[('a : G) -> (= (op 'a (op 'a 'a)) id) -> (= 'a id)]",
      "[('a : G) -> (= (op 'a (op 'a (op 'a (op 'a 'a)))) id) -> (= 'a id)]",
      "[('a : G) -> (= (op 'a 'a) 'a) -> (= (op 'a id) (op 'a 'a)) -> [('b : G) -> (= 'b 'a)]]",
      "[('P : prop) -> 'P]",
      "[('a : G) -> ('P : prop) -> (= 'a id) -> 'P]",
      "[('f : [G -> G]) -> ('a : G) -> (= ('f 'a) 'a)]",
    ],
    "lattices": [
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) (join 'a 'b))]",
      "[('a : L) -> ('b : L) -> (= 'a 'b)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a)]",
      "[('a : L) -> ('b : L) -> (= (join 'a 'b) 'b)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a) -> (= 'a 'b)]",
      """
      [('a : L) -> ('b : L) -> ('c : L)
       -> (= (meet 'a (join 'b 'c)) (join (meet 'a 'b) (meet 'a 'c)))]
      """,
      """
      [('a : L) -> ('b : L) -> ('c : L)
       -> (= (join 'a (meet 'b 'c)) (meet (join 'a 'b) (join 'a 'c)))]
      """,
      """
      [('a : L) -> ('b : L) -> ('c : L) -> (= (meet 'a 'c) 'a)
       -> (= (join 'a (meet 'b 'c)) (meet (join 'a 'b) 'c))]
      """,
      "[('a : L) -> ('b : L) -> ('c : L) -> (= (meet 'a 'b) (meet 'a 'c)) -> (= 'b 'c)]",
      """
      [('a : L) -> ('b : L) -> ('c : L) -> (= (meet 'a 'b) (meet 'a 'c))
       -> (= (join 'a 'b) (join 'a 'c)) -> (= 'b 'c)]
      """,
      "[('a : L) -> ('b : L) -> (= (join 'a (join 'b 'a)) 'a)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a (meet 'b 'a)) 'b)]",
      "[('a : L) -> ('b : L) -> (= (join (meet 'a 'b) 'b) (meet 'a 'b))]",
      // An empty lattice is a lattice: no element is declared.
      "[('P : prop) -> [('a : L) -> 'P] -> 'P]",
      "[('P : prop) -> ('a : L) -> 'P]",
    ],
    "nat-add": [
      "[('n : nat) -> (= (+ 'n 1) 'n)]",
      "(= 0 1)",
      "(= (+ 1 1) 3)",
      "(= (+ 3 4) 8)",
      "[('n : nat) -> (= (s 'n) 'n)]",
      "[('n : nat) -> ('m : nat) -> (= (+ 'n 'm) 'n)]",
      "[('n : nat) -> ('m : nat) -> (= 'n 'm)]",
      "[('n : nat) -> (= (+ 'n 'n) 'n)]",
      "[('n : nat) -> (= (+ 'n 'n) 0)]",
      "[('n : nat) -> (= (+ 'n 'n) (s 'n))]",
      "[('n : nat) -> (= (+ 'n 'n) 'n) -> (= 'n 1)]",
      "[('n : nat) -> ('m : nat) -> (= (+ 'n 'm) (s 'm)) -> (= 'n 'm)]",
      "[('n : nat) -> (= 'n 7) -> (= (+ 'n 'n) 15)]",
      "[('p : [nat -> prop]) -> ('p z) -> ('n : nat) -> ('p 'n)]",
      "[('p : [nat -> prop]) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))] -> ('p z)]",
      // True in ℕ, but nothing in the axioms says that the successor is injective.
      "[('n : nat) -> ('m : nat) -> (= (s 'n) (s 'm)) -> (= 'n 'm)]",
      "[('n : nat) -> ('P : prop) -> (= (s 'n) z) -> 'P]",
    ],
    "nat-mul": [
      "[('n : nat) -> (= (* 'n 'n) 'n)]",
      "[('n : nat) -> (= (* 'n 1) (s 'n))]",
      "[('n : nat) -> (= (* 'n 2) (+ 'n 2))]",
      "(= (* 2 2) 5)",
      "(= (* 6 7) 41)",
      "(= (* 0 3) 3)",
      "[('n : nat) -> ('m : nat) -> (= (* 'n 'm) (+ 'n 'm))]",
      "[('n : nat) -> ('m : nat) -> (= (* 'n 'm) 0) -> (= 'n 0)]",
      "[('n : nat) -> (= (* 'n 'n) (+ 'n 'n))]",
      "[('n : nat) -> (= (* 'n 0) 'n)]",
      "[('n : nat) -> (= (+ (* 'n 'n) 1) (* (s 'n) (s 'n)))]",
      "[('n : nat) -> ('m : nat) -> (= (* (s 'n) 'm) (* 'n (s 'm)))]",
      "[('n : nat) -> (= (* 'n 'n) 4) -> (= 'n 3)]",
      "[('n : nat) -> ('m : nat) -> ('k : nat) -> (= (* 'n 'm) (* 'n 'k)) -> (= 'm 'k)]",
      "[('n : nat) -> (= (* 2 (* 'n 'n)) (s (* 'n 'n)))]",
    ],
    "propositional-logic": [
      "[('P : prop) -> ('Q : prop) -> 'P -> 'Q]",
      "[('P : prop) -> 'P]",
      "false",
      "[('P : prop) -> (not 'P)]",
      "[('P : prop) -> (and 'P (not 'P))]",
      "[('P : prop) -> ('Q : prop) -> (or 'P 'Q)]",
      "[('P : prop) -> ('Q : prop) -> (or 'P 'Q) -> (and 'P 'Q)]",
      "[('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> ['Q -> 'P]]",
      "[('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> (not 'P) -> (not 'Q)]",
      "[('P : prop) -> ('Q : prop) -> (iff 'P 'Q)]",
      "[('P : prop) -> ('Q : prop) -> (iff 'P 'Q) -> (and 'P 'Q)]",
      "[('P : prop) -> (iff 'P (not 'P))]",
      "[('P : prop) -> ('Q : prop) -> (not (and 'P 'Q)) -> (and (not 'P) (not 'Q))]",
      "[('P : prop) -> ('Q : prop) -> ('R : prop) -> ['P -> 'R] -> [(or 'P 'Q) -> 'R]]",
      "[('P : prop) -> ('Q : prop) -> (= 'P 'Q)]",
      "[('p : [prop -> prop]) -> ('p false) -> ('P : prop) -> ('p 'P)]",
    ],
  ]

  static let truths: [String: [String]] = [
    "groups": [
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a))]",
      "[('a : G) -> (= (op 'a id) 'a)]",
      "[('a : G) -> (= (op 'a (inv 'a)) id)]",
      "(= (inv id) id)",
      "[('a : G) -> (= (inv (inv 'a)) 'a)]",
      "[('a : G) -> ('b : G) -> (= (inv (op 'a 'b)) (op (inv 'a) (inv 'b)))]",
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) id) -> (= 'b (inv 'a))]",
      "[('a : G) -> ('b : G) -> ('c : G) -> (= (op 'a 'b) (op 'a 'c)) -> (= 'b 'c)]",
      "[('a : G) -> (= (op 'a 'a) 'a) -> (= 'a id)]",
      "[('a : G) -> ('b : G) -> (= (op 'a 'b) 'b) -> (= 'a id)]",
      "[('a : G) -> ('b : G) -> (= 'a (inv 'b)) -> (= (inv 'a) 'b)]",
      "[('a : G) -> ('b : G) -> (= (op (inv 'a) (op 'a 'b)) 'b)]",
      "[[('a : G) -> (= 'a id)] -> ('a : G) -> ('b : G) -> (= 'a 'b)]",
      "[('a : G) -> ('P : prop) -> 'P -> (= 'a 'a)]",
      "[('P : prop) -> [('a : G) -> (= 'a 'a) -> 'P] -> 'P]",
      "[('a : G) -> (= (op 'a 'a) id) -> (= (inv 'a) 'a)]",
    ],
    "lattices": [
      "[('a : L) -> (= (meet 'a 'a) 'a)]",
      "[('a : L) -> (= (join 'a 'a) 'a)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) (meet 'b 'a))]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a) -> (= (join 'a 'b) 'b)]",
      "[('a : L) -> ('b : L) -> (= (join 'a 'b) 'b) -> (= (meet 'a 'b) 'a)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a (meet 'a 'b)) (meet 'a 'b))]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) 'a) -> (= (meet 'b 'a) 'b) -> (= 'a 'b)]",
      "[('a : L) -> ('b : L) -> (= (meet 'a 'b) (join 'a 'b)) -> (= 'a 'b)]",
    ],
    "nat-add": [
      "(= (+ 1 1) 2)",
      "[('n : nat) -> (= (+ 'n 0) 'n)]",
      "[('n : nat) -> (= (+ 0 'n) 'n)]",
      "[('n : nat) -> (= (+ 'n 1) (s 'n))]",
      "[('n : nat) -> ('m : nat) -> (= (+ (s 'n) 'm) (s (+ 'n 'm)))]",
      "[('n : nat) -> (= (+ 1 'n) (s 'n))]",
      "[('n : nat) -> ('m : nat) -> ('k : nat) -> (= (+ (+ 'n 'm) 'k) (+ 'n (+ 'm 'k)))]",
      "[('n : nat) -> ('m : nat) -> (= 'n 'm) -> (= (s 'n) (s 'm))]",
    ],
    "nat-mul": [
      "(= (* 2 2) 4)",
      "[('n : nat) -> (= (* 'n 1) 'n)]",
      "[('n : nat) -> (= (* 0 'n) 0)]",
      "[('n : nat) -> ('m : nat) -> (= 'm 0) -> (= (* 'n 'm) 0)]",
      "[('n : nat) -> (= (+ 0 (* 'n 0)) 0)]",
    ],
    "propositional-logic": [
      "[('P : prop) -> ('Q : prop) -> [['P -> 'Q] -> 'P] -> 'P]",
      "[('P : prop) -> 'P -> 'P]",
      "[('P : prop) -> (or 'P (not 'P))]",
      "[('P : prop) -> (not (not 'P)) -> 'P]",
      "[('P : prop) -> ('Q : prop) -> (and 'P 'Q) -> (and 'Q 'P)]",
      "[('P : prop) -> ('Q : prop) -> (or 'P 'Q) -> (or 'Q 'P)]",
      "[('P : prop) -> ('Q : prop) -> (not (and 'P 'Q)) -> (or (not 'P) (not 'Q))]",
      "[('P : prop) -> ('Q : prop) -> (not (or 'P 'Q)) -> (and (not 'P) (not 'Q))]",
      "[('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> (not 'Q) -> (not 'P)]",
      "[('P : prop) -> ('Q : prop) -> (or ['P -> 'Q] ['Q -> 'P])]",
      "[('P : prop) -> (iff 'P (not (not 'P)))]",
      "[('P : prop) -> ('Q : prop) -> (iff (or 'P 'Q) (or 'Q 'P))]",
      "(not false)",
      "[false -> ('P : prop) -> 'P]",
      "[('P : prop) -> ('Q : prop) -> (iff 'P 'Q) -> (= 'P 'Q)]",
      """
      [('P : prop) -> ('Q : prop) -> ('R : prop)
       -> (iff (and 'P (or 'Q 'R)) (or (and 'P 'Q) (and 'P 'R)))]
      """,
      "[('P : prop) -> ('Q : prop) -> ('R : prop) -> ['P -> 'Q] -> ['Q -> 'R] -> ['P -> 'R]]",
      "[('p : [prop -> prop]) -> ('p false) -> ('p (not false)) -> ('P : prop) -> ('p 'P)]",
    ],
  ]

  @Test(arguments: Fixture.domains)
  func falsehoodsHaveCountermodels(domain: String) throws {
    let statements = try #require(Self.falsehoods[domain])
    #expect(statements.count >= 15)
    for statement in statements {
      let verdict = try Fixture.named(domain).classify(statement)
      guard case .fails(let model) = verdict else {
        Issue.record("\(domain): \(statement) is \(verdict)")
        continue
      }
      #expect(model.toolOutput == nil)
    }
  }

  @Test(arguments: Fixture.domains)
  func truthsHaveNone(domain: String) throws {
    for statement in try #require(Self.truths[domain]) {
      let verdict = try Fixture.named(domain).classify(statement)
      // Equations without variables are computed.
      let expected: Verdict =
        domain == "propositional-logic"
        ? .holds(by: "truth table")
        : domain.hasPrefix("nat") && statement.hasPrefix("(=") ? .holds(by: "computation") : .open
      #expect(verdict == expected, "\(domain): \(statement)")
    }
  }

  @Test(
    .enabled(if: installed.eprover != nil && installed.cvc5 != nil),
    arguments: ["groups", "lattices", "nat-add", "nat-mul"])
  func provers(domain: String) throws {
    for statement in try #require(Self.truths[domain]) {
      let verdict = try Fixture.named(domain).classify(statement, tools: installed)
      #expect(verdict.word == "true", "\(domain): \(statement): \(verdict)")
    }
  }
}
