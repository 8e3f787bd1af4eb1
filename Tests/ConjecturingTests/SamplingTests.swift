import Conjecturing
import Kernel
import Parallel
import Probability
import Proving
import Randomness
import TestSupport
import Testing

@Suite struct SamplingTests {
  /// Whatever the weights: all end, within the limit, with what the kernel takes for a proposition.
  @Test(arguments: Tiny.all.map(\.name), [Float(0), 3, 12])
  func allAreWellTyped(_ name: String, _ scale: Float) throws {
    let theory = Tiny.named(name)
    let grammar = ConjectureGrammar(theory: theory)
    for limit in [10, 17, 40] {
      let count = 150
      let process = ConjectureProcess(grammar: grammar, lengthLimit: limit)
      let samples = try sample(
        Array(repeating: process, count: count),
        from: RandomNetwork(seed: UInt64(limit), scale: scale),
        keys: (0..<count).map { RandomKey(seed: 1).child("slot", $0) },
        // All are copies of one process: they must not share what they write.
        pool: WorkerPool(threads: 2))
      #expect(samples.stuckCount() == 0)
      for sample in samples {
        let conjecture = try #require(sample.outcome)
        #expect(conjecture.tokens.count <= limit)
        try requireProposition(conjecture, theory)
        #expect(process.options(leadingTo: conjecture) == sample.options)
      }
    }
  }
}

func requireProposition(_ conjecture: Conjecture, _ theory: Theory) throws {
  let arena = TermArena(theory.terms)
  let statement = conjecture.statement(in: arena)
  #expect(arena.node(statement).looseBound == 0 && !arena.node(statement).hasLocal)
  var checker = Checker(theory: theory, arena: arena)
  #expect(throws: Never.self, "\(conjecture.tokens)") {
    try checker.checkProposition(statement)
  }
  #expect(Conjecture(statement: statement, in: arena, theory: theory) == conjecture)
}
