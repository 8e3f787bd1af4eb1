import Glibc
import Probability
import Randomness
import Testing

/// Distributions that are none, with the rest of their parameters random: with delay on as with
/// delay off the particle has no weight.
@Suite struct FlawedParameterTests {
  struct Case: Sendable {
    var name: String
    var run: @Sendable (inout DelayedContext) -> Void
  }

  static let cases: [Case] = assumed + observed + augmented

  static func share(_ p: inout DelayedContext) -> Random<Double> { p.assume(Beta(2, 1)) }
  static func rate(_ p: inout DelayedContext) -> Random<Double> {
    p.assume(Gamma(shape: 2, rate: 1))
  }
  static func vector(_ p: inout DelayedContext) -> Random<[Double]> {
    p.assume(Dirichlet([1, 1]))
  }
  static func index(_ p: inout DelayedContext) -> Random<Int> {
    p.assume(Categorical([0.5, 0.5]))
  }

  static let assumed = [
    Case(name: "binomial count") { p in
      _ = p.value(p.assume(Binomial(count: -3, probability: share(&p))))
    },
    Case(name: "drawn binomial count") { p in
      _ = p.draw(Binomial(count: -3, probability: share(&p)))
    },
    Case(name: "thinning") { p in
      let n = p.assume(Poisson(5))
      _ = p.value(p.assume(Binomial(count: n, probability: 1.5)))
    },
    Case(name: "thinning of a table") { p in
      let n = p.assume(UniformInteger(0, 4))
      _ = p.value(p.assume(Binomial(count: n, probability: -0.5)))
    },
    Case(name: "negative binomial") { p in
      _ = p.value(p.assume(NegativeBinomial(successes: -2, probability: share(&p))))
    },
    Case(name: "multinomial") { p in
      _ = p.value(p.assume(Multinomial(count: -2, probabilities: vector(&p))))
    },
    Case(name: "gamma shape") { p in _ = p.value(p.assume(Gamma(shape: -1, rate: rate(&p)))) },
    Case(name: "inverse gamma shape") { p in
      _ = p.value(p.assume(InverseGamma(shape: 0, scale: rate(&p))))
    },
    Case(name: "Weibull shape") { p in
      _ = p.value(p.assume(HazardWeibull(shape: -2, rate: rate(&p))))
    },
    Case(name: "Pareto minimum") { p in
      _ = p.value(p.assume(Pareto(shape: rate(&p), minimum: -1)))
    },
    Case(name: "Laplace location") { p in
      _ = p.value(p.assume(Laplace(location: Double.infinity, scale: 1 / rate(&p))))
    },
    Case(name: "Laplace scale") { p in
      _ = p.value(p.assume(Laplace(location: 0, scale: 0 / rate(&p))))
    },
    Case(name: "infinite rate") { p in _ = p.value(p.assume(Poisson(Double.infinity * rate(&p)))) },
    Case(name: "negative rate") { p in _ = p.value(p.assume(Exponential(rate: -1 * rate(&p)))) },
    Case(name: "rows") { p in
      _ = p.value(p.assume(Categorical([[0.8, 0.8], [0.4, 0.1]][index(&p)])))
    },
    Case(name: "probabilities by index") { p in
      _ = p.value(p.assume(Bernoulli([1.5, -0.2][index(&p)])))
    },
    Case(name: "known index") { p in
      let s = index(&p)
      _ = p.value(s)
      _ = p.value(p.assume(Bernoulli([1.5, -0.2][s])))
    },
    Case(name: "probability with a value") { p in
      _ = p.value(p.assume(Bernoulli(p.assume(Normal(7, variance: 0.01)))))
    },
    Case(name: "variance") { p in
      let v = p.assume(InverseGamma(shape: 3, scale: 2))
      _ = p.assume(Normal(0, variance: -1 * v))
    },
    Case(name: "vector's variance") { p in
      let covariance = (-1 / rate(&p)) * DenseMatrix.identity(2)
      _ = p.assume(MultivariateNormal([0.0, 0], covariance: covariance))
    },
  ]

