import Glibc
import Probability
import Randomness
import TestSupport
import Testing

@Suite struct GaussianDelayTests {
  /// Random programs: each variable depends on up to six earlier ones, observations likewise; some
  /// noises are zero, some variables are dropped, and some get values in between.
  @Test func randomProgramsMatchTheDenseGaussian() throws {
    try forAll(300) { random in
      var p = DelayedContext(key: RandomKey(seed: random.next()))
      var dense = DenseGaussian()
      var variables: [(Random<Double>, Int)] = []
      var (given, values): ([Int], [Double]) = ([], [])
      var logForced = 0.0
      for turn in 0..<16 {
        var terms: [(index: Int, coefficient: Double)] = []
        let shift = random.normal()
        var mean = Affine(shift)
        if !variables.isEmpty {
          for _ in 0..<random.uniform(below: 7) {
            let (variable, index) = variables[random.uniform(below: variables.count)]
            let coefficient = random.normal()
            terms.append((index, coefficient))
            mean =
              random.uniform() < 0.5 ? mean + coefficient * variable : variable * coefficient + mean
          }
        }
        let isExact = random.uniform() < 0.1
        let variance = isExact ? 0 : 0.1 + random.uniform()
        switch random.uniform(below: 5) {
        case 0, 1:
          let index = dense.add(terms, shift: shift, variance: variance)
          variables.append((p.assume(Normal(mean, variance: variance)), index))
        case 2, 3:
          let index = dense.add(terms, shift: shift, variance: variance + 0.05)
          let value = 2 * random.normal()
          p.observe(value, Normal(mean, variance: variance + 0.05))
          given.append(index)
          values.append(value)
        default:
          if variables.isEmpty || turn % 2 == 0 { continue }
          let place = random.uniform(below: variables.count)
          let (variable, index) = variables[place]
          if p.graph.variance(variable) < 1e-6 { continue }
          if random.uniform() < 0.5 {
            // Forced: from here on it is like an observation, but its density is no weight.
            let value = p.value(variable)
            let before = dense.condition(given, values, wanted: []).logDensity
            given.append(index)
            values.append(value)
            logForced += dense.condition(given, values, wanted: []).logDensity - before
          } else {
            variables.remove(at: place)
            var visitor = RandomVisitor(p.graph)
            for (variable, _) in variables { visitor.keep(variable) }
            p.graph = visitor.eliminated()
            try #require(p.graph.count == variables.count)
          }
        }
      }
      let truth = dense.condition(given, values, wanted: variables.map(\.1))
      try #require(isClose(p.logWeight, truth.logDensity - logForced, 1e-8))
      for (row, (variable, _)) in variables.enumerated() {
        try #require(isClose(p.graph.mean(variable), truth.means[row], 1e-7))
        for (column, (other, _)) in variables.enumerated() {
          let covariance = p.graph.covariance(variable, other)
          try #require(abs(covariance - truth.covariances[row][column]) < 1e-8)
        }
      }
    }
  }

  /// What is drawn has the posterior's moments: mean and covariance of two correlated draws.
  @Test func drawsHaveThePosteriorDistribution() throws {
    var p = DelayedContext(key: RandomKey(seed: 3))
    let x = p.assume(Normal(1, variance: 2))
    let y = p.assume(Normal(x - 1, variance: 0.5))
    p.observe(2, Normal(x + y, variance: 0.3))
    let count = 40_000
    var (sums, squares, product) = ((0.0, 0.0), (0.0, 0.0), 0.0)
    let means = (p.graph.mean(x), p.graph.mean(y))
    for run in 0..<count {
      var copy = DelayedContext(key: RandomKey(seed: UInt64(run)))
      copy.graph = p.graph
      let (first, second) = (copy.value(x) - means.0, copy.value(y) - means.1)
      sums = (sums.0 + first, sums.1 + second)
      squares = (squares.0 + first * first, squares.1 + second * second)
      product += first * second
    }
    let number = Double(count)
    let (vx, vy) = (p.graph.variance(x), p.graph.variance(y))
    #expect(abs(sums.0 / number) < 4 * (vx / number).squareRoot())
    #expect(abs(sums.1 / number) < 4 * (vy / number).squareRoot())
    #expect(abs(squares.0 / number - vx) < 4 * vx * (2 / number).squareRoot())
    #expect(abs(squares.1 / number - vy) < 4 * vy * (2 / number).squareRoot())
    let covariance = p.graph.covariance(x, y)
    let spread = (vx * vy + covariance * covariance) / number
    #expect(abs(product / number - covariance) < 4 * spread.squareRoot())
  }

  @Test func zeroPriorVarianceAndZeroNoise() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let x = p.assume(Normal(3, variance: 0))
    p.observe(4, Normal(2 * x - 1, variance: 0.5))
    #expect(isClose(p.logWeight, Normal<Double, Double>(5, variance: 0.5).logDensity(4)))
    #expect(p.graph.mean(x) == 3 && p.graph.variance(x) == 0 && p.value(x) == 3)

    var q = DelayedContext(key: RandomKey(seed: 1))
    let y = q.assume(Normal(3, variance: 2))
    q.observe(5, Normal(2 * y - 2, variance: 0))
    #expect(isClose(q.logWeight, Normal<Double, Double>(4, variance: 8).logDensity(5)))
    #expect(isClose(q.graph.mean(y), 3.5) && q.graph.variance(y) == 0 && isClose(q.value(y), 3.5))

    // Noise far below the rounding of the prior variance.
    var r = DelayedContext(key: RandomKey(seed: 1))
    let z = r.assume(Normal(0, variance: 1e6))
    r.observe(1, Normal(z, variance: 1e-18))
    #expect(isClose(r.graph.mean(z), 1) && isClose(r.graph.variance(z) * 1e18, 1))

    // Certain on both sides: right has an infinite density, wrong is impossible.
    var s = DelayedContext(key: RandomKey(seed: 1))
    let c = s.assume(Normal(1, variance: 0))
    s.observe(1, Normal(c, variance: 0))
    #expect(s.logWeight == .infinity)
    s.logWeight = 0
    s.observe(2, Normal(c, variance: 0))
    #expect(s.logWeight == -.infinity)
  }

  @Test func drawnValuesAreMarginalAndCondition() {
    // draw(Normal(x, q)) is what assume, value and dropping it are: same numbers, same graph.
    var p = DelayedContext(key: RandomKey(seed: 5))
    let x = p.assume(Normal(1, variance: 2))
    var q = p
    let drawn = p.draw(Normal(x + 1, variance: 0.5))
    let y = q.assume(Normal(x + 1, variance: 0.5))
    let value = q.value(y)
    #expect(isClose(drawn, value, 1e-14))
    #expect(isClose(p.graph.mean(x), q.graph.mean(x)))
    #expect(isClose(p.graph.variance(x), q.graph.variance(x)))
    #expect(isClose(p.graph.variance(x), 1 / (1 / 2.0 + 1 / 0.5)))
  }

  @Test func eliminatedVariablesAreCaught() async {
    await #expect(processExitsWith: .failure) {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let x = p.assume(Normal(0, variance: 1))
      p.graph = RandomVisitor(p.graph).eliminated()
      _ = p.assume(Normal(0, variance: 1))
      _ = p.value(x)
    }
  }
}
