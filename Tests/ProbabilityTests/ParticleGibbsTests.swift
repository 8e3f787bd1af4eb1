import Glibc
import Parallel
import Probability
import Randomness
import Testing

/// Posteriors of particle Gibbs samplers against exact ones; errors by means of 40 batches.
@Suite struct ParticleGibbsTests {
  /// The smoothed states and the parameter of a linear Gaussian model, against its dense Gaussian.
  func check(_ name: String, _ posterior: Posterior<PathDraw<Drift>>) {
    let truth = Drift.exact()
    let mu = posterior.draws.map { $0.parameters[0] }
    var z = [
      chainDeviation(mu, from: truth.means[0]),
      chainDeviation(
        mu.map { ($0 - truth.means[0]) * ($0 - truth.means[0]) }, from: truth.variances[0]),
    ]
    for t in 0...Drift.data.count {
      // A state that was integrated out is read from its distribution at the end alone.
      guard posterior.draws[0].states[t].x.known != nil else { continue }
      let states = posterior.draws.map { $0.states[t].x.known! }
      let (mean, variance) = (truth.means[t + 1], truth.variances[t + 1])
      z.append(chainDeviation(states, from: mean))
      z.append(chainDeviation(states.map { ($0 - mean) * ($0 - mean) }, from: variance))
    }
    print(
      name, "μ lag-1", lagOneCorrelation(mu), "z", z.map { ($0 * 10).rounded() / 10 }, "renewed",
      posterior.acceptanceRates.map { ($0 * 100).rounded() / 100 })
    #expect(z.allSatisfy { abs($0) < 4.5 })
    #expect(posterior.acceptanceRates.allSatisfy { $0 > 0.05 })
    let summary = posterior.summary { $0.parameters[0] }
    #expect(summary.rHat < 1.03 && summary.bulkESS > 150)
    #expect(posterior.effectiveSampleSizes.count == Drift.data.count + 1)
  }

