import Glibc
import Randomness
import TestSupport
import Testing

@testable import Probability

/// Totals and shares that are dropped, and programs of several steps with totals.
@Suite struct TotalEliminationTests {
  func keep(_ variables: [Random<Int>], _ p: inout DelayedContext) {
    var visitor = RandomVisitor(p.graph)
    visitor.keep(variables)
    p.graph = visitor.eliminated()
  }

  func keep(_ variables: [Random<Double>], _ p: inout DelayedContext) {
    var visitor = RandomVisitor(p.graph)
    visitor.keep(variables)
    p.graph = visitor.eliminated()
  }

  func moments(_ p: DelayedContext, _ variable: Random<Int>) -> [Double] {
    moments(p.graph, variable)
  }

  func moments(_ graph: DelayedGraph, _ variable: Random<Int>) -> [Double] {
    [graph.mean(variable), graph.variance(variable)]
  }

  func expect(
    _ p: DelayedContext, _ variable: Random<Int>, _ moments: [Double],
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(isClose(p.graph.mean(variable), moments[0]), sourceLocation: location)
    #expect(isClose(p.graph.variance(variable), moments[1]), sourceLocation: location)
  }

  struct Counts {
    var p = DelayedContext(key: RandomKey(seed: 1))
    var x = Random<Int>()
    var y = Random<Int>()
    var s = Random<Int>()

    init() {
      x = p.assume(Poisson(2.0))
      y = p.assume(Poisson(3.0))
      s = p.assume(Exactly(x + y))
    }
  }

  @Test func sharesAreDropped() {
    var c = Counts()
    keep([c.s], &c.p)
    #expect(c.p.graph.count == 1)
    c.p.observe(4, Binomial(count: c.s, probability: 0.3))
    #expect(isClose(c.p.logWeight, ConjugatePair.logPoisson(4, 1.5)) && c.p.value(c.s) >= 4)

    // One of two: it is Poisson(3.5 · 2/5) and more, with 4 that are binomial.
    c = Counts()
    keep([c.x, c.s], &c.p)
    c.p.observe(4, Binomial(count: c.s, probability: 0.3))
    #expect(c.p.graph.count == 2)
    expect(c.p, c.x, [4 * 0.4 + 1.4, 4 * 0.4 * 0.6 + 1.4])
    // Given the total it is binomial.
    c.p.observe(2, Exactly(IntegerSum(c.s) - 4))
    c.p.observe(1, Binomial(count: c.x, probability: 0.5))
    #expect(c.p.report.isExact)
    let truth = AssumedSumTests.Enumerated([2, 3]) {
      if $0[0] + $0[1] != 6 { return -.infinity }
      return AssumedSumTests.logThinned(4, 6, 0.3) + AssumedSumTests.logThinned(1, $0[0], 0.5)
    } numbers: {
      [$0[0]]
    }
    #expect(isClose(c.p.logWeight, truth.log))
    expect(c.p, c.x, [truth.means[0], truth.variances[0]])
  }

