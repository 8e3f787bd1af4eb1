import GRDB
import Glibc
import Hashing

/// An open run folder: what a training run was started with, and all that it committed.
///
/// ```
/// run.json        what the run was started with; never changed
/// theory.p        the axioms; never changed
/// run.sqlite      the record: every row with its SHA-256, every iteration chained to the last
/// checkpoints/    000012/{model.safetensors, …, manifest.json}: the files of each iteration
/// events.ndjson   one line per iteration, for tools; a mirror of the database
/// exports/        for others to write to
/// LOCK            held by the writer
/// SHA256SUMS      seals a run that nobody writes: see `seal()`
/// ```
///
/// An iteration becomes visible in one transaction, after its checkpoint is safely on the disk.
/// A process killed at any moment leaves the last committed iteration and debris that the next
/// writer removes.
public final class Run: Sendable {
  public enum Mode: Sendable {
    /// Needs no lock, and sees each iteration once it is committed.
    case read
    /// One writer at a time.
    case write
  }

  /// The folder.
  public let path: String
  public let mode: Mode
  public let description: RunDescription
  /// The text of `theory.p`.
  public let theory: String

  let database: RunDatabase
  let reach: FailHook
  private let lock: RunLock?

  /// Makes the folder of a new run and opens it for writing. Missing folders above are made.
  ///
  /// - Throws: `StoreError.alreadyExists` unless `path` is free or an empty folder; `.io`.
  public static func create(
    at path: String, description: RunDescription, theory: String
  ) throws(StoreError) -> Run {
    try create(
      at: path, description: description, theory: theory, failing: Fault.hookOfEnvironment())
  }

  static func create(
    at path: String, description: RunDescription, theory: String, failing reach: @escaping FailHook
  ) throws(StoreError) -> Run {
    let path = withoutTrailingSlashes(path)
    switch try fileKind(path) {
    case nil: break
    case S_IFDIR where try names(in: path).isEmpty: break
    default: throw .alreadyExists(path: path)
    }
    let parent = parentFolder(of: path)
    try makeFolders(parent)
    removeAbandonedDrafts(of: path)
    // The folder appears under its name when it is complete.
    let draft = path + "\(draftMark)\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    do {
      try makeDraft(at: draft, description: description, theory: theory, reach)
      try rename(draft, to: path)
    } catch {
      try? removeTree(draft)
      switch error {
      case .io(_, _, ENOTEMPTY, _), .io(_, _, EEXIST, _): throw .alreadyExists(path: path)
      default: throw error
      }
    }
    try reach(.creationRename)
    try syncFolder(parent)
    return try open(at: path, mode: .write, failing: reach)
  }

  private static let draftMark = ".creating-"

  /// Removes the drafts that processes left behind which ended while they made this run.
  ///
  /// Debris is no reason to fail: what cannot be removed stays.
  private static func removeAbandonedDrafts(of path: String) {
    let parent = parentFolder(of: path)
    let name = path.utf8.lastIndex(of: UInt8(ascii: "/")).map { path[$0...].dropFirst() }
    let prefix = (name ?? path[...]) + draftMark
    for entry in (try? names(in: parent)) ?? [] where entry.hasPrefix(prefix) {
      let maker = pid_t(entry.dropFirst(prefix.count).prefix { $0 != "-" })
      if let maker, maker > 0, kill(maker, 0) != 0, errno == ESRCH {
        try? removeTree(parent + "/" + entry)
      }
    }
  }

  private static func makeDraft(
    at path: String, description: RunDescription, theory: String, _ reach: FailHook
  ) throws(StoreError) {
    let layout = RunLayout(path: path)
    try makeFolder(path)
    try reach(.creationFolder)
    for folder in [layout.checkpoints, layout.exports] { try makeFolder(folder) }
    try writeFile(layout.theory, Array(theory.utf8), mode: 0o444)
    try writeFile(layout.description, Array(description.text.utf8), mode: 0o444)
    try reach(.creationFiles)
    let values: [Value] = [
      .integer(1), .text(SHA256.hash(description.text).hex), .text(SHA256.hash(theory).hex),
    ]
    try RunDatabase.create(at: layout.database) { db in
      try Schema.identity.insert(db, values, hash: Schema.identity.hash(values))
    }
    try reach(.creationDatabase)
    for folder in [layout.checkpoints, layout.exports, path] { try syncFolder(folder) }
    try reach(.creationSync)
  }

  /// Opens the run at `path`. Opening for writing takes the lock and removes what an interrupted
  /// commit left behind.
  ///
  /// - Throws: `StoreError.locked` if there is another writer; the cases for files that are not
  ///   what the store wrote; `.lostCommits` if the database is older than the other files.
  public static func open(at path: String, mode: Mode) throws(StoreError) -> Run {
    try open(at: path, mode: mode, failing: Fault.hookOfEnvironment())
  }

  static func open(
    at path: String, mode: Mode, failing reach: @escaping FailHook
  ) throws(StoreError) -> Run {
    let run = try Run(withoutTrailingSlashes(path), mode, reach)
    if mode == .write { try run.recover() }
    return run
  }

  private init(
    _ path: String, _ mode: Mode, _ reach: @escaping FailHook
  ) throws(StoreError) {
    let layout = RunLayout(path: path)
    guard try fileKind(path + "/.") == S_IFDIR else {
      let exists = try fileKind(path) != nil
      throw .notARun(path: path, reason: exists ? "it is no folder" : "there is no such folder")
    }
    guard try fileKind(layout.description) != nil else {
      throw .notARun(path: path, reason: "it has no run.json")
    }
    self.path = path
    self.mode = mode
    self.reach = reach
    lock = mode == .write ? try RunLock(layout.lock) : nil
    let text = try readFile(layout.description, limit: RunDescription.sizeLimit)
    description = try RunDescription(parsing: text, path: layout.description)
    guard try fileKind(layout.theory) != nil else {
      throw .notARun(path: path, reason: "it has no theory.p")
    }
    let theory = try readFile(layout.theory, limit: IterationRecord.textLimit)
    self.theory = String(decoding: theory, as: UTF8.self)
    if mode == .write {
      // From here on the folder changes. What is damaged keeps its seal, which tells what else is.
      try layout.checkKinds()
      try Run.requireIntactSeal(layout)
      try Run.breakSeal(layout)
    }
    database = try RunDatabase(opening: layout.database, mode: mode)
    let recorded = try database.read { db in
      var hashes: [Value] = []
      try Schema.identity.forEachRow(db) { values, _ in hashes = Array(values.dropFirst()) }
      return hashes
    }
    let found = [(layout.description, text), (layout.theory, theory)]
    for (index, (path, bytes)) in found.enumerated() {
      guard index < recorded.count, recorded[index] == .text(SHA256.hash(bytes).hex) else {
        throw .damaged(place: path, reason: "it does not have the hash recorded in run.sqlite")
      }
    }
  }

  deinit {
    database.close()
  }

  var layout: RunLayout { RunLayout(path: path) }
}

