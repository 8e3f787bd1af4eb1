import ArgumentParser
import Glibc
import Minimo

/// The program `minimo`: one place where commands start and errors end.
@main
enum Program {
  static func main() {
    Standard.reserveDescriptors()
    // A reader that leaves and a file that gets too large are errors to report, not to die of.
    signal(SIGPIPE, SIG_IGN)
    signal(SIGXFSZ, SIG_IGN)
    do {
      var command = try MinimoCommand.parseAsRoot()
      try command.run()
    } catch let error as MinimoError {
      if case .interrupted = error {} else { Standard.error.write("error: \(error)\n") }
      exit(error.exitCode)
    } catch {
      MinimoCommand.exit(withError: error)
    }
  }
}

struct MinimoCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "minimo",
    abstract: "Learns mathematics from axioms alone: poses conjectures, proves them, learns.",
    discussion: """
      Start here:
        minimo train --domain groups --preset quick
        minimo report --run runs/groups-seed0
        minimo prove --run runs/groups-seed0 --statement "(= id (op id id))"

      A domain is one of \(Domain.shipped.joined(separator: ", ")), or the path of \
      a .p file with axioms of your own. Every theorem claimed was checked by a \
      small kernel.

      Results go to standard output, progress and errors to standard error. \
      Exit codes: 0 yes, 1 no (not proved, a check failed), 64 wrong usage, \
      65 wrong input, 70 a bug of Minimo, 74 a file cannot be read or written, \
      130 interrupted.
      """,
    version: Minimo.version,
    subcommands: [
      TrainCommand.self, ConjectureCommand.self, ProveCommand.self, CheckCommand.self,
      EvalCommand.self, ReportCommand.self, VerifyCommand.self, CheckTruthCommand.self,
      ExportCommand.self, BenchCommand.self,
    ])
}
