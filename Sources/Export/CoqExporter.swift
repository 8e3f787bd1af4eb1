/// Writes theorems for Coq 8.16 and later.
///
/// `prop` is `Prop`, `type` is `Type@{u}` for one universe `u`, `=` is Coq's own equality. The
/// theory is a module type, the theorems are functors over it: what they prove holds of whatever
/// has the declarations of the theory. `Assumptions.v` instantiates it with axioms and prints those
/// that each theorem depends on; with a model, `Closed.v` instantiates it with a structure that
/// Coq knows. `Theorems.tsv` lists the theorems and what their certificates say that they assume.
public struct CoqExporter: ProofExporter {
  /// Files with a module `Model` that has all declarations of a theory. A line `(* theory … *)`
  /// gives the theory's hash: a model is used for no other theory.
  public var models: [String]
  /// Theorems in one file, at most.
  public var theoremsPerFile: Int

  public init(models: [String] = [], theoremsPerFile: Int = 500) {
    precondition(theoremsPerFile > 0, "a file cannot hold \(theoremsPerFile) theorems")
    self.models = models
    self.theoremsPerFile = theoremsPerFile
  }

  private func model(of theory: Certificate.Theory) -> String? {
    models.first { $0.split(separator: "\n").contains("(* theory \(theory.hash) *)") }
  }

  public func files(for theorems: TheoremCollection) throws(ExportError) -> [ExportedFile] {
    let theory = try CoqTheory(theorems.theory)
    let entries = theorems.entries
    var files = [
      ExportedFile(path: "Prelude.v", text: CoqTheory.prelude),
      ExportedFile(path: "Theory.v", text: theory.signature),
    ]
    var batches: [(module: String, theorems: [String])] = []
    var table = ""
    for start in stride(from: 0, to: entries.count, by: theoremsPerFile) {
      let batch = entries[start..<min(start + theoremsPerFile, entries.count)]
      let number = "\(batches.count + 1)"
      let module = "Proofs_" + String(repeating: "0", count: max(0, 4 - number.count)) + number
      var text = Self.heading + "From Minimo Require Import Prelude Theory.\n\n"
      text += "Module Proofs (Import T : THEORY).\n"
      for entry in batch {
        text += "\n" + (try theory.lemma(entry))
        let axioms = entry.certificate.axioms
        let assumed = axioms.filter { theory.outline.origins[$0] == nil }
        table += [
          module, CoqNames.theorem(entry.name),
          assumed.map(CoqNames.axiom).joined(separator: " "),
          axioms.map(CoqNames.constant).joined(separator: " "),
        ].joined(separator: "\t")
        table += "\n"
      }
      text += "\nEnd Proofs.\n"
      files.append(ExportedFile(path: module + ".v", text: text))
      batches.append((module, batch.map { CoqNames.theorem($0.name) }))
    }
    files.append(
      ExportedFile(
        path: "Assumptions.v",
        text: applications(of: batches, to: "Axioms", theory.assumptions)))
    let model = model(of: theorems.theory)
    if let model {
      files.append(ExportedFile(path: "Model.v", text: model))
      files.append(
        ExportedFile(path: "Closed.v", text: applications(of: batches, to: "Model", nil)))
    }
    let sources = files.map(\.path)
    files.append(
      ExportedFile(
        path: "_CoqProject", text: "-Q . Minimo\n" + sources.joined(separator: "\n") + "\n"))
    files.append(ExportedFile(path: "Makefile", text: Self.makefile(sources)))
    files.append(ExportedFile(path: "Theorems.tsv", text: table))
    files.append(ExportedFile(path: "README", text: Self.readme(hasModel: model != nil)))
    return files
  }

  static let heading = "(* Written by minimo export --format coq. *)\n"

  /// The theorems of a structure, with what each depends on.
  private func applications(
    of batches: [(module: String, theorems: [String])], to structure: String,
    _ definition: String?
  ) -> String {
    let modules = batches.map(\.module) + (definition == nil ? [structure] : [])
    var text = Self.heading
    text += "From Minimo Require Import Prelude Theory.\n"
    if !modules.isEmpty { text += "From Minimo Require \(modules.joined(separator: " ")).\n" }
    text += "Set Printing Width 100000.\n"
    if let definition { text += "\n" + definition }
    let structure = definition == nil ? "\(structure).\(structure)" : structure
    for (module, theorems) in batches {
      text += "\nModule \(module)_ := \(module).Proofs \(structure).\n"
      for theorem in theorems { text += "Print Assumptions \(module)_.\(theorem).\n" }
    }
    return text
  }

  private static func makefile(_ sources: [String]) -> String {
    var text = "# Checks all files with coqc, then what coqc wrote with the smaller coqchk.\n"
    text += "SOURCES = \(sources.joined(separator: " "))\n\n"
    text += "check:\n\tfor file in $(SOURCES); do coqc -Q . Minimo $$file || exit 1; done\n"
    text += "\tcoqchk -silent -o -Q . Minimo $(SOURCES:%.v=Minimo.%)\n\n.PHONY: check\n"
    return text
  }

  private static func readme(hasModel: Bool) -> String {
    let model =
      hasModel
      ? "Model.v satisfies the axioms, and Closed.v applies the theorems to it."
      : "There is no Model.v: none is known, so nothing here shows that the axioms are consistent."
    return """
      Theorems for Coq, checked by `make`; very deep proofs need `ulimit -s unlimited` first.
      Theory.v declares the axioms, Proofs_*.v proves from them, Assumptions.v prints what each
      theorem assumes.
      \(model)
      Theorems.tsv has a line per theorem: file, name, axioms that Coq must print, axioms of its
      certificate, the last two apart where the theory computes.

      """
  }
}
