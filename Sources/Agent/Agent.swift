public import Conjecturing
public import Layers
public import Parallel
public import Proving
public import Randomness
import Search

/// An agent that poses conjectures, proves them, and learns from what it proved.
///
/// A value: `run` maps the state before an iteration to the state after it, and depends on nothing
/// but the configuration's seed and the iteration's number.
public struct Agent: Sendable {
  public let configuration: AgentConfiguration
  public let space: ActionSpace
  public let grammar: ConjectureGrammar
  public internal(set) var transformer: Transformer
  public internal(set) var optimizer: AdamW
  /// Examples by iteration.
  public internal(set) var buffer: [ExampleSet]

  /// An agent with random weights, before its first iteration.
  public init(_ configuration: AgentConfiguration, space: ActionSpace) {
    self.configuration = configuration
    self.space = space
    grammar = ConjectureGrammar(theory: space.theory)
    transformer = Transformer(
      configuration: Agent.network(configuration, space),
      key: RandomKey(seed: configuration.seed).child("weights"))
    optimizer = AdamW(
      for: transformer.parameters, learningRate: Float(configuration.learning.rate),
      warmupSteps: configuration.learning.warmupSteps)
    buffer = []
  }

  /// An agent as it was after some iterations.
  ///
  /// - Precondition: the transformer has the sizes that `network` gives.
  public init(
    _ configuration: AgentConfiguration, space: ActionSpace, transformer: Transformer,
    optimizer: AdamW, buffer: [ExampleSet]
  ) {
    precondition(
      transformer.configuration == Agent.network(configuration, space),
      "the weights are those of another network")
    self.configuration = configuration
    self.space = space
    grammar = ConjectureGrammar(theory: space.theory)
    self.transformer = transformer
    self.optimizer = optimizer
    self.buffer = buffer
  }

  /// The sizes of the network that a configuration asks for in a domain.
  public static func network(
    _ configuration: AgentConfiguration, _ space: ActionSpace
  ) -> TransformerConfiguration {
    TransformerConfiguration(
      layers: configuration.layers, width: configuration.width, heads: configuration.heads,
      vocabulary: space.vocabulary.count, context: AgentConfiguration.context)
  }

  /// Poses distinct conjectures at the given difficulty, none of which was proved before.
  public func pose(
    _ count: Int, difficulty: Difficulty = .hard, key: RandomKey, pool: WorkerPool
  ) -> PosedBatch {
    let model = ConjectureModel(
      transformer, vocabulary: space.vocabulary, difficulty: difficulty,
      lengthLimit: configuration.conjectureLength, pool: pool)
    let options = PosingOptions(
      lengthLimit: configuration.conjectureLength, redraws: configuration.redraws,
      spreadsLengths: true)
    do {
      return try Conjecturing.pose(
        count, grammar: grammar, model: model, key: key, excluding: knownConjectures,
        options: options, limit: solveRates.map { rates in { rates.limit(key: $0) } }, pool: pool)
    } catch {
      preconditionFailure("the transformer throws nothing, but: \(error)")
    }
  }

  /// How often statements were proved so far; nil unless the agent goes by it.
  public var solveRates: SolveRates? {
    guard configuration.curriculum == .solveRate,
      let shortest = grammar.shortestStatement, shortest <= configuration.conjectureLength
    else { return nil }
    return SolveRates(
      limits: shortest...configuration.conjectureLength, history: buffer.map(\.attempts))
  }

  /// The network that guides the search, with the prior of the agent.
  func network(pool: WorkerPool) -> PolicyValueNetwork {
    let prior =
      configuration.policyPrior == .premises
      ? PremisePrior(buffer, vocabulary: space.vocabulary) : nil
    return PolicyValueNetwork(transformer, prior: prior, pool: pool)
  }

  /// Everything assumed or proved so far that the conjecturer could pose.
  var knownConjectures: Set<Conjecture> {
    let session = ProofSession(space)
    let axioms = session.axioms.compactMap {
      Conjecture(statement: $0, in: session.arena, theory: space.theory)
    }
    let theorems = buffer.flatMap(\.theorems).map { tokens in
      grammar.conjecture(of: tokens.compactMap(space.vocabulary.token))
    }
    return Set(axioms + theorems)
  }

  /// The prover with the agent's weights.
  public func prover(
    expansions: Int, hindsightLimit: Int = 0, failureLimit: Int = 0, pool: WorkerPool
  ) -> Prover<PolicyValueNetwork> {
    Prover(
      space: space, network: network(pool: pool),
      settings: .init(
        budget: SearchBudget(expansions: expansions), selection: configuration.selection,
        width: configuration.searchWidth, hindsightLimit: hindsightLimit,
        failureLimit: failureLimit),
      pool: pool)
  }
}
