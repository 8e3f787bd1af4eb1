import Kernel
import Randomness
import TestSupport
import Testing

/// The kernel against the second checker: the same verdict on everything, with one kernel checker
/// that lives through all cases, so that whatever it remembers is put to the test too.
@Suite struct DifferentialTests {
  typealias F = Fixture

  static let types: [Plain] = [
    F["nat"], .sort(.prop), .sort(.type), .apply(F["P"], F.number(2)),
    .apply(F["vec"], .literal(1)), .arrow(F["nat"], .sort(.prop)),
    .pi(.sort(.prop), .pi(.variable(0), .variable(1))),
    .pi(
      F["nat"], .apply(F["="], F["nat"], .variable(0), .apply(F["poly"], F["nat"], .variable(0)))),
    .pi(F["nat"], .pi(.apply(F["P"], .variable(0)), .apply(F["P"], .apply(F["s"], .variable(1))))),
  ]

  enum Verdict: Equatable {
    case accepted(type: Plain)
    case refused
  }

  @Test(arguments: [false, true])
  func verdictsAgree(withLocals: Bool) throws {
    let fixture = try Fixture()
    var oracle = fixture.oracle
    var checker = fixture.makeChecker(KernelLimits(steps: .max))
    let arena = checker.arena
    var accepted = 0
    var mutantsAccepted = 0
    var refused = 0
    try forAll(1_500, seed: withLocals ? 2 : 1) { random in
      var generator = RandomTerms(oracle: oracle, usesLocals: withLocals)
      let type = DifferentialTests.types[random.uniform(below: DifferentialTests.types.count)]
      let fuel = 2 + random.uniform(below: 4)
      guard let term = try generator.term(of: type, [], fuel: fuel, &random) else { return }
      func verdict(_ work: () throws -> Plain) throws -> Verdict {
        do { return .accepted(type: try work()) } catch is PlainChecker.Refusal { return .refused }
      }
      func compare(_ term: Plain) throws -> Verdict {
        let expected = try verdict { try oracle.typeNormalForm(of: term) }
        let handle = arena.term(term)
        var actual = Verdict.refused
        var type: Term?
        do throws(KernelError) {
          type = try checker.infer(handle)
        } catch {
          if case .limitExceeded = error { Issue.record("limit: \(error)") }
        }
        if let type { actual = .accepted(type: try oracle.normalize(arena.plain(type))) }
        try #require(actual == expected, "\(term)")
        var fresh = Checker(theory: fixture.theory, arena: arena)
        let again: Term? = try? fresh.infer(handle)
        try #require((again != nil) == (actual != .refused), "a fresh checker disagrees: \(term)")
        return actual
      }
      let expected = try oracle.normalize(type)
      try #require(try compare(term) == .accepted(type: expected), "\(term)")
      accepted += 1
      for _ in 0..<4 {
        if try compare(generator.mutated(term, &random)) == .refused {
          refused += 1
        } else {
          mutantsAccepted += 1
        }
      }
    }
    #expect(
      accepted > 1_000 && mutantsAccepted > 500 && refused > 1_500,
      "\(accepted) accepted, \(mutantsAccepted) mutants accepted, \(refused) refused")
  }

  @Test func conversionAgrees() throws {
    let fixture = try Fixture()
    var oracle = fixture.oracle
    var checker = fixture.makeChecker(KernelLimits(steps: .max))
    let arena = checker.arena
    var equal = 0
    var different = 0
    try forAll(3_000, seed: 3) { random in
      var generator = RandomTerms(oracle: oracle, usesLocals: random.uniform() < 0.5)
      let type = DifferentialTests.types[random.uniform(below: 4)]
      guard let left = try generator.term(of: type, [], fuel: 3, &random) else { return }
      var right: Plain
      switch random.uniform(below: 3) {
      case 0:
        guard let other = try generator.term(of: type, [], fuel: 2, &random) else { return }
        right = other
      case 1: right = try oracle.normalize(left)
      default:
        right = generator.mutated(left, &random)
        do { _ = try oracle.typeNormalForm(of: right) } catch { return }
      }
      let expected = try oracle.normalize(left) == oracle.normalize(right)
      let (a, b) = (arena.term(left), arena.term(right))
      try #require(try checker.isConvertible(a, b) == expected, "\(left) and \(right)")
      try #require(try checker.isConvertible(b, a) == expected, "\(right) and \(left)")
      if expected { equal += 1 } else { different += 1 }
      let reduced = try checker.weakHeadNormalForm(a)
      try #require(try oracle.normalize(arena.plain(reduced)) == oracle.normalize(left))
      try #require(try checker.weakHeadNormalForm(reduced) == reduced)
    }
    #expect(equal > 800 && different > 800, "\(equal) pairs equal, \(different) different")
  }
}
