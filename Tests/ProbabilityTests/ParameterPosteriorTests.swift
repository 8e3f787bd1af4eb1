import Glibc
import Parallel
import Randomness
import Testing

@testable import Probability

/// Particle Metropolis–Hastings and SMC² on a model with one unknown parameter, against quadrature
/// over it of the exact likelihood.
@Suite struct ParameterPosteriorTests {
  @Test func metropolisWithFewParticlesHasTheExactPosterior() throws {
    let truth = Persistence.exact()
    var chains: [[Double]] = []
    for (name, filter) in [
      ("20 particles", ParticleFilter(particles: 20, delays: false)),
      ("exact likelihood", ParticleFilter(particles: 1)),
    ] {
      let sampler = ParticleMetropolisHastings(
        filter: filter, draws: 4000, warmup: 500, chains: 2, deviations: [0.3])
      let posterior = try sampler.run(
        Persistence(), data: Persistence.data, key: RandomKey(seed: 51))
      let draws = posterior.draws.map { $0.parameters[0] }
      let z = [
        chainDeviation(draws, from: truth.mean),
        chainDeviation(draws.map { ($0 - truth.mean) * ($0 - truth.mean) }, from: truth.variance),
        // The share of draws below each quartile, too.
        chainDeviation(draws.map { $0 < truth.quartiles[0] ? 1 : 0 }, from: 0.25),
        chainDeviation(draws.map { $0 < truth.quartiles[1] ? 1 : 0 }, from: 0.5),
        chainDeviation(draws.map { $0 < truth.quartiles[2] ? 1 : 0 }, from: 0.75),
      ]
      print(
        "PMMH,", name, "accepted", posterior.acceptanceRates[0], "lag-1",
        lagOneCorrelation(draws), "z", z, posterior.summary { $0.parameters[0] })
      let summary = posterior.summary { $0.parameters[0] }
      #expect(summary.rHat < 1.01 && summary.bulkESS > 400 && summary.tailESS > 400)
      // One filter for the first path and one for each proposal where the prior is positive.
      #expect(posterior.chains.allSatisfy { $0.evaluations > 2000 && $0.evaluations <= 4501 })
      #expect(posterior.effectiveSampleSizes.count == Persistence.data.count + 1)
      #expect(z.allSatisfy { abs($0) < 4 })
      #expect(posterior.acceptanceRates[0] > 0.1 && posterior.acceptanceRates[0] < 0.5)
      chains.append(draws)
    }
    #expect(chains[0] != chains[1])
  }

  @Test func squaredFindsEvidenceAndPosterior() throws {
    let truth = Persistence.exact()
    var (evidences, means, squares): ([Double], [Double], [Double]) = ([], [], [])
    for run in 0..<24 {
      let sampler = SMCSquared(
        particles: 60, filter: ParticleFilter(particles: 20, delays: false), leastAcceptance: 0.1)
      let posterior = try sampler.run(
        Persistence(), data: Persistence.data, key: RandomKey(seed: 52).child("run", run))
      evidences.append(exp(posterior.logEvidence - truth.logEvidence))
      let mean = posterior.mean { $0.parameters[0] }
      means.append(mean)
      squares.append(
        posterior.mean { ($0.parameters[0] - truth.mean) * ($0.parameters[0] - truth.mean) })
      #expect(posterior.effectiveSampleSizes.count == Persistence.data.count)
      #expect(!posterior.acceptanceRates.isEmpty)
      if run == 0 { print("SMC²: moves accepted", posterior.acceptanceRates) }
    }
    let z = [
      deviation(evidences, from: 1), deviation(means, from: truth.mean),
      deviation(squares, from: truth.variance),
    ]
    print(
      "SMC²: z of evidence, mean, variance", z, "evidence ratios", evidences.min()!,
      evidences.max()!)
    #expect(z.allSatisfy { abs($0) < 4 })
  }

  @Test func squaredDoublesItsFilters() throws {
    // Two particles cannot tell parameters apart: few moves are accepted, all filters are replaced.
    let sampler = SMCSquared(
      particles: 12, filter: ParticleFilter(particles: 2, delays: false), trigger: 0.8, moves: 1,
      leastAcceptance: 0.9)
    let data = Array(Persistence.data.prefix(10))
    let truth = Persistence.exact(data)
    let ratios = try (0..<200).map { run in
      let posterior = try sampler.run(
        Persistence(), data: data, key: RandomKey(seed: 53).child("run", run))
      return exp(posterior.logEvidence - truth.logEvidence)
    }
    print("SMC² with doubled filters: z of evidence", deviation(ratios, from: 1))
    #expect(abs(deviation(ratios, from: 1)) < 4)
  }

  /// Chopin, Jacob, Papaspiliopoulos (2013): the weight of a parameter is multiplied by the ratio
  /// of the new filter's evidence to the old one's.
  @Test func exchangedFiltersMakeUpForTheOldOnes() throws {
    let key = RandomKey(seed: 54)
    let small = ParticleFilter(particles: 2, delays: false)
    let large = ParticleFilter(particles: 4, delays: false)
    var member = SquaredMember<Persistence>(parameters: [0.3])
    try member.restart(Persistence(), small, data: Persistence.data[...], key: key)
    member.logWeight = 0.25
    try member.exchange(Persistence(), large, data: Persistence.data[...], key: key.child("new"))
    let old = try small.run(Persistence().make([0.3]), data: Persistence.data, key: key)
    let new = try large.run(
      Persistence().make([0.3]), data: Persistence.data, key: key.child("new"))
    #expect(isClose(member.logWeight, 0.25 + new.logEvidence - old.logEvidence))
    #expect(abs(new.logEvidence - old.logEvidence) > 0.1)
  }

