import Kernel
import Randomness
import TestSupport
import Testing

/// Operations under binders against the textbook definitions on plain trees.
@Suite struct SubstitutionTests {
  let arena = TermArena()

  /// Trees small and large: beyond a size the arena traverses them with a memo.
  func tree(_ random: inout RandomStream) -> Plain {
    let limit = [6, 30, 120][random.uniform(below: 3)]
    return ArenaTests.trees.tree(&random, size: 1 + random.uniform(below: limit))
  }

  func require(_ term: Term, _ plain: Plain) throws {
    try #require(arena.plain(term) == plain)
    try #require(arena.term(plain) == term)
  }

  @Test func lift() throws {
    try forAll(1_000, seed: 6) { random in
      let plain = tree(&random)
      let term = arena.term(plain)
      let (amount, cutoff) = (random.uniform(below: 4), random.uniform(below: 4))
      let lifted = arena.lift(term, by: amount, from: cutoff)
      try require(lifted, plain.shifted(amount, from: cutoff))
      // ↑ᵈ ↑ᵉ = ↑ᵈ⁺ᵉ, and what was made room for is not there.
      let more = random.uniform(below: 3)
      try #require(
        arena.lift(lifted, by: more, from: cutoff)
          == arena.lift(term, by: amount + more, from: cutoff))
      try #require(arena.lift(term, by: 0) == term)
      try #require(
        arena.instantiate(arena.lift(term, by: 1), with: arena.term(.literal(9))) == term)
    }
  }

  @Test func instantiate() throws {
    try forAll(1_000, seed: 7) { random in
      let (body, argument) = (tree(&random), tree(&random))
      let result = arena.instantiate(arena.term(body), with: arena.term(argument))
      try require(result, body.opened(with: argument))
      try #require(arena.instantiate(arena.term(body), with: [arena.term(argument)]) == result)
      let arguments = (0..<random.uniform(below: 4)).map { _ in tree(&random) }
      try require(
        arena.instantiate(arena.term(body), with: arguments.map(arena.term)),
        body.opened(with: arguments))
    }
  }

  @Test func abstract() throws {
    try forAll(1_000, seed: 8) { random in
      let plain = tree(&random)
      let term = arena.term(plain)
      var locals = ArenaTests.locals
      random.shuffle(&locals)
      locals = Array(locals.prefix(random.uniform(below: locals.count + 1)))
      let body = arena.abstract(term, over: locals.map(arena.term))
      try require(body, locals.reduce(plain) { $0.closed(over: $1) })
      // instantiate ∘ abstract is the identity.
      try #require(arena.instantiate(body, with: locals.map(arena.term)) == term)
    }
  }

  @Test func abstractUndoesInstantiate() throws {
    let fresh = Plain.local(77, Fixture["nat"])
    try forAll(1_000, seed: 9) { random in
      let term = arena.term(tree(&random))
      let local = arena.term(fresh)
      try #require(arena.abstract(arena.instantiate(term, with: local), over: [local]) == term)
    }
  }

  /// Substitutions commute (Barendregt, The Lambda Calculus, 2.1.16): b[a][c] = b[c↑][a[c]].
  @Test func substitutionLemma() throws {
    try forAll(1_000, seed: 10) { random in
      let terms = (0..<3).map { _ in arena.term(tree(&random)) }
      let (body, first, second) = (terms[0], terms[1], terms[2])
      let left = arena.instantiate(arena.instantiate(body, with: first), with: second)
      let right = arena.instantiate(body, with: [second, arena.instantiate(first, with: second)])
      try #require(left == right)
    }
  }

  /// A term with 2⁶⁴ leaves is as quick as its 64 nodes.
  @Test func sharingIsKept() {
    func tower(_ leaf: Term) -> Term {
      (0..<64).reduce(leaf) { term, level in
        level % 2 == 0 ? arena.application(term, term) : arena.lambda(term, arena.lift(term, by: 1))
      }
    }
    let (zero, local) = (arena.variable(0), arena.term(ArenaTests.locals[0]))
    let open = tower(zero)
    #expect(arena.instantiate(open, with: local) == tower(local))
    #expect(arena.abstract(tower(local), over: [local]) == open)
    #expect(arena.lift(open, by: 5) == tower(arena.variable(5)))
  }
}
