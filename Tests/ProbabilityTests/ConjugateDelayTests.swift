import Glibc
import Probability
import Randomness
import Testing

/// One observation under each conjugate pair, against the closed form of the compound distribution.
@Suite struct ConjugateDelayTests {
  func check(_ program: (inout DelayedContext) -> Void, _ truth: Double) {
    var p = DelayedContext(key: RandomKey(seed: 9))
    program(&p)
    #expect(abs(p.logWeight - truth) < 1e-9)
    #expect(p.report.isExact)
  }

  @Test func betaBinomial() {
    check(
      { p in
        let t = p.assume(Beta(2, 3))
        p.observe(4, Binomial(count: 7, probability: t))
      }, BetaBinomial(count: 7, alpha: 2, beta: 3).logDensity(4))
  }

  @Test func betaNegbin() {
    check(
      { p in
        let t = p.assume(Beta(2, 3))
        p.observe(4, NegativeBinomial(successes: 2.5, probability: t))
      }, BetaNegativeBinomial(successes: 2.5, alpha: 2, beta: 3).logDensity(4))
  }

  @Test func gammaPoisson() {
    check(
      { p in
        let t = p.assume(Gamma<Double>(shape: 2, rate: 3.0))
        p.observe(4, Poisson(2 * t))
      }, NegativeBinomial<Double>(successes: 2, probability: 3.0 / 5).logDensity(4))
  }

  @Test func gammaExponential() {
    check(
      { p in
        let t = p.assume(Gamma<Double>(shape: 2, rate: 3.0))
        p.observe(0.7, Exponential(rate: 2 * t))
      }, Lomax(shape: 2, scale: 1.5).logDensity(0.7))
  }

  @Test func igNormal() {
    check(
      { p in
        let v = p.assume(InverseGamma<Double>(shape: 2, scale: 3.0))
        p.observe(0.7, Normal(1.0, variance: 2 * v))
      }, StudentT(degreesOfFreedom: 4, location: 1, scale: (2 * 1.5).squareRoot()).logDensity(0.7))
  }

  @Test func nig() {
    check(
      { p in
        let v = p.assume(InverseGamma<Double>(shape: 2, scale: 3.0))
        let x = p.assume(Normal(1.0, variance: 2 * v))
        p.observe(0.7, Normal(3 * x, variance: v))
      }, StudentT(degreesOfFreedom: 4, location: 3, scale: (19 * 1.5).squareRoot()).logDensity(0.7))
  }

  @Test func gammaPrecision() {
    check(
      { p in
        let v = p.assume(Gamma<Double>(shape: 2, rate: 3.0))
        p.observe(0.7, Normal(1.0, variance: 2 / v))
      }, StudentT(degreesOfFreedom: 4, location: 1, scale: (2 * 1.5).squareRoot()).logDensity(0.7))
  }

  @Test func poissonThinned() {
    check(
      { p in
        let n = p.assume(Poisson(5.0))
        p.observe(2, Binomial(count: n, probability: 0.3))
      }, Poisson<Double>(1.5).logDensity(2))
  }

  @Test func binomialThinned() {
    check(
      { p in
        let n = p.assume(Binomial<Int, Double>(count: 9, probability: 0.4))
        p.observe(2, Binomial(count: n, probability: 0.3))
      }, Binomial<Int, Double>(count: 9, probability: 0.12).logDensity(2))
  }

  @Test func dirichletCategorical() {
    check(
      { p in
        let n = p.assume(Dirichlet([1, 2, 3]))
        p.observe(2, Categorical(n))
        p.observe(0, Categorical(n))
      }, log(0.5 / 7))
  }
}
