import Glibc
import Synchronization

/// A moment of writing a run at which a test can end the process, or let the disk fail.
///
/// The variable `MINIMO_FAILPOINT` of the environment sets one: `after-manifest-fsync` kills the
/// process when it gets there, as a crash would; `after-manifest-fsync:3` when it gets there the
/// third time; `after-manifest-fsync:3:eio` lets the step fail with an input/output error instead.
/// Without the variable a fail point is one call of an empty closure.
enum FailPoint: String, CaseIterable, Sendable {
  // A new run: a folder under a passing name, renamed when it is complete.

  /// The folder of the draft is there, and empty.
  case creationFolder = "creation-after-folder"
  /// `theory.p` and `run.json` are on the disk.
  case creationFiles = "creation-after-files"
  /// `run.sqlite` is there, with its tables.
  case creationDatabase = "creation-after-database"
  /// The draft is on the disk, under its passing name.
  case creationSync = "creation-after-fsync"
  /// The run has its name; the folder that holds it is not synced.
  case creationRename = "creation-after-rename"

  // Opening for writing.

  /// A checkpoint without rows was removed.
  case recoveryOrphan = "recovery-after-orphan"
  /// The event log tells what the database holds.
  case recoveryEvents = "recovery-after-events"

  // A commit.

  /// The record is complete; nothing is written yet.
  case start = "before-commit"
  /// The folder of the unfinished checkpoint is there, and empty.
  case folder = "after-folder"
  /// A file of the checkpoint is on the disk. Reached once for each.
  case file = "after-file-fsync"
  /// The manifest is on the disk.
  case manifest = "after-manifest-fsync"
  /// The names in the folder are on the disk.
  case folderSync = "after-folder-fsync"
  /// The checkpoint has its name; the folder that holds it is not synced.
  case rename = "after-rename"
  /// The checkpoint is safe.
  case parentSync = "after-parent-fsync"
  /// The transaction is open.
  case begin = "after-begin"
  /// All rows are inserted; the transaction is open.
  case rows = "after-rows"
  /// The transaction is committed. From here on the iteration cannot be lost.
  case transaction = "after-transaction"
  /// The event log has its line.
  case event = "after-event"
  /// The write-ahead log is part of the database file again.
  case fold = "after-fold"
}

/// Called at each fail point.
typealias FailHook = @Sendable (FailPoint) throws(StoreError) -> Void

/// One fail point, and what happens there.
struct Fault: Equatable, Sendable {
  enum Effect: String, CaseIterable, Sendable {
    /// The process ends at once.
    case kill
    /// The step fails with an input/output error.
    case eio
  }

  var point: FailPoint
  /// Which time of reaching the point it is, from 1.
  var visit = 1
  var effect = Effect.kill

  static let variable = "MINIMO_FAILPOINT"

  /// The hook that the environment asks for.
  ///
  /// - Throws: `StoreError.unknownFailPoint`.
  static func hookOfEnvironment() throws(StoreError) -> FailHook {
    guard let text = getenv(variable).map({ String(cString: $0) }), !text.isEmpty else {
      return { _ throws(StoreError) in }
    }
    guard let fault = Fault(text) else { throw .unknownFailPoint(text) }
    return fault.hook()
  }

  func hook() -> FailHook {
    let visits = VisitCounter()
    return { (point) throws(StoreError) in
      guard point == self.point, visits.next() == self.visit else { return }
      switch effect {
      case .kill: Glibc.kill(getpid(), SIGKILL)
      case .eio:
        throw .io(
          operation: point.rawValue, path: Fault.variable, code: EIO,
          reason: String(cString: strerror(EIO)))
      }
    }
  }
}

extension Fault {
  /// Parses `NAME`, `NAME:VISIT`, `NAME:EFFECT` or `NAME:VISIT:EFFECT`.
  init?(_ text: String) {
    var parts = text.split(separator: ":", omittingEmptySubsequences: false)[...]
    guard let point = parts.popFirst().flatMap({ FailPoint(rawValue: String($0)) }) else {
      return nil
    }
    self.init(point: point)
    if let visit = parts.first.flatMap({ Int($0) }) {
      guard visit > 0 else { return nil }
      self.visit = visit
      parts.removeFirst()
    }
    if let name = parts.popFirst() {
      guard let effect = Effect(rawValue: String(name)) else { return nil }
      self.effect = effect
    }
    if !parts.isEmpty { return nil }
  }
}

private final class VisitCounter: Sendable {
  private let count = Atomic<Int>(0)

  func next() -> Int { count.add(1, ordering: .relaxed).newValue }
}
