import Foundation
import Kernel
import Parallel
import Proving
import Search
import Testing

@testable import Agent

/// The prior against counts made by hand.
@Suite struct PremisePriorTests {
  let vocabulary: Vocabulary
  let intro: [Int32]
  let hypotheses: [[Int32]]
  let forward: [Int32]
  let backward: [Int32]

  init() throws {
    let vocabulary = try Fixture(domain: "groups").space.vocabulary
    self.vocabulary = vocabulary
    let (construct, apply) = (vocabulary.id(.construct), vocabulary.id(.apply))
    let axiom = vocabulary.id(.constant(ConstantID(5)))
    intro = [vocabulary.id(.intro)]
    hypotheses = (0..<3).map { [construct, vocabulary.id(.variable(level: $0))] }
    forward = [construct, axiom]
    // Of one result, which then stands with the arrow.
    backward = [apply, axiom, vocabulary.id(.result), 30]
  }

  func example(_ options: [[Int32]], _ chosen: Int?) -> ProofExample {
    ProofExample(state: [1], options: options, chosen: chosen, value: 1)
  }

  /// Arrows intro, forward, backward, any hypothesis: used 2, 1, 0, 1 times; results do not count.
  var buffer: [ExampleSet] {
    var (first, second) = (ExampleSet(), ExampleSet())
    first.proofs = [
      example([intro, forward], 0), example([intro, backward, forward], 0), example([], nil),
    ]
    second.proofs = [
      example([forward, backward], 0), example([hypotheses[0], hypotheses[1], backward], 1),
      example([[vocabulary.id(.result), 30], [vocabulary.id(.result), 31]], 1),
    ]
    return [first, second]
  }

  @Test func mixtureOfCountsAndNetwork() {
    let prior = PremisePrior(buffer, vocabulary: vocabulary)
    let share = 1000.0 / 1005
    #expect(abs(prior.share - share) < 1e-15)
    // (uses + ½) / (4 + 5/2): four arrows seen, and one more for all others.
    let (forward, backward, hypothesis) = (1.5 / 6.5, 0.5 / 6.5, 1.5 / 6.5)
    let unseen: [Int32] = [vocabulary.id(.apply), vocabulary.id(.constant(ConstantID(6)))]
    let query = ProofQuery(
      state: [1], options: [self.forward, self.backward, hypotheses[2], hypotheses[0], unseen])
    let weights = [forward, backward, hypothesis / 2, hypothesis / 2, 0.5 / 6.5]
    let total = weights.reduce(0, +)
    let logits: [Float] = [0.5, -1, 2, 0, 1]
    let sum = logits.reduce(0) { $0 + exp(Double($1)) }
    for (index, mixed) in prior.mix(logits, for: query).enumerated() {
      let expected =
        (1 - share) * exp(Double(logits[index])) / sum + share * weights[index] / total
      #expect(abs(exp(Double(mixed)) - expected) < 1e-6)
    }
  }

  /// Which result of an arrow to take is left to the network.
  @Test func resultsAreTheNetworks() {
    let prior = PremisePrior(buffer, vocabulary: vocabulary)
    let results = ProofQuery(
      state: [1], options: [[vocabulary.id(.result), 30], [vocabulary.id(.result), 31]])
    #expect(prior.mix([1, 2], for: results) == [1, 2])
    #expect(prior.mix([3], for: ProofQuery(state: [1], options: [forward])) == [3])
  }

  /// Before the first proof all options are alike, and the network has no say.
  @Test func coldStart() {
    let prior = PremisePrior([], vocabulary: vocabulary)
    #expect(prior.share == 1)
    let query = ProofQuery(state: [1], options: [intro, forward, hypotheses[0], hypotheses[1]])
    for weight in prior.mix([5, -3, 0, 1], for: query) { #expect(abs(weight + log(4)) < 1e-6) }
  }

  /// The search of an agent sees the mixture.
  @Test func agentsSearchWithIt() throws {
    var agent = try IterationTests.agent(isGuided: true)
    agent.buffer = buffer
    let pool = WorkerPool(threads: 1)
    let queries = try Fixture(domain: "groups").queries("groups", expansions: 5)
    let counts = queries.map(\.options.count)
    let plain = PolicyValueNetwork(agent.transformer, pool: pool)
    let prior = PremisePrior(buffer, vocabulary: vocabulary)
    let mixed = agent.prover(expansions: 1, pool: pool).network.evaluate(
      queries, optionCounts: counts)
    for (index, evaluation) in plain.evaluate(queries, optionCounts: counts).enumerated() {
      #expect(mixed[index].value == evaluation.value)
      #expect(mixed[index].logWeights == prior.mix(evaluation.logWeights, for: queries[index]))
    }
    #expect(
      mixed.map(\.logWeights) != plain.evaluate(queries, optionCounts: counts).map(\.logWeights))
  }
}
