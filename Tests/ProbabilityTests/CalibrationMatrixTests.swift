import Glibc
import Parallel
import Randomness
import TestSupport
import Testing

@testable import Probability

/// Simulation-based calibration of every method that gives a posterior.
///
/// The ordinary form takes some cells of the matrix, each method at least once; the long one, with
/// `MINIMO_LONG_TESTS=1`, takes all with more data sets, and prints the table. `MINIMO_CELLS=TEXT`
/// takes those with the text in their names: a cell's keys depend on nothing but its name.
@Suite struct CalibrationMatrixTests {
  static let all = OneShotCalibration.cells + SequentialCalibration.cells
  static let test = SimulationBasedCalibration(
    replicates: LongTests.areWanted ? 1000 : 64, draws: 15, bins: 8)

  /// Of some 100 cells one falls below the threshold at one key in 100, if all are right.
  static let threshold = 1e-4

  static func run(_ cells: [CalibrationCell]) throws -> [(cell: CalibrationCell, tests: RankTests)]
  {
    let pool = WorkerPool(threads: 2)
    return try cells.map { cell in
      let clock = ContinuousClock()
      let start = clock.now
      let tests = try cell.run(test, RandomKey(seed: 2018).child(cell.description), pool)
      print("SBC \(cell): p = \(tests.pValue), \(clock.now - start)")
      return (cell, tests)
    }
  }

  @Test func ranksAreUniform() throws {
    var cells = LongTests.areWanted ? Self.all : Self.all.filter(\.isShort)
    if let text = getenv("MINIMO_CELLS") {
      cells = Self.all.filter { $0.description.contains(String(cString: text)) }
      try #require(!cells.isEmpty, "no cell has that text in its name")
    }
    let results = try Self.run(cells)
    for (cell, tests) in results {
      #expect(tests.pValue > Self.threshold, "\(cell): p = \(tests.pValue)\n\(tests.details)")
    }
    if LongTests.areWanted { print(CalibrationCell.table(results)) }
  }

  /// Samplers with an error each: wrong priors, data that count three times, an acceptance that is
  /// too ready. The ordinary form finds them all.
  @Test func errorsAreFound() throws {
    let short = SimulationBasedCalibration(replicates: 64, draws: 15, bins: 8)
    for cell in PlantedErrors.cells {
      let tests = try cell.run(
        short, RandomKey(seed: 2018).child(cell.description), WorkerPool(threads: 2))
      print("SBC of an error: \(cell): p = \(tests.pValue)")
      #expect(tests.pValue < Self.threshold, "\(cell)")
    }
  }

  @Test func everyMethodIsInTheShortForm() {
    let short = Set(Self.all.filter(\.isShort).map(\.method))
    // Resampling schemes and the like are variants of one that is.
    for method in Set(Self.all.map(\.method)) {
      #expect(
        short.contains(method) || short.contains { method.hasPrefix($0 + ",") }, "\(method)")
    }
  }
}
