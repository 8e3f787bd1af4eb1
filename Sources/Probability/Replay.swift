public import Parallel

/// A process after it was led through a list of options.
public struct Replay<Process: ChoiceProcess> {
  /// The process where the list ended.
  public let process: Process
  /// The log-probability that the model draws these options.
  public let logProbability: Double
}

/// Why a list of options does not fit a process.
public enum ReplayError: Error, Hashable, Sendable {
  /// Before this option of the list, the process had ended or was stuck.
  case ended(step: Int)
  /// There is no such option.
  case noSuchOption(step: Int, option: Int, optionCount: Int)
}

/// Leads each process through its options, and scores them under the model.
///
/// A list may stop short of the end of its process. The model sees one batch per wave.
///
/// - Throws: `ReplayError` for the first process whose options do not fit; what the model throws.
public func replay<Process: ChoiceProcess>(
  _ options: [[Int]], from processes: [Process], under model: some ChoiceModel<Process.Query>,
  width: Int = 256, pool: WorkerPool? = nil
) throws -> [Replay<Process>] {
  require(
    processes.count == options.count,
    "\(processes.count) processes but \(options.count) lists of options")
  var slots = zip(processes, options).map { LockstepSlot($0, GivenOptions(options: $1)) }
  try runLockstep(&slots, model: model, width: width, pool: pool)
  return try slots.map { slot in
    if case .refused(let error) = slot.end { throw error }
    if !slot.source.isExhausted { throw ReplayError.ended(step: slot.source.step) }
    return Replay(process: slot.process, logProbability: slot.logProbability)
  }
}

struct GivenOptions: OptionSource {
  let options: [Int]
  var step = 0

  var isExhausted: Bool { step == options.count }

  mutating func next(_ logWeights: [Float]?) throws(ReplayError) -> Int {
    let option = options[step]
    let optionCount = logWeights?.count ?? 1
    guard option >= 0 && option < optionCount else {
      throw .noSuchOption(step: step, option: option, optionCount: optionCount)
    }
    step += 1
    return option
  }
}
