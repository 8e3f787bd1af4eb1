import Glibc
import Probability
import Randomness

/// A random parameter and what is observed of it, with the densities written out by hand.
struct ConjugatePair: Sendable {
  typealias Context = DelayedContext

  var name: String
  var domain: Quadrature.Domain
  /// The prior log-density of θ.
  var logPrior: @Sendable (_ theta: Double, _ complement: Double) -> Double
  var parent: @Sendable (inout Context) -> Random<Double>
  /// Observes a number of the child.
  var observe: @Sendable (inout Context, Random<Double>, Double) -> Void
  /// Assumes a child and draws its value.
  var child: @Sendable (inout Context, Random<Double>) -> Double
  /// The log-density of the child's value given θ.
  var logLikelihood: @Sendable (_ x: Double, _ theta: Double, _ complement: Double) -> Double
  var data: [Double]
  /// Whether the variance of θ is finite, for prior and posterior.
  var hasVariance = true
}

extension ConjugatePair {
  static let all: [ConjugatePair] = betas + gammas + inverseGammas + normals + paretos

  private static func logBeta(_ x: Double, _ rest: Double, _ a: Double, _ b: Double) -> Double {
    (a - 1) * log(x) + (b - 1) * log(rest) + lgamma(a + b) - lgamma(a) - lgamma(b)
  }

  static func logGamma(_ x: Double, _ shape: Double, _ rate: Double) -> Double {
    shape * log(rate) + (shape - 1) * log(x) - rate * x - lgamma(shape)
  }

  static func logInverseGamma(_ x: Double, _ shape: Double, _ scale: Double) -> Double {
    shape * log(scale) - (shape + 1) * log(x) - scale / x - lgamma(shape)
  }

  static func logNormal(_ x: Double, _ mean: Double, _ variance: Double) -> Double {
    -0.5 * log(2 * Double.pi * variance) - (x - mean) * (x - mean) / (2 * variance)
  }

  static func logPoisson(_ x: Double, _ rate: Double) -> Double {
    x * log(rate) - rate - lgamma(x + 1)
  }

  private static func beta(
    _ name: String, _ observe: @escaping @Sendable (inout Context, Random<Double>, Double) -> Void,
    _ child: @escaping @Sendable (inout Context, Random<Double>) -> Double, data: [Double],
    _ logLikelihood: @escaping @Sendable (Double, Double, Double) -> Double
  ) -> ConjugatePair {
    ConjugatePair(
      name: "beta, " + name, domain: .unit, logPrior: { logBeta($0, $1, 2.5, 1.5) },
      parent: { $0.assume(Beta(2.5, 1.5)) }, observe: observe, child: child,
      logLikelihood: logLikelihood, data: data)
  }

  static let betas: [ConjugatePair] = [
    beta(
      "Bernoulli", { $0.observe($2 == 1, Bernoulli($1)) },
      { p, t in
        let c = p.assume(Bernoulli(t))
        return p.value(c) ? 1 : 0
      }, data: [1, 0, 1]
    ) { x, t, rest in x == 1 ? log(t) : log(rest) },
    beta(
      "binomial", { $0.observe(Int($2), Binomial(count: 7, probability: $1)) },
      { p, t in
        let c = p.assume(Binomial(count: 7, probability: t))
        return Double(p.value(c))
      }, data: [4, 0, 7]
    ) { x, t, rest in
      x * log(t) + (7 - x) * log(rest) + lgamma(8) - lgamma(x + 1) - lgamma(8 - x)
    },
    beta(
      "negative binomial",
      { $0.observe(Int($2), NegativeBinomial(successes: 2.5, probability: $1)) },
      { p, t in
        let c = p.assume(NegativeBinomial(successes: 2.5, probability: t))
        return Double(p.value(c))
      }, data: [4, 0, 2]
    ) { x, t, rest in
      2.5 * log(t) + x * log(rest) + lgamma(x + 2.5) - lgamma(2.5) - lgamma(x + 1)
    },
    beta(
      "geometric", { $0.observe(Int($2), Geometric($1)) },
      { p, t in
        let c = p.assume(Geometric(t))
        return Double(p.value(c))
      }, data: [3, 0, 1]
    ) { x, t, rest in log(t) + x * log(rest) },
  ]

