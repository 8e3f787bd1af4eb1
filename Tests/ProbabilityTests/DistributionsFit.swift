import Glibc
import Probability
import Randomness
import TestSupport

/// How far draws are from their distribution.
struct Fit {
  /// Pearson's statistic in standard deviations; about normal(0, 1) for a right sampler.
  let chiSquare: Double
  /// √n times the greatest distance between the two CDFs; above 2.2 once in 10 000 times.
  let kolmogorov: Double

  var isGood: Bool { chiSquare < 4 && kolmogorov < 2.3 }

  var description: String {
    "\((chiSquare * 100).rounded() / 100) \((kolmogorov * 100).rounded() / 100)"
  }

  /// Of counts in cells that follow each other.
  init(_ counts: [Int], _ probabilities: [Double]) {
    chiSquare = chiSquareDeviation(counts, probabilities)
    let total = Double(counts.reduce(0, +))
    var distance = 0.0
    var (drawn, expected) = (0.0, 0.0)
    for (count, probability) in zip(counts, probabilities) {
      drawn += Double(count) / total
      expected += probability
      distance = max(distance, abs(drawn - expected))
    }
    kolmogorov = distance * total.squareRoot()
  }

  /// Of `draws` from `draw` in 200 cells of equal probability.
  static func continuous(
    _ target: some ContinuousDistribution, draws: Int, _ draw: () -> Double
  ) -> Fit {
    let cells = 200
    let edges = (1..<cells).map { target.quantile(Double($0) / Double(cells)) }
    var counts = [Int](repeating: 0, count: cells)
    for _ in 0..<draws { counts[cell(of: draw(), edges)] += 1 }
    // Cells between equal edges, as where numbers underflow, are one.
    var merged: [(count: Int, probability: Double)] = []
    for index in 0..<cells {
      if index > 0 && index < cells - 1 && edges[index] == edges[index - 1] {
        merged[merged.count - 1].count += counts[index]
        merged[merged.count - 1].probability += 1 / Double(cells)
      } else {
        merged.append((counts[index], 1 / Double(cells)))
      }
    }
    return Fit(merged.map(\.count), merged.map(\.probability))
  }

  /// Of draws in cells of about equal probability, none less than an integer wide.
  static func discrete(
    _ target: some DiscreteDistribution, draws: Int, _ draw: () -> Int
  ) -> Fit {
    let cells = 200
    var edges: [Int] = []
    for index in 1..<cells {
      let edge = target.quantile(Double(index) / Double(cells))!
      if edge != edges.last && edge < target.support.upperBound { edges.append(edge) }
    }
    var cumulative = edges.map { exp(target.logCDF($0)) }
    cumulative.append(1)
    var probabilities = cumulative
    for index in edges.indices { probabilities[index + 1] -= cumulative[index] }
    var counts = [Int](repeating: 0, count: edges.count + 1)
    for _ in 0..<draws { counts[cell(of: draw(), edges)] += 1 }
    return Fit(counts, probabilities)
  }

  /// The number of edges below `x`.
  private static func cell<Number: Comparable>(of x: Number, _ edges: [Number]) -> Int {
    var low = 0
    var high = edges.count
    while low < high {
      let middle = (low + high) / 2
      if edges[middle] < x { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
