import Minimo

/// What a finished run did, in short, read back from its folder.
struct TrainSummary {
  let path: String
  let report: RunReport
  let page: String

  /// Reads the run and writes its page.
  init(_ path: String) throws(MinimoError) {
    self.path = path
    report = try RunReport(at: path)
    page = try report.writePage(in: path)
  }

  private static let theoremCount = 3

  func text(seconds: Double) -> String {
    var table = ColumnTable(header: [
      "iteration", "posed", "proved", "share", "hindsight", "log p", "token", "policy", "value",
    ])
    for iteration in report.iterations where iteration.number > 0 {
      func loss(_ name: String) -> String {
        iteration.metrics["loss." + name].map { $0.fixed(3) } ?? "-"
      }
      table.rows.append([
        "\(iteration.number)", "\(iteration.posed)", "\(iteration.proved)",
        iteration.shareProved.map { ($0 * 100).fixed(0) + " %" } ?? "-", "\(iteration.hindsight)",
        iteration.logProbabilities.map { $0.mean.fixed(1) } ?? "-", loss("token"), loss("policy"),
        loss("value"),
      ])
    }
    var text = table.text
    if case .integer(let asked)? = report.run.configuration["conjectures"],
      report.iterations.contains(where: { $0.number > 0 && $0.posed < Int(asked) })
    {
      text += "\nWhere fewer than \(asked) were posed, repeated draws gave nothing new.\n"
    }
    let hardest = report.conjectures.prefix(TrainSummary.theoremCount)
    if hardest.isEmpty {
      text += "\nNo conjecture was proved. More --expansions or --iterations may help.\n"
    } else {
      text += "\nThe hardest theorems, by the log-probability of their proofs:\n"
      for theorem in hardest {
        let weight = theorem.logProbability.map { $0.fixed(1) } ?? "-"
        text += "  \(theorem.statement)\n    log p \(weight), \(theorem.steps ?? 0) steps\n"
      }
    }
    text += """

      Time:       \(seconds.duration)
      Run folder: \(path)
      Run hash:   \(report.runHash)
      Report:     \(page)

      All tables and proofs:   minimo report --run \(path)
      Conjectures of its own:  minimo conjecture --run \(path)
      Prove with what it knows: minimo prove --run \(path) --statement '…'

      """
    return text
  }

  var json: JSONValue {
    let iterations = report.iterations.map { iteration -> JSONValue in
      [
        "iteration": .int(iteration.number), "posed": .int(iteration.posed),
        "proved": .int(iteration.proved), "hindsight": .int(iteration.hindsight),
        "logProbability": iteration.logProbabilities.map { .number($0.mean) } ?? .null,
      ]
    }
    return [
      "run": .string(path), "runHash": .string(report.runHash), "report": .string(page),
      "iterations": .array(iterations),
    ]
  }
}

extension RunReport {
  /// The report on the run in a folder.
  init(at path: String) throws(MinimoError) {
    do throws(StoreError) {
      try self.init(Run.open(at: path, mode: .read))
    } catch {
      throw .store(error)
    }
  }

  /// Writes the report as one HTML file into the run's folder; returns the file's path.
  func writePage(in path: String) throws(MinimoError) -> String {
    let page = path + (path.hasSuffix("/") ? "" : "/") + "exports/report.html"
    try FileOutput(path: page).finish(html)
    // Nobody may be able to seal the run anew, as in an archive; 'minimo verify' then tells so.
    try? Run.sealExports(at: path, written: [page])
    return page
  }
}
