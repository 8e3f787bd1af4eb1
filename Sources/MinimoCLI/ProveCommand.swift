import ArgumentParser
import Minimo

struct ProveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Searches for proofs of statements.",
    discussion: """
      Examples:
        minimo prove --domain groups --statement "(= (op id id) id)"
        minimo prove --domain groups --problems Problems/groups.p --expansions 2000
        minimo prove --run runs/groups-seed0 --problems hard.p --output proved.p
        minimo check proved.p

      Without a run all actions count alike; with one its network guides the \
      search. A problem file holds theorems without proofs, one after the other: \
      theorem NAME : STATEMENT.

      Prints a file of theorems, each proved one with its proof, which \
      'minimo check --domain DOMAIN FILE' accepts; with --json one object per \
      statement. --output writes one file with the axioms and all that was \
      proved, for 'minimo check FILE'. The kernel has checked every proof. The \
      same seed finds the same proofs.

      Exit codes: 0 all proved, 1 something not proved, 64 wrong usage, 65 wrong \
      input, 70 a bug of Minimo, 74 a file cannot be read or written.
      """)

  @OptionGroup
  var source: SourceOptions

  @Option(help: "A statement to prove; may be given several times.")
  var statement: [String] = []

  @Option(help: "A file of theorems to prove.")
  var problems: String?

  @OptionGroup(title: "Search")
  var search: SearchOptions

  @OptionGroup(title: "Computing")
  var compute: ComputeOptions

  @Option(help: "Also write the axioms and the proved theorems to this file.")
  var output: String?

  @Flag(help: "Print JSON lines.")
  var json = false

  func run() throws {
    guard !statement.isEmpty || problems != nil else {
      throw MinimoError.usage("give --statement '…' or --problems FILE")
    }
    let threads = try compute.start()
    let (domain, agent, _) = try source.resolve()
    let problems = try self.problems(of: domain)
    let file = try output.map { (path) throws(MinimoError) in
      try TheoremFile(path: path, domain: domain, names: problems.map(\.name))
    }
    var results = [SearchReport?](repeating: nil, count: problems.count)
    Interruption.install()
    do throws(MinimoError) {
      try search.prove(problems, in: domain, by: agent, threads: threads) {
        (index, report) throws(MinimoError) in results[index] = report
      }
    } catch {
      // What was found is not thrown away.
      if case .interrupted = error { try print(problems, results) }
      throw error
    }
    try print(problems, results)
    try file?.write(results.compactMap { $0?.theorem })
    try requireNoRefusal(results)
    if results.contains(where: { $0?.theorem == nil }) { throw ExitCode(1) }
  }

  private func problems(of domain: Domain) throws(MinimoError) -> [Problem] {
    var all: [Problem] = []
    if let problems { all += try domain.problems(path: problems, dialect: source.dialect.dialect) }
    let taken = Set(all.map(\.name))
    for (index, text) in statement.enumerated() {
      var name = statement.count == 1 ? "goal_1" : "goal_\(index + 1)"
      while taken.contains(name) { name += "_" }
      all.append(
        try domain.problem(
          in: SourceFile(path: "--statement", text: text), named: domain.freeName(name)))
    }
    return all
  }

  private func print(_ problems: [Problem], _ results: [SearchReport?]) throws(MinimoError) {
    var text = ""
    for (problem, report) in zip(problems, results) {
      guard let report else { continue }
      if json {
        text += report.json(of: problem, isComplete: true).line
      } else if let theorem = report.theorem {
        text += theorem.script + "\n"
      } else {
        text += "/* \(report.outcome) */\ntheorem \(problem.name) : \(problem.statement).\n"
      }
    }
    try Standard.output.print(text)
  }
}
