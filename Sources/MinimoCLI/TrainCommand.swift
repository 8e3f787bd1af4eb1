import ArgumentParser
import Minimo

struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learns a domain from its axioms: poses, proves, learns, repeats.",
    discussion: """
      Examples:
        minimo train --domain groups
        minimo train --domain my-axioms.p --preset quick --seed 1
        minimo train --resume --run runs/groups-seed0

      Each iteration poses conjectures that the agent believes to be hard, \
      searches for a proof of each, adds what was proved by accident (hindsight), \
      and trains the network on all of it. Then the iteration is committed to the \
      run folder, and nothing can lose it: after Ctrl-C, a crash or a power cut, \
      --resume goes on to the very result of an undisturbed run.

      Presets, as iterations x conjectures x expansions per search:
      \(Preset.table)
      Numbers given one by one take precedence.

      While it runs: the first theorem with its proof, then a line with the time \
      left; JSON lines with --json or where standard error is no terminal. At the \
      end: a table of the iterations, with
        posed      conjectures
        proved     those with a proof that the kernel checked
        hindsight  other statements proved on the way
        log p      mean log-probability of the proofs; low is hard
        token      loss of the conjecturer
        policy     loss of the choice of steps
        value      loss of the judgement of states
      The run hash is the same for the same seed, settings, program and kind of \
      processor, whatever the number of threads.

      Exit codes: 0 done, 64 wrong usage, 65 wrong input, 70 a bug of Minimo, \
      74 disk trouble, 130 interrupted (what is committed stays).
      """)

  @Option(help: Domain.argumentHelp)
  var domain: String?

  @OptionGroup
  var dialect: DialectOption

  @OptionGroup(title: "Budget and settings")
  var settings: TrainSettings

  @Option(
    name: .customLong("run"), help: "The folder of the run. (default: runs/<domain>-seed<seed>)")
  var path: String?

  @Flag(help: "Go on with the run in the folder, with its own settings.")
  var resume = false

  @OptionGroup(title: "Computing")
  var compute: ComputeOptions

  @Flag(help: "Progress as JSON lines on standard error, the summary as JSON on standard output.")
  var json = false

  func run() throws {
    let threads = try compute.start()
    let domain = try domain.map { (name) throws(MinimoError) in
      try Domain(argument: name, dialect: dialect.dialect)
    }
    let path = try folder(domain)
    var progress = TrainProgress(style: json ? .lines : .automatic, run: path, threads: threads)
    Interruption.install()
    do {
      if resume {
        let saved = try requireAgreement(path, domain)
        progress.configure(saved.domain, saved.configuration)
        try Trainer.resume(at: path, threads: threads) { (event) throws(MinimoError) in
          try progress.report(event)
        }
      } else {
        guard let domain else { throw MinimoError.usage("give --domain NAME or FILE.p") }
        let configuration = settings.configuration
        let trainer = try Trainer(
          domain: domain, configuration: configuration, threads: threads)
        progress.configure(domain, configuration)
        try trainer.train(at: path) { (event) throws(MinimoError) in
          try progress.report(event)
        }
      }
    } catch MinimoError.interrupted {
      progress.interrupted()
      throw MinimoError.interrupted
    } catch MinimoError.store(.alreadyExists) {
      throw MinimoError.usage(
        "\(path): exists already; go on with it with --resume, "
          + "or choose another folder for the new run with --run DIR")
    }
    progress.end()
    try summarize(path, seconds: progress.seconds)
  }

  /// What the run to go on with is about, if that is what the arguments say too.
  ///
  /// The run is closed again: a reader would be in the way when the database is folded.
  private func requireAgreement(
    _ path: String, _ domain: Domain?
  ) throws(MinimoError) -> (domain: Domain, configuration: AgentConfiguration) {
    let saved = try SavedRun(at: path)
    if let domain { try saved.require(domain: domain) }
    try settings.requireAgreement(with: saved)
    return (saved.domain, saved.configuration)
  }

  /// Where the run is.
  private func folder(_ domain: Domain?) throws(MinimoError) -> String {
    if let path {
      if path.isEmpty { throw .usage("--run wants the path of a folder, not an empty text") }
      return path
    }
    guard let domain else {
      throw .usage(
        resume
          ? "--resume needs --run DIR, or --domain (and --seed) to find the run's folder"
          : "give --domain NAME or FILE.p: one of \(Domain.shipped.joined(separator: ", "))")
    }
    return "runs/\(domain.name)-seed\(settings.seed ?? 0)"
  }

  private func summarize(_ path: String, seconds: Double) throws {
    let summary = try TrainSummary(path)
    try Standard.output.print(json ? summary.json.line : summary.text(seconds: seconds))
    if !summary.report.failures.isEmpty {
      throw MinimoError.internalError(
        "the kernel refused \(summary.report.failures.count) proofs that the search believed in")
    }
  }
}

extension Preset {
  /// What each costs, for the help text.
  fileprivate static var table: String {
    let meanings: [(Preset, String)] = [
      (.quick, "a look: ends within 2 minutes on 2 cores"),
      (.default, "ends within 15 minutes on 2 cores"),
      (.paper, "the budget of Poesia et al. 2024"),
    ]
    return meanings.map { preset, meaning in
      let budget = preset.configuration
      let size = "\(budget.iterations) x \(budget.conjectures) x \(budget.expansions)"
      return "  \(preset.rawValue.padded(9))\(size.padded(16))\(meaning)"
    }.joined(separator: "\n")
  }
}

extension String {
  fileprivate func padded(_ width: Int) -> String {
    self + String(repeating: " ", count: max(0, width - count))
  }
}
