import Glibc
import Parallel
import Randomness
import Testing

@testable import Probability

/// Whether the Markov chains draw from the right distribution, and whether the tests would notice.
@Suite struct CalibrationTests {
  @Test func reportsAreTheSameForAnyThreads() throws {
    let test = SimulationBasedCalibration(replicates: 12, draws: 7, bins: 4)
    let cell = OneShotCalibration.mean[1]
    let alone = try cell.run(test, RandomKey(seed: 1), nil)
    for threads in [1, 2, 8] {
      let pooled = try cell.run(test, RandomKey(seed: 1), WorkerPool(threads: threads))
      #expect(pooled.ranks == alone.ranks)
    }
  }

  /// The exact posterior of a normal mean, and three samplers that are wrong.
  @Test func calibrationFindsBrokenSamplers() {
    let test = SimulationBasedCalibration(replicates: 400, draws: 31, bins: 8)
    /// Normal draws of the right mean and variance, but for a shift and a factor.
    func pValue(shift: Double, factor: Double) -> Double {
      let mean = TestQuantity<Double, Double>("mean") { mean, _ in mean }
      let report = test.run(
        [mean], prior: { $0.normal() }, data: { mean, random in mean + random.normal() },
        posterior: { (y: Double, key: RandomKey) -> [Double] in
          var random = key.stream()
          let deviation = 0.5.squareRoot()
          return (0..<test.draws).map { _ in
            y / 2 + deviation * (factor * random.normal() + shift)
          }
        }, key: RandomKey(seed: 5))
      return report.pValue
    }
    let right = pValue(shift: 0, factor: 1)
    let wide = pValue(shift: 0, factor: 1.4)
    let narrow = pValue(shift: 0, factor: 0.7)
    let shifted = pValue(shift: 0.4, factor: 1)
    print("SBC of exact draws: p = \(right); broken: \(wide), \(narrow), \(shifted)")
    #expect(right > 1e-3)
    #expect(wide < 1e-6 && narrow < 1e-6 && shifted < 1e-6)
  }

  /// The p-value is that of scipy: scipy.stats.chisquare([20, 10, 15, 15]).pvalue.
  @Test func pValuesAreThoseOfChiSquare() {
    let ranks = [(0, 20), (1, 10), (2, 15), (3, 15)].flatMap { rank, count in
      [Int](repeating: rank, count: count)
    }
    let entry = CalibrationReport.Entry(name: "x", ranks: ranks, draws: 3, bins: 4)
    #expect(entry.histogram == [20, 10, 15, 15])
    #expect(abs(entry.pValue - 0.3430301461382424) < 1e-12)
    let two = CalibrationReport(entries: [entry, entry])
    #expect(two.pValue == 2 * entry.pValue)
  }

  typealias Parts = (parts: Int, mean: Double)

  static let jointQuantities: [TestQuantity<Parts, [Double]>] = [
    TestQuantity("parts") { draw, _ in Double(draw.parts) },
    TestQuantity("mean") { draw, _ in draw.mean },
    TestQuantity("mean²") { draw, _ in draw.mean * draw.mean },
    TestQuantity("mean·data") { draw, data in draw.mean * data[0] },
    TestQuantity("data²") { _, data in data[0] * data[0] },
  ]

  static let regressionQuantities: [TestQuantity<[Double], [Double]>] = [
    TestQuantity("level") { draw, _ in draw[0] },
    TestQuantity("slope") { draw, _ in draw[1] },
    TestQuantity("noise") { draw, _ in draw[2] },
    TestQuantity("level²") { draw, _ in draw[0] * draw[0] },
    TestQuantity("log² noise") { draw, _ in log(draw[2]) * log(draw[2]) },
    TestQuantity("level·data") { draw, data in draw[0] * atan(data[1]) },
  ]

