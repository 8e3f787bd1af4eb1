import Minimo

/// Tells on standard error how training goes: one live line on a terminal, else JSON lines.
struct TrainProgress {
  enum Style {
    case automatic, lines
  }

  private let run: String
  private let threads: Int
  private var screen: ProgressScreen?
  private let timer = Timer()
  private var iterations = 0
  private var estimate = TimeEstimate()
  private var hasTheorem = false
  /// When the last line that may be left out was written.
  private var lastLine = -Double.infinity
  private var committed = 0
  private var domain = ""
  private var configuration = AgentConfiguration()
  private var title = ""

  var seconds: Double { timer.seconds }

  init(style: Style, run: String, threads: Int) {
    self.run = run
    self.threads = threads
    if style == .automatic, Standard.error.isTerminal { screen = ProgressScreen() }
  }

  mutating func configure(_ domain: Domain, _ configuration: AgentConfiguration) {
    self.domain = domain.name
    self.configuration = configuration
  }

  /// - Throws: `.interrupted` once the user has asked to stop.
  mutating func report(_ event: Trainer.Event) throws(MinimoError) {
    switch event {
    case .started(let after, let iterations): started(after, iterations)
    case .iteration(let iteration, let event): report(event, iteration)
    case .committed(let report): committed(report)
    }
    try Interruption.check()
  }

  private mutating func started(_ after: Int, _ iterations: Int) {
    self.iterations = iterations
    committed = after
    estimate.iterationsLeft = iterations - after
    if screen != nil {
      let start = after == 0 ? "Training" : "Going on after iteration \(after)"
      let text =
        "\(start): \(domain), "
        + "\(iterations) iterations of \(configuration.conjectures) conjectures, "
        + "\(configuration.expansions) expansions each, seed \(configuration.seed), "
        + "\(threads) threads\nRun folder: \(run)\n"
      screen?.print(text)
    } else {
      line(
        "started",
        [
          "run": .string(run), "domain": .string(domain), "after": .int(after),
          "iterations": .int(iterations), "conjectures": .int(configuration.conjectures),
          "expansions": .int(configuration.expansions),
          "seed": .string(String(configuration.seed)), "threads": .int(threads),
        ])
    }
  }

  private mutating func report(_ event: AgentEvent, _ iteration: Int) {
    let seconds = timer.seconds
    title = "iteration \(iteration)/\(iterations)"
    switch event {
    case .posing(let count):
      estimate.enter(.pose, at: seconds)
      show(
        "posing \(count) conjectures", "posing",
        ["iteration": .int(iteration), "count": .int(count)])
    case .proving(let finished, let total, let expansions, let proved):
      estimate.enter(.prove, at: seconds)
      let budget = Double(max(1, total)) * Double(configuration.expansions)
      estimate.phaseShare = max(
        Double(finished) / Double(max(1, total)), min(1, Double(expansions) / budget))
      show(
        "searched \(finished) of \(total), proved \(proved)", "proving",
        [
          "iteration": .int(iteration), "finished": .int(finished), "total": .int(total),
          "expansions": .int(expansions), "proved": .int(proved),
        ], detail: "\(expansions.grouped) expansions", isOptional: finished < total)
    case .proved(let slot, let theorem):
      proved(theorem, slot: slot, iteration: iteration, seconds: seconds)
    case .relabelling(let count):
      estimate.enter(.relabel, at: seconds)
      show(
        "weighing \(count) theorems proved by accident", "relabelling",
        ["iteration": .int(iteration), "count": .int(count)])
    case .learning(let step, let steps, let losses):
      estimate.enter(.learn, at: seconds)
      estimate.phaseShare = Double(step) / Double(max(1, steps))
      show(
        "learning, step \(step) of \(steps)", "learning",
        [
          "iteration": .int(iteration), "step": .int(step), "steps": .int(steps),
          "losses": losses.json,
        ], isOptional: step < steps)
    }
  }

  private mutating func proved(
    _ theorem: Theorem, slot: Int, iteration: Int, seconds: Double
  ) {
    let isFirst = !hasTheorem
    hasTheorem = true
    if screen != nil {
      guard isFirst else { return }
      let head = screen?.bold("First theorem, after \(seconds.duration), checked by the kernel:")
      screen?.print("\n\(head ?? "")\n\(theorem.script)\n\n")
      return
    }
    line(
      "proved",
      [
        "iteration": .int(iteration), "slot": .int(slot), "first": .bool(isFirst),
        "statement": .string(theorem.statement), "script": .string(theorem.script),
      ])
  }

  private mutating func committed(_ report: IterationReport) {
    estimate.finishIteration(at: timer.seconds)
    committed = report.iteration
    let losses = report.losses
    let mean =
      report.proofs.isEmpty
      ? nil
      : report.proofs.reduce(0) { $0 + $1.logProbability } / Double(report.proofs.count)
    let left = estimate.secondsLeft(at: timer.seconds)
    if screen != nil {
      let figures = [
        "proved \(report.proofs.count) of \(report.posing.conjectures.count)",
        "hindsight \(report.hindsight.count)",
        "log p \(mean.map { $0.fixed(1) } ?? "-")",
        timer.seconds.duration,
      ]
      screen?.print("iteration \(report.iteration): \(figures.joined(separator: ", "))\n")
    } else {
      line(
        "committed",
        [
          "iteration": .int(report.iteration), "posed": .int(report.posing.conjectures.count),
          "proved": .int(report.proofs.count), "hindsight": .int(report.hindsight.count),
          "logProbability": mean.map { .number($0) } ?? .null, "losses": losses.json,
          "secondsLeft": left.map { .number($0.rounded()) } ?? .null,
        ])
    }
  }

  /// Clears the live line.
  mutating func end() {
    screen?.clear()
  }

  mutating func interrupted() {
    screen?.clear()
    let command = "minimo train --resume --run \(run)"
    if screen != nil {
      let kept =
        committed == 0
        ? "No iteration is finished yet." : "Iterations up to \(committed) are safe in \(run)."
      Standard.error.write("Interrupted. \(kept)\nGo on with: \(command)\n")
    } else {
      line("interrupted", ["committed": .int(committed), "resume": .string(command)])
    }
  }

  // MARK: Lines

  /// Shows where the work stands, with a detail where there is room; what `isOptional` is shown now
  /// and then.
  private mutating func show(
    _ text: String, _ event: String, _ members: [String: JSONValue], detail: String? = nil,
    isOptional: Bool = false
  ) {
    let seconds = timer.seconds
    if isOptional, seconds - lastLine < (screen == nil ? 2 : 0.1) { return }
    lastLine = seconds
    let left = estimate.secondsLeft(at: seconds)
    if screen != nil {
      let time = left.map { "about \($0.duration) left" }
      screen?.show([title, text, time, detail].compactMap { $0 })
    } else {
      var members = members
      if let left { members["secondsLeft"] = .number(left.rounded()) }
      line(event, members)
    }
  }

  private func line(_ event: String, _ members: [String: JSONValue]) {
    var members = members
    members["event"] = .string(event)
    members["seconds"] = .number((timer.seconds * 100).rounded() / 100)
    Standard.error.write(JSONValue.object(members).line)
  }
}

extension LossReport {
  /// Mean losses by name; what nothing was learned from is missing.
  var json: JSONValue {
    var members: [String: JSONValue] = [:]
    if tokenWeight > 0 { members["token"] = .number(token / tokenWeight) }
    if policyWeight > 0 { members["policy"] = .number(policy / policyWeight) }
    if valueWeight > 0 { members["value"] = .number(value / valueWeight) }
    return .object(members)
  }
}
