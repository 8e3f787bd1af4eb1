import Glibc
import Parallel
import Randomness
import Testing

@testable import Probability

/// Reference values: a Rao–Blackwellized filter written by hand in C++ with 100 000 particles gives
/// log Z = −105.894 ± 0.007 for the first 100 observations; over many runs its variance is 0.071
/// with 1000 particles and 1.43 with 64, that of a bootstrap filter 1.21 with 1000.
@Suite struct MixedGaussianTests {
  struct Summary {
    var mean = 0.0
    var variance = 0.0
  }

  func summary(
    _ model: MixedGaussian, _ data: [MixedGaussian.Observation], particles: Int, runs: Int,
    delays: Bool = true
  ) throws -> Summary {
    let filter = ParticleFilter(particles: particles, delays: delays)
    let values = try (0..<runs).map { run in
      try filter.run(model, data: data, key: RandomKey(seed: 1).child("run", run)).logEvidence
    }
    let mean = values.reduce(0, +) / Double(runs)
    let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    return Summary(mean: mean, variance: squares / Double(runs - 1))
  }

  @Test func evidenceHasTheVarianceOfARaoBlackwellizedFilter() throws {
    let (parameters, data) = try TestData.mixedGaussian()
    let model = MixedGaussian(parameters)
    let hundred = Array(data.prefix(100))
    let many = try summary(model, hundred, particles: 1000, runs: 60)
    let few = try summary(model, hundred, particles: 64, runs: 400)
    print("1000 particles:", many, "64 particles:", few)
    // Four standard errors of a mean; of a variance, at kurtosis 4 and 10 (it is skewed), 70 %.
    #expect(abs(many.mean + 105.93) < 4 * (0.071 / 60).squareRoot())
    #expect(many.variance < 0.071 * 1.7 && many.variance > 0.071 / 1.7)
    #expect(abs(few.mean + 106.49) < 4 * (1.43 / 400).squareRoot())
    #expect(few.variance < 1.43 * 1.6 && few.variance > 1.43 / 1.6)
  }

  @Test func bootstrapIsWorse() throws {
    let (parameters, data) = try TestData.mixedGaussian()
    let summary = try summary(
      MixedGaussian(parameters), Array(data.prefix(100)), particles: 1000, runs: 40, delays: false)
    print("bootstrap:", summary)
    #expect(abs(summary.mean + 106.46) < 4 * (1.21 / 40).squareRoot())
    #expect(summary.variance > 1.21 / 2.5 && summary.variance < 1.21 * 2.5)
  }

  /// Both ways of writing a sum are the same program, to the bit.
  @Test func formDoesNotMatter() throws {
    let (parameters, data) = try TestData.mixedGaussian()
    let filter = ParticleFilter(particles: 100)
    let one = try filter.run(
      MixedGaussian(parameters, form: .short), data: Array(data.prefix(60)),
      key: RandomKey(seed: 2))
    let other = try filter.run(
      MixedGaussian(parameters, form: .operators), data: Array(data.prefix(60)),
      key: RandomKey(seed: 2))
    #expect(one.logEvidence == other.logEvidence)
    #expect(one.effectiveSampleSizes == other.effectiveSampleSizes)
    // One number is drawn a step, and nothing else.
    #expect(!one.report.isExact && other.report.entries.count == one.report.entries.count)
    #expect(one.report.entries.allSatisfy { $0.marginalized == $0.assumed })
  }

  /// One covariance for all particles, from the first step to the last.
  @Test func allParticlesShareOneCovariance() throws {
    let (parameters, data) = try TestData.mixedGaussian()
    var sweep = Sweep(ParticleFilter(particles: 50), MixedGaussian(parameters), nil)
    let key = RandomKey(seed: 3)
    for (t, y) in data.prefix(30).enumerated() {
      sweep.population.run(key: key.child("step", t), delays: true) { model, context in
        model.step(t, y, &context)
        context.eliminate(what: model)
      }
      try sweep.finish(step: t)
      #expect(sweep.population.chunks[0].sharingCount == 50)
      #expect(sweep.population.chunks[0].graphs.allSatisfy { $0.count == 0 })
      sweep.resampleIfNeeded(step: t + 1, key.child("resample", t))
    }
    // Three variables, with means of their own.
    let graphs = sweep.population.particles.map(\.graph)
    #expect(graphs.allSatisfy { $0.count == 3 })
    #expect(Set(graphs.map { $0.gaussian.means[0] }).count > 10)
    #expect(graphs.allSatisfy { $0.gaussian.covariance == graphs[0].gaussian.covariance })
  }
}
