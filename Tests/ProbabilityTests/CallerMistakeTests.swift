import Probability
import Randomness
import Testing

/// Settings and uses that no program should have end it with a message, in release builds too.
@Suite struct CallerMistakeTests {
  private func text(_ result: ExitTest.Result?) -> String {
    String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
  }

  @Test func noParticles() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = ParticleFilter(particles: 0) }
    #expect(text(result).contains("ParticleFilter(particles: 0): at least one is needed"))
  }

  @Test func sizesOfMatrices() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = DenseMatrix(rows: [[1, 2], [3, 4]]) * [1, 2, 3] }
    #expect(text(result).contains("2 × 2 times a vector of 3"))
  }

  @Test func weightsOfSumZero() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      var stream = RandomKey(seed: 1).stream()
      _ = Resampling.systematic.choose(3, weights: [0, 0], &stream)
    }
    #expect(text(result).contains("resampling weights of sum 0.0"))
  }
}

/// Numbers at the edge of what their type can hold.
@Suite struct ExtremeNumberTests {
  /// A rate so large that a normal law has all digits: mean and deviation of a draw.
  @Test(arguments: [true, false]) func largeCounts(_ delays: Bool) {
    var p = DelayedContext(key: RandomKey(seed: 1), delays: delays)
    for rate in [1e12, 1e15, 1e18] {
      let n = p.value(p.assume(Poisson(rate)))
      #expect(abs(Double(n) - rate) < 5 * rate.squareRoot(), "\(n) for a mean of \(rate)")
    }
    for rate in [0x1p63, 1e30, 1e300] {
      #expect(p.value(p.assume(Poisson(rate))) == .max)
    }
  }

  /// With a random rate as well, where the count is drawn from its marginal or its rate.
  @Test(arguments: [true, false]) func largeCountsOfARandomRate(_ delays: Bool) {
    var p = DelayedContext(key: RandomKey(seed: 2), delays: delays)
    let rate = p.assume(Gamma(shape: 1e10, rate: 1e-20))
    #expect(p.value(p.assume(Poisson(rate))) == .max)
    let successes = p.assume(Binomial(count: Int.max, probability: p.assume(Beta(2, 2))))
    #expect(p.value(successes) >= 0)
  }

  /// Counts as large as they get, thinned, observed in sums and seated.
  @Test(arguments: [true, false]) func whatLargeCountsDo(_ delays: Bool) {
    var p = DelayedContext(key: RandomKey(seed: 3), delays: delays)
    let n = p.assume(Poisson(1e19))
    #expect(p.value(p.assume(Binomial(count: n, probability: 0.5))) > 1 << 61)
    #expect(p.value(n) > 1 << 62)
    p.observe(3, Binomial(count: n, probability: 0.5))
    #expect(p.logWeight < -1e18)
    for (value, offset) in [(Int.max, -5), (5, Int.min), (Int.min, Int.max)] {
      var q = DelayedContext(key: RandomKey(seed: 4), delays: delays)
      let x = q.assume(Poisson(2))
      q.observe(value, Exactly(x + offset))
      #expect(q.logWeight < -1e18, "\(value), \(offset): \(q.logWeight)")
    }
  }

  /// Many tables that were only observed.
  @Test func manyTables() {
    var p = DelayedContext(key: RandomKey(seed: 5))
    var restaurant = Restaurant(discount: 0.5, concentration: 1)
    p.observe(0, &restaurant)
    for _ in 0..<5 { _ = p.assume(&restaurant) }
    for table in 1...1500 { p.observe(table, &restaurant) }
    _ = p.assume(&restaurant)
    #expect(p.logWeight.isFinite && restaurant.counts.count == 1501)
  }

  @Test func integerSumsSaturate() {
    let most = Random(Int.max)
    #expect((most + 1).constant == .max)
    #expect((2 * most).constant == .max)
    #expect((-2 * most).constant == .min)
    #expect((most - Random(Int.max)).constant == 0)
    #expect((3 * Random(5) - 4).constant == 11)
  }

  /// Weights near the least and the greatest number: each way chooses as it does for 1 and 3.
  @Test(arguments: [
    Resampling.multinomial, .residual, .stratified, .systematic, .ssp, .optimal(expansion: 1),
  ]) func extremeWeights(_ resampling: Resampling) {
    func chosen(_ scale: Double) -> ResampledParticles {
      var stream = RandomKey(seed: 3).stream()
      return resampling.choose(8, weights: [scale, 3 * scale], &stream)
    }
    for scale in [0x1p-1070, 0x1p-1022, 0x1p1021] {
      let (result, expected) = (chosen(scale), chosen(1))
      #expect(result.ancestors == expected.ancestors, "\(scale)")
      for (a, b) in zip(result.weights, expected.weights) { #expect(abs(a - b) < 1e-9) }
    }
  }
}