  private static func gamma(
    _ name: String, _ observe: @escaping @Sendable (inout Context, Random<Double>, Double) -> Void,
    _ child: @escaping @Sendable (inout Context, Random<Double>) -> Double, data: [Double],
    _ logLikelihood: @escaping @Sendable (Double, Double) -> Double
  ) -> ConjugatePair {
    ConjugatePair(
      name: "gamma, " + name, domain: .above(0), logPrior: { t, _ in logGamma(t, 2.5, 1.5) },
      parent: { $0.assume(Gamma(shape: 2.5, rate: 1.5)) }, observe: observe, child: child,
      logLikelihood: { x, t, _ in logLikelihood(x, t) }, data: data)
  }

  static let gammas: [ConjugatePair] = [
    gamma(
      "Poisson", { $0.observe(Int($2), Poisson(2 * $1)) },
      { p, t in
        let c = p.assume(Poisson(t * 2))
        return Double(p.value(c))
      }, data: [4, 0, 3]
    ) { x, t in logPoisson(x, 2 * t) },
    gamma(
      "exponential", { $0.observe($2, Exponential(rate: $1 / 2)) },
      { p, t in
        let c = p.assume(Exponential(rate: 0.5 * t))
        return p.value(c)
      }, data: [0.7, 0, 3]
    ) { x, t in log(t / 2) - x * t / 2 },
    gamma(
      "gamma of known shape", { $0.observe($2, Gamma(shape: 3.5, rate: 2 * $1)) },
      { p, t in
        let c = p.assume(Gamma(shape: 3.5, rate: 2 * t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in logGamma(x, 3.5, 2 * t) },
    gamma(
      "inverse gamma of known shape", { $0.observe($2, InverseGamma(shape: 3.5, scale: 2 * $1)) },
      { p, t in
        let c = p.assume(InverseGamma(shape: 3.5, scale: 2 * t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in logInverseGamma(x, 3.5, 2 * t) },
    gamma(
      "Weibull of known shape", { $0.observe($2, HazardWeibull(shape: 1.7, rate: 2 * $1)) },
      { p, t in
        let c = p.assume(HazardWeibull(shape: 1.7, rate: 2 * t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in log(2 * t * 1.7) + 0.7 * log(x) - 2 * t * pow(x, 1.7) },
    gamma(
      "Pareto shape", { $0.observe($2, Pareto(shape: 2 * $1, minimum: 0.5)) },
      { p, t in
        let c = p.assume(Pareto(shape: 2 * t, minimum: 0.5))
        return p.value(c)
      }, data: [0.7, 0.5, 4]
    ) { x, t in log(2 * t) + 2 * t * log(0.5) - (2 * t + 1) * log(x) },
    gamma(
      "Laplace inverse scale", { $0.observe($2, Laplace(location: 1, scale: 2 / $1)) },
      { p, t in
        let c = p.assume(Laplace(location: 1, scale: 2 / t))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in log(t / 4) - abs(x - 1) * t / 2 },
    gamma(
      "normal precision", { $0.observe($2, Normal(1, variance: 2 / $1)) },
      { p, t in
        let c = p.assume(Normal(1, variance: 2 / t))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in logNormal(x, 1, 2 / t) },
    gamma(
      "log-normal precision", { $0.observe($2, LogNormal(0.3, variance: 1 / $1)) },
      { p, t in
        let c = p.assume(LogNormal(0.3, variance: 1 / t))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in logNormal(log(x), 0.3, 1 / t) - log(x) },
  ]

  private static func inverseGamma(
    _ name: String, _ observe: @escaping @Sendable (inout Context, Random<Double>, Double) -> Void,
    _ child: @escaping @Sendable (inout Context, Random<Double>) -> Double, data: [Double],
    _ logLikelihood: @escaping @Sendable (Double, Double) -> Double
  ) -> ConjugatePair {
    ConjugatePair(
      name: "inverse gamma, " + name, domain: .above(0),
      logPrior: { t, _ in logInverseGamma(t, 4.5, 3.5) },
      parent: { $0.assume(InverseGamma(shape: 4.5, scale: 3.5)) }, observe: observe, child: child,
      logLikelihood: { x, t, _ in logLikelihood(x, t) }, data: data)
  }

  static let inverseGammas: [ConjugatePair] = [
    inverseGamma(
      "normal variance", { $0.observe($2, Normal(1, variance: 2 * $1)) },
      { p, t in
        let c = p.assume(Normal(1, variance: t * 2))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in logNormal(x, 1, 2 * t) },
    inverseGamma(
      "gamma scale", { $0.observe($2, Gamma(shape: 3.5, rate: 2 / $1)) },
      { p, t in
        let c = p.assume(Gamma(shape: 3.5, rate: 2 / t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in logGamma(x, 3.5, 2 / t) },
    inverseGamma(
      "exponential mean", { $0.observe($2, Exponential(rate: 1 / $1)) },
      { p, t in
        let c = p.assume(Exponential(rate: 1 / t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in -log(t) - x / t },
    inverseGamma(
      "Poisson", { $0.observe(Int($2), Poisson(2 / $1)) },
      { p, t in
        let c = p.assume(Poisson(2 / t))
        return Double(p.value(c))
      }, data: [2, 0, 5]
    ) { x, t in logPoisson(x, 2 / t) },
    inverseGamma(
      "inverse gamma", { $0.observe($2, InverseGamma(shape: 2.5, scale: 2 / $1)) },
      { p, t in
        let c = p.assume(InverseGamma(shape: 2.5, scale: 2 / t))
        return p.value(c)
      }, data: [0.7, 2, 0.1]
    ) { x, t in logInverseGamma(x, 2.5, 2 / t) },
    inverseGamma(
      "Laplace scale", { $0.observe($2, Laplace(location: 1, scale: 2 * $1)) },
      { p, t in
        let c = p.assume(Laplace(location: 1, scale: 2 * t))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in -log(4 * t) - abs(x - 1) / (2 * t) },
    inverseGamma(
      "Rayleigh", { $0.observe($2, HazardWeibull(shape: 2, rate: 0.5 / $1)) },
      { p, t in
        let c = p.assume(HazardWeibull(shape: 2, rate: 0.5 / t))
        return p.value(c)
      }, data: [0.7, 3, 1]
    ) { x, t in log(x / t) - x * x / (2 * t) },
  ]

  static let normals: [ConjugatePair] = [
    ConjugatePair(
      name: "normal mean", domain: .reals, logPrior: { t, _ in logNormal(t, 0.5, 2) },
      parent: { $0.assume(Normal(0.5, variance: 2)) },
      observe: { $0.observe($2, Normal(1 - 3 * $1, variance: 0.7)) },
      child: { p, t in
        let c = p.assume(Normal(1 - 3 * t, variance: 0.7))
        return p.value(c)
      },
      logLikelihood: { x, t, _ in logNormal(x, 1 - 3 * t, 0.7) }, data: [0.7, 3, -1]),
    ConjugatePair(
      name: "log-normal mean", domain: .reals, logPrior: { t, _ in logNormal(t, 0.5, 2) },
      parent: { $0.assume(Normal(0.5, variance: 2)) },
      observe: { $0.observe($2, LogNormal(1 - 3 * $1, variance: 0.7)) },
      child: { p, t in
        let c = p.assume(LogNormal(1 - 3 * t, variance: 0.7))
        return p.value(c)
      },
      logLikelihood: { x, t, _ in logNormal(log(x), 1 - 3 * t, 0.7) - log(x) },
      data: [0.7, 3, 0.1]),
  ]

  static let paretos: [ConjugatePair] = [
    ConjugatePair(
      name: "Pareto, uniform", domain: .above(3),
      logPrior: { t, _ in log(2.5) + 2.5 * log(2) - 3.5 * log(t) },
      parent: { $0.assume(Pareto(shape: 2.5, minimum: 2)) },
      observe: { $0.observe($2, Uniform(0, $1)) },
      child: { p, t in
        let c = p.assume(Uniform(0, t))
        return p.value(c)
      },
      logLikelihood: { x, t, _ in x <= t ? -log(t) : -.infinity }, data: [3, 0.2, 2.5])
  ]
}
