import GRDB
import Glibc

extension Run {
  /// Commits one iteration: the checkpoint files first, then all rows in one transaction.
  ///
  /// Committing the same content again changes nothing, so after an error, including one after
  /// which the iteration turned out to be committed, the same call is the right one to repeat.
  ///
  /// - Throws: `StoreError.invalidRecord` before anything is written; `.outOfOrder` and `.conflict`
  ///   for an iteration that is not the next; `.io` and `.database`, with nothing lost.
  public func commit(_ record: IterationRecord) throws(StoreError) {
    guard mode == .write else { throw .readOnly(path: path) }
    try breakSeal()
    try database.write { db in
      let iterations = try IterationRow.fetch(db)
      if let committed = iterations.first(where: { $0.iteration == record.iteration }) {
        let sealed = try SealedIteration(record, previousChain: committed.previousChain)
        guard sealed.row == committed else {
          throw StoreError.conflict(iteration: record.iteration)
        }
        try repairEvents(db)
        return
      }
      let expected = iterations.last.map { $0.iteration + 1 } ?? 0
      guard record.iteration == expected else {
        throw StoreError.outOfOrder(iteration: record.iteration, expected: expected)
      }
      let sealed = try SealedIteration(
        record, previousChain: iterations.last?.chain ?? Chain.start)
      try reach(.start)
      try writeCheckpoint(sealed, record.checkpoint)
      try insert(sealed, db)
      try reach(.transaction)
      try EventLog(path: layout.events).append(try event(for: sealed.row.iteration, db))
      try reach(.event)
      // Fold the log into the database, so that a copy of run.sqlite alone is complete. Readers in
      // the way only postpone it.
      _ = try? db.checkpoint(.truncate)
      try reach(.fold)
    }
  }

  private func writeCheckpoint(
    _ sealed: SealedIteration, _ files: [CheckpointFile]
  ) throws(StoreError) {
    let iteration = sealed.row.iteration
    let draft = layout.unfinishedCheckpoint(iteration)
    let final = layout.checkpoint(iteration)
    try layout.checkKinds()
    try removeTree(draft)
    try removeTree(final)
    try makeFolder(draft)
    try reach(.folder)
    for file in files {
      try writeFile(draft + "/" + file.name, file.bytes)
      try reach(.file)
    }
    try writeFile(draft + "/" + Manifest.name, Array(sealed.manifest.text.utf8))
    try reach(.manifest)
    try syncFolder(draft)
    try reach(.folderSync)
    try RunStore.rename(draft, to: final)
    try reach(.rename)
    try syncFolder(layout.checkpoints)
    try reach(.parentSync)
  }

  private func insert(_ sealed: SealedIteration, _ db: Database) throws {
    try db.inTransaction(.immediate) {
      try reach(.begin)
      let values = sealed.row.values
      try IterationRow.table.insert(db, values, hash: IterationRow.table.hash(values))
      for (table, rows) in sealed.tables {
        for row in rows { try table.insert(db, row.values, hash: row.hash) }
      }
      try reach(.rows)
      return .commit
    }
  }

  /// Removes what an interrupted commit left behind, and completes the event log.
  func recover() throws(StoreError) {
    let last = try lastCommittedIteration
    let next = last.map { $0 + 1 } ?? 0
    let folders = try names(in: layout.checkpoints)
    // A commit starts after the one before it ended: debris of more than one is not debris.
    let newest = folders.compactMap { $0.utf8.allSatisfy(isDigit) ? Int($0) : nil }.max() ?? 0
    let event = try EventLog(path: layout.events).lastIteration() ?? -1
    let witnessed = max(newest - 1, event)
    guard witnessed < next else {
      throw .lostCommits(path: layout.database, committed: last, witnessed: witnessed)
    }
    for name in folders where name.hasPrefix("tmp-") || name == layout.folderName(next) {
      try removeTree(layout.checkpoints + "/" + name)
      try reach(.recoveryOrphan)
    }
    try database.read { try repairEvents($0) }
    try reach(.recoveryEvents)
  }

  private func repairEvents(_ db: Database) throws {
    let lines = try IterationRow.fetch(db).map { try event(for: $0.iteration, db) }
    try EventLog(path: layout.events).replace(lines)
  }

  /// The line of the event log for a committed iteration.
  private func event(for iteration: Int, _ db: Database) throws -> String {
    func object(_ pairs: [(String, JSONValue)]) -> JSONValue {
      .object(Dictionary(pairs) { _, last in last })
    }
    let outcomes = try OutcomeRow.fetch(db, iteration: iteration)
    let chain = try IterationRow.fetch(db, iteration: iteration).first?.chain ?? ""
    let outcomeCounts = OutcomeKind.allCases.map { kind in
      (kind.rawValue, JSONValue.integer(Int64(outcomes.count { $0.kind == kind })))
    }
    let hindsight = try HindsightRow.fetch(db, iteration: iteration).count
    return object([
      ("iteration", .integer(Int64(iteration))), ("chain", .string(chain)),
      ("outcomes", object(outcomeCounts)), ("hindsight", .integer(Int64(hindsight))),
      (
        "examples",
        object(
          try ExampleCountRow.fetch(db, iteration: iteration).map {
            ($0.kind, .integer(Int64($0.count)))
          })
      ),
      (
        "metrics",
        object(try MetricRow.fetch(db, iteration: iteration).map { ($0.name, .number($0.value)) })
      ),
      (
        "seconds",
        object(try TimingRow.fetch(db, iteration: iteration).map { ($0.name, .number($0.seconds)) })
      ),
    ]).text()
  }
}

/// `events.ndjson`: one line of JSON per committed iteration, for people and tools that follow a
/// run. It repeats what the database holds, and is rewritten whenever the two differ.
///
/// A line is not synced: it is written after the transaction that it tells of, so after the power
/// is lost it may be missing or torn, and the next writer restores it from the database.
struct EventLog {
  let path: String
  private static let sizeLimit = 256 << 20

  func append(_ line: String) throws(StoreError) {
    let file = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW)
    let size = try file.status().st_size
    do {
      try file.write(Array((line + "\n").utf8))
    } catch {
      ftruncate(file.number, size)
      throw error
    }
  }

  func replace(_ lines: [String]) throws(StoreError) {
    let bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
    if try fileKind(path) == nil && bytes.isEmpty { return }
    if try fileKind(path) == S_IFREG, try readFile(path, limit: Self.sizeLimit) == bytes { return }
    try replaceFile(path, bytes)
  }

  /// The last iteration that a complete line tells of; nil if there is none.
  func lastIteration() throws(StoreError) -> Int? {
    guard try fileKind(path) == S_IFREG else { return nil }
    let lines = try readFile(path, limit: Self.sizeLimit).split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false
    ).dropLast()
    for line in lines.reversed() {
      if case .object(let members)? = try? JSONValue(parsing: Array(line)),
        case .integer(let iteration)? = members["iteration"]
      {
        return Int(iteration)
      }
    }
    return nil
  }
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }
