public import Parallel
public import Randomness

/// A program's path, and its parameters, as a particle Gibbs sampler draws them.
public struct PathDraw<Program: Sendable>: Sendable {
  /// The values of the parameters that were named, in their order.
  public var parameters: [Double]
  /// The model after the start and after each step; empty unless states are kept.
  ///
  /// Where a path is delayed, variables of the last are those of the draw's graph.
  public var states: [Program]

  @usableFromInline
  init(parameters: [Double], states: [Program]) {
    (self.parameters, self.states) = (parameters, states)
  }
}

/// Particle Gibbs: draws a path given the parameters, by conditional sequential Monte Carlo, and
/// the parameters given the path.
///
/// Chains whose distribution tends to the posterior for any number of particles, from 2. The
/// parameters are variables that the model's start assumes. Where they are conjugate to what is
/// drawn later, their joint conditional distribution is that of the delayed graph after the path,
/// and they are drawn from it; others are moved by random walks.
///
///     let sampler = ParticleGibbs(particles: 50, draws: 1000, ancestorSampling: .full)
///     let posterior = try sampler.run(
///       Outbreak(), parameters: { [$0.rate] }, data: cases, key: key)
///     posterior.summary { $0.parameters[0] }
///
/// Results are the same bits for any number of threads.
///
/// Sources: Andrieu, Doucet, Holenstein, "Particle Markov chain Monte Carlo methods" (JRSS B 2010),
/// section 2.4.3.
@frozen
public struct ParticleGibbs: Sendable {
  /// The number of particles of each sweep; at least 2.
  public var particles: Int
  /// The number of draws of each chain.
  public var draws: Int
  /// The number of draws before those, thrown away.
  public var warmup: Int
  public var chains: Int
  /// Keeps every so many-th draw.
  public var thinning: Int
  public var ancestorSampling: AncestorSampling
  /// Resamples when the effective sample size is below this fraction of the number of particles;
  /// always if 1. What is resampled less often forgets less of how it began.
  public var trigger: Double
  public var parameterStep: ParameterStep
  /// Keeps the model's states in the draws: memory for each draw and step.
  public var keepsStates: Bool

  /// How parameters are drawn given a path.
  public enum ParameterStep: Sendable, Hashable {
    /// From their conditional distribution, which the graph must have in closed form.
    case exact
    /// By Metropolis–Hastings moves with Gaussian steps, which adapt in the warm-up; a standard
    /// deviation to begin with for each number that the parameters have.
    case randomWalk(deviations: [Double], moves: Int)
  }

  @inlinable
  public init(
    particles: Int, draws: Int, warmup: Int = 100, chains: Int = 4, thinning: Int = 1,
    ancestorSampling: AncestorSampling = .off, trigger: Double = 1,
    parameterStep: ParameterStep = .exact, keepsStates: Bool = true
  ) {
    require(particles > 1, "ParticleGibbs(particles: \(particles)): at least 2 are needed")
    Chain.check(
      "ParticleGibbs", draws: draws, warmup: warmup, chains: chains, thinning: thinning)
    if case .randomWalk(let deviations, let moves) = parameterStep {
      require(
        moves > 0 && !deviations.isEmpty && deviations.allSatisfy { $0 > 0 && $0 < .infinity },
        "ParticleGibbs(parameterStep: \(parameterStep)): moves and deviations must be positive")
    }
    self.particles = particles
    self.draws = draws
    self.warmup = warmup
    self.chains = chains
    self.thinning = thinning
    self.ancestorSampling = ancestorSampling
    requireTrigger(trigger, of: "ParticleGibbs")
    self.trigger = trigger
    self.parameterStep = parameterStep
    self.keepsStates = keepsStates
  }

