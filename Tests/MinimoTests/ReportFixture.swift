import Foundation
import RunStore

/// A folder for the runs of one test, removed at its end.
final class ReportFolder {
  let path = FileManager.default.temporaryDirectory.path + "/minimo-report-\(UUID().uuidString)"

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A new run open for writing.
  func run(
    _ name: String = "run", domain: String = "groups",
    configuration: [String: JSONValue] = ["iterations": 5, "learning": ["rate": 0.001]]
  ) throws -> Run {
    try Run.create(
      at: path + "/" + name,
      description: RunDescription(
        programVersion: "0.1.0", seed: .max, domain: domain, theoryHash: "7d793037a0760186",
        configuration: configuration),
      theory: "G : type.\n")
  }
}

/// The record of the checkpoint before any learning.
func initialRecord() -> IterationRecord {
  var record = IterationRecord(iteration: 0)
  record.checkpoint = [CheckpointFile(name: "model.safetensors", bytes: [1, 2, 3])]
  return record
}

/// One iteration with all kinds of outcomes: ten conjectures, of which slots 0 to 3 are proved with
/// log-probabilities -1, -2, -4 and -9.
func smallRecord(_ iteration: Int) -> IterationRecord {
  var record = IterationRecord(iteration: iteration)
  let kinds: [OutcomeKind] = [
    .proved, .proved, .proved, .proved, .open, .open, .open, .open, .dead, .refused,
  ]
  let grades = ["trivial", "trivial", "easy", "hard"]
  for (slot, kind) in kinds.enumerated() {
    let job = JobID(iteration: iteration, slot: slot)
    let statement = "[('a : G) -> (= (op 'a id) (op id (inv \(slot))))]"
    record.conjectures.append(
      ConjectureRow(
        job: job, statement: statement, statementHash: "c\(iteration).\(slot)",
        logProbability: -20, source: "conjecturer"))
    let isProved = kind == .proved
    record.outcomes.append(
      OutcomeRow(
        job: job, kind: kind, expansions: 100 * (slot + 1),
        logProbability: isProved ? [-1, -2, -4, -9][slot] : nil,
        difficulty: isProved ? grades[slot] : nil,
        message: kind == .refused ? "the kernel expected G" : nil))
    if isProved {
      record.proofs.append(
        ProofRow(
          subject: .conjecture(job), statement: statement,
          script: reportScript(named: "conjecture_\(slot)", statement), certificate: "refl"))
    }
  }
  for number in 0..<3 {
    let id = HindsightID(job: JobID(iteration: iteration, slot: 4), number: number)
    record.hindsight.append(
      HindsightRow(
        id: id, statement: "(= id (inv id))", statementHash: "h\(number)",
        logProbability: [-3, -20, -0.5][number], difficulty: ["easy", "hard", "trivial"][number]))
  }
  record.addExamples("policy", count: 1234)
  record.addExamples("replayed", count: 7)
  record.addMetric("loss.token", 2.34567)
  record.addMetric("steps.mean", 2.5)
  record.addMetric("steps.longest", 12)
  record.addMetric("pose.drawn", 15)
  record.addMetric("grading.hard", -.infinity)
  record.addTiming("pose", seconds: 1.25)
  record.addTiming("prove", seconds: 58.75)
  record.checkpoint = [CheckpointFile(name: "model.safetensors", bytes: [1, 2, 3])]
  return record
}

/// A script of five steps in two blocks.
func reportScript(named name: String, _ statement: String) -> String {
  """
  theorem \(name) : \(statement) {
    intro 'a : G.
    construct 'p0 : (= (op id 'a) 'a) by (id_l 'a).
    apply (subst G).
    goal (= (op 'a id) 'a) {
      show (= (op 'a id) 'a) by (eq_symm 'p0).
    }
    goal (= 'a 'a) {
      show (= 'a 'a) by (eq_refl 'a).
    }
  }
  """
}

