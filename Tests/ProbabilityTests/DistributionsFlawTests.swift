import Probability
import Randomness
import Testing

/// A flawed distribution, and what must be said about it.
private struct Flawed: Sendable {
  let flaw: DistributionFlaw?
  let isSound: Bool
  let expected: String
  /// Log-densities at some values; all NaN.
  let densities: [Double]
  /// A draw that can be NaN.
  let draw: Double?

  init<D: Distribution>(_ distribution: D, _ expected: String, _ values: D.Value...) {
    flaw = distribution.flaw
    isSound = distribution.isSound
    self.expected = expected
    densities = values.map(distribution.logDensity)
    var stream = RandomKey(seed: 5).stream()
    draw = distribution.sample(&stream) as? Double
  }
}

private let square = DenseMatrix(rows: [[2, 1], [1, 2]])
private let indefinite = DenseMatrix(rows: [[1, 2], [2, 1]])
private let asymmetric = DenseMatrix(rows: [[2, 1], [0, 2]])
private let positive = "but must be positive and finite"
private let definite = "but must be symmetric and positive definite"

private func flawedContinuous() -> [Flawed] {
  [
    Flawed(Normal(.nan, variance: 1), "Normal: the mean is nan but must be finite", 0),
    Flawed(Normal(0, variance: 0), "Normal: the variance is 0.0 \(positive)", 0, 1),
    Flawed(Normal(0, variance: -1), "Normal: the variance is -1.0 \(positive)", 0),
    Flawed(Normal(0, deviation: -1), "Normal: the variance is -1.0 \(positive)", 0),
    Flawed(Normal(0, variance: .infinity), "Normal: the variance is inf \(positive)", 0),
    Flawed(
      LogNormal(.infinity, variance: 1), "LogNormal: the mean is inf but must be finite", 1, -1),
    Flawed(LogNormal(0, variance: 0), "LogNormal: the variance is 0.0 \(positive)", 1, 0),
    Flawed(Gamma(shape: 0, rate: 1), "Gamma: the shape is 0.0 \(positive)", 1, 0, -1),
    Flawed(Gamma(shape: 1, rate: -2), "Gamma: the rate is -2.0 \(positive)", 1),
    Flawed(Gamma(shape: 1, scale: 0), "Gamma: the rate is inf \(positive)", 1),
    Flawed(InverseGamma(shape: -1, scale: 1), "InverseGamma: the shape is -1.0 \(positive)", 1, 0),
    Flawed(InverseGamma(shape: 1, scale: .nan), "InverseGamma: the scale is nan \(positive)", 1),
    Flawed(Exponential(rate: 0), "Exponential: the rate is 0.0 \(positive)", 1, -1),
    Flawed(Uniform(.nan, 1), "Uniform: the lower is nan but must be finite", 0),
    Flawed(Uniform(0, .infinity), "Uniform: the upper is inf but must be finite", 0),
    Flawed(
      Uniform(2.0, 1.0), "Uniform: the upper is 1.0 but must be greater than the lower end 2.0", 0),
    Flawed(
      Uniform(-1.5e308, 1.5e308),
      "Uniform: the upper is 1.5e+308 but must be at a finite distance from "
        + "the lower end -1.5e+308",
      0),
    Flawed(Beta(0, 1), "Beta: the alpha is 0.0 \(positive)", 0.5, 0),
    Flawed(Beta(1, .infinity), "Beta: the beta is inf \(positive)", 0.5, 2),
    Flawed(
      StudentT(degreesOfFreedom: 0, location: 0, scale: 1),
      "StudentT: the degreesOfFreedom is 0.0 \(positive)", 0),
    Flawed(
      StudentT(degreesOfFreedom: 1, location: .nan, scale: 1),
      "StudentT: the location is nan but must be finite", 0),
    Flawed(
      StudentT(degreesOfFreedom: 1, location: 0, scale: -1),
      "StudentT: the scale is -1.0 \(positive)", 0),
    Flawed(
      Laplace(location: .infinity, scale: 1), "Laplace: the location is inf but must be finite", 0),
    Flawed(Laplace(location: 0, scale: 0), "Laplace: the scale is 0.0 \(positive)", 0),
    Flawed(
      Logistic(location: .nan, scale: 1), "Logistic: the location is nan but must be finite", 0),
    Flawed(Logistic(location: 0, scale: -3), "Logistic: the scale is -3.0 \(positive)", 0),
    Flawed(Weibull(shape: 0, scale: 1), "Weibull: the shape is 0.0 \(positive)", 1, 0, -1),
    Flawed(Weibull(shape: 1, scale: 0), "Weibull: the scale is 0.0 \(positive)", 1),
    Flawed(Pareto(shape: 0, minimum: 1), "Pareto: the shape is 0.0 \(positive)", 2, 0),
    Flawed(Pareto(shape: 1, minimum: 0), "Pareto: the minimum is 0.0 \(positive)", 2),
    Flawed(Lomax(shape: .nan, scale: 1), "Lomax: the shape is nan \(positive)", 2, -1),
    Flawed(Lomax(shape: 1, scale: 0), "Lomax: the scale is 0.0 \(positive)", 2),
    Flawed(
      TruncatedNormal(.nan, variance: 1, interval: 0...1),
      "TruncatedNormal: the mean is nan but must be finite", 0.5),
    Flawed(
      TruncatedNormal(0, variance: 0, interval: 0...1),
      "TruncatedNormal: the variance is 0.0 \(positive)", 0.5, 2),
    Flawed(
      TruncatedNormal(0, variance: 1, interval: 1...1),
      "TruncatedNormal: the interval is 1.0...1.0 but must be longer than a point", 1),
    Flawed(
      Mixture([Normal(0, variance: 1)], weights: [0.5]),
      "Mixture: the sum of the weights is 0.5 but must be 1", 0),
    Flawed(
      Mixture([Normal(0, variance: 1)], weights: [0.5, 0.5]),
      "Mixture: the number of components is 1 but must be that of the weights, 2", 0),
    Flawed(
      Mixture([Normal(0, variance: 1), Normal(0, variance: -2)], weights: [0.5, 0.5]),
      "Mixture of Normal: the variance of component 1 is -2.0 \(positive)", 0),
  ]
}

