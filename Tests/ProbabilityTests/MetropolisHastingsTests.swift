import Glibc
import Parallel
import Probability
import Randomness
import Testing

/// A normal mean with known variance: the posterior is normal.
struct NormalMean: Model {
  var data = [1.2, 0.4, 2.1, 1.7, 0.9]
  func run(_ p: inout some ProbabilisticContext) -> Double {
    let mean = p.assume(Normal(0, variance: 4), at: "mean")
    for y in data { p.observe(y, Normal(mean, variance: 1.5)) }
    return p.value(mean)
  }

  /// Mean and variance of the posterior.
  var truth: (mean: Double, variance: Double) {
    let precision = 1 / 4.0 + Double(data.count) / 1.5
    return (data.reduce(0, +) / 1.5 / precision, 1 / precision)
  }
}

/// Control flow that depends on choices: one mean or two, and a number of choices to match.
struct OneOrTwo: Model {
  let data: [Double]
  func run(_ p: inout some ProbabilisticContext) -> (parts: Int, mean: Double) {
    let isSplit = p.value(p.assume(Bernoulli(0.4), at: "split"))
    let first = p.value(p.assume(Normal(0, variance: 9), at: "mean"))
    let second =
      isSplit ? p.value(p.assume(Normal(0, variance: 9), at: "mean")) : first
    for (index, y) in data.enumerated() {
      p.observe(y, Normal(index % 2 == 0 ? first : second, variance: 1))
    }
    return (isSplit ? 2 : 1, first)
  }

  /// The posterior probability of two parts: each part's evidence is Gaussian.
  var truth: Double {
    func evidence(_ values: [Double]) -> Double {
      // By the chain rule: y given the ones before.
      var (mean, variance, total) = (0.0, 9.0, 0.0)
      for y in values {
        total += Normal(mean, variance: variance + 1).logDensity(y)
        mean += variance / (variance + 1) * (y - mean)
        variance = variance / (variance + 1)
      }
      return total
    }
    let even = data.indices.filter { $0 % 2 == 0 }.map { data[$0] }
    let odd = data.indices.filter { $0 % 2 == 1 }.map { data[$0] }
    let one = 0.6 * exp(evidence(data))
    let two = 0.4 * exp(evidence(even) + evidence(odd))
    return two / (one + two)
  }
}

/// Choices come and go with a count; all are finite.
struct Growing: Model {
  func run(_ p: inout some ProbabilisticContext) -> [Int] {
    let count = p.draw(Categorical([0.1, 0.2, 0.3, 0.4]), at: "count")
    var sizes: [Int] = []
    for index in 0..<count {
      let size = p.draw(UniformInteger(0, 2), at: "size")
      // The next place is visited only after large ones.
      if size == 2 { sizes.append(10 + (p.draw(Bernoulli(0.3), at: "extra") ? 1 : 0)) }
      sizes.append(size + index)
    }
    p.observe(4, Poisson(1.0 + Double(sizes.reduce(0, +)) / 4))
    return sizes
  }
}

@Suite struct MetropolisHastingsTests {
  /// How far a chain's mean is from the truth, in its own standard errors.
  static func z<Draw>(
    _ posterior: Posterior<Draw>, _ truth: Double, _ number: (Draw) -> Double
  ) -> Double {
    let summary = posterior.summary(of: number)
    return (summary.mean - truth) / summary.standardError
  }

  static let settings: [MetropolisHastings] = [
    MetropolisHastings(draws: 2000, warmup: 500, moves: [.singleSite(.prior)]),
    MetropolisHastings(draws: 2000, warmup: 500, moves: [.singleSite(.randomWalk)]),
    MetropolisHastings(draws: 2000, warmup: 500, moves: [.block(["mean"], .randomWalk)]),
    MetropolisHastings(draws: 2000, warmup: 500, moves: [.block(["mean"], .prior)]),
  ]

