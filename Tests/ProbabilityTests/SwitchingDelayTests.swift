import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Gaussian variables that depend on finite ones, against the dense Gaussian of every path.
@Suite struct SwitchingDelayTests {
  /// A switching state-space model, summed over all paths of its states.
  struct System {
    let initial = [0.6, 0.4]
    let transition = [[0.9, 0.1], [0.3, 0.7]]
    let gain = [0.9, -0.5]
    let drift = [0.2, 1.5]
    let noise = [0.3, 2.0]
    let observationNoise = [0.5, 3.0]

    /// The evidence, the posterior of the last state, and mean, variance and first–last covariance
    /// of the levels.
    func enumerated(_ data: [Double]) -> (
      logEvidence: Double, last: Double, mean: Double, variance: Double, covariance: Double
    ) {
      let steps = data.count
      var paths: [(log: Double, isOne: Bool, means: [Double], covariances: [[Double]])] = []
      for code in 0..<1 << steps {
        let path = (0..<steps).map { code >> $0 & 1 }
        var dense = DenseGaussian()
        var levels = [dense.add([], shift: 1, variance: 2)]
        var observed: [Int] = []
        var logPath = 0.0
        for (t, state) in path.enumerated() {
          logPath += log(t == 0 ? initial[state] : transition[path[t - 1]][state])
          levels.append(
            dense.add(
              [(levels[t], gain[state])], shift: drift[state], variance: noise[state]))
          observed.append(
            dense.add([(levels[t + 1], 1)], shift: 0, variance: observationNoise[state]))
        }
        let result = dense.condition(observed, data, wanted: [levels[0], levels[steps]])
        paths.append(
          (logPath + result.logDensity, path[steps - 1] == 1, result.means, result.covariances))
      }
      var (total, last, first, mean, square, product) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      for path in paths {
        let weight = exp(path.log)
        total += weight
        if path.isOne { last += weight }
        first += weight * path.means[0]
        mean += weight * path.means[1]
        square += weight * (path.covariances[1][1] + path.means[1] * path.means[1])
        product += weight * (path.covariances[0][1] + path.means[0] * path.means[1])
      }
      mean /= total
      return (
        log(total), last / total, mean, square / total - mean * mean,
        product / total - mean * first / total
      )
    }

    func observe(
      _ y: Double, _ state: inout Random<Int>?, _ level: inout Random<Double>,
      _ p: inout some ProbabilisticContext
    ) {
      let new: Random<Int>
      if let state {
        new = p.assume(Categorical(transition[state]))
      } else {
        new = p.assume(Categorical(initial))
      }
      let (before, gain, drift) = (level, gain, drift)
      let (noise, observationNoise) = (noise, observationNoise)
      level = p.assume(
        SwitchingNormal(
          new, mean: { gain[$0] * before + drift[$0] }, variance: { noise[$0] }), at: "level")
      let current = level
      p.observe(
        y, SwitchingNormal(new, mean: { _ in Affine(current) }, variance: { observationNoise[$0] }))
      state = new
    }
  }

  let data = [0.5, 2.2, -1.4, 0.3, 3.1, 2.0]

  @Test func switchingKalmanFilter() {
    let system = System()
    for count in 1...6 {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let start = p.assume(Normal(1, variance: 2))
      var (level, state): (Random<Double>, Random<Int>?) = (start, nil)
      for y in data[..<count] { system.observe(y, &state, &level, &p) }
      let truth = system.enumerated(Array(data[..<count]))
      #expect(isClose(p.logWeight, truth.logEvidence))
      #expect(isClose(p.graph.probabilities(state!)[1], truth.last))
      #expect(isClose(p.graph.mean(level), truth.mean))
      #expect(isClose(p.graph.variance(level), truth.variance))
      #expect(isClose(p.graph.covariance(start, level), truth.covariance))
      #expect(p.report.isExact)
    }
  }

  struct Filter: SequentialModel {
    var level = Random<Double>()
    var state: Random<Int>?

    mutating func start(_ p: inout some ProbabilisticContext) {
      level = p.assume(Normal(1, variance: 2))
    }

    mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
      System().observe(y, &state, &level, &p)
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep(level)
      if let state { visitor.keep(state) }
    }
  }

  /// Up to the cap a single particle is exact though states are dropped; beyond it old states are
  /// drawn, memory stays bounded and the evidence unbiased.
  @Test func filterAndCap() throws {
    let short = try ParticleFilter(particles: 1).run(Filter(), data: data, key: RandomKey(seed: 1))
    #expect(isClose(short.logEvidence, System().enumerated(data).logEvidence))
    #expect(short.report.isExact)

    let long = data + [1.0, -0.5, 2.5, 0.1]
    let truth = System().enumerated(long)
    var (sum, squares, mean) = (0.0, 0.0, 0.0)
    let runs = 300
    for run in 0..<runs {
      let result = try ParticleFilter(particles: 1).run(
        Filter(), data: long, key: RandomKey(seed: UInt64(run)))
      let weight = exp(result.logEvidence - truth.logEvidence)
      sum += weight
      squares += weight * weight
      mean += weight * result.marginalMean { $0.level }
      #expect(!result.report.isExact && result.particles[0].graph.count <= 7)
      let causes = result.report.entries.flatMap(\.forced).map(\.call)
      #expect(!causes.isEmpty && causes.allSatisfy { $0 == .cap })
    }
    let average = sum / Double(runs)
    let spread = ((squares / Double(runs) - average * average) / Double(runs)).squareRoot()
    #expect(abs(average - 1) < 4 * spread && spread < 0.05)
    #expect(abs(mean / sum - truth.mean) < 0.1 * truth.variance.squareRoot())
  }

  /// Outliers: a Boolean for each observation, two indices at a time, and a forced level.
  @Test func outliersAndForcing() {
    let data = [0.3, 9, 1.1]
    let variances = [0.5, 40]
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Normal(0, variance: 4))
    var flags: [Random<Bool>] = []
    for y in data {
      let flag = p.assume(Bernoulli(0.2))
      p.observe(y, SwitchingNormal(flag, mean: { _ in Affine(x) }, variance: { variances[$0] }))
      flags.append(flag)
    }
    func path(_ code: Int) -> (log: Double, mean: Double) {
      var dense = DenseGaussian()
      let level = dense.add([], shift: 0, variance: 4)
      var logPath = 0.0
      var observed: [Int] = []
      for t in data.indices {
        let flag = code >> t & 1
        logPath += log(flag == 1 ? 0.2 : 0.8)
        observed.append(dense.add([(level, 1)], shift: 0, variance: variances[flag]))
      }
      let result = dense.condition(observed, data, wanted: [level])
      return (logPath + result.logDensity, result.means[0])
    }
    let paths = (0..<8).map { path($0) }
    let total = paths.reduce(0) { $0 + exp($1.log) }
    #expect(isClose(p.logWeight, log(total)))
    #expect(isClose(p.graph.mean(x), paths.reduce(0) { $0 + exp($1.log) * $1.mean } / total))
    var outlier = 0.0
    for code in 0..<8 where code >> 1 & 1 == 1 { outlier += exp(paths[code].log) / total }
    #expect(isClose(p.graph.mean(flags[1]), outlier) && p.report.isExact)
    // The level has a value: the flags are independent given it.
    let value = p.value(x)
    for (flag, y) in zip(flags, data) {
      let odds =
        exp(
          ConjugatePair.logNormal(y, value, 40) - ConjugatePair.logNormal(y, value, 0.5)) / 4
      #expect(isClose(p.graph.mean(flag), odds / (1 + odds), 1e-8))
    }
  }

  /// A flag that a random probability chooses: the evidence of both cases, then one of them.
  @Test func flagOfARandomProbability() {
    var p = DelayedContext(key: RandomKey(seed: 3))
    let probability = p.assume(Beta(1, 3))
    let x = p.assume(Normal(0, variance: 4))
    let flag = p.assume(Bernoulli(probability))
    p.observe(
      5, SwitchingNormal(flag, mean: { _ in Affine(x) }, variance: { $0 == 1 ? 40 : 0.5 }))
    let terms = [
      0.75 * exp(ConjugatePair.logNormal(5, 0, 4.5)),
      0.25 * exp(ConjugatePair.logNormal(5, 0, 44)),
    ]
    #expect(isClose(p.logWeight, log(terms[0] + terms[1])))
    let isOutlier = p.value(flag)
    #expect(isClose(p.graph.mean(x), isOutlier ? 20.0 / 44 : 20 / 4.5))
    #expect(isClose(p.graph.mean(probability), isOutlier ? 2.0 / 5 : 1.0 / 5))
  }

  /// A flag has a value: what is left is one Gaussian.
  @Test func forcedIndices() {
    var p = DelayedContext(key: RandomKey(seed: 2))
    let flag = p.assume(Bernoulli(0.5))
    let x = p.assume(Normal(0, variance: 1))
    let y = p.assume(SwitchingNormal(flag, mean: { Double($0) + 2 * x }, variance: { _ in 1 }))
    let isOne = p.value(flag)
    #expect(isClose(p.graph.mean(y), isOne ? 1 : 0) && isClose(p.graph.variance(y), 5))
    #expect(isClose(p.graph.covariance(x, y), 2))
    // And with an index that is known from the start.
    let z = p.assume(SwitchingNormal(flag, mean: { Double($0) + y }, variance: { _ in 1 }))
    #expect(isClose(p.graph.variance(z), 6))
  }
}
