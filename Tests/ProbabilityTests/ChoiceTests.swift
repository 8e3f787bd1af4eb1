import Glibc
import Parallel
import Probability
import Randomness
import TestSupport
import Testing

/// Tosses `remaining` coins; the outcome is the number of heads.
struct CoinTosses: ChoiceProcess {
  var remaining: Int
  var heads = 0

  var status: Status<Int, Int> {
    remaining == 0 ? .done(heads) : .choose(remaining, optionCount: 2)
  }

  mutating func take(_ option: Int) {
    remaining -= 1
    heads += option
  }
}

/// Heads come up one time in four.
struct BiasedCoin: ChoiceModel {
  func logWeights(_ batch: [Int], optionCounts: [Int]) -> [[Float]] {
    batch.map { _ in [Float(log(3.0)) + 5, 5] }
  }
}

/// A random tree of choices, of one to four options, some of which lead nowhere.
struct RandomTree: ChoiceProcess {
  var key: RandomKey
  var depth = 0

  var status: Status<RandomKey, Int> {
    var random = key.stream()
    let kind = random.uniform()
    if depth == 6 || kind < 0.15 { return .done(random.uniform(below: 6)) }
    if kind < 0.25 { return .stuck }
    return .choose(key, optionCount: 1 + random.uniform(below: 4))
  }

  mutating func take(_ option: Int) {
    key = key.child("option", option)
    depth += 1
  }
}

/// Random weights, some of them zero, drawn from the query.
struct RandomWeights: ChoiceModel {
  func logWeights(_ batch: [RandomKey], optionCounts: [Int]) -> [[Float]] {
    zip(batch, optionCounts).map { key, optionCount in
      var random = key.child("weights").stream()
      let certain = random.uniform(below: optionCount)
      return (0..<optionCount).map { option in
        let weight = Float(3 * random.normal())
        return option != certain && random.uniform() < 0.2 ? -.infinity : weight
      }
    }
  }
}

@Suite struct ChoiceTests {
  static func keys(_ seed: UInt64, _ count: Int) -> [RandomKey] {
    (0..<count).map { RandomKey(seed: seed).child("slot", $0) }
  }

  /// The binomial distribution, in closed form.
  @Test(arguments: [0, 1, 5, 10])
  func coinsAreBinomial(_ count: Int) throws {
    let exact = try enumerate(
      CoinTosses(remaining: count), under: BiasedCoin(), mergingBy: { $0 })
    #expect(exact.isComplete && exact.stuck == -.infinity)
    #expect(exact.choiceCount == 1 << count - 1)
    #expect(exact.outcomes.map(\.outcome) == Array(0...count))
    var ways = 1.0
    for (heads, logProbability) in exact.outcomes {
      let truth = ways * pow(0.25, Double(heads)) * pow(0.75, Double(count - heads))
      #expect(abs(exp(logProbability) - truth) < 1e-7)
      ways *= Double(count - heads) / Double(heads + 1)
    }
    let samples = try sample(
      [CoinTosses](repeating: CoinTosses(remaining: count), count: 20_000), from: BiasedCoin(),
      keys: Self.keys(1, 20_000))
    var counts = [Int](repeating: 0, count: count + 1)
    for sample in samples { counts[sample.outcome!] += 1 }
    #expect(chiSquareDeviation(counts, exact.outcomes.map { exp($0.logProbability) }) < 4)
  }

  @Test func samplingReplayAndEnumerationAgree() throws {
    try forAll(60) { random in
      let process = RandomTree(key: RandomKey(seed: random.next()))
      let model = RandomWeights()
      let count = 2000
      let samples = try sample(
        [RandomTree](repeating: process, count: count), from: model,
        keys: Self.keys(random.next(), count), width: 500)

      let replays = try replay(
        samples.map(\.options), from: samples.map { _ in process }, under: model, width: 77)
      for (sample, replay) in zip(samples, replays) {
        try #require(sample.logProbability == replay.logProbability)
        switch replay.process.status {
        case .done(let outcome): try #require(sample.outcome == outcome)
        case .stuck: try #require(sample.outcome == nil)
        case .choose: try #require(Bool(false), "the replay stops at a choice")
        }
      }

      let exact = try enumerate(process, under: model, mergingBy: { $0 })
      let logTotal = LogWeight.sum(exact.outcomes.map(\.logProbability) + [exact.stuck])
      try #require(exact.isComplete && abs(logTotal) < 1e-9)
      var counts = exact.outcomes.map { entry in
        samples.count { $0.outcome == entry.outcome }
      }
      counts.append(samples.stuckCount())
      let probabilities = exact.outcomes.map { exp($0.logProbability) } + [exp(exact.stuck)]
      try #require(counts.reduce(0, +) == count)
      try #require(chiSquareDeviation(counts, probabilities) < 5)
    }
  }

  @Test(arguments: [1, 2, 4], [1, 3, 1000])
  func sameForAllThreadsAndWidths(_ threads: Int, _ width: Int) throws {
    let processes = (0..<100).map { RandomTree(key: RandomKey(seed: $0)) }
    let keys = Self.keys(2, 100)
    let alone = try zip(processes, keys).map {
      try sample([$0], from: RandomWeights(), keys: [$1])[0]
    }
    let together = try sample(
      processes, from: RandomWeights(), keys: keys, width: width,
      pool: WorkerPool(threads: threads))
    for (one, other) in zip(alone, together) {
      #expect(one.outcome == other.outcome && one.options == other.options)
      #expect(one.logProbability == other.logProbability)
    }
    #expect(together.stuckCount() > 0 && together.stuckCount() < 100)
  }

