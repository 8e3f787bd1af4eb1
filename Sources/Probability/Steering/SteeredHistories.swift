import Glibc
import Randomness

/// The histories of a run of `Steering`.
struct SteeredHistories<Process: ChoiceProcess, Guide: Potential<Process>> {
  struct History {
    var process: Process
    /// Sums of these over all histories estimate the evidence, whatever was resampled.
    var logWeight: Double
    var logPotential: Double
  }

  let settings: Steering
  let guide: Guide
  var histories: [History]
  /// Those that wait for an option.
  var waiting: [Int] = []
  var effectiveSampleSizes: [Double] = []

  init(_ settings: Steering, _ process: Process, _ guide: Guide) {
    self.settings = settings
    self.guide = guide
    let logPotential = guide.logWeight(of: process)
    var count = settings.particles
    if case .optimal = settings.resampling { count = 1 }
    histories =
      logPotential == -.infinity
      ? []
      : Array(
        repeating: History(
          process: process, logWeight: logPotential - log(Double(count)),
          logPotential: logPotential),
        count: count)
  }

  /// The choices of all unfinished histories; nil if there are none. Stuck ones are dropped.
  mutating func pending() -> (queries: [Process.Query], optionCounts: [Int])? {
    var queries: [Process.Query] = []
    var optionCounts: [Int] = []
    waiting = []
    for (index, history) in histories.enumerated() where history.logWeight > -.infinity {
      switch history.process.status {
      case .done: continue
      case .stuck: histories[index].logWeight = -.infinity
      case .choose(let query, let optionCount):
        require(optionCount > 0, "a choice needs at least one option")
        waiting.append(index)
        queries.append(query)
        optionCounts.append(optionCount)
      }
    }
    return queries.isEmpty ? nil : (queries, optionCounts)
  }

  /// Gives each waiting history one option.
  mutating func advance(_ rows: [[Float]], step: Int, _ key: RandomKey) throws(InferenceError) {
    for (index, row) in zip(waiting, rows) {
      var stream = RandomStream(key: key, part: index)
      let history = histories[index]
      var looked: [Int: (process: Process, logPotential: Double)] = [:]
      var flaw: Double?
      let chosen = settings.sampler.choose(
        probabilities(row),
        { option in
          let next = taking(option, history)
          if !(next.logPotential < .infinity) { flaw = next.logPotential }
          looked[option] = next
          return next.logPotential - history.logPotential
        }, &stream)
      if let flaw { throw .invalidWeight(step: step, slot: index, logWeight: flaw) }
      guard let chosen, let next = looked[chosen.option] else {
        histories[index].logWeight = -.infinity
        continue
      }
      histories[index] = History(
        process: next.process, logWeight: history.logWeight + chosen.logWeight,
        logPotential: next.logPotential)
    }
    recordSampleSize()
  }

  /// Follows all options of all waiting histories, and keeps as many as there are particles.
  mutating func expand(_ rows: [[Float]], step: Int, _ key: RandomKey) throws(InferenceError) {
    var candidates: [History] = []
    var next = 0
    for (index, history) in histories.enumerated() where history.logWeight > -.infinity {
      guard next < waiting.count && waiting[next] == index else {
        candidates.append(history)
        continue
      }
      for (option, probability) in probabilities(rows[next]).enumerated() where probability > 0 {
        let (process, logPotential) = taking(option, history)
        guard logPotential < .infinity else {
          throw .invalidWeight(step: step, slot: index, logWeight: logPotential)
        }
        if logPotential == -.infinity { continue }
        candidates.append(
          History(
            process: process,
            logWeight: history.logWeight + log(probability) + logPotential
              - history.logPotential,
            logPotential: logPotential))
      }
      next += 1
    }
    histories = candidates
    recordSampleSize()
    if candidates.count > settings.particles { resample(key) }
  }

  mutating func resampleIfNeeded(step: Int, _ key: RandomKey) {
    guard let size = effectiveSampleSizes.last, size > 0,
      size < settings.trigger * Double(settings.particles)
    else { return }
    resample(key)
  }

  private mutating func resample(_ key: RandomKey) {
    let total = LogWeight.sum(histories.map(\.logWeight))
    guard total > -.infinity else { return }
    var stream = key.stream()
    let chosen = settings.resampling.choose(
      settings.particles, weights: histories.map { LogWeight.share($0.logWeight, of: total) },
      &stream)
    let share = total - log(Double(settings.particles))
    histories = zip(chosen.ancestors, chosen.weights).map { ancestor, weight in
      var copy = histories[ancestor]
      copy.logWeight = share + log(weight)
      return copy
    }
  }

  private func taking(
    _ option: Int, _ history: History
  ) -> (process: Process, logPotential: Double) {
    var process = history.process
    process.take(option)
    return (process, guide.logWeight(of: process))
  }

  private func probabilities(_ row: [Float]) -> [Double] {
    let total = LogWeight.sum(row)
    require(total.isFinite, "the log-weights of a choice sum to \(total)")
    return row.map { LogWeight.share(Double($0), of: total) }
  }

  private mutating func recordSampleSize() {
    let logWeights = histories.map(\.logWeight)
    let (largest, _) = LogWeight.largest(logWeights)
    guard largest > -.infinity else {
      effectiveSampleSizes.append(0)
      return
    }
    var weights: [Double] = []
    let (sum, squares) = LogWeight.exponentiate(logWeights, largest: largest, into: &weights)
    effectiveSampleSizes.append(sum * sum / squares)
  }

  /// The outcomes, once all histories have ended.
  var posterior: Posterior<Process.Outcome> {
    let total = LogWeight.sum(histories.map(\.logWeight))
    let particles = histories.compactMap { history -> Particle<Process.Outcome>? in
      guard history.logWeight > -.infinity, case .done(let outcome) = history.process.status
      else { return nil }
      return Particle(
        value: outcome, logWeight: history.logWeight - total, graph: DelayedGraph())
    }
    return Posterior(
      particles: particles, logEvidence: total, effectiveSampleSizes: effectiveSampleSizes,
      ancestry: [], counters: ReportCounters())
  }
}
