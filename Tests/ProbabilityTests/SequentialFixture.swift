import Glibc
import Probability
import Randomness

/// Three states, three symbols; the truth by enumeration of all paths.
struct SymbolChain: SequentialModel {
  static let initial = [0.5, 0.3, 0.2]
  static let transition = [[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.25, 0.25, 0.5]]
  static let emission = [[0.8, 0.15, 0.05], [0.2, 0.5, 0.3], [0.05, 0.15, 0.8]]
  static let data = [0, 2, 1, 2]

  /// The first state is drawn in the start; else in the first step.
  var hasStart = true
  var state = Random<Int>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    if hasStart { state = p.assume(Categorical(Self.initial)) }
  }

  mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
    if t > 0 { state = p.assume(Categorical(Self.transition[state])) }
    if t == 0 && !hasStart { state = p.assume(Categorical(Self.initial)) }
    p.observe(y, Categorical(Self.emission[state]))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(state) }

  /// The joint probability of each path and the data; paths count in base 3, the first state first.
  static var joint: [Double] {
    (0..<81).map { number in
      let path = states(number)
      var probability = initial[path[0]]
      for t in 0..<4 {
        if t > 0 { probability *= transition[path[t - 1]][path[t]] }
        probability *= emission[path[t]][data[t]]
      }
      return probability
    }
  }

  static var logEvidence: Double { log(joint.reduce(0, +)) }

  static func states(_ number: Int) -> [Int] {
    [number / 27, number / 9 % 3, number / 3 % 3, number % 3]
  }

  static func number(_ states: [Int]) -> Int { states.reduce(0) { 3 * $0 + $1 } }
}

/// μ ~ N(0, 1); x[t] ~ N(0.8 x[t-1] + μ, 1/2); y[t] ~ N(x[t], 1/2): the truth is a dense Gaussian.
struct Drift: SequentialModel {
  static let data = [1.3, 2.1, 1.7, 3.2, 2.9, 3.8, 3.1, 4.4]

  var mu = Random<Double>()
  var x = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    mu = p.assume(Normal(0, variance: 1))
    x = p.assume(Normal(0, variance: 1))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    x = p.assume(Normal(0.8 * x + mu, variance: 0.5))
    p.observe(y, Normal(x, variance: 0.5))
  }

  func visit(_ visitor: inout RandomVisitor) {
    visitor.keep(mu)
    visitor.keep(x)
  }

  /// Of μ, of the state before the data, and of each state after it.
  static func exact(
    _ data: [Double] = data
  ) -> (logEvidence: Double, means: [Double], variances: [Double]) {
    var dense = DenseGaussian()
    let mu = dense.add([], shift: 0, variance: 1)
    var x = dense.add([], shift: 0, variance: 1)
    var (wanted, given) = ([mu, x], [Int]())
    for _ in data {
      x = dense.add([(x, 0.8), (mu, 1)], shift: 0, variance: 0.5)
      wanted.append(x)
      given.append(dense.add([(x, 1)], shift: 0, variance: 0.5))
    }
    let truth = dense.condition(given, data, wanted: wanted)
    return (
      truth.logDensity, truth.means, truth.covariances.indices.map { truth.covariances[$0][$0] }
    )
  }
}

/// Individuals of whom many would have to be there: n[t] ~ Binomial(n[t-1] + 2, 1/2), and
/// y[t] ~ Binomial(n[t], 0.4), impossible where y[t] > n[t].
struct Counting: SequentialModel {
  static let data = [2, 1, 3, 2]

  var n = Random<Int>(1)

  mutating func start(_ p: inout some ProbabilisticContext) {}

  mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
    let before = p.value(n)
    n = p.assume(Binomial(count: before + 2, probability: 0.5))
    p.observe(y, Binomial(count: n, probability: 0.4))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(n) }

  /// By summing over all numbers, step by step; and the last number's posterior.
  static var exact: (logEvidence: Double, last: [Double]) {
    var law = [0.0, 1]
    for y in data {
      var next = [Double](repeating: 0, count: law.count + 2)
      for (n, weight) in law.enumerated() {
        for k in 0...n + 2 {
          next[k] += weight * pmf(k, n + 2, 0.5) * (k >= y ? pmf(y, k, 0.4) : 0)
        }
      }
      law = next
    }
    let total = law.reduce(0, +)
    return (log(total), law.map { $0 / total })
  }

  private static func pmf(_ k: Int, _ n: Int, _ p: Double) -> Double {
    var choose = 1.0
    for i in 0..<k { choose = choose * Double(n - i) / Double(i + 1) }
    return choose * pow(p, Double(k)) * pow(1 - p, Double(n - k))
  }
}

/// θ ~ N(0, 4), y[t] ~ N(θ, 1): a variable that is drawn once.
struct StaticMean: SequentialModel {
  static let data = [2.5, 0.5, 3, 1.5]

  var theta = Random<Double>()

  mutating func start(_ p: inout some ProbabilisticContext) {
    theta = p.assume(Normal(0, variance: 4))
  }

  mutating func step(_ t: Int, _ y: Double, _ p: inout some ProbabilisticContext) {
    p.observe(y, Normal(theta, variance: 1))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(theta) }

  /// Keeps the posterior given `data`.
  static let metropolis:
    @Sendable (inout StaticMean, ArraySlice<Double>, inout RandomStream) -> Bool = {
      model, data, stream in
      func logDensity(_ theta: Double) -> Double {
        data.reduce(-theta * theta / 8) { $0 - ($1 - theta) * ($1 - theta) / 2 }
      }
      let theta = model.theta.known!
      let proposal = theta + 0.5 * stream.normal()
      guard stream.uniform() < exp(logDensity(proposal) - logDensity(theta)) else { return false }
      model.theta = Random(proposal)
      return true
    }

  static func exact(
    _ data: [Double]
  ) -> (logEvidence: Double, mean: Double, variance: Double) {
    var dense = DenseGaussian()
    let theta = dense.add([], shift: 0, variance: 4)
    let given = data.map { _ in dense.add([(theta, 1)], shift: 0, variance: 1) }
    let truth = dense.condition(given, data, wanted: [theta])
    return (truth.logDensity, truth.means[0], truth.covariances[0][0])
  }
}

/// How far the mean of `values` is from `truth`, in standard errors of independent values.
func deviation(_ values: [Double], from truth: Double) -> Double {
  let count = Double(values.count)
  let mean = values.reduce(0, +) / count
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
  return (mean - truth) / (variance / count).squareRoot()
}

/// Likewise for a chain, whose standard error is that of the means of 40 batches.
func chainDeviation(_ values: [Double], from truth: Double) -> Double {
  let size = values.count / 40
  return deviation(
    (0..<40).map { batch in
      values[batch * size..<(batch + 1) * size].reduce(0, +) / Double(size)
    }, from: truth)
}

/// The correlation of a chain's neighbors.
func lagOneCorrelation(_ values: [Double]) -> Double {
  let mean = values.reduce(0, +) / Double(values.count)
  var (product, square) = (0.0, 0.0)
  for index in values.indices {
    square += (values[index] - mean) * (values[index] - mean)
    if index > 0 { product += (values[index] - mean) * (values[index - 1] - mean) }
  }
  return product / square
}
