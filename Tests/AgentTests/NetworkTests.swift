import Conjecturing
import Glibc
import Layers
import Parallel
import Probability
import Proving
import Randomness
import Search
import Tensor
import Testing

@testable import Agent

/// What the transformer says about states and conjectures.
@Suite struct NetworkTests {
  static func bits(_ evaluations: [Evaluation]) -> [[UInt32]] {
    evaluations.map { [$0.value.bitPattern] + $0.logWeights.map(\.bitPattern) }
  }

  static func evaluate(_ queries: [ProofQuery], _ network: PolicyValueNetwork) -> [[UInt32]] {
    bits(network.evaluate(queries, optionCounts: queries.map(\.options.count)))
  }

  @Test(arguments: ["groups", "propositional-logic"])
  func evaluationsDependOnTheQueryAlone(_ domain: String) throws {
    let fixture = try Fixture(domain: domain)
    let transformer = fixture.transformer()
    var queries = try fixture.queries(domain, expansions: 60)
    let rows = queries.reduce(0) { $0 + $1.state.count + $1.options.reduce(0) { $0 + $1.count } }
    // Several chunks, some queries with a single option.
    #expect(rows > 3 * 1_024)
    queries.append(ProofQuery(state: queries[0].state, options: [queries[0].options[0]]))
    let network = PolicyValueNetwork(transformer, pool: WorkerPool(threads: 1))
    let together = NetworkTests.evaluate(queries, network)
    let apart = queries.flatMap { NetworkTests.evaluate([$0], network) }
    #expect(together == apart)
    for threads in [2, 4] {
      let network = PolicyValueNetwork(transformer, pool: WorkerPool(threads: threads))
      #expect(NetworkTests.evaluate(queries, network) == together)
    }
    var order = Array(queries.indices)
    var random = RandomKey(seed: 2).stream()
    random.shuffle(&order)
    let all = queries
    queries = order.map { all[$0] }
    #expect(NetworkTests.evaluate(queries, network) == order.map { together[$0] })
    #expect(network.evaluate([], optionCounts: []).isEmpty)
  }

  /// Options see the state, the value sees the state alone: as plain sequences, one by one.
  @Test func evaluationsAreThoseOfPlainSequences() throws {
    let fixture = try Fixture(domain: "groups")
    let transformer = fixture.transformer()
    let network = PolicyValueNetwork(transformer, pool: WorkerPool(threads: 1))
    for query in try fixture.queries("groups", expansions: 6) {
      let evaluation = network.evaluate([query], optionCounts: [query.options.count])[0]
      let result = transformer.evaluate(
        InferenceRequest(
          sequences: NetworkTests.packed([query.state]), valueRows: [Int32(query.state.count - 1)]))
      let value = 1 / (1 + exp(-Double(result.values[0])))
      #expect(abs(Double(evaluation.value) - value) < 1e-6)
      #expect(evaluation.logWeights.count == query.options.count)
      if query.options.count == 1 {
        #expect(evaluation.logWeights == [0])
        continue
      }
      for (option, weight) in zip(query.options, evaluation.logWeights) {
        let sequence = query.state + option
        let result = transformer.evaluate(
          InferenceRequest(
            sequences: NetworkTests.packed([sequence]), policyRows: [Int32(sequence.count - 1)]))
        #expect(abs(result.policyScores[0] - weight) < 1e-4)
      }
    }
  }

  static func packed(_ sequences: [[Int32]]) -> PackedSequences {
    var packed = PackedSequences()
    for sequence in sequences { packed.append(sequence) }
    return packed
  }

  // MARK: Conjectures

  @Test(arguments: ["groups", "nat-add", "propositional-logic"], Difficulty.allCases)
  func posedProbabilities(_ domain: String, _ difficulty: Difficulty) throws {
    let fixture = try Fixture(domain: domain)
    let grammar = ConjectureGrammar(theory: fixture.space.theory)
    let (transformer, vocabulary) = (fixture.transformer(), fixture.space.vocabulary)
    let pool = WorkerPool(threads: 2)
    let model = ConjectureModel(
      transformer, vocabulary: vocabulary, difficulty: difficulty, lengthLimit: 20, pool: pool)
    let batch = try pose(
      40, grammar: grammar, model: model, key: RandomKey(seed: 3),
      options: PosingOptions(lengthLimit: 20, spreadsLengths: true), pool: pool)
    #expect(batch.conjectures.count > 20)
    for posed in batch.conjectures {
      let process = ConjectureProcess(grammar: grammar, lengthLimit: posed.lengthLimit)
      let options = try #require(process.options(leadingTo: posed.conjecture))
      let replayed = try replay([options], from: [process], under: model)[0]
      #expect(replayed.logProbability == posed.logProbability)
      // By hand: a softmax over the legal tokens' logits after prompt and prefix, step by step.
      var sum = 0.0
      var state = process
      for option in options {
        if state.options.count > 1 {
          let sequence =
            [vocabulary.id(difficulty.prompt)] + state.tokens.map(vocabulary.id)
          let logits = transformer.evaluate(
            InferenceRequest(
              sequences: NetworkTests.packed([sequence]), tokenRows: [Int32(sequence.count - 1)])
          ).tokenLogits
          let weights = state.options.map { Double(logits[0, Int(vocabulary.id($0))]) }
          sum += weights[option] - log(weights.reduce(0) { $0 + exp($1) })
        }
        state.take(option)
      }
      #expect(abs(sum - posed.logProbability) < 1e-9 * max(1, abs(sum)))
    }
  }

  /// What a slot was asked before, and what else is asked with it, changes no bit of an answer.
  @Test func answersHaveNoHistory() throws {
    let fixture = try Fixture(domain: "groups")
    let grammar = ConjectureGrammar(theory: fixture.space.theory)
    let pool = WorkerPool(threads: 2)
    func model() -> ConjectureModel {
      ConjectureModel(
        fixture.transformer(), vocabulary: fixture.space.vocabulary, difficulty: .hard,
        lengthLimit: 20, pool: pool)
    }
    let asked = model()
    var stream = RandomKey(seed: 8).stream()
    // Slots 0, 1 and 40 (of another group), each taken by several processes in turn.
    var processes = (0..<9).map { number in
      ConjectureProcess(grammar: grammar, lengthLimit: 20, slot: [0, 1, 40][number % 3])
    }
    for _ in 0..<12 {
      var queries: [(query: ConjectureQuery, count: Int)] = []
      for index in processes.indices where stream.uniform() < 0.7 {
        guard case .choose(let query, let count) = processes[index].status else { continue }
        queries.append((query, count))
        processes[index].take(stream.uniform(below: count))
      }
      let rows = asked.logWeights(queries.map(\.query), optionCounts: queries.map(\.count))
      for (row, (query, count)) in zip(rows, queries) {
        #expect(row == model().logWeights([query], optionCounts: [count])[0])
      }
    }
  }

  /// The prompt matters, or it could teach nothing.
  @Test func difficultiesDiffer() throws {
    let fixture = try Fixture(domain: "groups")
    let process = ConjectureProcess(grammar: ConjectureGrammar(theory: fixture.space.theory))
    guard case .choose(let query, let count) = process.status else {
      Issue.record("nothing to choose")
      return
    }
    let pool = WorkerPool(threads: 1)
    let rows = Difficulty.allCases.map { difficulty in
      ConjectureModel(
        fixture.transformer(), vocabulary: fixture.space.vocabulary, difficulty: difficulty,
        lengthLimit: 20, pool: pool
      ).logWeights([query], optionCounts: [count])[0]
    }
    #expect(Set(rows).count == 3)
  }
}
