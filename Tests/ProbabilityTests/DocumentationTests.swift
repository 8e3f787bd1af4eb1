import Foundation
import Probability
import Testing

// The code of Documentation/ProbabilisticPrograms.md, and what the page says of it.

struct Coin: Model {
  let tosses: [Bool]

  func run(_ p: inout some ProbabilisticContext) -> Random<Double> {
    let bias = p.assume(Beta(1, 1))
    for toss in tosses { p.observe(toss, Bernoulli(bias)) }
    return bias
  }
}

struct Walker: SequentialModel {
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(x + 0.5, variance: 0.1))
    p.observe(y, Normal(2 * x - 1, variance: 0.2))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

struct Pendulum: SequentialModel {
  var angle = Random<Double>()
  var drift = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    angle = p.assume(Normal(0, variance: 1))
    drift = p.assume(Normal(0, variance: 0.01))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let swing = sin(p.value(angle))
    angle = p.assume(Normal(swing + drift, variance: 0.1))
    p.observe(y, Normal(angle, variance: 0.1))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(angle)
    visitor.keep(drift)
  }
}

struct Clusters: SequentialModel {
  var shares = Random<[Double]>()
  var centers: [Random<Double>] = []

  mutating func start(_ p: inout some ProbabilisticContext) {
    shares = p.assume(Dirichlet([1, 1]))
    for guess in [-1.0, 1] { centers.append(p.assume(Normal(guess, variance: 4))) }
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let cluster = p.assume(Categorical(shares))
    let centers = centers
    p.observe(y, Switch(cluster) { Normal(centers[$0], variance: 0.25) })
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(shares)
    visitor.keep(centers)
  }
}

struct Weather: SequentialModel {
  static let change = [[0.8, 0.2], [0.4, 0.6]]
  static let umbrella = [0.1, 0.9]
  var rain = Random<Int>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    rain = p.assume(Categorical([0.5, 0.5]))
  }

  mutating func step(_ t: Int, _ sawOne: Bool, _ p: inout some ProbabilisticContext) {
    rain = p.assume(Categorical(Self.change[rain]))
    p.observe(sawOne, Bernoulli(Self.umbrella[rain]))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(rain)
  }
}

struct Drifter: SequentialModel {
  var drift = Random<Double>()
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    drift = p.assume(Normal(0, variance: 1))
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(x + drift, variance: 0.1))
    p.observe(y, Normal(x, variance: 0.2))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(drift)
    visitor.keep(x)
  }
}

struct Steady: SequentialModel {
  let drift: Double
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(x + drift, variance: 0.1))
    p.observe(y, Normal(x, variance: 0.2))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(x)
  }
}

struct SteadyFamily: ParameterModel {
  let prior = Normal(0, variance: 1)

  func logPrior(_ parameters: [Double]) -> Double { prior.logDensity(parameters[0]) }

  func drawPrior(_ stream: inout RandomStream) -> [Double] { [prior.sample(&stream)] }

  func make(_ parameters: [Double]) -> Steady { Steady(drift: parameters[0]) }
}

struct Bits: ChoiceProcess {
  var written: [Int] = []

  var status: Status<[Int], [Int]> {
    written.count == 8 ? .done(written) : .choose(written, optionCount: 2)
  }

  mutating func take(_ option: Int) {
    written.append(option)
  }
}

struct Counter: SequentialModel {
  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
    p.observe(y, Poisson(1.5 - Double(t)))
  }

  func visit(_ visitor: inout RandomVisitor) {}
}

struct Shares: DifferentiableModel {
  let counts: [Double]

  func run<P: DensityContext>(_ p: inout P) -> [P.Number] {
    let evenness = p.assume(.gamma(shape: 2, rate: 1))
    let shares = p.assume(.dirichlet([evenness, evenness, evenness]))
    for (count, share) in zip(counts, shares) { p.factor(P.Number(count) * .log(share)) }
    return shares
  }
}

@Suite struct DocumentationTests {
  @Test func coin() throws {
    let posterior = try ImportanceSampler(particles: 1)
      .run(Coin(tosses: [true, true, false, true]), key: RandomKey(seed: 0))
    #expect(abs(posterior.marginalMean { $0 } - 4.0 / 6) < 1e-12)
    #expect(abs(posterior.logEvidence - log(1.0 / 20)) < 1e-12)
    #expect(posterior.report.description.hasSuffix(": 1 of 1 marginalized"))
    #expect(posterior.report.isExact)
  }