  static let observed = [
    Case(name: "observed binomial count") { p in
      p.observe(0, Binomial(count: -2, probability: share(&p)))
    },
    Case(name: "observed thinning") { p in
      let n = p.assume(Poisson(5))
      p.observe(0, Binomial(count: n, probability: Double.nan))
    },
    Case(name: "observed negative binomial") { p in
      p.observe(0, NegativeBinomial(successes: 0, probability: share(&p)))
    },
    Case(name: "observed multinomial") { p in
      p.observe([0, 0], Multinomial(count: -1, probabilities: vector(&p)))
    },
    Case(name: "observed gamma shape") { p in p.observe(1, Gamma(shape: -1, rate: rate(&p))) },
    Case(name: "observed inverse gamma shape") { p in
      p.observe(-1, InverseGamma(shape: -1, scale: rate(&p)))
    },
    Case(name: "observed Weibull shape") { p in
      p.observe(1, HazardWeibull(shape: -2, rate: rate(&p)))
    },
    Case(name: "observed Pareto minimum") { p in
      p.observe(1, Pareto(shape: rate(&p), minimum: -1))
    },
    Case(name: "observed infinite rate") { p in p.observe(1, Poisson(Double.infinity * rate(&p))) },
    Case(name: "observed rows") { p in
      p.observe(0, Categorical([[0.8, 0.8], [0.4, 0.1]][index(&p)]))
    },
    Case(name: "observed probabilities by index") { p in
      p.observe(true, Bernoulli([1.5, -0.2][index(&p)]))
    },
    Case(name: "observed cases") { p in
      p.observe(1, Switch(index(&p)) { Normal(0, variance: Double($0) - 2) })
    },
  ]

  static let augmented = [
    Case(name: "switching variances") { p in
      let s = index(&p)
      _ = p.assume(SwitchingNormal(s, mean: { _ in Affine(0) }, variance: { Double($0) - 2 }))
    },
    Case(name: "Student's degrees") { p in
      let x = p.assume(Normal(0, variance: 1))
      _ = p.assume(StudentT(degreesOfFreedom: -1, location: x, scale: 1))
    },
    Case(name: "Laplace scale about a normal number") { p in
      let x = p.assume(Normal(0, variance: 1))
      _ = p.assume(Laplace(location: x, scale: -1))
    },
    Case(name: "logistic scale about a normal number") { p in
      p.observe(1, Logistic(location: p.assume(Normal(0, variance: 1)), scale: -1))
    },
  ]

  @Test(arguments: cases.map(\.name), [true, false])
  func hasNoWeight(_ name: String, _ delays: Bool) throws {
    let program = try #require(Self.cases.first { $0.name == name })
    var p = DelayedContext(key: RandomKey(seed: 1), delays: delays)
    program.run(&p)
    #expect(p.logWeight.isNaN)
  }

  /// What the graph is told; distributions with numbers for parameters are asked for less.
  @Test func infiniteVariance() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Normal(0, variance: 1))
    var q = p
    _ = p.draw(Normal(x, variance: Double.infinity))
    q.observe(1, Normal(x, variance: Double.infinity))
    #expect(p.logWeight.isNaN && q.logWeight.isNaN)
  }

  struct FlawedChild: Model {
    func run(_ p: inout some ProbabilisticContext) -> Double {
      let rate = p.assume(Gamma(shape: 2, rate: 1))
      let x = p.assume(Gamma(shape: -1, rate: rate), at: "place")
      return p.value(x)
    }
  }

  @Test func placeAndRequirementOfAChild() throws {
    let error = try #require(throws: InferenceError.self) {
      try ImportanceSampler(particles: 3).run(FlawedChild(), key: RandomKey(seed: 1))
    }
    #expect(
      error.description.hasPrefix(
        "place: Gamma: the shape is -1.0 but must be positive and finite"))
  }
}

/// Numbers at the ends of supports, beyond them, infinite and NaN: the densities with delay on are
/// of the same kind as those with delay off.
@Suite struct UnusualDataTests {
  struct Case: Sendable {
    var name: String
    var observe: @Sendable (inout DelayedContext, Double) -> Void
  }

  static let data = [
    -Double.infinity, -1e300, -1, 0, 0x1p-1030, 1e-300, 1e300, .greatestFiniteMagnitude, .infinity,
    .nan,
  ]

  static func gamma(
    _ name: String,
    _ observe:
      @escaping @Sendable (inout DelayedContext, Double, Random<Double>)
      -> Void
  ) -> Case {
    Case(name: name) { p, x in
      let rate = p.assume(Gamma(shape: 2, rate: 1))
      observe(&p, x, rate)
    }
  }

  static func normal(
    _ name: String,
    _ observe:
      @escaping @Sendable (inout DelayedContext, Double, Random<Double>)
      -> Void
  ) -> Case {
    Case(name: name) { p, x in
      let mean = p.assume(Normal(0, variance: 1))
      observe(&p, x, mean)
    }
  }

