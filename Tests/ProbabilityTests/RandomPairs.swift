import Glibc
import Probability
import Randomness

/// The numbers that a conjugate pair is made of, drawn.
struct PairNumbers: Sendable {
  /// Of the parameter's distribution: shapes, or shape and rate, or mean and variance.
  var (a, b) = (2.5, 1.5)
  /// What the parameter is multiplied by.
  var factor = 2.0
  /// The known parameter of the child.
  var shape = 3.5
  var count = 7

  init(_ random: inout RandomStream) {
    func between(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * random.uniform()
    }
    a = between(3, 6)
    b = between(0.5, 5)
    factor = between(0.3, 3)
    shape = between(0.6, 4)
    count = 1 + Int(random.uniform() * 12)
  }
}

extension ConjugatePair {
  /// The pairs that `all` has, and more, at drawn numbers. The data are drawn from the pair itself.
  static func drawn(_ n: PairNumbers, _ random: inout RandomStream) -> [ConjugatePair] {
    let (a, b) = (n.a, n.b)
    let ofBeta = trials(n).map {
      $0.pair(.unit, { p in p.assume(Beta(a, b)) }, { x, rest in logBeta(x, rest, a, b) })
    }
    let ofGamma = rates(n).map {
      $0.pair(
        .above(0), { p in p.assume(Gamma(shape: a, rate: b)) }, { x, _ in logGamma(x, a, b) })
    }
    let ofInverse = scales(n).map {
      $0.pair(
        .above(0), { p in p.assume(InverseGamma(shape: a, scale: b)) },
        { x, _ in logInverseGamma(x, a, b) })
    }
    let ofNormal = means(n).map {
      $0.pair(
        .reals, { p in p.assume(Normal(a, variance: b)) }, { x, _ in logNormal(x, a, b) })
    }
    var ofPareto = uniform.pair(
      .above(b), { p in p.assume(Pareto(shape: a, minimum: b)) }, { x, _ in logPareto(x, a, b) })
    var pairs = ofBeta + ofGamma + ofInverse + ofNormal
    for index in pairs.indices { pairs[index].drawData(&random) }
    ofPareto.drawData(&random)
    ofPareto.domain = .above(max(b, ofPareto.data.max()!))
    return pairs + [ofPareto]
  }

  private static func logBeta(
    _ x: Double, _ rest: Double, _ a: Double, _ b: Double
  ) -> Double {
    let constant = lgamma(a + b) - lgamma(a) - lgamma(b)
    return (a - 1) * log(x) + (b - 1) * log(rest) + constant
  }

  private static func logWeibull(_ x: Double, _ shape: Double, _ rate: Double) -> Double {
    log(rate * shape) + (shape - 1) * log(x) - rate * pow(x, shape)
  }

  private static func logLaplace(_ x: Double, _ location: Double, _ scale: Double) -> Double {
    -log(2 * scale) - abs(x - location) / scale
  }

  private static func logPareto(_ x: Double, _ shape: Double, _ minimum: Double) -> Double {
    x >= minimum ? log(shape / minimum) - (shape + 1) * log(x / minimum) : -.infinity
  }

  private mutating func drawData(_ random: inout RandomStream) {
    var p = DelayedContext(key: RandomKey(seed: random.next()), delays: false)
    let theta = parent(&p)
    data = (0..<3).map { _ in child(&p, theta) }
  }

  /// A pair but for its parameter.
  private struct Child {
    var name: String
    var observe: @Sendable (inout Context, Random<Double>, Double) -> Void
    var draw: @Sendable (inout Context, Random<Double>) -> Double
    var logLikelihood: @Sendable (_ x: Double, _ theta: Double, _ complement: Double) -> Double

    /// A child of real numbers.
    static func real<D: DelayedDistribution>(
      _ name: String, _ law: @escaping @Sendable (Random<Double>) -> D,
      _ logLikelihood: @escaping @Sendable (Double, Double) -> Double
    ) -> Child where D.Value == Double {
      Child(
        name: name, observe: { $0.observe($2, law($1)) },
        draw: { p, t in
          let x = p.assume(law(t))
          return p.value(x)
        }, logLikelihood: { x, t, _ in logLikelihood(x, t) })
    }

    /// A child of counts.
    static func count<D: DelayedDistribution>(
      _ name: String, _ law: @escaping @Sendable (Random<Double>) -> D,
      _ logLikelihood: @escaping @Sendable (Double, Double, Double) -> Double
    ) -> Child where D.Value == Int {
      Child(
        name: name, observe: { $0.observe(Int($2), law($1)) },
        draw: { p, t in
          let x = p.assume(law(t))
          return Double(p.value(x))
        }, logLikelihood: logLikelihood)
    }

