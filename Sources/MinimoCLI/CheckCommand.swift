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
        minimo check --dialect legacy natural_number_game.p

      A file declares constants and axioms, and may state theorems, with a proof \
      script or without one. With --domain the files hold theorems only, stated \
      over that domain: what 'minimo prove' prints.

      Prints a verdict for each theorem: proved (the kernel accepted the proof), \
      open (there is no script), or refused, with the place of the first error.

      Files written for the original Peano are read with --dialect legacy. Each \
      repair is a note with a number and a place; in the strict dialect it is an \
      error:
      \(Repair.table)
      Their scripts name rules without arguments ('show T by rule', 'apply rule' \
      with 'goal' blocks, 'have', 'current goal', 'halt'): the arguments are \
      found, and the kernel has the last word. A theorem about a type, not a \
      proposition, is proved by an element.

      Exit codes: 0 nothing is wrong, 1 a proof was refused, 64 wrong usage, 65 a \
      file is malformed or ill-typed, 74 a file cannot be read.
      """)

  @Option(help: "Check theorems over this domain: a name or the path of a .p file.")
  var domain: String?

  @OptionGroup
  var dialect: DialectOption

  @Flag(help: "Print JSON lines.")
  var json = false

  @Argument(help: "The files.")
  var files: [String]

  func run() throws {
    let domain = try domain.map { (name) throws(MinimoError) in
      try Domain(argument: name, dialect: dialect.dialect)
    }
    var exitCode: Int32 = 0
    for file in files {
      do throws(MinimoError) {
        let verification: ScriptVerification
        let declarations: Int
        if let domain {
          verification = try domain.verify(path: file, dialect: dialect.dialect)
          declarations = 0
        } else {
          let own = try Domain(path: file, dialect: dialect.dialect)
          verification = own.verify()
          declarations = own.declarationCount
        }
        let verdicts = verification.verdicts
        try Standard.output.print(
          json
            ? lines(file, verification)
            : text(file, verdicts, declarations) + notes(verification.repairs))
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
    let checked = verdicts.count { $0.word == "checked" }
    var parts: [String] = []
    if declarations > 0 { parts.append("\(declarations) declarations") }
    if verdicts.count > checked {
      parts.append("\(verdicts.count - refused - open - checked) theorems proved, \(open) open")
    }
    if checked > 0 { parts.append("\(checked) blocks checked") }
    if refused > 0 { parts.append("\(refused) refused") }
    if parts.isEmpty { parts.append("nothing declared") }
    var text = "\(file): \(refused == 0 ? "ok" : "refused"): \(parts.joined(separator: ", "))\n"
    for verdict in verdicts {
      text += "  \(verdict.word)  \(verdict.theorem.name)\n"
      if case .refused(let diagnostic) = verdict.outcome { text += "\(diagnostic)\n" }
    }
    return text
  }

  private func notes(_ repairs: RepairLog) -> String {
    if repairs.count == 0 { return "" }
    var text = "  \(repairs.count) repairs\n"
    for note in repairs.notes { text += "\(note)\n" }
    let rest = repairs.count - repairs.notes.count
    return text + (rest > 0 ? "  … and \(rest) more\n" : "")
  }

  private func lines(_ file: String, _ verification: ScriptVerification) -> String {
    let verdicts = verification.verdicts.map { verdict in
      var members: [String: JSONValue] = [
        "file": .string(file), "theorem": .string(verdict.theorem.name),
        "line": .int(verdict.theorem.position.line), "verdict": .string(verdict.word),
      ]
      if case .refused(let diagnostic) = verdict.outcome {
        members["error"] = .string(diagnostic.description)
      }
      return JSONValue.object(members).line
    }
    let notes = verification.repairs.notes.map { note in
      JSONValue.object([
        "file": .string(file), "line": .int(note.position.line),
        "repair": .string(note.repair?.code ?? ""), "note": .string(note.message),
      ]).line
    }
    return (verdicts + notes).joined()
  }
}

extension Repair {
  /// One line for each repair.
  fileprivate static var table: String {
    allCases.map { repair in
      "  \(repair.code) \(repair.summary.written)\n     read as: \(repair.summary.read)"
    }.joined(separator: "\n")
  }
}

extension TheoremVerdict {
  fileprivate var isRefused: Bool { word == "refused" }

  fileprivate var word: String {
    switch outcome {
    // A `verify` block of the legacy dialect states nothing.
    case .proved: theorem.legacyScript?.hasGoal == false ? "checked" : "proved"
    case .open: "open"
    case .refused: "refused"
    }
  }
}
