import GRDB
import Glibc
import Hashing
import Testing

@testable import RunStore

/// The names of fail points, and files that a fault left torn, short, foreign or out of reach.
@Suite struct FaultTests {
  @Test func faultsAreParsed() {
    #expect(Fault("after-rename") == Fault(point: .rename))
    #expect(Fault("after-rename:2") == Fault(point: .rename, visit: 2))
    #expect(Fault("after-rename:eio") == Fault(point: .rename, effect: .eio))
    #expect(Fault("after-rename:12:kill") == Fault(point: .rename, visit: 12, effect: .kill))
    for point in FailPoint.allCases { #expect(Fault(point.rawValue)?.point == point) }
    for text in [
      "", ":", "list", "rename", "after-rename:", "after-rename:0", "after-rename:-1",
      "after-rename:eio:1", "after-rename:1:eio:", "after-rename:1:1", "after-rename:ENOSPC",
      "after-rename :1", "after-rename:99999999999999999999",
    ] {
      #expect(Fault(text) == nil, "\(text)")
    }
  }

  @Test func namesOfPointsAreDistinctAndPlain() {
    let names = FailPoint.allCases.map(\.rawValue)
    #expect(Set(names).count == names.count)
    for name in names {
      #expect(
        name.utf8.allSatisfy { $0 == UInt8(ascii: "-") || (97...122).contains($0) }, "\(name)")
    }
  }

