public import Agent
import Conjecturing
import Kernel
import Parallel
import PeanoSyntax
import Proving
import Randomness
public import Search

/// A statement that a conjecturer posed.
public struct PosedStatement: Sendable, Hashable {
  /// The statement, in the language of domain files.
  public let statement: String
  /// Of the draw, under the conjecturer.
  public let logProbability: Double
}

extension Domain {
  /// Poses distinct statements, all of them propositions of the domain.
  ///
  ///     for posed in try domain.pose(10, seed: 7) { print(posed.statement) }
  ///
  /// - Parameters:
  ///   - agent: who poses; one with random weights if nil.
  ///   - seed: the same seed gives the same statements, whatever the number of threads.
  /// - Returns: `count` statements, or fewer where the domain has no more to offer.
  /// - Throws: `.usage` for an impossible number.
  /// - Precondition: `agent` was made for this domain.
  public func pose(
    _ count: Int, by agent: Agent? = nil, seed: UInt64 = 0,
    threads: Int = Minimo.processorCount
  ) throws(MinimoError) -> [PosedStatement] {
    try require(count, in: 1...1_000_000, "the number of conjectures")
    let pool = try Minimo.pool(threads: threads)
    let agent = try conjecturer(agent, seed: seed)
    let batch = agent.pose(count, key: RandomKey(seed: seed).child("pose"), pool: pool)
    let arena = space.makeArena()
    return batch.conjectures.map {
      PosedStatement(
        statement: print(
          $0.conjecture.statement(in: arena), arena: arena, theory: space.theory),
        logProbability: $0.logProbability)
    }
  }

  private func conjecturer(_ agent: Agent?, seed: UInt64) throws(MinimoError) -> Agent {
    if let agent {
      precondition(agent.space === space, "the agent was made for another domain")
      return agent
    }
    var configuration = AgentConfiguration()
    configuration.seed = seed
    return Agent(configuration, space: space)
  }

  /// Searches for a proof of a statement.
  ///
  ///     let report = try domain.prove("[('a : G) -> (= (op 'a id) 'a)]")
  ///     if let theorem = report.theorem { print(theorem.script) }
  ///
  /// - Throws: `.syntax` unless `statement` is a proposition of the domain; else as the other
  ///   `prove`.
  public func prove(
    _ statement: String, by agent: Agent? = nil, expansions: Int = 1000,
    selection: Selection? = nil, seed: UInt64 = 0, threads: Int = Minimo.processorCount
  ) throws(MinimoError) -> SearchReport {
    try prove(
      [problem(statement)], by: agent, expansions: expansions, selection: selection, seed: seed,
      threads: threads)[0]
  }

  /// Searches for proofs of statements, side by side.
  ///
  /// - Parameters:
  ///   - agent: who guides the search; nil treats all actions alike.
  ///   - expansions: the budget of each search.
  ///   - selection: the rule of the search, by default the agent's own.
  ///   - progress: called as searches go on, with the reports just finished, by index; throw
  ///     `MinimoError.interrupted` to stop.
  /// - Returns: one report per problem, in order. The same arguments give the same reports,
  ///   whatever the number of threads.
  /// - Throws: `.usage` for an impossible number; what `progress` throws.
  /// - Precondition: `agent` and `problems` were made for this domain.
  public func prove(
    _ problems: [Problem], by agent: Agent? = nil, expansions: Int = 1000,
    selection: Selection? = nil, seed: UInt64 = 0, threads: Int = Minimo.processorCount,
    progress: (LockstepProgress, [(index: Int, report: SearchReport)]) throws(MinimoError) -> Void =
      { _, _ in }
  ) throws(MinimoError) -> [SearchReport] {
    try require(expansions, in: 1...AgentConfiguration.maximalExpansions, "the expansions")
    let pool = try Minimo.pool(threads: threads)
    precondition(agent.map { $0.space === space } ?? true, "the agent was made for another domain")
    let settings = Prover<UniformEvaluator<ProofQuery>>.Settings(
      budget: SearchBudget(expansions: expansions), selection: selection ?? .puct(),
      encodesQueries: false)
    let key = RandomKey(seed: seed).child("prove")
    let sources = problems.map(\.source)
    do {
      if let agent {
        return try agent.prover(expansions: expansions, selection: selection, pool: pool)
          .prove(sources, key: key, progress: progress)
      }
      return try Prover(
        space: space, network: UniformEvaluator(), settings: settings, pool: pool
      ).prove(sources, key: key, progress: progress)
    } catch let error as MinimoError {
      throw error
    } catch {
      throw .internalError("a search failed: \(error)")
    }
  }
}

extension Agent {
  /// The prover with the agent's weights, and a rule of selection other than its own.
  func prover(
    expansions: Int, selection: Selection?, pool: WorkerPool
  ) -> Prover<PolicyValueNetwork> {
    let own = prover(expansions: expansions, pool: pool)
    guard let selection else { return own }
    var settings = Prover<PolicyValueNetwork>.Settings(
      budget: SearchBudget(expansions: expansions), selection: selection)
    settings.width = configuration.searchWidth
    return Prover(
      space: own.space, network: own.network, settings: settings, pool: pool)
  }
}

extension SearchReport {
  /// What was proved; nil if nothing was.
  public var theorem: Theorem? {
    if case .proved(let theorem) = verdict { theorem } else { nil }
  }
}

/// - Throws: `.usage` unless `number` is in `bounds`.
func require(
  _ number: Int, in bounds: ClosedRange<Int>, _ what: String
) throws(MinimoError) {
  guard bounds.contains(number) else {
    throw .usage(
      "\(what) must be from \(bounds.lowerBound) to \(bounds.upperBound), not \(number)")
  }
}
