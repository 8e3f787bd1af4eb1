import Parallel
import RunStore
public import Truth

/// How far the classification of a run's statements has come.
public struct TruthProgress: Sendable {
  /// Distinct statements with a verdict, and all.
  public let classified: Int
  public let total: Int
  public let counts: TruthCounts
}

extension SavedRun {
  /// Statements that are classified before progress is told.
  private static let batch = 16
  /// Time after which the record is written again.
  private static let writingInterval = Duration.seconds(5)

  /// Whether the run has an `exports/truth.json` that is not believed, since the run is sealed and
  /// its seal does not list that file.
  ///
  /// - Throws: `.store` if the seal lists other bytes.
  public var ignoresTruthRecord: Bool {
    get throws(MinimoError) {
      try stored { () throws(StoreError) in try TruthRecord.isIgnored(in: run) }
    }
  }

  /// A statement of the run, with the first row that has it.
  private struct Survey {
    let row: String
    let hash: String
    let text: String
  }

  /// Classifies all conjectures and hindsight theorems of the run, each distinct statement once,
  /// and keeps the verdicts in the run folder.
  ///
  /// What evaluation decides is always evaluated. What a tool found out before is not asked again,
  /// if the record has it and the run's seal vouches for the record.
  ///
  /// - Parameters:
  ///   - tools: what is asked where evaluation does not decide.
  ///   - threads: statements at a time.
  ///   - crossCheck: ask all provers, also about what evaluation decides.
  ///   - anew: do not read what was found out before.
  ///   - progress: called after every few statements; throw `MinimoError.interrupted` to stop, what
  ///     was found out stays.
  /// - Throws: `.store`; `.damaged` for a row whose statement cannot be read; `.contradiction` as
  ///   `Domain.classify`, and if evaluation contradicts the record; `.interrupted` if the tools
  ///   were cancelled; what `progress` throws.
  public func classifyStatements(
    tools: TruthTools = TruthTools(seconds: 1), threads: Int = 2, crossCheck: Bool = false,
    anew: Bool = false, progress: (TruthProgress) throws(MinimoError) -> Void = { _ in }
  ) throws(MinimoError) -> TruthRecord {
    let pool = try Minimo.pool(threads: threads)
    let statements = try distinctStatements()
    var record = try stored { () throws(StoreError) in
      var record =
        (anew ? nil : try TruthRecord(of: run))
        ?? TruthRecord(theoryHash: run.description.theoryHash, runHash: "")
      record.runHash = try run.runHash().hex
      return record
    }
    // Models are searched for on a thread with a large stack, too.
    let meter = pool.map(1) { _ in domain.truthMeter }[0]
    func report(_ left: Int) throws(MinimoError) {
      let counts = TruthCounts(statements.compactMap { record.entries[$0.hash]?.verdict })
      try progress(
        TruthProgress(
          classified: statements.count - left, total: statements.count, counts: counts))
    }
    func write() throws(MinimoError) {
      let current = record
      try stored { () throws(StoreError) in try current.write(to: run) }
    }
    try report(statements.count)
    if !meter.modelNames.isEmpty {
      record.inconsistency = nil
    } else if !statements.isEmpty, record.inconsistency == nil {
      record.inconsistency = try domain.inconsistency(with: meter, tools: tools)
    }
    var lastWriting = ContinuousClock.now
    for start in stride(from: 0, to: statements.count, by: SavedRun.batch) {
      let batch = statements[start..<min(start + SavedRun.batch, statements.count)]
      let entries: [TruthRecord.Entry]
      do throws(MinimoError) {
        let known = record.entries
        entries = try pool.map(batch.count) { index throws(MinimoError) in
          let statement = batch[start + index]
          return try entry(
            for: statement, known: crossCheck ? nil : known[statement.hash], meter, tools,
            crossCheck: crossCheck)
        }
      } catch {
        try write()
        throw error
      }
      for (statement, entry) in zip(batch, entries) { record.entries[statement.hash] = entry }
      if lastWriting.duration(to: .now) > SavedRun.writingInterval {
        try write()
        lastWriting = .now
      }
      do throws(MinimoError) {
        try report(statements.count - batch.endIndex)
      } catch {
        try write()
        throw error
      }
    }
    try write()
    return record
  }

