import Testing

@testable import Recheck

/// SHA-256 of a text.
func hash(of text: String) -> String { sha256(ArraySlice(text.utf8)) }

struct ArithmeticTests {
  /// The examples of FIPS 180-2, appendix B, and lengths around the block boundary, computed with
  /// `sha256sum` of GNU coreutils.
  @Test func sha256OfKnownTexts() {
    let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    #expect(hash(of: "") == empty)
    #expect(
      hash(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      hash(of: "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")
        == "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")
    #expect(
      hash(of: String(repeating: "a", count: 1_000_000))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
    let lengths = [
      (55, "d5e285683cd4efc02d021a5c62014694958901005d6f71e89e0989fac77e4072"),
      (56, "04c26261370ee7541549d16dee320c723e3fd14671e66a099afe0a377c16888e"),
      (63, "75220b47218278e656f2013bb8f0c455a25eaf01e86c64924e9d48d89776d6f2"),
      (64, "7ce100971f64e7001e8fe5a51973ecdfe1ced42befe7ee8d5fd6219506b5393c"),
      (65, "9537c5fdf120482f7d58d25e9ed583f52c02b4e304ea814db1633ad565aed7e9"),
      (119, "000b48d4edf0fa7bee3c6236ecd2785baa5db4eeb8bb54341b029e0d9fa5fb0c"),
      (120, "13f05a0b594787f5ecd315edc96141bd3243203d1b7d4f0836f37308b276ba98"),
    ]
    for (count, expected) in lengths {
      #expect(hash(of: String(repeating: "x", count: count)) == expected)
    }
  }

  private func natural(_ text: String) -> Natural { Natural(decimal: ArraySlice(text.utf8)) }

  @Test func decimalText() {
    #expect(natural("0").limbs == [])
    #expect(natural("999999999").limbs == [999_999_999])
    #expect(natural("1000000000").limbs == [0, 1])
    #expect(natural("12345678901234567890").limbs == [234_567_890, 345_678_901, 12])
  }

  /// Against the arithmetic of the standard library, at both sides of every power of the base.
  @Test func againstWords() {
    let edges: [UInt128] = [1, 1_000_000_000, 1_000_000_000_000_000_000]
    let small: [UInt128] = [0, 2, 7, 64, 65]
    let numbers: [UInt128] = edges.reduce(small) { $0 + [$1 - 1, $1, $1 + 1] }
    for a in numbers {
      for b in numbers {
        #expect(natural("\(a)") + natural("\(b)") == natural("\(a + b)"))
        #expect(natural("\(a)") * natural("\(b)") == natural("\(a * b)"))
      }
      if a > 0 { #expect(natural("\(a)").predecessor == natural("\(a - 1)")) }
      #expect(natural("\(a)").isAtMost(64) == (a <= 64))
    }
  }

  /// (10ⁿ - 1)(10ⁿ + 1) = 10²ⁿ - 1.
  @Test(arguments: [8, 9, 10, 100, 2048])
  func longProducts(digits: Int) {
    let nines = String(repeating: "9", count: digits)
    let power = "1" + String(repeating: "0", count: digits)
    #expect(natural(power).predecessor == natural(nines))
    #expect(natural(nines) + natural("1") == natural(power))
    let product = natural(nines) * (natural(power) + natural("1"))
    #expect(product == natural(nines + nines))
  }

  /// Sums and products of numerals at both sides of the bound up to which the equations are
  /// unfolded: the right result is accepted, its neighbor is not.
  @Test(arguments: ["+", "*"])
  func operationsAroundTheBound(operation: String) {
    let lines = Corpus.named("computable-product").split(separator: "\n").map(String.init)
    let theory = Array(lines[3..<lines.firstIndex(of: "end-theory")!])
    let n = theory.filter { $0.first!.isNumber }.count
    let axioms = operation == "+" ? "nat z s + +_z +_s" : "nat z s + * +_z +_s *_z *_s"
    func text(_ a: Int, _ b: Int, _ c: Int) -> String {
      let nodes = [
        "constant =", "constant nat", "apply \(n) \(n + 1)", "constant \(operation)",
        "numeral nat \(a)", "numeral nat \(b)", "apply \(n + 3) \(n + 4)",
        "apply \(n + 6) \(n + 5)", "apply \(n + 2) \(n + 7)", "numeral nat \(c)",
        "apply \(n + 8) \(n + 9)", "constant refl", "apply \(n + 11) \(n + 1)",
        "apply \(n + 12) \(n + 9)",
      ]
      return certificate(
        theory: theory,
        body: nodes.enumerated().map { "\(n + $0) \($1)" }
          + ["axioms \(axioms)", "statement \(n + 10)", "proof \(n + 13)", "end"])
    }
    for a in [0, 1, 2, 63, 64, 65, 1000] {
      for b in [0, 1, 2, 63, 64, 65, 1000] {
        let c = operation == "+" ? a + b : a * b
        let verdicts = verdicts([text(a, b, c), text(a, b, c + 1)].map { Array($0.utf8) })
        #expect(verdicts[0].accepted != nil, "\(a) \(operation) \(b)")
        #expect(verdicts[1].reason == .typeMismatch, "\(a) \(operation) \(b)")
      }
    }
  }

  /// A chain of `op x x` from a numeral of so many digits, compared with a small numeral.
  private func chain(_ operation: String, _ count: Int, digits: Int) -> String {
    let lines = Corpus.named("computable-product").split(separator: "\n").map(String.init)
    let theory = Array(lines[3..<lines.firstIndex(of: "end-theory")!])
    let n = theory.filter { $0.first!.isNumber }.count
    var nodes = ["constant \(operation)", "numeral nat \(String(repeating: "9", count: digits))"]
    for _ in 0..<count {
      let last = n + nodes.count - 1
      nodes += ["apply \(n) \(last)", "apply \(last + 1) \(last)"]
    }
    let last = n + nodes.count - 1
    nodes += [
      "constant =", "constant nat", "apply \(last + 1) \(last + 2)", "apply \(last + 3) \(last)",
      "numeral nat 7", "apply \(last + 4) \(last + 5)", "constant refl",
      "apply \(last + 7) \(last + 2)", "apply \(last + 8) \(last + 5)",
    ]
    return certificate(
      theory: theory,
      body: nodes.enumerated().map { "\(n + $0) \($1)" }
        + ["axioms nat", "statement \(last + 6)", "proof \(last + 9)", "end"])
  }

  /// Sums cost what their digits cost, products that of all pairs, before they are computed.
  @Test func costOfLargeNumerals() {
    #expect(verdict(chain("+", 500, digits: 4_000)).reason == .typeMismatch)
    #expect(verdict(chain("*", 3, digits: 4_000)).reason == .typeMismatch)
    // Were the last product computed before it is refused, this would take hours.
    #expect(verdict(chain("*", 14, digits: 4_000)).reason == .limit)
  }
}
