import CSQLite
import GRDB
import Glibc
import Hashing

/// `run.sqlite`: opened with suspicion, because it may come from anywhere.
///
/// One connection in write-ahead mode with full synchronization: readers in other processes work
/// while one writes, and a committed transaction survives the loss of power.
struct RunDatabase: Sendable {
  let path: String
  private let queue: DatabaseQueue

  /// Makes a new database with the tables of the schema.
  static func create(
    at path: String, _ fill: (Database) throws -> Void
  ) throws(StoreError) {
    try mapErrors(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration(for: .write))
      try queue.writeWithoutTransaction { db in
        try db.execute(sql: "PRAGMA journal_mode = WAL")
        try db.inTransaction(.immediate) {
          try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
          try db.execute(sql: "PRAGMA user_version = \(Schema.version)")
          for statement in Schema.creation { try db.execute(sql: statement) }
          try fill(db)
          return .commit
        }
      }
      try queue.close()
    }
  }

  init(opening path: String, mode: Run.Mode) throws(StoreError) {
    self.path = path
    // Never opened but by SQLite: closing it would give up the locks that other connections of this
    // process hold on it.
    guard let status = try fileStatus(path), status.st_mode & S_IFMT == S_IFREG else {
      throw .corruptDatabase(path: path, reason: "there is no such regular file")
    }
    guard status.st_size > 0 else {
      throw .corruptDatabase(path: path, reason: "the file is empty")
    }
    if mode == .read { try Self.rollBack(path) }
    queue = try mapErrors(path) {
      let queue = try DatabaseQueue(
        path: mode == .read ? try Self.readablePath(path) : path,
        configuration: Self.configuration(for: mode))
      try queue.read { try Self.inspect($0, path: path) }
      if mode == .write {
        try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
      }
      return queue
    }
  }

  func close() {
    try? queue.close()
  }

  /// Runs `body` on one consistent snapshot.
  func read<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try mapErrors(path) { try queue.read(body) }
  }

  /// Runs `body` alone on the connection, outside any transaction.
  func write<Result>(_ body: (Database) throws -> Result) throws(StoreError) -> Result {
    try mapErrors(path) { try queue.writeWithoutTransaction(body) }
  }

  /// Bytes of the largest row: texts of the largest size, of which a proof has three, and numbers.
  private static let rowLimit = CInt(4 * IterationRecord.textLimit)

  private static func configuration(for mode: Run.Mode) -> Configuration {
    var configuration = Configuration()
    configuration.readonly = mode == .read
    configuration.busyMode = .timeout(10)
    configuration.prepareDatabase { db in
      guard csqlite_harden(db.sqliteConnection, rowLimit, 1 << 16, 64, 64) == 1 else {
        throw DatabaseError(resultCode: .SQLITE_MISUSE, message: "SQLite is older than 3.26")
      }
      try db.execute(
        sql: """
          PRAGMA trusted_schema = OFF;
          PRAGMA cell_size_check = ON;
          PRAGMA mmap_size = 0;
          PRAGMA synchronous = FULL;
          """)
    }
    return configuration
  }

  /// Even a reader of a database in write-ahead mode writes beside it, to share the index of the
  /// log. Where it may not and there is no log, as in an archive, the file cannot change: SQLite is
  /// told so by a URI.
  private static func readablePath(_ path: String) throws(StoreError) -> String {
    guard access(parentFolder(of: path), W_OK) != 0, try fileKind(path + "-wal") == nil else {
      return path
    }
    var encoded = ""
    for scalar in path.unicodeScalars {
      switch scalar {
      case "%", "?", "#": encoded += "%" + String(scalar.value, radix: 16)
      default: encoded.unicodeScalars.append(scalar)
      }
    }
    return "file:\(encoded)?immutable=1"
  }

  /// Undoes what a process left half done that ended while it took the database out of write-ahead
  /// mode, or back: a reader alone may not.
  private static func rollBack(_ path: String) throws(StoreError) {
    guard try fileKind(path + "-journal") != nil, access(path, W_OK) == 0 else { return }
    try mapErrors(path) {
      let queue = try DatabaseQueue(path: path, configuration: configuration(for: .write))
      _ = try queue.read { try Int.fetchOne($0, sql: "PRAGMA application_id") }
      try queue.close()
    }
  }

  private static func inspect(_ db: Database, path: String) throws {
    let id = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard id == Schema.applicationID else {
      throw StoreError.foreignDatabase(path: path, applicationID: id)
    }
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    guard version <= Schema.version else {
      throw StoreError.newerFormat(path: path, found: version, supported: Schema.version)
    }
    guard version == Schema.version else {
      if version >= 1 {
        throw StoreError.olderFormat(path: path, found: version, supported: Schema.version)
      }
      throw StoreError.schemaChanged(path: path, detail: "user_version is \(version)")
    }
    // Indices that SQLite makes for keys have no text of their own.
    let found = try String.fetchAll(
      db, sql: "SELECT coalesce(sql, type) FROM sqlite_schema WHERE type <> 'index' OR sql NOT NULL"
    )
    for statement in found
    where !Schema.creation.contains(where: { $0.hasSameBytes(as: statement) }) {
      throw StoreError.schemaChanged(path: path, detail: "unexpected: \(statement.prefix(80))")
    }
    for statement in Schema.creation
    where !found.contains(where: { $0.hasSameBytes(as: statement) }) {
      throw StoreError.schemaChanged(path: path, detail: "missing: \(statement.prefix(80))")
    }
    try checkPages(db, path: path, pragma: "quick_check")
  }

  /// Runs `quick_check` or `integrity_check`. Neither notices a changed letter: pages have no
  /// checksums, which is why rows carry hashes.
  static func checkPages(_ db: Database, path: String, pragma: String) throws {
    let findings = try String.fetchAll(db, sql: "PRAGMA \(pragma)(1)")
    guard findings == ["ok"] else {
      let reason = findings.joined(separator: "; ").replacing("\n", with: " ")
      throw StoreError.corruptDatabase(path: path, reason: reason)
    }
  }
}

