public import ArgumentParser
public import Minimo

extension FirstOrderLanguage: ExpressibleByArgument {}

struct CheckTruthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check-truth",
    abstract: "Tells what is true, what is false, and what of it a run proved.",
    discussion: """
      Examples:
        minimo check-truth --domain groups --statement "[('a : G) -> (= (op 'a 'a) id)]"
        minimo check-truth --domain nat-add --problems Problems/nat-add.p
        minimo check-truth --run runs/groups-seed0
        minimo check-truth --domain groups --statement "(= (inv id) id)" --print tptp

      Independent of Minimo's own proofs. Prints for each statement
        true   it holds in all models of the axioms: by truth tables, by computing \
      both sides of an equation of numerals, or by the provers eprover and cvc5 where \
      they are installed
        false  it fails in a model of the axioms, which is printed: the elements \
      are 0, 1, …, tables of two arguments have one row per first argument
        open   neither was found within the time, or a number in it is too large, \
      which is said
        unfit  it does not fit first-order logic, for the reason given.
      Logic is classical here, proofs are constructive: what is true need not have \
      a proof.

      With --run it classifies every conjecture and every theorem found in \
      hindsight, and keeps the verdicts in exports/truth.json of the run; 'minimo \
      report' shows them from then on. The next time it evaluates everything again, \
      but does not ask the tools what they have answered: their answers are taken from \
      the file, if it is listed in SHA256SUMS of the run. That list protects against \
      mistakes and accidents, not against somebody who rewrites it as well. \
      With --anew it does not read the file, asks the tools everything again and \
      replaces the file, also one that is damaged.

      Exit codes: 0 nothing is false (with --run: nothing that was proved), \
      1 something is, 64 wrong usage, 65 wrong input, 70 a prover and a model, \
      two provers, or truth.json and a model contradict one another, 74 a file \
      cannot be read or written, 130 interrupted.
      """)

  @Option(help: Domain.argumentHelp)
  var domain: String?

  @Option(help: "A statement; may be given several times.")
  var statement: [String] = []

  @Option(help: "A file of theorems, whose proofs are ignored.")
  var problems: String?

  @Option(name: .customLong("run"), help: "The folder of a run, all statements of which are meant.")
  var path: String?

  @Option(
    help: "Seconds that each tool has for a statement. (default: 5, with --run 1)")
  var time: Double?

  @Flag(help: "Ask no tools, even if they are installed.")
  var noTools = false

  @Flag(help: "Ask all tools about every statement; what they say must not differ.")
  var crossCheck = false

  @Flag(help: "Believe nothing that was found out before, with --run; ask the tools again.")
  var anew = false

  @Option(help: "Print the problem in this language, tptp or smtlib, and stop.")
  var print: FirstOrderLanguage?

  @Option(help: "Statements at a time, with --run.")
  var threads = 2

  @Flag(help: "Print JSON.")
  var json = false

  func validate() throws {
    if let time, !(0.1...3600).contains(time) {
      throw ValidationError("--time must be from 0.1 to 3600 seconds, not \(time)")
    }
    guard (1...Minimo.maximalThreads).contains(threads) else {
      throw ValidationError(
        "--threads must be from 1 to \(Minimo.maximalThreads), not \(threads)")
    }
    let hasStatements = !statement.isEmpty || problems != nil
    if (path == nil) != hasStatements {
      throw ValidationError(
        "give --domain with --statement '…' or --problems FILE, or --run DIR alone")
    }
    if hasStatements, domain == nil {
      throw ValidationError("give --domain NAME or FILE.p, whose axioms the statements are about")
    }
    if path != nil, domain != nil {
      throw ValidationError("--run DIR knows its axioms; leave --domain out")
    }
    if path == nil, anew { throw ValidationError("--anew needs --run DIR") }
    if path != nil, print != nil {
      throw ValidationError("--print needs --statement '…' or --problems FILE")
    }
  }

  func run() throws {
    Interruption.install()
    if let path { return try classifyRun(at: path) }
    guard let domain = try domain.map({ (name) throws(MinimoError) in try Domain(argument: name) })
    else { return }
    let problems = try problems(of: domain)
    if let print {
      for problem in problems {
        try Standard.output.print(domain.firstOrderText(problem.statement, in: print))
      }
      return
    }
    try classify(problems, of: domain)
  }

  private func tools(defaultSeconds: Double) -> TruthTools {
    var tools = noTools ? .none : TruthTools(seconds: time ?? defaultSeconds)
    tools.isCancelled = { (try? Interruption.check()) == nil }
    if !noTools, !tools.missing.isEmpty {
      Standard.error.write(
        "note: \(tools.missing.joined(separator: " and ")) not found on the path, going on "
          + "without; on Debian: apt-get install \(tools.missing.joined(separator: " "))\n")
    }
    return tools
  }

  private func problems(of domain: Domain) throws(MinimoError) -> [Problem] {
    var all: [Problem] = []
    if let problems { all += try domain.problems(path: problems) }
    for (index, text) in statement.enumerated() {
      all.append(
        try domain.problem(
          in: SourceFile(path: "--statement", text: text),
          named: statement.count == 1 ? "statement" : "statement_\(index + 1)"))
    }
    return all
  }

  // MARK: Statements

  private func classify(_ problems: [Problem], of domain: Domain) throws {
    let tools = tools(defaultSeconds: 5)
    let meter = domain.truthMeter
    if !meter.omitted.isEmpty {
      let names = meter.omitted.map { "\($0.name) (\($0.reason))" }.joined(separator: ", ")
      Standard.error.write(
        "note: without these declarations, so nothing is found to be false: \(names)\n")
    }
    let inconsistency = try domain.inconsistency(with: meter, tools: tools)
    warn(of: inconsistency)
    var isFalse = false
    for problem in problems {
      try Interruption.check()
      let verdict = try domain.classify(
        problem.statement, with: meter, tools: tools, crossCheck: crossCheck)
      if case .fails = verdict { isFalse = true }
      let limit = verdict == .open ? try domain.limit(on: problem.statement, with: meter) : nil
      try Standard.output.print(
        json
          ? jsonLine(problem, verdict, limit, inconsistency)
          : text(problem, verdict, limit, of: domain))
    }
    if isFalse { throw ExitCode(1) }
  }

  private func warn(of inconsistency: String?) {
    guard let inconsistency else { return }
    Standard.error.write(
      "warning: the axioms contradict one another (\(inconsistency)), so every statement is true\n")
  }

  private func jsonLine(
    _ problem: Problem, _ verdict: Verdict, _ limit: String?, _ inconsistency: String?
  ) -> String {
    guard case .object(var members) = verdict.json else { return "" }
    if let limit { members["reason"] = .string(limit) }
    members["name"] = .string(problem.name)
    members["statement"] = .string(problem.statement)
    if let inconsistency { members["inconsistentAxioms"] = .string(inconsistency) }
    return JSONValue.object(members).line
  }

  private func text(
    _ problem: Problem, _ verdict: Verdict, _ limit: String?, of domain: Domain
  ) throws(MinimoError) -> String {
    let word = verdict.word + String(repeating: " ", count: 5 - verdict.word.count)
    let reason = (verdict.reason ?? limit).map { ": \($0)" } ?? ""
    var text = "\(word)  \(problem.name)\(reason)\n"
    guard case .fails(let model) = verdict else { return text }
    if !model.assignment.isEmpty {
      text += "       \(try domain.canonicalText(of: problem.statement))\n"
    }
    for symbol in model.symbols { text += "       \(symbol.name) = \(symbol.value)\n" }
    for line in (model.toolOutput ?? "").split(separator: "\n").prefix(20) {
      text += "       \(line)\n"
    }
    return text
  }

  // MARK: Runs

  private func classifyRun(at path: String) throws {
    let saved = try SavedRun(at: path)
    let tools = tools(defaultSeconds: 1)
    if !anew, try saved.ignoresTruthRecord {
      Standard.error.write(
        "warning: \(path)/exports/truth.json is not listed in SHA256SUMS of the run, so it is not "
          + "believed: everything is asked again\n")
    }
    var screen = Standard.error.isTerminal ? ProgressScreen() : nil
    let timer = Timer()
    let record = try saved.classifyStatements(
      tools: tools, threads: threads, crossCheck: crossCheck, anew: anew
    ) { (progress) throws(MinimoError) in
      screen?.show([
        "classified \(progress.classified) of \(progress.total)",
        "true \(progress.counts.holds)  false \(progress.counts.fails)",
        "open \(progress.counts.open)  unfit \(progress.counts.unfit)", timer.seconds.duration,
      ])
      try Interruption.check()
    }
    screen?.clear()
    warn(of: record.inconsistency)
    let report = try RunReport(at: path)
    try Standard.output.print(json ? report.truthJSON + "\n" : report.truthReport + "\n")
    if !report.falseTheorems.isEmpty { throw ExitCode(1) }
  }
}
