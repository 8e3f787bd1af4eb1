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

  /// Equations of numerals: false exactly where the numbers differ.
  @Test func computesAsTheProcessorDoes() throws {
    var random = SplitMix(state: 7)
    for _ in 0..<60 {
      let (a, b, c) = (
        Int.random(in: 0...30, using: &random), Int.random(in: 0...30, using: &random),
        Int.random(in: 0...9, using: &random)
      )
      let value = a * b + c
      let right = try Fixture.natMul.classify("(= (+ (* \(a) \(b)) \(c)) \(value))")
      #expect(right == .open)
      let wrong = try Fixture.natMul.classify("(= (+ (* \(a) \(b)) \(c)) \(value + 1))")
      #expect(wrong == .fails(Countermodel(name: "ℕ")))
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
