import Parallel
import Testing

@testable import Kernel

/// Limits end in errors: no crash, and nothing false is accepted on the way, wherever they strike.
@Suite struct LimitTests {
  typealias F = Fixture

  /// λp:prop. λx:p. x, and more of the like: a proof that needs all that the kernel can do.
  static let proof: Plain = {
    let nat = F["nat"]
    let motive = Plain.lambda(nat, .apply(F["P"], .apply(F["s"], .variable(0))))
    return .lambda(
      .apply(F["imp"], F["R"], .apply(F["P"], .literal(0))),
      .definition(
        .apply(F["P"], .literal(1)), .apply(F["step"], F["z"], .apply(.variable(0), F["r"])),
        .apply(
          F["subst"], nat, .literal(1), F.number(1), motive,
          .apply(F["refl"], nat, .apply(F["poly"], nat, .literal(1))),
          .apply(F["step"], .literal(1), .variable(0)))))
  }()
  static func statement(_ number: Int) -> Plain {
    .pi(.apply(F["imp"], F["R"], .apply(F["P"], F["z"])), .apply(F["P"], .literal(number)))
  }

  enum Verdict: Equatable { case accepted, refused, limited }

  static func verdict(_ checker: inout Checker, _ proof: Term, _ statement: Term) -> Verdict {
    do throws(KernelError) {
      try checker.checkProof(proof, of: statement)
      return .accepted
    } catch {
      if case .limitExceeded = error { return .limited }
      return .refused
    }
  }

