public import Parallel
public import Randomness

/// A run of a process whose choices were drawn from a model.
public struct Sample<Outcome: Sendable>: Sendable {
  /// What the process ended with; `nil` if it got stuck.
  public let outcome: Outcome?
  /// The options taken, in order.
  public let options: [Int]
  /// The log-probability of all choices; replaying the options gives the same number exactly.
  public let logProbability: Double
}

/// Runs each process to its end, drawing each option in proportion to the model's weights.
///
/// All processes advance in lockstep, and the model sees one batch per wave, in slot order. What
/// a slot draws depends on its key alone: not on the other slots, `width` or the threads. Choices
/// with a single option are taken without asking the model or drawing a number.
///
/// - Parameters:
///   - keys: One key for each process.
///   - width: The number of processes that run at the same time.
///   - pool: Where processes run; on the calling thread if there is none.
/// - Throws: What the model throws.
public func sample<Process: ChoiceProcess>(
  _ processes: [Process], from model: some ChoiceModel<Process.Query>, keys: [RandomKey],
  width: Int = 256, pool: WorkerPool? = nil
) throws -> [Sample<Process.Outcome>] {
  require(
    processes.count == keys.count, "\(processes.count) processes but \(keys.count) keys")
  var slots = zip(processes, keys).map { LockstepSlot($0, DrawnOptions(stream: $1.stream())) }
  try runLockstep(&slots, model: model, width: width, pool: pool)
  return slots.map { slot in
    var outcome: Process.Outcome?
    if case .done(let value) = slot.end { outcome = value }
    return Sample(
      outcome: outcome, options: slot.options, logProbability: slot.logProbability)
  }
}

extension Collection {
  /// The number of samples that got stuck.
  public func stuckCount<Outcome>() -> Int where Element == Sample<Outcome> {
    count { $0.outcome == nil }
  }
}

private struct DrawnOptions: OptionSource {
  var stream: RandomStream

  var isExhausted: Bool { false }

  mutating func next(_ logWeights: [Float]?) -> Int {
    if let logWeights { stream.categorical(logWeights: logWeights) } else { 0 }
  }
}
