import Conjecturing
import Kernel
import Parallel
import Probability
import Randomness
import Testing

@Suite struct PosingTests {
  let grammar = ConjectureGrammar(theory: Tiny.named("logic"))

  @Test(arguments: [0, 1, 3])
  func isTheSameForAnyThreadsAndWidth(_ threads: Int) throws {
    for name in ["logic", "vectors"] {
      let grammar = ConjectureGrammar(theory: Tiny.named(name))
      let reference = try pose(
        60, grammar: grammar, model: RandomNetwork(seed: 2), key: RandomKey(seed: 5))
      let other = try pose(
        60, grammar: grammar, model: RandomNetwork(seed: 2), key: RandomKey(seed: 5),
        options: PosingOptions(width: 7),
        pool: threads == 0 ? nil : WorkerPool(threads: threads))
      #expect(reference.conjectures.map(\.conjecture) == other.conjectures.map(\.conjecture))
      #expect(reference.conjectures.map(\.slot) == other.conjectures.map(\.slot))
      #expect(
        reference.conjectures.map(\.logProbability) == other.conjectures.map(\.logProbability))
      #expect(reference.drawn == other.drawn && reference.duplicates == other.duplicates)
      #expect(reference.trivialRedrawn == other.trivialRedrawn)
    }
  }

  @Test func allAreNewAndDistinct() throws {
    let model = RandomNetwork(seed: 2)
    let first = try pose(50, grammar: grammar, model: model, key: RandomKey(seed: 0))
    let earlier = Set(first.conjectures.map(\.conjecture))
    #expect(earlier.count == first.conjectures.count)
    // The same key again: each slot meets its own earlier conjecture.
    let second = try pose(
      50, grammar: grammar, model: model, key: RandomKey(seed: 0), excluding: earlier)
    #expect(second.duplicates >= first.conjectures.count)
    #expect(earlier.isDisjoint(with: second.conjectures.map(\.conjecture)))
    for batch in [first, second] {
      let slots = batch.conjectures.map(\.slot) + batch.emptySlots
      #expect(slots.sorted() == Array(0..<50))
      let draws = batch.conjectures.reduce(0) { $0 + $1.draws } + batch.emptySlots.count * 9
      #expect(batch.drawn == draws)
      // Every draw was kept, a duplicate, or trivial and drawn again.
      #expect(
        batch.drawn == batch.conjectures.count + batch.duplicates + batch.trivialRedrawn)
      for posed in batch.conjectures { #expect(posed.triviality == nil || posed.draws == 9) }
    }
  }

  /// Four tokens in the theory of groups say only `id = id`.
  @Test func redrawsAreBounded() throws {
    let grammar = ConjectureGrammar(theory: Tiny.named("groups"))
    let batch = try pose(
      3, grammar: grammar, model: UniformModel<ConjectureQuery>(), key: RandomKey(seed: 0),
      options: PosingOptions(lengthLimit: 4, redraws: 5))
    #expect(batch.drawn == 18 && batch.trivialRedrawn == 15 && batch.duplicates == 2)
    #expect(batch.conjectures.map(\.slot) == [0] && batch.emptySlots == [1, 2])
    #expect(batch.conjectures[0].triviality == .reflexivity)
    #expect(batch.conjectures[0].draws == 6)
    let kept = try pose(
      3, grammar: grammar, model: UniformModel<ConjectureQuery>(), key: RandomKey(seed: 0),
      options: PosingOptions(lengthLimit: 4, redraws: 5, redrawsTrivial: false))
    #expect(kept.drawn == 13 && kept.trivialRedrawn == 0 && kept.duplicates == 12)
  }

  /// Each draw has a limit of its own, and replays under it.
  @Test func lengthsAreSpread() throws {
    let model = RandomNetwork(seed: 2)
    let batch = try pose(
      200, grammar: grammar, model: model, key: RandomKey(seed: 0),
      options: PosingOptions(lengthLimit: 30, spreadsLengths: true))
    let limits = batch.conjectures.map(\.lengthLimit)
    #expect(Set(limits).count > 20 && limits.allSatisfy { $0 <= 30 })
    for posed in batch.conjectures {
      let process = ConjectureProcess(grammar: grammar, lengthLimit: posed.lengthLimit)
      let options = try #require(process.options(leadingTo: posed.conjecture))
      let again = try replay([options], from: [process], under: model)
      #expect(again[0].logProbability == posed.logProbability)
    }
  }

  @Test func trivialStatements() throws {
    let theory = try Shipped.theory("propositional-logic")
    let groups = try Shipped.theory("groups")
    let cases: [(Theory, String, Triviality?)] = [
      (groups, "(= id id)", .reflexivity),
      (groups, "[('a : G) -> (= (inv 'a) (inv 'a))]", .reflexivity),
      (groups, "[('a : G) -> ('b : G) -> (= 'a 'b)]", nil),
      (groups, "[('a : G) -> (= 'a id) -> ('b : G) -> (= 'a id)]", .conclusionAmongHypotheses),
      (groups, "[('a : G) -> (= 'a id) -> ('b : G) -> (= 'b id)]", nil),
      (groups, "[('a : G) -> (= 'a id) -> (= id 'a)]", nil),
      (theory, "[('p : prop) -> 'p -> 'p]", .conclusionAmongHypotheses),
      (theory, "[('p : prop) -> 'p]", nil),
      (theory, "[('p : prop) -> 'p -> ['p -> ('q : prop) -> 'p]]", .conclusionAmongHypotheses),
      (theory, "[('p : prop) -> ('q : prop) -> ['p -> 'q] -> 'q]", nil),
      (theory, "[false -> false]", .conclusionAmongHypotheses),
      (theory, "false", nil),
    ]
    for (theory, text, expected) in cases {
      let arena = TermArena(theory.terms)
      let statement = try Shipped.statement(text, theory, arena)
      #expect(Triviality(of: statement, in: arena) == expected, "\(text)")
    }
  }
}