private func flawedDiscrete() -> [Flawed] {
  [
    Flawed(Bernoulli(1.5), "Bernoulli: the probability is 1.5 but must be in 0...1", true, false),
    Flawed(Bernoulli(.nan), "Bernoulli: the probability is nan but must be in 0...1", true),
    Flawed(
      Binomial(count: -1, probability: 0.5), "Binomial: the count is -1 but must be at least 0", 0),
    Flawed(
      Binomial(count: 3, probability: -0.1),
      "Binomial: the probability is -0.1 but must be in 0...1", 0, 9),
    Flawed(
      NegativeBinomial(successes: 0, probability: 0.5),
      "NegativeBinomial: the successes is 0.0 \(positive)", 0),
    Flawed(
      NegativeBinomial(successes: 1, probability: 0),
      "NegativeBinomial: the probability is 0.0 but must be in 0...1 and not 0", 0, -1),
    Flawed(Geometric(0), "Geometric: the probability is 0.0 but must be in 0...1 and not 0", 0, -1),
    Flawed(Poisson(-1), "Poisson: the rate is -1.0 but must be at least 0 and finite", 0, -1),
    Flawed(Poisson(.infinity), "Poisson: the rate is inf but must be at least 0 and finite", 0),
    Flawed(Categorical([]), "Categorical: the probabilities is [] but must be not empty", 0),
    Flawed(
      Categorical([1.5, -0.5]), "Categorical: the probabilities[0] is 1.5 but must be in 0...1", 0),
    Flawed(
      Categorical([0.5, 0.25]), "Categorical: the sum of the probabilities is 0.75 but must be 1",
      0, 7),
    Flawed(
      AliasTable(Categorical([0.5, 0.25])),
      "Categorical: the sum of the probabilities is 0.75 but must be 1", 0),
    Flawed(
      Multinomial(count: -2, probabilities: [1]),
      "Multinomial: the count is -2 but must be at least 0", [0]),
    Flawed(
      Multinomial(count: 2, probabilities: [0.5, .nan]),
      "Multinomial: the probabilities[1] is nan but must be in 0...1", [0, 2]),
    Flawed(
      BetaBinomial(count: -1, alpha: 1, beta: 1),
      "BetaBinomial: the count is -1 but must be at least 0", 0),
    Flawed(
      BetaBinomial(count: 1, alpha: 0, beta: 1), "BetaBinomial: the alpha is 0.0 \(positive)", 0),
    Flawed(
      BetaBinomial(count: 1, alpha: 1, beta: .nan), "BetaBinomial: the beta is nan \(positive)", 9),
    Flawed(
      BetaNegativeBinomial(successes: 0, alpha: 1, beta: 1),
      "BetaNegativeBinomial: the successes is 0.0 \(positive)", 0, -1),
    Flawed(
      BetaNegativeBinomial(successes: 1, alpha: -1, beta: 1),
      "BetaNegativeBinomial: the alpha is -1.0 \(positive)", 0),
    Flawed(
      BetaNegativeBinomial(successes: 1, alpha: 1, beta: 0),
      "BetaNegativeBinomial: the beta is 0.0 \(positive)", 0),
    Flawed(
      UniformInteger(3, 2),
      "UniformInteger: the upper is 2 but must be at least the lower end 3", 2, 3),
    Flawed(
      UniformInteger(-1, Int.max),
      "UniformInteger: the upper is \(Int.max) but must be less than 2^63 - 1 above -1", 0),
    Flawed(
      DirichletMultinomial(count: -1, concentration: [1]),
      "DirichletMultinomial: the count is -1 but must be at least 0", [0]),
    Flawed(
      DirichletMultinomial(count: 1, concentration: [1, 0]),
      "DirichletMultinomial: the concentration[1] is 0.0 \(positive)", [0, 1]),
    Flawed(
      PitmanYor(discount: 1, concentration: 1, counts: []),
      "PitmanYor: the discount is 1.0 but must be in 0..<1", 0, 5),
    Flawed(
      PitmanYor(discount: 0.5, concentration: -0.5, counts: [1]),
      "PitmanYor: the concentration is -0.5 but must be greater than -0.5 and finite", 0),
    Flawed(
      PitmanYor(discount: 0.5, concentration: 1, counts: [1, 0]),
      "PitmanYor: the counts[1] is 0 but must be positive", 0),
    Flawed(
      ChineseRestaurant(concentration: 0, counts: [1]),
      "ChineseRestaurant: the concentration is 0.0 \(positive)", 0),
    Flawed(
      ChineseRestaurant(concentration: 1, counts: [-1]),
      "ChineseRestaurant: the counts[0] is -1 but must be positive", 0),
    Flawed(TokenLogits([]), "TokenLogits: the logWeights is [] but must be finite somewhere", 0),
    Flawed(
      TokenLogits([-.infinity]),
      "TokenLogits: the logWeights is -inf but must be finite somewhere", 0),
    Flawed(
      TokenLogits([0, .nan]),
      "TokenLogits: the logWeights[1] is nan but must be less than infinity", 0),
  ]
}