  @Test func faultHappensAtItsVisitOnly() throws {
    let hook = Fault(point: .file, visit: 2, effect: .eio).hook()
    try hook(.file)
    try hook(.manifest)
    #expect {
      try hook(.file)
    } throws: {
      "\($0)".contains("after-file-fsync failed: Input/output error")
    }
    try hook(.file)
  }

  @Test func unknownPointIsRefusedBeforeAnythingIsWritten() async throws {
    let scratch = Scratch()
    let path = scratch.run
    await #expect(processExitsWith: .success) { [path = path as String] in
      setenv(Fault.variable, "after-lunch", 1)
      #expect {
        try Run.create(at: path, description: sampleDescription, theory: sampleTheory)
      } throws: {
        let message = "\($0)"
        return $0 as? StoreError == .unknownFailPoint("after-lunch")
          && message.contains("after-manifest-fsync")
          && FailPoint.allCases.allSatisfy { message.contains($0.rawValue) }
      }
      #expect(try fileKind(path) == nil)
      setenv(Fault.variable, "", 1)
      _ = try Run.create(at: path, description: sampleDescription, theory: sampleTheory)
      setenv(Fault.variable, "after-lunch", 1)
      #expect(throws: StoreError.unknownFailPoint("after-lunch")) {
        try Run.open(at: path, mode: .write)
      }
    }
  }

  /// The event log is a mirror: whatever a fault makes of it, the next writer restores it.
  @Test func tornEventsAreRestored() throws {
    let scratch = Scratch()
    let expected = try makeRun(at: scratch.run, through: 2)
    let events = scratch.run + "/events.ndjson"
    let pristine = try readFile(events, limit: 1 << 20)
    let lastLine = pristine.dropLast().lastIndex(of: UInt8(ascii: "\n"))!
    var variants = stride(from: 0, to: pristine.count, by: 97).map { Array(pristine[..<$0]) }
    variants += (lastLine..<pristine.count).map { Array(pristine[..<$0]) }
    // Blocks that were never written read as zeros.
    variants.append(pristine[...lastLine] + [UInt8](repeating: 0, count: 300))
    variants.append(pristine + [UInt8](repeating: 0, count: 4096))
    variants.append(pristine + Array("{\"iteration\": 3".utf8))
    variants.append(pristine + pristine)
    variants.append(Array(repeating: 0xff, count: 1000))
    for (index, bytes) in variants.enumerated() {
      try overwrite(events, bytes)
      let hash = try Run.open(at: scratch.run, mode: .write).runHash()
      #expect(hash == expected, "variant \(index)")
      #expect(try readFile(events, limit: 1 << 20) == pristine, "variant \(index)")
    }
    try removeTree(events)
    _ = try Run.open(at: scratch.run, mode: .write)
    #expect(try readFile(events, limit: 1 << 20) == pristine)
    #expect(try names(in: scratch.run).allSatisfy { !$0.hasSuffix(".tmp") })
  }

  /// A log cut off anywhere holds a prefix of the transactions: here the last iteration or not.
  @Test func tornLogIsFoundOrHarmless() async throws {
    let scratch = Scratch()
    let path = scratch.run
    let after = try makeRun(at: scratch.path + "/whole", through: 2)
    let before = try makeRun(at: path, through: 1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      let fault = Fault(point: .transaction)
      try Run.open(at: path, mode: .write, failing: fault.hook()).commit(sampleRecord(2))
    }
    let log = try readFile(path + "/run.sqlite-wal", limit: 1 << 30)
    try #require(log.count > 4096)
    for length in stride(from: 0, through: log.count, by: 1021) + [log.count] {
      let copy = scratch.path + "/copy"
      try copyTree(path, to: copy)
      try overwrite(copy + "/run.sqlite-wal", Array(log[..<length]))
      try removeTree(copy + "/run.sqlite-shm")
      // No event told of iteration 2, so that a shorter record is not a loss of what was promised.
      let run = try Run.open(at: copy, mode: .write)
      #expect(try run.runHash() == (length == log.count ? after : before), "\(length) bytes")
      try run.commit(sampleRecord(2))
      #expect(try run.runHash() == after, "\(length) bytes")
      run.database.close()
      try removeTree(copy)
    }
  }

  /// After the event was written the iteration counts as promised: losing it is an error.
  @Test func lostLogOfAPromisedIterationIsFound() async throws {
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 1)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try Run.open(at: path, mode: .write, failing: Fault(point: .event).hook())
        .commit(sampleRecord(2))
    }
    try removeTree(path + "/run.sqlite-wal")
    try removeTree(path + "/run.sqlite-shm")
    #expect(
      throws: StoreError.lostCommits(path: path + "/run.sqlite", committed: 1, witnessed: 2)
    ) { try Run.open(at: path, mode: .write) }
  }

  /// A sealed database has no log but a journal, which a mere reader could not roll back.
  @Test(arguments: [Run.Mode.read, .write])
  func journalLeftBehindIsRolledBack(mode: Run.Mode) async throws {
    let scratch = Scratch()
    let path = scratch.run
    let expected = try makeRun(at: path, through: 2)
    #expect(try Run.open(at: path, mode: .write).seal())
    let pristine = try readFile(path + "/run.sqlite", limit: 1 << 30)
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
      try DatabaseQueue(path: path + "/run.sqlite").writeWithoutTransaction { db in
        // So little memory that changes reach the file before the transaction ends.
        try db.execute(
          sql: """
            PRAGMA cache_size = 1; BEGIN; UPDATE conjecture SET statement = 'lie';
            UPDATE proof SET script = 'lie'; UPDATE metric SET value = 0;
            """)
        kill(getpid(), SIGKILL)
      }
    }
    #expect(try fileKind(path + "/run.sqlite-journal") == S_IFREG)
    #expect(try readFile(path + "/run.sqlite", limit: 1 << 30) != pristine)
    #expect(try Run.open(at: path, mode: mode).runHash() == expected)
    #expect(try fileKind(path + "/run.sqlite-journal") == nil)
  }

  @Test(arguments: [
    "run.json", "theory.p", "run.sqlite", "events.ndjson", "LOCK",
    "checkpoints/000001/model.safetensors", "checkpoints/000001/manifest.json",
  ])
  func folderInPlaceOfAFileIsNamed(name: String) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 1)
    try removeTree(scratch.run + "/" + name)
    try makeFolder(scratch.run + "/" + name)
    try writeFile(scratch.run + "/" + name + "/inside", [])
    let error = try #require(fault(at: scratch.run))
    #expect("\(error)".hasPrefix(scratch.run + "/" + name + ":"), "\(error)")
    #expect(try fileKind(scratch.run + "/" + name + "/inside") == S_IFREG, "nothing was removed")
  }

  @Test(arguments: ["checkpoints", "checkpoints/000001"])
  func fileInPlaceOfAFolderIsNamed(name: String) throws {
    let scratch = Scratch()
    try makeRun(at: scratch.run, through: 1)
    try removeTree(scratch.run + "/" + name)
    try writeFile(scratch.run + "/" + name, [1])
    let error = try #require(fault(at: scratch.run))
    #expect("\(error)".hasPrefix(scratch.run + "/" + name + ":"), "\(error)")
  }

  /// Files and folders that the user may not read or write; as nobody where run by the
  /// administrator, who may always.
  @Test(
    arguments: [
      ("", 0), ("", 0o555), ("run.json", 0), ("theory.p", 0), ("run.sqlite", 0),
      ("run.sqlite", 0o444), ("events.ndjson", 0), ("LOCK", 0o444), ("checkpoints", 0),
      ("checkpoints", 0o555), ("checkpoints/000001", 0),
      ("checkpoints/000001/model.safetensors", 0),
    ] as [(String, mode_t)])
  func deniedPermissionIsNamed(name: String, mode: mode_t) async throws {
    let scratch = Scratch()
    let path = scratch.run
    try makeRun(at: path, through: 1)
    // What opening and committing make beside the files must not exist yet.
    for passing in ["-wal", "-shm"] { try removeTree(path + "/run.sqlite" + passing) }
    giveAway(scratch.path)
    let place = name.isEmpty ? path : path + "/" + name
    chmod(place, mode)
    await #expect(processExitsWith: .success) {
      [path = path as String, place = place as String] in
      if getuid() == 0 { setuid(65534) }
      do throws(StoreError) {
        let run = try Run.open(at: path, mode: .write)
        _ = try run.runHash()
        try run.commit(sampleRecord(2))
        Issue.record("no error")
      } catch {
        #expect("\(error)".contains(place), "\(error)")
        switch error {
        case .io(_, _, let code, _): #expect(code == EACCES || code == EPERM, "\(error)")
        case .damaged: #expect("\(error)".contains("Permission denied"), "\(error)")
        default: Issue.record("\(error)")
        }
      }
    }
    chmod(place, 0o755)
  }
}

/// Makes nobody the owner of everything in the folder.
private func giveAway(_ path: String) {
  guard getuid() == 0 else { return }
  chown(path, 65534, 65534)
  guard (try? fileKind(path)) == S_IFDIR else { return }
  for name in (try? names(in: path)) ?? [] { giveAway(path + "/" + name) }
}
