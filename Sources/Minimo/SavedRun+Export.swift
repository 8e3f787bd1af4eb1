public import Export
import ShippedDomains

extension SavedRun {
  /// What the run proved, for other checkers: theorem `0012-0003-0` has the name `0012_0003_0`.
  ///
  /// - Parameter limit: how many theorems, from the first one.
  /// - Throws: `.store` or `.damaged` if the record is damaged.
  public func theoremCollection(limit: Int? = nil) throws(MinimoError) -> TheoremCollection {
    var entries: [TheoremCollection.Entry] = []
    for theorem in try theorems().prefix(limit ?? .max) {
      do {
        entries.append(
          .init(
            name: String(theorem.id.map { $0 == "-" ? "_" : $0 }),
            certificate: try Certificate(theorem.certificate)))
      } catch {
        throw .damaged(
          place: "\(run.path)/run.sqlite, theorem \(theorem.id)", reason: "\(error)")
      }
    }
    do {
      let theory =
        entries.first?.certificate.theory ?? CertificateWriter(domain.space.theory).theory
      return try TheoremCollection(theory: theory, entries)
    } catch {
      throw .damaged(place: "\(run.path)/run.sqlite", reason: "\(error)")
    }
  }

  /// What the run proved as files for Coq, with a model of the axioms where Minimo has one.
  ///
  /// - Throws: `.store` or `.damaged` if the record is damaged, `.usage` if it cannot be written.
  public func coqFiles(limit: Int? = nil) throws(MinimoError) -> [ExportedFile] {
    let theorems = try theoremCollection(limit: limit)
    return try files(CoqExporter(models: ShippedDomains.coqModels), theorems)
  }

  /// What the run proved as files for Lean 4.
  ///
  /// - Throws: `.store` or `.damaged` if the record is damaged, `.usage` if it cannot be written.
  public func leanFiles(limit: Int? = nil) throws(MinimoError) -> [ExportedFile] {
    try files(LeanExporter(), theoremCollection(limit: limit))
  }

  private func files(
    _ exporter: some ProofExporter, _ theorems: TheoremCollection
  ) throws(MinimoError) -> [ExportedFile] {
    do {
      return try exporter.files(for: theorems)
    } catch {
      throw .usage("\(run.path): \(error)")
    }
  }
}
