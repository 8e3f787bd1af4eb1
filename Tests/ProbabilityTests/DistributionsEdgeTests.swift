import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// The ends of supports, values outside them, and what formulas cannot take.
@Suite struct DistributionsEdgeTests {
  private let infinity = Double.infinity

  private func continuous() -> [any ContinuousDistribution] {
    [
      Normal(1, variance: 4), LogNormal(0, variance: 1), Gamma(shape: 0.5, rate: 2),
      Gamma(shape: 1, rate: 2), Gamma(shape: 3, rate: 2), InverseGamma(shape: 2, scale: 1),
      Exponential(rate: 2), Uniform(-1, 3), Beta(0.5, 2), Beta(1, 1), Beta(3, 0.5),
      StudentT(degreesOfFreedom: 3, location: 0, scale: 1), Laplace(location: 0, scale: 1),
      Logistic(location: 0, scale: 1), Weibull(shape: 0.5, scale: 1), Weibull(shape: 1, scale: 2),
      Weibull(shape: 2, scale: 1), Pareto(shape: 2, minimum: 3), Lomax(shape: 2, scale: 3),
      TruncatedNormal(0, variance: 1, interval: -1...2),
      TruncatedNormal(0, variance: 1, interval: 7 ... .infinity),
      Mixture([Gamma(shape: 2, rate: 1), Gamma(shape: 5, rate: 9)], weights: [0.2, 0.8]),
    ]
  }

