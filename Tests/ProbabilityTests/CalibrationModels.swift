import Glibc
import Probability
import Randomness

/// Counts with a conjugate prior each, moved as one block.
struct RateAndBias: Model {
  let data: [Int]
  func run(_ p: inout some ProbabilisticContext) -> [Double] {
    let bias = p.assume(Beta(2, 3), at: "bias")
    let rate = p.assume(Gamma(shape: 2, rate: 1), at: "rate")
    p.observe(data[0], Binomial(count: 6, probability: bias))
    p.observe(data[1], Poisson(rate))
    return [p.value(bias), p.value(rate)]
  }
}

/// Mean and variance unknown.
struct UnknownSpread: Model {
  let data: [Double]
  func run(_ p: inout some ProbabilisticContext) -> [Double] {
    let variance = p.value(p.assume(InverseGamma(shape: 3, scale: 2), at: "variance"))
    let mean = p.value(p.assume(Normal(1, variance: 2 * variance), at: "mean"))
    for y in data { p.observe(y, Normal(mean, variance: variance)) }
    return [variance, mean]
  }
}

struct Regression: DifferentiableModel {
  static let inputs = [-1.0, 0, 0.5, 2]
  let data: [Double]
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let level = p.assume(.normal(0, deviation: 1))
    let slope = p.assume(.studentT(degreesOfFreedom: 5))
    let noise = p.assume(.logNormal(0, deviation: 0.5))
    for (x, y) in zip(Self.inputs, data) {
      p.observe(y, .normal(level + slope * P.Number(x), deviation: noise))
    }
    return [level, slope, noise]
  }
}

struct Groups: DifferentiableModel {
  let data: [Double]
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let center = p.assume(.normal(0, deviation: 2))
    let spread = p.assume(.halfNormal(deviation: 1))
    let z = p.assume(data.count, .normal(0, deviation: 1))
    let levels = z.map { center + spread * $0 }
    for (y, level) in zip(data, levels) { p.observe(y, .normal(level, deviation: 1)) }
    return [center, spread, levels[0]]
  }
}

struct LogisticRegression: DifferentiableModel {
  static let inputs = [-2.0, -1, -0.3, 0.2, 0.8, 1.5]
  let data: [Bool]
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let level = p.assume(.logistic(0, scale: 1))
    let slope = p.assume(.laplace(0, scale: 1))
    for (x, y) in zip(Self.inputs, data) { p.observe(y, logOdds: level + slope * P.Number(x)) }
    return [level, slope]
  }
}

/// Two sorted means with unknown weights, labels summed out.
struct OrderedMixture: DifferentiableModel {
  let data: [Double]
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let weights = p.assumeSimplex([2, 3])
    let means = p.assumeOrdered(2, .normal(0, deviation: 2))
    for y in data {
      let terms = zip(weights, means).map { weight, mean -> P.Number in
        .log(weight) + Law.normal(mean, deviation: 1).logDensity(P.Number(y))
      }
      p.factor(.logSumExp(terms))
    }
    return [weights[0]] + means
  }
}

/// Counts with unknown rate and dispersion, and a choice among three.
struct CountsAndChoices: DifferentiableModel {
  let data: [Int]
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let mean = p.assume(.gamma(shape: 3, rate: 1))
    let dispersion = p.assume(.uniform(1, 4))
    let weights = p.assumeSimplex([1, 2, 3])
    for y in data[..<3] {
      p.observe(y, .negativeBinomial(logMean: .log(mean), dispersion: dispersion))
    }
    for choice in data[3...] { p.factor(.log(weights[choice])) }
    return [mean, dispersion] + weights
  }
}

/// Settings for calibration.
enum CalibrationCases {
  static func metropolis(
    _ draws: Int, thinning: Int, _ moves: [MetropolisHastings.Move] = [.singleSite()]
  ) -> MetropolisHastings {
    MetropolisHastings(draws: draws, warmup: 200, chains: 1, thinning: thinning, moves: moves)
  }

  static func hamiltonian(_ draws: Int) -> HamiltonianMonteCarlo {
    HamiltonianMonteCarlo(draws: draws, warmup: 150, chains: 1, thinning: 3, targetAcceptance: 0.9)
  }

  static func normal(_ mean: Double, _ deviation: Double, _ random: inout RandomStream) -> Double {
    Normal(mean, deviation: deviation).sample(&random)
  }
}