  @Test func totalsAreDropped() {
    // Nothing was observed of it: its shares are what they were.
    var c = Counts()
    keep([c.x, c.y], &c.p)
    #expect(c.p.graph.count == 2)
    expect(c.p, c.x, [2, 2])
    c.p.observe(1, Binomial(count: c.x, probability: 0.5))
    c.p.observe(2, Binomial(count: c.y, probability: 0.5))
    var logWeight = ConjugatePair.logPoisson(1, 1) + ConjugatePair.logPoisson(2, 1.5)
    #expect(isClose(c.p.logWeight, logWeight) && c.p.report.isExact)

    // None of it was seen: all are fewer.
    c = Counts()
    c.p.observe(0, Binomial(count: c.s, probability: 0.3))
    keep([c.x, c.y], &c.p)
    #expect(c.p.graph.count == 2)
    expect(c.p, c.x, [1.4, 1.4])
    c.p.observe(1, Binomial(count: c.x, probability: 0.5))
    logWeight = -1.5 + ConjugatePair.logPoisson(1, 0.7)
    #expect(isClose(c.p.logWeight, logWeight) && c.p.report.isExact)

    // Four of it were seen, and are some of either.
    c = Counts()
    c.p.observe(4, Binomial(count: c.s, probability: 0.3))
    let before = moments(c.p, c.x)
    keep([c.x, c.y], &c.p)
    #expect(c.p.graph.count == 3)
    expect(c.p, c.x, before)
    keep([c.x], &c.p)
    #expect(c.p.graph.count == 2)
    expect(c.p, c.x, before)

    // It has a value.
    c = Counts()
    c.p.observe(6, Exactly(IntegerSum(c.s)))
    keep([c.x], &c.p)
    #expect(c.p.graph.count == 2)
    expect(c.p, c.x, [6 * 0.4, 6 * 0.4 * 0.6])
    keep([Random<Int>](), &c.p)
    #expect(c.p.graph.count == 0)

    // A child of it is kept.
    c = Counts()
    let child = c.p.assume(Binomial(count: c.s, probability: 0.3))
    keep([c.x, child], &c.p)
    #expect(c.p.graph.count == 3)
    expect(c.p, c.x, [2, 2])
    c.p.observe(4, Exactly(IntegerSum(child)))
    #expect(c.p.value(c.x) >= 0)
  }

  /// A total that is a share of another one.
  @Test func totalsInBetween() {
    for seen in [-1, 0, 2] {
      var c = Counts()
      if seen >= 0 { c.p.observe(seen, Binomial(count: c.s, probability: 0.3)) }
      let z = c.p.assume(Poisson(1.0))
      let t = c.p.assume(Exactly(c.s + z + 1))
      var dropped = c.p
      keep([c.x, t], &dropped)
      // What was seen of the total in between is some of x or not.
      #expect(dropped.graph.count == (seen > 0 ? 3 : 2))
      expect(dropped, c.x, moments(c.p, c.x))
      var roots = c.p
      keep([c.x, z], &roots)
      #expect(roots.graph.count == (seen > 0 ? 3 : 2))
      expect(roots, c.x, moments(c.p, c.x))
      expect(roots, z, [1, 1])
      for value in [5, 9] {
        var (all, some) = (c.p, dropped)
        all.observe(value, Exactly(IntegerSum(t)))
        some.observe(value, Exactly(IntegerSum(t)))
        let truth = AssumedSumTests.Enumerated([2, 3, 1]) {
          if $0[0] + $0[1] + $0[2] + 1 != value { return -.infinity }
          return seen < 0 ? 0 : AssumedSumTests.logThinned(seen, $0[0] + $0[1], 0.3)
        } numbers: {
          $0
        }
        #expect(isClose(all.logWeight, truth.log) && isClose(some.logWeight, truth.log))
        for p in [all, some] { expect(p, c.x, [truth.means[0], truth.variances[0]]) }
      }
    }
  }

  @Test func gammaTotals() {
    for count in [-1, 0, 3] {
      var p = DelayedContext(key: RandomKey(seed: 1))
      let a = p.assume(Gamma(shape: 2, rate: 3))
      let b = p.assume(Gamma(shape: 1.5, rate: 6))
      let s = p.assume(Exactly(a + 2 * b))
      if count >= 0 { p.observe(count, Poisson(s)) }
      let c = p.assume(Gamma(shape: 0.5, rate: count < 0 ? 6 : 8))
      let t = p.assume(Exactly(s + 2 * c))
      for variables in [[a], [b], [a, b], [a, c, t], [b, s]] {
        var q = p
        keep(variables, &q)
        // Counts tie the summands of a total to each other, but for 0.
        let needed = count > 0 && !variables.contains { $0.bits == s.bits } ? 1 : 0
        #expect(q.graph.count == variables.count + needed)
        for variable in variables {
          #expect(isClose(q.graph.mean(variable), p.graph.mean(variable)))
          #expect(isClose(q.graph.variance(variable), p.graph.variance(variable)))
        }
        // What is dropped changes nothing of what is observed later.
        if variables.contains(where: { $0.bits == t.bits }) {
          var all = p
          for value in [2.0, 0.5] {
            all.observe(value, Exponential(rate: t))
            q.observe(value, Exponential(rate: t))
          }
          #expect(isClose(all.logWeight, q.logWeight))
          #expect(isClose(all.graph.mean(a), q.graph.mean(a)))
          #expect(isClose(all.graph.variance(a), q.graph.variance(a)))
        } else {
          #expect(q.value(variables[0]) > 0)
        }
      }
    }
  }

