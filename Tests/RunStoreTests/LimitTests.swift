import CSQLite
import GRDB
import Glibc
import Testing

@testable import RunStore

/// What keeps files that come from anywhere within bounds.
@Suite struct LimitTests {
  /// The settings that keep SQLite from trusting what it reads, as the connection itself has them.
  @Test(arguments: [Run.Mode.read, .write])
  func connectionsAreSuspicious(mode: Run.Mode) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 0)
    let run = try Run.open(at: scratch.run, mode: mode)
    let expected = [
      "trusted_schema": 0, "cell_size_check": 1, "mmap_size": 0, "synchronous": 2,
      "foreign_keys": 1,
    ]
    for name in expected.keys.sorted() {
      let found = try run.database.read { try Int.fetchOne($0, sql: "PRAGMA \(name)") }
      // Without memory mapping in the library there is no such setting to turn off.
      #expect((found ?? 0) == expected[name], "\(name)")
    }
    let mode = try run.database.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
    #expect(mode == "wal")
    let limits = try run.database.read { db in
      let connection = db.sqliteConnection
      #expect(csqlite_is_defensive(connection) == 1)
      return [
        csqlite_length_limit(connection), csqlite_sql_length_limit(connection),
        csqlite_column_limit(connection),
      ]
    }
    #expect(limits == [256 << 20, 1 << 16, 64])
  }

  /// What defensive connections refuse: https://www.sqlite.org/c3ref/c_dbconfig_defensive.html
  @Test func schemasCannotBeOverwritten() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 0)
    let run = try Run.open(at: scratch.run, mode: .write)
    #expect(throws: StoreError.self) {
      try run.database.write { db in
        try db.execute(sql: "PRAGMA writable_schema = ON")
        try db.execute(sql: "UPDATE sqlite_schema SET sql = '' WHERE name = 'metric'")
      }
    }
    #expect(try run.runHash() == expected)
  }

  /// Tables that cost more to read than any that the store makes are not even parsed.
  @Test(arguments: [
    "CREATE TABLE wide (\((0..<65).map { "c\($0)" }.joined(separator: ", ")))",
    "CREATE TABLE long (c /* \(String(repeating: "x", count: 1 << 16)) */)",
    "CREATE TABLE deep (c CHECK (\(String(repeating: "NOT ", count: 70))c))",
  ])
  func costlyTablesAreRefused(sql: String) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 0)
    let queue = try DatabaseQueue(path: scratch.run + "/run.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
    #expect {
      try Run.open(at: scratch.run, mode: .read)
    } throws: {
      if case .corruptDatabase? = $0 as? StoreError { true } else { false }
    }
  }

  @Test func costlyRowsAreRefused() throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 0)
    let run = try Run.open(at: scratch.run, mode: .read)
    func size(_ bytes: Int) throws -> Int? {
      try run.database.read { try Int.fetchOne($0, sql: "SELECT length(zeroblob(\(bytes)))") }
    }
    #expect(try size(256 << 20) == (256 << 20))
    #expect {
      try size((256 << 20) + 1)
    } throws: {
      if case .corruptDatabase? = $0 as? StoreError { true } else { false }
    }
  }

  @Test func readersCannotWrite() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 1)
    let run = try Run.open(at: scratch.run, mode: .read)
    #expect(throws: StoreError.readOnly(path: scratch.run)) { try run.commit(sampleRecord(2)) }
    #expect(throws: StoreError.self) {
      try run.database.write { try $0.execute(sql: "DELETE FROM metric") }
    }
    #expect(try run.runHash() == expected)
  }

  /// Files without content on the disk, however large: the size alone must decide.
  @Test(arguments: [
    ("run.json", 1 << 20), ("theory.p", 64 << 20), ("events.ndjson", 256 << 20),
    ("checkpoints/000001/manifest.json", 1 << 24),
    ("checkpoints/000001/model.safetensors", 1 << 40),
  ])
  func hugeFilesAreRefusedUnread(name: String, limit: Int) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 1)
    let path = scratch.run + "/" + name
    try removeTree(path)
    do {
      let file = try Descriptor(opening: path, O_RDWR | O_CREAT)
      try check("ftruncate", path) { [number = file.number] in ftruncate(number, off_t(limit + 1)) }
    }
    let error = try #require(fault(at: scratch.run))
    #expect("\(error)".hasPrefix(path + ":"), "\(error)")
    #expect("\(error)".contains("limit") || "\(error)".contains("larger"), "\(error)")
  }

  @Test(arguments: [
    "", ".", "..", "../x", "a/b", "/etc/passwd", ".hidden", "manifest.json", "A", "a b", "a\0b",
    "é", "a\n", String(repeating: "a", count: 65),
  ])
  func namesThatCouldLeaveTheFolderAreRefused(name: String) throws {
    #expect(!CheckpointFile.isValid(name: name))
    let scratch = Scratch()
    let run = try Run.create(at: scratch.run, description: sampleDescription, theory: "")
    var record = IterationRecord(iteration: 0)
    record.checkpoint = [CheckpointFile(name: name, bytes: [])]
    #expect {
      try run.commit(record)
    } throws: {
      guard case .invalidRecord(let place, _)? = $0 as? StoreError else { return false }
      return place.contains("checkpoint")
    }
    #expect(try names(in: scratch.run + "/checkpoints").isEmpty)
  }

  @Test(arguments: ["a", "0", "a.b-c_d", "a.", "-", String(repeating: "a", count: 64)])
  func plainNamesAreTaken(name: String) throws {
    #expect(CheckpointFile.isValid(name: name))
  }
}
