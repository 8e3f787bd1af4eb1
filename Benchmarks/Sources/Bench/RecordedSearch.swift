import Agent
import Conjecturing
import Layers
import Parallel
import PeanoSyntax
import Proving
import Randomness
import Search
import Synchronization
import Tensor

/// The queries of a real search: of conjectures posed in a domain, 64 searches side by side.
struct RecordedSearch: Sendable {
  let transformer: Transformer
  /// In the order in which the searches asked.
  let waves: [[ProofQuery]]

  /// Waves to compare: spread evenly, since later states are longer.
  func sample(_ count: Int) -> [Int] {
    let count = min(count, waves.count)
    return (0..<count).map { ($0 * 2 + 1) * waves.count / (2 * count) }
  }

  /// Searches until the budget of all is spent.
  ///
  /// - Throws: `SyntaxError` or `KernelError` for a text that is no domain.
  init(domain text: String, expansions: Int) throws {
    // One worker: its waves are whole, and the same each time.
    let pool = WorkerPool(threads: 1)
    let space = try ActionSpace(elaborate(parse(SourceFile(path: "domain.p", text: text))))
    let agent = Agent(AgentConfiguration(), space: space)
    let key = RandomKey(seed: 4)
    let posed = agent.pose(64, key: key.child("pose"), pool: pool)
    let statements = posed.conjectures.map {
      StatementSource(name: "conjecture_\($0.slot)", conjecture: $0.conjecture)
    }
    let recorder = Recorder(network: PolicyValueNetwork(agent.transformer, pool: pool))
    let prover = Prover(
      space: space, network: recorder,
      settings: .init(budget: SearchBudget(expansions: expansions)), pool: pool)
    _ = try prover.prove(statements, key: key.child("prove"))
    transformer = agent.transformer
    waves = recorder.waves
  }

  /// Answers like another evaluator, and keeps what was asked.
  private final class Recorder: Evaluator {
    private let network: PolicyValueNetwork
    private let log = Mutex<[[ProofQuery]]>([])

    init(network: PolicyValueNetwork) { self.network = network }

    var waves: [[ProofQuery]] { log.withLock { $0 } }

    func evaluate(_ batch: [ProofQuery], optionCounts: [Int]) -> [Evaluation] {
      log.withLock { $0.append(batch) }
      return network.evaluate(batch, optionCounts: optionCounts)
    }
  }

  /// Evaluates all waves in order with a network that has seen none of them.
  ///
  /// - Returns: the time of the waves of `sample` alone, and their evaluations.
  func replay(sample: [Int], pool: WorkerPool) -> (spent: Clock.Span, results: [[Evaluation]]) {
    let network = PolicyValueNetwork(transformer, pool: pool)
    var spent = Clock.Span()
    var results: [[Evaluation]] = []
    for (index, wave) in waves.enumerated() {
      let counts = wave.map(\.options.count)
      let start = Clock.now()
      // As in a search, each worker evaluates its share.
      let shares = pool.map(pool.threads) { share in
        let range =
          wave.count * share / pool.threads..<wave.count * (share + 1) / pool.threads
        return network.evaluate(Array(wave[range]), optionCounts: Array(counts[range]))
      }
      let evaluations = Array(shares.joined())
      let span = Clock.now() - start
      if sample.contains(index) {
        spent.add(span)
        results.append(evaluations)
      }
    }
    return (spent, results)
  }

  func queryCount(_ sample: [Int]) -> Int { sample.reduce(0) { $0 + waves[$1].count } }

  /// Tokens as strings have them: a state for its value, and again before each scored option.
  func tokenCount(_ sample: [Int]) -> Int {
    sample.flatMap { waves[$0] }.reduce(0) { total, query in
      let options = query.options.count > 1 ? query.options : []
      return total + query.state.count
        + options.reduce(0) { $0 + query.state.count + $1.count }
    }
  }

  /// The strings and what they evaluate to, as 32-bit numbers for programs in other languages.
  func files(sample: [Int], pool: WorkerPool) -> [String: [UInt8]] {
    var numbers = [Int32(sample.count)]
    for wave in sample.map({ waves[$0] }) {
      numbers.append(Int32(wave.count))
      for query in wave {
        numbers += [Int32(query.state.count)] + query.state + [Int32(query.options.count)]
        for option in query.options { numbers += [Int32(option.count)] + option }
      }
    }
    let results = replay(sample: sample, pool: pool).results.joined()
    return [
      "weights.safetensors": transformer.safetensors(),
      "queries.bin": numbers.flatMap { number in
        (0..<4).map { UInt8(truncatingIfNeeded: number >> Int32(8 * $0)) }
      },
      "batch.safetensors": Safetensors(tensors: [
        "values": Tensor(results.map(\.value)),
        "scores": Tensor(results.filter { $0.logWeights.count > 1 }.flatMap(\.logWeights)),
      ]).serialized(),
    ]
  }
}
