import Agent
import Conjecturing
import Hashing
import Kernel
import Layers
import PeanoSyntax
import Proving
import RunStore

extension Trainer {
  /// The rows and files of one iteration.
  func record(of report: IterationReport, by agent: Agent) -> IterationRecord {
    var record = IterationRecord(iteration: report.iteration)
    let statements = printed(report)
    let theorems = Dictionary(uniqueKeysWithValues: report.proofs.map { ($0.slot, $0) })
    for (slot, posed) in report.posing.conjectures.enumerated() {
      let job = JobID(iteration: report.iteration, slot: slot)
      record.conjectures.append(
        ConjectureRow(
          job: job, statement: statements[slot], statementHash: hash(statements[slot]),
          logProbability: posed.logProbability,
          source: posed.triviality.map { "conjecturer, trivial: \($0.rawValue)" } ?? "conjecturer"))
      record.outcomes.append(outcome(of: report.attempts[slot], theorems[slot], job: job))
    }
    for graded in report.proofs {
      record.proofs.append(
        proof(graded.theorem, .conjecture(JobID(iteration: report.iteration, slot: graded.slot))))
    }
    addHindsight(of: report, to: &record)
    addFigures(of: report, to: &record)
    record.checkpoint = agent.checkpointFiles
    return record
  }

  private func printed(_ report: IterationReport) -> [String] {
    let arena = domain.space.makeArena()
    return report.posing.conjectures.map {
      print($0.conjecture.statement(in: arena), arena: arena, theory: domain.space.theory)
    }
  }

  private func hash(_ text: String) -> String { SHA256.hash(Array(text.utf8)).hex }

  private func outcome(
    of attempt: SearchReport, _ theorem: IterationReport.GradedTheorem?, job: JobID
  ) -> OutcomeRow {
    switch attempt.verdict {
    case .proved:
      OutcomeRow(
        job: job, kind: .proved, expansions: attempt.expansions,
        logProbability: theorem?.logProbability, difficulty: theorem?.difficulty.rawValue)
    case .open: OutcomeRow(job: job, kind: .open, expansions: attempt.expansions)
    case .dead: OutcomeRow(job: job, kind: .dead, expansions: attempt.expansions)
    case .refused(let reason):
      OutcomeRow(job: job, kind: .failed, expansions: attempt.expansions, message: reason)
    }
  }

  private func proof(_ theorem: Theorem, _ subject: ProofRow.Subject) -> ProofRow {
    ProofRow(
      subject: subject, statement: theorem.statement, script: theorem.script,
      certificate: theorem.certificate)
  }

  private func addHindsight(of report: IterationReport, to record: inout IterationRecord) {
    var number = 0
    var slot = -1
    for graded in report.hindsight {
      number = graded.slot == slot ? number + 1 : 0
      slot = graded.slot
      let id = HindsightID(job: JobID(iteration: report.iteration, slot: slot), number: number)
      let theorem = graded.theorem
      record.hindsight.append(
        HindsightRow(
          id: id, statement: theorem.statement, statementHash: hash(theorem.statement),
          logProbability: graded.logProbability, difficulty: graded.difficulty.rawValue))
      record.proofs.append(proof(theorem, .hindsight(id)))
    }
  }

  private func addFigures(of report: IterationReport, to record: inout IterationRecord) {
    var (open, dead, refused) = (0, 0, 0)
    for attempt in report.attempts {
      switch attempt.verdict {
      case .proved: break
      case .open: open += 1
      case .dead: dead += 1
      case .refused: refused += 1
      }
    }
    func add(_ name: String, _ value: Int) { record.addMetric(name, Double(value)) }
    add("posed", report.posing.conjectures.count)
    add("proved", report.proofs.count)
    add("open", open)
    add("dead", dead)
    add("refused", refused)
    add("hindsight", report.hindsight.count)
    add("expansions", report.attempts.reduce(0) { $0 + $1.expansions })
    add("capped", report.attempts.reduce(0) { $0 + $1.cappedCount })
    add("pose.drawn", report.posing.drawn)
    add("pose.duplicates", report.posing.duplicates)
    add("pose.trivialRedrawn", report.posing.trivialRedrawn)
    add("pose.trivial", report.posing.conjectures.count { $0.triviality != nil })
    if !report.proofs.isEmpty {
      let count = Double(report.proofs.count)
      record.addMetric(
        "logProbability.mean", report.proofs.reduce(0) { $0 + $1.logProbability } / count)
      let steps = report.proofs.map(\.theorem.stepCount)
      record.addMetric("steps.mean", Double(steps.reduce(0, +)) / count)
      add("steps.longest", steps.max() ?? 0)
      record.addMetric("grading.hard", report.grading.hard)
      record.addMetric("grading.easy", report.grading.easy)
    }
    if let rates = report.solveRates {
      for (band, mean) in zip(rates.bands, rates.means) {
        record.addMetric(RunReport.solveRatePrefix + "\(band.lowerBound)-\(band.upperBound)", mean)
      }
    }
    let losses = report.losses
    for (name, sum, weight) in [
      ("token", losses.token, losses.tokenWeight), ("value", losses.value, losses.valueWeight),
      ("policy", losses.policy, losses.policyWeight),
    ] where weight > 0 { record.addMetric("loss." + name, sum / weight) }
    record.addExamples("conjecture", count: report.examples.conjectures.count)
    record.addExamples("policy", count: report.examples.proofs.count { $0.chosen != nil })
    record.addExamples("value", count: report.examples.proofs.count { $0.chosen == nil })
    for (phase, seconds) in report.seconds { record.addTiming(phase, seconds: seconds) }
  }
}
