/// Everything that can go wrong with a run folder. Each description names the place and the fix.
public enum StoreError: Error, Equatable, Sendable {
  /// A system call failed; `reason` is the text of its `errno`.
  case io(operation: String, path: String, code: Int32, reason: String)
  /// A new run was asked for where something already is.
  case alreadyExists(path: String)
  /// The path is not a run folder.
  case notARun(path: String, reason: String)
  /// Another process (or another part of this one) writes to the run.
  case locked(path: String, holder: Int32?)
  /// A write was asked of a run opened for reading.
  case readOnly(path: String)
  /// `run.json` does not have the form that the store writes.
  case malformed(path: String, reason: String)
  /// Written by a newer version of the program.
  case newerFormat(path: String, found: Int, supported: Int)
  /// Written by an older version of the program, with other tables.
  case olderFormat(path: String, found: Int, supported: Int)
  /// `run.sqlite` is not an SQLite database, or too damaged to be read as one.
  case corruptDatabase(path: String, reason: String)
  /// An SQLite database that belongs to some other program.
  case foreignDatabase(path: String, applicationID: Int)
  /// The tables, indices, views or triggers are not the ones that the store creates.
  case schemaChanged(path: String, detail: String)
  /// The database forgot iterations that other files show to have been committed.
  case lostCommits(path: String, committed: Int?, witnessed: Int)
  /// Stored content does not have the hash recorded for it.
  case damaged(place: String, reason: String)
  /// A checkpoint is larger than the reader allows.
  case tooLarge(path: String, bytes: Int, limit: Int)
  /// The run has no such iteration.
  case noSuchIteration(iteration: Int, last: Int?)
  /// The record of an iteration contradicts itself; nothing was written.
  case invalidRecord(place: String, reason: String)
  /// The iteration is not the one that follows the last committed one.
  case outOfOrder(iteration: Int, expected: Int)
  /// The iteration was committed before, with other content.
  case conflict(iteration: Int)
  /// SQLite refused an operation, with its primary result code.
  case database(path: String, code: Int32, message: String)
  /// `MINIMO_FAILPOINT` does not name a fail point.
  case unknownFailPoint(String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .io(let operation, let path, _, let reason):
      "\(path): \(operation) failed: \(reason). Nothing committed was lost; "
        + "remove the cause (space, permissions, disk) and resume the run."
    case .alreadyExists(let path):
      "\(path): already exists. Resume it, or choose another folder for the new run."
    case .notARun(let path, let reason):
      "\(path): not a run folder: \(reason). Give the folder that holds run.json and run.sqlite."
    case .locked(let path, let holder):
      "\(path): in use by \(holder.map { "process \($0)" } ?? "another process"). "
        + "Wait until it ends or stop it; reading needs no lock."
    case .readOnly(let path):
      "\(path): opened for reading only. Open it for writing."
    case .malformed(let path, let reason):
      "\(path): malformed: \(reason). Restore the file from a copy; the program never changes it."
    case .newerFormat(let path, let found, let supported):
      "\(path): has format \(found), this program reads up to \(supported). Use a newer program."
    case .olderFormat(let path, let found, let supported):
      "\(path): has format \(found), and this program reads format \(supported) only. Read the run "
        + "with the version of the program that wrote it (programVersion in run.json), or train it "
        + "again with the seed and settings in run.json."
    case .corruptDatabase(let path, let reason):
      "\(path): damaged, not a database, or on a disk that cannot be read: \(reason). "
        + "If this stays so, restore it from a copy."
    case .foreignDatabase(let path, let applicationID):
      "\(path): belongs to another program (application id \(applicationID)). "
        + "Restore the run's own database from a copy."
    case .schemaChanged(let path, let detail):
      "\(path): the schema was changed: \(detail). Restore the database from a copy."
    case .lostCommits(let path, let committed, let witnessed):
      "\(path): the database ends "
        + (committed.map { "at iteration \($0)" } ?? "before iteration 0")
        + ", but iteration \(witnessed) was committed. Restore run.sqlite and run.sqlite-wal from "
        + "a copy; to go on without it, move the newer checkpoints and events.ndjson away."
    case .damaged(let place, let reason):
      "\(place): damaged: \(reason). Restore it from a copy."
    case .tooLarge(let path, let bytes, let limit):
      "\(path): \(bytes) bytes, over the limit of \(limit). Raise the limit if the file is yours."
    case .noSuchIteration(let iteration, let last):
      "iteration \(iteration) is not in the run, "
        + (last.map { "which ends at iteration \($0)." } ?? "which has no iteration yet.")
    case .invalidRecord(let place, let reason):
      "\(place): cannot be stored: \(reason). Nothing was written; correct the record."
    case .outOfOrder(let iteration, let expected):
      "iteration \(iteration) cannot be committed now: the next one is \(expected)."
    case .conflict(let iteration):
      "iteration \(iteration) is already committed with other content. "
        + "The same seed, program and configuration give the same content; "
        + "for other content, start a new run."
    case .database(let path, let code, let message):
      "\(path): SQLite error \(code): \(message). Nothing committed was lost; resume the run."
    case .unknownFailPoint(let text):
      "\(Fault.variable)=\(text): not a fail point. Unset it, or give NAME, NAME:VISIT, NAME:eio "
        + "or NAME:VISIT:eio with one of the names: "
        + FailPoint.allCases.map(\.rawValue).joined(separator: " ")
    }
  }
}
