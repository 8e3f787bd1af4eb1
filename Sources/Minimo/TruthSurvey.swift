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

  /// Classifies all conjectures and hindsight theorems of the run, each distinct statement once,
  /// and keeps the verdicts in the run folder. What was classified before is not done again.
  ///
  /// - Parameters:
  ///   - tools: what is asked where evaluation does not decide.
  ///   - threads: statements at a time.
  ///   - crossCheck: ask all provers, also about what evaluation decides.
  ///   - progress: called after every few statements; throw `MinimoError.interrupted` to stop, what
  ///     was found out stays.
  /// - Throws: `.store`; `.contradiction` as `Domain.classify`; `.interrupted` if the tools were
  ///   cancelled; what `progress` throws.
  public func classifyStatements(
    tools: TruthTools = TruthTools(seconds: 1), threads: Int = 2, crossCheck: Bool = false,
    progress: (TruthProgress) throws(MinimoError) -> Void = { _ in }
  ) throws(MinimoError) -> TruthRecord {
    let pool = try Minimo.pool(threads: threads)
    var (record, statements) = try stored { () throws(StoreError) in
      let record = try TruthRecord(of: run)
      let statements =
        try run.conjectures().map {
          ($0.conjecture.statementHash, $0.conjecture.statement)
        } + run.hindsight().map { ($0.statementHash, $0.statement) }
      return (
        record ?? TruthRecord(theoryHash: run.description.theoryHash, runHash: ""), statements
      )
    }
    record.runHash = try stored { () throws(StoreError) in try run.runHash() }.hex
    var seen: Set<String> = []
    statements = statements.filter { seen.insert($0.0).inserted }
    let open = statements.filter { hash, statement in
      guard let entry = record.entries[hash], entry.statement == statement else { return true }
      return crossCheck || !entry.isFinal(for: tools)
    }
    // Models are searched for on a thread with a large stack, too.
    let meter = pool.map(1) { _ in domain.truthMeter }[0]
    func report(_ left: Int) throws(MinimoError) {
      let counts = TruthCounts(statements.compactMap { record.entries[$0.0]?.verdict })
      try progress(
        TruthProgress(
          classified: statements.count - left, total: statements.count, counts: counts))
    }
    func write() throws(MinimoError) {
      let current = record
      try stored { () throws(StoreError) in try current.write(to: run) }
    }
    try report(open.count)
    if !open.isEmpty, record.inconsistency == nil {
      record.inconsistency = try domain.inconsistency(with: meter, tools: tools)
    }
    var lastWriting = ContinuousClock.now
    for start in stride(from: 0, to: open.count, by: SavedRun.batch) {
      let batch = open[start..<min(start + SavedRun.batch, open.count)]
      let verdicts: [Verdict]
      do throws(MinimoError) {
        verdicts = try pool.map(batch.count) { index throws(MinimoError) in
          try domain.classify(
            batch[start + index].1, with: meter, tools: tools, crossCheck: crossCheck)
        }
      } catch {
        try write()
        throw error
      }
      for ((hash, statement), verdict) in zip(batch, verdicts) {
        record.entries[hash] = TruthRecord.Entry(
          statement: statement, verdict: verdict, seconds: tools.seconds, tools: tools.names)
      }
      if lastWriting.duration(to: .now) > SavedRun.writingInterval {
        try write()
        lastWriting = .now
      }
      do throws(MinimoError) {
        try report(open.count - batch.endIndex)
      } catch {
        try write()
        throw error
      }
    }
    try write()
    return record
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
