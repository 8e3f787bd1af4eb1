import Kernel
import Randomness
import TestSupport
import Testing

@Suite struct NaturalTests {
  @Test func limbsCarry() {
    #expect((Natural(UInt64.max) + Natural(1)).description == "18446744073709551616")
    #expect((Natural(UInt64.max) + Natural(1)).predecessor == Natural(UInt64.max))
    #expect(Natural(0).isZero && !Natural(1).isZero)
    #expect(Natural(0).predecessor == nil)
    #expect(Natural(1).predecessor == Natural(0))
  }

  /// Against 128-bit machine arithmetic.
  @Test func agreesWithMachineArithmetic() throws {
    try forAll(2_000) { stream in
      let (a, b) = (stream.next() >> UInt64(stream.uniform(below: 64)), stream.next())
      let (x, y) = (Natural(a), Natural(b))
      try #require((x + y).description == String(UInt128(a) + UInt128(b)))
      try #require((x * y).description == String(UInt128(a) * UInt128(b)))
      try #require((x < y) == (a < b))
      try #require((x == y) == (a == b))
      try #require(Natural(decimal: "000\(a)") == x)
      try #require(Set([x, Natural(decimal: String(a))!]).count == 1)
    }
  }

  /// 10ᵏ by doubling a decimal string: (10^a)(10^b) = 10^(a+b).
  @Test func multipliesPowersOfTen() throws {
    func power(_ exponent: Int) -> Natural? {
      Natural(decimal: "1" + String(repeating: "0", count: exponent))
    }
    let (a, b) = (try #require(power(1_500)), try #require(power(2_300)))
    #expect(a * b == power(3_800))
    #expect((a * b).description.utf8.count == 3_801)
  }

  @Test func refusesWhatIsNoNumeral() {
    for text in ["", "-1", "+1", "1 ", "0x1", "1e3", "٣", "1\u{0}2"] {
      #expect(Natural(decimal: text) == nil, "\(text)")
    }
    #expect(Natural(decimal: String(repeating: "1", count: 4_096)) != nil)
    #expect(Natural(decimal: String(repeating: "1", count: 4_097)) == nil)
    #expect(Natural(decimal: "123", maxDigits: 2) == nil)
  }
}
