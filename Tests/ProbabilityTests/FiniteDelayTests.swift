import Glibc
import Probability
import Randomness
import TestSupport
import Testing

/// Finite variables: the forward algorithm and its smoothing marginals, against all paths.
@Suite struct FiniteDelayTests {
  /// A hidden Markov model with random tables, and the sum over all paths of states.
  struct Chain {
    let initial: [Double]
    let transition: [[Double]]
    let emission: [[Double]]
    let levels: [Double]
    let symbols: [Int]
    let numbers: [Double]

    init(_ random: inout RandomStream, states: Int, steps: Int) {
      func simplex(_ count: Int, _ random: inout RandomStream) -> [Double] {
        let weights = (0..<count).map { _ in 0.05 + random.uniform() }
        let total = weights.reduce(0, +)
        return weights.map { $0 / total }
      }
      initial = simplex(states, &random)
      transition = (0..<states).map { _ in simplex(states, &random) }
      emission = (0..<states).map { _ in simplex(4, &random) }
      levels = (0..<states).map { _ in 2 * random.normal() }
      symbols = (0..<steps).map { _ in random.uniform(below: 4) }
      numbers = (0..<steps).map { _ in 2 * random.normal() }
    }

    var steps: Int { symbols.count }

    func emissionProbability(_ t: Int, _ state: Int) -> Double {
      emission[state][symbols[t]]
        * exp(ConjugatePair.logNormal(numbers[t], levels[state], 0.8))
    }

    /// The evidence, and for each step the probabilities of the states, by all paths.
    func enumerated() -> (logEvidence: Double, marginals: [[Double]]) {
      let states = initial.count
      var total = 0.0
      var marginals = [[Double]](
        repeating: [Double](repeating: 0, count: states), count: steps)
      var path = [Int](repeating: 0, count: steps)
      while true {
        var probability = 1.0
        for t in 0..<steps {
          probability *= t == 0 ? initial[path[0]] : transition[path[t - 1]][path[t]]
          probability *= emissionProbability(t, path[t])
        }
        total += probability
        for t in 0..<steps { marginals[t][path[t]] += probability }
        guard let digit = path.lastIndex(where: { $0 + 1 < states }) else { break }
        path[digit] += 1
        for later in digit + 1..<max(steps, digit + 1) { path[later] = 0 }
      }
      return (log(total), marginals.map { $0.map { $0 / total } })
    }

    /// The evidence by the forward recursion.
    func forward() -> Double {
      var alpha = initial
      var result = 0.0
      for t in 0..<steps {
        if t > 0 {
          alpha = alpha.indices.map { state in
            zip(alpha, transition).reduce(0) { $0 + $1.0 * $1.1[state] }
          }
        }
        alpha = alpha.indices.map { alpha[$0] * emissionProbability(t, $0) }
        let total = alpha.reduce(0, +)
        result += log(total)
        alpha = alpha.map { $0 / total }
      }
      return result
    }
  }

  @Test func smoothingMarginalsOfAllPaths() throws {
    try forAll(10) { random in
      let chain = Chain(&random, states: 3, steps: 6)
      var p = DelayedContext(key: RandomKey(seed: 1))
      var states: [Random<Int>] = []
      for t in 0..<chain.steps {
        states.append(
          t == 0
            ? p.assume(Categorical(chain.initial))
            : p.assume(Categorical(chain.transition[states[t - 1]])))
      }
      // In no special order.
      for t in [3, 0, 5, 2, 1, 4] {
        p.observe(chain.symbols[t], Categorical(chain.emission[states[t]]))
        let levels = chain.levels
        p.observe(chain.numbers[t], Switch(states[t]) { Normal(levels[$0], variance: 0.8) })
      }
      let truth = chain.enumerated()
      try #require(isClose(p.logWeight, truth.logEvidence))
      try #require(isClose(chain.forward(), truth.logEvidence))
      for t in 0..<chain.steps {
        for (found, expected) in zip(p.graph.probabilities(states[t]), truth.marginals[t]) {
          try #require(isClose(found, expected))
        }
      }
      #expect(p.report.isExact)
      // Forced in the middle, the rest follows the conditional chain.
      let middle = p.value(states[3])
      let last = p.graph.probabilities(states[4])
      let weights = (0..<3).map { four in
        chain.transition[middle][four] * chain.emissionProbability(4, four)
          * (0..<3).reduce(0) {
            $0 + chain.transition[four][$1] * chain.emissionProbability(5, $1)
          }
      }
      for (found, weight) in zip(last, weights) {
        try #require(isClose(found, weight / weights.reduce(0, +)))
      }
    }
  }

