public import Parallel
public import Randomness

/// Sequential Monte Carlo: particles run the program, are weighted by each observation, and
/// resampled when their weights have become uneven.
///
/// With delayed sampling the particles carry closed forms instead of draws, wherever the program
/// allows it: the filter is Rao–Blackwellized, with locally optimal proposals, and exact where
/// nothing is drawn. With `delays` off it is the bootstrap filter.
///
/// Results are the same bits for any number of threads and any chunk size.
///
/// Source: Doucet, Johansen, "A tutorial on particle filtering and smoothing" (2011), section 3.5.
@frozen
public struct ParticleFilter: Sendable {
  /// The number of particles.
  public var particles: Int
  public var resampling: Resampling
  /// Resamples when the effective sample size is below this fraction of the number of particles;
  /// 0 never, 1 (almost) always.
  public var trigger: Double
  /// Keeps variables in closed form; else draws each when it is assumed.
  public var delays: Bool
  /// Records who descends from whom.
  public var keepsAncestry: Bool
  /// How many particles a worker takes at a time; chosen from the numbers of threads if nil.
  public var chunkSize: Int?

  @inlinable
  public init(
    particles: Int, resampling: Resampling = .systematic, trigger: Double = 0.5,
    delays: Bool = true, keepsAncestry: Bool = false, chunkSize: Int? = nil
  ) {
    require(particles > 0, "ParticleFilter(particles: \(particles)): at least one is needed")
    require(chunkSize ?? 1 > 0, "ParticleFilter(chunkSize: \(chunkSize ?? 0))")
    self.particles = particles
    self.resampling = resampling
    requireTrigger(trigger, of: "ParticleFilter")
    self.trigger = trigger
    self.delays = delays
    self.keepsAncestry = keepsAncestry
    self.chunkSize = chunkSize
  }

  /// Runs `model` through `data`.
  ///
  /// Where the data is impossible for all particles the evidence is 0.
  ///
  /// - Throws: `InferenceError.problem`, which names the place, if a weight becomes NaN or
  ///   infinite, or an observation lies outside of its distribution's support in 16 runs;
  ///   `.invalidWeight` where the reason is not found; `.noData`.
  @inlinable
  public func run<M: SequentialModel>(
    _ model: M, data: [M.Observation], key: RandomKey, pool: WorkerPool? = nil
  ) throws(InferenceError) -> Posterior<M> {
    let posterior = try explaining(model, data, key) { () throws(InferenceError) in
      try FilterPass(self, model, data: data[...], key: key, pool: pool).sweep.posterior
    }
    return try posterior.unlessImpossible(delays: delays, Diagnosis(model, data: data, key: key))
  }
}

extension DelayedGraph {
  /// Integrates out what the model no longer holds.
  @inlinable
  @inline(never)
  mutating func eliminate(what model: some SequentialModel) {
    if nodes.isEmpty { return }
    var graph = DelayedGraph()
    swap(&graph, &self)
    var visitor = RandomVisitor(graph)
    graph = DelayedGraph()
    model.visit(&visitor)
    self = visitor.eliminated()
  }
}
