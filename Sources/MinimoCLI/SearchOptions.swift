import ArgumentParser
import Minimo

/// How `prove` and `eval` search.
struct SearchOptions: ParsableArguments {
  @Option(help: "States that each search may expand.")
  var expansions = 1000

  @Option(help: "Where all randomness comes from.")
  var seed: UInt64 = 0

  @Option(help: "The rule of the search. (default: puct, or that of the run)")
  var selection: SelectionRule?

  /// Searches for proofs of all problems and shows on a terminal how far it is.
  ///
  /// - Parameter finished: called with each report as soon as it is there, by index.
  func prove(
    _ problems: [Problem], in domain: Domain, by agent: Agent?, threads: Int,
    finished: (Int, SearchReport) throws(MinimoError) -> Void
  ) throws(MinimoError) {
    var screen = Standard.error.isTerminal ? ProgressScreen() : nil
    let timer = Timer()
    var lastLine = 0.0
    var proved = 0
    defer { screen?.clear() }
    _ = try domain.prove(
      problems, by: agent, expansions: expansions, selection: selection?.selection, seed: seed,
      threads: threads
    ) { (state, reports) throws(MinimoError) in
      for (index, report) in reports {
        if report.theorem != nil { proved += 1 }
        try finished(index, report)
      }
      try Interruption.check()
      guard timer.seconds - lastLine > 0.1 else { return }
      lastLine = timer.seconds
      screen?.show([
        "searched \(state.finished) of \(state.total)", "proved \(proved)",
        "\(state.expansions.grouped) expansions", lastLine.duration,
      ])
    }
  }
}

extension SearchReport {
  /// How the search ended, in words.
  var outcome: String {
    switch verdict {
    case .proved(let theorem): "proved in \(theorem.stepCount) steps, \(expansions) expansions"
    case .open: "not proved within \(expansions) expansions"
    case .dead: "not proved: no action is left to try, after \(expansions) expansions"
    case .refused: "not proved: the kernel refused the proof found"
    }
  }

  private var verdictName: String {
    switch verdict {
    case .proved: "proved"
    case .open: "open"
    case .dead: "dead"
    case .refused: "refused"
    }
  }

  /// - Parameter isComplete: whether the proof itself is wanted.
  func json(of problem: Problem, isComplete: Bool) -> JSONValue {
    var members: [String: JSONValue] = [
      "name": .string(problem.name), "statement": .string(problem.statement),
      "verdict": .string(verdictName), "expansions": .int(expansions),
    ]
    if let theorem {
      members["steps"] = .int(theorem.stepCount)
      if isComplete { members["script"] = .string(theorem.script) }
    }
    if case .refused(let reason) = verdict { members["reason"] = .string(reason) }
    return .object(members)
  }
}

/// - Throws: `.internalError` if the kernel refused a proof that a search believed in.
func requireNoRefusal(_ results: [SearchReport?]) throws(MinimoError) {
  for case .refused(let reason)? in results.map({ $0?.verdict }) {
    throw .internalError("the kernel refused a proof that the search found: \(reason)")
  }
}