  private func distinctStatements() throws(MinimoError) -> [Survey] {
    let all = try stored { () throws(StoreError) in
      try run.conjectures().map { row in
        Survey(
          row: "conjecture \(row.conjecture.job)", hash: row.conjecture.statementHash,
          text: row.conjecture.statement)
      }
        + run.hindsight().map { row in
          Survey(row: "theorem \(row.id)", hash: row.statementHash, text: row.statement)
        }
    }
    var seen: Set<String> = []
    return all.filter { seen.insert($0.hash).inserted }
  }

  /// The verdict on a statement, which is evaluated whatever is known about it.
  private func entry(
    for statement: Survey, known: TruthRecord.Entry?, _ meter: TruthMeter, _ tools: TruthTools,
    crossCheck: Bool
  ) throws(MinimoError) -> TruthRecord.Entry {
    do throws(MinimoError) {
      if var known, known.statement == statement.text, known.isFinal(for: tools) {
        do throws(MinimoError) {
          let verdict = try domain.classify(
            statement.text, with: meter, tools: tools.repeating(known.verdict), crossCheck: true)
          // A tool's answer that does not count for this statement says nothing.
          if verdict != .open || known.verdict == .open {
            known.verdict = verdict
            return known
          }
        } catch {
          guard case .contradiction(let message) = error else { throw error }
          throw .contradiction(
            "\(run.path)/exports/\(TruthRecord.fileName): \(message); 'minimo check-truth --anew' "
              + "asks again and mends the file if somebody changed it, and else ends like this")
        }
      }
      let verdict = try domain.classify(
        statement.text, with: meter, tools: tools, crossCheck: crossCheck)
      return TruthRecord.Entry(
        statement: statement.text, verdict: verdict, seconds: tools.seconds, tools: tools.names)
    } catch {
      guard case .syntax(let reason) = error else { throw error }
      throw .damaged(
        place: "\(run.path), \(statement.row)",
        reason: "its statement is no proposition of the run's axioms: "
          + (reason.diagnostics.first?.message ?? ""))
    }
  }
}

/// How many of some statements are true, and so on.
public struct TruthCounts: Sendable, Hashable {
  public var holds = 0
  public var fails = 0
  public var open = 0
  public var unfit = 0
  /// Not classified yet.
  public var unknown = 0

  public var total: Int { holds + fails + open + unfit + unknown }

  init(_ verdicts: some Sequence<Verdict?>) {
    for verdict in verdicts {
      switch verdict {
      case .holds?: holds += 1
      case .fails?: fails += 1
      case .open?: open += 1
      case .unfit?: unfit += 1
      case nil: unknown += 1
      }
    }
  }
}

/// What was posed and proved in a run or an iteration, by truth.
public struct TruthSummary: Sendable, Hashable {
  /// Conjectures posed.
  public let posed: TruthCounts
  /// Those of them that were proved.
  public let proved: TruthCounts
  /// Theorems found in hindsight.
  public let hindsight: TruthCounts

  /// Share of the true conjectures that were proved; nil if none is known to be true.
  public var recall: Double? {
    posed.holds == 0 ? nil : Double(proved.holds) / Double(posed.holds)
  }

  init(posed: [StoredConjecture], hindsight: [HindsightRow], _ record: TruthRecord) {
    func verdict(_ hash: String, _ statement: String) -> Verdict? {
      guard let entry = record.entries[hash], entry.statement == statement else { return nil }
      return entry.verdict
    }
    func counts(_ conjectures: [StoredConjecture]) -> TruthCounts {
      TruthCounts(
        conjectures.map { verdict($0.conjecture.statementHash, $0.conjecture.statement) })
    }
    self.posed = counts(posed)
    proved = counts(posed.filter { $0.outcome.kind == .proved })
    self.hindsight = TruthCounts(hindsight.map { verdict($0.statementHash, $0.statement) })
  }
}