    func pair(
      _ domain: Quadrature.Domain, _ parent: @escaping @Sendable (inout Context) -> Random<Double>,
      _ logPrior: @escaping @Sendable (Double, Double) -> Double
    ) -> ConjugatePair {
      ConjugatePair(
        name: name, domain: domain, logPrior: logPrior, parent: parent, observe: observe,
        child: draw, logLikelihood: logLikelihood, data: [])
    }
  }

  private static func trials(_ n: PairNumbers) -> [Child] {
    let (r, count) = (n.shape, Double(n.count))
    return [
      .count("beta, binomial", { Binomial(count: n.count, probability: $0) }) { x, t, rest in
        let ways = lgamma(count + 1) - lgamma(x + 1) - lgamma(count - x + 1)
        return x * log(t) + (count - x) * log(rest) + ways
      },
      .count("beta, negative binomial", { NegativeBinomial(successes: r, probability: $0) }) {
        x, t, rest in
        let ways = lgamma(x + r) - lgamma(r) - lgamma(x + 1)
        return r * log(t) + x * log(rest) + ways
      },
      .count("beta, geometric", { Geometric($0) }) { x, t, rest in log(t) + x * log(rest) },
    ]
  }

  private static func rates(_ n: PairNumbers) -> [Child] {
    let (f, s) = (n.factor, n.shape)
    return [
      .count("gamma, Poisson", { Poisson(f * $0) }) { x, t, _ in logPoisson(x, f * t) },
      .real("gamma, exponential", { Exponential(rate: f * $0) }) { x, t in log(f * t) - f * t * x },
      .real("gamma, gamma", { Gamma(shape: s, rate: f * $0) }) { x, t in logGamma(x, s, f * t) },
      .real("gamma, inverse gamma", { InverseGamma(shape: s, scale: f * $0) }) { x, t in
        logInverseGamma(x, s, f * t)
      },
      .real("gamma, Weibull", { HazardWeibull(shape: s, rate: f * $0) }) { x, t in
        logWeibull(x, s, f * t)
      },
      .real("gamma, Pareto", { Pareto(shape: f * $0, minimum: s) }) { x, t in logPareto(x, f * t, s)
      },
      .real("gamma, Laplace", { Laplace(location: s, scale: f / $0) }) { x, t in
        logLaplace(x, s, f / t)
      },
      .real("gamma, normal", { Normal(s, variance: f / $0) }) { x, t in logNormal(x, s, f / t) },
    ]
  }

  private static func scales(_ n: PairNumbers) -> [Child] {
    let (f, s) = (n.factor, n.shape)
    return [
      .count("inverse gamma, Poisson", { Poisson(f / $0) }) { x, t, _ in logPoisson(x, f / t) },
      .real("inverse gamma, exponential", { Exponential(rate: f / $0) }) { x, t in
        log(f / t) - f / t * x
      },
      .real("inverse gamma, gamma", { Gamma(shape: s, rate: f / $0) }) { x, t in
        logGamma(x, s, f / t)
      },
      .real("inverse gamma, inverse gamma", { InverseGamma(shape: s, scale: f / $0) }) { x, t in
        logInverseGamma(x, s, f / t)
      },
      .real("inverse gamma, Weibull", { HazardWeibull(shape: s, rate: f / $0) }) { x, t in
        logWeibull(x, s, f / t)
      },
      .real("inverse gamma, Laplace", { Laplace(location: s, scale: f * $0) }) { x, t in
        logLaplace(x, s, f * t)
      },
      .real("inverse gamma, normal", { Normal(s, variance: f * $0) }) { x, t in
        logNormal(x, s, f * t)
      },
    ]
  }

  private static func means(_ n: PairNumbers) -> [Child] {
    let (f, s) = (n.factor, n.shape)
    return [
      .real("normal, normal", { Normal(1 - f * $0, variance: s) }) { x, t in
        logNormal(x, 1 - f * t, s)
      },
      .real("normal, log-normal", { LogNormal(f * $0 - 2, variance: s) }) { x, t in
        logNormal(log(x), f * t - 2, s) - log(x)
      },
    ]
  }

  private static let uniform = Child.real("Pareto, uniform", { Uniform(0, $0) }) { x, t in
    x <= t ? -log(t) : -.infinity
  }
}