  @Test func cappedEnumerationReportsTheRest() throws {
    for cap in 0...8 {
      let exact = try enumerate(
        CoinTosses(remaining: 3), under: UniformModel(), maximumChoices: cap, mergingBy: { $0 })
      #expect(exact.choiceCount == min(cap, 7))
      #expect(exact.isComplete == (cap >= 7))
      // Each of the four last choices holds 1/4, and the others are needed to reach them.
      let unexplored = [1, 1, 1, 1, 0.75, 0.5, 0.25, 0, 0][cap]
      #expect(abs(exp(exact.unexplored) - unexplored) < 1e-12)
      let logTotal = LogWeight.sum(exact.outcomes.map(\.logProbability) + [exact.unexplored])
      #expect(abs(logTotal) < 1e-12)
    }
  }

  @Test func replayOfPrefixes() throws {
    let replays = try replay(
      [[], [1], [1, 0]], from: (0..<3).map { _ in CoinTosses(remaining: 2) }, under: BiasedCoin())
    #expect(replays.map(\.process.remaining) == [2, 1, 0])
    #expect(replays[0].logProbability == 0)
    #expect(abs(replays[1].logProbability - log(0.25)) < 1e-6)
    #expect(abs(replays[2].logProbability - log(0.25 * 0.75)) < 1e-6)
  }

  @Test func replayRefusesWhatDoesNotFit() throws {
    func error(_ options: [Int], _ process: CoinTosses) -> ReplayError? {
      do {
        _ = try replay([options], from: [process], under: UniformModel())
        return nil
      } catch {
        return error as? ReplayError
      }
    }
    let process = CoinTosses(remaining: 2)
    #expect(error([0, 1, 0], process) == .ended(step: 2))
    #expect(error([0, 2], process) == .noSuchOption(step: 1, option: 2, optionCount: 2))
    #expect(error([-1], process) == .noSuchOption(step: 0, option: -1, optionCount: 2))
    #expect(error([0, 1], process) == nil)
  }

  /// A model is not asked about choices with one option, and they cost no randomness.
  @Test func forcedChoicesAreFree() throws {
    struct Forced: ChoiceProcess {
      var remaining = 5
      var status: Status<Int, Int> {
        remaining == 0 ? .done(0) : .choose(0, optionCount: remaining == 2 ? 2 : 1)
      }
      mutating func take(_ option: Int) { remaining -= 1 }
    }
    struct OnlyReal: ChoiceModel {
      func logWeights(_ batch: [Int], optionCounts: [Int]) -> [[Float]] {
        #expect(optionCounts == [2])
        return [[0, 0]]
      }
    }
    let key = RandomKey(seed: 3)
    let samples = try sample([Forced()], from: OnlyReal(), keys: [key])
    var stream = key.stream()
    #expect(samples[0].options == [0, 0, 0, stream.uniform() < 0.5 ? 0 : 1, 0])
    #expect(abs(samples[0].logProbability - log(0.5)) < 1e-12)
  }

  @Test func modelErrorsPassThrough() {
    struct Failure: Error {}
    struct Failing: ChoiceModel {
      func logWeights(_ batch: [Int], optionCounts: [Int]) throws -> [[Float]] { throw Failure() }
    }
    let process = CoinTosses(remaining: 1)
    #expect(throws: Failure.self) {
      try sample([process], from: Failing(), keys: [RandomKey(seed: 0)])
    }
    #expect(throws: Failure.self) { try replay([[0]], from: [process], under: Failing()) }
    #expect(throws: Failure.self) {
      try enumerate(process, under: Failing(), mergingBy: { $0 })
    }
  }
}

@Suite struct LogWeightTests {
  @Test func sums() {
    #expect(LogWeight.sum([Double]()) == -.infinity)
    #expect(LogWeight.sum([Float]()) == -.infinity)
    #expect(LogWeight.sum([-.infinity, -.infinity] as [Double]) == -.infinity)
    #expect(LogWeight.sum(-.infinity, -.infinity) == -.infinity)
    #expect(LogWeight.sum(-.infinity, 2) == 2)
    #expect(abs(LogWeight.sum(log(3.0), log(4)) - log(7)) < 1e-15)
    #expect(abs(LogWeight.sum([1000, 1000] as [Double]) - (1000 + log(2))) < 1e-12)
    #expect(abs(LogWeight.sum([-1000, -1000] as [Float]) - (-1000 + log(2))) < 1e-12)
    #expect(abs(LogWeight.sum([log(1.0), log(2), log(3)]) - log(6)) < 1e-15)
  }

  @Test func probabilities() {
    let weights: [Float] = [0, -.infinity, 0, 0]
    #expect(abs(LogWeight.logProbability(of: 0, in: weights) + log(3)) < 1e-15)
    #expect(LogWeight.logProbability(of: 1, in: weights) == -.infinity)
    #expect(LogWeight.logProbability(of: 0, in: [7]) == 0)
  }
}
