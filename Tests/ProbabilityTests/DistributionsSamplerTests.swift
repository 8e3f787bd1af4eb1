import Glibc
import Probability
import Randomness
import Testing

/// Draws of every sampler in every branch, against the CDFs that `DistributionsOracleTests` check.
@Suite struct DistributionsSamplerTests {
  static let draws = 1_000_000

  private func check(_ distribution: some ContinuousDistribution, _ label: String) {
    var stream = RandomKey(seed: 7).child(label).stream()
    let fit = Fit.continuous(distribution, draws: Self.draws) { distribution.sample(&stream) }
    print("sampler \(label): \(fit.description)")
    #expect(fit.isGood, "\(label): \(fit.description)")
  }

  private func check(_ distribution: some DiscreteDistribution, _ label: String) {
    var stream = RandomKey(seed: 7).child(label).stream()
    let fit = Fit.discrete(distribution, draws: Self.draws) { distribution.sample(&stream) }
    print("sampler \(label): \(fit.description)")
    #expect(fit.isGood, "\(label): \(fit.description)")
  }

  @Test func normalFamily() {
    check(Normal(2.0, variance: 9.0), "normal")
    check(LogNormal(-1, variance: 0.5), "log-normal")
    check(
      Mixture([Normal(-1.0, variance: 0.1), Normal(2.0, variance: 4.0)], weights: [0.3, 0.7]),
      "mixture of normals")
  }

  @Test func truncatedNormals() {
    let infinity = Double.infinity
    check(TruncatedNormal(0, variance: 1, interval: -1...2), "truncated: inversion")
    check(TruncatedNormal(1, variance: 4, interval: 3...infinity), "truncated: mirrored")
    check(TruncatedNormal(0, variance: 1, interval: 4.9...infinity), "truncated: inverted tail")
    check(TruncatedNormal(0, variance: 1, interval: 5.1...infinity), "truncated: tail")
    check(TruncatedNormal(0, variance: 1, interval: -9 ... -8.9), "truncated: narrow tail")
    check(TruncatedNormal(0, variance: 1, interval: 1e5...infinity), "truncated: far tail")
    check(TruncatedNormal(0, variance: 1, interval: 4.5...(4.5 + 1e-7)), "truncated: sliver")
    check(TruncatedNormal(0, variance: 1, interval: -1e-7...2e-7), "truncated: middle sliver")
  }

  @Test func gammaFamily() {
    check(Gamma(shape: 1e-3, rate: 1), "gamma of tiny shape")
    check(Gamma(shape: 0.3, rate: 2), "gamma of small shape")
    check(Gamma(shape: 1, rate: 0.1), "gamma of shape 1")
    check(Gamma(shape: 2.5, scale: 3), "gamma")
    check(Gamma(shape: 1e6, rate: 1), "gamma of large shape")
    check(InverseGamma(shape: 3, scale: 2), "inverse gamma")
    check(InverseGamma(shape: 0.4, scale: 2), "inverse gamma of small shape")
    check(Exponential(rate: 3), "exponential")
    check(Weibull(shape: 1.7, scale: 2), "Weibull")
    check(Pareto(shape: 3, minimum: 2), "Pareto")
    check(Lomax(shape: 0.5, scale: 4), "Lomax")
  }

  @Test func betaFamilyAndOthers() {
    check(Beta(0.02, 0.05), "beta of small parameters")
    check(Beta(2, 5), "beta")
    check(Beta(3e5, 0.7), "beta of unequal parameters")
    check(StudentT(degreesOfFreedom: 0.5, location: 1, scale: 2), "t of few degrees")
    check(StudentT(degreesOfFreedom: 7, location: -1, scale: 0.1), "t")
    check(Laplace(location: 3, scale: 2), "Laplace")
    check(Logistic(location: 1, scale: 3), "logistic")
    check(Uniform(-2.0, 5.0), "uniform")
  }

  @Test func binomials() {
    check(Binomial(count: 8, probability: 0.3), "binomial by inversion")
    check(Binomial(count: 1_000_000, probability: 9e-6), "binomial by inversion, long")
    check(Binomial(count: 11, probability: 0.9), "binomial by inversion, mirrored")
    check(Binomial(count: 34, probability: 0.3), "binomial by rejection, least")
    check(Binomial(count: 1000, probability: 0.02), "binomial by rejection")
    check(Binomial(count: 700, probability: 0.65), "binomial by rejection, mirrored")
    check(Binomial(count: 1_000_000_000, probability: 0.4), "binomial by rejection, large")
    check(BetaBinomial(count: 30, alpha: 0.5, beta: 2), "beta-binomial")
  }

  @Test func poissonFamily() {
    check(Poisson(0.01), "Poisson of small rate")
    check(Poisson(9.9), "Poisson by inversion")
    check(Poisson(10), "Poisson by rejection, least")
    check(Poisson(123.4), "Poisson by rejection")
    check(Poisson(1e9), "Poisson by rejection, large")
    check(NegativeBinomial(successes: 0.2, probability: 0.1), "negative binomial, few")
    check(NegativeBinomial(successes: 60, probability: 0.2), "negative binomial, many")
    check(BetaNegativeBinomial(successes: 3, alpha: 4, beta: 2), "beta negative binomial")
    check(Geometric(0.05), "geometric")
  }

