import Conjecturing
import Layers
import Parallel
import Probability
import Proving
import Randomness
import Search
import Testing

@testable import Agent

/// Whole iterations of a tiny agent.
@Suite struct IterationTests {
  static func configuration(
    _ hindsight: HindsightMode = .on, isGuided: Bool = false
  ) -> AgentConfiguration {
    var configuration = AgentConfiguration()
    configuration.seed = 3
    configuration.conjectures = 6
    configuration.expansions = 30
    configuration.layers = 1
    configuration.width = 32
    configuration.hindsight = hindsight
    configuration.conjectureLength = 16
    configuration.curriculum = isGuided ? .solveRate : .uniform
    configuration.policyPrior = isGuided ? .premises : .none
    configuration.learning = Learner.Settings(
      steps: 3, batchRows: 256, rate: 1e-3, warmupSteps: 2)
    return configuration
  }

  static func agent(
    _ hindsight: HindsightMode = .on, domain: String = "groups", isGuided: Bool = false
  ) throws -> Agent {
    Agent(
      configuration(hindsight, isGuided: isGuided), space: try Fixture(domain: domain).space)
  }

  /// All of a report but the time.
  static func text(_ report: IterationReport) -> [String] {
    func describe(_ theorem: Theorem) -> String {
      "\(theorem.statement) \(theorem.script) \(theorem.certificate) \(theorem.choices)"
    }
    return
      ["\(report.iteration) \(report.posing) \(report.grading) \(report.losses)"]
      + report.attempts.map { attempt in
        var text = "\(attempt.expansions) \(attempt.failures) \(attempt.cappedCount)"
        switch attempt.verdict {
        case .proved(let theorem): text += describe(theorem)
        case .open: text += "open"
        case .dead: text += "dead"
        case .refused(let reason): text += reason
        }
        return text + attempt.hindsight.map(describe).joined()
      }
      + (report.proofs + report.hindsight).map {
        "\($0.slot) \(describe($0.theorem)) \($0.logProbability.bitPattern) \($0.difficulty)"
      }
  }