  /// Arrivals are counted in part as they come, and all of them at the end.
  struct Arrivals: SequentialModel {
    static let data = [2, 0, 3, 1, 2]
    static let end = 14

    var first = Random<Int>()
    var total = Random<Int>()
    var level = Random<Double>()
    var keepsFirst = true

    mutating func start(_ p: inout some ProbabilisticContext) {
      first = p.assume(Poisson(2.0))
      total = first
      level = p.assume(Normal(0, variance: 1))
    }

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      // Particles share these.
      level = p.assume(Normal(0.9 * level, variance: 1))
      p.observe(Double(y), Normal(level, variance: 2))
      let arrived = p.assume(Poisson(1.5))
      p.observe(y, Binomial(count: arrived, probability: 0.4))
      total = p.assume(Exactly(total + arrived))
      if t == Self.data.count - 1 { p.observe(Self.end, Exactly(IntegerSum(total))) }
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep(total)
      visitor.keep(level)
      if keepsFirst { visitor.keep(first) }
    }

    /// Those that were not seen are independent of those that were.
    static var logEvidence: Double {
      var dense = DenseGaussian()
      var level = dense.add([], shift: 0, variance: 1)
      var (log, seen, given) = (0.0, 0, [Int]())
      for y in data {
        level = dense.add([(level, 0.9)], shift: 0, variance: 1)
        given.append(dense.add([(level, 1)], shift: 0, variance: 2))
        log += ConjugatePair.logPoisson(Double(y), 0.6)
        seen += y
      }
      let gaussian = dense.condition(given, data.map { Double($0) }, wanted: [])
      return log + gaussian.logDensity
        + ConjugatePair.logPoisson(Double(end - seen), 2 + 0.9 * Double(data.count))
    }
  }

  @Test func countsAddedUpStepByStep() throws {
    for (seed, chunkSize, particles) in [(1, 1, 5), (1, 2, 5), (1, 64, 5), (2, 3, 4)] {
      let posterior = try ParticleFilter(particles: particles, chunkSize: chunkSize).run(
        Arrivals(), data: Arrivals.data, key: RandomKey(seed: UInt64(seed)))
      #expect(isClose(posterior.logEvidence, Arrivals.logEvidence) && posterior.report.isExact)
      // The first count is one of 6.5 that are expected, of 6 that were not seen.
      let share = 2 / 6.5
      for particle in posterior.particles {
        #expect(particle.graph.count == 3)
        #expect(isClose(particle.graph.mean(particle.value.first), 6 * share))
        #expect(
          isClose(particle.graph.variance(particle.value.first), 6 * share * (1 - share)))
      }
    }
  }

  /// Totals and shares that are drawn have the same bits for any size of chunks.
  @Test func chunksChangeNothing() throws {
    let bits = try [1, 2, 64].map { chunkSize in
      let posterior = try ParticleFilter(particles: 20, chunkSize: chunkSize).run(
        Thinned(), data: Thinned.data, key: RandomKey(seed: 1))
      return posterior.particles.map { particle in
        let numbers = [particle.logWeight] + moments(particle.graph, particle.value.total)
        return (numbers + moments(particle.graph, particle.value.arrived)).map(\.bitPattern)
      }
    }
    #expect(Set(bits[0]).count > 5)
    #expect(bits[0] == bits[1] && bits[0] == bits[2])
  }

  /// A long program that keeps its first count and the running total.
  @Test func memoryStaysBounded() throws {
    var sizes: [Int] = []
    for steps in [50, 500] {
      let data = [Int](repeating: 0, count: steps)
      let posterior = try ParticleFilter(particles: 1).run(
        Running(), data: data, key: RandomKey(seed: 1))
      let particle = posterior.particles[0]
      #expect(particle.graph.count == 4 && posterior.report.isExact)
      #expect(isClose(particle.graph.mean(particle.value.first), 2))
      #expect(isClose(particle.graph.variance(particle.value.total), 2 + Double(steps)))
      #expect(isClose(particle.graph.mean(particle.value.time), 3 + Double(steps) / 2))
      sizes.append(particle.graph.storageCount)
    }
    #expect(sizes[0] == sizes[1] && sizes[0] < 20)
  }

  struct Running: SequentialModel {
    var first = Random<Int>()
    var total = Random<Int>()
    var wait = Random<Double>()
    var time = Random<Double>()

    mutating func start(_ p: inout some ProbabilisticContext) {
      first = p.assume(Poisson(2.0))
      total = first
      wait = p.assume(Gamma(shape: 6, rate: 2))
      time = wait
    }

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      total = p.assume(Exactly(total + p.assume(Poisson(1.0))))
      time = p.assume(Exactly(time + p.assume(Exponential(rate: 2))))
    }

    func visit(_ visitor: inout RandomVisitor) {
      visitor.keep([first, total])
      visitor.keep([wait, time])
    }
  }

  /// A sum that is added up in one run: a total of totals of totals.
  @Test func manyTotals() {
    var p = DelayedContext(key: RandomKey(seed: 1))
    let first = p.assume(Poisson(2.0))
    let start = p.assume(Gamma(shape: 2, rate: 1))
    var (total, time) = (first, start)
    for _ in 0..<3000 {
      total = p.assume(Exactly(total + p.assume(Poisson(1.0))))
      time = p.assume(Exactly(time + p.assume(Gamma(shape: 1, rate: 1))))
    }
    #expect(p.graph.mean(total) == 3002 && isClose(p.graph.mean(time), 3002))
    #expect(isClose(p.graph.mean(first), 2) && isClose(p.graph.variance(first), 2))
    #expect(isClose(p.graph.mean(start), 2) && isClose(p.graph.variance(start), 2))
    #expect(p.value(first) < 20 && p.value(start) < 20 && p.graph.variance(total) == 0)
  }

  /// The total is thinned in each step: it is drawn from the second on.
  struct Thinned: SequentialModel {
    static let data = [1, 2, 1, 3]

    var total = Random<Int>()
    var arrived = Random<Int>()

    mutating func start(_ p: inout some ProbabilisticContext) { total = p.assume(Poisson(2.0)) }

    mutating func step(_ t: Int, _ y: Int, _ p: inout some ProbabilisticContext) {
      arrived = p.assume(Poisson(1.0))
      total = p.assume(Exactly(total + arrived))
      p.observe(y, Binomial(count: total, probability: 0.3))
    }

    func visit(_ visitor: inout RandomVisitor) { visitor.keep([total, arrived]) }

    /// By the forward recursion over totals up to 60.
    static var evidence: Double {
      var forward = (0...60).map { exp(ConjugatePair.logPoisson(Double($0), 2)) }
      for y in data {
        forward = (0...60).map { total in
          var sum = 0.0
          for before in 0...total {
            sum += forward[before] * exp(ConjugatePair.logPoisson(Double(total - before), 1))
          }
          return sum * exp(AssumedSumTests.logThinned(y, total, 0.3))
        }
      }
      return forward.reduce(0, +)
    }
  }

  @Test func evidenceOfAThinnedTotal() throws {
    for delays in [true, false] {
      var (mean, square) = (0.0, 0.0)
      let runs = 2000
      for run in 0..<runs {
        let posterior = try ParticleFilter(particles: 8, delays: delays, chunkSize: 3).run(
          Thinned(), data: Thinned.data, key: RandomKey(seed: UInt64(run)))
        let ratio = exp(posterior.logEvidence) / Thinned.evidence
        mean += ratio / Double(runs)
        square += ratio * ratio / Double(runs)
      }
      let error = ((square - mean * mean) / Double(runs)).squareRoot()
      print("thinned total, delays \(delays): evidence/truth", mean, "±", error)
      #expect(abs(mean - 1) < 4 * error && error < 0.01)
    }
  }
}