  @Test func outsideTheSupportThereIsNothing() {
    for distribution in continuous() {
      let (low, high) = (distribution.support.lowerBound, distribution.support.upperBound)
      #expect(distribution.logCDF(low) == -infinity, "\(distribution)")
      #expect(distribution.logSurvival(low) == 0, "\(distribution)")
      #expect(distribution.logCDF(high) == 0, "\(distribution)")
      #expect(distribution.logSurvival(high) == -infinity, "\(distribution)")
      #expect(distribution.quantile(0) == low, "\(distribution)")
      #expect(distribution.quantile(1) == high, "\(distribution)")
      for p in [-0.1, 1.1, .nan] { #expect(distribution.quantile(p).isNaN, "\(distribution)") }
      #expect(distribution.logDensity(.nan).isNaN, "\(distribution)")
      for x in [-infinity, infinity] {
        #expect(distribution.logDensity(x) == -infinity, "\(distribution) at \(x)")
      }
      for x in [low - 1, high + 1] where x.isFinite {
        #expect(distribution.logDensity(x) == -infinity, "\(distribution) at \(x)")
        #expect(distribution.logDensityGradient(x).isNaN, "\(distribution) at \(x)")
        #expect(distribution.logCDF(x) == (x < low ? -infinity : 0), "\(distribution) at \(x)")
        #expect(distribution.logSurvival(x) == (x < low ? 0 : -infinity), "\(distribution) at \(x)")
      }
    }
  }

  @Test func densitiesAtTheEnds() {
    #expect(Gamma(shape: 0.5, rate: 2).logDensity(0) == infinity)
    #expect(Gamma(shape: 1, rate: 2).logDensity(0) == log(2))
    #expect(Gamma(shape: 3, rate: 2).logDensity(0) == -infinity)
    #expect(InverseGamma(shape: 3, scale: 2).logDensity(0) == -infinity)
    #expect(LogNormal(0, variance: 1).logDensity(0) == -infinity)
    #expect(Exponential(rate: 2).logDensity(0) == log(2))
    #expect(Weibull(shape: 0.5, scale: 2).logDensity(0) == infinity)
    #expect(Weibull(shape: 1, scale: 2).logDensity(0) == -log(2))
    #expect(Weibull(shape: 2, scale: 2).logDensity(0) == -infinity)
    #expect(Beta(0.5, 2).logDensity(0) == infinity)
    #expect(Beta(1, 3).logDensity(0) == log(3))
    #expect(Beta(2, 3).logDensity(0) == -infinity)
    #expect(Beta(2, 0.5).logDensity(1) == infinity)
    #expect(Beta(3, 1).logDensity(1) == log(3))
    #expect(Beta(2, 3).logDensity(1) == -infinity)
    #expect(Uniform(1, 3).logDensity(1) == -log(2))
    #expect(Uniform(1, 3).logDensity(3) == -log(2))
    #expect(Pareto(shape: 2, minimum: 4).logDensity(4) == log(0.5))
    #expect(Lomax(shape: 2, scale: 4).logDensity(0) == log(0.5))
    #expect(Dirichlet([2, 1]).logDensity([1, 0]) == log(2))
    #expect(Dirichlet([2, 3]).logDensity([1, 0]) == -infinity)
    #expect(Dirichlet([2, 0.5]).logDensity([1, 0]) == infinity)
    #expect(Dirichlet([2, 3]).logDensity([0.5, 0.6]) == -infinity)
    #expect(Dirichlet([2, 3]).logDensity([1.5, -0.5]) == -infinity)
    let mixture = Mixture([Exponential(rate: 1), Exponential(rate: 3)], weights: [0, 1])
    #expect(mixture.logDensity(0) == log(3))
  }

  @Test func gradientsAtTheEnds() {
    #expect(Gamma(shape: 1, rate: 2).logDensityGradient(0) == -2)
    #expect(Exponential(rate: 2).logDensityGradient(0) == -2)
    #expect(Weibull(shape: 1, scale: 2).logDensityGradient(0) == -0.5)
    #expect(Beta(1, 3).logDensityGradient(0) == -2)
    #expect(Beta(3, 1).logDensityGradient(1) == 2)
    #expect(Laplace(location: 3, scale: 1).logDensityGradient(3).isNaN)
    #expect(Pareto(shape: 2, minimum: 4).logDensityGradient(4) == -0.75)
    #expect(Uniform(0, 1).logDensityGradient(1) == 0)
    #expect(Delta(2).logDensity(2) == 0)
    #expect(Delta(2).logDensity(3) == -infinity)
  }

  private func discrete() -> [any DiscreteDistribution] {
    [
      Binomial(count: 12, probability: 0.3), Binomial(count: 12, probability: 0.0),
      Binomial(count: 12, probability: 1.0), Binomial(count: 0, probability: 0.4),
      NegativeBinomial(successes: 2.5, probability: 0.4),
      NegativeBinomial(successes: 2.5, probability: 1.0), Geometric(0.3), Geometric(1.0),
      Poisson(3), Poisson(0.0), BetaBinomial(count: 9, alpha: 2, beta: 0.5),
      BetaNegativeBinomial(successes: 2, alpha: 9, beta: 1), UniformInteger(-4, 6),
      Categorical([0.25, 0, 0.75]), Delta(4), TokenLogits([0, 1, -.infinity, 2]),
      PitmanYor(discount: 0.2, concentration: 1, counts: [3, 1]),
      Mixture([Poisson(1), Poisson(8)], weights: [0.5, 0.5]),
    ]
  }

  /// Masses sum to the CDF, both tails to 1, and the quantile is where the CDF gets there.
  @Test func tailsAreSumsOfMasses() {
    for distribution in discrete() {
      let (low, high) = (distribution.support.lowerBound, distribution.support.upperBound)
      #expect(distribution.logDensity(low - 1) == -infinity, "\(distribution)")
      #expect(distribution.logCDF(low - 1) == -infinity, "\(distribution)")
      #expect(distribution.logSurvival(low - 1) == 0, "\(distribution)")
      if high < Int.max {
        #expect(distribution.logDensity(high + 1) == -infinity, "\(distribution)")
        #expect(distribution.logCDF(high) == 0, "\(distribution)")
        #expect(distribution.logSurvival(high) == -infinity, "\(distribution)")
      }
      var sum = 0.0
      for x in low...min(high, low + 400) {
        sum += exp(distribution.logDensity(x))
        let lower = exp(distribution.logCDF(x))
        #expect(abs(lower - sum) < 1e-12, "\(distribution) at \(x)")
        #expect(
          abs(lower + exp(distribution.logSurvival(x)) - 1) < 1e-12, "\(distribution) at \(x)")
      }
      #expect(abs(sum - 1) < 1e-9, "\(distribution)")
      for p in [0.0, 0.01, 0.3, 0.5, 0.77, 0.999] {
        let x = distribution.quantile(p)!
        #expect(distribution.logCDF(x) >= log(p) - 1e-12, "\(distribution) at \(p)")
        if x > low {
          #expect(distribution.logCDF(x - 1) < log(p) + 1e-12, "\(distribution) at \(p)")
        }
      }
      #expect(distribution.quantile(1.5) == nil && distribution.quantile(.nan) == nil)
    }
    #expect(Poisson(3).quantile(1) == .max)
    #expect(Binomial(count: 7, probability: 0.5).quantile(1) == 7)
    #expect(Bernoulli(0.0).logDensity(true) == -infinity)
    #expect(Bernoulli(0.0).logDensity(false) == 0)
    #expect(Bernoulli(0.25).logDensity(true) == log(0.25))
    #expect(Bernoulli(0.25).logDensity(false) == log(0.75))
  }

