import Testing

@testable import Truth

/// ℕ as a model: which theories it is one of, and computing in it.
@Suite struct NaturalNumbersTests {
  static let base = """
    nat : type.
    z : nat.
    s : [nat -> nat].
    #literal nat z s.
    """

  static let plus = """
    + : [nat -> nat -> nat].
    +_z : [('n : nat) -> (= (+ 'n z) 'n)].
    +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
    """

  private func isModel(_ text: String) throws -> Bool {
    try Fixture(Self.base + "\n" + text).meter.numbers != nil
  }

  @Test(arguments: [
    "", plus,
    // Recursion on the first argument, with the step before the base.
    """
    + : [nat -> nat -> nat].
    +_s : [('n : nat) -> ('m : nat) -> (= (+ (s 'm) 'n) (s (+ 'm 'n)))].
    +_z : [('n : nat) -> (= (+ 0 'n) 'n)].
    """,
    // Predecessor: a step without a recursive call.
    """
    p : [nat -> nat].
    p_z : (= (p z) z).
    p_s : [('n : nat) -> (= (p (s 'n)) 'n)].
    """,
    // The parameter may change on the way down.
    """
    f : [nat -> nat -> nat].
    f_z : [('a : nat) -> (= (f z 'a) 'a)].
    f_s : [('n : nat) -> ('a : nat) -> (= (f (s 'n) 'a) (f 'n (s (s 'a))))].
    """,
    """
    nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
               -> [('n : nat) -> ('p 'n)]].
    s_injective : [('n : nat) -> ('m : nat) -> (= (s 'n) (s 'm)) -> (= 'n 'm)].
    z_is_no_s : [('n : nat) -> (= z (s 'n)) -> ('P : prop) -> 'P].
    """,
  ])
  func isRecognized(axioms: String) throws {
    #expect(try isModel(axioms))
  }

  @Test(arguments: [
    // No equation for successors; none for zero; two for zero.
    "f : [nat -> nat]. f_z : (= (f z) z).",
    "f : [nat -> nat]. f_s : [('n : nat) -> (= (f (s 'n)) (f 'n))].",
    """
    f : [nat -> nat]. f_z : (= (f z) z). f_y : (= (f z) 1).
    f_s : [('n : nat) -> (= (f (s 'n)) (f 'n))].
    """,
    // The recursive call is not at the predecessor.
    "f : [nat -> nat]. f_z : (= (f z) z). f_s : [('n : nat) -> (= (f (s 'n)) (f (s 'n)))].",
    "f : [nat -> nat]. f_z : (= (f z) z). f_s : [('n : nat) -> (= (f (s 'n)) (f (f 'n)))].",
    // Two operations that call one another at the same number.
    """
    f : [nat -> nat]. g : [nat -> nat]. f_z : (= (f z) z). g_z : (= (g z) z).
    f_s : [('n : nat) -> (= (f (s 'n)) (g (s 'n)))].
    g_s : [('n : nat) -> (= (g (s 'n)) (s (f (s 'n))))].
    """,
    // A variable twice on the left; one that is only on the right.
    """
    f : [nat -> nat -> nat]. f_z : [('n : nat) -> (= (f 'n z) 'n)].
    f_s : [('n : nat) -> (= (f 'n (s 'n)) 'n)].
    """,
    """
    f : [nat -> nat]. f_z : [('n : nat) -> (= (f z) 'n)].
    f_s : [('n : nat) -> (= (f (s 'n)) (f 'n))].
    """,
    // Something else is assumed: false, or just not known by its form.
    "odd : (= z 1).", "plain : [('n : nat) -> (= 'n 'n)].", "c : nat.", "P : prop.",
    """
    ind : [('p : [nat -> prop]) -> ('p 1) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
           -> [('n : nat) -> ('p 'n)]].
    """,
    """
    ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p (s 'n)) -> ('p 'n)]
           -> [('n : nat) -> ('p 'n)]].
    """,
    "bad : [('n : nat) -> ('m : nat) -> (= (s 'n) (s 'n)) -> (= 'n 'm)].",
  ])
  func isNotRecognized(axioms: String) throws {
    #expect(try isModel(axioms) == false)
  }

  /// Equations of numerals: true where the numbers are equal, false where they differ.
  @Test func computesAsTheProcessorDoes() throws {
    var random = SplitMix(state: 7)
    for _ in 0..<60 {
      let (a, b, c) = (
        Int.random(in: 0...30, using: &random), Int.random(in: 0...30, using: &random),
        Int.random(in: 0...9, using: &random)
      )
      let value = a * b + c
      let right = try Fixture.natMul.classify("(= (+ (* \(a) \(b)) \(c)) \(value))")
      #expect(right == .holds(by: "computation"))
      let wrong = try Fixture.natMul.classify("(= (+ (* \(a) \(b)) \(c)) \(value + 1))")
      #expect(wrong == .fails(Countermodel(name: "ℕ")))
    }
  }

