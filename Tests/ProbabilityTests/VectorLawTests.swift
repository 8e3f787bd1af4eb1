import Glibc
import Randomness
import TestSupport
import Testing

@testable import Probability

private let scale = DenseMatrix(rows: [[2, 0.6, -0.3], [0.6, 1, 0.2], [-0.3, 0.2, 0.5]])

/// One law of a vector or matrix with known parameters; what it returns are the free numbers.
private struct Alone: DifferentiableModel {
  enum Kind: CaseIterable { case normal, studentT, dirichlet, wishart, inverseWishart }
  var kind: Kind

  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    switch kind {
    case .normal: p.assume(.normal([1, -2, 0.5], covariance: scale), at: "x")
    case .studentT:
      p.assume(.studentT(degreesOfFreedom: 4, location: [1, -2, 0.5], scale: scale), at: "x")
    case .dirichlet: p.assume(.dirichlet([0.5, 1, 2, 3.5]), at: "x").dropLast()
    case .wishart: p.assume(.wishart(degreesOfFreedom: 4.5, scale: scale), at: "x").lowerTriangle
    case .inverseWishart:
      p.assume(.inverseWishart(degreesOfFreedom: 4.5, scale: scale), at: "x").lowerTriangle
    }
  }

  var coordinates: Int {
    switch kind {
    case .normal, .studentT, .dirichlet: 3
    case .wishart, .inverseWishart: 6
    }
  }

  /// The log-density of the free numbers as the distribution has it.
  func reference(_ x: [Double]) -> Double {
    func symmetric() -> DenseMatrix {
      DenseMatrix(rows: [[x[0], x[1], x[3]], [x[1], x[2], x[4]], [x[3], x[4], x[5]]])
    }
    return switch kind {
    case .normal: MultivariateNormal([1, -2, 0.5], covariance: scale).logDensity(x)
    case .studentT:
      MultivariateStudentT(degreesOfFreedom: 4, location: [1, -2, 0.5], scale: scale)
        .logDensity(x)
    case .dirichlet: Dirichlet([0.5, 1, 2, 3.5]).logDensity(x + [1 - x.reduce(0, +)])
    case .wishart: Wishart(degreesOfFreedom: 4.5, scale: scale).logDensity(symmetric())
    case .inverseWishart:
      InverseWishart(degreesOfFreedom: 4.5, scale: scale).logDensity(symmetric())
    }
  }
}

/// Every law with every parameter a function of other variables, assumed and observed.
private struct Hierarchy: DifferentiableModel {
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let level = p.assume(.normal(0, deviation: 1))
    let spread = p.assume(.gamma(shape: 3, rate: 2))
    let rows = [[1 + spread], [P.Number.sin(level), 2 + level * level]]
    let scale = CovarianceMatrix(rows: rows)
    let x = p.assume(.normal([level, spread], covariance: scale.scaled([spread, 1 + spread])))
    let t = p.assume(
      .studentT(degreesOfFreedom: 1 + spread, location: x, scale: CovarianceMatrix(rows: rows)))
    let weights = p.assume(.dirichlet([spread, .exp(level), 1]))
    let wishart = p.assume(.wishart(degreesOfFreedom: 2 + spread, scale: scale))
    let inverse = p.assume(.inverseWishart(degreesOfFreedom: 1.5 + spread, scale: wishart))
    p.observe([0.4, -0.3], .normal(inverse.factorTimes(t), covariance: wishart))
    p.observe([1.4, -0.3], .studentT(degreesOfFreedom: 3, location: x, scale: inverse))
    p.observe([0.2, 0.3, 0.5], .dirichlet(weights.map { $0 + spread }))
    p.observe(weights, .dirichlet([2, 1 + spread, 3]))
    p.observe(
      DenseMatrix(rows: [[2, 0.5], [0.5, 1]]),
      .inverseWishart(degreesOfFreedom: 3 + spread, scale: scale))
    p.factor(inverse[1, 0] * wishart[0, 1] * 0.1)
    return x
  }
}