  @Test func walker() throws {
    let walk = try ParticleFilter(particles: 1)
      .run(Walker(), data: [0.1, 1.3, 1.9], key: RandomKey(seed: 0))
    // By the two equations of Kalman.
    var (mean, variance, logEvidence) = (0.0, 1.0, 0.0)
    for y in [0.1, 1.3, 1.9] {
      (mean, variance) = (mean + 0.5, variance + 0.1)
      let (residual, spread) = (y - (2 * mean - 1), 4 * variance + 0.2)
      logEvidence -= (residual * residual / spread + log(2 * Double.pi * spread)) / 2
      (mean, variance) = (
        mean + 2 * variance * residual / spread, variance - 4 * variance * variance / spread
      )
    }
    #expect(abs(walk.logEvidence - logEvidence) < 1e-12)
    #expect(abs(walk.marginalMean { $0.x } - mean) < 1e-12)
    #expect(abs(walk.marginalVariance { $0.x } - variance) < 1e-12)
    let bootstrap = try ParticleFilter(particles: 4000, delays: false)
      .run(Walker(), data: [0.1, 1.3, 1.9], key: RandomKey(seed: 0))
    #expect(bootstrap.logEvidence != logEvidence)
    #expect(abs(bootstrap.logEvidence - logEvidence) < 0.2)
  }

  @Test func chains() throws {
    let chains = try MetropolisHastings(draws: 1000)
      .run(Coin(tosses: [true, true, false, true]), key: RandomKey(seed: 0))
    let bias = chains.summary { $0.known! }
    #expect(abs(bias.mean - 4.0 / 6) < 4 * bias.standardError && bias.standardError < 0.01)
    // Of Beta(4, 2), whose distribution function is 5x⁴ − 4x⁵.
    let high = bias.quantiles.high
    #expect(abs(5 * high * high * high * high - 4 * pow(high, 5) - 0.95) < 0.02)
    #expect(abs(bias.rHat - 1) < 0.01)
    #expect(chains.acceptanceRates.count == 1 && chains.chains.count == 4)
  }

  @Test func pendulum() throws {
    let swings = try ParticleFilter(particles: 500)
      .run(Pendulum(), data: [0.3, 0.5, 0.2, 0.4], key: RandomKey(seed: 0))
    #expect(!swings.report.isExact)
    #expect(swings.effectiveSampleSizes.count == 5)
    // All angles but the last were drawn, and no drift.
    #expect(swings.report.entries.map(\.marginalized).contains(500))
    #expect(swings.report.description.contains("forced by value at"))
    let pool = WorkerPool(threads: 2)
    let parallel = try ParticleFilter(particles: 500)
      .run(Pendulum(), data: [0.3, 0.5, 0.2, 0.4], key: RandomKey(seed: 0), pool: pool)
    #expect(parallel.logEvidence == swings.logEvidence)
  }

  @Test func parameters() throws {
    let exact = try ParticleFilter(particles: 1)
      .run(Drifter(), data: [0.1, 1.3, 1.9], key: RandomKey(seed: 0))
    let (mean, variance) = (exact.marginalMean { $0.drift }, exact.marginalVariance { $0.drift })
    let gibbs = try ParticleGibbs(particles: 20, draws: 1000)
      .run(Drifter(), parameters: { [$0.drift] }, data: [0.1, 1.3, 1.9], key: RandomKey(seed: 0))
    let drawn = gibbs.summary { $0.parameters[0] }
    #expect(abs(drawn.mean - mean) < 4 * drawn.standardError && drawn.standardError < 0.03)
    #expect(abs(drawn.deviation / variance.squareRoot() - 1) < 0.1)
    let squared = try SMCSquared(particles: 500, filter: ParticleFilter(particles: 1))
      .run(SteadyFamily(), data: [0.1, 1.3, 1.9], key: RandomKey(seed: 0))
    let weighed = squared.summary { $0.parameters[0] }
    #expect(abs(weighed.mean - mean) < 4 * weighed.standardError && weighed.standardError < 0.05)
    #expect(abs(squared.logEvidence - exact.logEvidence) < 0.3)
  }

  @Test func weather() throws {
    let weather = try ParticleFilter(particles: 1)
      .run(Weather(), data: [true, true, false], key: RandomKey(seed: 0))
    // Bayes' rule over all histories.
    var joint = [0.0, 0.0]
    for path in 0..<16 {
      let states = (0..<4).map { path >> $0 & 1 }
      var probability = 0.5
      for (t, sawOne) in [true, true, false].enumerated() {
        let umbrella = Weather.umbrella[states[t + 1]]
        probability *= Weather.change[states[t]][states[t + 1]]
        probability *= sawOne ? umbrella : 1 - umbrella
      }
      joint[states[3]] += probability
    }
    let total = joint[0] + joint[1]
    #expect(abs(weather.logEvidence - log(total)) < 1e-12)
    #expect(abs(weather.probabilities { $0.rain }[1] - joint[1] / total) < 1e-12)
  }

