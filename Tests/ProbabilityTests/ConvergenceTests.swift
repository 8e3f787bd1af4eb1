import Glibc
import Probability
import Testing

/// Convergence diagnostics against ArviZ 0.23.4, on series that both sides compute.
@Suite struct ConvergenceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let chains: Int
    let draws: Int
    let decay: Double
    let shift: Double
    let isHeavy: Bool
    let rHat: Double
    let bulk: Double
    let tail: Double
    let mean: Double

    var testDescription: String { "\(chains) × \(draws), decay \(decay)" }

    /// Sums of uniform numbers from a linear congruential generator:
    ///
    ///     state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
    ///     x = decay * x + ((state >> 11) * 2.0**-53 - 0.5)
    ///     out[c, t] = (x ** 3 if heavy else x) + shift * c
    var series: [[Double]] {
      var state: UInt64 = 12345
      return (0..<chains).map { chain in
        var x = 0.0
        return (0..<draws).map { _ in
          state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
          x = decay * x + (Double(state >> 11) * 0x1p-53 - 0.5)
          return (isHeavy ? x * x * x : x) + shift * Double(chain)
        }
      }
    }
  }

  /// az.rhat(a, method='rank'), az.ess(a, method='bulk'), az.ess(a, method='tail') and
  /// az.ess(a, method='mean') of ArviZ 0.23.4, a = series(chains, draws, decay, shift, heavy).
  static let cases = [
    Case(
      chains: 4, draws: 100, decay: 0.7, shift: 0, isHeavy: false,
      rHat: 1.0188479812664961, bulk: 111.33902572723389, tail: 186.26046900506898,
      mean: 109.53510892265079),
    Case(
      chains: 4, draws: 101, decay: 0.3, shift: 0.2, isHeavy: false,
      rHat: 1.2674689814215512, bulk: 12.633181640243727, tail: 74.4603355117314,
      mean: 12.40339650451622),
    Case(
      chains: 2, draws: 250, decay: 0.95, shift: 0, isHeavy: true,
      rHat: 1.1529213031310124, bulk: 16.260359964288554, tail: 29.74798993739355,
      mean: 17.56144013901852),
    Case(
      chains: 4, draws: 60, decay: -0.6, shift: 0, isHeavy: false,
      rHat: 1.025321228449415, bulk: 571.2506980107854, tail: 260.74077767942856,
      mean: 571.2506980107854),
    Case(
      chains: 3, draws: 5, decay: 0.1, shift: 0, isHeavy: false,
      rHat: 1.4578613194869696, bulk: 12.9501749525715, tail: 12.9501749525715,
      mean: 12.9501749525715),
  ]

  @Test(arguments: cases) func agreesWithArviZ(_ truth: Case) {
    let series = truth.series
    #expect(isNear(Convergence.rHat(series), truth.rHat))
    #expect(isNear(Convergence.bulkESS(series), truth.bulk))
    #expect(isNear(Convergence.tailESS(series), truth.tail))
    #expect(isNear(Convergence.effectiveSampleSize(series), truth.mean))
  }

  /// The first case, rounded: a = np.round(series(4, 100, 0.7, 0.0, False) * 4) / 4.
  @Test func tiesHaveTheirMeanRank() {
    let series = Self.cases[0].series.map { $0.map { rint($0 * 4) / 4 } }
    #expect(isNear(Convergence.rHat(series), 1.0172879369930898))
    #expect(isNear(Convergence.bulkESS(series), 115.9961211958169))
    #expect(isNear(Convergence.tailESS(series), 178.02836152400477))
    #expect(isNear(Convergence.effectiveSampleSize(series), 114.122081348954))
  }

  /// One chain of ArviZ: its ess knows one chain, its rhat does not.
  @Test func oneChainIsSplitToo() {
    let series = Case(
      chains: 1, draws: 400, decay: 0.5, shift: 0, isHeavy: false, rHat: 0, bulk: 0, tail: 0,
      mean: 0
    ).series
    #expect(isNear(Convergence.bulkESS(series), 165.1913123482379))
    #expect(isNear(Convergence.tailESS(series), 182.85584722831337))
    #expect(Convergence.rHat(series) < 1.05)
  }

  @Test func uselessSeriesHaveNoValue() {
    #expect(Convergence.rHat([[1, 1, 1, 1], [1, 1, 1, 1]]).isNaN)
    #expect(Convergence.bulkESS([[1, 1, 1, 1], [1, 1, 1, 1]]).isNaN)
    #expect(Convergence.bulkESS([[1, 2, 3], [1, 2, 3]]).isNaN)
    #expect(Convergence.tailESS([[1, 2, .nan, 4], [1, 2, 3, 4]]).isNaN)
    #expect(Convergence.effectiveSampleSize([]).isNaN)
    // Chains that stay apart have R̂ far from 1.
    #expect(Convergence.rHat([[0, 1, 0, 1, 0, 1], [5, 6, 5, 6, 5, 6]]) > 1.9)
  }

  private func isNear(_ x: Double, _ y: Double) -> Bool { abs(x - y) < 1e-9 * abs(y) }
}