  @Test(arguments: ["groups", "propositional-logic"], [false, true])
  func threadsChangeNothing(_ domain: String, isGuided: Bool) throws {
    var results: [(reports: [[String]], agent: Agent)] = []
    for threads in [1, 1, 2, 4] {
      var agent = try IterationTests.agent(domain: domain, isGuided: isGuided)
      let pool = WorkerPool(threads: threads)
      var reports: [[String]] = []
      for _ in 0..<2 { reports.append(IterationTests.text(try agent.runIteration(pool: pool))) }
      results.append((reports, agent))
    }
    #expect(results[0].agent.buffer.count == 2)
    for result in results.dropFirst() {
      #expect(result.reports == results[0].reports)
      #expect(result.agent.transformer.bits == results[0].agent.transformer.bits)
      #expect(result.agent.buffer == results[0].agent.buffer)
    }
    #expect(
      results[0].agent.transformer.bits
        != (try IterationTests.agent(domain: domain)).transformer.bits)
  }

  @Test(arguments: [false, true])
  func resumedAgentsGoOnAlike(isGuided: Bool) throws {
    let pool = WorkerPool(threads: 2)
    var agent = try IterationTests.agent(isGuided: isGuided)
    _ = try agent.runIteration(pool: pool)
    var resumed = Agent(
      agent.configuration, space: agent.space, transformer: agent.transformer,
      optimizer: agent.optimizer,
      buffer: try agent.buffer.map { try ExampleSet(bytes: $0.bytes) })
    let report = try agent.runIteration(pool: pool)
    #expect(
      IterationTests.text(try resumed.runIteration(pool: pool)) == IterationTests.text(report))
    #expect(resumed.transformer.bits == agent.transformer.bits)
    // What was proved before is not posed again.
    let known = Set(agent.buffer[0].theorems)
    for posed in report.posing.conjectures {
      #expect(!known.contains(posed.conjecture.tokens.map(agent.space.vocabulary.id)))
    }
  }

  @Test(arguments: HindsightMode.allCases)
  func examplesAreThoseDocumented(_ mode: HindsightMode) throws {
    let pool = WorkerPool(threads: 2)
    var agent = try IterationTests.agent(mode)
    let before = agent
    let report = try agent.runIteration(pool: pool)
    #expect(report.attempts.count == report.posing.conjectures.count)
    #expect(report.hindsight.isEmpty == (mode == .off))
    let vocabulary = agent.space.vocabulary
    func example(_ conjecture: Conjecture?, _ difficulty: Difficulty) -> ConjectureExample? {
      guard let conjecture, conjecture.tokens.count <= 16 else { return nil }
      return ConjectureExample(
        difficulty: difficulty, tokens: conjecture.tokens.map(vocabulary.id))
    }
    var conjectures = report.proofs.compactMap { example($0.theorem.conjecture, $0.difficulty) }
    switch mode {
    case .off: break
    case .on:
      conjectures += report.hindsight.compactMap {
        example($0.theorem.conjecture, $0.difficulty)
      }
    case .original:
      let posed = Dictionary(
        uniqueKeysWithValues: report.posing.conjectures.enumerated().map { ($0, $1.conjecture) })
      conjectures += report.hindsight.compactMap { example(posed[$0.slot], $0.difficulty) }
    }
    #expect(report.examples.conjectures == conjectures)
    let theorems = report.proofs + report.hindsight
    var proofs = theorems.flatMap { graded in
      graded.theorem.choices.map { choice in
        ProofExample(
          state: choice.query.state, options: choice.query.options, chosen: choice.option, value: 1)
      }
    }
    proofs += report.attempts.flatMap(\.failures).map {
      ProofExample(state: $0, options: [], chosen: nil, value: 0)
    }
    #expect(report.examples.proofs == proofs)
    #expect(
      report.examples.theorems
        == theorems.compactMap { $0.theorem.conjecture?.tokens.map(vocabulary.id) })
    #expect(
      report.examples.attempts
        == report.posing.conjectures.enumerated().map { slot, posed in
          Attempt(
            limit: posed.lengthLimit, isProved: report.proofs.contains { $0.slot == slot })
        })
    #expect(agent.buffer == [report.examples])
    // Grades: quantiles of the proofs' log-probabilities under the policy that searched.
    let network = PolicyValueNetwork(before.transformer, pool: pool)
    for graded in theorems {
      let logProbability = graded.theorem.choices.reduce(0.0) { sum, choice in
        let count = choice.query.options.count
        let evaluation = network.evaluate([choice.query], optionCounts: [count])[0]
        return sum + LogWeight.logProbability(of: choice.option, in: evaluation.logWeights)
      }
      #expect(graded.logProbability == logProbability)
      #expect(graded.difficulty == report.grading.difficulty(of: logProbability))
    }
    #expect(report.grading == Grading(theorems.map(\.logProbability)))
    // Each statement is taken once.
    let statements = report.hindsight.map(\.theorem.statement)
    #expect(Set(statements).count == statements.count)
    #expect(Set(statements).isDisjoint(with: report.proofs.map(\.theorem.statement)))
  }

  struct Stop: Error {}

  @Test func stoppingLeavesTheAgentAlone() throws {
    // How many events the search has depends on the pace of the workers, if there are several.
    let pool = WorkerPool(threads: 1)
    var agent = try IterationTests.agent()
    var events = 0
    let finished = IterationTests.text(
      try {
        var copy = agent
        return try copy.runIteration(pool: pool) { _ in events += 1 }
      }())
    #expect(events > 6)
    let bits = agent.transformer.bits
    for last in [0, 1, events / 2, events - 4, events - 3, events - 2, events - 1] {
      var count = 0
      #expect(throws: Stop.self) {
        _ = try agent.runIteration(pool: pool) { _ in
          if count == last { throw Stop() }
          count += 1
        }
      }
      #expect(agent.transformer.bits == bits && agent.buffer.isEmpty)
      #expect(agent.optimizer.stepCount == 0)
    }
    let several = WorkerPool(threads: 2)
    var count = 0
    #expect(throws: Stop.self) {
      _ = try agent.runIteration(pool: several) { _ in
        if count == 1 { throw Stop() }
        count += 1
      }
    }
    #expect(agent.transformer.bits == bits && agent.buffer.isEmpty)
    #expect(IterationTests.text(try agent.runIteration(pool: several)) == finished)
  }

  @Test func eventsTellTheStory() throws {
    var agent = try IterationTests.agent()
    var posing = 0
    var proving: [(finished: Int, total: Int, expansions: Int, proved: Int)] = []
    var proved: [Int] = []
    var relabelled = -1
    var steps: [Int] = []
    let report = try agent.runIteration(pool: WorkerPool(threads: 2)) { event in
      switch event {
      case .posing(let count): posing = count
      case .proving(let finished, let total, let expansions, let count):
        proving.append((finished, total, expansions, count))
      case .proved(let slot, _): proved.append(slot)
      case .relabelling(let count): relabelled = count
      case .learning(let step, let total, _):
        #expect(total == 3)
        steps.append(step)
      }
    }
    #expect(posing == 6 && steps == [1, 2, 3])
    #expect(relabelled == report.hindsight.count)
    #expect(proved.sorted() == report.proofs.map(\.slot))
    let last = try #require(proving.last)
    #expect(last.finished == last.total && last.total == report.attempts.count)
    #expect(last.expansions == report.attempts.reduce(0) { $0 + $1.expansions })
    #expect(last.proved == proved.count)
    #expect(report.seconds.map(\.phase) == ["pose", "prove", "relabel", "learn"])
  }
}
