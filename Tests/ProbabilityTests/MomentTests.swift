import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// A child of a random parameter θ, with the first two moments that it has given θ.
struct MomentCase: Sendable {
  var name: String
  var moments: @Sendable (inout DelayedContext, Random<Double>) -> (mean: Double, variance: Double)
  /// Mean and variance given θ and 1 − θ, by hand.
  var truth: @Sendable (_ theta: Double, _ rest: Double) -> (mean: Double, variance: Double)

  init<Law: DelayedDistribution>(
    _ name: String, _ law: @escaping @Sendable (Random<Double>) -> Law,
    _ truth: @escaping @Sendable (Double, Double) -> (mean: Double, variance: Double)
  ) where Law.Value: RandomNumber {
    self.name = name
    self.truth = truth
    moments = { p, theta in
      let child = p.assume(law(theta))
      return (p.graph.mean(child), p.graph.variance(child))
    }
  }
}

/// A parent, something observed of it, and children.
struct MomentFamily: Sendable {
  var name: String
  var domain: Quadrature.Domain
  var logPrior: @Sendable (Double, Double) -> Double
  var parent: @Sendable (inout DelayedContext) -> Random<Double>
  var observe: @Sendable (inout DelayedContext, Random<Double>) -> Void
  var logLikelihood: @Sendable (Double, Double) -> Double
  var children: [MomentCase]

  /// The mean of a positive function of θ under the posterior.
  func mean(_ isObserved: Bool, _ function: (Double, Double) -> Double) -> Double {
    func log(_ factor: (Double, Double) -> Double) -> Double {
      Quadrature.moments(domain) { t, rest in
        logPrior(t, rest) + (isObserved ? logLikelihood(t, rest) : 0) + factor(t, rest)
      }.logIntegral
    }
    return exp(log { Glibc.log(function($0, $1)) } - log { _, _ in 0 })
  }

  static let all: [MomentFamily] = [beta, gamma, inverseGamma, pareto]

  static let beta = MomentFamily(
    name: "beta", domain: .unit, logPrior: { 4.5 * log($0) + 1.5 * log($1) },
    parent: { $0.assume(Beta(5.5, 2.5)) },
    observe: { $0.observe(2, Binomial(count: 5, probability: $1)) },
    logLikelihood: { 2 * log($0) + 3 * log($1) },
    children: [
      MomentCase("Bernoulli", { Bernoulli($0) }) { ($0, $0 * $1) },
      MomentCase("binomial", { Binomial(count: 7, probability: $0) }) { (7 * $0, 7 * $0 * $1) },
      MomentCase("negative binomial", { NegativeBinomial(successes: 2.5, probability: $0) }) {
        (2.5 * $1 / $0, 2.5 * $1 / ($0 * $0))
      },
      MomentCase("geometric", { Geometric($0) }) { ($1 / $0, $1 / ($0 * $0)) },
    ])

  /// Of a Weibull variable with P(X > x) = exp(−rate·x^shape).
  static func weibull(_ shape: Double, _ rate: Double) -> (mean: Double, variance: Double) {
    let scale = pow(rate, -1 / shape)
    let mean = scale * tgamma(1 + 1 / shape)
    return (mean, scale * scale * tgamma(1 + 2 / shape) - mean * mean)
  }

  static let gamma = MomentFamily(
    name: "gamma", domain: .above(0), logPrior: { t, _ in 5.5 * log(t) - 2 * t },
    parent: { $0.assume(Gamma(shape: 6.5, rate: 2)) },
    observe: { $0.observe(3, Poisson(1.5 * $1)) },
    logLikelihood: { t, _ in 3 * log(t) - 1.5 * t },
    children: [
      MomentCase("Poisson", { Poisson(2 * $0) }) { t, _ in (2 * t, 2 * t) },
      MomentCase("gamma", { Gamma(shape: 3.5, rate: 2 * $0) }) { t, _ in
        (3.5 / (2 * t), 3.5 / (4 * t * t))
      },
      MomentCase("exponential", { Exponential(rate: $0 / 2) }) { t, _ in (2 / t, 4 / (t * t)) },
      MomentCase("inverse gamma", { InverseGamma(shape: 3.5, scale: 2 * $0) }) { t, _ in
        (2 * t / 2.5, 4 * t * t / (2.5 * 2.5 * 1.5))
      },
      MomentCase("Weibull", { HazardWeibull(shape: 1.7, rate: 2 * $0) }) { t, _ in
        weibull(1.7, 2 * t)
      },
      MomentCase("stretched exponential", { HazardWeibull(shape: 0.8, rate: 3 * $0) }) { t, _ in
        weibull(0.8, 3 * t)
      },
      MomentCase("Laplace", { Laplace(location: 1, scale: 2 / $0) }) { t, _ in
        (1, 8 / (t * t))
      },
      MomentCase("normal of random precision", { Normal(1, variance: 3 / $0) }) { t, _ in
        (1, 3 / t)
      },
    ])

