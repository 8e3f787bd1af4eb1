import Glibc
import Randomness
import Testing

@testable import Probability

/// What a posterior says about a number.
@Suite struct PosteriorSummaryTests {
  /// By hand: the mean of 3, −1, 2, 5 with weights 0.1, 0.2, 0.3, 0.4 is 2.7.
  @Test func weightedNumbers() {
    let numbers = [(value: 3.0, weight: 0.1), (-1, 0.2), (2, 0.3), (5, 0.4), (99, 0)]
    let summary = PosteriorSummary(numbers, isExact: false)
    #expect(isClose(summary.mean, 2.7))
    // 0.1 · 0.09 + 0.2 · 13.69 + 0.3 · 0.49 + 0.4 · 5.29.
    #expect(isClose(summary.deviation, 5.01.squareRoot()))
    // 0.01 · 0.09 + 0.04 · 13.69 + 0.09 · 0.49 + 0.16 · 5.29.
    #expect(isClose(summary.standardError, 1.439.squareRoot()))
    #expect(summary.quantiles == .init(low: -1, median: 2, high: 5))
    #expect(summary.rHat.isNaN && summary.bulkESS.isNaN && summary.tailESS.isNaN)
    #expect(PosteriorSummary(numbers, isExact: true).standardError == 0)
    // A value with exactly the share asked for is the quantile.
    let tenths = (1...20).map { (value: Double($0), weight: 0.05) }
    #expect(
      PosteriorSummary(tenths, isExact: false).quantiles == .init(low: 1, median: 10, high: 19))
    let nothing = PosteriorSummary([(1, 0), (2, 0)], isExact: false)
    #expect(nothing.mean.isNaN && nothing.standardError.isNaN && nothing.quantiles.high.isNaN)
  }

  struct Faces: Model {
    func run(_ p: inout some ProbabilisticContext) -> Int {
      let face = p.draw(UniformInteger(1, 6))
      p.observe(true, Bernoulli(Double(face) / 6))
      return face
    }
  }

  /// A face has probability face/21.
  @Test func whatIsEnumeratedHasNoError() throws {
    let summary = try enumerate(Faces()).summary { Double($0) }
    #expect(isClose(summary.mean, 91.0 / 21) && summary.standardError == 0)
    #expect(isClose(summary.deviation, (441.0 / 21 - 91 * 91 / 441.0).squareRoot()))
    #expect(summary.quantiles == .init(low: 2, median: 5, high: 6))
  }

  /// Of importance sampling the standard error is right: z-scores have variance 1.
  @Test func weightedErrorsAreRight() throws {
    var squares = 0.0
    let runs = 400
    for run in 0..<runs {
      let posterior = try ImportanceSampler(particles: 400, delays: false)
        .run(Faces(), key: RandomKey(seed: 71).child("run", run))
      let summary = posterior.summary { Double($0) }
      let z = (summary.mean - 91.0 / 21) / summary.standardError
      squares += z * z
      #expect(summary.mean == posterior.mean { Double($0) })
    }
    // χ² with 400 degrees of freedom has deviation √800.
    print("importance sampling: Σz²", squares)
    #expect(abs(squares - Double(runs)) < 4 * 800.0.squareRoot())
  }

  @Test func chainsKeepTheirDraws() throws {
    let sampler = MetropolisHastings(draws: 30, warmup: 20, chains: 3)
    let posterior = try sampler.run(NormalMean(), key: RandomKey(seed: 72))
    #expect(posterior.chains.map(\.draws) == [0..<30, 30..<60, 60..<90])
    #expect(posterior.logEvidence.isNaN && posterior.ancestry.isEmpty)
    #expect(isClose(posterior.particles.reduce(0) { $0 + exp($1.logWeight) }, 1))
    let numbers = posterior.chains.map { posterior.draws[$0.draws].map { 2 * $0 } }
    let doubled = posterior.map { 2 * $0 }
    #expect(doubled.chains == posterior.chains)
    #expect(doubled.summary { $0 } == PosteriorSummary(chains: numbers))
    #expect(doubled.summary { $0 }.rHat == Convergence.rHat(numbers))
    #expect(doubled.mean { $0 } == Convergence.mean(numbers.flatMap { $0 }))
    #expect(posterior.probability { $0 <= .infinity } == 1)
    #expect(posterior.evaluations == posterior.chains.reduce(0) { $0 + $1.evaluations })
    for chain in posterior.chains {
      #expect(chain.logDensities.count == 30 && chain.moves == [chain.acceptanceRate])
      for (value, logDensity) in zip(posterior.draws[chain.draws], chain.logDensities) {
        let data = NormalMean().data
        let expected = data.reduce(Normal(0, variance: 4).logDensity(value)) {
          $0 + Normal(value, variance: 1.5).logDensity($1)
        }
        #expect(isClose(logDensity, expected))
      }
    }
    #expect(
      isClose(
        posterior.acceptanceRates[0],
        posterior.chains.reduce(0) { $0 + $1.acceptanceRate } / 3))
  }

  /// A draw without variables in a graph owns no memory of its own.
  @Test func drawsWithoutAGraphAllocateNothing() {
    let graph = DelayedGraph()
    #expect(graph.nodes.capacity == 0 && graph.rare.capacity == 0)
    #expect(MemoryLayout<Particle<Double>>.stride <= 128)
  }
}
