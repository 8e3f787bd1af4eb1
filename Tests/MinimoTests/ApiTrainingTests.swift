import Minimo
import Testing

@Suite("Training is the same however it is run")
struct ApiTrainingTests {
  /// The hash of a finished run.
  private func hash(of path: String) throws -> String {
    try Run.open(at: path, mode: .read).runHash().hex
  }

  private func train(
    at path: String, threads: Int, configuration: AgentConfiguration = tinyConfiguration,
    progress: (Trainer.Event) throws(MinimoError) -> Void = { _ in }
  ) throws {
    try Trainer(
      domain: Domain(name: "middles", text: middles), configuration: configuration,
      threads: threads
    ).train(at: path, progress: progress)
  }

  @Test func oneSeedOneHashWhateverTheThreads() throws {
    let scratch = Scratch()
    var hashes: [String] = []
    for threads in [1, 2, 4] {
      let path = "\(scratch.path)/\(threads)"
      try train(at: path, threads: threads)
      hashes.append(try hash(of: path))
    }
    #expect(Set(hashes).count == 1)
  }

  @Test func anotherSeedIsAnotherRun() throws {
    let scratch = Scratch()
    try train(at: scratch.path + "/a", threads: 1)
    var configuration = tinyConfiguration
    configuration.seed += 1
    try train(at: scratch.path + "/b", threads: 1, configuration: configuration)
    #expect(try hash(of: scratch.path + "/a") != hash(of: scratch.path + "/b"))
  }

  /// Stops once at each event that a run reports, and goes on.
  @Test func anInterruptedRunEndsAsIfNothingHadHappened() throws {
    let scratch = Scratch()
    var configuration = tinyConfiguration
    configuration.conjectures = 4
    configuration.expansions = 8
    configuration.learning.steps = 2
    var eventCount = 0
    try train(at: scratch.path + "/whole", threads: 1, configuration: configuration) { _ in
      eventCount += 1
    }
    let whole = try hash(of: scratch.path + "/whole")
    #expect(eventCount > 10)
    for stop in 0..<eventCount {
      let path = "\(scratch.path)/\(stop)"
      var seen = 0
      let stopped = #expect(throws: MinimoError.self) {
        try train(at: path, threads: 1, configuration: configuration) { (_) throws(MinimoError) in
          seen += 1
          if seen > stop { throw .interrupted }
        }
      }
      #expect(stopped?.exitCode == 130)
      try Trainer.resume(at: path, threads: 2)
      #expect(try hash(of: path) == whole, "stopped at event \(stop)")
    }
  }

  @Test func aFinishedRunIsLeftAsItIs() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path, threads: 1)
    let before = try hash(of: path)
    var events = 0
    try Trainer.resume(at: path, threads: 1) { event in
      events += 1
      guard case .started(after: 2, of: 2) = event else {
        Issue.record("\(event)")
        return
      }
    }
    #expect(events == 1)
    #expect(try hash(of: path) == before)
  }

  @Test func inMemoryTheAgentIsTheSame() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path, threads: 1)
    let saved = try SavedRun(at: path)
    let domain = try Domain(name: "middles", text: middles)
    let training = try Trainer(
      domain: domain, configuration: tinyConfiguration, threads: 2
    ).train()
    #expect(training.agent.buffer == (try saved.agent().buffer))
    #expect(
      training.agent.transformer.safetensors() == (try saved.agent().transformer.safetensors()))
    #expect(training.iterations.map(\.iteration) == [1, 2])
    let weights = training.theorems.map(\.logProbability)
    #expect(weights == weights.sorted())
    #expect(!weights.isEmpty)
    // The trained agent poses and proves in the domain that it was trained in.
    let posed = try domain.pose(4, by: training.agent, seed: 1, threads: 1)
    #expect(try saved.domain.pose(4, by: saved.agent(), seed: 1, threads: 1) == posed)
    let report = try domain.prove("(= origin origin)", by: training.agent, threads: 1)
    #expect(report.theorem != nil)
  }

  @Test func eachCheckpointIsAnAgentOfItsOwn() throws {
    let scratch = Scratch()
    let path = scratch.path + "/run"
    try train(at: path, threads: 1)
    let saved = try SavedRun(at: path)
    #expect(try saved.lastIteration == 2)
    let agents = try (0...2).map { try saved.agent(after: $0) }
    #expect(agents.map(\.buffer.count) == [0, 1, 2])
    #expect(Set(agents.map { $0.transformer.safetensors() }).count == 3)
    let untrained = Agent(saved.configuration, space: saved.domain.space)
    #expect(agents[0].transformer.safetensors() == untrained.transformer.safetensors())
    #expect(failure { () throws(MinimoError) in try saved.agent(after: 3) }?.exitCode == 65)
  }

  @Test(arguments: HindsightMode.allCases)
  func hindsightModesTrain(mode: HindsightMode) throws {
    var configuration = tinyConfiguration
    configuration.hindsight = mode
    let training = try Trainer(
      domain: Domain(named: "groups"), configuration: configuration, threads: 1
    ).train()
    let hindsight = training.iterations.reduce(0) { $0 + $1.hindsight.count }
    #expect((hindsight == 0) == (mode == .off))
  }
}
