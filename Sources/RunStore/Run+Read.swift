import GRDB
import Glibc
import Hashing

/// A conjecture with the row that ended it.
public struct StoredConjecture: Hashable, Sendable {
  public var conjecture: ConjectureRow
  public var outcome: OutcomeRow
}

/// Every row read is compared with its hash; one that differs is `StoreError.damaged`. Rows come in
/// canonical order: by iteration, then by slot, number or name.
extension Run {
  /// The iteration to resume after; nil for a run without any.
  public var lastCommittedIteration: Int? {
    get throws(StoreError) { try iterations().last?.iteration }
  }

  /// The committed iterations.
  public func iterations() throws(StoreError) -> [IterationRow] {
    try database.read { try IterationRow.fetch($0) }
  }

  /// The conjectures of one iteration, or of all, each with its outcome.
  public func conjectures(iteration: Int? = nil) throws(StoreError) -> [StoredConjecture] {
    try database.read { db in
      let conjectures = try ConjectureRow.fetch(db, iteration: iteration)
      let outcomes = try OutcomeRow.fetch(db, iteration: iteration)
      guard conjectures.map(\.job) == outcomes.map(\.job) else {
        throw StoreError.damaged(
          place: database.path, reason: "conjectures and outcomes do not correspond")
      }
      return zip(conjectures, outcomes).map { StoredConjecture(conjecture: $0, outcome: $1) }
    }
  }

  /// The hindsight theorems of one iteration, or of all.
  public func hindsight(iteration: Int? = nil) throws(StoreError) -> [HindsightRow] {
    try database.read { try HindsightRow.fetch($0, iteration: iteration) }
  }

  /// The proofs of one iteration, or of all.
  public func proofs(iteration: Int? = nil) throws(StoreError) -> [ProofRow] {
    try database.read { try ProofRow.fetch($0, iteration: iteration) }
  }

  /// The numbers of training examples of one iteration, or of all.
  public func exampleCounts(iteration: Int? = nil) throws(StoreError) -> [ExampleCountRow] {
    try database.read { try ExampleCountRow.fetch($0, iteration: iteration) }
  }

  /// The metrics of one iteration, or of all.
  public func metrics(iteration: Int? = nil) throws(StoreError) -> [MetricRow] {
    try database.read { try MetricRow.fetch($0, iteration: iteration) }
  }

  /// One metric over the iterations that have it.
  public func metrics(named name: String) throws(StoreError) -> [MetricRow] {
    try database.read { try MetricRow.fetch($0, where: "name = ?", arguments: [name]) }
  }

  /// The times of one iteration, or of all.
  public func timings(iteration: Int? = nil) throws(StoreError) -> [TimingRow] {
    try database.read { try TimingRow.fetch($0, iteration: iteration) }
  }

  /// The checkpoint files of one iteration, or of all: names, sizes and hashes.
  public func checkpoints(iteration: Int? = nil) throws(StoreError) -> [CheckpointRow] {
    try database.read { try CheckpointRow.fetch($0, iteration: iteration) }
  }

  /// The files of the checkpoint of a committed iteration, in the order of their names; only those
  /// in `names` if given. Each has been compared with its SHA-256.
  ///
  /// - Throws: `StoreError.noSuchIteration`; `.damaged`; `.tooLarge` if they have more than `limit`
  ///   bytes together.
  public func readCheckpoint(
    _ iteration: Int, names: Set<String>? = nil, limit: Int = 4 << 30
  ) throws(StoreError) -> [CheckpointFile] {
    let checkpoint = try openCheckpoint(iteration)
    let wanted = checkpoint.rows.filter { names?.contains($0.name) ?? true }
    let total = wanted.reduce(0) { $0.addingReportingOverflow($1.bytes).partialValue }
    guard wanted.allSatisfy({ $0.bytes <= limit }), (0...limit).contains(total) else {
      throw .tooLarge(path: layout.checkpoint(iteration), bytes: total, limit: limit)
    }
    var files: [CheckpointFile] = []
    for row in wanted { files.append(try checkpoint.read(row)) }
    return files
  }

  /// The checkpoint of a committed iteration, its manifest compared with the database.
  func openCheckpoint(_ iteration: Int) throws(StoreError) -> StoredCheckpoint {
    let (manifest, rows) = try database.read { db in
      guard let row = try IterationRow.fetch(db, iteration: iteration).first else {
        let last = try Int.fetchOne(db, sql: "SELECT max(iteration) FROM iteration")
        throw StoreError.noSuchIteration(iteration: iteration, last: last)
      }
      let files = try CheckpointRow.fetch(db, iteration: iteration)
      let counts = try Schema.content.map { type in
        let name = type.table.name
        let statement = try db.cachedStatement(
          sql: "SELECT count(*) FROM \(name) WHERE iteration = ?")
        return (name, try Int.fetchOne(statement, arguments: [iteration]) ?? 0)
      }
      return (Manifest(iteration: row, rowCounts: counts, files: files), files)
    }
    let checkpoint = StoredCheckpoint(
      folder: try openFolder(ofCheckpoint: iteration), rows: rows, database: database.path)
    let stored = try checkpoint.readFile(Manifest.name, limit: 1 << 24)
    guard stored == Array(manifest.text.utf8) else {
      throw .damaged(
        place: checkpoint.folder.path + "/" + Manifest.name,
        reason: "it is not the one that was committed")
    }
    return checkpoint
  }

  /// Opens the folder without following a link on the way.
  private func openFolder(ofCheckpoint iteration: Int) throws(StoreError) -> Descriptor {
    let run = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
    do throws(StoreError) {
      let all = try Descriptor(in: run, opening: "checkpoints", O_RDONLY | O_DIRECTORY)
      return try Descriptor(
        in: all, opening: layout.folderName(iteration), O_RDONLY | O_DIRECTORY)
    } catch .io(_, let path, let code, let reason) where [ENOENT, ENOTDIR, ELOOP].contains(code) {
      throw .damaged(place: path, reason: reason)
    }
  }
}

/// A checkpoint whose manifest is the one that was committed.
struct StoredCheckpoint: ~Copyable {
  let folder: Descriptor
  let rows: [CheckpointRow]
  let database: String

  /// A file, compared with its SHA-256.
  func read(_ row: CheckpointRow) throws(StoreError) -> CheckpointFile {
    guard CheckpointFile.isValid(name: row.name) else {
      throw .damaged(place: database, reason: "checkpoint file with name \(row.name)")
    }
    let bytes = try readFile(row.name, limit: row.bytes)
    guard bytes.count == row.bytes, SHA256.hash(bytes).hex == row.sha256 else {
      throw .damaged(
        place: folder.path + "/" + row.name,
        reason: "it does not have the size and SHA-256 that were committed")
    }
    return CheckpointFile(name: row.name, bytes: bytes)
  }

  fileprivate func readFile(_ name: String, limit: Int) throws(StoreError) -> [UInt8] {
    do {
      return try Descriptor(in: folder, opening: name, O_RDONLY | O_NONBLOCK).read(limit: limit)
    } catch {
      let place = folder.path + "/" + name
      switch error {
      case .io(_, _, let code, let reason) where code == ENOENT || code == ELOOP:
        throw .damaged(place: place, reason: reason)
      case .tooLarge: throw .damaged(place: place, reason: "it is larger than committed")
      default: throw error
      }
    }
  }
}