  @Test(arguments: 0..<4) func normalMeanHasItsPosterior(_ index: Int) throws {
    let model = NormalMean()
    let posterior = try Self.settings[index].run(model, key: RandomKey(seed: UInt64(index)))
    let (mean, variance) = model.truth
    let summary = posterior.summary { $0 }
    print("normal mean \(index): ESS \(summary.bulkESS), acceptance \(posterior.acceptanceRates)")
    #expect(summary.rHat < 1.01 && summary.bulkESS > 400)
    #expect(abs(Self.z(posterior, mean) { $0 }) < 4)
    #expect(abs(Self.z(posterior, variance) { ($0 - mean) * ($0 - mean) }) < 4)
  }

  /// A probability and a positive number: random walks on the logistic and the logarithmic scale.
  @Test func walksKeepToTheSupport() throws {
    struct Rates: Model {
      func run(_ p: inout some ProbabilisticContext) -> [Double] {
        let bias = p.assume(Beta(2, 3), at: "bias")
        let rate = p.assume(Gamma(shape: 2, rate: 3), at: "rate")
        let end = p.assume(Uniform(-1, 4), at: "end")
        p.observe(4, Binomial(count: 7, probability: bias))
        p.observe(3, Poisson(rate))
        return [p.value(bias), p.value(rate), p.value(end)]
      }
    }
    for (seed, moves) in [
      [MetropolisHastings.Move.singleSite()], [.block(["bias", "rate", "end"])],
    ].enumerated() {
      let posterior = try MetropolisHastings(draws: 3000, warmup: 1000, moves: moves)
        .run(Rates(), key: RandomKey(seed: UInt64(seed)))
      // Beta(6, 6), Gamma(5, 4), and the prior.
      #expect(abs(Self.z(posterior, 0.5) { $0[0] }) < 4)
      #expect(abs(Self.z(posterior, 0.25 / 13) { ($0[0] - 0.5) * ($0[0] - 0.5) }) < 4)
      #expect(abs(Self.z(posterior, 1.25) { $0[1] }) < 4)
      #expect(abs(Self.z(posterior, 5.0 / 16) { ($0[1] - 1.25) * ($0[1] - 1.25) }) < 4)
      #expect(abs(Self.z(posterior, 1.5) { $0[2] }) < 4)
      #expect(abs(Self.z(posterior, 25.0 / 12) { ($0[2] - 1.5) * ($0[2] - 1.5) }) < 4)
    }
  }

  /// Two parents of a strongly correlated posterior, moved together.
  @Test func blocksFollowCorrelations() throws {
    struct Sum: Model {
      func run(_ p: inout some ProbabilisticContext) -> [Double] {
        let x = p.assume(Normal(0, variance: 1), at: "x")
        let y = p.assume(Normal(x, variance: 1), at: "y")
        p.observe(3, Normal(x + y, variance: 0.2))
        return [p.value(x), p.value(y)]
      }
    }
    let moves: [MetropolisHastings.Move] = [.block(["x", "y"]), .singleSite()]
    let posterior = try MetropolisHastings(draws: 4000, moves: moves)
      .run(Sum(), key: RandomKey(seed: 4))
    // x + y has variance 5, covariances with x and y of 2 and 3.
    #expect(abs(Self.z(posterior, 2 / 5.2 * 3) { $0[0] }) < 4)
    #expect(abs(Self.z(posterior, 3 / 5.2 * 3) { $0[1] }) < 4)
    let covariance = 1 - 2 * 3 / 5.2
    let means = (6 / 5.2, 9 / 5.2)
    #expect(abs(Self.z(posterior, covariance) { ($0[0] - means.0) * ($0[1] - means.1) }) < 4)
  }

  @Test(arguments: [MetropolisHastings.Proposal.prior, .randomWalk])
  func dimensionMayChange(_ proposal: MetropolisHastings.Proposal) throws {
    let model = OneOrTwo(data: [0.2, 1.9, -0.6, 1.1, 0.4, 2.2])
    let posterior = try MetropolisHastings(draws: 6000, moves: [.singleSite(proposal)])
      .run(model, key: RandomKey(seed: 8))
    print("one or two: \(posterior.probability { $0.parts == 2 }), truth \(model.truth)")
    #expect(abs(Self.z(posterior, model.truth) { $0.parts == 2 ? 1 : 0 }) < 4)
  }

