import Foundation
import Probability

/// x[0] ~ N(0, p0), x[t] ~ N(a x[t-1], q), y[t] ~ N(c x[t], r).
struct LinearGaussian: SequentialModel {
  var a = 0.9
  var c = 1.0
  var q = 1.0
  var r = 0.25
  var p0 = 1 / (1 - 0.81)
  /// Which way of writing the same mean.
  var form = 0
  var x = Random<Double>()

  static let informative = LinearGaussian(a: 0.8, c: 10, q: 1, r: 0.01, p0: 1)

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(t == 0 ? Normal(Affine(0), variance: p0) : Normal(a * x, variance: q))
    switch form {
    case 0: p.observe(y, Normal(c * x, variance: r))
    case 1: p.observe(y, Normal(x * c, variance: r))
    case 2: p.observe(y, Normal(x / (1 / c), variance: r))
    case 3: p.observe(y, Normal(-(-c * x), variance: r))
    case 4: p.observe(y + 1, Normal(1 + c * x, variance: r))
    case 5: p.observe(y - 1, Normal(x * c - 1, variance: r))
    case 6: p.observe(y, Normal((c - 1) * x + x, variance: r))
    default: p.observe(y, Normal(0.5 * (x * c + (x * c - 2)) + 1, variance: r))
    }
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

enum TestData {
  /// Printed by `Data/linear_gaussian.py`.
  static func linearGaussian(_ name: String) throws -> [Double] {
    let series = try JSONDecoder().decode(
      [String: [Double]].self, from: contents("linear_gaussian.json"))
    return series[name] ?? []
  }

  static func contents(_ name: String) throws -> Data {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    return try Data(contentsOf: folder.appendingPathComponent("Data/\(name)"))
  }
}
