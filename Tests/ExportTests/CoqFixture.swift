import Foundation
import Testing

@testable import Export

/// Coq as it is installed here, if it is.
enum Coq {
  static let isInstalled = ["coqc", "coqchk"].allSatisfy { tool in
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  /// A folder with the compiled prelude, which all exports share.
  private static let prelude: URL? = {
    let folder = temporaryFolder()
    let file = ExportedFile(path: "Prelude.v", text: CoqTheory.prelude)
    return (try? run([file], in: folder, beside: nil)) == .some(.accepted) ? folder : nil
  }()

  enum Verdict: Equatable {
    case accepted
    case refused(file: String, message: String)
  }

  /// What coqc says to the files of an export after the prelude.
  ///
  /// - Parameter count: how many of them; theory and proofs are the first two.
  static func check(
    _ theorems: TheoremCollection, models: [String] = [], count: Int? = nil
  ) throws -> Verdict {
    let files = try CoqExporter(models: models).files(for: theorems)
      .filter { $0.path.hasSuffix(".v") && $0.path != "Prelude.v" }
    guard let prelude else { return .refused(file: "Prelude.v", message: "") }
    let folder = temporaryFolder()
    defer { try? FileManager.default.removeItem(at: folder) }
    return try run(Array(files.prefix(count ?? files.count)), in: folder, beside: prelude)
  }

  private static func temporaryFolder() -> URL {
    FileManager.default.temporaryDirectory.appending(path: "coq-\(UUID().uuidString)")
  }

  private static func run(
    _ files: [ExportedFile], in folder: URL, beside prelude: URL?
  ) throws -> Verdict {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for file in files {
      try Data(file.text.utf8).write(to: folder.appending(path: file.path))
      var command = "ulimit -s unlimited; ulimit -t 60; cd '\(folder.path)' && coqc -q -Q . Minimo"
      if let prelude { command += " -Q '\(prelude.path)' Minimo" }
      let process = Process()
      process.executableURL = URL(filePath: "/bin/sh")
      process.arguments = ["-c", command + " \(file.path) 2>&1 >printed.txt"]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let message = pipe.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      guard process.terminationStatus == 0 else {
        return .refused(file: file.path, message: String(decoding: message, as: UTF8.self))
      }
    }
    return .accepted
  }
}

extension TheoremCollection {
  /// Theorems named `a`, `b`, ….
  init(_ certificates: Certificate...) throws {
    let entries = zip("abcdefghijklmnopqrstuvwxyz", certificates)
      .map { Entry(name: String($0), certificate: $1) }
    try self.init(theory: certificates[0].theory, entries)
  }
}

extension Certificate {
  /// The certificate in a theory with more declarations.
  func adding(_ declarations: [Declaration], nodes more: [Node] = []) -> Certificate {
    let shift = { [count = theory.nodes.count] in $0 < count ? $0 : $0 + more.count }
    return Certificate(
      theory: Theory(
        nodes: theory.nodes + more,
        declarations: theory.declarations
          + declarations.map { .init($0, nodeCount: theory.nodes.count + more.count) }),
      nodes: nodes.map { $0.mapParts(shift) }, axioms: axioms, statement: shift(statement),
      proof: shift(proof))
  }

  func with(statement: Int? = nil, proof: Int? = nil, nodes more: [Node] = []) -> Certificate {
    Certificate(
      theory: theory, nodes: nodes + more, axioms: axioms,
      statement: statement ?? self.statement, proof: proof ?? self.proof)
  }

  /// The certificate where the operations of `nat-mul` compute.
  var computing: Certificate {
    adding([
      .computable(operation: "+", atZero: "+_z", atSuccessor: "+_s"),
      .computable(operation: "*", atZero: "*_z", atSuccessor: "*_s"),
    ])
  }
}