/// Where things are in a run folder.
struct RunLayout {
  let path: String

  var description: String { path + "/run.json" }
  var theory: String { path + "/theory.p" }
  var database: String { path + "/run.sqlite" }
  var lock: String { path + "/LOCK" }
  var events: String { path + "/events.ndjson" }
  var exports: String { path + "/exports" }
  var checkpoints: String { path + "/checkpoints" }

  func checkpoint(_ iteration: Int) -> String { checkpoints + "/" + folderName(iteration) }

  func unfinishedCheckpoint(_ iteration: Int) -> String {
    checkpoints + "/tmp-" + folderName(iteration)
  }

  func folderName(_ iteration: Int) -> String {
    let digits = String(iteration)
    return String(repeating: "0", count: max(0, 6 - digits.utf8.count)) + digits
  }
}

extension RunLayout {
  /// Refuses what a writer would otherwise find in its way.
  func checkKinds() throws(StoreError) {
    guard try fileKind(checkpoints) == S_IFDIR else {
      throw .damaged(place: checkpoints, reason: "not a folder")
    }
    if let kind = try fileKind(events), kind != S_IFREG {
      throw .damaged(place: events, reason: "not a regular file")
    }
  }
}

/// The lock of the one writer. The system releases it when the process ends, however it ends; the
/// process id inside only serves the message.
struct RunLock: ~Copyable, Sendable {
  private let file: Descriptor

  init(_ path: String) throws(StoreError) {
    let file = try Descriptor(opening: path, O_RDWR | O_CREAT | O_NOFOLLOW)
    do {
      let number = file.number
      try check("flock", path) { flock(number, LOCK_EX | LOCK_NB) }
      try check("ftruncate", path) { ftruncate(number, 0) }
      try file.write(Array("\(getpid())\n".utf8))
    } catch StoreError.io(_, _, EWOULDBLOCK, _) {
      let text = String(decoding: (try? file.read(limit: 64)) ?? [], as: UTF8.self)
      throw .locked(path: path, holder: Int32(text.filter { $0 != "\n" }))
    }
    self.file = file
  }

  /// Closing is not enough: a process that is being started just now has a copy of the descriptor.
  deinit { flock(file.number, LOCK_UN) }
}

private func withoutTrailingSlashes(_ path: String) -> String {
  var path = path
  while path.utf8.count > 1 && path.hasSuffix("/") { path.removeLast() }
  return path
}
