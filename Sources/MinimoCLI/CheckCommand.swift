import ArgumentParser
import Minimo

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks files: the types of all declarations, and every proof.",
    discussion: """
      Examples:
        minimo check Domains/groups.p my-axioms.p
        minimo check --domain groups proofs.p

      A file declares constants and axioms, and may state theorems, with a proof \
      script or without one. With --domain the files hold theorems only, stated \
      over that domain: what 'minimo prove' prints.

      Prints a verdict for each theorem: proved (the kernel accepted the proof), \
      open (there is no script), or refused, with the place of the first error.

      Exit codes: 0 nothing is wrong, 1 a proof was refused, 64 wrong usage, 65 a \
      file is malformed or ill-typed, 74 a file cannot be read.
      """)

  @Option(help: "Check theorems over this domain: a name or the path of a .p file.")
  var domain: String?

  @Flag(help: "Print JSON lines.")
  var json = false

  @Argument(help: "The files.")
  var files: [String]

  func run() throws {
    let domain = try domain.map { (name) throws(MinimoError) in try Domain(argument: name) }
    var exitCode: Int32 = 0
    for file in files {
      do throws(MinimoError) {
        let verification: ScriptVerification
        let declarations: Int
        if let domain {
          verification = try domain.verify(path: file)
          declarations = 0
        } else {
          let own = try Domain(path: file)
          verification = own.verify()
          declarations = own.declarationCount
        }
        let verdicts = verification.verdicts
        try Standard.output.print(
          json ? lines(file, verdicts) : text(file, verdicts, declarations))
        if verdicts.contains(where: \.isRefused) { exitCode = max(exitCode, 1) }
      } catch {
        Standard.error.write("error: \(error)\n")
        exitCode = max(exitCode, error.exitCode)
        // Whoever reads the results is gone.
        if case .file(Standard.output.name, _) = error { break }
      }
    }
    if exitCode != 0 { throw ExitCode(exitCode) }
  }

  private func text(_ file: String, _ verdicts: [TheoremVerdict], _ declarations: Int) -> String {
    let refused = verdicts.count(where: \.isRefused)
    let open = verdicts.count { $0.word == "open" }
    var parts: [String] = []
    if declarations > 0 { parts.append("\(declarations) declarations") }
    if !verdicts.isEmpty {
      parts.append("\(verdicts.count - refused - open) theorems proved, \(open) open")
    }
    if refused > 0 { parts.append("\(refused) refused") }
    if parts.isEmpty { parts.append("nothing declared") }
    var text = "\(file): \(refused == 0 ? "ok" : "refused"): \(parts.joined(separator: ", "))\n"
    for verdict in verdicts {
      text += "  \(verdict.word)  \(verdict.theorem.name)\n"
      if case .refused(let diagnostic) = verdict.outcome { text += "\(diagnostic)\n" }
    }
    return text
  }

  private func lines(_ file: String, _ verdicts: [TheoremVerdict]) -> String {
    verdicts.map { verdict in
      var members: [String: JSONValue] = [
        "file": .string(file), "theorem": .string(verdict.theorem.name),
        "line": .int(verdict.theorem.position.line), "verdict": .string(verdict.word),
      ]
      if case .refused(let diagnostic) = verdict.outcome {
        members["error"] = .string(diagnostic.description)
      }
      return JSONValue.object(members).line
    }.joined()
  }
}

extension TheoremVerdict {
  fileprivate var isRefused: Bool { word == "refused" }

  fileprivate var word: String {
    switch outcome {
    case .proved: "proved"
    case .open: "open"
    case .refused: "refused"
    }
  }
}
