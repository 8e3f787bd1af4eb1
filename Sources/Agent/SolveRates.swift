import Probability
public import Randomness

/// How often statements posed under a length limit get proved, and under which limit to pose next.
///
/// Limits are divided into bands. Each band has a solve rate with a uniform prior; the number of
/// proofs in an iteration is binomial given the rate, which stays unsampled. Since the prover
/// learns, what happened an iteration earlier counts half as much.
///
/// A limit is chosen by Thompson sampling: rates are drawn from their posterior, and a limit from
/// the band whose rate is nearest to one half, since what always succeeds teaches as little as what
/// always fails.
///
/// Sources: Thompson, "On the likelihood that one unknown probability exceeds another"
/// (Biometrika 1933); Florensa, Held, Geng, Abbeel, "Automatic goal generation for reinforcement
/// learning agents" (ICML 2018), section 4.1, for goals of intermediate difficulty.
public struct SolveRates: Sendable {
  /// The limits of each band, in ascending order.
  public let bands: [ClosedRange<Int>]
  /// The posterior mean of each band's rate.
  public let means: [Double]

  private let program: Program

  static let bandCount = 4
  /// What an outcome counts after one more iteration.
  static let memory = 0.5

  /// The rates after some iterations.
  ///
  /// - Parameters:
  ///   - limits: all limits that there are.
  ///   - history: the attempts of each iteration, the first iteration first.
  public init(limits: ClosedRange<Int>, history: [[Attempt]]) {
    let count = min(SolveRates.bandCount, limits.count)
    let bands = (0..<count).map { band in
      limits.lowerBound + limits.count * band / count...limits.lowerBound + limits.count
        * (band + 1) / count - 1
    }
    self.bands = bands
    var records = Array(repeating: Record(), count: count)
    for (index, attempts) in history.enumerated() {
      for band in records.indices { records[band].age(by: SolveRates.memory) }
      // Those of the last iteration are what the program observes.
      if index + 1 == history.count { break }
      for attempt in attempts {
        guard let band = bands.firstIndex(where: { $0.contains(attempt.limit) }) else { continue }
        records[band].countEarlier(attempt)
      }
    }
    for attempt in history.last ?? [] {
      guard let band = bands.firstIndex(where: { $0.contains(attempt.limit) }) else { continue }
      records[band].attempts += 1
      if attempt.isProved { records[band].proofs += 1 }
    }
    program = Program(records: records)
    let posterior = SolveRates.run(program, RandomKey(seed: 0))
    means = bands.indices.map { band in posterior.marginalMean { $0[band] } }
  }

  /// A limit to pose under.
  public func limit(key: RandomKey) -> Int {
    let band = SolveRates.run(Choice(program: program), key.child("band")).draws[0]
    var stream = key.child("limit").stream()
    return bands[band].lowerBound + stream.uniform(below: bands[band].count)
  }

  private static func run<M: Model>(_ model: M, _ key: RandomKey) -> Posterior<M.Result> {
    do {
      return try ImportanceSampler(particles: 1).run(model, key: key)
    } catch {
      preconditionFailure("counts have a probability, but: \(error)")
    }
  }

  /// What happened in one band.
  private struct Record: Sendable {
    /// Of earlier iterations, each counted for less the longer ago.
    var earlierProofs = 0.0
    var earlierFailures = 0.0
    var proofs = 0
    var attempts = 0

    mutating func age(by factor: Double) {
      earlierProofs *= factor
      earlierFailures *= factor
    }

    mutating func countEarlier(_ attempt: Attempt) {
      if attempt.isProved { earlierProofs += 1 } else { earlierFailures += 1 }
    }
  }

  /// The rates, given what happened.
  private struct Program: Model {
    let records: [Record]

    func run(_ p: inout some ProbabilisticContext) -> [Random<Double>] {
      records.map { record in
        let rate = p.assume(Beta(1 + record.earlierProofs, 1 + record.earlierFailures))
        p.observe(record.proofs, Binomial(count: record.attempts, probability: rate))
        return rate
      }
    }
  }

  /// The band to pose in.
  private struct Choice: Model {
    let program: Program

    func run(_ p: inout some ProbabilisticContext) -> Int {
      var best = 0
      var least = Double.infinity
      for (band, rate) in program.run(&p).enumerated() {
        let distance = abs(p.value(rate) - 0.5)
        if distance < least { (best, least) = (band, distance) }
      }
      return best
    }
  }
}
