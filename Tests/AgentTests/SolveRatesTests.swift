import Conjecturing
import Foundation
import Parallel
import Randomness
import Testing

@testable import Agent

/// Rates against the conjugate formula, and the choice of a band against quadrature.
@Suite struct SolveRatesTests {
  /// Attempts under `limit`, some of which were proved.
  static func attempts(_ limit: Int, proved: Int, of count: Int) -> [Attempt] {
    (0..<count).map { Attempt(limit: limit, isProved: $0 < proved) }
  }

  /// Bands 3...7, 8...12, 13...17, 18...22 after three iterations.
  static let history = [
    attempts(4, proved: 3, of: 4) + attempts(9, proved: 1, of: 8),
    attempts(5, proved: 2, of: 6) + attempts(20, proved: 0, of: 5),
    attempts(3, proved: 5, of: 7) + attempts(12, proved: 4, of: 6) + attempts(18, proved: 1, of: 9),
  ]

  /// Worked out by hand: one for each of the priors' two outcomes, a quarter of what happened two
  /// iterations ago, half of what happened one ago.
  static let parameters: [(proved: Double, failed: Double)] = [
    (1 + 3.0 / 4 + 2.0 / 2 + 5, 1 + 1.0 / 4 + 4.0 / 2 + 2),
    (1 + 1.0 / 4 + 4, 1 + 7.0 / 4 + 2),
    (1, 1),
    (1 + 1, 1 + 5.0 / 2 + 8),
  ]

  @Test func ratesAreConjugate() {
    let rates = SolveRates(limits: 3...22, history: SolveRatesTests.history)
    #expect(rates.bands == [3...7, 8...12, 13...17, 18...22])
    for (mean, (proved, failed)) in zip(rates.means, SolveRatesTests.parameters) {
      #expect(abs(mean - proved / (proved + failed)) < 1e-12)
    }
    #expect(SolveRates(limits: 3...22, history: []).means == [0.5, 0.5, 0.5, 0.5])
  }

  @Test(arguments: 1...30)
  func bandsPartTheLimits(_ count: Int) {
    let bands = SolveRates(limits: 5...4 + count, history: []).bands
    #expect(bands.flatMap { Array($0) } == Array(5...4 + count))
    #expect(bands.count == min(4, count))
    let sizes = bands.map(\.count)
    #expect(sizes.max()! - sizes.min()! <= 1)
  }

  /// The probability of each band to have the rate nearest to one half, on a grid.
  static func chances() -> [Double] {
    let steps = 20_000
    // For each band, the probability that its rate is within a distance of one half.
    let within = parameters.map { proved, failed -> [Double] in
      let normalizer = lgamma(proved + failed) - lgamma(proved) - lgamma(failed)
      func density(_ x: Double) -> Double {
        exp(normalizer + (proved - 1) * log(x) + (failed - 1) * log(1 - x))
      }
      var total = 0.0
      return (0..<steps).map { step in
        let distance = (Double(step) + 0.5) / Double(steps) / 2
        total += (density(0.5 - distance) + density(0.5 + distance)) / Double(steps) / 2
        return total
      }
    }
    return parameters.indices.map { band in
      var chance = 0.0
      for step in 1..<steps {
        var others = 1.0
        for other in parameters.indices where other != band {
          others *= 1 - (within[other][step] + within[other][step - 1]) / 2
        }
        chance += (within[band][step] - within[band][step - 1]) * others
      }
      return chance
    }
  }

  @Test func bandsAreDrawnByTheirChance() {
    let rates = SolveRates(limits: 3...22, history: SolveRatesTests.history)
    let chances = SolveRatesTests.chances()
    #expect(abs(chances.reduce(0, +) - 1) < 1e-3)
    let draws = 4_000
    var limits = [Int](repeating: 0, count: 23)
    for index in 0..<draws {
      limits[rates.limit(key: RandomKey(seed: 7).child("slot", index))] += 1
    }
    #expect(limits[..<3].allSatisfy { $0 == 0 })
    for (band, chance) in zip(rates.bands, chances) {
      let count = Double(limits[band].reduce(0, +))
      let expected = Double(draws) * chance
      let deviation = (expected * (1 - chance)).squareRoot()
      #expect(abs(count - expected) < 4.5 * deviation, "\(band): \(count), not \(expected)")
      // Within a band all limits are alike.
      for limit in band {
        let expected = count / Double(band.count)
        #expect(abs(Double(limits[limit]) - expected) < 4.5 * expected.squareRoot() + 1)
      }
    }
  }

  /// What an agent has seen decides what it poses next.
  @Test func agentsPoseByTheirRates() throws {
    var agent = try IterationTests.agent(isGuided: true)
    let pool = WorkerPool(threads: 2)
    let rates = try #require(agent.solveRates)
    #expect(rates.means.allSatisfy { $0 == 0.5 } && rates.bands.last?.upperBound == 16)
    // Long statements were proved every other time, others never.
    var seen = ExampleSet()
    for band in rates.bands.dropLast() {
      seen.attempts += SolveRatesTests.attempts(band.lowerBound, proved: 0, of: 500)
    }
    seen.attempts += SolveRatesTests.attempts(16, proved: 250, of: 500)
    agent.buffer = [seen]
    let posed = agent.pose(30, key: RandomKey(seed: 1), pool: pool)
    #expect(posed.conjectures.count > 20)
    let last = try #require(rates.bands.last)
    #expect(posed.conjectures.allSatisfy { last.contains($0.lengthLimit) })
  }
}
