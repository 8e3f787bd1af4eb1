/// The exact distribution of a process, or the part of it that was explored.
public struct Enumeration<Outcome: Sendable>: Sendable {
  /// The outcomes, shortest histories first, each with its log-probability.
  public internal(set) var outcomes: [(outcome: Outcome, logProbability: Double)] = []
  /// The log-probability of getting stuck.
  public internal(set) var stuck = -Double.infinity
  /// The log-probability of what lies beyond the cap; `-infinity` if nothing does.
  public internal(set) var unexplored = -Double.infinity
  /// The number of choices explored.
  public internal(set) var choiceCount = 0

  /// Whether all of the distribution was explored.
  public var isComplete: Bool { unexplored == -.infinity }
}

/// Follows every option of positive weight, and sums the probability of each outcome.
///
/// Explores histories in order of length, then of options; stops after `maximumChoices` choices
/// and reports the probability that is left. Outcomes with equal keys are merged into the first.
///
/// - Complexity: One copy of the process and one row of weights for each choice.
/// - Throws: What the model throws.
public func enumerate<Process: ChoiceProcess>(
  _ process: Process, under model: some ChoiceModel<Process.Query>,
  maximumChoices: Int = 1_000_000, mergingBy key: @escaping (Process.Outcome) -> some Hashable
) throws -> Enumeration<Process.Outcome> {
  try Enumerator(process, maximumChoices, key).run(model)
}

/// Histories are asked about in batches of at most this many.
private let batchSize = 1024

private struct Enumerator<Process: ChoiceProcess, Key: Hashable> {
  typealias History = (process: Process, logProbability: Double)

  let maximumChoices: Int
  let key: (Process.Outcome) -> Key
  var frontier: [History]
  var next: [History] = []
  var positions: [Key: Int] = [:]
  var result = Enumeration<Process.Outcome>()

  init(_ process: Process, _ maximumChoices: Int, _ key: @escaping (Process.Outcome) -> Key) {
    self.maximumChoices = maximumChoices
    self.key = key
    self.frontier = [(process, 0)]
  }

  consuming func run(
    _ model: some ChoiceModel<Process.Query>
  ) throws -> Enumeration<Process.Outcome> {
    while !frontier.isEmpty {
      var start = 0
      while start < frontier.count {
        let end = min(start + batchSize, frontier.count)
        try follow(start..<end, model)
        start = end
      }
      frontier = next
      next = []
    }
    return result
  }

  private mutating func follow(
    _ range: Range<Int>, _ model: some ChoiceModel<Process.Query>
  ) throws {
    var choosing: [History] = []
    var queries: [Process.Query] = []
    var optionCounts: [Int] = []
    for (process, logProbability) in frontier[range] {
      switch process.status {
      case .done(let outcome):
        add(outcome, logProbability)
      case .stuck:
        result.stuck = LogWeight.sum(result.stuck, logProbability)
      case .choose(let query, let optionCount):
        require(optionCount > 0, "a choice needs at least one option")
        if result.choiceCount == maximumChoices {
          result.unexplored = LogWeight.sum(result.unexplored, logProbability)
          continue
        }
        result.choiceCount += 1
        choosing.append((process, logProbability))
        queries.append(query)
        optionCounts.append(optionCount)
      }
    }
    if queries.isEmpty { return }
    let rows = try weigh(queries, optionCounts, model)
    for ((process, logProbability), row) in zip(choosing, rows) {
      let total = LogWeight.sum(row)
      require(total.isFinite, "the log-weights of a choice sum to \(total)")
      for (option, weight) in row.enumerated() where weight > -.infinity {
        var branch = process
        branch.take(option)
        next.append((branch, logProbability + Double(weight) - total))
      }
    }
  }

  private mutating func add(_ outcome: Process.Outcome, _ logProbability: Double) {
    let outcomeKey = key(outcome)
    if let position = positions[outcomeKey] {
      let sum = LogWeight.sum(result.outcomes[position].logProbability, logProbability)
      result.outcomes[position].logProbability = sum
    } else {
      positions[outcomeKey] = result.outcomes.count
      result.outcomes.append((outcome, logProbability))
    }
  }
}