  /// A checker stopped at every possible step, and asked again: it may refuse what is right for
  /// want of steps, never accept what is wrong.
  @Test func everyStepLimit() throws {
    let fixture = try Fixture()
    var unlimited = fixture.makeChecker()
    let arena = unlimited.arena
    let proof = arena.term(LimitTests.proof)
    let right = arena.term(LimitTests.statement(2))
    let wrong = arena.term(LimitTests.statement(1))
    #expect(LimitTests.verdict(&unlimited, proof, right) == .accepted)
    let needed = unlimited.steps
    #expect(needed > 50)
    for steps in 0...needed {
      var checker = fixture.makeChecker(KernelLimits(steps: steps))
      let own = checker.arena
      let (proof, right, wrong) = (
        own.term(LimitTests.proof), own.term(LimitTests.statement(2)),
        own.term(LimitTests.statement(1))
      )
      let first = LimitTests.verdict(&checker, proof, right)
      #expect(first == (steps < needed ? .limited : .accepted), "\(steps) steps")
      #expect(LimitTests.verdict(&checker, proof, wrong) != .accepted)
      #expect(checker.depth == 0 && checker.openBinders == 0)
      if steps < needed {
        #expect(throws: KernelError.limitExceeded(.steps(steps))) {
          try checker.checkProof(proof, of: right)
        }
      }
    }
    #expect(LimitTests.verdict(&unlimited, proof, wrong) == .refused)
  }

  /// The same for the depth of recursion, where later calls go on from what earlier ones
  /// remembered.
  @Test func everyRecursionLimit() throws {
    let fixture = try Fixture()
    var verdicts: [Verdict] = []
    for recursion in 0...40 {
      var checker = fixture.makeChecker(KernelLimits(recursion: recursion))
      let arena = checker.arena
      let proof = arena.term(LimitTests.proof)
      let right = arena.term(LimitTests.statement(2))
      let wrong = arena.term(LimitTests.statement(1))
      verdicts.append(LimitTests.verdict(&checker, proof, right))
      for _ in 0..<20 {
        #expect(LimitTests.verdict(&checker, proof, wrong) != .accepted)
        #expect(LimitTests.verdict(&checker, proof, right) != .refused)
        #expect(checker.depth == 0 && checker.openBinders == 0)
      }
    }
    #expect(verdicts.first == .limited && verdicts.last == .accepted)
    #expect(!verdicts.contains(.refused))
  }

  /// The same for an arena that is full after any number of terms, before or during the check.
  @Test func everyArenaSize() throws {
    let fixture = try Fixture()
    let base = TermArena(fixture.theory.terms).count
    var verdicts: [Verdict] = []
    for extra in 0...260 {
      let arena = TermArena(fixture.theory.terms, maximalCount: base + extra)
      var checker = Checker(theory: fixture.theory, arena: arena)
      let proof = arena.term(LimitTests.proof)
      let wrong = arena.term(LimitTests.statement(1))
      let right = arena.term(LimitTests.statement(2))
      let wasBuilt = !arena.overflowed
      for _ in 0..<3 {
        #expect(LimitTests.verdict(&checker, proof, wrong) != .accepted, "\(extra)")
        let verdict = LimitTests.verdict(&checker, proof, right)
        #expect(verdict != .refused || !wasBuilt, "\(extra)")
        verdicts.append(verdict)
      }
      #expect(LimitTests.verdict(&checker, right, wrong) != .accepted)
      #expect(LimitTests.verdict(&checker, wrong, wrong) != .accepted)
    }
    #expect(verdicts.first != .accepted && verdicts.last == .accepted)
    #expect(verdicts.contains(.limited))
  }

  /// An arena that overflows between two questions.
  @Test func overflowBetweenQuestions() throws {
    let fixture = try Fixture()
    let base = TermArena(fixture.theory.terms).count
    let arena = TermArena(fixture.theory.terms, maximalCount: base + 400)
    var checker = Checker(theory: fixture.theory, arena: arena)
    let proof = arena.term(LimitTests.proof)
    let right = arena.term(LimitTests.statement(2))
    try checker.checkProof(proof, of: right)
    while !arena.overflowed { _ = arena.variable(arena.count) }
    let wrong = arena.term(LimitTests.statement(1))
    #expect(wrong == .kind)
    #expect(LimitTests.verdict(&checker, proof, right) != .refused)
    for statement in [wrong, arena.term(F["R"]), .prop, .type, .kind] {
      #expect(LimitTests.verdict(&checker, proof, statement) != .accepted)
      #expect(LimitTests.verdict(&checker, wrong, statement) != .accepted)
    }
    var fresh = Checker(theory: fixture.theory, arena: arena)
    #expect(throws: KernelError.limitExceeded(.terms(arena.count))) {
      try fresh.checkProof(proof, of: right)
    }
  }

  /// Reduction may not build what is too deep to be built.
  @Test func reductionTooDeep() throws {
    let fixture = try Fixture()
    let error = WorkerPool(threads: 1).map(1) { _ -> KernelError? in
      var checker = fixture.makeChecker()
      let arena = checker.arena
      let nat = arena.term(F["nat"])
      func numeral(_ height: Int, _ bottom: Term) -> Term {
        (0..<height).reduce(bottom) { term, _ in arena.application(arena.term(F["s"]), term) }
      }
      // (λx. s¹²⁰⁰⁰ x) (s¹²⁰⁰⁰ 0), each half of a height that an arena takes.
      let function = arena.lambda(nat, numeral(12_000, arena.variable(0)))
      let term = arena.application(function, numeral(12_000, arena.term(F["z"])))
      precondition(!arena.overflowed)
      do throws(KernelError) {
        _ = try checker.weakHeadNormalForm(term)
        return nil
      } catch {
        precondition(arena.overflowed)
        return error
      }
    }[0]
    guard case .limitExceeded(.terms)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func nonsenseEnds() throws {
    // Ω is not typed, and whoever reduces it anyway is told so.
    let fixture = try Fixture()
    let verdicts = WorkerPool(threads: 1).map(3) { question -> KernelError? in
      var checker = fixture.makeChecker()
      let half = Plain.lambda(F["nat"], .apply(.variable(0), .variable(0)))
      let omega = checker.arena.term(.apply(half, half))
      do throws(KernelError) {
        switch question {
        case 0: _ = try checker.infer(omega)
        case 1: _ = try checker.weakHeadNormalForm(omega)
        default: _ = try checker.isConvertible(omega, .prop)
        }
        return nil
      } catch {
        return error
      }
    }
    guard case .notAFunction? = verdicts[0] else {
      Issue.record("Ω was typed: \(String(describing: verdicts[0]))")
      return
    }
    #expect(verdicts[1] == .limitExceeded(.recursion(10_000)))
    #expect(verdicts[2] == .limitExceeded(.recursion(10_000)))
  }

  /// Terms as deep as an arena allows, of every shape, on the stack that workers have.
  @Test(arguments: ["arguments", "functions", "lambdas", "products", "lets", "numerals"])
  func deepTerms(_ shape: String) throws {
    let fixture = try Fixture()
    let error = WorkerPool(threads: 1).map(1) { _ -> KernelError? in
      var checker = fixture.makeChecker()
      let arena = checker.arena
      let (nat, z, s) = (arena.term(F["nat"]), arena.term(F["z"]), arena.term(F["s"]))
      var (left, right) = (z, z)
      for level in 0..<TermArena.maximalDepth - 2 {
        switch shape {
        case "arguments": left = arena.application(s, left)
        case "functions": left = arena.application(left, z)
        case "lambdas": left = arena.lambda(nat, left)
        case "products": left = arena.pi(nat, level == 0 ? nat : left)
        case "lets": left = arena.definition(type: nat, value: z, body: left)
        default: left = arena.application(s, left)
        }
      }
      let height = Int(arena.node(left).depth)
      precondition(!arena.overflowed && height > TermArena.maximalDepth - 2)
      if shape == "numerals" {
        right = arena.literal(family: 0, value: Natural(UInt64(TermArena.maximalDepth - 2)))
      }
      do throws(KernelError) {
        // Substitution reaches the bottom of anything that can be built.
        let hidden = arena.instantiate(
          arena.abstract(
            arena.replace(z, by: arena.local(level: 0, type: nat), in: left),
            over: [arena.local(level: 0, type: nat)]), with: z)
        precondition(hidden == left)
        if shape == "numerals" {
          _ = try checker.isConvertible(left, right)
        } else {
          _ = try checker.infer(left)
        }
        return nil
      } catch {
        return error
      }
    }[0]
    if shape == "functions" {
      guard let error else {
        Issue.record("a numeral was applied")
        return
      }
      #expect(error == .limitExceeded(.recursion(10_000)))
    } else {
      #expect(error == .limitExceeded(.recursion(10_000)), "\(shape)")
    }
  }

  /// Heights below the limit on recursion are checked, not refused.
  @Test func tallTermsPass() throws {
    let fixture = try Fixture()
    let isRight = WorkerPool(threads: 1).map(1) { _ -> Bool in
      var checker = fixture.makeChecker()
      let arena = checker.arena
      let numeral = (0..<9_000).reduce(arena.term(F["z"])) { term, _ in
        arena.application(arena.term(F["s"]), term)
      }
      let literal = arena.literal(family: 0, value: Natural(9_000))
      let equation = arena.equality(arena.term(F["nat"]), numeral, literal)
      let proof = arena.application(
        arena.constant(.reflexivity), [arena.term(F["nat"]), literal])
      return (try? checker.checkProof(proof, of: equation)) != nil
    }[0]
    #expect(isRight)
  }
}
