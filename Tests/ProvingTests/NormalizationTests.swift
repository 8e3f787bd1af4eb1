import Kernel
import Parallel
import PeanoSyntax
import Randomness
import TestSupport
import Testing

@testable import Proving

/// β-normal forms against evaluation: a term means a Swift function where it is one, and what it
/// means is read back (Berger and Schwichtenberg, An inverse of the evaluation functional, LICS
/// 1991; without η).
@Suite struct NormalizationTests {
  private let theory: Theory
  private let (nat, z, s, p, double): (Term, Term, Term, Term, Term)

  init() throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    nat = arena.constant(try builder.assume("nat", type: .type))
    z = arena.constant(try builder.assume("z", type: nat))
    s = arena.constant(try builder.assume("s", type: arena.arrow(nat, nat)))
    p = arena.constant(try builder.assume("P", type: arena.arrow(nat, .prop)))
    let twice = arena.lambda(
      nat, arena.application(s, arena.application(s, arena.variable(0))))
    double = arena.constant(
      try builder.define("double", type: arena.arrow(nat, nat), value: twice))
    try builder.addLiterals(type: nat, zero: z, successor: s)
    theory = builder.freeze()
  }

  @Test func agreesWithEvaluation() throws {
    let arena = TermArena(theory.terms)
    var checker = Checker(theory: theory, arena: arena)
    var (reduced, kept) = (0, 0)
    try forAll(3_000) { random in
      let types: [Term] = [nat, .prop, arena.arrow(nat, nat), arena.arrow(nat, .prop)]
      let type = types[random.uniform(below: types.count)]
      let term = term(of: type, [], fuel: 2 + random.uniform(below: 8), in: arena, &random)
      try checker.check(term, against: type)
      let normal = arena.betaNormalize(term)
      try #require(normal == Meaning.normalForm(term, in: arena), "\(arena.view(term))")
      try #require(arena.betaNormalize(normal) == normal)
      try #require(try checker.isConvertible(term, normal))
      if normal == term { kept += 1 } else { reduced += 1 }
    }
    #expect(!arena.overflowed && reduced > 1_000 && kept > 300, "\(reduced) and \(kept)")
  }

  /// A well-typed term of a closed type in a context of closed types.
  private func term(
    of type: Term, _ context: [Term], fuel: Int, in arena: TermArena, _ random: inout RandomStream
  ) -> Term {
    func inner(_ type: Term, under domain: Term? = nil, _ random: inout RandomStream) -> Term {
      let context = domain.map { context + [$0] } ?? context
      return term(of: type, context, fuel: fuel - 1, in: arena, &random)
    }
    if fuel > 0, random.uniform() < 0.4 {
      let domains: [Term] = [nat, .prop, arena.arrow(nat, nat)]
      let domain = domains[random.uniform(below: domains.count)]
      let value = inner(domain, &random)
      let body = inner(type, under: domain, &random)
      // The type of the binder reduces as well: (λt. t) nat.
      let written =
        random.uniform() < 0.3 && domain != .prop
        ? arena.application(arena.lambda(.type, arena.variable(0)), domain) : domain
      return random.uniform() < 0.5
        ? arena.definition(type: written, value: value, body: body)
        : arena.application(arena.lambda(written, body), value)
    }
    let known = context.indices.filter { context[$0] == type }
    if let index = known.randomElement(using: &random), fuel <= 0 || random.uniform() < 0.5 {
      return arena.variable(context.count - 1 - index)
    }
    switch arena.view(type) {
    case .pi(let domain, let codomain):
      if domain == nat, codomain == nat, random.uniform() < 0.4 {
        return random.uniform() < 0.5 ? s : double
      }
      return arena.lambda(domain, inner(codomain, under: domain, &random))
    case .sort:
      if fuel > 0, random.uniform() < 0.6 {
        return arena.pi(nat, inner(.prop, under: nat, &random))
      }
      return arena.application(p, inner(nat, &random))
    default:
      if fuel <= 0 {
        return random.uniform() < 0.5 ? z : arena.literal(family: 0, value: Natural(7))
      }
      let function = inner(arena.arrow(nat, nat), &random)
      return arena.application(function, inner(nat, &random))
    }
  }

  /// Normalization is no judge of types: what never ends, and what takes too long, overflows.
  @Test(arguments: 0..<3)
  func ends(_ question: Int) {
    let isKind = WorkerPool(threads: 1).map(1) { _ -> Bool in
      let arena = TermArena(theory.terms)
      let n = arena.variable(0)
      let large = (0..<40).reduce(nat) { type, _ in arena.arrow(type, nat) }
      let half = arena.lambda(question == 0 ? nat : large, arena.application(n, n))
      // λf. λx. f (f x), applied to itself: 2 ↑↑ 6 applications of s, were they written out.
      let f = arena.variable(1)
      let twice = arena.lambda(
        nat, arena.lambda(nat, arena.application(f, arena.application(f, n))))
      let tower = arena.application(twice, [twice, twice, twice, twice, twice, s, z])
      let term = question == 2 ? tower : arena.application(half, half)
      return arena.betaNormalize(term) == .kind && arena.overflowed
    }[0]
    #expect(isKind)
  }
}