@Suite struct VectorLawTests {
  /// The program's density over its coordinates is the distribution's times the Jacobian of the
  /// map, here by differences of what the program returns.
  @Test(arguments: Alone.Kind.allCases)
  private func densityHasTheJacobianOfTheMap(_ kind: Alone.Kind) throws {
    let model = Alone(kind: kind)
    let describe = ProgramDensity(model).describe
    try forAll(20, seed: 1) { random in
      let u = (0..<model.coordinates).map { _ in random.normal() }
      func derivatives(_ index: Int, _ step: Double) -> [Double] {
        var (up, down) = (u, u)
        up[index] += step
        down[index] -= step
        return zip(describe(up), describe(down)).map { ($0 - $1) / (2 * step) }
      }
      let jacobian = DenseMatrix(
        rows: u.indices.map { index in
          zip(derivatives(index, 1e-3), derivatives(index, 2e-3)).map { (4 * $0 - $1) / 3 }
        })
      let square = try #require(Cholesky(jacobian * jacobian.transposed))
      let truth = model.reference(describe(u)) + 0.5 * square.logDeterminant
      let found = try logDensity(of: model, at: u).value
      try #require(abs(found - truth) < 1e-7 * (1 + abs(truth)), "\(found), not \(truth)")
    }
  }

  @Test func parametersCanDependOnOtherVariables() throws {
    try forAll(30, seed: 2) { random in
      let point = (0..<14).map { _ in 0.7 * random.normal() }
      let (value, gradient) = try logDensity(of: Hierarchy(), at: point)
      try #require(value.isFinite)
      for index in point.indices {
        func shifted(_ step: Double) throws -> Double {
          var moved = point
          moved[index] += step
          return try logDensity(of: Hierarchy(), at: moved).value
        }
        let narrow = (try shifted(1e-4) - shifted(-1e-4)) / 2e-4
        let wide = (try shifted(2e-4) - shifted(-2e-4)) / 4e-4
        let truth = (4 * narrow - wide) / 3
        try #require(
          abs(gradient[index] - truth) < 1e-6 * (1 + abs(truth) + 1e-4 * abs(value)),
          "\(index): \(gradient[index]), not \(truth)")
      }
    }
  }

  /// Known and computed matrices are the same, and so are their densities.
  @Test func matricesAreWhatTheyAreMadeOf() throws {
    let rows = (0..<3).map { scale.row($0) }
    let factor = try #require(Cholesky(scale))
    for matrix in [
      CovarianceMatrix<Double>(scale), CovarianceMatrix(rows: rows), CovarianceMatrix(factor),
    ] {
      for i in 0..<3 {
        for j in 0..<3 { #expect(abs(matrix[i, j] - scale[i, j]) < 1e-14) }
      }
    }
    let scaled = CovarianceMatrix<Double>(scale).scaled([2, 0.5, 3])
    #expect(abs(scaled[1, 2] - 0.3) < 1e-14 && abs(scaled[0, 0] - 8) < 1e-14)
    let direct = factor.lower * [1, -2, 0.5]
    for (a, b) in zip(CovarianceMatrix<Double>(scale).factorTimes([1, -2, 0.5]), direct) {
      #expect(abs(a - b) < 1e-14)
    }
  }

  @Test func outsideTheSupportAndFlaws() throws {
    typealias Vectors = VectorLaw<Double>
    #expect(Vectors.dirichlet([1, 2]).logDensity([0.5, 0.6]) == -.infinity)
    #expect(Vectors.dirichlet([1, 2]).logDensity([.nan, 0.5]).isNaN)
    #expect(Vectors.dirichlet([1, 0]).logDensity([0.5, 0.5]).isNaN)
    // Γ(3)/(Γ(1) Γ(2)) and x₁ = 1.
    #expect(abs(Vectors.dirichlet([1, 2]).logDensity([0, 1]) - log(2)) < 1e-15)
    let singular = DenseMatrix(rows: [[1, 2], [2, 1]])
    #expect(Vectors.normal([0, 0], covariance: singular).logDensity([0, 0]).isNaN)
    let negative = CovarianceMatrix<Double>(.identity(2)).scaled([1, -1])
    #expect(Vectors.normal([0, 0], covariance: negative).logDensity([0, 0]).isNaN)
    let t = Vectors.studentT(degreesOfFreedom: -1, location: [0, 0], scale: .identity(2))
    #expect(t.logDensity([0, 0]).isNaN)
    let law = MatrixLaw<Double>.wishart(degreesOfFreedom: 1, scale: .identity(2))
    #expect(law.logDensity(CovarianceMatrix(.identity(2))).isNaN)
    struct Observed: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        p.observe(
          DenseMatrix(rows: [[1, 2], [2, 1]]),
          .wishart(degreesOfFreedom: 3, scale: .identity(2)))
        return []
      }
    }
    #expect(try logDensity(of: Observed(), at: []).value == -.infinity)
  }

  /// The error names the line and the distribution.
  @Test func flawedProgramsAreErrors() {
    struct Flawed: DifferentiableModel {
      var kind: Int
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        switch kind {
        case 0: return p.assumeSimplex([1, -2], at: "x")
        case 1: return p.assume(.dirichlet([1, -p.assume(.exponential(rate: 1))]), at: "x")
        case 2: return p.assume(.normal([.log(-1)], covariance: .identity(1)), at: "x")
        default:
          return p.assume(.wishart(degreesOfFreedom: 0.5, scale: .identity(2)), at: "x")
            .lowerTriangle
        }
      }
    }
    let texts = [
      "x: Dirichlet: the concentration[1] is -2.0 but must be positive and finite",
      "x: Dirichlet: the concentration[1] is ",
      "x: MultivariateNormal: the mean[0] is ",
      "x: Wishart: the degreesOfFreedom is 0.5 but must be greater than 1 and finite",
    ]
    for (kind, text) in texts.enumerated() {
      do {
        _ = try HamiltonianMonteCarlo(draws: 10).run(Flawed(kind: kind), key: RandomKey(seed: 1))
        Issue.record("no error")
      } catch {
        #expect("\(error)".hasPrefix(text), "\(error)")
      }
    }
  }

  /// As a model: the priors are those of the distributions, one choice each.
  @Test(arguments: Alone.Kind.allCases)
  private func programsAreModels(_ kind: Alone.Kind) throws {
    let model = Alone(kind: kind)
    let (numbers, trace) = try Trace.run(DifferentiableProgram(model), key: RandomKey(seed: 4))
    #expect(trace.entries.count == 1)
    #expect(abs(trace.logPrior - model.reference(numbers)) < 1e-10)
  }

  /// Distributions that are no laws: the density over the coordinate has integral 1, and the
  /// program's gradient is that of its density.
  @Test(arguments: 0..<Known.count) private func knownDistributions(_ index: Int) throws {
    let model = Known(index: index)
    var total = 0.0
    for s in stride(from: -6.0, through: 6, by: 0.005) {
      total += exp(try logDensity(of: model, at: [sinh(s)]).value) * cosh(s) * 0.005
    }
    #expect(abs(total - 1) < 1e-9, "\(total)")
    for u in [-2.0, -0.4, 0.3, 1.7] {
      let up = try logDensity(of: model, at: [u + 1e-5]).value
      let down = try logDensity(of: model, at: [u - 1e-5]).value
      let slope = try logDensity(of: model, at: [u]).gradient[0]
      #expect(abs(slope - (up - down) / 2e-5) < 1e-7 * (1 + abs(slope)))
    }
    let (x, trace) = try Trace.run(DifferentiableProgram(model), key: RandomKey(seed: 4))
    #expect(trace.logPrior == model.distribution.logDensity(x[0]))
  }

  /// A vector under a distribution and under the law of the same parameters.
  @Test func knownVectorsHaveTheGradientsOfLaws() throws {
    struct Both: DifferentiableModel {
      var isLaw: Bool
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let z = p.assume(2, .normal(0, deviation: 1))
        let x = [z[0] * z[1], z[1], 0.4]
        if isLaw {
          p.observe(x, .studentT(degreesOfFreedom: 3, location: [1, 0, 2], scale: scale))
        } else {
          p.observe(
            x, MultivariateStudentT(degreesOfFreedom: 3, location: [1, 0, 2], scale: scale))
        }
        return x
      }
    }
    let law = try logDensity(of: Both(isLaw: true), at: [0.3, -1.2])
    let known = try logDensity(of: Both(isLaw: false), at: [0.3, -1.2])
    #expect(abs(law.value - known.value) < 1e-13)
    for (a, b) in zip(law.gradient, known.gradient) { #expect(abs(a - b) < 1e-13) }
  }
}

/// A distribution that is no law, by itself.
private struct Known: DifferentiableModel {
  var index: Int
  static let count = 6

  var distribution: any ContinuousDistribution {
    switch index {
    case 0: TruncatedNormal(1, variance: 4, interval: -0.5...2)
    case 1: TruncatedNormal(1, variance: 4, interval: 0.5 ... .infinity)
    case 2: TruncatedNormal(1, variance: 4, interval: -.infinity...0.5)
    case 3:
      Mixture(
        [Normal(-1, variance: 1), Normal(2, variance: 0.5)], weights: [0.3, 0.7])
    case 4: Pareto(shape: 2, minimum: 1.5)
    default: Lomax(shape: 2.5, scale: 3)
    }
  }

  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    [p.assume(distribution, at: "x")]
  }
}
