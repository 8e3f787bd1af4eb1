import Glibc
import Probability
import Randomness

/// Sequential programs for calibration, each with a simulator.

/// A level that wanders: all Gaussian.
struct WanderingLevel: CalibratedProgram {
  var first = Random<Double>()
  var level = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    level = p.assume(Normal(1, variance: 1))
    first = level
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    level = p.assume(Normal(0.9 * level, variance: 0.5))
    p.observe(y, Normal(level, variance: 0.5))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(first)
    visitor.keep(level)
  }

  func quantities(_ p: inout some ProbabilisticContext) -> [Double] {
    [p.value(first), p.value(level)]
  }

  static let model = CalibratedModel<[Double]>(
    name: "wandering level", quantities: ["first", "last"]
  ) { random in
    var level = 1 + random.normal()
    let first = level
    let data = (0..<4).map { _ in
      level = 0.9 * level + 0.5.squareRoot() * random.normal()
      return level + 0.5.squareRoot() * random.normal()
    }
    return ([first, level], data)
  }
}

/// `Drift`, whose parameter is conjugate to its states.
extension Drift: CalibratedProgram {
  func quantities(_ p: inout some ProbabilisticContext) -> [Double] { [p.value(mu), p.value(x)] }

  static let model = CalibratedModel<[Double]>(
    name: "drift", quantities: ["drift", "last"]
  ) { random in
    let mu = random.normal()
    var x = random.normal()
    let data = (0..<5).map { _ in
      x = 0.8 * x + mu + 0.5.squareRoot() * random.normal()
      return x + 0.5.squareRoot() * random.normal()
    }
    return ([mu, x], data)
  }
}

/// Volatility around an unknown mean: the states enter the data in a way without a rule.
struct Volatility: CalibratedProgram {
  /// The mean of the mean.
  var center = -0.5
  var mean = Random<Double>()
  var state = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    mean = p.assume(Normal(center, variance: 1))
    state = p.assume(Normal(mean, variance: 0.5))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    state = p.assume(Normal(0.6 * state + 0.4 * mean, variance: 0.4))
    p.observe(y, Normal(0, variance: exp(p.value(state))))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(mean)
    visitor.keep(state)
  }

  func quantities(_ p: inout some ProbabilisticContext) -> [Double] {
    [p.value(mean), p.value(state)]
  }

  static let model = CalibratedModel<[Double]>(
    name: "volatility", quantities: ["mean", "last"]
  ) { random in
    let mean = -0.5 + random.normal()
    var state = mean + 0.5.squareRoot() * random.normal()
    let data = (0..<5).map { _ in
      state = 0.6 * state + 0.4 * mean + 0.4.squareRoot() * random.normal()
      return exp(state / 2) * random.normal()
    }
    return ([mean, state], data)
  }
}

/// `Counting`: data that most particles find impossible.
extension Counting: CalibratedProgram {
  func quantities(_ p: inout some ProbabilisticContext) -> [Double] { [Double(p.value(n))] }

  static let model = CalibratedModel<[Int]>(
    name: "counting", quantities: ["last"]
  ) { random in
    var n = 1
    let data = (0..<4).map { _ in
      n = Binomial(count: n + 2, probability: 0.5).sample(&random)
      return Binomial(count: n, probability: 0.4).sample(&random)
    }
    return ([Double(n)], data)
  }
}

/// `SymbolChain`: a finite hidden state.
extension SymbolChain: CalibratedProgram {
  func quantities(_ p: inout some ProbabilisticContext) -> [Double] { [Double(p.value(state))] }

  static let model = CalibratedModel<[Int]>(
    name: "symbol chain", quantities: ["last"]
  ) { random in
    var state = Categorical(initial).sample(&random)
    let data = (0..<4).map { t in
      if t > 0 { state = Categorical(transition[state]).sample(&random) }
      return Categorical(emission[state]).sample(&random)
    }
    return ([Double(state)], data)
  }
}

