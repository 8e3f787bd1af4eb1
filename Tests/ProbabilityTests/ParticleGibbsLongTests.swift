import Parallel
import Probability
import Randomness
import TestSupport
import Testing

/// 150 observations of the growth model, both variances unknown, ancestors sampled.
///
/// With more particles the autocorrelation of particle Gibbs tends to that of a Gibbs sampler that
/// draws paths exactly, and that of the marginalized sampler to 0.
///
/// Source: Wigren, Risuleo, Murray, Lindsten, "Parameter elimination in particle Gibbs sampling"
/// (NeurIPS 2019), figure 1.
@Suite(.enabled(if: LongTests.areWanted)) struct ParticleGibbsLongTests {
  /// Autocorrelations at lag 1 of the variances of the state and of the noise.
  func lags(
    _ name: String, _ posterior: Posterior<PathDraw<Growth>>, _ particles: Int
  ) -> [Double] {
    let lags = [0, 1].map { index in
      lagOneCorrelation(posterior.draws.map { $0.parameters[index] })
    }
    print("\(name), \(particles) particles, \(posterior.draws.count) draws: lag 1", lags)
    return lags
  }

  @Test func marginalizedDrawsBecomeIndependent() throws {
    let data = Growth.data(150, key: RandomKey(seed: 150))
    let pool = WorkerPool(threads: 2)
    var (plain, marginal): ([[Double]], [[Double]]) = ([], [])
    for (particles, draws) in [(50, 400), (500, 150)] {
      let key = RandomKey(seed: 2019).child("particles", particles)
      plain.append(
        lags(
          "particle Gibbs",
          try ParticleGibbs(
            particles: particles, draws: draws, warmup: draws / 8, chains: 1,
            ancestorSampling: .steps(1), keepsStates: false
          ).run(Growth(), parameters: { $0.variances }, data: data, key: key, pool: pool),
          particles))
      marginal.append(
        lags(
          "marginalized",
          try MarginalizedParticleGibbs(
            particles: particles, draws: draws, warmup: draws / 8, chains: 1,
            ancestorSampling: .steps(1), keepsStates: false
          ).run(Growth(), parameters: { $0.variances }, data: data, key: key, pool: pool),
          particles))
    }
    // The standard error of a correlation of 400 draws is at most 0.05, of 150 draws 0.08. That of
    // the state's variance is near 0 with few particles already. The noise is small beside the
    // state's, so that its variance needs yet more.
    #expect(abs(marginal[0][0]) < 0.25 && abs(marginal[1][0]) < 0.25)
    #expect(marginal[1][1] < marginal[0][1] - 0.15)
    for variance in 0..<2 { #expect(plain[1][variance] > marginal[1][variance] + 0.2) }
  }
}