  static let cases: [Case] = [
    gamma("exponential") { $0.observe($1, Exponential(rate: $2)) },
    gamma("gamma, shape 1/2") { $0.observe($1, Gamma(shape: 0.5, rate: $2)) },
    gamma("gamma, shape 1") { $0.observe($1, Gamma(shape: 1, rate: $2)) },
    gamma("gamma, shape 2") { $0.observe($1, Gamma(shape: 2, rate: $2)) },
    gamma("inverse gamma") { $0.observe($1, InverseGamma(shape: 1.5, scale: $2)) },
    gamma("Weibull, shape 1/2") { $0.observe($1, HazardWeibull(shape: 0.5, rate: $2)) },
    gamma("Weibull, shape 1") { $0.observe($1, HazardWeibull(shape: 1, rate: $2)) },
    gamma("Weibull, shape 2") { $0.observe($1, HazardWeibull(shape: 2, rate: $2)) },
    gamma("Pareto") { $0.observe($1, Pareto(shape: $2, minimum: 1e-300)) },
    gamma("Laplace") { $0.observe($1, Laplace(location: 1, scale: 1 / $2)) },
    gamma("sum of gammas") { $0.observe($1, Exactly(2 * $2)) },
    Case(name: "uniform") { p, x in
      p.observe(x, Uniform(0, p.assume(Pareto(shape: 2, minimum: 1))))
    },
    Case(name: "normal of random variance") { p, x in
      p.observe(x, Normal(0, variance: p.assume(InverseGamma(shape: 3, scale: 1))))
    },
    normal("normal") { $0.observe($1, Normal($2, variance: 1)) },
    normal("log-normal") { $0.observe($1, LogNormal($2, variance: 1)) },
    normal("Student") {
      $0.observe($1, StudentT(degreesOfFreedom: 3, location: $2, scale: 1))
    },
    normal("Laplace about a normal number") { $0.observe($1, Laplace(location: $2, scale: 1)) },
    normal("logistic") { $0.observe($1, Logistic(location: $2, scale: 1)) },
    normal("vector") {
      let covariance = DenseMatrix(rows: [[1, 0.5], [0.5, 1]])
      let mean = AffineVector([$2 + 0, $2 + 1])
      $0.observe([$1, $1], MultivariateNormal(mean, covariance: covariance))
    },
    normal("switching") {
      let s = $0.assume(Categorical([0.5, 0.5]))
      let x = $2
      $0.observe($1, SwitchingNormal(s, mean: { x + Double($0) }, variance: { _ in 1 }))
    },
  ]

  /// NaN, an infinity, or 0 for a number.
  func kind(_ logDensity: Double) -> String {
    logDensity.isFinite ? "finite" : logDensity.isNaN ? "NaN" : "\(logDensity)"
  }

  @Test(arguments: cases.map(\.name), data)
  func sameKindAsWithDelayOff(_ name: String, _ x: Double) throws {
    let program = try #require(Self.cases.first { $0.name == name })
    // A sum that is drawn is no number that was given, so nothing is to be compared.
    if name == "sum of gammas" && x >= 0 && x < .infinity { return }
    var p = DelayedContext(key: RandomKey(seed: 1))
    var q = DelayedContext(key: RandomKey(seed: 1), delays: false)
    program.observe(&p, x)
    program.observe(&q, x)
    let isFarOff = abs(x) > 1e200 && x.isFinite
    // The square of a large number overflows for some scales and not for others.
    if !isFarOff { try #require(kind(p.logWeight) == kind(q.logWeight)) }
    #expect(p.logWeight.isNaN == x.isNaN)
    if x.isInfinite { #expect(p.logWeight == -.infinity) }
  }

  /// What is impossible, or no number, leaves what was known before.
  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func nothingIsLearned(_ x: Double) {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let g = p.assume(Gamma(shape: 2, rate: 4))
    p.observe(x, Gamma(shape: 2, rate: g))
    p.observe(x, HazardWeibull(shape: 2, rate: g))
    let v = p.assume(InverseGamma(shape: 3, scale: 2))
    p.observe(x, Normal(0, variance: v))
    let u = p.assume(Normal(0.25, variance: 1))
    p.observe(x, Normal(u, variance: 1))
    #expect(p.graph.mean(g) == 0.5 && p.graph.mean(v) == 1 && p.graph.mean(u) == 0.25)
  }
}