  @Test(arguments: [AncestorSampling.off, .full, .steps(1)])
  func conjugateParameter(ancestors: AncestorSampling) throws {
    let sampler = ParticleGibbs(
      particles: ancestors == .off ? 12 : 4, draws: 1200, warmup: 200, chains: 2,
      ancestorSampling: ancestors)
    check(
      "PG \(ancestors)",
      try sampler.run(
        Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 41)))
  }

  @Test func movedParameter() throws {
    let sampler = ParticleGibbs(
      particles: 5, draws: 2000, warmup: 500, chains: 2, ancestorSampling: .steps(1),
      parameterStep: .randomWalk(deviations: [1], moves: 2))
    check(
      "PG with moves",
      try sampler.run(
        Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 42)))
  }

  /// A parameter with no place in the graph, against quadrature.
  @Test func parameterWithoutARule() throws {
    let truth = Persistence.exact()
    let sampler = ParticleGibbs(
      particles: 8, draws: 2000, warmup: 500, chains: 2, ancestorSampling: .steps(1),
      parameterStep: .randomWalk(deviations: [0.3], moves: 2), keepsStates: false)
    let posterior = try sampler.run(
      UnknownPersistence(), parameters: { [$0.a] }, data: Persistence.data,
      key: RandomKey(seed: 1))
    let draws = posterior.draws.map { $0.parameters[0] }
    let z = [
      chainDeviation(draws, from: truth.mean),
      chainDeviation(draws.map { ($0 - truth.mean) * ($0 - truth.mean) }, from: truth.variance),
      chainDeviation(draws.map { $0 < truth.quartiles[0] ? 1 : 0 }, from: 0.25),
      chainDeviation(draws.map { $0 < truth.quartiles[2] ? 1 : 0 }, from: 0.75),
    ]
    print("PG of a parameter without a rule: z", z, "moved", posterior.acceptanceRates.last!)
    #expect(z.allSatisfy { abs($0) < 4 })
    #expect(throws: InferenceError.self) {
      try ParticleGibbs(particles: 3, draws: 2).run(
        UnknownPersistence(), parameters: { [$0.a] }, data: [1, 2], key: RandomKey(seed: 0))
    }
  }

  @Test(arguments: [AncestorSampling.off, .full, .steps(1)])
  func marginalParameter(ancestors: AncestorSampling) throws {
    let sampler = MarginalizedParticleGibbs(
      particles: ancestors == .off ? 12 : 4, draws: 1000, warmup: 200, chains: 2,
      ancestorSampling: ancestors)
    check(
      "mPG \(ancestors)",
      try sampler.run(
        Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 43)))
  }

  /// Resampling where weights are uneven alone is as good.
  @Test func resampledSometimes() throws {
    for ancestors in [AncestorSampling.off, .steps(1)] {
      let plain = ParticleGibbs(
        particles: 8, draws: 1000, warmup: 200, chains: 2, ancestorSampling: ancestors, trigger: 0.6
      )
      check(
        "PG \(ancestors), trigger 0.6",
        try plain.run(
          Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 48)))
      let marginal = MarginalizedParticleGibbs(
        particles: 8, draws: 1000, warmup: 200, chains: 2, ancestorSampling: ancestors, trigger: 0.6
      )
      check(
        "mPG \(ancestors), trigger 0.6",
        try marginal.run(
          Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 49)))
    }
  }

  /// The trigger reaches the sweeps.
  @Test func triggersChangeTheDraws() throws {
    let plain = try [1, 0.1].map { trigger in
      try ParticleGibbs(particles: 8, draws: 20, warmup: 0, chains: 1, trigger: trigger)
        .run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 50))
        .draws.map { $0.parameters[0] }
    }
    #expect(plain[0] != plain[1])
    let marginal = try [1, 0.1].map { trigger in
      try MarginalizedParticleGibbs(
        particles: 8, draws: 20, warmup: 0, chains: 1, trigger: trigger
      ).run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 50))
        .draws.map { $0.parameters[0] }
    }
    #expect(marginal[0] != marginal[1])
  }

  /// A path without parameters, and one with everything integrated out.
  @Test func pathsAlone() throws {
    let exact = SymbolChain.joint
    let total = exact.reduce(0, +)
    let sampler = ParticleGibbs(
      particles: 4, draws: 1200, warmup: 0, chains: 2, ancestorSampling: .full)
    let posterior = try sampler.run(
      SymbolChain(), parameters: { _ in [] }, data: SymbolChain.data, key: RandomKey(seed: 44))
    for t in 0..<4 {
      for state in 0..<3 {
        var truth = 0.0
        for (number, joint) in exact.enumerated() where SymbolChain.states(number)[t] == state {
          truth += joint / total
        }
        let z = chainDeviation(
          posterior.draws.map { $0.states[t + 1].state.known == state ? 1 : 0 }, from: truth)
        #expect(abs(z) < 4)
      }
    }
    let delayed = try MarginalizedParticleGibbs(
      particles: 2, draws: 1000, warmup: 0, chains: 2, delays: true
    ).run(Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 45))
    let truth = Drift.exact()
    let z = deviation(delayed.draws.map { $0.parameters[0] }, from: truth.means[0])
    print("all integrated out: lag-1", lagOneCorrelation(delayed.draws.map { $0.parameters[0] }), z)
    #expect(abs(z) < 4)
    #expect(abs(lagOneCorrelation(delayed.draws.map { $0.parameters[0] })) < 0.07)
    #expect(isClose(delayed.particles[0].graph.mean(delayed.draws[0].states[8].mu), truth.means[0]))
  }

  /// Wigren and others (NeurIPS 2019): with many particles draws of the marginalized
  /// sampler become independent, those of particle Gibbs only as good as ideal Gibbs.
  @Test func marginalizedDrawsBecomeIndependent() throws {
    var lags: [[Double]] = [[], []]
    for particles in [3, 20, 100] {
      let draws = 800
      let plain = try ParticleGibbs(
        particles: particles, draws: draws, warmup: 50, chains: 1, keepsStates: false
      ).run(Tosses(), parameters: { [$0.bias] }, data: Tosses.data, key: RandomKey(seed: 46))
      let marginal = try MarginalizedParticleGibbs(
        particles: particles, draws: draws, warmup: 50, chains: 1, keepsStates: false
      ).run(Tosses(), parameters: { [$0.bias] }, data: Tosses.data, key: RandomKey(seed: 47))
      lags[0].append(lagOneCorrelation(plain.draws.map { $0.parameters[0] }))
      lags[1].append(lagOneCorrelation(marginal.draws.map { $0.parameters[0] }))
      for posterior in [plain, marginal] {
        let z = chainDeviation(posterior.draws.map { $0.parameters[0] }, from: Tosses.exactMean)
        print("tosses, N = \(particles): z", z)
        #expect(abs(z) < 4)
      }
    }
    print("lag-1 of PG", lags[0], "of mPG", lags[1])
    #expect(lags[0][2] > 0.5)
    #expect(abs(lags[1][2]) < 0.12)
    #expect(lags[1][2] < lags[1][1] && lags[1][1] < lags[1][0])
  }

  /// One chain has the pool inside, several run side by side.
  @Test(arguments: [1, 3]) func sameBitsForAnyThreads(chains: Int) throws {
    var reference: [[Double]] = []
    for threads in [0, 1, 2, 8] {
      let pool = threads > 0 ? WorkerPool(threads: threads) : nil
      var draws: [[Double]] = []
      let one = try ParticleGibbs(
        particles: 70, draws: 3, warmup: 1, chains: chains, thinning: 2, ancestorSampling: .full
      ).run(
        Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 1), pool: pool)
      let two = try MarginalizedParticleGibbs(
        particles: 70, draws: 3, warmup: 1, chains: chains, thinning: 2, delays: true
      ).run(
        Drift(), parameters: { [$0.mu] }, data: Drift.data, key: RandomKey(seed: 1), pool: pool)
      for posterior in [one, two] {
        draws += posterior.draws.map(\.parameters) + [posterior.effectiveSampleSizes]
        draws += posterior.chains.map(\.logDensities) + posterior.chains.map(\.moves)
      }
      if reference.isEmpty { reference = draws }
      #expect(draws == reference)
    }
  }

  @Test func whatIsNotMarginalIsNamed() throws {
    let sampler = MarginalizedParticleGibbs(particles: 3, draws: 2)
    do {
      _ = try sampler.run(
        Forced(), parameters: { [$0.mu] }, data: [1, 2], key: RandomKey(seed: 0))
      Issue.record("a parameter that is forced was taken for marginal")
    } catch .parameterNotMarginal(let site, let cause) {
      #expect(site.text == "mu" && cause.text == "exp")
    }
    #expect(throws: InferenceError.noParameter(number: 0)) {
      try sampler.run(
        Drift(), parameters: { _ in [Random<Double>()] }, data: [1], key: RandomKey(seed: 0))
    }
    #expect(throws: InferenceError.noSurvivors(step: 0, trials: 3)) {
      try sampler.run(
        Counting(), parameters: { _ in [] }, data: [50, 2], key: RandomKey(seed: 0))
    }
  }
}

