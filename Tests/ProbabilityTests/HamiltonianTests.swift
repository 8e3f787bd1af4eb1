import Glibc
import Parallel
import Randomness
import Testing

@testable import Probability

/// Rubin's eight schools in coordinates that are independent a priori.
struct EightSchools: DifferentiableModel {
  static let effects = [28.0, 8, -3, 7, -1, 1, 18, 12]
  static let errors = [15.0, 10, 16, 11, 9, 11, 10, 18]

  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let mu = p.assume(.normal(0, deviation: 5), at: "mu")
    let tau = p.assume(.halfCauchy(scale: 5), at: "tau")
    let z = p.assume(8, .normal(0, deviation: 1), at: "z")
    let effects = z.map { mu + tau * $0 }
    for (effect, (y, error)) in zip(effects, zip(Self.effects, Self.errors)) {
      p.observe(y, .normal(effect, deviation: P.Number(error)))
    }
    return [mu, tau] + effects
  }
}

/// A Gaussian whose coordinates have very different scales and strong correlation.
private struct Correlated: DifferentiableModel {
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let x = p.assume(.normal(1, deviation: 1))
    let y = p.assume(.normal(x * 3, deviation: 0.5))
    let z = p.assume(.normal(y - x, deviation: 100))
    return [x, y, z]
  }
}

/// Neal's funnel.
private struct Funnel: DifferentiableModel {
  let isCentered: Bool
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let v = p.assume(.normal(0, deviation: 3))
    if isCentered { return [v] + p.assume(9, .normal(0, deviation: .exp(v / 2))) }
    return [v] + p.assume(9, .normal(0, deviation: 1)).map { .exp(v / 2) * $0 }
  }
}

/// Conjugate pairs: their posteriors are known.
private struct Conjugates: DifferentiableModel {
  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let mean = p.assume(.normal(0, deviation: 2))
    for y in [1.2, 0.4, 2.1] { p.observe(y, .normal(mean, deviation: 1.5)) }
    let bias = p.assume(.beta(2, 3))
    p.observe(4, .binomial(count: 7, probability: bias))
    let rate = p.assume(.gamma(shape: 2, rate: 3))
    for count in [1, 0, 2] { p.observe(count, .poisson(rate)) }
    let weights = p.assumeSimplex([1, 2, 3])
    for (count, weight) in zip([4.0, 0, 1], weights) { p.factor(P.Number(count) * .log(weight)) }
    return [mean, bias, rate] + weights
  }
}

@Suite struct HamiltonianTests {
  typealias Moment = (truth: Double, number: ([Double]) -> Double)

  private func check(_ posterior: Posterior<[Double]>, _ moments: [Moment], bulk: Double = 400) {
    for moment in moments {
      let summary = posterior.summary(of: moment.number)
      let z = (summary.mean - moment.truth) / summary.standardError
      #expect(abs(z) < 4 && summary.rHat < 1.02 && summary.bulkESS > bulk)
    }
  }

  static let samplers = [
    HamiltonianMonteCarlo(draws: 1000),
    HamiltonianMonteCarlo(draws: 1000, trajectory: .fixed(length: .pi / 2)),
    HamiltonianMonteCarlo(draws: 2000, targetAcceptance: 0.6),
  ]

  @Test(arguments: 0..<3) func conjugatesHaveTheirPosteriors(_ index: Int) throws {
    let posterior = try Self.samplers[index].run(Conjugates(), key: RandomKey(seed: 6))
    let precision = 1 / 4.0 + 3 / 2.25
    let mean = 3.7 / 2.25 / precision
    print("conjugates \(index): \(posterior.acceptanceRates), \(posterior.evaluations) gradients")
    check(
      posterior,
      [
        (mean, { $0[0] }), (1 / precision, { ($0[0] - mean) * ($0[0] - mean) }),
        (0.5, { $0[1] }), (0.25 / 13, { ($0[1] - 0.5) * ($0[1] - 0.5) }),
        // Gamma(5, 6).
        (5.0 / 6, { $0[2] }), (5.0 / 36, { ($0[2] - 5.0 / 6) * ($0[2] - 5.0 / 6) }),
        // Dirichlet(5, 2, 4).
        (5.0 / 11, { $0[3] }), (2.0 / 11, { $0[4] }), (4.0 / 11, { $0[5] }),
        (20.0 / (11 * 12), { $0[3] * $0[5] }),
      ])
    #expect(posterior.divergences == 0)
    // The step size kept is an average, which accepts a little more than its target.
    let rate = posterior.acceptanceRates[0]
    #expect(abs(rate - 0.05 - Self.samplers[index].targetAcceptance) < 0.1)
  }

  @Test func correlatedNormalHasItsMoments() throws {
    let posterior = try HamiltonianMonteCarlo(draws: 1500)
      .run(Correlated(), key: RandomKey(seed: 7))
    check(
      posterior,
      [
        (1, { $0[0] }), (3, { $0[1] }), (2, { $0[2] }),
        (1, { ($0[0] - 1) * ($0[0] - 1) }), (9.25, { ($0[1] - 3) * ($0[1] - 3) }),
        (3, { ($0[0] - 1) * ($0[1] - 3) }), (1e4 + 4.25, { ($0[2] - 2) * ($0[2] - 2) }),
      ])
    #expect(posterior.divergences == 0)
  }

