public import Parallel
public import Randomness

/// Metropolis–Hastings on the traces of a program, of any structure: choices may come and go.
///
/// A move proposes new values for some choices of the trace and runs the program again; choices
/// that the new run makes for the first time are drawn, those that it no longer makes are dropped,
/// and the probability of acceptance accounts for both, and for the number of choices among which
/// one was picked. The chain therefore has the exact posterior, however control flow depends on
/// the choices.
///
/// Results are the same bits for any number of threads.
///
/// Source: Wingate, Stuhlmüller, Goodman, "Lightweight implementations of probabilistic programming
/// languages via transformational compilation" (AISTATS 2011), section 4, with the correction for
/// new and dropped choices in the acceptance probability.
@frozen
public struct MetropolisHastings: Sendable {
  /// How a new value is proposed.
  public enum Proposal: Sendable {
    /// From the choice's distribution in the program, given the choices before it.
    case prior
    /// A Gaussian step; on a logarithmic or logistic scale where the support has ends. Choices
    /// without a density on the real line are drawn from the prior instead.
    case randomWalk
  }

  /// A kind of step of the chain.
  public enum Move: Sendable {
    /// One choice, each equally likely, `steps` times in a row; as often as the first trace has
    /// choices if `nil`.
    case singleSite(Proposal = .randomWalk, steps: Int? = nil)
    /// All choices with these addresses at once.
    case block([AddressPattern], Proposal = .randomWalk)
  }

  /// The number of draws of each chain.
  public var draws: Int
  /// The number of draws before those, thrown away, in which step sizes are adapted. Later ones
  /// use the step sizes found, so that the chain is a Markov chain.
  public var warmup: Int
  public var chains: Int
  /// Keeps every so many-th draw.
  public var thinning: Int
  /// What one draw consists of, in order.
  public var moves: [Move]

  @inlinable
  public init(
    draws: Int, warmup: Int = 1000, chains: Int = 4, thinning: Int = 1,
    moves: [Move] = [.singleSite()]
  ) {
    Chain.check(
      "MetropolisHastings", draws: draws, warmup: warmup, chains: chains, thinning: thinning)
    require(!moves.isEmpty, "MetropolisHastings(moves: []): at least one move is needed")
    for case .singleSite(_, let steps?) in moves {
      require(steps > 0, "singleSite(steps: \(steps)): at least one step")
    }
    for case .block(let addresses, _) in moves {
      require(!addresses.isEmpty, "block([]): at least one address")
    }
    self.draws = draws
    self.warmup = warmup
    self.chains = chains
    self.thinning = thinning
    self.moves = moves
  }

  /// Draws from the posterior of what `model` returns.
  ///
  /// Acceptance rates are those of `moves`.
  ///
  /// - Throws: `ProgramError`: an address of a block that the program does not have, a flawed
  ///   distribution, data that is impossible.
  @inlinable
  public func run<M: Model>(
    _ model: M, key: RandomKey, pool: WorkerPool? = nil
  ) throws(ProgramError) -> Posterior<M.Result> {
    do throws(ProgramError) {
      return try run(key: key, pool: pool) { context in
        var program = model
        return program.run(&context)
      }
    } catch {
      throw error.explained(by: Diagnosis(model, key: key.child("diagnosis")))
    }
  }

  @usableFromInline
  func run<Result: Sendable>(
    key: RandomKey, pool: WorkerPool?,
    _ program: @escaping @Sendable (inout TraceContext) -> Result
  ) throws(ProgramError) -> Posterior<Result> {
    let runs = try runChains(chains, key: key, pool: pool) { key, _ throws(ProgramError) in
      var walker = try TraceWalker(self, key: key, program)
      return try walker.run()
    }
    return Posterior(runs)
  }
}