/// Definitions each of which applies the one before twice. The proposition that the last makes is a
/// tower whose levels all mention those below, so every substitution is larger than the last.
@Suite struct DoublingTests {
  private func tower(_ count: Int, in builder: inout TheoryBuilder) throws -> Term {
    let arena = builder.arena
    let p = arena.constant(try builder.assume("P", type: .prop))
    let x = arena.variable(0)
    var double = arena.lambda(.prop, arena.arrow(x, x))
    for level in 0..<count {
      double = arena.constant(
        try builder.define("d\(level)", type: arena.arrow(.prop, .prop), value: double))
      double = arena.lambda(.prop, arena.application(double, arena.application(double, x)))
    }
    return arena.application(double, p)
  }

  @Test func fewAreWrittenOut() throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    let term = try tower(3, in: &builder)
    var expected = arena.constant(try #require(builder.theory.constant(named: "P")))
    for _ in 0..<8 { expected = arena.arrow(expected, expected) }
    #expect(arena.betaNormalize(builder.theory.unfold(term, in: arena)) == expected)
  }

  @Test(arguments: [12, 30])
  func manyEndEarly(_ count: Int) throws {
    var builder = TheoryBuilder()
    let arena = builder.arena
    let unfolded = builder.theory.unfold(try tower(count, in: &builder), in: arena)
    let result = WorkerPool(threads: 1).map(1) { [theory = builder.freeze()] _ -> [Int] in
      let arena = TermArena(theory.terms)
      let isKind = arena.betaNormalize(theory.unfold(unfolded, in: arena)) == .kind
      return [isKind && arena.overflowed ? 1 : 0, arena.work]
    }[0]
    #expect(result[0] == 1)
    #expect(result[1] < 100_000_000, "\(result[1]) terms visited")
  }

  /// The files of a user who means no good: a premise, and numerals, of which nobody can say more
  /// than their definition.
  @Test(arguments: [
    "Q : prop. ax : [(d30 P) -> Q]. q : Q. #backward ax. #premises ax q.",
    "K : [type -> prop -> type] = (lambda ('t : type, 'p : prop) 't). nat : type."
      + " z : (K nat (d30 P)). s : [(K nat (d30 P)) -> nat]. #literal nat z s.",
  ])
  func filesAreRefused(_ rest: String) throws {
    var text = "P : prop. d0 : [prop -> prop] = (lambda ('p : prop) ['p -> 'p]).\n"
    for level in 1...30 {
      text += "d\(level) : [prop -> prop] = "
      text += "(lambda ('p : prop) (d\(level - 1) (d\(level - 1) 'p))).\n"
    }
    let file = try elaborate(parse(SourceFile(path: "doubling", text: text + rest)))
    #expect {
      _ = try ActionSpace(file)
    } throws: { error in
      if case .limitExceeded = error as? KernelError { true } else { false }
    }
  }
}

/// What a term means.
private indirect enum Meaning {
  /// A constant, sort or numeral.
  case atom(Term)
  /// A variable, by the number of binders outside its own.
  case variable(Int)
  case application(Meaning, Meaning)
  case lambda(domain: Meaning, (Meaning) -> Meaning)
  case pi(domain: Meaning, (Meaning) -> Meaning)

  static func normalForm(_ term: Term, in arena: TermArena) -> Term {
    Meaning(term, [], arena).term(under: 0, in: arena)
  }

  private init(_ term: Term, _ scope: [Meaning], _ arena: TermArena) {
    switch arena.view(term) {
    case .variable(let index): self = scope[scope.count - 1 - index]
    case .application(let function, let argument):
      let argument = Meaning(argument, scope, arena)
      let function = Meaning(function, scope, arena)
      if case .lambda(_, let result) = function {
        self = result(argument)
      } else {
        self = .application(function, argument)
      }
    case .lambda(let domain, let body):
      self = .lambda(domain: Meaning(domain, scope, arena)) { Meaning(body, scope + [$0], arena) }
    case .pi(let domain, let body):
      self = .pi(domain: Meaning(domain, scope, arena)) { Meaning(body, scope + [$0], arena) }
    case .definition(_, let value, let body):
      self = Meaning(body, scope + [Meaning(value, scope, arena)], arena)
    case .sort, .constant, .local, .literal: self = .atom(term)
    }
  }

  private func term(under binders: Int, in arena: TermArena) -> Term {
    func body(_ result: (Meaning) -> Meaning) -> Term {
      result(.variable(binders)).term(under: binders + 1, in: arena)
    }
    switch self {
    case .atom(let term): return term
    case .variable(let level): return arena.variable(binders - 1 - level)
    case .application(let function, let argument):
      return arena.application(
        function.term(under: binders, in: arena), argument.term(under: binders, in: arena))
    case .lambda(let domain, let result):
      return arena.lambda(domain.term(under: binders, in: arena), body(result))
    case .pi(let domain, let result):
      return arena.pi(domain.term(under: binders, in: arena), body(result))
    }
  }
}
