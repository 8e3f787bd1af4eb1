public import Parallel
public import Randomness

/// Hamiltonian Monte Carlo on a differentiable program, by default the no-U-turn sampler.
///
/// Parameters with ends are sampled on an unbounded scale. During warm-up the step size is adapted
/// to `targetAcceptance` by dual averaging, and the masses to the variances of the coordinates, in
/// windows that double. Trajectories on which the integrator breaks down are counted as
/// `divergences`: if there are any, the draws miss a part of the posterior, and the program should
/// be written in other coordinates, or run with a higher `targetAcceptance`.
///
/// Results are the same bits for any number of threads.
///
/// Sources: Hoffman, Gelman, "The no-U-turn sampler" (JMLR 2014), with the multinomial draws and
/// the generalized criterion of Betancourt, "A conceptual introduction to Hamiltonian Monte Carlo"
/// (2017), appendix A; Stan reference manual, chapter "MCMC sampling", for the windows.
@frozen
public struct HamiltonianMonteCarlo: Sendable {
  /// How far a trajectory goes.
  public enum Trajectory: Sendable {
    /// Until it turns back, at most 2^`maximumDepth` steps.
    case noUTurn(maximumDepth: Int = 10)
    /// The given length in units of the posterior's standard deviation (a quarter of an orbit of a
    /// normal posterior is π/2), at most 1024 steps; each varied by up to a fifth.
    case fixed(length: Double)
  }

  /// The number of draws of each chain.
  public var draws: Int
  /// The number of draws before those, thrown away, in which step size and masses are adapted.
  public var warmup: Int
  public var chains: Int
  /// Keeps every so many-th draw.
  public var thinning: Int
  /// What the step size is adapted to, between 0 and 1; higher means smaller steps.
  public var targetAcceptance: Double
  public var trajectory: Trajectory

  @inlinable
  public init(
    draws: Int, warmup: Int = 1000, chains: Int = 4, thinning: Int = 1,
    targetAcceptance: Double = 0.8, trajectory: Trajectory = .noUTurn()
  ) {
    Chain.check(
      "HamiltonianMonteCarlo", draws: draws, warmup: warmup, chains: chains, thinning: thinning)
    require(
      targetAcceptance > 0 && targetAcceptance < 1,
      "HamiltonianMonteCarlo(targetAcceptance: \(targetAcceptance)): must be between 0 and 1")
    switch trajectory {
    case .noUTurn(let depth):
      require(depth > 0 && depth < 30, "noUTurn(maximumDepth: \(depth)): from 1 to 29")
    case .fixed(let length):
      require(
        length > 0 && length < .infinity, "fixed(length: \(length)): positive and finite")
    }
    self.draws = draws
    self.warmup = warmup
    self.chains = chains
    self.thinning = thinning
    self.targetAcceptance = targetAcceptance
    self.trajectory = trajectory
  }

  /// Draws from the posterior of what `model` returns.
  ///
  /// The log-densities of the chains are those of the unbounded coordinates.
  ///
  /// - Throws: `ProgramError.noStart` if no start with a finite density and gradient was found, or
  ///   what is wrong with the program if that is why; `ProgramError.variableDimension`.
  @inlinable
  public func run<M: DifferentiableModel>(
    _ model: M, key: RandomKey, pool: WorkerPool? = nil
  ) throws(ProgramError) -> Posterior<[Double]> {
    try run(ProgramDensity(model), key: key, pool: pool)
  }

  @usableFromInline
  func run(
    _ density: ProgramDensity, key: RandomKey, pool: WorkerPool?
  ) throws(ProgramError) -> Posterior<[Double]> {
    let runs = try runChains(chains, key: key, pool: pool) { key, _ throws(ProgramError) in
      var chain = try HamiltonianChain(self, density, key: key)
      return try chain.run()
    }
    return Posterior(runs)
  }
}
