import Glibc
import Randomness
import Testing

@testable import Probability

/// The distributions that augmented and transformed likelihoods are written with.
@Suite struct AugmentationTests {
  /// d = scipy.stats.weibull_min(1.7, scale=2.5**(-1/1.7));
  /// d.logpdf([0.3, 2]), d.logcdf, d.logsf, d.ppf([0.1, 0.9]).
  @Test func hazardWeibull() {
    let law = HazardWeibull(shape: 1.7, rate: 2.5)
    #expect(isClose(law.logDensity(0.3), 0.28125430472071955))
    #expect(isClose(law.logDensity(2), -6.190401954234067))
    #expect(isClose(law.logCDF(0.3), -1.2875647485248214))
    #expect(isClose(law.logCDF(2), -0.0002968227033345729))
    #expect(isClose(law.logSurvival(0.3), -0.3228837151874506))
    #expect(isClose(law.logSurvival(2), -8.122523963562355))
    #expect(isClose(law.quantile(0.1), 0.15524666578634197))
    #expect(isClose(law.quantile(0.9), 0.9527647789830186))
    #expect(law.logDensity(-1) == -.infinity && law.logDensity(0) == -.infinity)
    #expect(HazardWeibull(shape: 1, rate: 3).logDensity(0) == log(3))
    #expect(HazardWeibull(shape: 0.5, rate: 3).logDensity(0) == .infinity)
    #expect(law.logSurvival(-1) == 0 && law.logCDF(0) == -.infinity)
    let slope = (law.logDensity(0.8 + 1e-6) - law.logDensity(0.8 - 1e-6)) / 2e-6
    #expect(isClose(law.logDensityGradient(0.8), slope, 1e-6))
    #expect(HazardWeibull(shape: 1, rate: 3).logDensityGradient(2) == -3)
    #expect(HazardWeibull(shape: -1, rate: 1).logDensity(1).isNaN)
    #expect(HazardWeibull(shape: 1, rate: 0).flaw?.parameter == "rate")
  }

  /// n = scipy.stats.norm(0.3, 1.5**0.5); log(n.cdf(b) - n.cdf(a)) between −∞, −1, 0.5, 2, ∞.
  @Test func binnedNormal() {
    let law = BinnedNormal(0.3, variance: 1.5, cuts: [-1, 0.5, 2])
    let truth = [
      -1.9362508292227236, -0.8660376330828827, -1.0424788919291692, -2.4942082349441037,
    ]
    for (x, value) in truth.enumerated() { #expect(isClose(law.logDensity(x), value)) }
    #expect(law.logDensity(4) == -.infinity && law.logDensity(-1) == -.infinity)
    // n.logcdf(0.5), n.logsf(0.5)
    #expect(isClose(law.logCDF(1), -0.5711798201078577))
    #expect(isClose(law.logSurvival(1), -0.8320842750924481))
    #expect(law.logCDF(3) == 0 && law.logSurvival(3) == -.infinity && law.support == 0...3)
    #expect(law.logCDF(-1) == -.infinity && law.logSurvival(-1) == 0)
    #expect(BinnedNormal(0, variance: 1, cuts: []).flaw?.parameter == "cuts")
    #expect(BinnedNormal(0, variance: 1, cuts: [1, 1]).logDensity(0).isNaN)
    var stream = RandomKey(seed: 2).stream()
    var counts = [0.0, 0, 0, 0]
    for _ in 0..<20_000 { counts[law.sample(&stream)] += 1 }
    for (count, value) in zip(counts, truth) {
      let p = exp(value)
      #expect(abs(count / 20_000 - p) < 4 * (p * (1 - p) / 20_000).squareRoot())
    }
  }

  /// scipy.special.log_expit
  @Test func logitBernoulli() {
    #expect(isClose(LogitBernoulli(logit: 1.3).logDensity(true), -0.2410084538329922))
    #expect(isClose(LogitBernoulli(logit: 1.3).logDensity(false), -1.5410084538329922))
    #expect(LogitBernoulli(logit: -800).logDensity(true) == -800)
    #expect(abs(LogitBernoulli(logit: 40).logDensity(true) / -4.248354255291589e-18 - 1) < 1e-9)
    #expect(LogitBernoulli(logit: .nan).logDensity(true).isNaN)
    #expect(LogitBernoulli(logit: .infinity).flaw?.parameter == "logit")
    var stream = RandomKey(seed: 2).stream()
    var count = 0.0
    for _ in 0..<20_000 where LogitBernoulli(logit: 1.3).sample(&stream) { count += 1 }
    let p = exp(-0.2410084538329922)
    #expect(abs(count / 20_000 - p) < 4 * (p * (1 - p) / 20_000).squareRoot())
  }

  /// Mean, second moment and Laplace transform of PG(1, c), for both ways of drawing its left part:
  /// E e^(−sω) = cosh(c/2)/cosh(√(c²/4 + s/2)), E ω = tanh(c/2)/2c,
  /// Var ω = (sinh c − c)/(4c³ cosh²(c/2)), with 1/4 and 1/24 for c = 0.
  ///
  /// Source: Polson, Scott, Windle (JASA 2013), section 2.
  @Test(arguments: [0, 0.5, 2, 3.5, 9]) func polyaGamma(_ tilt: Double) {
    let law = PolyaGamma(tilt: tilt)
    var stream = RandomKey(seed: 7).stream()
    let draws = (0..<40_000).map { _ in law.sample(&stream) }
    func expect(_ number: (Double) -> Double, _ truth: Double) {
      let values = draws.map(number)
      let mean = values.reduce(0, +) / Double(values.count)
      let spread = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      #expect(abs(mean - truth) < 4 * (spread / Double(values.count)).squareRoot())
    }
    let half = tilt / 2
    let mean = tilt == 0 ? 0.25 : tanh(half) / (2 * tilt)
    let variance =
      tilt == 0
      ? 1.0 / 24 : (sinh(tilt) - tilt) / (4 * tilt * tilt * tilt * cosh(half) * cosh(half))
    expect({ $0 }, mean)
    expect({ ($0 - mean) * ($0 - mean) }, variance)
    for s in [1.0, 8, 60] {
      expect({ exp(-s * $0) }, cosh(half) / cosh((half * half + s / 2).squareRoot()))
    }
    // What makes up for the tilt: the transform at s = c²/2 without tilt is 1/cosh(c/2).
    #expect(isClose(exp(law.logTilt), 1 / cosh(half)))
  }
}
