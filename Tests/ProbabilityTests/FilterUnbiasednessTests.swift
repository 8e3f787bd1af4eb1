import Glibc
import Probability
import Randomness
import Testing

/// E[Ẑ] = Z: means of many runs are within 4 standard errors of the exact evidence.
@Suite struct FilterUnbiasednessTests {
  static let runs = 1000

  /// The deviation of the mean of exp(log Ẑ − log Z) from 1, in standard errors.
  func bias(
    _ exact: Double, _ name: String, _ logEvidence: (RandomKey) throws -> Double
  ) rethrows -> Double {
    let ratios = try (0..<Self.runs).map { run in
      exp(try logEvidence(RandomKey(seed: 71).child(name, run)) - exact)
    }
    return deviation(ratios, from: 1)
  }

  static let plain: [Resampling] = [.multinomial, .residual, .stratified, .systematic, .ssp]

  @Test(arguments: [2, 5]) func particleFilter(count: Int) throws {
    for resampling in Self.plain + [.optimal(expansion: 2)] {
      let filter = ParticleFilter(
        particles: count, resampling: resampling, trigger: 0.7, delays: false)
      let z = try bias(SymbolChain.logEvidence, "plain \(resampling) \(count)") {
        try filter.run(SymbolChain(), data: SymbolChain.data, key: $0).logEvidence
      }
      print("particle filter, \(resampling), N = \(count): z =", z)
      #expect(abs(z) < 4)
    }
  }

  @Test(arguments: [2, 5]) func auxiliaryFilter(count: Int) throws {
    let drift = Array(Drift.data.prefix(4))
    let exact = Drift.exact(drift).logEvidence
    for (number, resampling) in Self.plain.enumerated() {
      let trigger = number == 0 ? 0.7 : 1
      let symbols = AuxiliaryFilter<SymbolChain>(
        particles: count, resampling: resampling, trigger: trigger, delays: false
      ) { model, _, t, y in
        // Not the predictive probability: any positive number must do.
        let state = model.state.known!
        return log(SymbolChain.emission[state][y] + 0.1 * Double(t))
      }
      let one = try bias(SymbolChain.logEvidence, "auxiliary \(resampling) \(count)") {
        try symbols.run(SymbolChain(), data: SymbolChain.data, key: $0).logEvidence
      }
      let numbers = AuxiliaryFilter<Drift>(
        particles: count, resampling: resampling, trigger: trigger, delays: false
      ) { model, _, _, y in
        Normal(0.8 * model.x.known! + model.mu.known!, variance: 1.5).logDensity(y)
      }
      let other = try bias(exact, "numbers \(resampling) \(count)") {
        try numbers.run(Drift(), data: drift, key: $0).logEvidence
      }
      print("auxiliary filter, \(resampling), N = \(count): z =", one, other)
      #expect(abs(one) < 4 && abs(other) < 4)
    }
  }

  @Test(arguments: [2, 5]) func aliveFilter(count: Int) throws {
    let filter = AliveFilter(particles: count, delays: false)
    let drift = Array(Drift.data.prefix(4))
    let z = [
      try bias(SymbolChain.logEvidence, "alive \(count)") {
        try filter.run(SymbolChain(), data: SymbolChain.data, key: $0).logEvidence
      },
      try bias(Drift.exact(drift).logEvidence, "alive drift \(count)") {
        try filter.run(Drift(), data: drift, key: $0).logEvidence
      },
      try bias(Counting.exact.logEvidence, "alive counting \(count)") {
        try filter.run(Counting(), data: Counting.data, key: $0).logEvidence
      },
      // With the count integrated out each weight is what the next observation makes of all of
      // them.
      try bias(Counting.exact.logEvidence, "alive delayed \(count)") {
        try AliveFilter(particles: count).run(Counting(), data: Counting.data, key: $0)
          .logEvidence
      },
    ]
    print("alive filter, N = \(count): z =", z)
    #expect(z.allSatisfy { abs($0) < 4 })
  }