  static let inverseGamma = MomentFamily(
    name: "inverse gamma", domain: .above(0), logPrior: { t, _ in -7.5 * log(t) - 3.5 / t },
    parent: { $0.assume(InverseGamma(shape: 6.5, scale: 3.5)) },
    observe: { $0.observe(0.7, Exponential(rate: 1 / $1)) },
    logLikelihood: { t, _ in -log(t) - 0.7 / t },
    children: [
      MomentCase("Poisson", { Poisson(2 / $0) }) { t, _ in (2 / t, 2 / t) },
      MomentCase("gamma", { Gamma(shape: 3.5, rate: 2 / $0) }) { t, _ in
        (3.5 * t / 2, 3.5 * t * t / 4)
      },
      MomentCase("inverse gamma", { InverseGamma(shape: 3.5, scale: 2 / $0) }) { t, _ in
        (2 / (2.5 * t), 4 / (t * t * 2.5 * 2.5 * 1.5))
      },
      MomentCase("Rayleigh", { HazardWeibull(shape: 2, rate: 0.5 / $0) }) { t, _ in
        weibull(2, 0.5 / t)
      },
      MomentCase("Laplace", { Laplace(location: 1, scale: 2 * $0) }) { t, _ in (1, 8 * t * t) },
      MomentCase("normal", { Normal(1, variance: 3 * $0) }) { t, _ in (1, 3 * t) },
    ])

  static let pareto = MomentFamily(
    name: "Pareto", domain: .above(3), logPrior: { t, _ in -5.5 * log(t) },
    parent: { $0.assume(Pareto(shape: 4.5, minimum: 3)) },
    observe: { $0.observe(2, Uniform(0, $1)) }, logLikelihood: { t, _ in -log(t) },
    children: [
      MomentCase("uniform", { Uniform(0, $0) }) { t, _ in (t / 2, t * t / 12) }
    ])
}

/// What the graph knows of a variable that waits for its parent: by quadrature over the parent,
/// before and after it has seen data, and once it is known.
@Suite struct MomentTests {
  @Test(arguments: MomentFamily.all.map(\.name)) func children(_ name: String) throws {
    let family = try #require(MomentFamily.all.first { $0.name == name })
    for child in family.children {
      for isObserved in [false, true] {
        var p = DelayedContext(key: RandomKey(seed: 9))
        let theta = family.parent(&p)
        if isObserved { family.observe(&p, theta) }
        let moments = child.moments(&p, theta)
        let mean = family.mean(isObserved) { child.truth($0, $1).mean }
        let square = family.mean(isObserved) {
          let given = child.truth($0, $1)
          return given.variance + given.mean * given.mean
        }
        try #require(isClose(moments.mean, mean), "\(child.name)")
        try #require(isClose(moments.variance, square - mean * mean, 1e-8), "\(child.name)")
        #expect(p.report.isExact)
      }
    }
  }

