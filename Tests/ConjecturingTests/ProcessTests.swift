import Conjecturing
import Glibc
import Kernel
import Parallel
import Probability
import Proving
import Randomness
import TestSupport
import Testing

@Suite struct ProcessTests {
  /// Frequencies of samples against the exact distribution under the same weights.
  @Test(arguments: [("groups", 9), ("logic", 5), ("sets", 8), ("finite", 8), ("lists", 7)])
  func frequenciesAreExact(_ name: String, _ length: Int) throws {
    let grammar = ConjectureGrammar(theory: Tiny.named(name))
    let process = ConjectureProcess(grammar: grammar, lengthLimit: length)
    let model = RandomNetwork(seed: 7)
    let exact = try enumerate(process, under: model) { $0 }
    #expect(exact.isComplete)
    let total = exact.outcomes.reduce(-Double.infinity) { LogWeight.sum($0, $1.logProbability) }
    #expect(abs(total) < 1e-9)
    var positions: [Conjecture: Int] = [:]
    for (index, outcome) in exact.outcomes.enumerated() { positions[outcome.outcome] = index }
    var counts = [Int](repeating: 0, count: exact.outcomes.count)
    let number = 20_000
    let samples = try sample(
      Array(repeating: process, count: number), from: model,
      keys: (0..<number).map { RandomKey(seed: 3).child("slot", $0) }, width: 4096)
    for sample in samples {
      let outcome = try #require(sample.outcome)
      let position = try #require(positions[outcome])
      counts[position] += 1
    }
    // Rare outcomes are put together, so that each count is large enough for the approximation.
    var observed = [0]
    var expected = [0.0]
    for (count, outcome) in zip(counts, exact.outcomes) {
      let probability = exp(outcome.logProbability)
      if probability * Double(number) < 10 {
        observed[0] += count
        expected[0] += probability
      } else {
        observed.append(count)
        expected.append(probability)
      }
    }
    #expect(observed.count > 3)
    #expect(abs(chiSquareDeviation(observed, expected)) < 5)
  }

  /// Copies go their own ways, also where they share scratch memory.
  @Test(arguments: ["groups", "vectors", "finite", "division"])
  func copiesAreIndependent(_ name: String) throws {
    let process = ConjectureProcess(
      grammar: ConjectureGrammar(theory: Tiny.named(name)), lengthLimit: 20)
    try forAll(20) { stream in
      var first = process
      for _ in 0..<4 where !first.options.isEmpty {
        first.take(stream.uniform(below: first.options.count))
      }
      var copies = [first, first, first]
      var plain: [ConjectureProcess] = []
      var choices: [[Int]] = [[], [], []]
      while copies.contains(where: { !$0.options.isEmpty }) {
        for index in copies.indices where !copies[index].options.isEmpty {
          let option = stream.uniform(below: copies[index].options.count)
          choices[index].append(option)
          copies[index].take(option)
        }
      }
      for index in copies.indices {
        var alone = ConjectureProcess(grammar: process.grammar, lengthLimit: 20)
        for token in first.tokens { alone.take(alone.options.firstIndex(of: token)!) }
        for option in choices[index] { alone.take(option) }
        plain.append(alone)
      }
      try #require(plain.map(\.tokens) == copies.map(\.tokens))
    }
  }

  /// The limit is a promise in both directions, down to the shortest statement.
  @Test(arguments: Tiny.all.map(\.name))
  func shortLimits(_ name: String) throws {
    let grammar = ConjectureGrammar(theory: Tiny.named(name))
    let shortest = try #require(grammar.shortestStatement)
    for limit in 0..<shortest {
      guard case .stuck = ConjectureProcess(grammar: grammar, lengthLimit: limit).status else {
        Issue.record("\(limit) tokens suffice in \(name)")
        continue
      }
    }
    let exact = try enumerate(
      ConjectureProcess(grammar: grammar, lengthLimit: shortest),
      under: UniformModel<ConjectureQuery>()
    ) { $0 }
    #expect(!exact.outcomes.isEmpty)
    #expect(exact.outcomes.allSatisfy { $0.outcome.tokens.count == shortest })
  }

  /// Long limits neither exhaust the stack of an ordinary thread nor the patience.
  @Test(arguments: ["groups", "vectors", "finite", "lists", "parity"])
  func longLimits(_ name: String) throws {
    let theory = Tiny.named(name)
    let process = ConjectureProcess(
      grammar: ConjectureGrammar(theory: theory), lengthLimit: ConjectureGrammar.longestStatement)
    let samples = try sample(
      [process, process, process], from: RandomNetwork(seed: 0),
      keys: (0..<3).map { RandomKey(seed: 0).child("slot", $0) })
    for sample in samples { try requireProposition(try #require(sample.outcome), theory) }
  }

  @Test func nothingToSay() throws {
    let grammar = ConjectureGrammar(theory: TheoryBuilder().freeze())
    #expect(grammar.shortestStatement == nil)
    guard case .stuck = ConjectureProcess(grammar: grammar).status else {
      Issue.record("something is posed about nothing")
      return
    }
    let batch = try pose(
      3, grammar: grammar, model: UniformModel<ConjectureQuery>(), key: RandomKey(seed: 0))
    #expect(batch.conjectures.isEmpty && batch.emptySlots == [0, 1, 2])
  }

  @Test func writingAndReading() throws {
    let theory = Tiny.named("functions")
    let arena = TermArena(theory.terms)
    let nat = arena.constant(try #require(theory.constant(named: "nat")))
    let all = arena.constant(try #require(theory.constant(named: "all")))
    let p = arena.constant(try #require(theory.constant(named: "p")))
    // Partial applications and λ, which are not posed but can be read from elsewhere.
    let partial = arena.application(all, p)
    let expanded = arena.application(
      all, arena.lambda(nat, arena.application(p, arena.variable(0))))
    let bound = arena.pi(arena.arrow(nat, .prop), arena.application(all, arena.variable(0)))
    for statement in [partial, expanded, bound] {
      let conjecture = try #require(Conjecture(statement: statement, in: arena, theory: theory))
      #expect(conjecture.statement(in: arena) == statement)
    }
    let conjecture = try #require(Conjecture(statement: bound, in: arena, theory: theory))
    let id = { (name: String) in TermToken.constant(theory.constant(named: name)!) }
    #expect(
      conjecture.tokens == [
        .pi, .pi, id("nat"), .sort(.prop), id("all"), .partial(0), .variable(level: 0),
      ])
    var tall = nat
    for _ in 0..<2_000 { tall = arena.arrow(nat, tall) }
    #expect(Conjecture(statement: tall, in: arena, theory: theory) == nil)
  }
}
