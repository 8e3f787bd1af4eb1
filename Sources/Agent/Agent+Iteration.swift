import Conjecturing
import Layers
public import Parallel
import Probability
import Proving
import Randomness
import Search

extension Agent {
  /// Runs the next iteration: pose, prove, certify, relabel, grade, learn.
  ///
  /// - Parameter progress: called as the iteration goes on; throw to stop, which leaves the agent
  ///   as it was.
  /// - Throws: what `progress` throws.
  public mutating func runIteration(
    pool: WorkerPool, progress: (AgentEvent) throws -> Void = { _ in }
  ) throws -> IterationReport {
    let iteration = buffer.count + 1
    let key = RandomKey(seed: configuration.seed).child("iteration", iteration)
    var stopwatch = Stopwatch()

    try progress(.posing(count: configuration.conjectures))
    let posing = pose(configuration.conjectures, key: key.child("pose"), pool: pool)
    stopwatch.lap("pose")

    let attempts = try prove(posing, key: key.child("prove"), pool: pool, progress: progress)
    stopwatch.lap("prove")

    let graded = try grade(attempts, pool: pool, progress: progress)
    let examples = examples(from: graded, posing: posing, attempts: attempts)
    stopwatch.lap("relabel")

    var learned = self
    learned.buffer.append(examples)
    let learner = Learner(
      settings: configuration.learning, vocabulary: space.vocabulary, pool: pool)
    let losses = try learner.train(
      &learned.transformer, &learned.optimizer, on: learned.buffer, key: key.child("learn")
    ) { step, losses in
      try progress(.learning(step: step, steps: configuration.learning.steps, losses: losses))
    }
    stopwatch.lap("learn")
    let solveRates = solveRates
    self = learned
    return IterationReport(
      iteration: iteration, solveRates: solveRates, posing: posing, attempts: attempts,
      proofs: graded.proofs,
      hindsight: graded.hindsight, grading: graded.grading, examples: examples, losses: losses,
      seconds: stopwatch.laps)
  }

  private func prove(
    _ posing: PosedBatch, key: RandomKey, pool: WorkerPool, progress: (AgentEvent) throws -> Void
  ) throws -> [SearchReport] {
    let prover = prover(
      expansions: configuration.expansions,
      hindsightLimit: configuration.hindsight == .off ? 0 : configuration.hindsightLimit,
      failureLimit: configuration.failureLimit, pool: pool)
    let statements = posing.conjectures.enumerated().map { slot, posed in
      StatementSource(name: "conjecture_\(slot)", conjecture: posed.conjecture)
    }
    var proved = 0
    return try prover.prove(statements, key: key) { state, reports in
      for (slot, report) in reports {
        guard case .proved(let theorem) = report.verdict else { continue }
        proved += 1
        try progress(.proved(slot: slot, theorem: theorem))
      }
      try progress(
        .proving(
          finished: state.finished, total: state.total, expansions: state.expansions,
          proved: proved))
    }
  }

  // MARK: Grading

  private struct Graded {
    var proofs: [IterationReport.GradedTheorem]
    var hindsight: [IterationReport.GradedTheorem]
    var grading: Grading
  }

  /// Weighs every proof by its log-probability under the policy that searched, and grades by
  /// quantiles over all of them.
  private func grade(
    _ attempts: [SearchReport], pool: WorkerPool,
    progress: (AgentEvent) throws -> Void
  ) throws -> Graded {
    var theorems: [(slot: Int, theorem: Theorem)] = []
    var seen = knownConjectures
    func isNew(_ theorem: Theorem) -> Bool {
      theorem.conjecture.map { seen.insert($0).inserted } ?? true
    }
    for (slot, attempt) in attempts.enumerated() {
      guard case .proved(let theorem) = attempt.verdict else { continue }
      _ = isNew(theorem)
      theorems.append((slot, theorem))
    }
    let proofCount = theorems.count
    for (slot, attempt) in attempts.enumerated() {
      for theorem in attempt.hindsight where isNew(theorem) { theorems.append((slot, theorem)) }
    }
    try progress(.relabelling(count: theorems.count - proofCount))

    let network = network(pool: pool)
    let queries = theorems.flatMap { $0.theorem.choices.map(\.query) }
    let evaluations = network.evaluate(queries, optionCounts: queries.map(\.options.count))
    var next = 0
    let logProbabilities = theorems.map { _, theorem in
      theorem.choices.reduce(0.0) { sum, choice in
        defer { next += 1 }
        return sum
          + LogWeight.logProbability(of: choice.option, in: evaluations[next].logWeights)
      }
    }
    let grading = Grading(logProbabilities)
    let graded = zip(theorems, logProbabilities).map { entry, logProbability in
      IterationReport.GradedTheorem(
        slot: entry.slot, theorem: entry.theorem, logProbability: logProbability,
        difficulty: grading.difficulty(of: logProbability))
    }
    return Graded(
      proofs: Array(graded[..<proofCount]), hindsight: Array(graded[proofCount...]),
      grading: grading)
  }

  // MARK: Examples

  private func examples(
    from graded: Graded, posing: PosedBatch, attempts: [SearchReport]
  ) -> ExampleSet {
    var set = ExampleSet()
    let vocabulary = space.vocabulary
    func learn(_ conjecture: Conjecture?, _ difficulty: Difficulty) {
      guard let conjecture, conjecture.tokens.count <= configuration.conjectureLength else {
        return
      }
      set.conjectures.append(
        ConjectureExample(
          difficulty: difficulty, tokens: conjecture.tokens.map(vocabulary.id)))
    }
    set.attempts = zip(posing.conjectures, attempts).map { posed, attempt in
      if case .proved = attempt.verdict { return Attempt(limit: posed.lengthLimit, isProved: true) }
      return Attempt(limit: posed.lengthLimit, isProved: false)
    }
    for graded in graded.proofs { learn(graded.theorem.conjecture, graded.difficulty) }
    for graded in graded.hindsight {
      switch configuration.hindsight {
      case .on: learn(graded.theorem.conjecture, graded.difficulty)
      case .original: learn(posing.conjectures[graded.slot].conjecture, graded.difficulty)
      case .off: break
      }
    }
    for graded in graded.proofs + graded.hindsight {
      for choice in graded.theorem.choices {
        set.proofs.append(
          ProofExample(
            state: choice.query.state, options: choice.query.options, chosen: choice.option,
            value: 1))
      }
      if let conjecture = graded.theorem.conjecture {
        set.theorems.append(conjecture.tokens.map(vocabulary.id))
      }
    }
    for attempt in attempts {
      for state in attempt.failures {
        set.proofs.append(ProofExample(state: state, options: [], chosen: nil, value: 0))
      }
    }
    return set
  }
}

/// Measures the phases of an iteration.
struct Stopwatch {
  private(set) var laps: [(phase: String, seconds: Double)] = []
  private var start = ContinuousClock.now

  mutating func lap(_ phase: String) {
    let now = ContinuousClock.now
    let duration = start.duration(to: now).components
    laps.append((phase, Double(duration.seconds) + Double(duration.attoseconds) * 1e-18))
    start = now
  }
}