  /// A child that was assumed before its parent got a value.
  @Test(arguments: MomentFamily.all.map(\.name)) func childrenOfKnown(_ name: String) throws {
    let family = try #require(MomentFamily.all.first { $0.name == name })
    var p = DelayedContext(key: RandomKey(seed: 9))
    let theta = family.parent(&p)
    func expect<Law: DelayedDistribution>(
      _ child: String, _ law: (Random<Double>) -> Law
    ) throws where Law.Value: RandomNumber {
      var q = p
      let variable = q.assume(law(theta))
      let value = q.value(theta)
      let truth = try #require(family.children.first { $0.name == child }).truth(value, 1 - value)
      #expect(isClose(q.graph.mean(variable), truth.mean), "\(child)")
      #expect(isClose(q.graph.variance(variable), truth.variance), "\(child)")
    }
    switch name {
    case "beta":
      try expect("binomial") { Binomial(count: 7, probability: $0) }
      try expect("negative binomial") { NegativeBinomial(successes: 2.5, probability: $0) }
    case "gamma":
      try expect("Poisson") { Poisson(2 * $0) }
      try expect("gamma") { Gamma(shape: 3.5, rate: 2 * $0) }
      try expect("Weibull") { HazardWeibull(shape: 1.7, rate: 2 * $0) }
      try expect("Laplace") { Laplace(location: 1, scale: 2 / $0) }
    case "inverse gamma":
      try expect("Rayleigh") { HazardWeibull(shape: 2, rate: 0.5 / $0) }
      try expect("inverse gamma") { InverseGamma(shape: 3.5, scale: 2 / $0) }
    default: try expect("uniform") { Uniform(0, $0) }
    }
  }

  /// Lomax, Student's t and the like where moments are infinite, and just where they are not.
  @Test func momentsThatDoNotExist() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let (flat, middle, steep) = (
      p.assume(Gamma(shape: 1, rate: 2)), p.assume(Gamma(shape: 2, rate: 2)),
      p.assume(Gamma(shape: 3, rate: 2))
    )
    let lomax = [flat, middle, steep].map { p.assume(Exponential(rate: $0)) }
    #expect(p.graph.mean(lomax[0]).isNaN && p.graph.variance(lomax[0]).isNaN)
    #expect(p.graph.mean(lomax[1]) == 2 && p.graph.variance(lomax[1]).isNaN)
    // Lomax of shape 3 and scale 2.
    #expect(isClose(p.graph.mean(lomax[2]), 1) && isClose(p.graph.variance(lomax[2]), 3))
    let laplace = p.assume(Laplace(location: 1, scale: 1 / flat))
    #expect(p.graph.mean(laplace).isNaN && p.graph.variance(laplace).isNaN)
    // A random shape can be below 1.
    let pareto = p.assume(Pareto(shape: steep, minimum: 2))
    #expect(p.graph.mean(pareto).isNaN)
    let rare = p.assume(Beta(1, 2))
    let tries = p.assume(Geometric(rare))
    #expect(p.graph.mean(tries).isNaN)
    let t = p.assume(InverseGamma(shape: 0.5, scale: 1))
    let cauchy = p.assume(Normal(3, variance: t))
    #expect(p.graph.mean(cauchy).isNaN && p.graph.variance(cauchy).isNaN)
    let known = p.value(steep)
    let mean = p.graph.mean(pareto)
    #expect(known > 1 ? isClose(mean, 2 * known / (known - 1)) : mean.isNaN)
  }

  /// The rate of a count that was thinned twice has a gamma law: 2 ~ Poisson(3·0.4·0.7·0.5·λ).
  @Test(arguments: [false, true]) func rateOfAMarginalizedChain(_ isInverted: Bool) {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let rate =
      isInverted
      ? p.assume(InverseGamma(shape: 6.5, scale: 2)) : p.assume(Gamma(shape: 6.5, rate: 2))
    let wait = p.assume(Exponential(rate: isInverted ? 3 / rate : 3 * rate.proportional))
    let n = p.assume(Poisson(isInverted ? 3 / rate : 3 * rate.proportional))
    let k = p.assume(Binomial(count: n, probability: 0.4))
    let m = p.assume(Binomial(count: k, probability: 0.7))
    p.observe(2, Binomial(count: m, probability: 0.5))
    let (shape, scale) = (6.5 + 2, 2 + 3 * 0.4 * 0.7 * 0.5)
    let inverse = scale / (shape - 1)
    #expect(isClose(p.graph.mean(rate), isInverted ? inverse : shape / scale))
    #expect(
      isClose(
        p.graph.variance(rate),
        isInverted ? inverse * inverse / (shape - 2) : shape / (scale * scale)))
    #expect(isClose(p.graph.mean(wait), inverse / 3))
    let square = 2 * scale * scale / ((shape - 1) * (shape - 2)) / 9
    #expect(isClose(p.graph.variance(wait), square - inverse * inverse / 9))
    #expect(p.report.isExact)
  }

  /// A gamma number that is part of a sum, of which a child waits: λ is 5·D, D ~ Beta(3, 4).
  @Test func childOfAShare() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let (first, second) = (
      p.assume(Gamma(shape: 3, rate: 2)), p.assume(Gamma(shape: 4, rate: 2))
    )
    let wait = p.assume(Exponential(rate: first))
    let pull = p.assume(HazardWeibull(shape: 2, rate: first))
    let total = p.assume(Exactly(first + second))
    // A sum of shape 7: 1/total expects 2/6, and 1/D expects 6/2.
    #expect(isClose(p.graph.mean(wait), 1) && isClose(p.graph.variance(wait), 3))
    p.observe(5, Exactly(total + 0.0))
    #expect(isClose(p.graph.mean(wait), 3.0 / 5))
    #expect(isClose(p.graph.variance(wait), 2 * (6 * 5 / (2 * 1)) / 25.0 - 9.0 / 25))
    // E D^(−1/2) = B(2.5, 4)/B(3, 4).
    let root = exp(lgamma(2.5) + lgamma(7) - lgamma(6.5) - lgamma(3))
    let mean = Double.pi.squareRoot() / 2 * root / 5.0.squareRoot()
    #expect(isClose(p.graph.mean(pull), mean))
    #expect(isClose(p.graph.variance(pull), 3.0 / 5 - mean * mean))
  }
}

