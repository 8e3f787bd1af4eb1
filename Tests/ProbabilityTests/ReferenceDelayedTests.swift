import Foundation
import Probability
import Randomness
import TestSupport
import Testing

/// A row of a regression: its inputs and its output.
struct RegressionRow: Sendable {
  var inputs: [Double]
  var output: Double
}

/// A regression whose coefficients stay random; the noise is given.
struct DelayedRegression: SequentialModel {
  var noise: Double
  var means: [Double]
  var deviations: [Double]
  var beta: [Random<Double>] = []

  mutating func start(_ p: inout some ProbabilisticContext) {
    for (mean, deviation) in zip(means, deviations) {
      beta.append(p.assume(Normal(mean, deviation: deviation)))
    }
  }

  mutating func step(_ t: Int, _ row: RegressionRow, _ p: inout some ProbabilisticContext) {
    var mean = Affine(0)
    for (input, coefficient) in zip(row.inputs, beta) { mean = mean + input * coefficient }
    p.observe(row.output, Normal(mean, variance: noise * noise))
  }

  func visit(_ visitor: inout RandomVisitor) { for variable in beta { visitor.keep(variable) } }
}

/// Eight schools, or any other number, whose effects and their mean stay random.
struct DelayedSchools: SequentialModel {
  var spread: Double
  var mean = Random<Double>()
  var effects: [Random<Double>] = []

  mutating func start(_ p: inout some ProbabilisticContext) {
    mean = p.assume(Normal(0, deviation: 5))
  }

  /// A row holds the standard error of the school's estimate, and that.
  mutating func step(_ t: Int, _ row: RegressionRow, _ p: inout some ProbabilisticContext) {
    effects.append(p.assume(Normal(mean, variance: spread * spread)))
    p.observe(row.output, Normal(effects[t], variance: row.inputs[0] * row.inputs[0]))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(mean)
    for variable in effects { visitor.keep(variable) }
  }
}

/// A family over the logarithm of one scale.
struct ScaleFamily<M: SequentialModel>: ParameterModel {
  /// Of the scale.
  let logDensity: @Sendable (Double) -> Double
  let program: @Sendable (Double) -> M

  func logPrior(_ parameters: [Double]) -> Double {
    logDensity(exp(parameters[0])) + parameters[0]
  }
  /// Where chains begin; the prior may be improper.
  func drawPrior(_ stream: inout RandomStream) -> [Double] { [0.5 * stream.normal()] }
  func make(_ parameters: [Double]) -> M { program(exp(parameters[0])) }
}

/// The models of the reference posteriors that are Gaussian but for one scale: all else stays in
/// the graph, whose evidence is exact, and the scale is moved by Metropolis–Hastings.
@Suite struct ReferenceDelayedTests {
  private func check<M: SequentialModel>(
    _ problem: ReferenceProblem, _ family: ScaleFamily<M>, _ data: [M.Observation],
    scaleIndex: Int, _ variables: (M) -> [Random<Double>]
  ) throws {
    let chain = ParticleMetropolisHastings(
      filter: ParticleFilter(particles: 1), draws: LongTests.areWanted ? 20_000 : 2000, warmup: 400,
      chains: 1, deviations: [0.3], targetAcceptance: 0.44)
    let posterior = try chain.run(family, data: data, key: RandomKey(seed: 61))
    #expect(posterior.report.entries.allSatisfy { $0.forced.isEmpty })
    // For each parameter its mean and variance given the scale, exact, in each draw.
    var moments = problem.parameters.map { _ in [(mean: Double, variance: Double)]() }
    for particle in posterior.particles {
      var draw = variables(particle.value.state).map { variable in
        (mean: particle.graph.mean(variable), variance: particle.graph.variance(variable))
      }
      draw.insert((exp(particle.value.parameters[0]), 0), at: scaleIndex)
      for (index, moment) in draw.enumerated() { moments[index].append(moment) }
    }
    var largest = (0.0, 0.0)
    for (parameter, draws) in zip(problem.parameters, moments) {
      let count = Double(draws.count)
      let mean = draws.reduce(0) { $0 + $1.mean } / count
      let squares = draws.map { $0.variance + ($0.mean - mean) * ($0.mean - mean) }
      let deviation = (squares.reduce(0, +) / count).squareRoot()
      let z = (mean - parameter.mean) / hypot(error(draws.map(\.mean)), parameter.meanError)
      let zDeviation =
        (deviation - parameter.deviation)
        / hypot(error(squares) / (2 * deviation), parameter.deviationError)
      largest = (max(largest.0, abs(z)), max(largest.1, abs(zDeviation)))
      #expect(abs(z) < 4.2, "\(problem.name), \(parameter.name): mean \(mean)")
      #expect(abs(zDeviation) < 4.2, "\(problem.name), \(parameter.name): deviation \(deviation)")
    }
    print(
      "reference, delayed \(problem.title ?? problem.name): largest |z| of means",
      (largest.0 * 100).rounded() / 100, "of deviations", (largest.1 * 100).rounded() / 100,
      "accepted", posterior.acceptanceRates[0])
  }

