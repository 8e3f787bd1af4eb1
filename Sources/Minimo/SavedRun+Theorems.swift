public import Export
public import RunStore

/// A theorem as a run keeps it.
public struct StoredTheorem: Sendable, Hashable {
  public let subject: ProofRow.Subject
  /// The statement, printed.
  public let statement: String
  /// The proof as a readable script.
  public let script: String
  /// The proof with its theory, as text that stands for itself.
  public let certificate: String

  init(_ row: ProofRow) {
    subject = row.subject
    statement = row.statement
    script = row.script
    certificate = row.certificate
  }

  /// Iteration, slot and, in hindsight, number: `0012-0003`, `0012-0003-0`. Sorts as theorems do.
  public var id: String {
    let job = "\(padded(subject.job.iteration))-\(padded(subject.job.slot))"
    return switch subject {
    case .conjecture: job
    case .hindsight(let id): "\(job)-\(id.number)"
    }
  }
}

extension SavedRun {
  /// All that the run proved, by iteration and slot, each conjecture before its hindsight.
  ///
  /// - Throws: `.store` if the record is damaged.
  public func theorems() throws(MinimoError) -> [StoredTheorem] {
    try stored { () throws(StoreError) in try run.proofs() }.map { StoredTheorem($0) }
  }

  /// One certificate per theorem, and `index.tsv`: file, statement, axioms.
  ///
  /// - Parameter limit: how many theorems, from the first one.
  /// - Throws: `.store` or `.damaged` if the record is damaged.
  public func certificateFiles(limit: Int? = nil) throws(MinimoError) -> [ExportedFile] {
    var index = "file\tstatement\taxioms\n"
    var files: [ExportedFile] = []
    for theorem in try theorems().prefix(limit ?? .max) {
      let name = theorem.id + ".cert"
      let axioms: [String]
      do {
        axioms = try Certificate(theorem.certificate).axioms
      } catch {
        throw .damaged(
          place: "\(run.path)/run.sqlite, theorem \(theorem.id)", reason: "\(error)")
      }
      index += "\(name)\t\(theorem.statement)\t\(axioms.joined(separator: " "))\n"
      files.append(ExportedFile(path: name, text: theorem.certificate))
    }
    return files + [ExportedFile(path: "index.tsv", text: index)]
  }
}

private func padded(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
}
