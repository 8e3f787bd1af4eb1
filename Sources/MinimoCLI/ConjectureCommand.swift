import ArgumentParser
import Minimo

struct ConjectureCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "conjecture",
    abstract: "Poses conjectures: well-formed statements, proved or not.",
    discussion: """
      Examples:
        minimo conjecture --domain groups
        minimo conjecture --run runs/groups-seed0 --count 200 --problems > hard.p
        minimo prove --run runs/groups-seed0 --problems hard.p

      Without a run the conjecturer has random weights; with one it poses what its \
      agent believes to be hard, and nothing that was proved in the run. Every \
      statement is a proposition of the domain, and no two are the same.

      Prints one statement per line; with --json one object per line, with the \
      log-probability of the draw; with --problems a problem file.

      Exit codes: 0 done, 1 the domain has fewer statements to offer, 64 wrong \
      usage, 65 wrong input.
      """)

  @OptionGroup
  var source: SourceOptions

  @Option(help: "How many to pose.")
  var count = 10

  @Option(help: "Where all randomness comes from.")
  var seed: UInt64 = 0

  @OptionGroup(title: "Computing")
  var compute: ComputeOptions

  @Flag(help: "Print JSON lines.")
  var json = false

  @Flag(help: "Print a problem file: theorem c0 : STATEMENT.")
  var problems = false

  func run() throws {
    if json && problems { throw MinimoError.usage("choose one of --json and --problems") }
    let threads = try compute.start()
    let (domain, agent, _) = try source.resolve()
    let posed = try domain.pose(count, by: agent, seed: seed, threads: threads)
    var text = ""
    for (index, posed) in posed.enumerated() {
      if json {
        let line: JSONValue = [
          "statement": .string(posed.statement), "logProbability": .number(posed.logProbability),
        ]
        text += line.line
      } else if problems {
        text += "theorem \(domain.freeName("c\(index)")) : \(posed.statement).\n"
      } else {
        text += posed.statement + "\n"
      }
    }
    try Standard.output.print(text)
    if posed.count < count {
      Standard.error.write(
        "note: \(posed.count) of \(count) posed: after many draws nothing else was new\n")
      throw ExitCode(1)
    }
  }
}
