import Minimo

/// A file with the axioms of a domain and theorems over it, proofs included.
struct TheoremFile: ~Copyable {
  private let domain: Domain
  private let output: FileOutput

  /// - Throws: `.file` if it will not be possible to write it, `.usage` for a name that is taken.
  init(path: String, domain: Domain, names: [String]) throws(MinimoError) {
    for name in names where domain.file.theorems.contains(where: { $0.name == name }) {
      throw .usage(
        "\(domain.name) has a theorem '\(name)' already, so one file cannot hold both; "
          + "rename it in the problem file")
    }
    let output = try FileOutput(path: path)
    self.domain = domain
    self.output = output
  }

  /// Writes all, after checking that it is a file that `minimo check` accepts.
  consuming func write(_ theorems: [Theorem]) throws(MinimoError) {
    var text = domain.text
    if !text.hasSuffix("\n") { text += "\n" }
    text += "\n/* Proved by Minimo \(Minimo.version). */\n"
    for theorem in theorems { text += "\n\(theorem.script)\n" }
    let verdicts = try Domain(name: output.path, text: text).verify().verdicts
    for verdict in verdicts.suffix(theorems.count) {
      if case .refused(let diagnostic) = verdict.outcome {
        throw .internalError("a script does not prove its theorem: \(diagnostic)")
      }
    }
    try output.finish(text)
  }
}