  struct Filter: SequentialModel {
    let chain: Chain
    var state = Random<Int>()

    mutating func start(_ p: inout some ProbabilisticContext) {}

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      state = p.assume(
        t == 0 ? Categorical([chain.initial][Random(0)]) : Categorical(chain.transition[state]))
      p.observe(chain.symbols[y], Categorical(chain.emission[state]))
      let levels = chain.levels
      p.observe(chain.numbers[y], Switch(state) { Normal(levels[$0], variance: 0.8) })
    }

    func visit(_ visitor: inout RandomVisitor) { visitor.keep(state) }
  }

  /// A hundred steps with one particle: no error, and the table is that of one state.
  @Test func filterIsTheForwardAlgorithm() throws {
    var random = RandomKey(seed: 4).stream()
    let chain = Chain(&random, states: 5, steps: 100)
    let posterior = try ParticleFilter(particles: 1).run(
      Filter(chain: chain), data: Array(0..<100), key: RandomKey(seed: 1))
    #expect(isClose(posterior.logEvidence, chain.forward()))
    #expect(posterior.report.isExact)
    #expect(posterior.particles[0].graph.count == 1)
  }

  /// Booleans: Bernoulli chains by lookup, and Switch of a Boolean.
  @Test func booleanChain() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let rain = p.assume(Bernoulli(0.2))
    let sprinkler = p.assume(Bernoulli([0.4, 0.01][rain]))
    p.observe(true, Bernoulli([0.1, 0.9][sprinkler]))
    p.observe(1.5, Switch(rain) { Normal($0 == 1 ? 2 : 0, variance: 1) })
    var (total, wet) = (0.0, 0.0)
    for r in [0, 1] {
      for s in [0, 1] {
        let probability =
          [0.8, 0.2][r] * (s == 1 ? [0.4, 0.01][r] : [0.6, 0.99][r]) * [0.1, 0.9][s]
          * exp(ConjugatePair.logNormal(1.5, r == 1 ? 2 : 0, 1))
        total += probability
        if s == 1 { wet += probability }
      }
    }
    #expect(isClose(p.logWeight, log(total)))
    #expect(isClose(p.graph.mean(sprinkler), wet / total) && p.report.isExact)
  }

  /// Beyond the cap a state is drawn, which the report says; the evidence stays unbiased.
  @Test func tablesBeyondTheCap() throws {
    var random = RandomKey(seed: 8).stream()
    let chain = Chain(&random, states: 4, steps: 8)
    var (sum, squares) = (0.0, 0.0)
    let runs = 400
    let truth = chain.forward()
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      var states: [Random<Int>] = []
      for t in 0..<chain.steps {
        states.append(
          t == 0
            ? p.assume(Categorical(chain.initial), at: "first")
            : p.assume(Categorical(chain.transition[states[t - 1]]), at: "later"))
      }
      for t in 0..<chain.steps {
        p.observe(chain.symbols[t], Categorical(chain.emission[states[t]]))
        let levels = chain.levels
        p.observe(chain.numbers[t], Switch(states[t]) { Normal(levels[$0], variance: 0.8) })
      }
      let later = p.report.entries.first { $0.site.text == "later" }
      try #require(later?.forced.map(\.call) == [.cap] && later?.forced.map(\.count) == [1])
      #expect(!p.report.isExact)
      let ratio = exp(p.logWeight - truth)
      sum += ratio
      squares += ratio * ratio
    }
    let mean = sum / Double(runs)
    let spread = ((squares / Double(runs) - mean * mean) / Double(runs)).squareRoot()
    #expect(abs(mean - 1) < 4 * spread && spread < 0.1)
  }

  /// Tokens by logits, tables of a restaurant: roots that evidence multiplies.
  @Test func otherFiniteRoots() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let token = p.assume(TokenLogits([0, Float(log(2.0)), -.infinity, Float(log(5.0))]))
    p.observe(true, Bernoulli([0.5, 0.1, 1, 0.2][token]))
    #expect(isClose(p.logWeight, log((0.5 + 0.2 + 1) / 8), 1e-7))
    #expect(isClose(p.graph.probabilities(token)[3], 1 / 1.7, 1e-7))

    var q = DelayedContext(key: RandomKey(seed: 1))
    // Tables of 3 and 1 customers, discount 0.25, concentration 0.5: 2.75, 0.75, 1 of 4.5.
    let seat = q.assume(PitmanYor(discount: 0.25, concentration: 0.5, counts: [3, 1]))
    q.observe(0.3, Switch(seat) { Normal(Double($0), variance: 1) })
    let terms = [2.75, 0.75, 1].enumerated().map {
      $0.element / 4.5 * exp(ConjugatePair.logNormal(0.3, Double($0.offset), 1))
    }
    #expect(isClose(q.logWeight, log(terms.reduce(0, +))))
    #expect(isClose(q.graph.probabilities(seat)[2], terms[2] / terms.reduce(0, +)))
    let table = q.assume(ChineseRestaurant(concentration: 2, counts: [3, 1]))
    #expect(isClose(q.graph.probabilities(table)[2], 2.0 / 6) && q.report.isExact)
  }

  /// A finite count is thinned by its table, also as a new variable.
  @Test func thinnedUniformInteger() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let n = p.assume(UniformInteger(2, 6))
    let x = p.assume(Binomial(count: n, probability: 0.4))
    p.observe(1, Binomial(count: x, probability: 0.5))
    var (total, mean) = (0.0, 0.0)
    for n in 2...6 {
      for x in 0...n {
        let probability =
          exp(
            CountDelayTests.logBinomial(Double(x), Double(n), 0.4)
              + CountDelayTests.logBinomial(1, Double(x), 0.5)) / 5
        if x == 0 { continue }
        total += probability
        mean += probability * Double(n)
      }
    }
    #expect(isClose(p.logWeight, log(total)) && isClose(p.graph.mean(n), mean / total))
    #expect(p.report.isExact)
  }
}

