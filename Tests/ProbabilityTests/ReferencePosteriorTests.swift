import Foundation
import Parallel
import Probability
import Randomness
import TestSupport
import Testing

/// Posteriors of twelve models against those of another program.
@Suite struct ReferencePosteriorTests {
  static func problems() throws -> [ReferenceProblem] {
    try ReferenceProblem.all(in: TestData.contents("reference_posteriors.json"))
  }

  /// The file that `MINIMO_POSTERIORDB` names, made by Data/posteriordb.py.
  static var posteriordb: Data? {
    guard let path = ProcessInfo.processInfo.environment["MINIMO_POSTERIORDB"] else { return nil }
    // A wrong path must not pass for no wish.
    return try! Data(contentsOf: URL(fileURLWithPath: path))
  }

  /// For each parameter the distance of the mean and of the standard deviation from the reference,
  /// in standard errors of both together.
  private func scores<M: DifferentiableModel>(
    _ model: M, _ sampler: HamiltonianMonteCarlo, _ problem: ReferenceProblem
  ) throws -> (z: [(mean: Double, deviation: Double)], hasMixed: Bool, line: String) {
    let clock = ContinuousClock()
    let start = clock.now
    let chains = try sampler.run(
      model, key: RandomKey(seed: 22).child("reference"), pool: WorkerPool(threads: 2))
    var z: [(mean: Double, deviation: Double)] = []
    var (rHat, size) = (1.0, Double.infinity)
    for (index, parameter) in problem.parameters.enumerated() {
      let summary = chains.summary { $0[index] }
      let center = summary.mean
      let squares = chains.summary { ($0[index] - center) * ($0[index] - center) }
      let spreadError = squares.standardError / (2 * summary.deviation)
      z.append(
        (
          mean: (center - parameter.mean) / hypot(summary.standardError, parameter.meanError),
          deviation: (summary.deviation - parameter.deviation)
            / hypot(spreadError, parameter.deviationError)
        ))
      (rHat, size) = (max(rHat, summary.rHat), min(size, summary.bulkESS))
    }
    let largest = (
      mean: z.map { abs($0.mean) }.max() ?? 0, deviation: z.map { abs($0.deviation) }.max() ?? 0
    )
    let line =
      "\(problem.title ?? problem.name): \(z.count) parameters, largest |z| of means "
      + "\(rounded(largest.mean)), of deviations \(rounded(largest.deviation)), R-hat "
      + "\(rounded(rHat, 1e4)), smallest ESS \(Int(size)), \(chains.divergences) divergences, "
      + "\(clock.now - start)"
    // Chains that have not mixed have large errors, which a score would forgive them.
    let hasMixed = rHat < 1.05 && size > 100 && 100 * chains.divergences <= chains.draws.count
    return (z, hasMixed, line)
  }

  private func rounded(_ number: Double, _ scale: Double = 100) -> Double {
    (number * scale).rounded() / scale
  }

  private func check(_ problem: ReferenceProblem, _ sampler: HamiltonianMonteCarlo) throws {
    let model = try #require(problem.model)
    let (z, hasMixed, line) = try scores(model, sampler, problem)
    print("reference", line)
    #expect(hasMixed, "\(line)")
    for (score, parameter) in zip(z, problem.parameters) {
      // Of some 150 z-scores one exceeds 4.2 at one key in 250.
      #expect(abs(score.mean) < 4.2, "\(problem.name), \(parameter.name): mean")
      #expect(abs(score.deviation) < 4.2, "\(problem.name), \(parameter.name): deviation")
    }
  }

  static let sampler = HamiltonianMonteCarlo(
    draws: LongTests.areWanted ? 5000 : 500, warmup: LongTests.areWanted ? 1000 : 400,
    chains: LongTests.areWanted ? 4 : 2, targetAcceptance: 0.9)

  /// One takes as long as all others together, and has its turn in the long form.
  static func names() throws -> [String] {
    try problems().map(\.name).filter { LongTests.areWanted || $0 != "count process" }
  }

  @Test(arguments: try names()) func agrees(_ name: String) throws {
    let problem = try #require(try Self.problems().first { $0.name == name })
    try check(problem, Self.sampler)
  }

  @Test(.enabled(if: posteriordb != nil)) func agreesWithPosteriordb() throws {
    for problem in try ReferenceProblem.all(in: Self.posteriordb!) {
      try check(problem, Self.sampler)
    }
  }

  /// The same test finds a likelihood whose errors are too large by half.
  @Test func findsAWrongModel() throws {
    var problem = try #require(try Self.problems().first { $0.name == "eight schools" })
    problem.data.errors = problem.data.errors!.map { 1.5 * $0 }
    let (z, _, _) = try scores(SchoolsReference(data: problem.data), Self.sampler, problem)
    let largest = z.flatMap { [abs($0.mean), abs($0.deviation)] }.max()!
    print("reference with errors too large by half: largest |z|", largest)
    #expect(largest > 6)
  }
}