private func flawedMatrices() -> [Flawed] {
  [
    Flawed(Dirichlet([]), "Dirichlet: the concentration is [] but must be not empty", []),
    Flawed(
      Dirichlet([1, -1]), "Dirichlet: the concentration[1] is -1.0 \(positive)", [0.5, 0.5]),
    Flawed(
      MultivariateNormal([0, .nan], covariance: square),
      "MultivariateNormal: the mean[1] is nan but must be finite", [0, 0]),
    Flawed(
      MultivariateNormal([0], covariance: square),
      "MultivariateNormal: the covariance is 2 × 2 but must be 1 × 1", [0]),
    Flawed(
      MultivariateNormal([0, 0], covariance: indefinite),
      "MultivariateNormal: the covariance is [1.0, 2.0, 2.0, 1.0] \(definite)", [0, 0]),
    Flawed(
      MultivariateNormal([0, 0], covariance: asymmetric),
      "MultivariateNormal: the covariance is [2.0, 1.0, 0.0, 2.0] \(definite)", [0, 0]),
    Flawed(
      MultivariateStudentT(degreesOfFreedom: 0, location: [0, 0], scale: square),
      "MultivariateStudentT: the degreesOfFreedom is 0.0 \(positive)", [0, 0]),
    Flawed(
      MultivariateStudentT(degreesOfFreedom: 1, location: [.nan, 0], scale: square),
      "MultivariateStudentT: the location[0] is nan but must be finite", [0, 0]),
    Flawed(
      MultivariateStudentT(degreesOfFreedom: 1, location: [0, 0], scale: indefinite),
      "MultivariateStudentT: the scale is [1.0, 2.0, 2.0, 1.0] \(definite)", [0, 0]),
    Flawed(
      Wishart(degreesOfFreedom: 1, scale: square),
      "Wishart: the degreesOfFreedom is 1.0 but must be greater than 1 and finite", square),
    Flawed(
      Wishart(degreesOfFreedom: 3, scale: indefinite),
      "Wishart: the scale is [1.0, 2.0, 2.0, 1.0] \(definite)", square),
    Flawed(
      InverseWishart(degreesOfFreedom: .nan, scale: square),
      "InverseWishart: the degreesOfFreedom is nan but must be greater than 1 and finite", square),
    Flawed(
      InverseWishart(degreesOfFreedom: 3, scale: DenseMatrix(rows: 0, columns: 0)),
      "InverseWishart: the scale is 0 × 0 but must be not empty", DenseMatrix(rows: 0, columns: 0)),
    Flawed(
      NormalInverseGamma(mean: .nan, precision: 1, shape: 1, scale: 1),
      "NormalInverseGamma: the mean is nan but must be finite",
      MeanAndVariance(mean: 0, variance: 1)),
    Flawed(
      NormalInverseGamma(mean: 0, precision: 0, shape: 1, scale: 1),
      "NormalInverseGamma: the precision is 0.0 \(positive)",
      MeanAndVariance(mean: 0, variance: 1)),
    Flawed(
      NormalInverseGamma(mean: 0, precision: 1, shape: -1, scale: 1),
      "NormalInverseGamma: the shape is -1.0 \(positive)", MeanAndVariance(mean: 0, variance: 1)),
    Flawed(
      NormalInverseGamma(mean: 0, precision: 1, shape: 1, scale: .infinity),
      "NormalInverseGamma: the scale is inf \(positive)", MeanAndVariance(mean: 0, variance: 1)),
    Flawed(
      MatrixNormal(
        DenseMatrix(rows: [[.infinity, 0]]), rowCovariance: .identity(1), columnCovariance: square),
      "MatrixNormal: the mean[0] is inf but must be finite", DenseMatrix(rows: [[0, 0]])),
    Flawed(
      MatrixNormal(
        DenseMatrix(rows: [[0, 0]]), rowCovariance: square, columnCovariance: square),
      "MatrixNormal: the rowCovariance is 2 × 2 but must be 1 × 1", DenseMatrix(rows: [[0, 0]])),
    Flawed(
      MatrixNormal(
        DenseMatrix(rows: [[0, 0]]), rowCovariance: .identity(1), columnCovariance: indefinite),
      "MatrixNormal: the columnCovariance is [1.0, 2.0, 2.0, 1.0] \(definite)",
      DenseMatrix(rows: [[0, 0]])),
    Flawed(
      MatrixNormalInverseWishart(
        mean: DenseMatrix(rows: [[0, 0]]), rowCovariance: .identity(1), degreesOfFreedom: 1,
        scale: square),
      "MatrixNormalInverseWishart: the degreesOfFreedom is 1.0 but must be greater than 1 "
        + "and finite",
      MatrixAndCovariance(matrix: DenseMatrix(rows: [[0, 0]]), covariance: square)),
  ]
}