/// A run with the course of a real one: `count` iterations, in which the prover gets better.
func commitLikelyRun(_ run: Run, iterations count: Int, conjectures: Int) throws {
  var state: UInt64 = 1
  func uniform() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 9_007_199_254_740_992
  }
  func term(_ depth: Int) -> String {
    if depth == 0 || uniform() < 0.25 { return ["'a", "'b", "id"][Int(3 * uniform())] }
    if uniform() < 0.3 { return "(inv \(term(depth - 1)))" }
    return "(op \(term(depth - 1)) \(term(depth - 1)))"
  }
  try run.commit(initialRecord())
  for iteration in 1...count {
    var record = IterationRecord(iteration: iteration)
    let progress = 1 - 1 / Double(iteration + 1)
    var sum = (proved: 0, probability: 0.0)
    for slot in 0..<conjectures {
      let job = JobID(iteration: iteration, slot: slot)
      let statement = "[('a : G) -> ('b : G) -> (= \(term(4)) \(term(3)))]"
      record.conjectures.append(
        ConjectureRow(
          job: job, statement: statement, statementHash: statement, logProbability: -18,
          source: "conjecturer"))
      let isProved = uniform() < 0.15 + 0.6 * progress
      let logProbability = -2 - 40 * progress * uniform() * uniform()
      if isProved { sum = (sum.proved + 1, sum.probability + logProbability) }
      record.outcomes.append(
        OutcomeRow(
          job: job, kind: isProved ? .proved : uniform() < 0.1 ? .dead : .open,
          expansions: isProved ? Int(900 * uniform()) : 1000,
          logProbability: isProved ? logProbability : nil,
          difficulty: isProved ? ["hard", "easy", "trivial"][Int(3 * uniform())] : nil))
      if isProved {
        record.proofs.append(
          ProofRow(
            subject: .conjecture(job), statement: statement,
            script: reportScript(named: "conjecture_\(slot)", statement), certificate: ""))
      }
      for number in 0..<Int(3 * uniform()) {
        let id = HindsightID(job: job, number: number)
        let statement = "[('a : G) -> ('b : G) -> (= \(term(3)) \(term(2)))]"
        record.hindsight.append(
          HindsightRow(
            id: id, statement: statement, statementHash: statement,
            logProbability: -1 - 30 * progress * uniform(),
            difficulty: ["hard", "easy", "trivial", "trivial"][Int(4 * uniform())]))
        record.proofs.append(
          ProofRow(
            subject: .hindsight(id), statement: statement,
            script: reportScript(named: "hindsight_\(number)", statement), certificate: ""))
      }
    }
    record.addMetric("loss.token", 1.2 + 1.6 / Double(iteration))
    record.addMetric("loss.value", 0.3 + 0.4 / Double(iteration))
    record.addMetric("loss.policy", 0.9 + 0.8 / Double(iteration) + 0.1 * uniform())
    record.addMetric("logProbability.mean", sum.probability / Double(max(1, sum.proved)))
    record.addMetric("steps.mean", 3 + 4 * progress)
    record.addMetric("steps.longest", 6 + (20 * progress).rounded())
    record.addMetric("grading.hard", -20 * progress)
    record.addMetric("grading.easy", -8 * progress)
    record.addMetric("pose.drawn", 260)
    record.addMetric("pose.duplicates", 31)
    record.addMetric("pose.trivialRedrawn", 22)
    record.addMetric("pose.trivial", 7)
    record.addMetric("capped", 3)
    record.addExamples("conjecture", count: sum.proved + record.hindsight.count)
    record.addExamples("policy", count: 9 * sum.proved)
    record.addExamples("value", count: 1400)
    record.addTiming("pose", seconds: 1.5 + uniform())
    record.addTiming("prove", seconds: 95 + 20 * uniform())
    record.addTiming("relabel", seconds: 9 + uniform())
    record.addTiming("learn", seconds: 41 + uniform())
    record.checkpoint = [CheckpointFile(name: "model.safetensors", bytes: [1, 2, 3])]
    try run.commit(record)
  }
}
