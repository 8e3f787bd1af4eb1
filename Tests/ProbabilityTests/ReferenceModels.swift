import Foundation
import Probability

/// A model, data, and its posterior as another program found it.
struct ReferenceProblem: Decodable, Sendable {
  struct Parameter: Decodable, Sendable {
    var name: String
    var mean: Double
    /// The standard error of the mean.
    var meanError: Double
    var deviation: Double
    var deviationError: Double
  }

  /// Names which model.
  var name: String
  /// Where the data is from, if not simulated.
  var title: String?
  var data: ReferenceData
  var parameters: [Parameter]

  /// Those of the file at `path`.
  static func all(in contents: Data) throws -> [ReferenceProblem] {
    try JSONDecoder().decode([ReferenceProblem].self, from: contents)
  }

  var model: (any DifferentiableModel)? {
    switch name {
    case "eight schools": SchoolsReference(data: data)
    case "line": LineReference(data: data)
    case "volumes": VolumesReference(data: data)
    case "regression": RegressionReference(data: data)
    case "autoregression": AutoregressionReference(data: data)
    case "moving average": MovingAverageReference(data: data)
    case "volatility": VolatilityReference(data: data)
    case "hidden states": HiddenStatesReference(data: data)
    case "mixture": MixtureReference(data: data)
    case "process": ProcessReference(data: data)
    case "count process": CountProcessReference(data: data)
    case "trend": TrendReference(data: data)
    default: nil
    }
  }
}

/// The data of all models; each uses its part. Names in the file are those of posteriordb.
struct ReferenceData: Decodable, Sendable {
  var x: [Double]?
  var y: [Double]?
  /// The rows of inputs of a regression.
  var rows: [[Double]]?
  var counts: [Int]?
  /// The errors of estimates.
  var errors: [Double]?
  /// The number of earlier values that an autoregression sees.
  var lags: Int?
  var diam1: [Double]?
  var diam2: [Double]?
  var canopyHeight: [Double]?
  var group: [Double]?
  var weight: [Double]?
  var sigma1: Double?
  var pmualpha: Double?
  var psalpha: Double?
  var pmubeta: Double?
  var psbeta: Double?

  enum CodingKeys: String, CodingKey {
    case x, y, diam1, diam2, group, weight, sigma1, pmualpha, psalpha, pmubeta, psbeta
    case rows = "X"
    case counts = "k"
    case errors = "sigma"
    case lags = "K"
    case canopyHeight = "canopy_height"
  }
}

extension DensityContext {
  /// A real parameter without a prior.
  fileprivate mutating func flat() -> Number {
    let law = Law<Number>.normal(0, deviation: 10)
    let x = assume(law)
    factor(-law.logDensity(x))
    return x
  }

  /// A positive parameter without a prior.
  fileprivate mutating func flatPositive() -> Number {
    let x = assume(.exponential(rate: 1))
    factor(x)
    return x
  }
}

// Each model is that of posteriordb with the same data names, written anew; its posterior there is
// named in Data/posteriordb.py.

struct SchoolsReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let mu = p.assume(.normal(0, deviation: 5))
    let tau = p.assume(.halfCauchy(scale: 5))
    let theta = p.assume(8, .normal(0, deviation: 1)).map { mu + tau * $0 }
    for (effect, (y, error)) in zip(theta, zip(data.y!, data.errors!)) {
      p.observe(y, .normal(effect, deviation: P.Number(error)))
    }
    return theta + [mu, tau]
  }
}

struct LineReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    // The level at the mean input depends on the slope little.
    let (middle, slope) = (p.flat(), p.flat())
    let sigma = p.assume(.halfCauchy(scale: 2.5))
    let center = data.x!.reduce(0, +) / Double(data.x!.count)
    for (x, y) in zip(data.x!, data.y!) {
      p.observe(y, .normal(middle + slope * P.Number(x - center), deviation: sigma))
    }
    return [middle - slope * P.Number(center), slope, sigma]
  }
}

struct VolumesReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let beta = (0..<4).map { _ in p.flat() }
    let sigma = p.flatPositive()
    for index in data.weight!.indices {
      let area = log(data.diam1![index] * data.diam2![index])
      let row = [1, area + log(data.canopyHeight![index]), area, data.group![index]]
      p.observe(log(data.weight![index]), .normal(.dot(row, beta), deviation: sigma))
    }
    return beta + [sigma]
  }
}

struct RegressionReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let beta = p.assume(data.rows![0].count, .normal(0, deviation: 10))
    let sigma = p.assume(.halfNormal(deviation: 10))
    for (row, y) in zip(data.rows!, data.y!) {
      p.observe(y, .normal(.dot(row, beta), deviation: sigma))
    }
    return beta + [sigma]
  }
}

struct AutoregressionReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let (y, lags) = (data.y!, data.lags!)
    let alpha = p.assume(.normal(0, deviation: 10))
    let beta = p.assume(lags, .normal(0, deviation: 10))
    let sigma = p.assume(.halfCauchy(scale: 2.5))
    for t in lags..<y.count {
      let before = (1...lags).map { y[t - $0] }
      p.observe(y[t], .normal(alpha + .dot(before, beta), deviation: sigma))
    }
    return [alpha] + beta + [sigma]
  }
}