  /// Sums and products are not counted, in whichever way they are defined.
  @Test(arguments: [
    "(= (+ 'n (s 'm)) (s (+ 'n 'm)))", "(= (+ (s 'm) 'n) (s (+ 'm 'n)))",
  ])
  func largeNumbersAreComputed(step: String) throws {
    let isOnTheRight = step.hasPrefix("(= (+ 'n")
    for product in ["(+ 'a (* 'a 'b))", "(+ (* 'a 'b) 'a)"] {
      let fixture = try Fixture(
        Self.base + """

          + : [nat -> nat -> nat].
          +_z : [('n : nat) -> (= \(isOnTheRight ? "(+ 'n z)" : "(+ z 'n)") 'n)].
          +_s : [('n : nat) -> ('m : nat) -> \(step)].
          * : [nat -> nat -> nat].
          *_z : [('a : nat) -> (= (* 'a z) z)].
          *_s : [('a : nat) -> ('b : nat) -> (= (* 'a (s 'b)) \(product))].
          """)
      for (statement, verdict) in [
        ("(= (+ 123456789 987654321) 1111111110)", Verdict.holds(by: "computation")),
        ("(= (* 123456789 987654321) 121932631112635269)", .holds(by: "computation")),
        ("(= (+ 123456789 987654321) 1111111111)", .fails(Countermodel(name: "ℕ"))),
        ("(= (* 123456789 987654321) 121932631112635268)", .fails(Countermodel(name: "ℕ"))),
        // Beyond 64 bits.
        ("(= (* 9223372036854775807 2) (* 2 9223372036854775807))", .open),
        ("(= (s 9223372036854775807) (+ 1 9223372036854775807))", .open),
      ] {
        #expect(try fixture.classify(statement) == verdict, "\(statement)")
      }
    }
  }

  /// What only looks like a sum or a product is computed as it is defined.
  @Test(arguments: [
    ("(= (f 'n z) 'n)", "(= (f 'n (s 'm)) (s (f 'm 'm)))", "(f 5 3)", 3),
    ("(= (f 'n z) z)", "(= (f 'n (s 'm)) (s (f 'n 'm)))", "(f 5 3)", 3),
    ("(= (f 'n z) 'n)", "(= (f 'n (s 'm)) (+ 'n (f 'n 'm)))", "(f 5 3)", 20),
    ("(= (f 'n z) z)", "(= (f 'n (s 'm)) (+ 'm (f 'n 'm)))", "(f 5 3)", 3),
    ("(= (f 'n z) z)", "(= (f 'n (s 'm)) (+ (f 'n 'm) (f 'n 'm)))", "(f 5 3)", 0),
  ])
  func otherOperations(base: String, step: String, call: String, value: Int) throws {
    let fixture = try Fixture(
      Self.base + Self.plus + """

        f : [nat -> nat -> nat].
        f_z : [('n : nat) -> \(base)].
        f_s : [('n : nat) -> ('m : nat) -> \(step)].
        """)
    for number in 0..<30 {
      let verdict = try fixture.classify("(= \(call) \(number))")
      #expect(verdict.word == (number == value ? "true" : "false"), "\(number)")
    }
  }

  /// An argument that grows on the way down: no value at a smaller number is of use for another.
  /// It took time cubic in the number, and did not end.
  @Test func accumulators() throws {
    let fixture = try Fixture(
      Self.base + """

        f : [nat -> nat -> nat].
        f_z : [('x : nat) -> (= (f 'x z) 'x)].
        f_s : [('x : nat) -> ('m : nat) -> (= (f 'x (s 'm)) (f (s (s 'x)) 'm))].
        """)
    #expect(try fixture.classify("(= (f 1 2000) 4001)") == .holds(by: "computation"))
    #expect(try fixture.classify("(= (f 1 2000) 4002)") == .fails(Countermodel(name: "ℕ")))
    #expect(try fixture.classify("(= (f 1 2001) 4003)") == .open)
  }

  /// Every operation doubles the one before, so few steps would count to astronomic numbers.
  @Test func computingHasALimit() throws {
    let tower = (1..<6).map { index in
      """
      f\(index) : [nat -> nat].
      f\(index)_z : (= (f\(index) z) 1).
      f\(index)_s : [('n : nat) -> (= (f\(index) (s 'n)) (f\(index - 1) (f\(index) 'n)))].
      """
    }
    let fixture = try Fixture(
      Self.base + """

        f0 : [nat -> nat].
        f0_z : (= (f0 z) z).
        f0_s : [('n : nat) -> (= (f0 (s 'n)) (s (s (f0 'n))))].
        \(tower.joined(separator: "\n"))
        """)
    #expect(fixture.meter.numbers != nil)
    #expect(try fixture.classify("(= (f1 5) 32)") == .holds(by: "computation"))
    #expect(try fixture.classify("(= (f5 9) (f4 (f5 8)))") == .open)
  }

  /// Numerals of any size mean something in finite models: the successor goes around in a circle.
  @Test func numeralsInFiniteModels() throws {
    let fixture = try Fixture(
      Self.base + "c : nat.\ncycle : [('n : nat) -> (= (s (s (s 'n))) 'n)].")
    for value in [0, 1, 2, 3, 65, 1_000_001, Int.max - 1, Int.max] {
      let verdict = try fixture.classify("(= \(value) \(value % 3))")
      #expect(verdict == .open, "\(value)")
      let next = try fixture.classify("(= \(value) \((value % 3 + 1) % 3))")
      #expect(next.word == "false", "\(value)")
    }
  }

  @Test func smallestCounterexampleIsFound() throws {
    let square = try Fixture.natMul.countermodel(
      "[('n : nat) -> ('m : nat) -> (= (* 'n 'n) (+ 'm 2)) -> (= 'n 5)]")
    #expect(
      square
        == Countermodel(
          name: "ℕ",
          assignment: [.init(name: "'a0", value: "2"), .init(name: "'a1", value: "2")]))
    // A hypothesis about all numbers is never taken to be true.
    #expect(
      try Fixture.natAdd.classify(
        "[('m : nat) -> [('n : nat) -> (= (+ 'n 'm) (+ 'm 'n))] -> (= 'm 'm)]") == .open)
    let nested = try Fixture.natAdd.countermodel(
      "[('m : nat) -> [[('n : nat) -> (= 'n 0)] -> (= 'm 1)] -> (= 'm 0)]")
    #expect(nested.name == "ℕ")
  }
}