  @Test(arguments: [2, 5]) func resampleMove(count: Int) throws {
    let drift = Array(Drift.data.prefix(3))
    for resampling in Self.plain {
      let key = "move \(resampling) \(count)"
      let kernel = ResampleMove<StaticMean>(
        particles: count, resampling: resampling, trigger: 0.7,
        move: .kernel(StaticMean.metropolis))
      let path = ResampleMove<Drift>(
        particles: count, resampling: resampling, trigger: 1,
        move: .parameters({ [$0.mu] }, moves: 1))
      let z = [
        try bias(StaticMean.exact(StaticMean.data).logEvidence, key) {
          try kernel.run(StaticMean(), data: StaticMean.data, key: $0).logEvidence
        },
        try bias(Drift.exact(drift).logEvidence, key) {
          try path.run(Drift(), data: drift, key: $0).logEvidence
        },
      ]
      print("resample-move, \(resampling), N = \(count): z =", z)
      #expect(z.allSatisfy { abs($0) < 4 })
    }
  }

  /// Without moves the particles of a variable that is drawn once die out; with them their variance
  /// stays that of the posterior.
  @Test func movesKeepParametersAlive() throws {
    let data = (0..<60).map { 2 + sin(Double($0)) }
    let truth = StaticMean.exact(data)
    var variances: [Double] = []
    for move in [
      ResampleMove<StaticMean>.Move.kernel(StaticMean.metropolis),
      .parameters({ [$0.theta] }, moves: 2),
      .kernel { _, _, _ in false },
    ] {
      let filter = ResampleMove(particles: 2000, trigger: 0.7, move: move)
      let posterior = try filter.run(StaticMean(), data: data, key: RandomKey(seed: 8))
      let mean = posterior.mean { $0.theta.known! }
      let variance = posterior.mean { ($0.theta.known! - mean) * ($0.theta.known! - mean) }
      let count = Set(posterior.particles.map { $0.value.theta.known! }).count
      print(
        "resample-move: mean", mean, truth.mean, "variance", variance, truth.variance, "values",
        count, "evidence", posterior.logEvidence - truth.logEvidence, posterior.acceptanceRates)
      variances.append(variance)
      guard variances.count < 3 else {
        #expect(count < 500)
        continue
      }
      #expect(abs(mean - truth.mean) < 4 * (truth.variance / 500).squareRoot())
      #expect(abs(variance / truth.variance - 1) < 0.2)
      #expect(count > 1000)
    }
  }

  @Test func aliveFilterFindsThePosteriorOfImpossibleData() throws {
    let exact = Counting.exact
    for delays in [false, true] {
      let posterior = try AliveFilter(particles: 40_000, delays: delays).run(
        Counting(), data: Counting.data, key: RandomKey(seed: 3))
      let truth = exact.last.enumerated().reduce(0.0) { $0 + Double($1.offset) * $1.element }
      var mean = 0.0
      for particle in posterior.particles {
        mean += exp(particle.logWeight) * particle.graph.mean(particle.value.n)
      }
      print(
        "alive, delays \(delays): log evidence", posterior.logEvidence, "exact",
        exact.logEvidence, "mean", mean, truth, "alive shares", posterior.acceptanceRates)
      #expect(abs(posterior.logEvidence - exact.logEvidence) < 0.03)
      #expect(abs(mean - truth) < 0.03)
      // With the counts integrated out nothing that was observed so far is impossible for all.
      #expect(posterior.acceptanceRates.contains { $0 < 0.6 } != delays)
    }
  }

  @Test func aliveFilterGivesUp() {
    let filter = AliveFilter(particles: 3, maximumTrials: 50)
    #expect(throws: InferenceError.noSurvivors(step: 1, trials: 50)) {
      try filter.run(Counting(), data: [0, 100], key: RandomKey(seed: 0))
    }
  }
}
