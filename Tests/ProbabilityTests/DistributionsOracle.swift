import Foundation
import Probability

/// A row of a table that Oracles/generate.py wrote.
struct OracleRow: CustomStringConvertible {
  let name: String
  let function: String
  let parameters: [Double]
  let x: Double
  let expected: Double

  var description: String { "\(name) \(function) \(parameters) at \(x)" }

  /// All rows of a table.
  static func table(_ file: String) throws -> [OracleRow] {
    let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Oracles").appendingPathComponent(file)
    let text = try String(contentsOf: url, encoding: .utf8)
    return text.split(separator: "\n").map { line in
      let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      return OracleRow(
        name: fields[0], function: fields[1],
        parameters: fields[2].split(separator: " ").map { Double(String($0))! },
        x: Double(fields[3])!, expected: Double(fields[4])!)
    }
  }

  /// The error as a share of what `relative` and `absolute` allow; at most 1 is right.
  func error(of value: Double, relative: Double, absolute: Double = 0) -> Double {
    if value == expected { return 0 }
    let share = abs(value - expected) / (relative * abs(expected) + absolute)
    return share.isNaN ? .infinity : share
  }
}

/// The greatest errors of a test, to be printed.
struct WorstError {
  private(set) var error = 0.0
  private(set) var row = ""
  private(set) var count = 0

  mutating func note(_ error: Double, _ row: OracleRow) {
    count += 1
    if error >= self.error { (self.error, self.row) = (error, row.description) }
  }
}

/// The continuous distribution of a row.
func continuousDistribution(_ row: OracleRow) -> (any ContinuousDistribution)? {
  let p = row.parameters
  switch row.name {
  case "Normal": return Normal(p[0], variance: p[1])
  case "LogNormal": return LogNormal(p[0], variance: p[1])
  case "Gamma": return Gamma(shape: p[0], rate: p[1])
  case "InverseGamma": return InverseGamma(shape: p[0], scale: p[1])
  case "Exponential": return Exponential(rate: p[0])
  case "Uniform": return Uniform(p[0], p[1])
  case "Beta": return Beta(p[0], p[1])
  case "StudentT": return StudentT(degreesOfFreedom: p[0], location: p[1], scale: p[2])
  case "Laplace": return Laplace(location: p[0], scale: p[1])
  case "Logistic": return Logistic(location: p[0], scale: p[1])
  case "Weibull": return Weibull(shape: p[0], scale: p[1])
  case "Pareto": return Pareto(shape: p[0], minimum: p[1])
  case "Lomax": return Lomax(shape: p[0], scale: p[1])
  case "TruncatedNormal": return TruncatedNormal(p[0], variance: p[1], interval: p[2]...p[3])
  case "NormalMixture":
    let components = [Normal(p[1], variance: p[2]), Normal(p[3], variance: p[4])]
    return Mixture(components, weights: [p[0], 1 - p[0]])
  default: return nil
  }
}

/// The discrete distribution of a row.
func discreteDistribution(_ row: OracleRow) -> (any DiscreteDistribution)? {
  let p = row.parameters
  switch row.name {
  case "Binomial": return Binomial(count: Int(p[0]), probability: p[1])
  case "NegativeBinomial": return NegativeBinomial(successes: p[0], probability: p[1])
  case "Geometric": return Geometric(p[0])
  case "Poisson": return Poisson(p[0])
  case "BetaBinomial": return BetaBinomial(count: Int(p[0]), alpha: p[1], beta: p[2])
  case "BetaNegativeBinomial":
    return BetaNegativeBinomial(successes: p[0], alpha: p[1], beta: p[2])
  case "UniformInteger": return UniformInteger(Int(p[0]), Int(p[1]))
  case "PitmanYor":
    return PitmanYor(
      discount: p[0], concentration: p[1], counts: p.dropFirst(2).map { Int($0) })
  case "ChineseRestaurant":
    return ChineseRestaurant(concentration: p[0], counts: p.dropFirst().map { Int($0) })
  case "Categorical": return Categorical(p)
  case "TokenLogits": return TokenLogits(p.map { Float($0) })
  case "PoissonMixture":
    return Mixture([Poisson(p[1]), Poisson(p[2])], weights: [p[0], 1 - p[0]])
  default: return nil
  }
}
