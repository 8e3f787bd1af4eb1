import Glibc
import Probability
import Randomness

/// Simulators of the programs with a differentiable density.
extension OneShotCalibration {
  static let regression = CalibratedModel<[Double]>(
    name: "regression", quantities: ["level", "slope", "noise"]
  ) { random in
    let level = random.normal()
    let slope = StudentT(degreesOfFreedom: 5, location: 0, scale: 1).sample(&random)
    let noise = exp(normal(0, 0.5, &random))
    return (
      [level, slope, noise], Regression.inputs.map { normal(level + slope * $0, noise, &random) }
    )
  }

  static let groups = CalibratedModel<[Double]>(
    name: "groups", quantities: ["center", "spread", "first"]
  ) { random in
    let (center, spread) = (normal(0, 2, &random), abs(random.normal()))
    let levels = (0..<3).map { _ in normal(center, spread, &random) }
    return ([center, spread, levels[0]], levels.map { normal($0, 1, &random) })
  }

  static let logistic = CalibratedModel<[Bool]>(
    name: "logistic regression", quantities: ["level", "slope"]
  ) { random in
    let level = Logistic(location: 0, scale: 1).sample(&random)
    let slope = Laplace(location: 0, scale: 1).sample(&random)
    return (
      [level, slope],
      LogisticRegression.inputs.map { random.uniform() < 1 / (1 + exp(-level - slope * $0)) }
    )
  }

  static let mixture = CalibratedModel<[Double]>(
    name: "ordered mixture", quantities: ["weight", "lower", "upper"]
  ) { random in
    let weight = Beta(2, 3).sample(&random)
    let means = [normal(0, 2, &random), normal(0, 2, &random)].sorted()
    return (
      [weight] + means,
      (0..<4).map { _ in normal(means[random.uniform() < weight ? 0 : 1], 1, &random) }
    )
  }

  static let choices = CalibratedModel<[Int]>(
    name: "counts and choices",
    quantities: ["mean", "dispersion", "first weight", "second weight"]
  ) { random in
    let (mean, dispersion) = (
      Gamma(shape: 3, rate: 1).sample(&random), 1 + 3 * random.uniform()
    )
    let weights = Dirichlet([1, 2, 3]).sample(&random)
    let law = NegativeBinomial(
      successes: dispersion, probability: dispersion / (dispersion + mean))
    let counts = (0..<3).map { _ in law.sample(&random) }
    let choice = Categorical(weights: weights)
    return ([mean, dispersion] + weights, counts + (0..<4).map { _ in choice.sample(&random) })
  }
}