  /// The standard error of a chain's mean, by 40 batches.
  private func error(_ values: [Double]) -> Double {
    let size = values.count / 40
    let means = (0..<40).map { batch in
      values[batch * size..<(batch + 1) * size].reduce(0, +) / Double(size)
    }
    let center = means.reduce(0, +) / 40
    return (means.reduce(0) { $0 + ($1 - center) * ($1 - center) } / (39 * 40)).squareRoot()
  }

  static let halfCauchy: @Sendable (Double) -> Double = { -log1p($0 * $0 / 6.25) }
  static let names = [
    "eight schools", "line", "volumes", "regression", "autoregression", "trend",
  ]

  @Test(arguments: names) func agrees(_ name: String) throws {
    for problem in try ReferencePosteriorTests.problems() where problem.name == name {
      try check(problem)
    }
  }

  @Test(.enabled(if: ReferencePosteriorTests.posteriordb != nil))
  func agreesWithPosteriordb() throws {
    for problem in try ReferenceProblem.all(in: ReferencePosteriorTests.posteriordb!)
    where Self.names.contains(problem.name) {
      try check(problem)
    }
  }

  private func check(_ problem: ReferenceProblem) throws {
    let data = problem.data
    let y = data.y ?? data.weight!.map { log($0) }
    if problem.name == "eight schools" {
      let rows = zip(data.errors!, y).map { RegressionRow(inputs: [$0], output: $1) }
      let family = ScaleFamily(logDensity: { -log1p($0 * $0 / 25) }) { DelayedSchools(spread: $0) }
      // The scale comes last, after the effects and their mean.
      try check(problem, family, rows, scaleIndex: 9) { $0.effects + [$0.mean] }
      return
    }
    var (prior, wide): (@Sendable (Double) -> Double, Double) = (Self.halfCauchy, 1e4)
    var rows: [RegressionRow] = []
    switch problem.name {
    case "line": rows = zip(data.x!, y).map { RegressionRow(inputs: [1, $0], output: $1) }
    case "volumes":
      prior = { _ in 0 }
      rows = y.indices.map { index in
        let area = log(data.diam1![index] * data.diam2![index])
        return RegressionRow(
          inputs: [1, area + log(data.canopyHeight![index]), area, data.group![index]],
          output: y[index])
      }
    case "regression":
      (prior, wide) = ({ -$0 * $0 / 200 }, 10)
      rows = zip(data.rows!, y).map { RegressionRow(inputs: $0, output: $1) }
    case "autoregression":
      wide = 10
      rows = (data.lags!..<y.count).map { t in
        RegressionRow(inputs: [1] + (1...data.lags!).map { y[t - $0] }, output: y[t])
      }
    default:
      prior = { _ in 0 }
      rows = zip(data.x!, y).map { RegressionRow(inputs: [1, $0], output: $1) }
    }
    let count = rows[0].inputs.count
    let means = data.pmualpha.map { [$0, data.pmubeta!] } ?? [Double](repeating: 0, count: count)
    let deviations =
      data.psalpha.map { [$0, data.psbeta!] } ?? [Double](repeating: wide, count: count)
    let family = ScaleFamily(logDensity: prior) {
      DelayedRegression(noise: $0, means: means, deviations: deviations)
    }
    try check(problem, family, rows, scaleIndex: count) { $0.beta }
  }
}
