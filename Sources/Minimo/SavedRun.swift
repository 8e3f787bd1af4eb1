public import Agent
import Layers
public import RunStore

/// A run folder as what it stands for: a domain, settings, and agents at each checkpoint.
public struct SavedRun: Sendable {
  public let run: Run
  public let domain: Domain
  public let configuration: AgentConfiguration
  /// The level of the kernels that the run computes with.
  public let kernels: String

  /// - Throws: `.store`, `.damaged` or `.syntax` if the folder is not what Minimo wrote.
  public init(_ run: Run) throws(MinimoError) {
    self.run = run
    let description = run.description
    domain = try Domain(name: description.domain, text: run.theory)
    guard domain.hash == description.theoryHash else {
      throw .damaged(
        place: run.path + "/theory.p", reason: "it is not the theory that the run was started with")
    }
    let place = run.path + "/run.json"
    var settings = description.configuration
    guard case .string(let kernels)? = settings.removeValue(forKey: "kernels") else {
      throw .damaged(place: place, reason: "it does not say which kernels the run computes with")
    }
    self.kernels = kernels
    configuration = try AgentConfiguration(
      json: settings, seed: description.seed, place: place)
  }

  /// Opens a run for reading.
  public init(at path: String) throws(MinimoError) {
    try self.init(try stored { () throws(StoreError) in try Run.open(at: path, mode: .read) })
  }

  /// The last committed iteration; 0 has random weights, nil is a run that committed nothing.
  public var lastIteration: Int? {
    get throws(MinimoError) {
      try stored { () throws(StoreError) in try run.lastCommittedIteration }
    }
  }

  /// The agent after an iteration, by default the last.
  ///
  /// A run that has committed nothing gives the agent that it starts with.
  ///
  /// - Throws: `.store` for an iteration that is not there or damaged.
  public func agent(after iteration: Int? = nil) throws(MinimoError) -> Agent {
    guard let last = try lastIteration else {
      if let iteration {
        throw .store(.noSuchIteration(iteration: iteration, last: nil))
      }
      return Agent(configuration, space: domain.space)
    }
    let iteration = iteration ?? last
    let files = try checkpoint(iteration, names: nil)
    let initial = Agent(configuration, space: domain.space)
    var (transformer, optimizer) = (initial.transformer, initial.optimizer)
    let place = "\(run.path)/checkpoints/\(iteration)"
    do {
      transformer = try Transformer(safetensors: files["model.safetensors"] ?? [])
      try optimizer.restore(safetensors: files["optimizer.safetensors"] ?? [])
    } catch {
      throw .damaged(place: place, reason: "\(error)")
    }
    guard transformer.configuration == Agent.network(configuration, domain.space) else {
      throw .damaged(place: place, reason: "the weights are those of another network")
    }
    var buffer: [ExampleSet] = []
    for earlier in 1..<max(1, iteration + 1) where iteration > 0 {
      let files = try checkpoint(earlier, names: ["examples.bin"])
      do {
        buffer.append(try ExampleSet(bytes: files["examples.bin"] ?? []))
      } catch {
        throw .damaged(place: "\(run.path)/checkpoints/\(earlier)", reason: "\(error)")
      }
    }
    return Agent(
      configuration, space: domain.space, transformer: transformer, optimizer: optimizer,
      buffer: buffer)
  }

  private func checkpoint(
    _ iteration: Int, names: Set<String>?
  ) throws(MinimoError) -> [String: [UInt8]] {
    let files = try stored { () throws(StoreError) in
      try run.readCheckpoint(iteration, names: names)
    }
    return Dictionary(uniqueKeysWithValues: files.map { ($0.name, $0.bytes) })
  }
}

extension Agent {
  /// Everything that the next iteration depends on, with the examples of the last one.
  var checkpointFiles: [CheckpointFile] {
    var files = [
      CheckpointFile(name: "model.safetensors", bytes: transformer.safetensors(metadata: [:])),
      CheckpointFile(name: "optimizer.safetensors", bytes: optimizer.safetensors(metadata: [:])),
    ]
    if let examples = buffer.last {
      files.append(CheckpointFile(name: "examples.bin", bytes: examples.bytes))
    }
    return files
  }
}
