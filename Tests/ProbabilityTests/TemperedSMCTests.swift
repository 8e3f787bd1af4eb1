import Glibc
import Parallel
import Probability
import Randomness
import Testing

@Suite struct TemperedSMCTests {
  /// Two independent N(0, 9) seen with noise of variance 0.01: evidence and posterior in closed
  /// form.
  @Test func gaussian() throws {
    let y = [1.5, -4.0]
    let variance = 1 / (1 / 9 + 1 / 0.01)
    let exact = y.reduce(0) { $0 - 0.5 * (log(2 * Double.pi * 9.01) + $1 * $1 / 9.01) }
    var (ratios, means, squares): ([Double], [Double], [Double]) = ([], [], [])
    for run in 0..<40 {
      let posterior = try TemperedSMC(particles: 300).run(
        prior: { [3 * $0.normal(), 3 * $0.normal()] },
        logPrior: { $0.reduce(0) { $0 - $1 * $1 / 18 } },
        logLikelihood: { point in
          (0..<2).reduce(0) { sum, index in
            let residual = y[index] - point[index]
            return sum - 0.5 * (log(2 * Double.pi * 0.01) + residual * residual / 0.01)
          }
        },
        key: RandomKey(seed: 61).child("run", run))
      ratios.append(exp(posterior.logEvidence - exact))
      let mean = variance / 0.01 * y[0]
      means.append(posterior.mean { $0[0] } - mean)
      squares.append(posterior.mean { ($0[0] - mean) * ($0[0] - mean) } / variance)
      #expect(posterior.effectiveSampleSizes.dropLast().allSatisfy { abs($0 - 150) < 0.01 })
      if run == 0 { print("tempered: accepted", posterior.acceptanceRates) }
    }
    let z = [deviation(ratios, from: 1), deviation(means, from: 0), deviation(squares, from: 1)]
    print("tempered Gaussian: z", z, "powers' mean ratio", ratios.reduce(0, +) / 40)
    #expect(z.allSatisfy { abs($0) < 4 })
  }

  /// Two modes of shares 0.3 and 0.7, ten prior deviations of a mode apart.
  @Test func twoModes() throws {
    var (ratios, shares): ([Double], [Double]) = ([], [])
    for run in 0..<40 {
      let posterior = try TemperedSMC(particles: 300, resampling: .ssp).run(
        prior: { [20 * $0.uniform() - 10] },
        logPrior: { abs($0[0]) < 10 ? -log(20) : -.infinity },
        logLikelihood: { point in
          log(
            0.3 * exp(Normal(-5, variance: 0.04).logDensity(point[0]))
              + 0.7 * exp(Normal(5, variance: 0.04).logDensity(point[0])))
        },
        key: RandomKey(seed: 62).child("run", run))
      ratios.append(exp(posterior.logEvidence) * 20)
      shares.append(posterior.mean { $0[0] < 0 ? 1 : 0 })
    }
    let z = [deviation(ratios, from: 1), deviation(shares, from: 0.3)]
    print("tempered, two modes: z", z)
    #expect(z.allSatisfy { abs($0) < 4 })
  }

  @Test func sameBitsForAnyThreadsAndAnErrorForTheImpossible() throws {
    var reference: [[Double]] = []
    for threads in [0, 1, 2, 8] {
      let pool = threads > 0 ? WorkerPool(threads: threads) : nil
      let posterior = try TemperedSMC(particles: 101).run(
        prior: { [$0.normal()] }, logPrior: { -$0[0] * $0[0] / 2 },
        // Half of the line is impossible.
        logLikelihood: { $0[0] > 0 ? -50 * ($0[0] - 2) * ($0[0] - 2) : -.infinity },
        key: RandomKey(seed: 4), pool: pool)
      let numbers = posterior.draws + [[posterior.logEvidence]]
      #expect(posterior.draws.allSatisfy { $0[0] > 0 })
      if reference.isEmpty { reference = numbers }
      #expect(numbers == reference)
    }
    #expect(throws: InferenceError.noSurvivors(step: 0, trials: 10)) {
      try TemperedSMC(particles: 10).run(
        prior: { [$0.normal()] }, logPrior: { _ in 0 }, logLikelihood: { _ in -.infinity },
        key: RandomKey(seed: 0))
    }
  }
}