  @Test func specialFunctionsOutsideTheirDomains() {
    for x in [0.0, -1, -2] {
      #expect(Special.digamma(x).isNaN && Special.trigamma(x).isNaN)
      #expect(Special.multivariateLogGamma(x, dimension: 1).isNaN)
    }
    #expect(Special.logIncompleteGamma(-1, 1).lower.isNaN)
    #expect(Special.logIncompleteGamma(1, -1).upper.isNaN)
    #expect(Special.logIncompleteGamma(2, 0) == LogTails(lower: -infinity, upper: 0))
    #expect(Special.logIncompleteGamma(2, infinity) == LogTails(lower: 0, upper: -infinity))
    #expect(Special.logIncompleteBeta(0, 1, 0.5).lower.isNaN)
    #expect(Special.logIncompleteBeta(1, 1, 1.5).lower.isNaN)
    #expect(Special.normalQuantile(1.5).isNaN && Special.normalQuantile(logP: 0.5).isNaN)
    #expect(Special.normalQuantile(0) == -infinity && Special.normalQuantile(1) == infinity)
    #expect(Special.normalQuantile(logP: 0) == infinity)
    #expect(Special.normalQuantile(logP: -infinity) == -infinity)
    #expect(Special.inverseGammaP(-1, 0.5).isNaN && Special.inverseGammaP(1, 2).isNaN)
    #expect(Special.inverseBetaI(1, 0, 0.5).isNaN && Special.inverseBetaI(1, 1, -0.5).isNaN)
    #expect(Special.logBinomialCoefficient(3, 4) == -infinity)
    #expect(Special.logBinomialCoefficient(-1, 0).isNaN)
    #expect(Special.logNormalProbability(from: 1, to: 0).isNaN)
    #expect(Special.logNormalProbability(from: 1, to: 1) == -infinity)
    #expect(Special.logNormalProbability(from: 1e200, to: infinity) == -infinity)
  }

  /// Integer literals make known parameters, also where nothing else says so.
  @Test func integerLiteralsMakeKnownParameters() {
    let normal = Normal(0, variance: 1)
    #expect(abs(normal.logDensity(1) + 0.5 + 0.5 * log(2 * Double.pi)) < 1e-15)
    #expect(Normal(0, deviation: 2).variance == 4)
    let poisson = Poisson(3)
    #expect(abs(poisson.logDensity(0) + 3) < 1e-15)
    let vector = MultivariateNormal([0, 0], covariance: .identity(2))
    #expect(abs(vector.logDensity([0, 0]) + log(2 * Double.pi)) < 1e-15)
    #expect(vector.logDensityGradient([1, 2]) == [-1, -2])
    #expect(Gamma(shape: 2, scale: 4).rate == 0.25)
    #expect(Exponential(scale: 4).rate == 0.25)
  }
}
