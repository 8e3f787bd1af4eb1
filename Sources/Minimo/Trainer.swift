public import Agent
import Conjecturing
import Layers
import Parallel
import Proving
import RunStore
import Tensor

/// Trains an agent in a domain and keeps everything in a run folder.
///
///     let trainer = try Trainer(domain: Domain(named: "groups"))
///     try trainer.train(at: "runs/groups") { event in … }
///
/// The same seed gives the same run, whatever the number of threads, interrupted or not: see
/// `Run.runHash`.
public struct Trainer: Sendable {
  public let domain: Domain
  public let configuration: AgentConfiguration
  let pool: WorkerPool

  /// What `train` tells whoever watches.
  public enum Event: Sendable {
    /// Goes on after this iteration, 0 for a new run.
    case started(after: Int, of: Int)
    case iteration(Int, AgentEvent)
    /// An iteration is committed: nothing can lose it any more.
    case committed(IterationReport)
  }

  /// - Throws: `.usage` for impossible settings, `.nothingToState` for a domain without statements.
  public init(
    domain: Domain, configuration: AgentConfiguration = Preset.default.configuration,
    threads: Int = Minimo.processorCount
  ) throws(MinimoError) {
    try configuration.validate()
    let shortest = ConjectureGrammar(theory: domain.space.theory).shortestStatement
    guard let shortest, shortest <= configuration.conjectureLength else {
      throw .nothingToState(domain: domain.name)
    }
    self.domain = domain
    self.configuration = configuration
    pool = try Minimo.pool(threads: threads)
  }

  /// Starts a run in a new folder and trains it to its end. A run that ends, and one that is
  /// interrupted, is sealed: see `Run.seal`.
  ///
  /// - Parameter progress: throw `MinimoError.interrupted` to stop; committed iterations stay.
  /// - Throws: `.store` if the folder exists or cannot be written; what `progress` throws.
  public func train(
    at path: String, progress: (Event) throws(MinimoError) -> Void = { _ in }
  ) throws(MinimoError) {
    var settings = configuration.json
    guard
      try AgentConfiguration(json: settings, seed: configuration.seed, place: path) == configuration
    else { throw .usage("a run folder cannot record the selection rule of this configuration") }
    settings["kernels"] = .string(TensorKernels.level)
    let description = RunDescription(
      programVersion: Minimo.version, seed: configuration.seed, domain: domain.name,
      theoryHash: domain.hash, configuration: settings)
    let run = try stored { () throws(StoreError) in
      try Run.create(at: path, description: description, theory: domain.text)
    }
    try train(Agent(configuration, space: domain.space), in: run, progress: progress)
  }

  /// Goes on with an interrupted run to the end that it would have had; a finished one is left as
  /// it is.
  ///
  /// The domain and the settings are those of the run.
  ///
  /// - Throws: `.usage` where other kernels would round differently; `.store` or `.damaged` if the
  ///   folder is no run or damaged; what `progress` throws.
  public static func resume(
    at path: String, threads: Int, progress: (Event) throws(MinimoError) -> Void = { _ in }
  ) throws(MinimoError) {
    let run = try stored { () throws(StoreError) in try Run.open(at: path, mode: .write) }
    let saved = try SavedRun(run)
    guard run.description.programVersion == Minimo.version else {
      throw .usage(
        "\(path) was started by version \(run.description.programVersion) and this is "
          + "\(Minimo.version), which may compute something else; resume it with that version")
    }
    guard saved.kernels == TensorKernels.level else {
      throw .usage(
        "\(path) computes with \(saved.kernels) kernels and this process with "
          + "\(TensorKernels.level) ones, which round differently; "
          + "set MINIMO_CPU=\(saved.kernels), on a processor that has them")
    }
    let trainer = try Trainer(
      domain: saved.domain, configuration: saved.configuration, threads: threads)
    try trainer.train(try saved.agent(), in: run, progress: progress)
  }

  private func train(
    _ start: Agent, in run: Run, progress: (Event) throws(MinimoError) -> Void
  ) throws(MinimoError) {
    do {
      try continueTraining(from: start, in: run, progress: progress)
    } catch .interrupted {
      try stored { () throws(StoreError) in _ = try run.seal() }
      throw .interrupted
    }
    try stored { () throws(StoreError) in _ = try run.seal() }
  }

  private func continueTraining(
    from start: Agent, in run: Run, progress: (Event) throws(MinimoError) -> Void
  ) throws(MinimoError) {
    var agent = start
    try progress(.started(after: agent.buffer.count, of: configuration.iterations))
    if try stored({ () throws(StoreError) in try run.lastCommittedIteration }) == nil {
      var record = IterationRecord(iteration: 0)
      record.checkpoint = agent.checkpointFiles
      try stored { [record] () throws(StoreError) in try run.commit(record) }
    }
    while agent.buffer.count < configuration.iterations {
      let report = try runIteration(&agent, progress: progress)
      let record = record(of: report, by: agent)
      try stored { () throws(StoreError) in try run.commit(record) }
      try progress(.committed(report))
    }
  }

  func runIteration(
    _ agent: inout Agent, progress: (Event) throws(MinimoError) -> Void
  ) throws(MinimoError) -> IterationReport {
    let iteration = agent.buffer.count + 1
    do {
      return try agent.runIteration(pool: pool) { try progress(.iteration(iteration, $0)) }
    } catch let error as MinimoError {
      throw error
    } catch {
      throw .internalError("iteration \(iteration) failed: \(error)")
    }
  }
}

/// Passes on what the run store throws.
func stored<Result>(_ body: () throws(StoreError) -> Result) throws(MinimoError) -> Result {
  do {
    return try body()
  } catch {
    throw .store(error)
  }
}