  /// Draws paths and the parameters that `parameters` shows, in their order.
  ///
  /// Effective sample sizes are means over the sweeps. Acceptance rates are the shares of sweeps
  /// whose path was new in the start and in each step, and then that of moves of parameters if
  /// these are moved.
  ///
  /// - Throws: `InferenceError.noParameter` for what the start does not assume,
  ///   `.parameterNotMarginal` where a path has no conjugate parameter, `.noSurvivors` if no first
  ///   path was found; else as `ParticleFilter.run`.
  @inlinable
  public func run<M: SequentialModel>(
    _ model: M, parameters: (M) -> [Random<Double>], data: [M.Observation], key: RandomKey,
    pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<PathDraw<M>> {
    let filter = ConditionalFilter(
      particles: particles, ancestorSampling: ancestorSampling, trigger: trigger)
    let chain = PathChain(
      filter: filter, model: model, data: data, plan: try ParameterPlan(model, parameters),
      isMarginal: false, keepsStates: keepsStates, draws: draws, warmup: warmup,
      thinning: thinning, step: parameterStep)
    return try chain.posterior(chains, key, pool)
  }
}

/// Marginalized particle Gibbs: the parameters stay random also while the path is drawn.
///
/// Each sweep draws a path given the reference path alone, with the parameters integrated out. With
/// many particles its draws become independent, which those of particle Gibbs do not. Parameters
/// are then drawn given the path, for the user: the chain does not need them.
///
/// With `delays` all that the graph can integrate out, states too, stays so. Ancestors are sampled
/// only without; what the rest of a path says of the parameters is then known by its statistics
/// where they have one of the conjugate families, else by running along it to its end.
///
/// Source: Wigren, Risuleo, Murray, Lindsten, "Parameter elimination in particle Gibbs sampling"
/// (NeurIPS 2019).
@frozen
public struct MarginalizedParticleGibbs: Sendable {
  /// The number of particles of each sweep; at least 2.
  public var particles: Int
  /// The number of draws of each chain.
  public var draws: Int
  /// The number of draws before those, thrown away.
  public var warmup: Int
  public var chains: Int
  /// Keeps every so many-th draw.
  public var thinning: Int
  public var ancestorSampling: AncestorSampling
  /// Resamples when the effective sample size is below this fraction of the number of particles;
  /// always if 1. What is resampled less often forgets less of how it began.
  public var trigger: Double
  /// Keeps states in closed form too; else each is drawn when it is assumed.
  public var delays: Bool
  /// Keeps the model's states in the draws: memory for each draw and step.
  public var keepsStates: Bool

  @inlinable
  public init(
    particles: Int, draws: Int, warmup: Int = 100, chains: Int = 4, thinning: Int = 1,
    ancestorSampling: AncestorSampling = .off, trigger: Double = 1, delays: Bool = false,
    keepsStates: Bool = true
  ) {
    require(
      particles > 1, "MarginalizedParticleGibbs(particles: \(particles)): at least 2 are needed")
    Chain.check(
      "MarginalizedParticleGibbs", draws: draws, warmup: warmup, chains: chains, thinning: thinning)
    self.particles = particles
    self.draws = draws
    self.warmup = warmup
    self.chains = chains
    self.thinning = thinning
    self.ancestorSampling = ancestorSampling
    requireTrigger(trigger, of: "MarginalizedParticleGibbs")
    self.trigger = trigger
    self.delays = delays
    self.keepsStates = keepsStates
  }

  /// Draws paths and the parameters that `parameters` shows, in their order.
  ///
  /// - Throws: As `ParticleGibbs.run`; `.parameterNotMarginal` already where a sweep needs a value.
  @inlinable
  public func run<M: SequentialModel>(
    _ model: M, parameters: (M) -> [Random<Double>], data: [M.Observation], key: RandomKey,
    pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<PathDraw<M>> {
    let filter = ConditionalFilter(
      particles: particles, ancestorSampling: ancestorSampling, trigger: trigger, delays: delays)
    let chain = PathChain(
      filter: filter, model: model, data: data, plan: try ParameterPlan(model, parameters),
      isMarginal: true, keepsStates: keepsStates, draws: draws, warmup: warmup, thinning: thinning)
    return try chain.posterior(chains, key, pool)
  }
}
