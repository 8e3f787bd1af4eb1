import Testing

@testable import Agent

/// Quantiles by nearest rank, worked out by hand.
@Suite struct GradingTests {
  @Test func tenProofs() {
    let grading = Grading([-3, -1, -10, -7, -2, -8, -4, -9, -6, -5])
    // The second and the fifth of ten, from below.
    #expect(grading.hard == -9 && grading.easy == -6)
    let grades = (1...10).map { grading.difficulty(of: -Double($0)) }
    #expect(
      grades == [
        .trivial, .trivial, .trivial, .trivial, .trivial, .easy, .easy, .easy, .hard, .hard,
      ])
    #expect(grading.difficulty(of: -5.999) == .trivial)
    #expect(grading.difficulty(of: -8.999) == .easy)
    #expect(grading.difficulty(of: -100) == .hard)
  }

  @Test func ranksAreRoundedUp() {
    // ⌈0.2 · 3⌉ = 1, ⌈0.5 · 3⌉ = 2
    #expect(Grading([-2, -3, -1]) == Grading([-1, -2, -3]))
    let three = Grading([-1, -2, -3])
    #expect(three.hard == -3 && three.easy == -2)
    // ⌈0.2 · 6⌉ = 2, ⌈0.5 · 6⌉ = 3
    let six = Grading([-6, -5, -4, -3, -2, -1])
    #expect(six.hard == -5 && six.easy == -4)
    for count in 1...500 {
      let grading = Grading((1...count).map { -Double($0) })
      #expect(grading.hard == -Double(count - (count + 4) / 5 + 1))
      #expect(grading.easy == -Double(count - (count + 1) / 2 + 1))
    }
  }

  @Test func fewOrEqual() {
    let one = Grading([-4])
    #expect(one.hard == -4 && one.easy == -4)
    #expect(one.difficulty(of: -4) == .hard && one.difficulty(of: -3) == .trivial)
    let equal = Grading([-2, -2, -2, -2])
    #expect(equal.difficulty(of: -2) == .hard)
    let none = Grading([])
    #expect(none.hard == -.infinity && none.easy == -.infinity)
    #expect(none.difficulty(of: -1_000) == .trivial)
    // A proof of probability zero, where the policy gave its choice none.
    #expect(none.difficulty(of: -.infinity) == .hard)
  }
}
