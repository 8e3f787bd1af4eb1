import ArgumentParser
import Minimo

struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Measures how many problems the agent of a run proves.",
    discussion: """
      Examples:
        minimo eval --run runs/groups-seed0 --problems Problems/groups.p
        minimo eval --run runs/groups-seed0 --problems hard.p --checkpoint 0 --expansions 100

      Checkpoint 0 has random weights, checkpoint N what was learned in N \
      iterations: the same problems, the same budget and different checkpoints \
      show what learning brought.

      Prints one line per problem and the fraction proved; with --json one object.

      Exit codes: 0 measured, 64 wrong usage, 65 wrong input, 70 a bug of Minimo, \
      74 a file cannot be read.
      """)

  @Option(name: .customLong("run"), help: "The folder of the run.")
  var path: String

  @Option(help: "A file of theorems to prove.")
  var problems: String

  @Option(help: "The iteration whose agent is measured. (default: the last)")
  var checkpoint: Int?

  @OptionGroup(title: "Search")
  var search: SearchOptions

  @OptionGroup(title: "Computing")
  var compute: ComputeOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let threads = try compute.start()
    let saved = try SavedRun(at: path)
    let agent = try saved.agent(after: checkpoint)
    let problems = try saved.domain.problems(path: problems)
    var results = [SearchReport?](repeating: nil, count: problems.count)
    Interruption.install()
    try search.prove(problems, in: saved.domain, by: agent, threads: threads) {
      (index, report) throws(MinimoError) in results[index] = report
    }
    let proved = results.count { $0?.theorem != nil }
    let share = problems.isEmpty ? 0 : Double(proved) / Double(problems.count)
    if json {
      let value: JSONValue = [
        "run": .string(path), "checkpoint": .int(agent.buffer.count),
        "expansions": .int(search.expansions), "problems": .int(problems.count),
        "proved": .int(proved), "fraction": .number(share),
        "results": .array(
          zip(problems, results).compactMap { $1?.json(of: $0, isComplete: false) }),
      ]
      try Standard.output.print(value.line)
    } else {
      var text = ""
      for (problem, report) in zip(problems, results) {
        text += "  \(problem.name): \(report?.outcome ?? "not searched")\n"
      }
      text +=
        "checkpoint \(agent.buffer.count) proves \(proved) of \(problems.count) "
        + "(\((share * 100).fixed(1)) %) within \(search.expansions) expansions each\n"
      try Standard.output.print(text)
    }
    try requireNoRefusal(results)
  }
}