/// Probabilities of all values of what has finitely many.
@Suite struct ProbabilityListTests {
  /// The probabilities are n·(Dirichlet's), and of the counts those of Dirichlet-multinomial ones.
  @Test func dirichletChildren() throws {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let weights = p.assume(Dirichlet([1.5, 2, 0.5]))
    p.observe(2, Categorical(weights))
    let choice = p.assume(Categorical(weights))
    let truth = [1.5 / 5, 2.0 / 5, 1.5 / 5]
    let listed = p.graph.probabilities(choice)
    #expect(listed.count == 3 && zip(listed, truth).allSatisfy { isClose($0, $1) })
    #expect(isClose(p.graph.mean(choice), 1) && isClose(p.graph.variance(choice), 0.6))
    let counts = p.assume(Multinomial(count: 4, probabilities: weights))
    let (means, variances) = (p.graph.means(counts), p.graph.variances(counts))
    for (index, q) in truth.enumerated() {
      #expect(isClose(means[index], 4 * q))
      // n q (1 − q) (n + A)/(1 + A), A = 5.
      #expect(isClose(variances[index], 4 * q * (1 - q) * 9 / 6))
    }
    #expect(p.report.isExact)
    let known = p.value(weights)
    #expect(zip(p.graph.probabilities(choice), known).allSatisfy { isClose($0, $1) })
    #expect(isClose(p.graph.means(counts)[1], 4 * known[1]))
    #expect(isClose(p.graph.variances(counts)[1], 4 * known[1] * (1 - known[1])))
  }

