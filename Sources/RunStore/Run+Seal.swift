import GRDB
import Glibc
import Hashing

/// What comparing a run folder with its `SHA256SUMS` showed.
public struct SealReport: Hashable, Sendable {
  /// Something that is not as it was when the run ended.
  public struct Finding: Hashable, Sendable {
    /// The path of the file from the run folder.
    public var file: String
    public var reason: String
    /// Whether something that was there has changed or is gone; otherwise something was added.
    public var isDamage = false
  }

  public var files = 0
  public var bytes = 0
  public var findings: [Finding] = []
  /// Files in `exports/` that nothing vouches for, because they were added by hand.
  public var unlistedExports: [String] = []
}

/// `SHA256SUMS` seals a run that is not being written: every file of the folder but itself and the
/// lock, in the format of the program `sha256sum`, so that `sha256sum -c SHA256SUMS` checks it too.
///
/// SQLite has no checksums: the hashes of rows find what was changed in them, these find a flipped
/// bit anywhere, also in bytes that nothing reads.
extension Run {
  /// Ends the writing for now: the database becomes one file without a log, and `SHA256SUMS` is
  /// written last. A later commit breaks the seal.
  ///
  /// - Returns: false if a reader was in the way, or if SQLite could not remove its journal, from
  ///   which whoever opens the database next changes it back. That leaves the run as it is,
  ///   complete but not sealed.
  /// - Throws: `StoreError.readOnly`; `.io`.
  @discardableResult
  public func seal() throws(StoreError) -> Bool {
    guard mode == .write else { throw .readOnly(path: path) }
    guard try database.setJournal("DELETE"), try fileKind(layout.database + "-journal") == nil
    else { return false }
    if try fileKind(layout.events) == S_IFREG {
      try Descriptor(opening: layout.events, O_RDONLY).sync()
    }
    // Whose lock it was is no part of the result, and could be damaged unnoticed.
    try clearLock(layout.lock)
    let list = try SumList(of: try filesBelow(path).plain.filter(SumList.covers), in: path)
    try replaceFile(layout.sums, Array(list.text.utf8))
    return true
  }

  /// Compares the files of a run folder with its `SHA256SUMS`; nil if it has none, as a run that is
  /// being written or was interrupted.
  ///
  /// It does not open the run, so it works for one that is damaged beyond opening.
  public static func checkSeal(at path: String) throws(StoreError) -> SealReport? {
    let layout = RunLayout(path: path)
    guard try fileKind(layout.sums) != nil else { return nil }
    let bytes = try readFile(layout.sums, limit: SumList.sizeLimit)
    var report = SealReport()
    let found = try filesBelow(path)
    guard let list = SumList(parsing: bytes) else {
      report.findings = [
        .init(file: SumList.name, reason: "its lines do not have the SHA-256 of its last line")
      ]
      return report
    }
    // By bytes, as the system takes names: Swift's strings are equal where Unicode calls them
    // equivalent.
    let present = Set(found.plain.map { Array($0.utf8) })
    for (file, digest) in list.entries {
      guard present.contains(Array(file.utf8)) else {
        report.findings.append(.init(file: file, reason: "it is missing", isDamage: true))
        continue
      }
      let (actual, size) = try hashFile(path + "/" + file)
      report.files += 1
      report.bytes += size
      if actual.hex != digest {
        report.findings.append(
          .init(
            file: file, reason: "it does not have the SHA-256 that the run ended with",
            isDamage: true))
      }
    }
    let listed = Set(list.entries.map { Array($0.file.utf8) })
    for file in found.plain + found.others where !listed.contains(Array(file.utf8)) {
      if file.hasSameBytes(as: SumList.name) || file.hasSameBytes(as: SumList.lock) { continue }
      if file.startsWithBytes(of: SumList.exports) {
        report.unlistedExports.append(file)
      } else {
        report.findings.append(
          .init(
            file: file,
            reason: file.hasSameBytes(as: SumList.draft)
              ? "a program that was killed left it behind; remove it"
              : "it was added after the run ended"))
      }
    }
    for folder in found.emptyFolders where !SumList.mayBeEmpty(folder) {
      if listed.contains(where: { $0.starts(with: (folder + "/").utf8) }) { continue }
      report.findings.append(
        .init(file: folder, reason: "this empty folder was added after the run ended"))
    }
    switch try fileKind(layout.lock) {
    case nil: report.findings.append(.init(file: SumList.lock, reason: "it is missing"))
    case S_IFREG where try hashFile(layout.lock).size == 0: break
    default:
      report.findings.append(
        .init(file: SumList.lock, reason: "it was changed after the run ended"))
    }
    return report
  }

