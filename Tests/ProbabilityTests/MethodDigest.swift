import Parallel
import Probability
import Randomness

/// Every inference method on a small model, each with a hash of all bits of what it found.
struct MethodDigest {
  private(set) var lines: [String] = []
  private let pool: WorkerPool?
  private let chunkSize: Int?
  private let key = RandomKey(seed: 80)

  /// Runs all methods with so many threads and particles a chunk; 0 for none and for the default.
  init(threads: Int, chunkSize: Int) throws {
    pool = threads > 0 ? WorkerPool(threads: threads) : nil
    self.chunkSize = chunkSize > 0 ? chunkSize : nil
    try addFilters()
    try addPaths()
    try addParameters()
    try addChains()
  }

  private mutating func add(_ method: String, _ numbers: [[Double]]) {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    func mix(_ bits: UInt64) { hash = (hash ^ bits) &* 0x100_0000_01b3 ^ hash &>> 29 }
    for row in numbers {
      mix(UInt64(row.count))
      for number in row { mix(number.bitPattern) }
    }
    lines.append("\(method): \(String(hash, radix: 16))")
  }

  private mutating func add<Value>(
    _ method: String, _ posterior: Posterior<Value>, _ value: (Particle<Value>) -> [Double]
  ) {
    add(
      method,
      posterior.particles.map(value) + [
        posterior.particles.map(\.logWeight), posterior.effectiveSampleSizes,
        posterior.acceptanceRates, [posterior.logEvidence],
      ] + posterior.ancestry.map { $0.ancestors.map(Double.init) })
  }

  private func filter(_ particles: Int, delays: Bool) -> ParticleFilter {
    ParticleFilter(
      particles: particles, trigger: 0.8, delays: delays, keepsAncestry: true,
      chunkSize: chunkSize)
  }

  private mutating func addFilters() throws {
    for resampling in [
      Resampling.multinomial, .residual, .stratified, .systematic, .ssp, .optimal(expansion: 2),
    ] {
      for delays in [true, false] {
        var filter = filter(300, delays: delays)
        filter.resampling = resampling
        let posterior = try filter.run(Tosses(), data: Tosses.data, key: key, pool: pool)
        add("filter, \(resampling), delays \(delays)", posterior) { particle in
          [particle.graph.mean(particle.value.bias)]
        }
      }
    }
    for delays in [true, false] {
      let posterior = try ImportanceSampler(particles: 90, delays: delays)
        .run(Slope(), key: key, pool: pool)
      add("importance, delays \(delays)", posterior) { [$0.value] }
      let alive = try AliveFilter(particles: 90, delays: delays, keepsAncestry: true)
        .run(Counting(), data: Counting.data, key: key, pool: pool)
      add("alive, delays \(delays)", alive) { [$0.graph.mean($0.value.n)] }
    }
    let auxiliary = try AuxiliaryFilter<Counting>(
      particles: 90, delays: false, keepsAncestry: true
    ) { model, _, _, y in Poisson(1 + Double(model.n.known!)).logDensity(y) }
    .run(Counting(), data: Counting.data, key: key, pool: pool)
    add("auxiliary", auxiliary) { [Double($0.value.n.known!)] }
    let moved = try ResampleMove<Drift>(
      particles: 90, trigger: 1, move: .parameters({ [$0.mu] }, moves: 2)
    ).run(Drift(), data: Drift.data, key: key, pool: pool)
    add("resample-move", moved) { [$0.value.mu.known!] }
    let steered = try Steering(particles: 30).run(
      Sentence(), model: ToyModel(), potential: Balanced(), key: key)
    add("steering", steered) { $0.value.map(Double.init) }
  }

  private mutating func addPaths() throws {
    for ancestors in [AncestorSampling.off, .full, .steps(1)] {
      let plain = try ParticleGibbs(
        particles: 70, draws: 4, warmup: 0, chains: 2, ancestorSampling: ancestors
      )
      .run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: key, pool: pool)
      add("particle Gibbs, ancestors \(ancestors)", plain) { $0.value.parameters }
      let marginal = try MarginalizedParticleGibbs(
        particles: 70, draws: 4, warmup: 0, chains: 2, ancestorSampling: ancestors
      ).run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: key, pool: pool)
      add("marginalized, ancestors \(ancestors)", marginal) { $0.value.parameters }
    }
    let delayed = try MarginalizedParticleGibbs(
      particles: 70, draws: 4, warmup: 0, chains: 2, delays: true
    )
    .run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: key, pool: pool)
    add("marginalized, delayed", delayed) { $0.value.parameters }
  }

  private mutating func addParameters() throws {
    let data = Array(Persistence.data.prefix(8))
    let chain = try ParticleMetropolisHastings(
      filter: filter(30, delays: false), draws: 10, warmup: 60, chains: 2, deviations: [0.3]
    ).run(Persistence(), data: data, key: key, pool: pool)
    add("particle Metropolis–Hastings", chain) { $0.value.parameters + [$0.value.logEvidence] }
    let squared = try SMCSquared(
      particles: 30, filter: filter(30, delays: false), leastAcceptance: 0.3
    ).run(Persistence(), data: data, key: key, pool: pool)
    add("SMC²", squared) { $0.value.parameters + [$0.value.logEvidence] }
    let tempered = try TemperedSMC(particles: 101).run(
      prior: { [$0.normal()] }, logPrior: { -$0[0] * $0[0] / 2 },
      logLikelihood: { -50 * ($0[0] - 2) * ($0[0] - 2) }, key: key, pool: pool)
    add("tempered", tempered) { $0.value }
  }

  private mutating func addChains() throws {
    let walked = try MetropolisHastings(draws: 40, warmup: 40).run(Slope(), key: key, pool: pool)
    add("Metropolis–Hastings", walked.chains.map { walked.draws[$0.draws] + $0.logDensities })
    let trajectories: [(String, HamiltonianMonteCarlo.Trajectory)] = [
      ("no U-turn", .noUTurn()), ("Hamiltonian", .fixed(length: 1.5)),
    ]
    for (name, trajectory) in trajectories {
      let chains = try HamiltonianMonteCarlo(draws: 20, warmup: 60, trajectory: trajectory)
        .run(Bend(), key: key, pool: pool)
      add(
        name,
        chains.chains.map { chain in
          chains.draws[chain.draws].flatMap { $0 } + chain.logDensities + [chain.stepSize]
        })
    }
  }
}

/// A slope seen through two points.
private struct Slope: Model {
  func run(_ p: inout some ProbabilisticContext) -> Double {
    let scale = p.assume(Gamma(shape: 2, rate: 1), at: "scale")
    let slope = p.assume(Normal(0, variance: 4), at: "slope")
    let variance = p.value(scale)
    p.observe(1.2, Normal(slope, variance: variance))
    p.observe(2.5, Normal(2 * slope + 0.1, variance: variance))
    return p.value(slope)
  }
}

private struct Bend: DifferentiableModel {
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let x = p.assume(.normal(0, deviation: 2))
    let y = p.assume(.normal(x * x, deviation: 1))
    p.observe(1.5, .normal(y, deviation: 0.5))
    return [x, y]
  }
}