/// `Tosses`: counts that are hardly seen, with a common probability.
extension Tosses: CalibratedProgram {
  func quantities(_ p: inout some ProbabilisticContext) -> [Double] { [p.value(bias)] }

  static let model = CalibratedModel<[Double]>(
    name: "tosses", quantities: ["bias"]
  ) { random in
    let bias = random.uniform()
    let data = (0..<4).map { _ in
      Double(Binomial(count: 20, probability: bias).sample(&random)) + 3 * random.normal()
    }
    return ([bias], data)
  }
}

/// `UnknownPersistence`: a parameter without a rule.
extension UnknownPersistence: CalibratedProgram {
  func quantities(_ p: inout some ProbabilisticContext) -> [Double] { [p.value(a), p.value(x)] }

  static let model = CalibratedModel<[Double]>(
    name: "persistence", quantities: ["persistence", "last"]
  ) { random in
    let a = 2 * random.uniform() - 1
    var x = 0.0
    let data = (0..<6).map { t in
      x = (t == 0 ? 0 : a * x) + random.normal()
      return x + 0.5 * random.normal()
    }
    return ([a, x], data)
  }
}

/// Two groups: an index that chooses among random means.
struct TwoGroups: CalibratedProgram {
  var share = Random<Double>()
  var means: [Random<Double>] = []

  mutating func start(_ p: inout some ProbabilisticContext) {
    share = p.assume(Beta(2, 2))
    means = [
      p.assume(Normal(-1, variance: 0.5), at: "first"),
      p.assume(Normal(1, variance: 0.5), at: "second"),
    ]
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    let isSecond = p.assume(Bernoulli(share))
    let means = means
    p.observe(y, Switch(isSecond) { Normal(means[$0], variance: 1) })
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(share)
    visitor.keep(means)
  }

  func quantities(_ p: inout some ProbabilisticContext) -> [Double] {
    [p.value(share), p.value(means[0])]
  }

  static let model = CalibratedModel<[Double]>(
    name: "two groups", quantities: ["share", "first mean"]
  ) { random in
    let share = Beta(2, 2).sample(&random)
    let means = [-1.0, 1].map { $0 + 0.5.squareRoot() * random.normal() }
    let data = (0..<4).map { _ in
      means[random.uniform() < share ? 1 : 0] + random.normal()
    }
    return ([share, means[0]], data)
  }
}

/// The part of `Drift` after its parameter.
struct KnownDrift: SequentialModel {
  var mu: Double
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0.8 * x + mu, variance: 0.5))
    p.observe(y, Normal(x, variance: 0.5))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(x) }
}

/// Drift as a family; `scale` times the prior's spread is what a wrong prior has.
struct DriftFamily: ParameterModel {
  var scale = 1.0

  func logPrior(_ parameters: [Double]) -> Double {
    -parameters[0] * parameters[0] / (2 * scale * scale)
  }
  func drawPrior(_ stream: inout RandomStream) -> [Double] { [scale * stream.normal()] }
  func make(_ parameters: [Double]) -> KnownDrift { KnownDrift(mu: parameters[0]) }
}

/// The part of `Volatility` after its parameter.
struct KnownVolatility: SequentialModel {
  var mean: Double
  var state = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    state = p.assume(Normal(mean, variance: 0.5))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    state = p.assume(Normal(0.6 * state + 0.4 * mean, variance: 0.4))
    p.observe(y, Normal(0, variance: exp(p.value(state))))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(state) }
}

struct VolatilityFamily: ParameterModel {
  func logPrior(_ parameters: [Double]) -> Double {
    -(parameters[0] + 0.5) * (parameters[0] + 0.5) / 2
  }
  func drawPrior(_ stream: inout RandomStream) -> [Double] { [stream.normal() - 0.5] }
  func make(_ parameters: [Double]) -> KnownVolatility { KnownVolatility(mean: parameters[0]) }
}