@Suite struct DistributionsFlawTests {
  @Test func everyFlawIsNamedAndScoresNothing() {
    for flawed in flawedContinuous() + flawedDiscrete() + flawedMatrices() {
      #expect(flawed.flaw?.description == flawed.expected)
      #expect(!flawed.isSound, "\(flawed.expected)")
      #expect(!flawed.densities.contains { !$0.isNaN }, "\(flawed.expected): \(flawed.densities)")
    }
    // A mixture cannot make up values, and draws from a component.
    for flawed in flawedContinuous() where !flawed.expected.hasPrefix("Mixture") {
      #expect(
        flawed.draw?.isNaN == true, "\(flawed.expected): drew \(String(describing: flawed.draw))")
    }
  }

  @Test func boundaryParametersAreNoFlaws() {
    let sound: [any Distribution] = [
      Bernoulli(0.0),
      Bernoulli(1.0),
      Binomial(count: 0, probability: 0.0),
      Poisson(0.0),
      Geometric(1.0),
      NegativeBinomial(successes: 0.1, probability: 1.0),
      UniformInteger(0, Int.max - 1),
      Categorical([0.1, 0.2, 0.7]),
      PitmanYor(discount: 0.5, concentration: 0, counts: []),
      Wishart(degreesOfFreedom: 1.01, scale: square),
      TokenLogits([-.infinity, 3]),
      Delta("any"),
      TruncatedNormal(0, variance: 1, interval: -.infinity ... .infinity),
    ]
    for distribution in sound {
      #expect(distribution.flaw == nil && distribution.isSound, "\(distribution)")
    }
  }

  @Test func flawedTailsAndQuantilesAreUndefined() throws {
    // Each continuous and discrete type of the tables, with its first parameter spoiled.
    var seen: Set<String> = []
    for row in try OracleRow.table("continuous.tsv") where seen.insert(row.name).inserted {
      var spoiled = row.parameters
      spoiled[0] = .nan
      let flawed = OracleRow(
        name: row.name, function: "", parameters: spoiled, x: row.x, expected: 0)
      let distribution = try #require(continuousDistribution(flawed))
      #expect(distribution.flaw != nil, "\(row)")
      #expect(distribution.logDensity(row.x).isNaN, "\(row)")
      #expect(distribution.logCDF(row.x).isNaN, "\(row)")
      #expect(distribution.logSurvival(row.x).isNaN, "\(row)")
      #expect(distribution.quantile(0.5).isNaN, "\(row)")
      #expect(distribution.logDensityGradient(row.x).isNaN, "\(row)")
      _ = distribution.support
    }
    let flawed: [any DiscreteDistribution] = [
      Binomial(count: -1, probability: 0.5), NegativeBinomial(successes: 1, probability: .nan),
      Geometric(.nan), Poisson(.nan), BetaBinomial(count: 1, alpha: .nan, beta: 1),
      BetaNegativeBinomial(successes: .nan, alpha: 1, beta: 1), UniformInteger(1, 0),
      Categorical([.nan]), PitmanYor(discount: .nan, concentration: 1, counts: [1]),
      ChineseRestaurant(concentration: .nan, counts: []), TokenLogits([.nan]),
      Mixture([Poisson(.nan)], weights: [1]),
    ]
    var stream = RandomKey(seed: 1).stream()
    for distribution in flawed {
      #expect(distribution.flaw != nil, "\(distribution)")
      #expect(distribution.logCDF(0).isNaN, "\(distribution)")
      #expect(distribution.logSurvival(0).isNaN, "\(distribution)")
      #expect(distribution.quantile(0.5) == nil, "\(distribution)")
      _ = distribution.support
      _ = distribution.sample(&stream)
    }
  }
}
