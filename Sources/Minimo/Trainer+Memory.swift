public import Agent

/// What training in memory leaves.
public struct Training: Sendable {
  /// Ready to pose and to prove: see `Domain.pose` and `Domain.prove`.
  public let agent: Agent
  public let iterations: [IterationReport]

  /// All that was proved, as posed and in hindsight, the least likely proofs first.
  public var theorems: [IterationReport.GradedTheorem] {
    let all = iterations.flatMap { $0.proofs + $0.hindsight }
    // Sorting is stable only by accident: equal log-probabilities keep their order by index.
    return all.indices.sorted {
      (all[$0].logProbability, $0) < (all[$1].logProbability, $1)
    }.map { all[$0] }
  }
}

extension Trainer {
  /// Trains an agent and keeps nothing on disk.
  ///
  ///     let training = try Trainer(domain: domain, configuration: configuration).train()
  ///     print(training.theorems[0].theorem.script)
  ///
  /// - Parameter progress: throw `MinimoError.interrupted` to stop.
  /// - Throws: what `progress` throws.
  public func train(
    progress: (Event) throws(MinimoError) -> Void = { _ in }
  ) throws(MinimoError) -> Training {
    var agent = Agent(configuration, space: domain.space)
    var reports: [IterationReport] = []
    try progress(.started(after: 0, of: configuration.iterations))
    while agent.buffer.count < configuration.iterations {
      let report = try runIteration(&agent, progress: progress)
      reports.append(report)
      try progress(.committed(report))
    }
    return Training(agent: agent, iterations: reports)
  }
}
