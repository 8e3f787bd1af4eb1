import Glibc
import Parallel
import Randomness
import Testing

@testable import Probability

/// Particles share a covariance or not, and follow the first of their chunk or have their own
/// graph: a chunk of one particle never shares, so equal bits for all chunks mean that sharing
/// changes nothing.
@Suite struct LockstepTests {
  static let layouts: [(threads: Int, chunk: Int?)] = [
    (0, 1), (0, nil), (0, 2), (0, 40), (1, nil), (2, nil), (2, 5), (8, nil), (8, 3), (8, 1),
  ]

  func expectSameBits<M: SequentialModel>(
    _ model: M, _ data: [M.Observation], delays: Bool = true, resampling: Resampling = .systematic,
    _ numbers: (Particle<M>) -> [Double]
  ) throws {
    var reference: Posterior<M>?
    for (threads, chunk) in Self.layouts {
      let pool = threads > 0 ? WorkerPool(threads: threads) : nil
      let filter = ParticleFilter(
        particles: 83, resampling: resampling, trigger: 0.8, delays: delays, chunkSize: chunk)
      let posterior = try filter.run(model, data: data, key: RandomKey(seed: 12), pool: pool)
      guard let reference else {
        reference = posterior
        continue
      }
      #expect(posterior.logEvidence == reference.logEvidence)
      #expect(posterior.effectiveSampleSizes == reference.effectiveSampleSizes)
      #expect(posterior.report == reference.report)
      for (one, other) in zip(posterior.particles, reference.particles) {
        #expect(one.logWeight == other.logWeight)
        #expect(numbers(one) == numbers(other), "\(threads) threads, chunks of \(chunk ?? 0)")
      }
    }
  }

  @Test(arguments: [true, false])
  func mixedGaussian(delays: Bool) throws {
    let (parameters, data) = try TestData.mixedGaussian()
    for form in [MixedGaussian.Form.short, .operators] {
      try expectSameBits(
        MixedGaussian(parameters, form: form), Array(data.prefix(25)), delays: delays
      ) { particle in
        let model = particle.value
        return [model.n] + [model.x, model.y, model.z].map { particle.graph.mean($0) }
          + [model.x, model.y, model.z].map { particle.graph.variance($0) }
      }
    }
  }

  /// Every kind of call that can be shared and several that cannot, by a part of the particles.
  @Test(arguments: [Resampling.systematic, .multinomial, .optimal(expansion: 2)])
  func particlesThatPart(resampling: Resampling) throws {
    for kind in 0..<9 {
      let data = (0..<24).map { sin(Double($0)) }
      try expectSameBits(Parting(kind: kind), data, resampling: resampling) { particle in
        let model = particle.value
        return [model.level]
          + [model.x, model.y, model.old].flatMap {
            [particle.graph.mean($0), particle.graph.variance($0)]
          }
      }
    }
  }

  /// What was realized is used again: it is known, and different in each particle.
  @Test func sharedAlsoWithKnownVariables() throws {
    var sweep = Sweep(ParticleFilter(particles: 20), Parting(kind: 0), nil)
    for t in 0..<8 {
      sweep.population.run(key: RandomKey(seed: 1).child("step", t), delays: true) { model, p in
        model.step(t, 0.5, &p)
        p.eliminate(what: model)
      }
      #expect(sweep.population.chunks[0].sharingCount == 20)
    }
    sweep = Sweep(ParticleFilter(particles: 20), Parting(kind: 1), nil)
    for t in 0..<8 {
      sweep.population.run(key: RandomKey(seed: 1).child("step", t), delays: true) { model, p in
        model.step(t, 0.5, &p)
        p.eliminate(what: model)
      }
    }
    let sharing = sweep.population.chunks[0].sharingCount
    #expect(sharing < 20, "some have parted")
  }

  @Test func importanceSamplingSharesToo() throws {
    let sampler = ImportanceSampler(particles: 2000)
    let posterior = try sampler.run(TwoMeans(), key: RandomKey(seed: 5))
    // The prior variance 1 and the noise 1 of y = 2: mean 1, variance 1/2, log N(2; 0, 2).
    #expect(abs(posterior.logEvidence - -2.2655121234846454) < 1e-12)
    #expect(posterior.particles.allSatisfy { abs($0.graph.mean($0.value) - 1) < 1e-15 })
    #expect(posterior.report.isExact)
    #expect(posterior.report.entries.map(\.assumed) == [2000])
  }
}

private struct TwoMeans: Model {
  mutating func run(_ p: inout some ProbabilisticContext) -> Random<Double> {
    let mean = p.assume(Normal(0, variance: 1))
    p.observe(2, Normal(mean, variance: 1))
    return mean
  }
}

/// Its particles part from the others in a way that depends on `kind`.
private struct Parting: SequentialModel {
  var kind: Int
  var level = 0.0
  var x = Random<Double>(0)
  var y = Random<Double>(0)
  /// Realized, and kept as a variable.
  var old = Random<Double>(0)

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ z: Double, _ p: inout some ProbabilisticContext) {
    y = p.assume(Normal(x * 0.5 + 0.25 * old + 1, variance: 0.5))
    let next = p.assume(Normal(ShortAffine(0.5, y, -0.25, x, plus: level / 4), variance: 0.3))
    old = p.assume(Normal(y - next, variance: 0.1))
    level = p.value(old)
    let again = p.value(old)
    level += p.draw(Normal(next - old + again, variance: 0.2))
    switch kind {
    case 1 where level > 0.4:
      // Another coefficient for each particle.
      p.observe(z, Normal((1 + level) * next, variance: 1))
    case 2 where t % 5 == 3:
      let chance = p.assume(Beta(2, 2))
      p.observe(level > 0, Bernoulli(chance))
    case 3 where level > 1:
      // More calls than others, then fewer.
      p.observe(z, Normal(next, variance: 2))
      p.observe(z, Normal(y, variance: 3))
    case 4 where level < 0: x = Random(level)
    case 5 where t > 2:
      let sum = 0.1 * x + 0.2 * y + 0.3 * next + 0.4 * p.assume(Normal(0, variance: 1))
      p.observe(z, Normal(sum + 0.5 * p.assume(Normal(1, variance: 1)), variance: 1))
    // What the others use no longer.
    case 6 where level > 0.3: p.observe(z, Normal(x - 0.5 * y, variance: 2))
    case 7 where level > 0.3: level += p.value(x)
    default: break
    }
    p.observe(z, Normal(next + level, variance: 1))
    // Or keep what the others do not.
    if !(kind == 4 && level < 0 || kind == 8 && level > 0.3) { x = next }
    if kind == 3 && level > 1 { _ = p.value(y + 0.5 * x) }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
    visitor.keep(old)
    visitor.keep(y)
  }
}