  @Test func clusters() throws {
    let data = [-1.8, 2.1, 1.6, -2.2, 1.9]
    let clusters = try ParticleFilter(particles: 2000)
      .run(Clusters(), data: [-1.8, 2.1, 1.6, -2.2, 1.9], key: RandomKey(seed: 0))
    // All ways to assign the data: Pólya's urn, and a normal mean for each cluster.
    var (evidence, second) = (0.0, 0.0)
    for path in 0..<1 << data.count {
      var (counts, means, variances) = ([1.0, 1], [-1.0, 1], [4.0, 4])
      var probability = 1.0
      for (t, y) in data.enumerated() {
        let k = path >> t & 1
        let spread = variances[k] + 0.25
        let residual = y - means[k]
        let density =
          exp(-0.5 * residual * residual / spread) / (2 * Double.pi * spread).squareRoot()
        probability *= density * counts[k] / (counts[0] + counts[1])
        means[k] += variances[k] / spread * residual
        variances[k] *= 0.25 / spread
        counts[k] += 1
      }
      evidence += probability
      second += probability * means[1]
    }
    #expect(abs(clusters.logEvidence - log(evidence)) < 0.1)
    #expect(abs(clusters.marginalMean { $0.centers[1] } - second / evidence) < 0.1)
  }

  @Test func steering() throws {
    let threeOnes = Condition<Bits> { bits in
      let ones = bits.written.count { $0 == 1 }
      return ones <= 3 && ones + 8 - bits.written.count >= 3
    }
    let sentences = try Steering(particles: 16)
      .run(Bits(), model: UniformModel(), potential: threeOnes, key: RandomKey(seed: 0))
    // Of 256 words 56 have three ones.
    #expect(sentences.particles.count { $0.value.reduce(0, +) == 3 } == 16)
    #expect(abs(sentences.logEvidence - log(56.0 / 256)) < 0.7)
  }

  @Test func shares() throws {
    let shares = try HamiltonianMonteCarlo(draws: 1000)
      .run(Shares(counts: [7, 2, 1]), key: RandomKey(seed: 0))
    let first = shares.summary { $0[0] }
    // The mean given the evenness is (e + 7)/(3e + 10); its weight is that of the counts.
    var (total, mean) = (0.0, 0.0)
    for e in stride(from: 0.005, to: 60, by: 0.01) {
      let prior = Gamma(shape: 2, rate: 1).logDensity(e)
      let data = DirichletMultinomial(count: 10, concentration: [e, e, e]).logDensity([7, 2, 1])
      let weight = exp(prior + data)
      total += weight
      mean += weight * (e + 7) / (3 * e + 10)
    }
    print("shares: \(first.mean) of \(mean / total), \(first.standardError)")
    #expect(abs(first.mean - mean / total) < 4 * first.standardError)
    #expect(first.standardError < 0.01 && shares.divergences == 0)
  }

  /// Each line of code on the page, comments aside, is in this file, in the page's order.
  @Test func pageIsThisFile() throws {
    let source = try String(contentsOfFile: #filePath, encoding: .utf8)
    let folder = #filePath.components(separatedBy: "/Tests/")[0]
    let page = try String(
      contentsOfFile: folder + "/Documentation/ProbabilisticPrograms.md", encoding: .utf8)
    var isCode = false
    var count = 0
    var block: [String] = []
    for line in page.components(separatedBy: "\n") {
      if line.hasPrefix("```") {
        if isCode { #expect(contains(source, block), "\(block[0])") }
        isCode = line == "```swift"
        block = []
      } else if isCode {
        let code = line.components(separatedBy: " // ")[0].trimmingCharacters(in: .whitespaces)
        if !code.isEmpty { block.append(code) }
        count += 1
      }
    }
    #expect(count > 80)
  }

  private func contains(_ source: String, _ lines: [String]) -> Bool {
    var rest = source[...]
    for line in lines {
      guard let found = rest.range(of: line) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }

  @Test func diagnosis() {
    let problems = diagnose(Counter(), data: [2, 1, 0], key: RandomKey(seed: 0))
    #expect(
      problems[0].description.hasSuffix(
        ", step 2: Poisson: the rate is -0.5 but must be at least 0 and finite"))
    do {
      _ = try ParticleGibbs(particles: 4, draws: 10)
        .run(Counter(), parameters: { _ in [] }, data: [2, 1, 0], key: RandomKey(seed: 0))
      Issue.record("no error")
    } catch {
      #expect(error.description == problems[0].description)
    }
  }
}
