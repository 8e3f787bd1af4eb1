import Glibc
import Randomness
import Synchronization
import Testing

@testable import Probability

/// Ancestors sampled with the statistics of the rest of a path, against the rest led to its end.
@Suite struct AncestorSamplingTests {
  /// Compares the log-density of the rest of a path after other pasts, at every step.
  func check<M: SequentialModel>(
    _ model: M, data: [M.Observation], addsUp: Bool = true, steps: Int = 1,
    parameters: (M) -> [Random<Double>]
  ) throws {
    let plan = try ParameterPlan(model, parameters)
    func sweep(_ ancestors: AncestorSampling) -> ConditionalSweep<M> {
      ConditionalSweep(
        filter: ConditionalFilter(particles: 30, ancestorSampling: ancestors), model: model,
        data: data, number: 1, start: ParameterContext(plan))
    }
    let (whole, short) = (sweep(.full), sweep(.steps(steps)))
    let key = RandomKey(seed: 70)
    let path = try whole.run(given: nil, key: key.child("path"), pool: nil).path
    let statistics = short.statistics(of: path)
    #expect((statistics != nil) == addsUp)
    var finite = 0
    for other in 0..<4 {
      let past = try whole.run(given: nil, key: key.child("past", other), pool: nil).path
      for t in data.indices {
        let before = ReferencePath(steps: Array(past.steps[...t]))
        let replay = whole.replay(before, keepsStates: true)
        var cell = Cell(state: PathParticle(model: replay.states[t]))
        cell.graph = replay.context.graph
        let exact = whole.rest(of: path, nil, t, cell)
        let fast = short.rest(of: path, statistics, t, cell)
        #expect(exact == fast || abs(exact - fast) < 1e-9 * max(1, abs(exact)), "step \(t)")
        if exact > -.infinity { finite += 1 }
      }
    }
    #expect(finite > data.count)
  }

  @Test func normal() throws {
    try check(Drift(), data: Drift.data) { [$0.mu] }
  }

  @Test func twoVariances() throws {
    try check(Growth(), data: Growth.data(12, key: RandomKey(seed: 71))) { $0.variances }
  }

  @Test func beta() throws {
    try check(Tosses(), data: Tosses.data) { [$0.bias] }
  }

  @Test func rateAndShares() throws {
    try check(Arrivals(), data: [3, 0, 2, 5, 1, 4]) { [$0.rate, $0.shares[0], $0.shares[2]] }
  }

  /// Normal coefficients in units of an unknown variance or precision.
  @Test(arguments: [false, true])
  func regression(isPrecision: Bool) throws {
    let model = Autoregression(isPrecision: isPrecision)
    try check(model, data: [0.3, 1.2, -0.4, 0.9, 2.2, 1.0]) { [$0.slope, $0.level, $0.scale] }
  }

  /// Where there are no statistics the path is led to its end, and where a state is of two steps
  /// one more is enough.
  @Test func otherForms() throws {
    try check(Bounded(), data: [0.5, 2.0, 1.1, 0.7], addsUp: false) { [$0.bound] }
    try check(Second(), data: [0.3, 1.2, -0.4, 0.9, 2.2, 1.0], steps: 2) { [$0.mu] }
  }

  /// Each particle is led one step for each step of the filter, whatever the number of steps.
  @Test func costIsLinear() throws {
    var calls: [Int] = []
    for count in [20, 40] {
      let counter = CallCounter()
      let chain = MarginalizedParticleGibbs(
        particles: 10, draws: 3, warmup: 0, chains: 1, ancestorSampling: .steps(1),
        keepsStates: false)
      _ = try chain.run(
        Counted(counter: counter), parameters: { $0.model.variances },
        data: Growth.data(count, key: RandomKey(seed: 72)), key: RandomKey(seed: 73))
      calls.append(counter.count.load(ordering: .relaxed))
    }
    print("steps of the model:", calls)
    #expect(calls[1] <= 2 * calls[0])
  }
}

/// Counts of a Poisson whose rate is unknown, each of one of three kinds.
private struct Arrivals: SequentialModel {
  var rate = Random<Double>()
  var shares = Random<[Double]>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    rate = p.assume(Gamma(shape: 2, rate: 1))
    shares = p.assume(Dirichlet([1, 2, 0.5]))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let kind = p.draw(Categorical(shares))
    let count = p.draw(Poisson(2 * rate))
    p.observe(y, Normal(Double(count + kind), variance: 1))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(rate)
    visitor.keep(shares)
  }
}

/// x[t] ~ N(slope·x[t−1] + level, s²), all three unknown.
private struct Autoregression: SequentialModel {
  var isPrecision = false
  var scale = Random<Double>()
  var slope = Random<Double>()
  var level = Random<Double>()
  var x = 0.5

  init(isPrecision: Bool) { self.isPrecision = isPrecision }

  mutating func start(_ p: inout some ProbabilisticContext) {
    if isPrecision {
      scale = p.assume(Gamma(shape: 2, rate: 1))
      slope = p.assume(Normal(0.2, variance: 0.5 / scale))
      level = p.assume(Normal(0.5 * slope, variance: 1 / scale))
    } else {
      scale = p.assume(InverseGamma(shape: 2, scale: 1))
      slope = p.assume(Normal(0.2, variance: 2 * scale))
      level = p.assume(Normal(0.5 * slope, variance: scale))
    }
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    if isPrecision {
      x = p.draw(Normal(x * slope + level, variance: 1 / scale))
    } else {
      x = p.draw(Normal(x * slope + level, variance: scale))
    }
    p.observe(y, Normal(x, variance: 0.5))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep([scale, slope, level]) }
}

/// A parameter that is conjugate, but whose data does not add up.
private struct Bounded: SequentialModel {
  var bound = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    bound = p.assume(Pareto(shape: 2, minimum: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let x = p.draw(Uniform(0, bound))
    p.observe(y, Normal(x, variance: 1))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(bound) }
}

/// A chain of second order.
private struct Second: SequentialModel {
  var mu = Random<Double>()
  var x = 0.0
  var before = 0.0

  mutating func start(_ p: inout some ProbabilisticContext) {
    mu = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let next = p.draw(Normal(mu + (0.7 * x - 0.3 * before), variance: 1))
    (before, x) = (x, next)
    p.observe(y, Normal(x, variance: 0.5))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(mu) }
}

private final class CallCounter: Sendable {
  let count = Atomic(0)
}

private struct Counted: SequentialModel {
  let counter: CallCounter
  var model = Growth()

  init(counter: CallCounter) { self.counter = counter }

  mutating func start(_ p: inout some ProbabilisticContext) { model.start(&p) }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    counter.count.add(1, ordering: .relaxed)
    model.step(t, y, &p)
  }

  func visit(_ visitor: inout RandomVisitor) { model.visit(&visitor) }
}
