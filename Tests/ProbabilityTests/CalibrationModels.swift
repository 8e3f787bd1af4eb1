import Glibc
import Parallel
import Probability
import Randomness

/// A model with its own simulator, and a sampler under test.
struct CalibrationCase: Sendable, CustomStringConvertible {
  let description: String
  let run:
    @Sendable (SimulationBasedCalibration, RandomKey, WorkerPool?) throws -> CalibrationReport
}

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

enum CalibrationCases {
  static func parts(_ count: Int) -> [TestQuantity<[Double], [Double]>] {
    (0..<count).map { index in TestQuantity("\(index)") { draw, _ in draw[index] } }
  }

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

  static let all: [CalibrationCase] = [
    CalibrationCase(description: "normal mean, random walk") { test, key, pool in
      try test.run(
        [TestQuantity<Double, [Double]>("mean") { mean, _ in mean }],
        prior: { normal(0, 2, &$0) },
        data: { mean, random in
          (0..<3).map { _ in normal(mean, 1.5.squareRoot(), &random) }
        },
        posterior: { data, key in
          try metropolis(test.draws, thinning: 5).run(NormalMean(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "rate and bias, block of random walks") { test, key, pool in
      try test.run(
        [
          TestQuantity<[Double], [Int]>("bias") { draw, _ in draw[0] },
          TestQuantity("rate") { draw, _ in draw[1] },
        ],
        prior: { [Beta(2, 3).sample(&$0), Gamma(shape: 2, rate: 1).sample(&$0)] },
        data: { draw, random in
          [
            Binomial(count: 6, probability: draw[0]).sample(&random),
            Poisson(draw[1]).sample(&random),
          ]
        },
        posterior: { data, key in
          let sampler = metropolis(test.draws, thinning: 12, [.block(["bias", "rate"])])
          return try sampler.run(RateAndBias(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "one mean or two, choices come and go") { test, key, pool in
      try test.run(
        [
          TestQuantity<(parts: Int, mean: Double), [Double]>("parts") { draw, _ in
            Double(draw.parts)
          },
          TestQuantity("mean") { draw, _ in draw.mean },
        ],
        prior: { (random: inout RandomStream) in
          let parts = random.uniform() < 0.4 ? 2 : 1
          return (parts, normal(0, 3, &random))
        },
        data: { draw, random in
          let other = draw.parts == 2 ? normal(0, 3, &random) : draw.mean
          return (0..<4).map { normal($0 % 2 == 0 ? draw.mean : other, 1, &random) }
        },
        posterior: { data, key in
          let moves: [MetropolisHastings.Move] = [
            .singleSite(steps: 3), .block(["split"]), .block(["mean"], .prior),
          ]
          return try metropolis(test.draws, thinning: 25, moves)
            .run(OneOrTwo(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "hidden chain, finite") { test, key, pool in
      try test.run(
        [
          TestQuantity<[Int], [Double]>("last") { draw, _ in Double(draw[2]) },
          TestQuantity("sum") { draw, _ in Double(draw.reduce(0, +)) },
        ],
        prior: { random in
          var state = Categorical([0.5, 0.5]).sample(&random)
          return (0..<3).map { _ in
            state = Categorical(HiddenChain.moves[state]).sample(&random)
            return state
          }
        },
        data: { path, random in path.map { normal(HiddenChain.means[$0], 1, &random) } },
        posterior: { data, key in
          try metropolis(test.draws, thinning: 10).run(HiddenChain(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "mean and variance, prior and walks") { test, key, pool in
      try test.run(
        parts(2),
        prior: { random in
          let variance = InverseGamma(shape: 3, scale: 2).sample(&random)
          return [variance, normal(1, (2 * variance).squareRoot(), &random)]
        },
        data: { draw, random in (0..<3).map { _ in normal(draw[1], sqrt(draw[0]), &random) } },
        posterior: { data, key in
          let moves: [MetropolisHastings.Move] = [.singleSite(), .block(["mean", "variance"])]
          return try metropolis(test.draws, thinning: 8, moves)
            .run(UnknownSpread(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "regression, NUTS") { test, key, pool in
      try test.run(
        parts(3),
        prior: { random in
          let t = StudentT(degreesOfFreedom: 5, location: 0, scale: 1).sample(&random)
          return [normal(0, 1, &random), t, exp(normal(0, 0.5, &random))]
        },
        data: { draw, random in
          Regression.inputs.map { normal(draw[0] + draw[1] * $0, draw[2], &random) }
        },
        posterior: { data, key in
          try hamiltonian(test.draws).run(Regression(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "groups, NUTS") { test, key, pool in
      try test.run(
        parts(3),
        prior: { random in
          let (center, spread) = (normal(0, 2, &random), abs(normal(0, 1, &random)))
          return [center, spread, normal(center, spread, &random)]
        },
        data: { draw, random in
          let others = (0..<2).map { _ in normal(draw[0], draw[1], &random) }
          return ([draw[2]] + others).map { normal($0, 1, &random) }
        },
        posterior: { data, key in
          try hamiltonian(test.draws).run(Groups(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "logistic regression, NUTS") { test, key, pool in
      try test.run(
        [
          TestQuantity<[Double], [Bool]>("level") { draw, _ in draw[0] },
          TestQuantity("slope") { draw, _ in draw[1] },
        ],
        prior: {
          [
            Logistic(location: 0, scale: 1).sample(&$0), Laplace(location: 0, scale: 1).sample(&$0),
          ]
        },
        data: { draw, random in
          LogisticRegression.inputs.map { x in
            random.uniform() < 1 / (1 + exp(-draw[0] - draw[1] * x))
          }
        },
        posterior: { data, key in
          try hamiltonian(test.draws).run(LogisticRegression(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "ordered mixture, NUTS") { test, key, pool in
      try test.run(
        parts(3),
        prior: { random in
          [Beta(2, 3).sample(&random)]
            + [normal(0, 2, &random), normal(0, 2, &random)].sorted()
        },
        data: { draw, random in
          (0..<4).map { _ in normal(draw[random.uniform() < draw[0] ? 1 : 2], 1, &random) }
        },
        posterior: { data, key in
          try hamiltonian(test.draws).run(OrderedMixture(data: data), key: key).draws
        }, key: key, pool: pool)
    },
    CalibrationCase(description: "counts and choices, HMC of fixed length") { test, key, pool in
      try test.run(
        (0..<4).map { index in
          TestQuantity<[Double], [Int]>("\(index)") { draw, _ in draw[index] }
        },
        prior: { random in
          [Gamma(shape: 3, rate: 1).sample(&random), 1 + 3 * random.uniform()]
            + Dirichlet([1, 2, 3]).sample(&random)
        },
        data: { draw, random in
          let chance = draw[1] / (draw[1] + draw[0])
          let counts = (0..<3).map { _ in
            NegativeBinomial(successes: draw[1], probability: chance).sample(&random)
          }
          let choice = Categorical(weights: Array(draw[2...]))
          return counts + (0..<4).map { _ in choice.sample(&random) }
        },
        posterior: { data, key in
          var sampler = hamiltonian(test.draws)
          sampler.trajectory = .fixed(length: .pi / 2)
          return try sampler.run(CountsAndChoices(data: data), key: key).draws
        }, key: key, pool: pool)
    },
  ]
}