  @Test func sameBitsForAnyThreads() throws {
    var reference: [[Double]] = []
    for threads in [0, 1, 2, 8] {
      let pool = threads > 0 ? WorkerPool(threads: threads) : nil
      let data = Array(Persistence.data.prefix(8))
      let filter = ParticleFilter(particles: 30, delays: false)
      let chain = try ParticleMetropolisHastings(
        filter: filter, draws: 5, warmup: 60, chains: 3, thinning: 2, deviations: [0.3]
      ).run(Persistence(), data: data, key: RandomKey(seed: 5), pool: pool)
      let squared = try SMCSquared(particles: 30, filter: filter, leastAcceptance: 0.3)
        .run(Persistence(), data: data, key: RandomKey(seed: 5), pool: pool)
      let alive = try AliveFilter(particles: 200, delays: false, keepsAncestry: true)
        .run(Counting(), data: Counting.data, key: RandomKey(seed: 5), pool: pool)
      let auxiliary = try AuxiliaryFilter<Counting>(
        particles: 90, delays: false, keepsAncestry: true
      ) { model, _, _, y in Poisson(1 + Double(model.n.known!)).logDensity(y) }
      .run(Counting(), data: Counting.data, key: RandomKey(seed: 5), pool: pool)
      let moved = try ResampleMove<Drift>(
        particles: 90, trigger: 1, move: .parameters({ [$0.mu] }, moves: 2)
      ).run(Drift(), data: Drift.data, key: RandomKey(seed: 5), pool: pool)
      var numbers = chain.draws.map { $0.parameters + [$0.logEvidence, $0.state.x.known!] }
      numbers += chain.chains.map(\.logDensities) + [chain.effectiveSampleSizes]
      #expect(chain.draws.count == 15 && chain.chains.map(\.draws) == [0..<5, 5..<10, 10..<15])
      numbers += squared.draws.map { $0.parameters + [$0.logEvidence, $0.state.x.known!] }
      numbers += [squared.effectiveSampleSizes, squared.particles.map(\.logWeight)]
      numbers += [alive.draws.map { Double($0.n.known!) }, alive.particles.map(\.logWeight)]
      numbers += alive.ancestry.map { $0.ancestors.map { Double($0) } }
      numbers += [auxiliary.particles.map(\.logWeight), auxiliary.effectiveSampleSizes]
      numbers += [moved.draws.map { $0.mu.known! }, moved.acceptanceRates]
      numbers += [
        [squared.logEvidence, alive.logEvidence, auxiliary.logEvidence, moved.logEvidence]
      ]
      if reference.isEmpty { reference = numbers }
      #expect(numbers == reference)
    }
  }

  @Test func aChainWithoutAStartSaysSo() {
    let filter = ParticleFilter(particles: 2)
    let sampler = ParticleMetropolisHastings(
      filter: filter, draws: 1, warmup: 0, deviations: [1], initial: [3])
    #expect(throws: InferenceError.noStart(attempts: 1000)) {
      try sampler.run(Persistence(), data: [1], key: RandomKey(seed: 0))
    }
  }
}

/// a ~ U(−1, 1); x[t] ~ N(a x[t-1], 1), from N(0, 1); y[t] ~ N(x[t], 1/4).
struct Persistence: ParameterModel {
  /// Drawn with a = 0.7 and rounded.
  static let data = [
    0.53, 1.46, 1.02, 2.31, 0.71, -0.45, 0.24, -1.12, -2.03, -0.97, -1.94, -0.41, 0.52, 0.88, 1.73,
    0.36,
  ]

  func logPrior(_ parameters: [Double]) -> Double {
    abs(parameters[0]) < 1 ? -log(2) : -.infinity
  }

  func drawPrior(_ stream: inout RandomStream) -> [Double] { [2 * stream.uniform() - 1] }

  func make(_ parameters: [Double]) -> LinearGaussian {
    LinearGaussian(a: parameters[0], c: 1, q: 1, r: 0.25, p0: 1)
  }

  /// By a Kalman filter at the midpoints of 2000 intervals.
  static func exact(
    _ data: [Double] = data
  ) -> (logEvidence: Double, mean: Double, variance: Double, quartiles: [Double]) {
    let points = (0..<2000).map { (Double($0) + 0.5) / 1000 - 1 }
    let weights = points.map { exp(likelihood($0, data)) / 2000 }
    let total = weights.reduce(0, +)
    let mean = zip(points, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    let variance = zip(points, weights).reduce(0) {
      $0 + ($1.0 - mean) * ($1.0 - mean) * $1.1 / total
    }
    var (sum, quartiles): (Double, [Double]) = (0, [])
    for (point, weight) in zip(points, weights) {
      sum += weight / total
      if quartiles.count < 3 && sum >= 0.25 * Double(quartiles.count + 1) {
        quartiles.append(point + 0.0005)
      }
    }
    return (log(total), mean, variance, quartiles)
  }

  private static func likelihood(_ a: Double, _ data: [Double]) -> Double {
    var (mean, variance, total) = (0.0, 1.0, 0.0)
    for (t, y) in data.enumerated() {
      if t > 0 { (mean, variance) = (a * mean, a * a * variance + 1) }
      let (spread, residual) = (variance + 0.25, y - mean)
      total -= 0.5 * (log(2 * Double.pi * spread) + residual * residual / spread)
      mean += variance / spread * residual
      variance *= 0.25 / spread
    }
    return total
  }
}