/// Rows of a random table by a random index, and restaurants.
@Suite struct RandomTableDelayTests {
  /// A hidden Markov model whose transition rows are Dirichlet: the evidence is that of all paths,
  /// each with its counts of transitions; one particle estimates it without bias.
  @Test func hiddenMarkovModelWithRandomRows() {
    let alpha = [[1.0, 2], [0.5, 0.5]]
    let emission = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]
    let symbols = [0, 2, 2, 1]
    func logRatio(_ alpha: [Double], _ counts: [Double]) -> Double {
      var result = lgamma(alpha.reduce(0, +)) - lgamma(alpha.reduce(0, +) + counts.reduce(0, +))
      for (a, n) in zip(alpha, counts) { result += lgamma(a + n) - lgamma(a) }
      return result
    }
    var truth = 0.0
    for code in 0..<16 {
      let path = (0..<4).map { code >> $0 & 1 }
      var counts = [[0.0, 0], [0, 0]]
      var logPath = log(0.5)
      for (t, state) in path.enumerated() {
        if t > 0 { counts[path[t - 1]][state] += 1 }
        logPath += log(emission[state][symbols[t]])
      }
      truth += exp(logPath + logRatio(alpha[0], counts[0]) + logRatio(alpha[1], counts[1]))
    }
    var (sum, squares) = (0.0, 0.0)
    let runs = 4000
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let rows = alpha.map { p.assume(Dirichlet($0)) }
      var state = p.assume(Categorical([0.5, 0.5]))
      p.observe(symbols[0], Categorical(emission[state]))
      for symbol in symbols.dropFirst() {
        state = p.assume(Categorical(rows[state]))
        p.observe(symbol, Categorical(emission[state]))
      }
      let weight = exp(p.logWeight) / truth
      sum += weight
      squares += weight * weight
    }
    let mean = sum / Double(runs)
    let spread = ((squares / Double(runs) - mean * mean) / Double(runs)).squareRoot()
    #expect(abs(mean - 1) < 4 * spread && spread < 0.02)
  }

  /// Observed by itself, a random row's index is weighted exactly, and then one row learns.
  @Test func observedThroughRandomRows() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let rows = [p.assume(Dirichlet([1, 2])), p.assume(Dirichlet([3, 1]))]
    let state = p.assume(Categorical([0.4, 0.6]))
    p.observe(1, Categorical(rows[state]))
    #expect(isClose(p.logWeight, log(0.4 * 2 / 3 + 0.6 * 1 / 4)))
    let chosen = p.value(state)
    #expect(isClose(p.graph.mean(rows[chosen][1]), [3.0 / 4, 2.0 / 5][chosen]))
    #expect(isClose(p.graph.mean(rows[1 - chosen][1]), [2.0 / 3, 1.0 / 4][1 - chosen]))
    var ones = 0.0
    for seed in 0..<4000 {
      var q = DelayedContext(key: RandomKey(seed: UInt64(seed)))
      let rows = [q.assume(Dirichlet([1, 2])), q.assume(Dirichlet([3, 1]))]
      let state = q.assume(Categorical([0.4, 0.6]))
      q.observe(1, Categorical(rows[state]))
      if q.value(state) == 1 { ones += 1 }
    }
    let share = 0.15 / (0.4 * 2 / 3 + 0.15)
    #expect(abs(ones / 4000 - share) < 4 * (share * (1 - share) / 4000).squareRoot())
  }

  /// An index that was chosen by a random vector is drawn from its posterior, with the evidence of
  /// all its values.
  @Test func indexOfARandomVector() throws {
    var (sum, ones) = (0.0, 0.0)
    let runs = 4000
    let terms = [1.0 / 3, 2.0 / 3].enumerated().map {
      $0.element * exp(ConjugatePair.logNormal(0.8, Double($0.offset), 0.5))
    }
    let total = terms[0] + terms[1]
    for run in 0..<runs {
      var p = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let shares = p.assume(Dirichlet([1, 2]))
      let index = p.assume(Categorical(shares))
      p.observe(0.8, Switch(index) { Normal(Double($0), variance: 0.5) })
      try #require(isClose(p.logWeight, log(total)))
      let value = p.value(index)
      ones += Double(value)
      try #require(isClose(p.graph.mean(shares[0]), value == 0 ? 0.5 : 0.25))

      var q = DelayedContext(key: RandomKey(seed: UInt64(run)))
      let probability = q.assume(Beta(2, 1))
      let flag = q.assume(Bernoulli(probability))
      q.observe(true, Bernoulli([0.2, 0.7][flag]))
      try #require(isClose(q.logWeight, log(0.2 / 3 + 0.7 * 2 / 3)))
      sum += q.graph.mean(probability)
    }
    let share = terms[1] / total
    let error = (share * (1 - share) / Double(runs)).squareRoot()
    #expect(abs(ones / Double(runs) - share) < 4 * error)
    // Beta(3, 1) with probability 7/8, else Beta(2, 2).
    let (mean, spread) = (7.0 / 8 * 0.75 + 1.0 / 8 * 0.5, 0.25 * (7.0 / 64).squareRoot())
    #expect(abs(sum / Double(runs) - mean) < 4 * spread / Double(runs).squareRoot())
  }

  /// Customers seated one after the other have the probability of their partition: Ewens's and
  /// Pitman's formula, by gamma functions.
  @Test func restaurantsHaveThePartitionProbability() {
    let (discount, concentration) = (0.3, 1.2)
    let seats = [0, 0, 1, 0, 2, 1]
    var restaurant = PitmanYor(discount: discount, concentration: concentration, counts: [])
    var p = DelayedContext(key: RandomKey(seed: 1))
    for seat in seats {
      p.observe(seat, restaurant)
      restaurant.seat(at: seat)
    }
    var truth = lgamma(concentration + 1) - lgamma(concentration + 6)
    for table in 1..<3 { truth += log(concentration + Double(table) * discount) }
    for count in [3.0, 2, 1] { truth += lgamma(count - discount) - lgamma(1 - discount) }
    #expect(isClose(p.logWeight, truth) && isClose(restaurant.logPartition, truth))
  }
}
