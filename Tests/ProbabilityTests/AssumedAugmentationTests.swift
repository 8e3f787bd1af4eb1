import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Log-normal, logistic, binned and logit children that are assumed: their Gaussian parent stays in
/// the graph, and the joint law of parent and child is what it was.
///
/// The parent is x ~ N(0.3, 1.2) throughout, and the truth by quadrature over it.
@Suite struct AssumedAugmentationTests {
  static let prior = (mean: 0.3, variance: 1.2)

  static func start(_ p: inout DelayedContext) -> Random<Double> {
    p.assume(Normal(prior.mean, variance: prior.variance), at: "x")
  }

  static func logPrior(_ x: Double) -> Double {
    let distance = x - prior.mean
    return -0.5 * log(2 * Double.pi * prior.variance) - distance * distance / (2 * prior.variance)
  }

  /// E f(x) for positive f.
  static func mean(_ function: (Double) -> Double) -> Double {
    exp(Quadrature.moments(.reals) { x, _ in logPrior(x) + log(function(x)) }.logIntegral)
  }

  /// The means over many runs of numbers that a program returns, against what they should be.
  func expect(
    _ truth: [Double], runs: Int = 20_000, delays: Bool = true,
    _ program: (inout DelayedContext) throws -> [Double]
  ) rethrows {
    var sums = truth.map { _ in (first: 0.0, second: 0.0) }
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: 71).child("run", run), delays: delays)
      for (index, value) in try program(&p).enumerated() {
        sums[index].first += value
        sums[index].second += value * value
      }
    }
    let n = Double(runs)
    for (index, value) in truth.enumerated() {
      let mean = sums[index].first / n
      let error = ((sums[index].second / n - mean * mean) / n).squareRoot()
      #expect(abs(mean - value) < 4.5 * error, "\(index): \(mean) for \(value) ± \(error)")
    }
  }

  /// x is marginalized, the child is sampled at once, and nothing forces anything.
  func expectReport(_ p: DelayedContext, isDelayed: Bool = false) throws {
    let x = try #require(p.report.entries.first { $0.site.text == "x" })
    #expect(x.marginalized == x.assumed && x.forced.isEmpty && x.missed == 0)
    let y = try #require(p.report.entries.first { $0.site.text == "y" })
    #expect(y.sampled == (isDelayed ? 0 : 1) && y.drawn == (isDelayed ? 1 : 0))
    #expect(!p.report.isExact)
  }

  /// Given y, x is normal in closed form: the Kalman update by log y.
  @Test func logNormal() throws {
    for seed in 1...5 {
      var p = DelayedContext(key: RandomKey(seed: UInt64(seed)))
      let x = Self.start(&p)
      let y = p.assume(LogNormal(1 - 3 * x, variance: 0.7), at: "y")
      let value = try #require(y.known)
      let precision = 1 / 1.2 + 9 / 0.7
      let mean = (0.3 / 1.2 - 3 * (log(value) - 1) / 0.7) / precision
      #expect(isClose(p.graph.mean(x), mean) && isClose(p.graph.variance(x), 1 / precision))
      try expectReport(p)
      #expect(p.logWeight == 0)
    }
    // log y ~ N(0.1, 11.5), with covariance −3.6 to x.
    for delays in [true, false] {
      expect([0.1, 11.5, -3.6, 0.3], delays: delays) { p in
        let x = Self.start(&p)
        let logY = log(p.value(p.assume(LogNormal(1 - 3 * x, variance: 0.7))))
        let value = p.value(x)
        return [logY, (logY - 0.1) * (logY - 0.1), (logY - 0.1) * (value - 0.3), value]
      }
    }
  }

  /// With a random variance, and with both: the scale learns as from an observation.
  @Test func logNormalOfRandomVariance() throws {
    var p = DelayedContext(key: RandomKey(seed: 4))
    let variance = p.assume(InverseGamma(shape: 4.5, scale: 3.5), at: "x")
    let x = p.assume(Normal(0.3, variance: 2 * variance))
    let y = p.assume(LogNormal(2 * x, variance: variance), at: "y")
    let residual = log(try #require(y.known)) - 0.6
    // Of the marginal of log y, 2·4 + 1 times the variance.
    #expect(isClose(p.graph.mean(variance), (3.5 + residual * residual / 18) / 4))
    #expect(isClose(p.graph.mean(x), 0.3 + 4.0 / 9 * residual))
    try expectReport(p)
  }

  /// The bin's probabilities are exact, and x given the bin has the truncated normal's mean.
  @Test func binnedNormal() throws {
    let cuts = [-1.0, 0.5]
    func bin(_ x: Double, _ k: Int) -> Double {
      exp(BinnedNormal(2 * x, variance: 0.5, cuts: cuts).logDensity(k))
    }
    var truth: [Double] = []
    for k in 0...2 {
      truth.append(Self.mean { bin($0, k) })
      // x + 20 is positive wherever it matters.
      truth.append(Self.mean { (max($0 + 20, 1e-300)) * bin($0, k) } - 20 * truth[2 * k])
    }
    for delays in [true, false] {
      try expect(truth, delays: delays) { p in
        let x = Self.start(&p)
        let y = p.value(p.assume(BinnedNormal(2 * x, variance: 0.5, cuts: cuts), at: "y"))
        if delays { try expectReport(p) }
        let value = delays ? p.graph.mean(x) : p.value(x)
        return (0...2).flatMap { [y == $0 ? 1 : 0, y == $0 ? value : 0] }
      }
    }
  }

  /// A second observation of x, so that its law given the value matters, not its mean alone.
  @Test func logitBernoulli() throws {
    func sigmoid(_ z: Double) -> Double { 1 / (1 + exp(-z)) }
    let evidence = Self.mean { exp(Normal($0, variance: 0.4).logDensity(1.1)) }
    let joint = Self.mean { sigmoid(1 + 2 * $0) * exp(Normal($0, variance: 0.4).logDensity(1.1)) }
    let square = Self.mean { sigmoid(1 + 2 * $0) * ($0 * $0 + 1e-300) }
    let truth = [Self.mean { sigmoid(1 + 2 * $0) }, joint, evidence - joint, square]
    for delays in [true, false] {
      try expect(truth, delays: delays) { p in
        let x = Self.start(&p)
        let y = p.value(p.assume(LogitBernoulli(logit: 1 + 2 * x), at: "y"))
        if delays { try expectReport(p) }
        var q = p
        p.observe(1.1, Normal(x, variance: 0.4))
        let (density, value) = (exp(p.logWeight), q.value(x))
        return [y ? 1 : 0, y ? density : 0, y ? 0 : density, y ? value * value : 0]
      }
    }
  }

  /// The child stays in the graph, jointly Gaussian with x, and is observed through another.
  @Test func logistic() throws {
    // y = 2x + 0.5·L, Var L = π²/3; observed z ~ N(y, 0.3) at 1.4, by quadrature over x and then y.
    func density(_ x: Double) -> Double {
      exp(
        Quadrature.moments(.reals) { y, _ in
          Logistic(location: 2 * x, scale: 0.5).logDensity(y)
            + Normal(y, variance: 0.3).logDensity(1.4)
        }.logIntegral)
    }
    let evidence = Self.mean { density($0) }
    let shifted = Self.mean { max($0 + 20, 1e-300) * density($0) } - 20 * evidence
    let variance = 4 * 1.2 + 0.25 * Double.pi * Double.pi / 3
    for delays in [true, false] {
      try expect([evidence, shifted, 0.6, variance, 2.4], delays: delays) { p in
        let x = Self.start(&p)
        let y = p.assume(Logistic(location: 2 * x, scale: 0.5), at: "y")
        if delays { try expectReport(p, isDelayed: true) }
        var q = p
        p.observe(1.4, Normal(y, variance: 0.3))
        let weight = exp(p.logWeight)
        let mean = delays ? p.graph.mean(x) : p.value(x)
        let (first, second) = (q.value(x), q.value(y))
        return [
          weight, weight * mean, second, (second - 0.6) * (second - 0.6),
          (first - 0.3) * (second - 0.6),
        ]
      }
    }
  }

  /// With known parameters nothing changes: the numbers drawn are those of the distribution itself.
  @Test func knownParameters() {
    var p = DelayedContext(key: RandomKey(seed: 4))
    var stream = RandomKey(seed: 4).stream()
    #expect(
      p.value(p.assume(LogNormal(0.3, variance: 0.7)))
        == LogNormal(0.3, variance: 0.7).sample(&stream))
    #expect(
      p.value(p.assume(BinnedNormal(0.3, variance: 0.7, cuts: [0.2])))
        == BinnedNormal(0.3, variance: 0.7, cuts: [0.2]).sample(&stream))
  }

  /// What is no distribution leaves the particle without a weight, and does not trap.
  @Test func flaws() {
    func weight(_ program: (inout DelayedContext, Random<Double>) -> Void) -> Double {
      var p = DelayedContext(key: RandomKey(seed: 4))
      program(&p, Self.start(&p))
      return p.logWeight
    }
    #expect(weight { p, x in _ = p.assume(LogNormal(x, variance: -1)) }.isNaN)
    #expect(weight { p, x in _ = p.assume(LogNormal(x, variance: 0)) }.isNaN)
    #expect(weight { p, x in _ = p.assume(Logistic(location: x, scale: 0)) }.isNaN)
    #expect(weight { p, x in _ = p.assume(BinnedNormal(x, variance: 1, cuts: [])) }.isNaN)
    #expect(weight { p, x in _ = p.assume(LogitBernoulli(logit: .infinity * x)) }.isNaN)
  }
}