  @Test func growingTracesAgreeWithEnumeration() throws {
    let exact = try enumerate(Growing())
    let moves: [[MetropolisHastings.Move]] = [
      [.singleSite()], [.singleSite(steps: 1), .block(["size", "extra"])],
      [.block(["count"]), .block(["size"]), .block(["extra", AddressPattern("size", visit: 1)])],
    ]
    for (index, moves) in moves.enumerated() {
      let posterior = try MetropolisHastings(draws: 8000, chains: 2, moves: moves)
        .run(Growing(), key: RandomKey(seed: UInt64(40 + index)))
      let numbers: [@Sendable ([Int]) -> Double] = [
        { Double($0.count) }, { Double($0.reduce(0, +)) }, { $0.contains(11) ? 1 : 0 },
        { Double($0.last ?? -1) }, { $0.isEmpty ? 1 : 0 },
      ]
      for number in numbers {
        #expect(abs(Self.z(posterior, exact.mean(of: number), number)) < 4)
      }
    }
  }

  /// An index that was kept may be out of the range that another choice now gives.
  @Test func programsSeeNoValuesThatTheirLawsExclude() throws {
    struct Rows: Model {
      func run(_ p: inout some ProbabilisticContext) -> Int {
        let rows = [[1], [1, 2, 3]][p.draw(Bernoulli(0.5), at: "long") ? 1 : 0]
        return rows[p.draw(UniformInteger(0, rows.count - 1), at: "index")]
      }
    }
    let exact = try enumerate(Rows())
    for moves in [[MetropolisHastings.Move.singleSite()], [.block(["long"]), .block(["index"])]] {
      let posterior = try MetropolisHastings(draws: 4000, moves: moves)
        .run(Rows(), key: RandomKey(seed: 12))
      #expect(abs(Self.z(posterior, exact.mean { $0 == 1 ? 1 : 0 }) { $0 == 1 ? 1 : 0 }) < 4)
    }
  }

  @Test func sameKeySameChainForAnyThreads() throws {
    let sampler = MetropolisHastings(draws: 200, warmup: 100, moves: [.singleSite()])
    let key = RandomKey(seed: 3)
    let alone = try sampler.run(NormalMean(), key: key)
    for threads in [1, 2, 8] {
      let pool = WorkerPool(threads: threads)
      let pooled = try sampler.run(NormalMean(), key: key, pool: pool)
      #expect(pooled.draws == alone.draws)
      #expect(pooled.chains == alone.chains)
    }
    #expect(alone.draws[0..<200] != alone.draws[200..<400])
    #expect(try sampler.run(NormalMean(), key: RandomKey(seed: 4)).draws != alone.draws)
  }

  @Test func impossibleDataIsAnError() {
    struct Impossible: Model {
      func run(_ p: inout some ProbabilisticContext) -> Int {
        let x = p.draw(UniformInteger(0, 3))
        p.observe(x, Delta(4))
        return x
      }
    }
    #expect(throws: ProgramError.noStart(attempts: 1000)) {
      try MetropolisHastings(draws: 10).run(Impossible(), key: RandomKey(seed: 1))
    }
    #expect(throws: ProgramError.noStart(attempts: 4)) { try enumerate(Impossible()) }
  }

  @Test func badSettingsAreCaught() async {
    await #expect(processExitsWith: .failure) { _ = MetropolisHastings(draws: 0) }
    await #expect(processExitsWith: .failure) { _ = MetropolisHastings(draws: 1, moves: []) }
    await #expect(processExitsWith: .failure) {
      _ = MetropolisHastings(draws: 1, moves: [.block([])])
    }
    await #expect(processExitsWith: .failure) { _ = HamiltonianMonteCarlo(draws: -1) }
    await #expect(processExitsWith: .failure) {
      _ = HamiltonianMonteCarlo(draws: 1, trajectory: .fixed(length: 0))
    }
  }
}