  /// Takes files that were just written to `exports/` into `SHA256SUMS`.
  ///
  /// The lines of all others stay, so that damage to them stays found. A run without a seal, with a
  /// damaged one, or with a writer is left alone.
  ///
  /// - Parameter written: the paths of files, or of folders with all that is in them; those outside
  ///   `exports/` are ignored.
  public static func sealExports(
    at path: String, written: [String]
  ) throws(StoreError) {
    guard let exports = canonicalPath(RunLayout(path: path).exports) else { return }
    let names = written.compactMap { file -> String? in
      guard let file = canonicalPath(file), (file + "/").startsWithBytes(of: exports + "/")
      else { return nil }
      return SumList.exports + String(Substring(file.utf8.dropFirst(exports.utf8.count + 1)))
    }
    func isWritten(_ file: String) -> Bool {
      names.contains {
        file.hasSameBytes(as: $0)
          || file.startsWithBytes(of: $0.utf8.last == UInt8(ascii: "/") ? $0 : $0 + "/")
      }
    }
    if names.isEmpty { return }
    try changeSums(at: path) { list throws(StoreError) in
      SumList(
        entries: list.entries.filter { !isWritten($0.file) }
          + (try SumList(of: filesBelow(path).plain.filter(isWritten), in: path)).entries)
    }
  }

  /// Strikes a file from `SHA256SUMS` before it is replaced: whoever reads or is killed in between
  /// has a file that nothing vouches for, not one that looks damaged.
  func unsealExport(_ name: String) throws(StoreError) {
    try Run.changeSums(at: path) { list throws(StoreError) in
      SumList(
        entries: list.entries.filter { !$0.file.hasSameBytes(as: SumList.exports + name) })
    }
  }

  /// The SHA-256 that `SHA256SUMS` has for a file in `exports/`; nil if nothing vouches for it.
  func sealedDigest(ofExport name: String) throws(StoreError) -> String? {
    guard try fileKind(layout.sums) == S_IFREG else { return nil }
    let list = SumList(parsing: try readFile(layout.sums, limit: SumList.sizeLimit))
    return list?.entries.first { $0.file.hasSameBytes(as: SumList.exports + name) }?.digest
  }

  /// Replaces `SHA256SUMS`, unless there is none or a writer is at work, who will write it anew.
  private static func changeSums(
    at path: String, _ change: (SumList) throws(StoreError) -> SumList
  ) throws(StoreError) {
    let layout = RunLayout(path: path)
    var attempts = 0
    // A run with a seal is locked for moments only, by others that write to exports/.
    while try fileKind(layout.sums) == S_IFREG {
      do throws(StoreError) {
        let lock = try RunLock(layout.lock)
        defer { withExtendedLifetime(lock) {} }
        // A writer may have come and gone.
        if try fileKind(layout.sums) == S_IFREG,
          let list = SumList(parsing: try readFile(layout.sums, limit: SumList.sizeLimit))
        {
          let changed = try change(list)
          if changed.text != list.text {
            try replaceFile(layout.sums, Array(changed.text.utf8))
          }
        }
        return try clearLock(layout.lock)
      } catch {
        guard case .locked = error else { throw error }
        attempts += 1
        if attempts == 100 { return }
        usleep(20_000)
      }
    }
  }

