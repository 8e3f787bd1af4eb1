import Glibc
import Parallel
import Randomness

@testable import Probability

/// One cell of the matrix of calibration: a method on a model.
struct CalibrationCell: Sendable, CustomStringConvertible {
  let model: String
  let method: String
  /// Runs in the ordinary tests too; each method has at least one such cell.
  var isShort = false
  let run: @Sendable (SimulationBasedCalibration, RandomKey, WorkerPool?) throws -> RankTests

  var description: String { "\(model), \(method)" }
}

/// What the ranks of one cell say: for each quantity, Pearson's test of the histogram, and the
/// tests of the ranks' mean and of their spread, which find smaller errors of these two kinds.
struct RankTests: Sendable {
  var replicates: Int
  /// For each quantity.
  var ranks: [[Int]]
  /// The smallest p-value times the number of tests (Bonferroni), at most 1.
  var pValue: Double
  var details: String

  init(_ report: CalibrationReport, draws: Int) {
    ranks = report.entries.map(\.ranks)
    replicates = report.entries[0].ranks.count
    var (smallest, lines) = (1.0, [String]())
    for entry in report.entries {
      // Ranks are uniform on 0...draws; each is placed at the middle of its share of 0...1.
      let places = (0...draws).map { (Double($0) + 0.5) / Double(draws + 1) - 0.5 }
      let moment = { (power: Int) in
        places.reduce(0) { $0 + pow($1, Double(power)) } / Double(draws + 1)
      }
      let (second, fourth) = (moment(2), moment(4))
      let count = Double(entry.ranks.count)
      let mean = entry.ranks.reduce(0) { $0 + places[$1] } / count
      let square = entry.ranks.reduce(0) { $0 + places[$1] * places[$1] } / count
      let z = [
        mean / (second / count).squareRoot(),
        (square - second) / ((fourth - second * second) / count).squareRoot(),
      ]
      let pValues = [entry.pValue] + z.map { erfc(abs($0) / 2.squareRoot()) }
      smallest = min(smallest, pValues.min()!)
      lines.append(
        "\(entry.name) \(entry.histogram) p \(entry.pValue), z of mean \(z[0]), of spread \(z[1])")
    }
    pValue = min(1, smallest * Double(3 * report.entries.count))
    details = lines.joined(separator: "\n")
  }
}

/// What was drawn together: numbers, and data given them.
struct Simulated<Data: Sendable>: Sendable {
  var values: [Double]
  var data: Data?
}

/// A model with a simulator of its own, which uses the distributions' samplers and no context.
struct CalibratedModel<Data: Sendable>: Sendable {
  typealias Sampler = @Sendable (Data, _ draws: Int, RandomKey) throws -> [[Double]]

  let name: String
  let quantities: [String]
  /// Draws the quantities and the data.
  let simulate: @Sendable (inout RandomStream) -> ([Double], Data)

  /// The cell of a method that gives so many draws of the quantities.
  func cell(
    _ method: String, short: Bool = false, _ sampler: @escaping Sampler
  ) -> CalibrationCell {
    let model = self
    return CalibrationCell(model: name, method: method, isShort: short) { test, key, pool in
      let report = try test.run(
        model.quantities.enumerated().map { index, name in
          TestQuantity<Simulated<Data>, Data>(name) { draw, _ in draw.values[index] }
        },
        prior: { random in
          let (values, data) = model.simulate(&random)
          return Simulated(values: values, data: data)
        },
        data: { truth, _ in truth.data! },
        posterior: { data, key in
          try sampler(data, test.draws, key).map { Simulated(values: $0, data: nil) }
        }, key: key, pool: pool)
      return RankTests(report, draws: test.draws)
    }
  }
}

extension Posterior {
  /// So many particles, drawn with replacement by their weights.
  func pick(_ count: Int, _ key: RandomKey) -> [Particle<Value>] {
    var stream = key.child("pick").stream()
    var cumulated: [Double] = []
    var total = 0.0
    for particle in particles {
      total += exp(particle.logWeight)
      cumulated.append(total)
    }
    return (0..<count).map { _ in
      let target = stream.uniform() * total
      return particles[cumulated.firstIndex { $0 > target } ?? particles.count - 1]
    }
  }
}

/// A sequential program with numbers to look at.
protocol CalibratedProgram: SequentialModel {
  /// Gives a value to each variable that is looked at.
  func quantities(_ p: inout some ProbabilisticContext) -> [Double]
}

extension Posterior where Value: CalibratedProgram {
  /// Draws of the quantities; variables without a value are drawn from their particle's graph.
  func quantities(_ count: Int, _ key: RandomKey) -> [[Double]] {
    pick(count, key).enumerated().map { index, particle in
      particle.value.quantities(particle.graph, key.child("draw", index))
    }
  }
}

extension CalibratedProgram {
  func quantities(_ graph: DelayedGraph, _ key: RandomKey) -> [Double] {
    var context = DelayedContext(
      graph: graph, work: Workspace(stream: key.stream()), delays: true)
    return quantities(&context)
  }
}

extension CalibrationCell {
  /// The table: a row for each model, a column for each method.
  static func table(_ results: [(cell: CalibrationCell, tests: RankTests)]) -> String {
    var (models, methods) = ([String](), [String]())
    for (cell, _) in results {
      if !models.contains(cell.model) { models.append(cell.model) }
      if !methods.contains(cell.method) { methods.append(cell.method) }
    }
    var lines: [String] = []
    for method in methods {
      var line = "\(method):"
      for (cell, tests) in results where cell.method == method {
        line += " \(cell.model) \(shortened(tests.pValue)) (\(tests.replicates));"
      }
      lines.append(line)
    }
    lines.append(
      "\(results.count) cells, \(models.count) models, \(methods.count) methods; smallest p "
        + shortened(results.map(\.tests.pValue).min() ?? 1))
    return lines.joined(separator: "\n")
  }

  /// Three digits behind the point, or the power of ten.
  static func shortened(_ p: Double) -> String {
    p >= 0.001 ? "\((p * 1000).rounded() / 1000)" : "\(p)"
  }
}
