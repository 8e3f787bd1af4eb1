import ArgumentParser
import Glibc
import Minimo

/// What a run can be exported as: one case and one function each.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
  /// One certificate per theorem, and an index.
  case certificates
  /// Files that Coq checks.
  case coq
  /// Files for Lean 4.
  case lean

  func files(of saved: SavedRun, limit: Int?) throws(MinimoError) -> [ExportedFile] {
    switch self {
    case .certificates: try saved.certificateFiles(limit: limit)
    case .coq: try saved.coqFiles(limit: limit)
    case .lean: try saved.leanFiles(limit: limit)
    }
  }
}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the theorems of a run for other programs.",
    discussion: """
      Examples:
        minimo export --run runs/groups-seed0 --format certificates --output certs
        minimo export --run runs/groups-seed0 --format coq --output coq && make -C coq

      Formats:
        certificates  one file per theorem, such as 0012-0003.cert for iteration \
      12, slot 3, and 0012-0003-0.cert for the first theorem found in hindsight \
      there; index.tsv lists file, statement and axioms. A certificate stands for \
      itself: theory, statement and proof term in plain text (see SOUNDNESS.md).
        coq           the axioms as a module type and the theorems as functors over it, \
      for Coq 8.16 and later; Assumptions.v prints what each theorem assumes. For \
      the shipped domains Model.v satisfies the axioms, so that the theorems hold of \
      something. 'make' in the folder checks it all; so does Scripts/coq-check, which \
      also compares the assumptions with the certificates.
        lean          axioms and theorems for Lean 4, not checked by anyone yet.

      The output folder must be new or empty.

      Exit codes: 0 done, 64 wrong usage, 65 the run is damaged or no run, 74 a \
      file cannot be written.
      """)

  @Option(name: .customLong("run"), help: "The folder of the run.")
  var path: String

  @Option(help: "One of \(ExportFormat.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format: ExportFormat

  @Option(help: "The folder to write, new or empty.")
  var output: String

  @Option(help: "Write only this many theorems, from the first one.")
  var limit: Int?

  func validate() throws {
    if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
  }

  func run() throws {
    let folder = try OutputFolder(path: output)
    let files = try format.files(of: SavedRun(at: path), limit: limit)
    for file in files { try folder.write(file) }
    // The output may be in the run folder.
    try? Run.sealExports(at: path, written: [output])
    try Standard.output.print("\(files.count.grouped) files in \(output)\n")
  }
}

/// A folder that is made, and was empty, for the files of one export.
struct OutputFolder {
  let path: String

  /// - Throws: `.usage` if there is something in it; `.file` if it cannot be made.
  init(path: String) throws(MinimoError) {
    self.path = path
    try OutputFolder.make(path)
    guard let folder = opendir(path) else { throw OutputFolder.failure(path) }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." {
        throw .usage("\(path) is not empty; give a new folder, or remove what is in it")
      }
    }
  }

  /// Writes a new file, and the folders that its path names.
  func write(_ file: ExportedFile) throws(MinimoError) {
    let path = "\(self.path)/\(file.path)"
    if let slash = path.lastIndex(of: "/") { try OutputFolder.make(String(path[..<slash])) }
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw OutputFolder.failure(path) }
    defer { close(descriptor) }
    if let reason = FileOutput.write(Array(file.text.utf8), to: descriptor) {
      throw .file(path: path, reason: "cannot be written: \(reason)")
    }
  }

  /// Makes a folder and the missing ones above it.
  private static func make(_ path: String) throws(MinimoError) {
    if mkdir(path, 0o755) == 0 { return }
    let code = errno
    if code == EEXIST { return }
    if code == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      try make(String(path[..<slash]))
      if mkdir(path, 0o755) == 0 { return }
    }
    throw failure(path)
  }

  private static func failure(_ path: String) -> MinimoError {
    .file(path: path, reason: "cannot be written: \(String(cString: strerror(errno)))")
  }
}