  @Test func funnelHasItsMomentsInIndependentCoordinates() throws {
    let posterior = try HamiltonianMonteCarlo(draws: 2000)
      .run(Funnel(isCentered: false), key: RandomKey(seed: 9))
    check(
      posterior,
      [
        (0, { $0[0] }), (9, { $0[0] * $0[0] }),
        // The sign and the logarithm of |x|: log|x| = v/2 + log|z|, E log|z| = −(γ + log 2)/2.
        (0, { $0[1] > 0 ? 0.5 : -0.5 }),
        (-(0.5772156649015329 + log(2)) / 2, { log(abs($0[9])) }),
      ])
    #expect(posterior.divergences == 0)
    // As it is usually written, the neck of the funnel cannot be entered, and that is told.
    let centered = try HamiltonianMonteCarlo(draws: 500)
      .run(Funnel(isCentered: true), key: RandomKey(seed: 9))
    print("centered funnel: \(centered.divergences) divergences")
    #expect(centered.divergences > 0)
  }

  /// Means with their standard errors, and means of squares, from posteriordb, posterior
  /// eight_schools-eight_schools_noncentered: reference_posteriors/summary_statistics.
  @Test func eightSchoolsAgreeWithPosteriordb() throws {
    let means = [
      4.41051833695493, 3.60205952364059, 6.15050229334425, 4.9395811407422, 3.90590609001582,
      4.79601675138494, 3.6144363246799, 4.0511475789675, 6.31716975886893, 4.88399694353288,
    ]
    let errors = [
      0.0330374705950917, 0.0318615135640706, 0.0557375282295219, 0.0462293788624847,
      0.0542313705632124, 0.0474935816762281, 0.0461450610244603, 0.0485195392528031,
      0.0498766794075794, 0.0542511606560972,
    ]
    let squares = [
      30.40302, 23.20407, 69.36345, 45.9787, 43.13923, 45.76135, 34.35767, 39.4135, 64.93269,
      52.12845,
    ]
    let squareErrors = [
      0.3351356, 0.4848872, 1.1692102, 0.6346494, 0.6539418, 0.6193689, 0.4550489, 0.5390213,
      0.9216132, 0.9024748,
    ]
    let posterior = try HamiltonianMonteCarlo(draws: 2500)
      .run(EightSchools(), key: RandomKey(seed: 10))
    var largest = 0.0
    for index in 0..<10 {
      let mean = posterior.summary { $0[index] }
      let square = posterior.summary { $0[index] * $0[index] }
      let z = (mean.mean - means[index]) / hypot(mean.standardError, errors[index])
      let spread = hypot(square.standardError, squareErrors[index])
      let zSquare = (square.mean - squares[index]) / spread
      largest = max(largest, abs(z), abs(zSquare))
      #expect(mean.rHat < 1.01 && mean.bulkESS > 1000 && mean.tailESS > 1000)
    }
    print("eight schools: largest of 20 z-scores \(largest), \(posterior.divergences) divergences")
    #expect(largest < 4)
  }

  @Test func sameKeySameChainForAnyThreads() throws {
    let sampler = HamiltonianMonteCarlo(draws: 50, warmup: 150)
    let alone = try sampler.run(EightSchools(), key: RandomKey(seed: 3))
    for threads in [1, 2, 8] {
      let pool = WorkerPool(threads: threads)
      let pooled = try sampler.run(EightSchools(), key: RandomKey(seed: 3), pool: pool)
      #expect(pooled.draws == alone.draws)
      #expect(pooled.chains == alone.chains)
    }
    #expect(alone.draws[0..<50] != alone.draws[50..<100])
  }

  @Test func unfitProgramsAreErrors() {
    struct Changing: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        let x = p.assume(.normal(0, deviation: 1))
        return x.number > 1 ? [x, p.assume(.normal(0, deviation: 1))] : [x]
      }
    }
    #expect(throws: ProgramError.variableDimension(expected: 1, found: 2)) {
      try HamiltonianMonteCarlo(draws: 100).run(Changing(), key: RandomKey(seed: 1))
    }
    struct Flawed: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        [p.assume(.normal(0, deviation: -2), at: "x")]
      }
    }
    do {
      _ = try HamiltonianMonteCarlo(draws: 100).run(Flawed(), key: RandomKey(seed: 1))
      Issue.record("no error")
    } catch {
      let text = "x: Law.normal: the deviation is -2.0 but must be positive and finite"
      #expect("\(error)" == text)
    }
    struct Impossible: DifferentiableModel {
      func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
        p.observe(-1, .exponential(rate: 1))
        return [p.assume(.normal(0, deviation: 1))]
      }
    }
    #expect(throws: ProgramError.noStart(attempts: 100)) {
      try HamiltonianMonteCarlo(draws: 100).run(Impossible(), key: RandomKey(seed: 1))
    }
  }

  /// Stan's windows for 1000, and the short form.
  @Test func windowsDouble() {
    let usual = AdaptationWindows(1000)
    #expect(usual.start == 75 && usual.ends == [100, 150, 250, 450, 950])
    let short = AdaptationWindows(100)
    #expect(short.start == 15 && short.ends == [90])
    #expect(AdaptationWindows(19).ends.isEmpty)
    #expect(AdaptationWindows(150).ends == [100])
  }
}
