import Hashing
public import RunStore
public import Truth

/// What a run did, for people and for tools: the figures of every committed iteration, and the
/// theorems, hardest first.
///
/// It is read from the record alone, and needs no lock: a report made while a writer works shows
/// the iterations committed so far.
public struct RunReport: Sendable {
  /// What the run was started with.
  public let run: RunDescription
  /// SHA-256 over all rows and the final checkpoint, in hexadecimal.
  public let runHash: String
  /// The committed iterations. The first, number 0, is the checkpoint before any learning.
  public let iterations: [Iteration]
  /// The conjectures proved, those with the least likely proofs first.
  public let conjectures: [Theorem]
  /// The theorems found in hindsight, those with the least likely proofs first.
  public let hindsight: [Theorem]
  /// Conjectures whose proof the kernel refused, or that ended in another error of the program
  /// itself. Empty if all is well.
  public let failures: [Failure]
  /// What of it is true; nil unless the run's statements were classified
  /// (`SavedRun.classifyStatements`).
  public let truth: TruthSummary?
  /// Theorems that fail in a model of the axioms. There must be none.
  public let falseTheorems: [FalseTheorem]

  /// The figures of one iteration. Those that the run did not record are missing.
  public struct Iteration: Sendable {
    public let number: Int
    /// The hash of all rows up to this iteration.
    public let chain: String
    /// Conjectures, each with exactly one outcome.
    public let posed: Int
    public let outcomes: [OutcomeKind: Int]
    /// Theorems found in hindsight.
    public let hindsight: Int
    /// Nodes expanded by all searches.
    public let expansions: Int
    /// Log-probabilities (natural) of the proofs of conjectures; nil if there is none.
    public let logProbabilities: Summary?
    /// Proved conjectures by difficulty.
    public let provedDifficulties: [String: Int]
    /// Hindsight theorems by difficulty.
    public let hindsightDifficulties: [String: Int]
    /// Training examples by kind.
    public let examples: [String: Int]
    /// Everything else that the seed determines.
    public let metrics: [String: Double]
    /// Wall-clock seconds by phase, which are not part of the run hash.
    public let seconds: [String: Double]
    /// What of it is true; nil unless the run's statements were classified.
    public let truth: TruthSummary?

    public var proved: Int { outcomes[.proved] ?? 0 }

    /// Conjectures that ended in an error of the program itself.
    public var failed: Int { (outcomes[.failed] ?? 0) + (outcomes[.refused] ?? 0) }

    /// Share of the conjectures that were proved; nil if none was posed.
    public var shareProved: Double? { posed == 0 ? nil : Double(proved) / Double(posed) }
  }

  /// A sample, summarized: its mean and quantiles by nearest rank.
  public struct Summary: Sendable, Equatable {
    public let mean: Double
    public let lowest: Double
    /// A tenth of the sample is at or below it.
    public let tenth: Double
    public let median: Double
    /// Nine tenths of the sample are at or below it.
    public let ninetieth: Double
    public let highest: Double

    /// The summary of `sample`; nil if it is empty.
    public init?(_ sample: [Double]) {
      guard !sample.isEmpty else { return nil }
      let sorted = sample.sorted()
      func quantile(tenths: Int) -> Double {
        sorted[max(1, (tenths * sorted.count + 9) / 10) - 1]
      }
      mean = sorted.reduce(0, +) / Double(sorted.count)
      lowest = sorted[0]
      tenth = quantile(tenths: 1)
      median = quantile(tenths: 5)
      ninetieth = quantile(tenths: 9)
      highest = sorted[sorted.count - 1]
    }
  }

  /// A statement with its checked proof.
  public struct Theorem: Sendable {
    public let subject: ProofRow.Subject
    public let statement: String
    /// Hash of the statement up to the names of bound variables.
    public let statementHash: String
    /// Log-probability (natural) of the proof under the policy that found it.
    public let logProbability: Double?
    public let difficulty: String?
    /// The proof, to be checked again; nil if the run did not keep it.
    public let script: String?

    /// Steps of the script.
    public var steps: Int? { script.map(stepCount) }
  }

  /// A conjecture that ended in an error of the program itself.
  public struct Failure: Sendable {
    public let job: JobID
    public let statement: String
    public let message: String?
  }

  /// A theorem that is false: a bug of the kernel, or of what says that it is false.
  public struct FalseTheorem: Sendable {
    public let subject: ProofRow.Subject
    public let statement: String
    /// Where it fails.
    public let countermodel: Countermodel
  }

  /// Reads the run.
  ///
  /// - Throws: `StoreError.damaged` and the like if the record is not the one committed.
  public init(_ run: Run) throws(StoreError) {
    self.run = run.description
    // Another iteration may be committed at any moment: the hash must be that of the rows shown.
    var committed: [IterationRow]
    var hash: Digest
    repeat {
      committed = try run.iterations()
      hash = try run.runHash()
    } while try run.iterations() != committed
    runHash = hash.hex
    let rows = try Rows(run)
    iterations = committed.map { rows.iteration($0) }
    let last = committed.last?.iteration ?? -1
    conjectures = hardestFirst(rows.theorems.filter { $0.subject.job.iteration <= last })
    hindsight = hardestFirst(rows.hindsightTheorems.filter { $0.subject.job.iteration <= last })
    failures = rows.failures.filter { $0.job.iteration <= last }
    truth = rows.truth(upTo: last)
    let theorems = conjectures + hindsight
    falseTheorems = theorems.compactMap { rows.falseTheorem($0) }
  }
}

