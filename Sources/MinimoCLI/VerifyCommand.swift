import ArgumentParser
import Minimo

struct VerifyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Checks a run: every file, every row, every theorem by two checkers, every script.",
    discussion: """
      Examples:
        minimo verify --run runs/groups-seed0
        minimo verify --run runs/groups-seed0 --json | python3 -m json.tool

      Compares
        every file with SHA256SUMS, which a run writes when it ends or is stopped, \
      so that no bit of the folder can change unnoticed; a run that was killed has \
      none, and is checked by the hashes of its contents alone
        every row with its hash, every iteration with the chain, every checkpoint \
      file with its manifest, the axioms with the hash in run.json
        the recorded numbers with the rows and the examples, events.ndjson with the \
      database
        every statement with its hash and the theory, in which it must be a \
      proposition, and with those posed or proved before, which it must not repeat
        every theorem's certificate with the recorded statement and the axioms of \
      the run.
      Then two checkers that share no code check every certificate from its text: \
      the kernel, and a second one that knows nothing but the text. Every proof \
      script is checked as 'minimo check' does, and must prove the recorded statement.

      Each thing that does not hold is named with its place. The axioms are named \
      by their domain and hash; a warning tells where a run is called like a domain \
      of this program and has other axioms, which is no failure.

      Exit codes: 0 all holds, 1 something does not, 64 wrong usage, 65 this is no \
      run that can be read, 74 a file cannot be read.
      """)

  @Option(name: .customLong("run"), help: "The folder of the run.")
  var path: String

  @Option(help: "Threads. (default: the processors here)")
  var threads: Int?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let verification = try RunVerification(
      at: path, threads: threads ?? Minimo.processorCount)
    try Standard.output.print(
      json ? verification.json(of: path).line : verification.text(of: path))
    if !verification.failures.isEmpty { throw ExitCode(1) }
  }
}

extension RunVerification {
  /// Failures shown as text; JSON has all.
  private static let shownFailures = 50

  fileprivate func text(of path: String) -> String {
    var text = "\(path)\n"
    if let run {
      text += "  axioms        \(run.axiomSummary)\n"
      text += run.axiomWarningText(after: "  warning       ") ?? ""
    }
    if let seal {
      text += "  files         \(seal.files.grouped) of SHA256SUMS, \(seal.bytes.grouped) bytes\n"
      if !seal.unlistedExports.isEmpty {
        text += "                \(seal.unlistedExports.count) in exports/ that it does not list\n"
      }
    } else {
      text += "  files         no SHA256SUMS: the run is being written or was killed\n"
    }
    if let rows {
      text += """
          rows          \(rows.rows.grouped) in \(rows.iterations) iterations
          checkpoints   \(rows.checkpointFiles.grouped) files, \(rows.checkpointBytes.grouped) bytes

        """
    }
    text += """
        theorems      \(provedCount.grouped) proved as posed, \(hindsightCount.grouped) in hindsight


      """
    var table = ColumnTable(header: ["checker", "accepted", "refused", "CPU s per 1,000"])
    for tally in tallies {
      table.rows.append([
        tally.name, tally.accepted.grouped, tally.refused.grouped,
        tally.secondsPerThousand.map { $0.fixed(3) } ?? "-",
      ])
    }
    text += table.text + "\n"
    if failures.isEmpty { return text + "All holds.\n" }
    text += "\(failures.count) of these things do not hold:\n"
    for failure in failures.prefix(RunVerification.shownFailures) { text += "  \(failure)\n" }
    let rest = failures.count - RunVerification.shownFailures
    return rest > 0 ? text + "  and \(rest) more; --json lists all\n" : text
  }

  fileprivate func json(of path: String) -> JSONValue {
    var members: [String: JSONValue] = [
      "run": .string(path), "holds": .bool(failures.isEmpty), "sealed": .bool(seal != nil),
      "proved": .int(provedCount), "hindsight": .int(hindsightCount),
      "failures": .array(
        failures.map { ["place": .string($0.place), "reason": .string($0.reason)] }),
      "checkers": .array(
        tallies.map { tally in
          [
            "name": .string(tally.name), "accepted": .int(tally.accepted),
            "refused": .int(tally.refused), "cpuSeconds": .number(tally.seconds),
          ]
        }),
    ]
    if let run {
      members["domain"] = .string(run.domain)
      members["theoryHash"] = .string(run.theoryHash)
      members["warnings"] = .array((run.axiomWarning.map { [$0] } ?? []).map { .string($0) })
    }
    if let seal {
      members["files"] = .int(seal.files)
      members["unlistedExports"] = .array(seal.unlistedExports.map { .string($0) })
    }
    if let rows {
      members["iterations"] = .int(rows.iterations)
      members["rows"] = .int(rows.rows)
      members["checkpointFiles"] = .int(rows.checkpointFiles)
    }
    return .object(members)
  }
}