  /// A component that must get a value, since nothing is conjugate to it, gets its own.
  @Test func componentAsProbability() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let weights = p.assume(Dirichlet([1.5, 2, 0.5]))
    p.observe(true, Bernoulli(weights[1]))
    #expect(isClose(p.logWeight, log(p.value(weights[1]))))
  }

  struct Choosing: Model {
    func run(_ p: inout some ProbabilisticContext) -> (Random<Int>, Random<[Int]>) {
      let weights = p.assume(Dirichlet([1.5, 2, 0.5]))
      p.observe(2, Categorical(weights))
      return (
        p.assume(Categorical(weights)), p.assume(Multinomial(count: 4, probabilities: weights))
      )
    }
  }

  @Test func posteriors() throws {
    let posterior = try ImportanceSampler(particles: 3).run(Choosing(), key: RandomKey(seed: 1))
    let listed = posterior.probabilities { $0.0 }
    #expect(zip(listed, [0.3, 0.4, 0.3]).allSatisfy { isClose($0, $1) } && listed.count == 3)
    #expect(isClose(posterior.marginalMean { $0.0 }, 1))
    #expect(isClose(posterior.marginalVariance { $0.0 }, 0.6))
    let means = posterior.marginalMeans { $0.1 }
    #expect(zip(means, [1.2, 1.6, 1.2]).allSatisfy { isClose($0, $1) } && means.count == 3)
  }

  @Test func successesOfARandomProbability() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let t = p.assume(Beta(2.5, 1.5))
    let n = p.assume(Binomial(count: 4, probability: t))
    let listed = p.graph.probabilities(n)
    #expect(listed.count == 5)
    for (x, probability) in listed.enumerated() {
      let truth = Quadrature.moments(.unit) { t, rest in
        (1.5 + Double(x)) * log(t) + (0.5 + 4 - Double(x)) * log(rest)
          + lgamma(4) - lgamma(2.5) - lgamma(1.5)
      }
      #expect(isClose(probability, [1, 4, 6, 4, 1][x] * exp(truth.logIntegral)))
    }
    let known = p.value(t)
    #expect(isClose(p.graph.probabilities(n)[4], pow(known, 4)))
  }

  /// n ~ Binomial(6, 0.6), k of n, and data of k: all values by enumeration.
  @Test func thinnedCounts() {
    func choose(_ n: Int, _ k: Int) -> Double {
      (0..<max(k, 0)).reduce(1) { $0 * Double(n - $1) / Double($1 + 1) }
    }
    func binomial(_ n: Int, _ p: Double, _ k: Int) -> Double {
      choose(n, k) * pow(p, Double(k)) * pow(1 - p, Double(n - k))
    }
    for isObserved in [false, true] {
      var p = DelayedContext(key: RandomKey(seed: 9))
      let n = p.assume(Binomial(count: 6, probability: 0.6))
      let k = p.assume(Binomial(count: n, probability: 0.3))
      if isObserved { p.observe(1, Binomial(count: k, probability: 0.5)) }
      var (ofN, ofK) = ([Double](repeating: 0, count: 7), [Double](repeating: 0, count: 7))
      for x in 0...6 {
        for y in 0...x {
          let joint =
            binomial(6, 0.6, x) * binomial(x, 0.3, y) * (isObserved ? binomial(y, 0.5, 1) : 1)
          ofN[x] += joint
          ofK[y] += joint
        }
      }
      let total = ofN.reduce(0, +)
      let (listedN, listedK) = (p.graph.probabilities(n), p.graph.probabilities(k))
      #expect(listedN.count == 7 && listedK.count == 7)
      for x in 0..<7 {
        #expect(isClose(listedN[x], ofN[x] / total), "n \(x)")
        #expect(isClose(listedK[x], ofK[x] / total), "k \(x)")
      }
      #expect(p.report.isExact)
    }
  }

  /// Of two Poisson counts whose sum is known, each is binomial.
  @Test func shareOfAKnownTotal() {
    var p = DelayedContext(key: RandomKey(seed: 9))
    let (first, second) = (p.assume(Poisson(2.0)), p.assume(Poisson(3.0)))
    let total = p.assume(Exactly(first + second))
    p.observe(4, Exactly(total + 0))
    let truth = [0.1296, 0.3456, 0.3456, 0.1536, 0.0256]
    let listed = p.graph.probabilities(first)
    #expect(zip(listed, truth).allSatisfy { isClose($0, $1) } && listed.count == 5)
  }

  /// What has infinitely many values ends with a message, and not without one.
  @Test func infinitelyMany() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var p = DelayedContext(key: RandomKey(seed: 9))
      let rate = p.assume(Gamma(shape: 2, rate: 1))
      let count = p.assume(Poisson(rate), at: "the count")
      _ = p.graph.probabilities(count)
    }
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains("the count") && message.contains("infinitely many values"))
  }
}