/// All rows of a run, by iteration.
private struct Rows {
  private let conjectures: [Int: [StoredConjecture]]
  private let hindsight: [Int: [HindsightRow]]
  private let examples: [Int: [ExampleCountRow]]
  private let metrics: [Int: [MetricRow]]
  private let timings: [Int: [TimingRow]]
  private let record: TruthRecord?

  let theorems: [RunReport.Theorem]
  let hindsightTheorems: [RunReport.Theorem]
  let failures: [RunReport.Failure]

  init(_ run: Run) throws(StoreError) {
    let conjectures = try run.conjectures()
    let hindsight = try run.hindsight()
    let scripts = dictionary(try run.proofs().map { ($0.subject, $0.script) })
    self.conjectures = Dictionary(grouping: conjectures, by: \.conjecture.job.iteration)
    self.hindsight = Dictionary(grouping: hindsight, by: \.id.job.iteration)
    examples = Dictionary(grouping: try run.exampleCounts(), by: \.iteration)
    metrics = Dictionary(grouping: try run.metrics(), by: \.iteration)
    timings = Dictionary(grouping: try run.timings(), by: \.iteration)
    record = try TruthRecord(of: run)
    theorems = conjectures.filter { $0.outcome.kind == .proved }.map {
      let subject = ProofRow.Subject.conjecture($0.conjecture.job)
      return RunReport.Theorem(
        subject: subject, statement: $0.conjecture.statement,
        statementHash: $0.conjecture.statementHash, logProbability: $0.outcome.logProbability,
        difficulty: $0.outcome.difficulty, script: scripts[subject])
    }
    hindsightTheorems = hindsight.map {
      let subject = ProofRow.Subject.hindsight($0.id)
      return RunReport.Theorem(
        subject: subject, statement: $0.statement, statementHash: $0.statementHash,
        logProbability: $0.logProbability, difficulty: $0.difficulty, script: scripts[subject])
    }
    failures = conjectures.filter { [.failed, .refused].contains($0.outcome.kind) }.map {
      RunReport.Failure(
        job: $0.conjecture.job, statement: $0.conjecture.statement, message: $0.outcome.message)
    }
  }

  func iteration(_ row: IterationRow) -> RunReport.Iteration {
    let number = row.iteration
    let outcomes = (conjectures[number] ?? []).map(\.outcome)
    let proved = outcomes.filter { $0.kind == .proved }
    let theorems = hindsight[number] ?? []
    func counts<Key: Hashable>(_ keys: [Key]) -> [Key: Int] {
      Dictionary(keys.map { ($0, 1) }, uniquingKeysWith: +)
    }
    return RunReport.Iteration(
      number: number, chain: row.chain, posed: outcomes.count,
      outcomes: counts(outcomes.map(\.kind)), hindsight: theorems.count,
      expansions: outcomes.reduce(0) { sum, outcome in
        let (value, overflow) = sum.addingReportingOverflow(outcome.expansions)
        return overflow ? .max : value
      },
      logProbabilities: RunReport.Summary(proved.compactMap(\.logProbability)),
      provedDifficulties: counts(proved.compactMap(\.difficulty)),
      hindsightDifficulties: counts(theorems.compactMap(\.difficulty)),
      examples: dictionary((examples[number] ?? []).map { ($0.kind, $0.count) }),
      metrics: dictionary((metrics[number] ?? []).map { ($0.name, $0.value) }),
      seconds: dictionary((timings[number] ?? []).map { ($0.name, $0.seconds) }),
      truth: record.map {
        TruthSummary(posed: conjectures[number] ?? [], hindsight: theorems, $0)
      })
  }

  /// The truth of all iterations up to `last`.
  func truth(upTo last: Int) -> TruthSummary? {
    record.map { record in
      let numbers = conjectures.keys.filter { $0 <= last }
      return TruthSummary(
        posed: numbers.flatMap { conjectures[$0] ?? [] },
        hindsight: numbers.flatMap { hindsight[$0] ?? [] }, record)
    }
  }

  /// The theorem, if it is known to be false.
  func falseTheorem(_ theorem: RunReport.Theorem) -> RunReport.FalseTheorem? {
    guard let entry = record?.entries[theorem.statementHash],
      entry.statement == theorem.statement, case .fails(let model) = entry.verdict
    else { return nil }
    return RunReport.FalseTheorem(
      subject: theorem.subject, statement: theorem.statement, countermodel: model)
  }
}

/// A damaged record may repeat a key, which must not end the program.
private func dictionary<Key: Hashable, Value>(_ pairs: [(Key, Value)]) -> [Key: Value] {
  Dictionary(pairs) { first, _ in first }
}

/// Theorems without a log-probability come last.
private func hardestFirst(_ theorems: [RunReport.Theorem]) -> [RunReport.Theorem] {
  theorems.sorted {
    ($0.logProbability ?? .infinity, $0.subject) < ($1.logProbability ?? .infinity, $1.subject)
  }
}

/// Scripts hold one step per line, and brackets around the blocks of subgoals.
private func stepCount(_ script: String) -> Int {
  script.split(separator: "\n").count { line in
    let word = line.drop { $0 == " " }.prefix { $0 != " " }
    return ["intro", "construct", "show", "apply"].contains(word)
  }
}
