import Glibc
import Parallel
import Probability
import Randomness
import Testing

/// The exact values are those of a Kalman filter in numpy over the same data: with S = c²P + r,
/// Σ −½(log 2πS + e²/S).
@Suite struct LinearGaussianTests {
  @Test(arguments: 0..<8)
  func evidenceIsExactWithOneParticle(form: Int) throws {
    for (name, model, short, long) in [
      ("standard", LinearGaussian(form: form), -159.45272146208637, -1566.226757301658),
      (
        "informative",
        LinearGaussian(a: 0.8, c: 10, q: 1, r: 0.01, p0: 1, form: form), -372.78807802477985,
        -3730.3820867457803
      ),
    ] {
      let data = try TestData.linearGaussian(name)
      var evidences: Set<Double> = []
      for seed in 0..<5 {
        let posterior = try ParticleFilter(particles: 1)
          .run(model, data: Array(data.prefix(100)), key: RandomKey(seed: UInt64(seed)))
        #expect(abs(posterior.logEvidence - short) < 1e-9)
        #expect(posterior.report.isExact)
        #expect(posterior.particles[0].graph.count == 1)
        evidences.insert(posterior.logEvidence)
      }
      #expect(evidences.count == 1)
      let posterior = try ParticleFilter(particles: 3)
        .run(model, data: data, key: RandomKey(seed: 0))
      #expect(abs(posterior.logEvidence - long) < 1e-8)
      #expect(posterior.effectiveSampleSizes.allSatisfy { abs($0 - 3) < 1e-9 })
      if form == 0 { print(name, posterior.logEvidence - long) }
    }
  }

  @Test func bootstrapIsUnbiased() throws {
    let data = Array(try TestData.linearGaussian("standard").prefix(2))
    let exact = try ParticleFilter(particles: 1)
      .run(LinearGaussian(), data: data, key: RandomKey(seed: 0)).logEvidence
    for resampling in resamplings {
      for (count, runs) in [(2, 20_000), (50, 1000)] {
        let filter = ParticleFilter(
          particles: count, resampling: resampling, trigger: 0.7, delays: false)
        let ratios = try (0..<runs).map { run in
          let key = RandomKey(seed: 11).child("run", run)
          return exp(try filter.run(LinearGaussian(), data: data, key: key).logEvidence - exact)
        }
        let isRight = isUnbiased(ratios, 1)
        #expect(isRight, "\(resampling) \(count)")
      }
    }
  }

  @Test(arguments: [true, false])
  func resultsAreTheSameBitsForAnyThreadsAndChunks(delays: Bool) throws {
    let data = Array(try TestData.linearGaussian("standard").prefix(30))
    var reference: Posterior<HalfLinear>?
    for (threads, chunk) in [(0, nil), (0, 7), (1, nil), (2, nil), (2, 1), (8, 13), (3, 100)] {
      let pool = threads > 0 ? WorkerPool(threads: threads) : nil
      let filter = ParticleFilter(
        particles: 301, resampling: .ssp, delays: delays, keepsAncestry: true, chunkSize: chunk)
      let posterior = try filter.run(
        HalfLinear(), data: data, key: RandomKey(seed: 4), pool: pool)
      guard let reference else {
        reference = posterior
        #expect(!posterior.ancestry.isEmpty)
        continue
      }
      #expect(posterior.logEvidence == reference.logEvidence)
      #expect(posterior.effectiveSampleSizes == reference.effectiveSampleSizes)
      #expect(posterior.report == reference.report)
      #expect(posterior.ancestry.map(\.ancestors) == reference.ancestry.map(\.ancestors))
      for (one, other) in zip(posterior.particles, reference.particles) {
        #expect(one.logWeight == other.logWeight && one.value.n == other.value.n)
        #expect(one.graph.mean(one.value.x) == other.graph.mean(other.value.x))
      }
    }
  }
}

/// A chain with a nonlinear part, so that particles differ also with delayed sampling.
struct HalfLinear: SequentialModel {
  var x = Random<Double>()
  var n = 0.0

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let next = p.assume(Normal(0.5 * x + n / (1 + n * n), variance: 1))
    n = p.value(next)
    x = p.assume(Normal(0.9 * x, variance: 0.5))
    p.observe(y, Normal(x + n, variance: 0.25))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

let resamplings: [Resampling] = [
  .multinomial, .residual, .stratified, .systematic, .ssp, .optimal(expansion: 3),
]

/// True if the mean of `values` is within 4 standard errors of `truth`.
func isUnbiased(_ values: [Double], _ truth: Double) -> Bool {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  return abs(mean - truth) <= 4 * (variance / count).squareRoot()
}