/// bias ~ Beta(1, 1); n[t] ~ Binomial(20, bias); y[t] ~ N(n[t], 9): counts that tell much of the
/// bias, and are hardly seen.
struct Tosses: SequentialModel {
  static let data = [8.1, 14.2, 12.8, 9.5]

  var bias = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) { bias = p.assume(Beta(1, 1)) }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let n = p.draw(Binomial(count: 20, probability: bias))
    p.observe(y, Normal(Double(n), variance: 9))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(bias) }

  /// By quadrature over the bias: given it the counts are independent.
  static var exactMean: Double {
    var (total, first) = (0.0, 0.0)
    let count = 4000
    for index in 0..<count {
      let bias = (Double(index) + 0.5) / Double(count)
      var weight = 1.0
      for y in data {
        var sum = 0.0
        for n in 0...20 {
          var choose = 1.0
          for i in 0..<n { choose = choose * Double(20 - i) / Double(i + 1) }
          let residual = y - Double(n)
          sum +=
            choose * pow(bias, Double(n)) * pow(1 - bias, Double(20 - n))
            * exp(-residual * residual / 18)
        }
        weight *= sum
      }
      total += weight
      first += weight * bias
    }
    return first / total
  }
}

/// A parameter in a place where no rule applies.
struct Forced: SequentialModel {
  var mu = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    mu = p.assume(Normal(0, variance: 1), at: "mu")
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    p.observe(y, Normal(exp(p.value(mu, at: "exp")), variance: 1))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(mu) }
}

/// The model of `Persistence` with its parameter inside.
struct UnknownPersistence: SequentialModel {
  var a = Random<Double>()
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) { a = p.assume(Uniform(-1, 1)) }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(t == 0 ? Normal(Affine(0), variance: 1) : Normal(p.value(a) * x, variance: 1))
    p.observe(y, Normal(x, variance: 0.25))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(a)
    visitor.keep(x)
  }
}