  /// Geweke's test of Metropolis–Hastings whose choices come and go.
  @Test func jointDistributionOfTraces() throws {
    let report = try GewekeTest(draws: 20_000, moves: 20_000).run(
      Self.jointQuantities,
      prior: { (random: inout RandomStream) in
        let parts = random.uniform() < 0.4 ? 2 : 1
        return (parts, CalibrationCases.normal(0, 3, &random))
      },
      // Even places only: what the second mean is, the draw does not say.
      data: { draw, random in [CalibrationCases.normal(draw.mean, 1, &random)] },
      kernel: { data, key in
        try TraceKernel(
          MetropolisHastings(draws: 1, moves: [.singleSite(steps: 2), .block(["mean"], .prior)]),
          stepScale: 1.5, data: data, key: key
        ) { OneOrTwo(data: $0) }
      }, key: RandomKey(seed: 14))
    print("Geweke, traces: p = \(report.pValue)\n\(report)")
    #expect(report.pValue > 1e-3)
  }

  @Test(arguments: [
    HamiltonianMonteCarlo.Trajectory.noUTurn(), .noUTurn(maximumDepth: 2), .fixed(length: 1),
  ]) func jointDistributionOfHamiltonianChains(
    _ trajectory: HamiltonianMonteCarlo.Trajectory
  ) throws {
    let report = try GewekeTest(draws: 20_000, moves: 20_000).run(
      Self.regressionQuantities,
      prior: { random in
        let t = StudentT(degreesOfFreedom: 5, location: 0, scale: 1).sample(&random)
        return [random.normal(), t, exp(0.5 * random.normal())]
      },
      data: { draw, random in
        Regression.inputs.map { CalibrationCases.normal(draw[0] + draw[1] * $0, draw[2], &random) }
      },
      kernel: { data, key in
        try HamiltonianKernel(
          HamiltonianMonteCarlo(draws: 1, trajectory: trajectory), stepSize: 0.8, data: data,
          key: key
        ) { Regression(data: $0) }
      }, key: RandomKey(seed: 15))
    print("Geweke, \(trajectory): p = \(report.pValue)\n\(report)")
    #expect(report.pValue > 1e-3)
  }

  /// Data that the current choices exclude cannot be moved on, and that is said.
  @Test func excludedChoicesAreErrors() throws {
    struct Bounded: Model {
      let bound: Int
      func run(_ p: inout some ProbabilisticContext) -> Int {
        p.draw(UniformInteger(0, bound), at: "x")
      }
    }
    let settings = MetropolisHastings(draws: 1)
    var kernel = try TraceKernel(settings, data: 1 << 40, key: RandomKey(seed: 1)) {
      Bounded(bound: $0)
    }
    #expect(throws: ProgramError.noStart(attempts: 1)) { try kernel.move(given: 3) }
  }

  /// A random walk on a normal mean that accepts with the given power of the right ratio.
  private struct Walk: MarkovKernel {
    var draw = 0.0
    var power: Double
    var random: RandomStream
    mutating func move(given y: Double) throws(ProgramError) {
      let proposal = draw + 2 * random.normal()
      func logJoint(_ x: Double) -> Double { -0.5 * (x * x + (y - x) * (y - x)) }
      if log(random.uniform()) < power * (logJoint(proposal) - logJoint(draw)) { draw = proposal }
    }
  }

  @Test func jointDistributionFindsBrokenChains() throws {
    func report(_ power: Double) throws -> GewekeReport {
      try GewekeTest(draws: 20_000, moves: 20_000).run(
        [
          TestQuantity<Double, Double>("x") { x, _ in x },
          TestQuantity("x²") { x, _ in x * x },
        ],
        prior: { $0.normal() }, data: { x, random in x + random.normal() },
        kernel: { _, key in Walk(power: power, random: key.stream()) }, key: RandomKey(seed: 16))
    }
    let (right, wrong) = (try report(1).pValue, try report(0.7).pValue)
    print("Geweke of a right walk: p = \(right); of a broken one: \(wrong)")
    #expect(right > 1e-3 && wrong < 1e-6)
  }
}
