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
}

private func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")) ~= byte }
