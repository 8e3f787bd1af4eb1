import Parallel

/// One process of a lockstep run, with the choices that it has made.
struct LockstepSlot<Process: ChoiceProcess, Source> {
  var process: Process
  /// Where its choices come from.
  var source: Source
  var options: [Int] = []
  var logProbability = 0.0
  var end: End?

  enum End {
    case done(Process.Outcome)
    case stuck
    /// The source gave no option at a choice.
    case stopped
    case refused(ReplayError)
  }

  init(_ process: Process, _ source: Source) {
    self.process = process
    self.source = source
  }
}

/// A choice that a slot waits at.
struct PendingChoice<Query: Sendable>: Sendable {
  let query: Query
  let optionCount: Int
}

/// What supplies the options that a lockstep run takes.
protocol OptionSource: SendableMetatype {
  /// Whether another option may follow.
  var isExhausted: Bool { get }
  /// The option to take where `logWeights` has one entry for each; `nil` asks for the only one.
  mutating func next(_ logWeights: [Float]?) throws(ReplayError) -> Int
}

extension LockstepSlot where Source: OptionSource {
  /// Takes an option at the pending choice, then goes on to the next that needs a model.
  mutating func advance(_ logWeights: [Float]?) -> PendingChoice<Process.Query>? {
    do throws(ReplayError) {
      if let logWeights {
        let option = try source.next(logWeights)
        logProbability += LogWeight.logProbability(of: option, in: logWeights)
        take(option)
      }
      while true {
        switch process.status {
        case .done(let outcome):
          end = .done(outcome)
          return nil
        case .stuck:
          end = .stuck
          return nil
        case .choose(let query, let optionCount):
          require(optionCount > 0, "a choice needs at least one option")
          if source.isExhausted {
            end = .stopped
            return nil
          }
          if optionCount > 1 {
            return PendingChoice(query: query, optionCount: optionCount)
          }
          // The only option has probability one whatever the model says.
          take(try source.next(nil))
        }
      }
    } catch {
      end = .refused(error)
      return nil
    }
  }

  private mutating func take(_ option: Int) {
    options.append(option)
    process.take(option)
  }
}

/// Runs all slots to their ends, at most `width` at a time, asking the model once per wave.
func runLockstep<Process: ChoiceProcess, Source: OptionSource>(
  _ slots: inout [LockstepSlot<Process, Source>], model: some ChoiceModel<Process.Query>,
  width: Int, pool: WorkerPool?
) throws {
  require(width > 0, "lockstep width \(width) must be positive")
  var active: [Int] = []
  var answers: [[Float]?] = []
  var unstarted = 0
  while true {
    while active.count < width && unstarted < slots.count {
      active.append(unstarted)
      answers.append(nil)
      unstarted += 1
    }
    if active.isEmpty { return }
    let pending = update(&slots, at: active, pool: pool) { [answers] position, slot in
      slot.advance(answers[position])
    }
    var waiting: [Int] = []
    var queries: [Process.Query] = []
    var optionCounts: [Int] = []
    for (slot, choice) in zip(active, pending) {
      guard let choice else { continue }
      waiting.append(slot)
      queries.append(choice.query)
      optionCounts.append(choice.optionCount)
    }
    active = waiting
    answers = queries.isEmpty ? [] : try weigh(queries, optionCounts, model)
  }
}

/// Asks the model, and holds it to the shape of its answer.
func weigh<Query>(
  _ queries: [Query], _ optionCounts: [Int], _ model: some ChoiceModel<Query>
) throws -> [[Float]] {
  let rows = try model.logWeights(queries, optionCounts: optionCounts)
  require(
    rows.count == queries.count, "the model gave \(rows.count) rows for \(queries.count) queries")
  for (row, optionCount) in zip(rows, optionCounts) {
    require(
      row.count == optionCount, "the model gave \(row.count) weights for \(optionCount) options")
  }
  return rows
}

private func update<Element, Result: Sendable>(
  _ elements: inout [Element], at indices: [Int], pool: WorkerPool?,
  _ body: @Sendable (Int, inout Element) -> Result
) -> [Result] {
  if let pool { return pool.update(&elements, at: indices, body) }
  return indices.indices.map { body($0, &elements[indices[$0]]) }
}