  /// Removes the seal before a commit.
  func breakSeal() throws(StoreError) {
    guard try fileKind(layout.sums) != nil else { return }
    try Run.breakSeal(layout)
    _ = try database.setJournal("WAL")
  }

  /// Refuses a sealed run in which a file has changed or is gone, those in `exports/` aside.
  ///
  /// Not where SQLite left a journal: it rolls the database back first, and that is checked later.
  ///
  /// - Throws: `StoreError.damaged` for the first such file.
  static func requireIntactSeal(_ layout: RunLayout) throws(StoreError) {
    guard try fileKind(layout.database + "-journal") == nil,
      let report = try checkSeal(at: layout.path)
    else { return }
    let damage = report.findings.first {
      $0.isDamage && !$0.file.startsWithBytes(of: SumList.exports)
    }
    guard let damage else { return }
    throw .damaged(place: layout.path + "/" + damage.file, reason: damage.reason)
  }

  /// Removes the seal of a run that is about to be written.
  static func breakSeal(_ layout: RunLayout) throws(StoreError) {
    guard try fileKind(layout.sums) != nil else { return }
    try removeTree(layout.sums)
    try syncFolder(layout.path)
  }
}

extension RunLayout {
  var sums: String { path + "/" + SumList.name }
}

extension RunDatabase {
  /// Changes to the log beside the file, `WAL`, or to a journal that exists during a transaction
  /// only, `DELETE`; false if a reader is in the way.
  fileprivate func setJournal(_ mode: String) throws(StoreError) -> Bool {
    do throws(StoreError) {
      return try write { db in
        // A reader that stays is not worth a long wait.
        try db.execute(sql: "PRAGMA busy_timeout = 500")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = 10000") }
        return try String.fetchOne(db, sql: "PRAGMA journal_mode = \(mode)") == mode.lowercased()
      }
    } catch {
      if case .database(_, let code, _) = error, code == ResultCode.SQLITE_BUSY.rawValue {
        return false
      }
      throw error
    }
  }
}

/// What is below a folder by its path from there, sorted: plain files; links, pipes and the like,
/// which are not followed; folders with nothing in them.
private func filesBelow(
  _ folder: String
) throws(StoreError) -> (plain: [String], others: [String], emptyFolders: [String]) {
  var plain: [String] = []
  var others: [String] = []
  var emptyFolders: [String] = []
  var pending = [""]
  while let prefix = pending.popLast() {
    let names = try names(in: folder + "/" + prefix)
    if names.isEmpty && !prefix.isEmpty { emptyFolders.append(String(prefix.dropLast())) }
    for name in names {
      let path = prefix + name
      switch try fileKind(folder + "/" + path) {
      case S_IFDIR: pending.append(path + "/")
      case S_IFREG: plain.append(path)
      // Gone since, unless its name is no text: no run has such a file.
      case nil where name.unicodeScalars.contains("\u{FFFD}"): others.append(path)
      case nil: continue
      default: others.append(path)
      }
    }
  }
  func sorted(_ paths: [String]) -> [String] {
    paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }
  return (sorted(plain), sorted(others), sorted(emptyFolders))
}

/// SHA-256 and size of a file of any size.
func hashFile(_ path: String) throws(StoreError) -> (digest: Digest, size: Int) {
  let file = try Descriptor(opening: path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
  var hasher = SHA256()
  var size = 0
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let number = file.number
    let count = try check("read", path) {
      buffer.withUnsafeMutableBytes { read(number, $0.baseAddress!, $0.count) }
    }
    if count == 0 { return (hasher.finalize(), size) }
    size += count
    buffer.withUnsafeBytes { hasher.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}

/// The path of an existing file without links; nil if there is none.
private func canonicalPath(_ path: String) -> String? {
  guard let buffer = realpath(path, nil) else { return nil }
  defer { free(buffer) }
  return String(cString: buffer)
}

private func clearLock(_ path: String) throws(StoreError) {
  try Descriptor(opening: path, O_WRONLY | O_TRUNC | O_NOFOLLOW).sync()
}