struct MovingAverageReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let y = data.y!
    let mu = p.assume(.normal(0, deviation: 10))
    let phi = p.assume(.normal(0, deviation: 2))
    // Chains start where errors do not explode: beyond 1 the density is as small as exp(-1e30), and
    // no change of energy can be told from rounding.
    let theta = p.assume(.normal(0, deviation: 8)) / 4
    let sigma = p.assume(.halfCauchy(scale: 2.5))
    var error = P.Number(y[0]) - (mu + phi * mu)
    p.observe(error, .normal(0, deviation: sigma))
    for t in 1..<y.count {
      error = P.Number(y[t]) - (mu + phi * P.Number(y[t - 1]) + theta * error)
      p.observe(error, .normal(0, deviation: sigma))
    }
    return [mu, phi, theta, sigma]
  }
}

struct VolatilityReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let y = data.y!
    let (mu, alpha0) = (p.flat(), p.flatPositive())
    let alpha1 = p.assume(.uniform(0, 1))
    // Flat over both: the density of the second is 1 / (1 - alpha1).
    let beta1 = p.assume(.uniform(0, 1 - alpha1))
    p.factor(.log(1 - alpha1))
    var variance = P.Number(data.sigma1! * data.sigma1!)
    p.observe(y[0], .normal(mu, deviation: P.Number(data.sigma1!)))
    for t in 1..<y.count {
      let distance = P.Number(y[t - 1]) - mu
      variance = alpha0 + alpha1 * distance * distance + beta1 * variance
      p.observe(y[t], .normal(mu, deviation: .sqrt(variance)))
    }
    return [mu, alpha0, alpha1, beta1]
  }
}

struct HiddenStatesReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let theta = [p.assumeSimplex([1, 1]), p.assumeSimplex([1, 1])]
    let lower = p.flatPositive()
    let mu = [lower, lower + p.flatPositive()]
    p.observe(mu[0], .normal(3, deviation: 1))
    p.observe(mu[1], .normal(10, deviation: 1))
    let logs = theta.map { $0.map { P.Number.log($0) } }
    let laws = mu.map { Law<P.Number>.normal($0, deviation: 1) }
    var forward = laws.map { $0.logDensity(P.Number(data.y![0])) }
    for y in data.y!.dropFirst() {
      let before = forward
      forward = (0..<2).map { k in
        .logSumExp([before[0] + logs[0][k], before[1] + logs[1][k]])
          + laws[k].logDensity(P.Number(y))
      }
    }
    p.factor(.logSumExp(forward))
    return theta[0] + theta[1] + mu
  }
}

struct MixtureReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let mu = p.assumeOrdered(2, .normal(0, deviation: 2))
    let sigma = p.assume(2, .halfNormal(deviation: 2))
    let theta = p.assume(.beta(5, 5))
    let logs = [P.Number.log(theta), .log1p(-theta)]
    let laws = zip(mu, sigma).map { Law<P.Number>.normal($0, deviation: $1) }
    for y in data.y! {
      p.factor(.logSumExp((0..<2).map { logs[$0] + laws[$0].logDensity(P.Number(y)) }))
    }
    return mu + sigma + [theta]
  }
}

/// The Cholesky factor of alpha² exp(−distance² / 2 rho²), with `extra` on the diagonal.
private func factor<Number: RealNumber>(
  _ x: [Double], _ alpha: Number, _ rho: Number, _ extra: Number
) -> [[Number]] {
  var lower: [[Number]] = []
  for i in x.indices {
    var row: [Number] = []
    for j in 0...i {
      let distance = x[i] - x[j]
      var sum =
        alpha * alpha * .exp(Number(-0.5 * distance * distance) / (rho * rho))
        + (i == j ? extra : Number(0))
      for k in 0..<j { sum -= row[k] * (i == j ? row[k] : lower[j][k]) }
      row.append(i == j ? .sqrt(sum) : sum / lower[j][j])
    }
    lower.append(row)
  }
  return lower
}

struct ProcessReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let rho = p.assume(.gamma(shape: 25, rate: 4))
    let alpha = p.assume(.halfNormal(deviation: 2))
    let sigma = p.assume(.halfNormal(deviation: 1))
    let lower = factor(data.x!, alpha, rho, sigma)
    var solved: [P.Number] = []
    for (i, y) in data.y!.enumerated() {
      var rest = P.Number(y)
      for k in 0..<i { rest -= lower[i][k] * solved[k] }
      solved.append(rest / lower[i][i])
      p.factor(-(solved[i] * solved[i]) / 2 - .log(lower[i][i]))
    }
    return [rho, alpha, sigma]
  }
}

struct CountProcessReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let rho = p.assume(.gamma(shape: 25, rate: 4))
    let alpha = p.assume(.halfNormal(deviation: 2))
    let z = p.assume(data.x!.count, .normal(0, deviation: 1))
    let lower = factor(data.x!, alpha, rho, P.Number(1e-10))
    var f: [P.Number] = []
    for (row, count) in zip(lower, data.counts!) {
      var sum = P.Number(0)
      for (entry, z) in zip(row, z) { sum += entry * z }
      f.append(sum)
      p.observe(count, .poisson(logMean: sum))
    }
    return [rho, alpha] + f
  }
}

struct TrendReference: DifferentiableModel {
  let data: ReferenceData
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let middle = p.flat()
    let beta = p.assume(.normal(P.Number(data.pmubeta!), deviation: P.Number(data.psbeta!)))
    let sigma = p.flatPositive()
    let center = data.x!.reduce(0, +) / Double(data.x!.count)
    let alpha = middle - beta * P.Number(center)
    p.observe(alpha, .normal(P.Number(data.pmualpha!), deviation: P.Number(data.psalpha!)))
    for (x, y) in zip(data.x!, data.y!) {
      p.observe(y, .normal(middle + beta * P.Number(x - center), deviation: sigma))
    }
    return [alpha, beta, sigma]
  }
}
