import Kernel
import Randomness
import TestSupport
import Testing

/// Hash-consing, growth, freezing, and the facts that nodes carry.
@Suite struct ArenaTests {
  static let locals: [Plain] = [
    .local(0, Fixture["nat"]), .local(1, Fixture["nat"]), .local(0, .sort(.prop)),
    .local(2, .apply(Fixture["P"], .local(0, Fixture["nat"]))),
  ]
  static let trees = RandomTrees(locals: locals)

  @Test func equalTreesAreOneHandle() throws {
    let (first, second) = (TermArena(), TermArena())
    for value in 0..<100 { _ = second.variable(100 - value) }
    try forAll(2_000) { random in
      let left = ArenaTests.trees.tree(&random, size: 1 + random.uniform(below: 5))
      let right = ArenaTests.trees.tree(&random, size: 1 + random.uniform(below: 5))
      let (a, b) = (first.term(left), first.term(right))
      try #require((a == b) == (left == right), "\(left) and \(right)")
      try #require(first.term(left) == a && first.plain(a) == left, "\(left)")
      // Whatever was there before.
      try #require((second.term(left) == second.term(right)) == (left == right))
      try #require(second.plain(second.term(left)) == left)
    }
  }

  @Test func factsOfNodes() throws {
    let arena = TermArena()
    try forAll(1_500, seed: 4) { random in
      let plain = ArenaTests.trees.tree(&random, size: 1 + random.uniform(below: 60))
      for part in plain.subterms {
        let node = arena.node(arena.term(part))
        try #require(Int(node.looseBound) == part.looseBound, "\(part)")
        try #require(node.hasLocal == part.hasLocal, "\(part)")
        try #require(Int(node.size) == part.size, "\(part)")
        try #require(Int(node.depth) == part.height, "\(part)")
        try #require(arena.plain(Term(id: node.head)) == part.head, "\(part)")
      }
    }
  }

  @Test func sizesSaturate() {
    let arena = TermArena()
    var term = arena.variable(0)
    for level in 1...40 {
      term = arena.application(term, term)
      let node = arena.node(term)
      #expect(UInt64(node.size) == min(UInt64(UInt32.max), (1 << UInt64(level + 1)) - 1))
      #expect(Int(node.depth) == level + 1)
    }
  }

  @Test func growth() {
    let arena = TermArena()
    let count = 200_000
    let terms = (0..<count).map { arena.variable($0) }
    let applications = (1..<count).map { arena.application(terms[$0], terms[$0 - 1]) }
    #expect(arena.count == 3 + count + applications.count)
    for index in stride(from: 0, to: count, by: 37) {
      #expect(arena.variable(index) == terms[index])
    }
    for (index, term) in applications.enumerated() {
      guard case .application(terms[index + 1], terms[index]) = arena.view(term),
        arena.application(terms[index + 1], terms[index]) == term
      else {
        Issue.record("application \(index) was lost")
        return
      }
    }
    #expect(arena.count == 3 + count + applications.count)
    #expect(!arena.overflowed)
  }

  @Test func frozenHandlesAreStable() throws {
    let base = TermArena()
    var known: [(plain: Plain, term: Term)] = []
    try forAll(300, seed: 5) { random in
      let plain = ArenaTests.trees.tree(&random, size: 1 + random.uniform(below: 20))
      known.append((plain, base.term(plain)))
    }
    let frozen = base.freeze()
    let (left, right) = (TermArena(frozen), TermArena(frozen))
    #expect(left.frozenCount == base.count && left.count == base.count)
    for (plain, term) in known {
      #expect(left.term(plain) == term && right.plain(term) == plain)
    }
    #expect(left.count == base.count)
    // What is added later is private.
    let added = left.term(.lambda(.variable(1_000), .literal(99)))
    let other = right.term(.lambda(.variable(2_000), .literal(98)))
    #expect(added.id >= UInt32(base.count) && right.count == left.count)
    #expect(left.plain(added) == .lambda(.variable(1_000), .literal(99)))
    #expect(right.plain(other) == .lambda(.variable(2_000), .literal(98)))
    let again = TermArena(left.freeze())
    for (plain, term) in known { #expect(again.plain(term) == plain) }
    #expect(again.plain(added) == .lambda(.variable(1_000), .literal(99)))
    #expect(again.term(.lambda(.variable(1_000), .literal(99))) == added)
  }

  @Test func fullArena() {
    let arena = TermArena(maximalCount: 10)
    let terms = (0..<7).map { arena.variable($0) }
    #expect(arena.count == 10 && !arena.overflowed)
    // What is there is still found; nothing new is made, then and later.
    #expect(arena.variable(3) == terms[3] && !arena.overflowed)
    #expect(arena.variable(7) == .kind && arena.overflowed)
    #expect(arena.application(terms[0], terms[1]) == .kind)
    #expect(arena.variable(3) == terms[3] && arena.count == 10 && arena.overflowed)
  }

  @Test func tooDeep() {
    let arena = TermArena()
    var term = arena.variable(0)
    for _ in 1..<TermArena.maximalDepth { term = arena.application(term, .prop) }
    #expect(Int(arena.node(term).depth) == TermArena.maximalDepth && !arena.overflowed)
    #expect(arena.lambda(.prop, term) == .kind && arena.overflowed)
  }

  @Test func spines() {
    let arena = TermArena()
    let f = arena.term(Fixture["f"])
    let arguments = (0..<4).map { arena.variable($0) }
    let term = arena.application(f, arguments)
    #expect(arena.spine(term).head == f && arena.spine(term).arguments == arguments)
    #expect(arena.spine(f).head == f && arena.spine(f).arguments.isEmpty)
    let lambda = arena.lambda(.prop, term)
    #expect(arena.spine(arena.application(lambda, f)).head == lambda)
  }

  @Test func equalities() {
    let arena = TermArena()
    let (t, a, b) = (arena.variable(0), arena.variable(1), arena.variable(2))
    let equation = arena.equality(t, a, b)
    #expect(arena.plain(equation) == .apply(Fixture["="], .variable(0), .variable(1), .variable(2)))
    let sides = arena.equalitySides(equation)
    #expect(sides?.type == t && sides?.left == a && sides?.right == b)
    // Neither more nor fewer arguments, nor another head.
    #expect(arena.equalitySides(arena.application(equation, a)) == nil)
    guard case .application(let partial, _) = arena.view(equation) else { return }
    #expect(arena.equalitySides(partial) == nil)
    #expect(arena.equalitySides(arena.application(arena.constant(.reflexivity), [t, a, b])) == nil)
    #expect(arena.equalitySides(arena.application(arena.variable(0), [t, a, b])) == nil)
  }

  @Test func openTypesOfLocalsAreRefused() async {
    await #expect(processExitsWith: .failure) {
      let arena = TermArena()
      _ = arena.local(level: 0, type: arena.variable(0))
    }
  }
}
