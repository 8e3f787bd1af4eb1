import ArgumentParser
import Minimo

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Shows what a run did: tables, curves, theorems with their proofs.",
    discussion: """
      Examples:
        minimo report --run runs/groups-seed0
        minimo report --run runs/groups-seed0 --json | python3 -m json.tool

      Prints tables and curves and writes the same, with all proofs folded in, as \
      one HTML file to exports/report.html in the run folder. With --json prints \
      the figures for programs and writes nothing; runHash in it is SHA-256 over \
      all rows and the final weights, the same for the same seed. A run can be \
      reported on while it is being trained. A run that is called like a domain of \
      this program and has other axioms gets a warning, with --json on the standard \
      error.

      Exit codes: 0 done, 64 wrong usage, 65 the run is damaged or no run, 74 the \
      page cannot be written.
      """)

  @Option(name: .customLong("run"), help: "The folder of the run.")
  var path: String

  @Flag(help: "Print JSON; write no page.")
  var json = false

  func run() throws {
    let report = try RunReport(at: path)
    let warning = report.run.axiomWarningText(after: "Warning: ")
    if json {
      if let warning { Standard.error.write(warning) }
      try Standard.output.print(report.json + "\n")
    } else {
      try Standard.output.print((warning.map { $0 + "\n" } ?? "") + report.text)
      let page = try report.writePage(in: path)
      try Standard.output.print("\nAs a page: \(page)\n")
    }
  }
}