  @Test func finiteDistributions() {
    let weights = [3, 0, 1, 0.001, 7, 2, 2, 5, 0, 0.5]
    check(Categorical(weights: weights), "categorical")
    check(AliasTable(Categorical(weights: weights)), "alias table")
    check(AliasTable(Categorical([1])), "alias table of one")
    check(UniformInteger(-3, 996), "uniform integers")
    check(PitmanYor(discount: 0.4, concentration: 2, counts: [5, 1, 1]), "Pitman–Yor")
    check(ChineseRestaurant(concentration: 2, counts: [5, 1, 1]), "Chinese restaurant")
    check(TokenLogits([1, -2, .negativeInfinity, 0.5]), "token logits")
    check(Mixture([Poisson(2), Poisson(30)], weights: [0.9, 0.1]), "mixture of Poissons")
    var stream = RandomKey(seed: 7).child("Bernoulli").stream()
    let coin = Bernoulli(0.3)
    let successes = (0..<Self.draws).count { _ in coin.sample(&stream) }
    let fit = Fit([successes, Self.draws - successes], [0.3, 0.7])
    print("sampler Bernoulli: \(fit.description)")
    #expect(fit.isGood)
  }

  /// The tests above would notice a scale that is wrong by one percent.
  @Test func aFlawOfOnePercentIsNoticed() {
    var stream = RandomKey(seed: 8).stream()
    let normal = Normal(0, variance: 1)
    let wide = Fit.continuous(normal, draws: Self.draws) { 1.01 * normal.sample(&stream) }
    #expect(!wide.isGood, "\(wide.description)")
    let gamma = Gamma(shape: 2, rate: 1)
    let long = Fit.continuous(gamma, draws: Self.draws) { 1.01 * gamma.sample(&stream) }
    #expect(!long.isGood, "\(long.description)")
    let poisson = Poisson(20)
    let many = Fit.discrete(poisson, draws: Self.draws) { Poisson(20.2).sample(&stream) }
    #expect(!many.isGood, "\(many.description)")
    print("one percent: \(wide.description), \(long.description), \(many.description)")
  }

  @Test func tinyShapesStayPositiveAndExactInLogarithms() {
    var stream = RandomKey(seed: 9).stream()
    let gamma = Gamma(shape: 1e-5, rate: 1)
    // log X is about −Exponential/shape: its mean is the digamma function.
    var sum = 0.0
    for _ in 0..<100_000 {
      sum += gamma.sampleLogarithm(&stream)
      #expect(gamma.sample(&stream) > 0)
    }
    let mean = sum / 100_000
    let expected = Special.digamma(1e-5)
    // The standard deviation of log X is the root of the trigamma function.
    let deviation = (Special.trigamma(1e-5) / 100_000).squareRoot()
    #expect(abs(mean - expected) < 4 * deviation, "\(mean), expected \(expected)")
    for _ in 0..<10_000 {
      let x = Beta(1e-4, 1e-4).sample(&stream)
      #expect(x > 0 && x < 1)
      let y = Dirichlet([1e-4, 1e-4, 1e-4]).sample(&stream)
      #expect(y.allSatisfy { $0 > 0 } && abs(y.reduce(0, +) - 1) < 1e-12)
    }
  }

  @Test func boundaryParametersDrawTheirOnlyValue() {
    var stream = RandomKey(seed: 10).stream()
    for _ in 0..<100 {
      #expect(Binomial(count: 0, probability: 0.5).sample(&stream) == 0)
      #expect(Binomial(count: 100, probability: 0.0).sample(&stream) == 0)
      #expect(Binomial(count: 100, probability: 1.0).sample(&stream) == 100)
      #expect(Poisson(0.0).sample(&stream) == 0)
      #expect(Poisson(1e300).sample(&stream) == .max)
      #expect(Geometric(1.0).sample(&stream) == 0)
      #expect(NegativeBinomial(successes: 2, probability: 1.0).sample(&stream) == 0)
      #expect(NegativeBinomial(successes: 2, probability: 1e-300).sample(&stream) == .max)
      #expect(Bernoulli(1.0).sample(&stream))
      #expect(!Bernoulli(0.0).sample(&stream))
      #expect(UniformInteger(4, 4).sample(&stream) == 4)
      #expect(Delta(9).sample(&stream) == 9)
      #expect(Multinomial(count: 9, probabilities: [0, 1, 0]).sample(&stream) == [0, 9, 0])
      #expect(PitmanYor(discount: 0.5, concentration: -0.2, counts: []).sample(&stream) == 0)
    }
  }
}

extension Float {
  fileprivate static var negativeInfinity: Float { -.infinity }
}
