import Glibc
import Randomness
import TestSupport
import Testing

@testable import Probability

/// A path drawn from the exact posterior and moved by the kernel must have the posterior still.
@Suite struct ConditionalFilterTests {
  static let configurations: [(Int, AncestorSampling, Double)] = [
    (2, .off, 1), (3, .off, 0.6), (2, .full, 1), (3, .steps(1), 1), (4, .steps(2), 0.7),
  ]

  @Test(arguments: configurations.indices)
  func keepsTheSmoothingPosterior(index: Int) throws {
    let (particles, ancestors, trigger) = Self.configurations[index]
    let filter = ConditionalFilter(
      particles: particles, ancestorSampling: ancestors, trigger: trigger)
    // One step draws the whole state only if the start draws nothing.
    let model = SymbolChain(hasStart: ancestors != .steps(1))
    let joint = SymbolChain.joint
    let total = joint.reduce(0, +)
    let posterior = joint.map { $0 / total }
    var counts = [Int](repeating: 0, count: 81)
    var renewed = 0
    let draws = 6000
    let table = AliasTable(Categorical(posterior))
    for draw in 0..<draws {
      let key = RandomKey(seed: 17).child("draw", draw).child("kernel", index)
      var stream = key.child("exact").stream()
      let states = SymbolChain.states(table.sample(&stream))
      let numbers = states.map { [Double($0)] }
      let reference = ReferencePath(
        values: model.hasStart ? [numbers[0], []] + numbers[1...] : [[]] + numbers)
      let path = try filter.run(
        model, data: SymbolChain.data, given: reference, key: key)
      let result = path.values.flatMap { $0.map { Int($0) } }
      counts[SymbolChain.number(result)] += 1
      if result != states { renewed += 1 }
    }
    let z = chiSquareDeviation(counts, posterior)
    print("\(particles) particles, ancestors \(ancestors): chi-square z =", z, "moved", renewed)
    #expect(abs(z) < 4)
    #expect(renewed > draws / 5)
  }

  /// The same with a parameter that stays random: paths of coins of unknown bias. The truth: a
  /// path of h heads among 3 has probability B(2 + h, 2 + 3 − h)/B(2, 2).
  @Test(arguments: 0..<4)
  func keepsThePosteriorOfPathsWithMarginalParameters(index: Int) throws {
    let ancestors: AncestorSampling = index == 1 ? .full : index == 2 ? .steps(3) : .off
    let filter = ConditionalFilter(
      particles: 3, ancestorSampling: ancestors, trigger: 1, delays: index == 3)
    let plan = try ParameterPlan(Coins()) { [$0.bias] }
    let joint = Coins.joint
    let total = joint.reduce(0, +)
    var counts = [Int](repeating: 0, count: 8)
    for draw in 0..<4000 {
      let key = RandomKey(seed: 18).child("draw", draw).child("kernel", index)
      let sweep = ConditionalSweep(
        filter: filter, model: Coins(), data: Coins.data, number: 1, start: ParameterContext(plan))
      let reference = exactPath(sweep, key.child("exact"))
      let path = try sweep.run(given: reference, key: key, pool: nil).path
      let states = sweep.replay(path, keepsStates: true).states
      counts[states.dropFirst().reduce(0) { 2 * $0 + ($1.isHead ? 1 : 0) }] += 1
    }
    let z = chiSquareDeviation(counts, joint.map { $0 / total })
    print("marginal parameter, ancestors \(ancestors), delays \(index == 3): z =", z)
    #expect(abs(z) < 4)
  }

  /// A path from the exact posterior, with its generators, by rejection: the likelihood is at
  /// most 1.
  func exactPath(_ sweep: ConditionalSweep<Coins>, _ key: RandomKey) -> ReferencePath {
    var trial = 0
    while true {
      let key = key.child("trial", trial)
      trial += 1
      var particle = PathParticle(model: sweep.model)
      var graph = DelayedGraph()
      var logDensity = 0.0
      for position in 0...sweep.data.count {
        var context = DelayedContext(key: key.child("position", position), delays: sweep.keepsGraph)
        context.graph = graph
        _ = sweep.advance(
          &particle, nil, &context, position == 0 ? sweep.start : nil
        ) { model, path in
          if position == 0 {
            model.start(&path)
          } else {
            model.step(position - 1, sweep.data[position - 1], &path)
          }
        }
        context.eliminate(what: particle.model)
        logDensity += context.logWeight
        graph = context.graph
      }
      var stream = key.child("accept").stream()
      if stream.uniform() < exp(logDensity) { return ReferencePath(steps: particle.log.elements) }
    }
  }
}

/// bias ~ Beta(2, 2); heads with it; a report of each toss that is wrong with probability 0.2.
struct Coins: SequentialModel {
  static let data = [true, true, false]

  var bias = Random<Double>()
  var isHead = false

  mutating func start(_ p: inout some ProbabilisticContext) {
    bias = p.assume(Beta(2, 2))
  }

  mutating func step(_ t: Int, _ y: Bool, _ p: inout some ProbabilisticContext) {
    isHead = p.draw(Bernoulli(bias))
    p.observe(y, Bernoulli(isHead ? 0.8 : 0.2))
  }

  func visit(_ visitor: inout RandomVisitor) { visitor.keep(bias) }

  /// Of each path, heads as ones in base 2, and the reports.
  static var joint: [Double] {
    (0..<8).map { number in
      let heads = [number / 4 % 2, number / 2 % 2, number % 2]
      let (ones, zeros) = (Double(heads.reduce(0, +)), Double(3 - heads.reduce(0, +)))
      var probability = tgamma(2 + ones) * tgamma(2 + zeros) / tgamma(7) * 6
      for (head, report) in zip(heads, data) {
        probability *= (head == 1) == report ? 0.8 : 0.2
      }
      return probability
    }
  }
}
