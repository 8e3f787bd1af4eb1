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

  /// `tower[n + 1] = tower[n] → tower[n]`, shared: n²/2 terms if its base is open.
  private func tower(_ height: Int, on base: Term, in arena: TermArena) -> Term {
    (0..<height).reduce(base) { level, _ in arena.arrow(level, level) }
  }

  /// Substitution in small terms may be long work; it ends, and no result is taken for a term.
  @Test func workOfOneSubstitution() throws {
    let arena = TermArena()
    let small = tower(40, on: arena.variable(0), in: arena)
    #expect(arena.instantiate(small, with: .prop) == tower(40, on: .prop, in: arena))
    #expect(!arena.overflowed)
    let large = tower(600, on: arena.variable(0), in: arena)
    let before = arena.work
    _ = arena.instantiate(large, with: large)
    #expect(arena.overflowed)
    #expect((20_000_000...20_010_000).contains(arena.work - before))
  }

  /// What substitution visits is charged to the steps of the checker.
  @Test func workIsCounted() throws {
    let fixture = try Fixture()
    func steps(_ height: Int) throws -> Int {
      var checker = fixture.makeChecker()
      let arena = checker.arena
      let body = tower(height, on: arena.variable(0), in: arena)
      let redex = arena.application(arena.lambda(.prop, body), arena.term(F["R"]))
      _ = try checker.weakHeadNormalForm(redex)
      return checker.steps
    }
    let (few, many) = (try steps(10), try steps(100))
    #expect(few < 20)
    // About 100² / 2 terms, sixteen to a step.
    #expect((200...1_000).contains(many), "\(many)")
    var checker = fixture.makeChecker(KernelLimits(steps: many - 1))
    let arena = checker.arena
    let body = tower(100, on: arena.variable(0), in: arena)
    #expect(throws: KernelError.limitExceeded(.steps(many - 1))) {
      try checker.weakHeadNormalForm(
        arena.application(arena.lambda(.prop, body), arena.term(F["R"])))
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

  /// Proofs of something else: what is told apart only under binders, after substitution or after
  /// reduction, where a full arena has the same answer for both sides.
  static let wrong: [(proof: Plain, statement: Plain)] = {
    let (nat, n) = (F["nat"], Plain.variable(0))
    func identity(_ term: Plain) -> Plain { .apply(.lambda(nat, .apply(F["f"], n, n)), term) }
    return [
      (LimitTests.proof, LimitTests.statement(1)),
      // Πn. P n → P (s n) is not Πn. P n → P n.
      (F["step"], .pi(nat, .arrow(.apply(F["P"], n), .apply(F["P"], n)))),
      (
        .lambda(nat, .apply(F["refl"], nat, identity(n))),
        .pi(nat, .apply(F["="], nat, identity(n), identity(.apply(F["s"], n))))
      ),
      (
        .definition(nat, F["two"], .apply(F["step"], identity(n))),
        .arrow(.apply(F["P"], identity(F["two"])), .apply(F["P"], identity(F["two"])))
      ),
    ]
  }()

  /// The same for an arena that is full after any number of terms, before or during the check.
  @Test func everyArenaSize() throws {
    let fixture = try Fixture()
    let base = TermArena(fixture.theory.terms).count
    for (proof, statement) in LimitTests.wrong {
      var verdicts: [Verdict] = []
      for extra in 0...200 {
        let arena = TermArena(fixture.theory.terms, maximalCount: base + extra)
        var checker = Checker(theory: fixture.theory, arena: arena)
        let (wrong, proof) = (arena.term(statement), arena.term(proof))
        for _ in 0..<3 {
          verdicts.append(LimitTests.verdict(&checker, proof, wrong))
          #expect(LimitTests.verdict(&checker, wrong, wrong) != .accepted)
        }
        #expect(!verdicts.contains(.accepted), "room for \(extra)")
      }
      #expect(verdicts.last == .refused && verdicts.contains(.limited))
    }
    var verdicts: [Verdict] = []
    for extra in 0...260 {
      let arena = TermArena(fixture.theory.terms, maximalCount: base + extra)
      var checker = Checker(theory: fixture.theory, arena: arena)
      let proof = arena.term(LimitTests.proof)
      let right = arena.term(LimitTests.statement(2))
      let wasBuilt = !arena.overflowed
      for _ in 0..<3 {
        let verdict = LimitTests.verdict(&checker, proof, right)
        #expect(verdict != .refused || !wasBuilt, "room for \(extra)")
        verdicts.append(verdict)
      }
    }
    #expect(verdicts.first != .accepted && verdicts.last == .accepted)
    #expect(verdicts.contains(.limited))
  }

  /// Each question by itself: an answer from an arena that fills up is right, or it is an error.
  @Test func everyAnswerFromAFullArena() throws {
    let fixture = try Fixture()
    var oracle = fixture.oracle
    let pairs = LimitTests.wrong
    let head = Plain.apply(.lambda(F["R"], F["f"]), F["r"])
    let terms = pairs.flatMap { [$0.proof, $0.statement] } + [.apply(head, F["two"], .literal(7))]
    let built = TermArena(fixture.theory.terms)
    let handles = terms.map { built.term($0) }
    let types = try pairs.map { built.term(try oracle.typeNormalForm(of: $0.proof)) }
    let frozen = built.freeze()
    var limited = 0
    for room in 0...120 {
      func checker() -> Checker {
        let arena = TermArena(frozen, maximalCount: built.count + room)
        return Checker(theory: fixture.theory, arena: arena)
      }
      func ask(_ question: (inout Checker) throws -> Bool) throws -> Bool {
        var checker = checker()
        do {
          return try question(&checker)
        } catch KernelError.limitExceeded {
          limited += 1
          return true
        }
      }
      for (index, term) in terms.enumerated() {
        let handle = handles[index]
        let isTyped = try ask {
          let type = try $0.infer(handle)
          return try oracle.typeNormalForm(of: term) == oracle.normalize($0.arena.plain(type))
        }
        #expect(isTyped, "room for \(room): \(term)")
        let isReduced = try ask {
          let reduced = try $0.weakHeadNormalForm(handle)
          return try oracle.normalize(term) == oracle.normalize($0.arena.plain(reduced))
        }
        #expect(isReduced, "room for \(room): \(term)")
      }
      for (index, type) in types.enumerated() {
        let statement = handles[2 * index + 1]
        #expect(try ask { try !$0.isConvertible(type, statement) }, "room for \(room)")
        #expect(try ask { try !$0.isConvertible(statement, type) }, "room for \(room)")
      }
    }
    #expect(limited > 50)
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
    #expect(error == .limitExceeded(.depth(TermArena.maximalDepth)))
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
      func tower(_ bottom: Term) -> Term {
        (0..<TermArena.maximalDepth - 2).reduce(bottom) { term, level in
          switch shape {
          case "arguments": arena.application(s, term)
          case "functions": arena.application(term, z)
          case "lambdas": arena.lambda(nat, term)
          case "products": arena.pi(nat, level == 0 ? nat : term)
          case "lets": arena.definition(type: nat, value: z, body: term)
          default: arena.application(s, term)
          }
        }
      }
      left = tower(z)
      let height = Int(arena.node(left).depth)
      precondition(!arena.overflowed && height > TermArena.maximalDepth - 2)
      if shape == "numerals" {
        right = arena.literal(family: 0, value: Natural(UInt64(TermArena.maximalDepth - 2)))
      }
      do throws(KernelError) {
        // Substitution reaches the bottom of anything that can be built.
        let local = arena.local(level: 0, type: nat)
        let closed = arena.instantiate(arena.abstract(tower(local), over: [local]), with: z)
        precondition(closed == left)
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