/// Turns the errors of SQLite into ours.
private func mapErrors<Result>(
  _ path: String, _ body: () throws -> Result
) throws(StoreError) -> Result {
  do {
    return try body()
  } catch let error as StoreError {
    throw error
  } catch let error as DatabaseError {
    let message = error.message ?? "no message"
    switch error.resultCode {
    // Our statements are fixed, so that one of them fails to compile says the same; and what is
    // stored is within the limits.
    case .SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_TOOBIG:
      throw .corruptDatabase(path: path, reason: message)
    case .SQLITE_FULL:
      throw .io(operation: "write", path: path, code: ENOSPC, reason: message)
    case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
      let cause = obstacle(path)
      throw .io(
        operation: "read or write", path: path, code: cause ?? EIO,
        reason: cause.map { "\(message): \(String(cString: strerror($0)))" } ?? message)
    default:
      throw .database(path: path, code: error.resultCode.rawValue, message: message)
    }
  } catch {
    throw .corruptDatabase(path: path, reason: "\(error)")
  }
}

/// What SQLite does not tell of why it cannot read or write a file or beside it: the error that
/// the system would name, if it is one that the user can do something about.
private func obstacle(_ path: String) -> Int32? {
  for (place, use) in [(path, R_OK), (path, W_OK), (parentFolder(of: path), W_OK)]
  where access(place, use) != 0 {
    return errno
  }
  var disk = statvfs()
  // What SQLite takes at once for the index of its log must be free.
  let isFull = statvfs(path, &disk) == 0 && disk.f_bavail * disk.f_bsize < 1 << 16
  return isFull ? ENOSPC : nil
}

extension Table {
  func insert(_ db: Database, _ values: [Value], hash: Digest) throws {
    let arguments = values.map(\.databaseValue) + [hash.hex.databaseValue]
    try db.cachedStatement(sql: insertion).execute(arguments: StatementArguments(arguments))
  }

  /// Hands every selected row to `body` in canonical order, after comparing it with its hash.
  func forEachRow(
    _ db: Database, where condition: String? = nil, arguments: StatementArguments = [],
    _ body: (_ values: [Value], _ hash: Digest) throws -> Void
  ) throws {
    let rows = try GRDB.Row.fetchCursor(
      db.cachedStatement(sql: selection(where: condition)), arguments: arguments)
    while let row = try rows.next() {
      let values = try columns.indices.map { index in
        let value: DatabaseValue = row[index]
        guard let value = Value(value) else {
          throw StoreError.damaged(place: name, reason: "\(columns[index].name) is a blob")
        }
        return value
      }
      let hash = hash(values)
      guard (row[columns.count] as DatabaseValue).storage.value as? String == hash.hex else {
        throw StoreError.damaged(
          place: place(of: values), reason: "the row does not have the hash recorded with it")
      }
      try body(values, hash)
    }
  }
}

extension StoredRow {
  static func fetch(
    _ db: Database, where condition: String? = nil, arguments: StatementArguments = []
  ) throws -> [Self] {
    var rows: [Self] = []
    try table.forEachRow(db, where: condition, arguments: arguments) { values, _ in
      var reader = ValueReader(values, place: table.place(of: values))
      rows.append(try Self(reading: &reader))
    }
    return rows
  }

  static func fetch(_ db: Database, iteration: Int?) throws -> [Self] {
    guard let iteration else { return try fetch(db) }
    return try fetch(db, where: "iteration = ?", arguments: [iteration])
  }
}

extension Value {
  fileprivate init?(_ value: DatabaseValue) {
    switch value.storage {
    case .null: self = .null
    case .int64(let integer): self = .integer(integer)
    case .double(let real): self = .real(real)
    case .string(let text): self = .text(text)
    case .blob: return nil
    }
  }

  fileprivate var databaseValue: DatabaseValue {
    switch self {
    case .null: .null
    case .integer(let integer): integer.databaseValue
    case .real(let real): real.databaseValue
    case .text(let text): text.databaseValue
    }
  }
}
