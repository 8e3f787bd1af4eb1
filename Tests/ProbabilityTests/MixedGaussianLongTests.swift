import Glibc
import Parallel
import Randomness
import TestSupport
import Testing

@testable import Probability

/// The whole experiment on the public data of the mixed linear–nonlinear model.
///
/// Reference values: a Rao–Blackwellized filter written by hand in C++, with 100 000 particles,
/// gives log Z = −105.894 ± 0.007 (standard error) for the first 100 observations and
/// −516.882 ± 0.013 for all 500. Over 1000 runs its variance is 0.071 with 1000 particles and
/// over 4000 runs 1.43 with 64; a bootstrap filter has 1.21 with 1000, and the example that comes
/// with the Birch language 0.42 with 1000 and 35 with 64.
@Suite(.enabled(if: LongTests.areWanted)) struct MixedGaussianLongTests {
  struct Summary {
    let runs: Int
    let mean: Double
    let variance: Double
    /// Of the variance, from the fourth moment: log-evidences are skewed.
    let varianceError: Double
    /// The logarithm of the mean evidence, which is without bias.
    let logMeanEvidence: Double
    let logMeanError: Double

    init(_ values: [Double]) {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      let squares = values.map { ($0 - mean) * ($0 - mean) }
      let variance = squares.reduce(0, +) / (count - 1)
      let fourth = squares.reduce(0) { $0 + $1 * $1 } / count
      varianceError = ((fourth - variance * variance) / count).squareRoot()
      let largest = values.max()!
      let weights = values.map { exp($0 - largest) }
      let average = weights.reduce(0, +) / count
      let spread = weights.reduce(0) { $0 + ($1 - average) * ($1 - average) } / (count - 1)
      logMeanEvidence = largest + log(average)
      logMeanError = (spread / count).squareRoot() / average
      (runs, self.mean, self.variance) = (values.count, mean, variance)
    }
  }

  func summary(observations: Int, particles: Int, runs: Int) throws -> Summary {
    let (parameters, data) = try TestData.mixedGaussian()
    let model = MixedGaussian(parameters)
    let filter = ParticleFilter(particles: particles)
    let values = try (0..<runs).map { run in
      try filter.run(
        model, data: Array(data.prefix(observations)), key: RandomKey(seed: 1).child("run", run)
      ).logEvidence
    }
    let summary = Summary(values)
    print(
      "\(observations) observations, \(particles) particles, \(runs) runs: mean \(summary.mean), "
        + "variance \(summary.variance) ± \(summary.varianceError), "
        + "mean + variance / 2 \(summary.mean + summary.variance / 2), "
        + "log mean evidence \(summary.logMeanEvidence) ± \(summary.logMeanError)")
    return summary
  }

  /// Four standard errors, those of the reference and of the runs together.
  func check(_ summary: Summary, reference: Double, error: Double) {
    let tolerance =
      4 * (error * error + summary.logMeanError * summary.logMeanError).squareRoot()
    print("log evidence off by \(summary.logMeanEvidence - reference), tolerance \(tolerance)")
    #expect(abs(summary.logMeanEvidence - reference) < tolerance)
  }

  @Test func thousandParticles() throws {
    let summary = try summary(observations: 100, particles: 1000, runs: 1000)
    #expect(summary.variance <= 0.08)
    check(summary, reference: -105.894, error: 0.007)
    // Log-evidences of many particles are nearly normal: their mean is below by half the variance.
    #expect(abs(summary.mean + summary.variance / 2 + 105.89) < 0.04)
  }

  @Test func fewParticles() throws {
    let summary = try summary(observations: 100, particles: 64, runs: 1000)
    #expect(summary.variance <= 1.6)
    check(summary, reference: -105.894, error: 0.007)
  }

  @Test func allObservations() throws {
    let summary = try summary(observations: 500, particles: 4096, runs: 1000)
    check(summary, reference: -516.882, error: 0.013)
    // The reference filter's, of 20 runs: 0.13; the standard error of a variance of 20 is a third
    // of it.
    #expect(summary.variance <= 0.2)
  }
}
