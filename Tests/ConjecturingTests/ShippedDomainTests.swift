import Conjecturing
import Kernel
import Probability
import Proving
import Randomness
import TestSupport
import Testing

/// What the conjecturer does in the domains that come with the project.
@Suite struct ShippedDomainTests {
  /// 10,000 conjectures from random weights: none is stuck, each is a proposition, and none is
  /// longer than its limit; sampling and replay agree to the last bit.
  @Test(arguments: Shipped.names)
  func tenThousandConjectures(_ name: String) throws {
    let theory = try Shipped.theory(name)
    let grammar = ConjectureGrammar(theory: theory)
    let count = 2_500
    var lengths = [Int](repeating: 0, count: ConjectureProcess.defaultLengthLimit + 1)
    for seed in UInt64(0)..<4 {
      let model = RandomNetwork(seed: seed, scale: Float(seed) * 2)
      let processes = (0..<count).map { ConjectureProcess(grammar: grammar, slot: $0) }
      let samples = try sample(
        processes, from: model, keys: (0..<count).map { RandomKey(seed: seed).child("slot", $0) })
      #expect(samples.stuckCount() == 0)
      let replays = try replay(samples.map(\.options), from: processes, under: model)
      for (sample, replay) in zip(samples, replays) {
        let conjecture = try #require(sample.outcome)
        lengths[conjecture.tokens.count] += 1
        try requireProposition(conjecture, theory)
        #expect(sample.logProbability == replay.logProbability)
        #expect(sample.options.count == conjecture.tokens.count)
      }
    }
    #expect(lengths.reduce(0, +) == 4 * count)
    // A spread of sizes, neither all minimal nor all at the limit.
    #expect(lengths.count { $0 > 0 } > 15, "\(lengths)")
    print("lengths of conjectures,", name, lengths)
  }

  @Test(arguments: [
    ("groups", "[('a : G) -> (= (op 'a id) 'a)]"),
    ("groups", "[('a : G) -> ('b : G) -> (= (op 'a 'b) id) -> (= 'b (inv 'a))]"),
    ("groups", "[('a : G) -> [('b : G) -> (= (op 'a 'b) 'b)] -> (= 'a id)]"),
    ("nat-add", "[('n : nat) -> ('m : nat) -> (= (+ 'n 'm) (+ 'm 'n))]"),
    ("nat-add", "[('n : nat) -> (= (s 'n) z) -> (= z (s z))]"),
    ("nat-mul", "[('n : nat) -> (= (* 'n z) z)]"),
    ("propositional-logic", "[('p : prop) -> ('q : prop) -> (not (or 'p 'q)) -> (not 'p)]"),
    (
      "propositional-logic",
      "[('p : prop) -> ('q : prop) -> (iff (not ['p -> 'q]) (and 'p (not 'q)))]"
    ),
    ("propositional-logic", "[('p : prop) -> ['p -> 'p]]"),
    ("propositional-logic", "[('p : prop) -> [[('q : prop) -> 'q] -> 'p]]"),
    ("lattices", "[('a : L) -> (= (meet 'a 'a) 'a)]"),
  ])
  func textbookStatementsCanBePosed(_ name: String, _ text: String) throws {
    let theory = try Shipped.theory(name)
    let process = ConjectureProcess(grammar: ConjectureGrammar(theory: theory))
    let arena = process.grammar.makeArena()
    let statement = try Shipped.statement(text, theory, arena)
    let conjecture = try #require(Conjecture(statement: statement, in: arena, theory: theory))
    #expect(conjecture.statement(in: arena) == statement)
    let options = try #require(process.options(leadingTo: conjecture), "\(conjecture.tokens)")
    #expect(options.count == conjecture.tokens.count)
  }

  /// `=` on propositions, λ and numerals are outside the grammar.
  @Test func othersCannot() throws {
    let theory = try Shipped.theory("propositional-logic")
    let process = ConjectureProcess(grammar: ConjectureGrammar(theory: theory))
    let arena = process.grammar.makeArena()
    let statement = try Shipped.statement("(= false (not false))", theory, arena)
    let conjecture = try #require(Conjecture(statement: statement, in: arena, theory: theory))
    #expect(process.options(leadingTo: conjecture) == nil)
    let equating = ConjectureProcess(
      grammar: ConjectureGrammar(
        theory: theory, options: ConjectureGrammar.Options(equatesPropositions: true)))
    #expect(equating.options(leadingTo: conjecture) != nil)
    let without = ConjectureProcess(
      grammar: ConjectureGrammar(
        theory: theory,
        options: ConjectureGrammar.Options(excluded: ["not"], equatesPropositions: true)))
    #expect(without.options(leadingTo: conjecture) == nil)
  }
}
