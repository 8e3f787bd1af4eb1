import Kernel
import Parallel
import Randomness
import TestSupport
import Testing

/// Operations that compute on numerals.
@Suite struct ComputationTests {
  typealias F = Fixture

  /// Constants after those of ``Fixture``; `same` is a definition, which hides a slow addition and
  /// multiplication from the recognition of fast ones.
  static let names = [
    "same", "+", "+_z", "+_s", "*", "*_z", "*_s", "^", "^_z", "^_s", "plus", "plus_z", "plus_s",
    "times", "times_z", "times_s",
  ]

  static subscript(name: String) -> Plain {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("no constant \(name)") }
    return .constant(F.names.count + index)
  }

  /// Equations by operation: the value at zero, where variable 0 is n, and at a successor, where
  /// variable 1 is n and variable 0 is m.
  static let equations: [(name: String, atZero: Plain, atSuccessor: Plain)] = {
    typealias C = ComputationTests
    let (n, m) = (Plain.variable(1), Plain.variable(0))
    let s = F["s"]
    return [
      ("+", m, .apply(s, .apply(C["+"], n, m))),
      ("*", F["z"], .apply(C["+"], n, .apply(C["*"], n, m))),
      ("^", .literal(1), .apply(C["*"], .apply(C["^"], n, m), n)),
      ("plus", .apply(C["same"], m), .apply(s, .apply(C["plus"], n, m))),
      ("times", .apply(C["same"], F["z"]), .apply(C["plus"], .apply(C["times"], n, m), n)),
    ]
  }()

  let theory: Theory
  let slowTheory: Theory
  let oracle: PlainChecker

  init() throws {
    typealias C = ComputationTests
    let fixture = try Fixture()
    var builder = TheoryBuilder(extending: fixture.theory)
    var oracle = fixture.oracle
    let arena = builder.arena
    let nat = F["nat"]
    func constant(_ name: String) -> ConstantID {
      ConstantID(F.names.count + C.names.firstIndex(of: name)!)
    }
    let unary = Plain.arrow(nat, nat)
    try builder.define(
      "same", type: arena.term(unary), value: arena.term(.lambda(nat, .variable(0))))
    oracle.constants.append(.init(type: unary, value: .lambda(nat, .variable(0))))
    for (name, atZero, atSuccessor) in C.equations {
      let types = [
        (name, Plain.arrow(nat, .arrow(nat, nat))),
        (
          name + "_z",
          .pi(nat, .apply(F["="], nat, .apply(C[name], .variable(0), F["z"]), atZero))
        ),
        (
          name + "_s",
          .pi(
            nat,
            .pi(
              nat,
              .apply(
                F["="], nat, .apply(C[name], .variable(1), .apply(F["s"], .variable(0))),
                atSuccessor)))
        ),
      ]
      for (name, type) in types {
        let added = try builder.assume(name, type: arena.term(type))
        precondition(added == constant(name))
        oracle.constants.append(.init(type: type))
      }
    }
    slowTheory = builder.freeze()
    for (name, atZero, atSuccessor) in C.equations {
      try builder.addComputable(
        operation: constant(name), atZero: constant(name + "_z"),
        atSuccessor: constant(name + "_s"))
      oracle.computables.append((Int(constant(name).index), atZero, atSuccessor))
    }
    theory = builder.freeze()
    self.oracle = oracle
  }

  func makeChecker(_ theory: Theory? = nil, _ limits: KernelLimits = KernelLimits()) -> Checker {
    let theory = theory ?? self.theory
    return Checker(theory: theory, arena: TermArena(theory.terms), limits: limits)
  }

  /// `op a b = c` on numerals.
  func equation(_ name: String, _ a: Natural, _ b: Natural, _ c: Natural, in arena: TermArena)
    -> (statement: Term, proof: Term)
  {
    let nat = arena.term(F["nat"])
    func literal(_ value: Natural) -> Term { arena.literal(family: 0, value: value) }
    let left = arena.application(arena.term(ComputationTests[name]), [literal(a), literal(b)])
    return (
      arena.equality(nat, left, literal(c)),
      arena.application(arena.constant(.reflexivity), [nat, literal(c)])
    )
  }

  func holds(_ equation: (statement: Term, proof: Term), _ checker: inout Checker) -> Bool {
    (try? checker.checkProof(equation.proof, of: equation.statement)) != nil
  }

  // MARK: Meaning

  /// Both axioms of each operation hold by `refl`, and only where the theory says so.
  @Test func axiomsHoldByReflexivity() throws {
    for (name, _, _) in ComputationTests.equations {
      for suffix in ["_z", "_s"] {
        for (theory, isExpected) in [(theory, true), (slowTheory, false)] {
          var checker = makeChecker(theory)
          let arena = checker.arena
          let constant = try #require(theory.constant(named: name + suffix))
          let statement = theory[constant].type
          var (rest, locals): (Term, [Term]) = (statement, [])
          while case .pi(let domain, let body) = arena.view(rest) {
            locals.append(arena.local(level: locals.count, type: domain))
            rest = arena.instantiate(body, with: locals.last!)
          }
          let sides = try #require(arena.equalitySides(rest))
          #expect(
            try checker.isConvertible(sides.left, sides.right) == isExpected, "\(name)\(suffix)")
          var proof = arena.application(arena.constant(.reflexivity), [sides.type, sides.left])
          for local in locals.reversed() {
            proof = arena.lambda(arena.term(F["nat"]), arena.abstract(proof, over: [local]))
          }
          #expect(holds((statement, proof), &checker) == isExpected, "\(name)\(suffix)")
        }
      }
    }
  }

  /// Random terms of type nat against the second checker, which knows the equations and no GMP.
  @Test func agreesWithPlainChecker() throws {
    var (equal, different) = (0, 0)
    var oracle = oracle
    var checker = makeChecker()
    let arena = checker.arena
    func tree(_ random: inout RandomStream, _ size: Int) -> Plain {
      if size <= 1 {
        switch random.uniform(below: 4) {
        case 0: return .literal(random.uniform(below: 4))
        case 1: return F.number(random.uniform(below: 3))
        case 2: return .local(random.uniform(below: 2), F["nat"])
        default: return F["two"]
        }
      }
      switch random.uniform(below: 6) {
      case 0: return .apply(F["s"], tree(&random, size - 1))
      case 1: return .apply(ComputationTests["same"], tree(&random, size - 1))
      default:
        let name = ["+", "*", "plus", "times", "f", "+"][random.uniform(below: 6)]
        let head = name == "f" ? F["f"] : ComputationTests[name]
        return .apply(head, tree(&random, size / 2), tree(&random, size / 2))
      }
    }
    try forAll(3_000, seed: 41) { random in
      let left = tree(&random, 1 + random.uniform(below: 8))
      let right: Plain
      do {
        right =
          random.uniform(below: 2) == 0
          ? tree(&random, 1 + random.uniform(below: 8)) : try oracle.normalize(left)
        let expected = try oracle.normalize(left) == oracle.normalize(right)
        let (a, b) = (arena.term(left), arena.term(right))
        try #require(try checker.isConvertible(a, b) == expected, "\(left) and \(right)")
        try #require(try checker.isConvertible(b, a) == expected, "\(right) and \(left)")
        try #require(try checker.infer(a) == arena.term(F["nat"]))
        if expected { equal += 1 } else { different += 1 }
      } catch is PlainChecker.TooLarge {
        return
      }
    }
    #expect(equal > 1_000 && different > 500, "\(equal) pairs equal, \(different) different")
  }

  // MARK: Numerals

  /// The rules one at a time, GMP, and arithmetic of `Int` agree; a wrong number is refused.
  @Test func slowAndFastAgree() throws {
    var checker = makeChecker()
    let arena = checker.arena
    try forAll(300, seed: 42) { random in
      let (a, b) = (random.uniform(below: 60), random.uniform(below: 20))
      let results = ["+": a + b, "plus": a + b, "*": a * b, "times": a * b]
      for name in ["+", "plus", "*", "times"] {
        let (first, second) = (Natural(UInt64(a)), Natural(UInt64(b)))
        let right = Natural(UInt64(results[name]!))
        let wrong = Natural(UInt64(results[name]! + 1))
        try #require(
          holds(equation(name, first, second, right, in: arena), &checker), "\(a) \(name) \(b)")
        try #require(
          !holds(equation(name, first, second, wrong, in: arena), &checker), "\(a) \(name) \(b)")
      }
    }
    var slow = makeChecker(slowTheory)
    #expect(!holds(equation("+", Natural(1), Natural(1), Natural(2), in: slow.arena), &slow))
  }

  /// Numbers of hundreds of digits take a few dozen steps.
  @Test func largeNumerals() throws {
    try forAll(200, seed: 43) { random in
      func number() -> Natural {
        let digits = (0..<1 + random.uniform(below: 300)).map { _ in random.uniform(below: 10) }
        return Natural(decimal: digits.map(String.init).joined())!
      }
      var checker = makeChecker(nil, KernelLimits(steps: 300))
      let (a, b) = (number(), number())
      try #require(holds(equation("+", a, b, a + b, in: checker.arena), &checker))
      try #require(holds(equation("*", a, b, a * b, in: checker.arena), &checker))
      let sum = a + b + Natural(1)
      try #require(!holds(equation("+", a, b, sum, in: checker.arena), &checker))
    }
    var checker = makeChecker()
    let (one, other) = (Natural(123_456_789), Natural(987_654_321))
    #expect(holds(equation("+", one, other, Natural(1_111_111_110), in: checker.arena), &checker))
    let power = power(2, 64)
    #expect(holds(equation("^", Natural(2), Natural(64), power, in: checker.arena), &checker))
  }

  func power(_ base: UInt64, _ exponent: Int) -> Natural {
    (0..<exponent).reduce(Natural(1)) { value, _ in value * Natural(base) }
  }

  /// Either operand may be written with successors, and be larger than what is counted down to.
  @Test func towersOfSuccessors() throws {
    var checker = makeChecker()
    let arena = checker.arena
    func literal(_ value: UInt64) -> Term { arena.literal(family: 0, value: Natural(value)) }
    let plus = arena.term(ComputationTests["+"])
    let s = arena.term(F["s"])
    let tower = arena.application(s, arena.application(s, literal(5)))
    for (a, b, sum) in [
      (tower, literal(1_000_000), 1_000_007), (literal(1_000_000), tower, 1_000_007),
      (arena.term(F["two"]), literal(1_000_000), 1_000_002),
      (literal(1_000_000), arena.term(F["z"]), 1_000_000),
    ] as [(Term, Term, UInt64)] {
      #expect(try checker.isConvertible(arena.application(plus, [a, b]), literal(sum)))
      #expect(try !checker.isConvertible(arena.application(plus, [a, b]), literal(sum + 1)))
    }
  }

  // MARK: Limits

  @Test func numbersAreBounded() throws {
    var builder = TheoryBuilder(extending: theory)
    let arena = builder.arena
    let nat = arena.term(F["nat"])
    var last = arena.literal(family: 0, value: Natural(10))
    for index in 0..<40 {
      let square = arena.application(arena.term(ComputationTests["*"]), [last, last])
      last = arena.constant(try builder.define("square\(index)", type: nat, value: square))
    }
    var checker = Checker(theory: builder.theory, arena: arena)
    #expect(throws: KernelError.limitExceeded(.bits(65_536))) {
      _ = try checker.weakHeadNormalForm(last)
    }
    var limited = makeChecker(nil, KernelLimits(steps: 20))
    #expect(throws: KernelError.limitExceeded(.steps(20))) {
      let sum = equation(
        "+", power(7, 1_000), power(7, 1_000), Natural(0), in: limited.arena)
      _ = try limited.checkProof(sum.proof, of: sum.statement)
    }
  }

  @Test func countingDownIsBounded() throws {
    let error = WorkerPool(threads: 1).map(1) { _ -> KernelError? in
      var checker = makeChecker()
      let arena = checker.arena
      let million = arena.literal(family: 0, value: Natural(1_000_000))
      let sums = (0..<2).map { level in
        arena.application(
          arena.term(ComputationTests["+"]),
          [arena.local(level: level, type: arena.term(F["nat"])), million])
      }
      do throws(KernelError) {
        _ = try checker.isConvertible(sums[0], sums[1])
        return nil
      } catch {
        return error
      }
    }[0]
    #expect(error == .limitExceeded(.recursion(10_000)))
  }

  // MARK: Refusals

  /// What the syntax cannot say, or says elsewhere; the files `Negative/computable-*` have the
  /// rest.
  @Test func refusals() throws {
    var builder = TheoryBuilder(extending: slowTheory)
    func id(_ name: String) -> ConstantID { slowTheory.constant(named: name)! }
    func culprit(_ operation: String, _ atZero: String, _ atSuccessor: String) -> ConstantID? {
      do throws(KernelError) {
        try builder.addComputable(
          operation: id(operation), atZero: id(atZero), atSuccessor: id(atSuccessor))
        return nil
      } catch {
        guard case .invalidComputation(let constant, _) = error else { return nil }
        return constant
      }
    }
    #expect(culprit("=", "+_z", "+_s") == id("="))
    #expect(culprit("s", "+_z", "+_s") == id("s"))
    #expect(culprit("same", "+_z", "+_s") == id("same"))
    #expect(culprit("*", "+_z", "*_s") == id("+_z"))
    #expect(culprit("*", "*_z", "+_s") == id("+_s"))
    #expect(culprit("+", "+_s", "+_z") == id("+_s"))
    #expect(culprit("+", "opaque", "+_s") == id("opaque"))
    #expect(builder.theory.computables.isEmpty)
    try builder.addComputable(operation: id("+"), atZero: id("+_z"), atSuccessor: id("+_s"))
    #expect(culprit("+", "+_z", "+_s") == id("+"))
    #expect(builder.theory.computables.map(\.operation) == [id("+")])
    #expect(slowTheory.computables.isEmpty)
  }

  @Test func arenasOfOtherTheoriesAreRefused() async {
    await #expect(processExitsWith: .failure) {
      _ = Checker(theory: try ComputationTests().theory, arena: TermArena())
    }
  }
}
