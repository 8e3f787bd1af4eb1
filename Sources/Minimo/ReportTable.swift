import RunStore

/// A table of the report, to be drawn as text or as HTML: a row per iteration.
struct ReportTable {
  struct Column {
    /// What the column shares with its neighbors of the same group; empty for none.
    var group = ""
    let name: String
    let figure: (RunReport.Iteration) -> String?

    init(
      _ name: String, of group: String = "", _ figure: @escaping (RunReport.Iteration) -> String?
    ) {
      self.group = group
      self.name = name.label
      self.figure = figure
    }

    static func count(
      _ name: String, of group: String = "", _ figure: @escaping (RunReport.Iteration) -> Int?
    ) -> Column {
      Column(name, of: group) { figure($0).map(\.grouped) }
    }

    static func number(
      _ name: String, of group: String = "", digits: Int,
      _ figure: @escaping (RunReport.Iteration) -> Double?
    ) -> Column {
      Column(name, of: group) { iteration in figure(iteration).map { $0.fixed(digits) } }
    }

    static func metric(
      _ name: String, of group: String = "", digits: Int, _ metric: String
    ) -> Column {
      number(name, of: group, digits: digits) { $0.metrics[metric] }
    }
  }

  let title: String
  let note: String
  let columns: [Column]

  /// Runs of neighboring columns of the same group.
  var groups: [(name: String, columns: Range<Int>)] {
    var groups: [(name: String, columns: Range<Int>)] = []
    for (index, column) in columns.enumerated() {
      if let last = groups.last, last.name == column.group {
        groups[groups.count - 1].columns = last.columns.lowerBound..<index + 1
      } else {
        groups.append((column.group, index..<index + 1))
      }
    }
    return groups
  }

  func cells(_ iteration: RunReport.Iteration) -> [String] {
    columns.map { $0.figure(iteration) ?? .missing }
  }
}

extension RunReport {
  static let difficulties = ["hard", "easy", "trivial"]
  static let phases = ["pose", "prove", "relabel", "learn"]
  static let exampleKinds = ["conjecture", "policy", "value"]

  /// The iterations that did something: the initial checkpoint only has a row if it has figures.
  var shown: [Iteration] {
    iterations.filter {
      $0.number > 0 || $0.posed > 0 || !$0.metrics.isEmpty || !$0.examples.isEmpty
    }
  }

  var tables: [ReportTable] {
    [outcomeTable] + (truth == nil ? [] : [truthTable]) + [proofTable, statementTable]
      + (solveRateBands.isEmpty ? [] : [solveRateTable]) + [timeTable]
  }

  private var outcomeTable: ReportTable {
    ReportTable(
      title: "Outcomes",
      note: "open: the budget ran out; dead: no proof exists among the prover's actions; "
        + "refused: the kernel refused the proof, a bug of ours.",
      columns: [
        .count("posed", of: "conjectures", \.posed),
        .count("proved", of: "conjectures", \.proved),
        ReportTable.Column("share", of: "conjectures") { $0.shareProved.map(\.percentage) },
        .count("open", of: "conjectures") { $0.outcomes[.open] ?? 0 },
        .count("dead", of: "conjectures") { $0.outcomes[.dead] ?? 0 },
        .count("refused", of: "conjectures", \.failed),
        .count("hindsight", \.hindsight),
        .count("expansions") { $0.posed == 0 ? nil : $0.expansions },
        .metric("mean", of: "steps of a proof", digits: 1, "steps.mean"),
        .metric("longest", of: "steps of a proof", digits: 0, "steps.longest"),
      ])
  }

  private var proofTable: ReportTable {
    func quantile(
      _ name: String, _ figure: @escaping (Summary) -> Double
    ) -> ReportTable.Column {
      .number(name, of: "log-probability of proofs", digits: 1) {
        $0.logProbabilities.map(figure)
      }
    }
    return ReportTable(
      title: "Proofs and losses",
      note: "Natural logarithms, of the proofs of conjectures. A proof up to the first grade is "
        + "hard, up to the second easy.",
      columns: [
        quantile("mean", \.mean), quantile("lowest", \.lowest), quantile("10 %", \.tenth),
        quantile("median", \.median), quantile("90 %", \.ninetieth),
        .metric("hard", of: "grades", digits: 1, "grading.hard"),
        .metric("easy", of: "grades", digits: 1, "grading.easy"),
        .metric("token", of: "loss", digits: 3, "loss.token"),
        .metric("value", of: "loss", digits: 3, "loss.value"),
        .metric("policy", of: "loss", digits: 3, "loss.policy"),
      ])
  }

  private var statementTable: ReportTable {
    let kinds = orderedKeys(iterations.map(\.examples), expected: RunReport.exampleKinds)
    return ReportTable(
      title: "Statements and examples",
      note: "Duplicates and trivial statements are drawn again, a bounded number of times; "
        + "capped: states whose actions were cut off.",
      columns: [
        .metric("drawn", of: "statements", digits: 0, "pose.drawn"),
        .metric("duplicate", of: "statements", digits: 0, "pose.duplicates"),
        .metric("redrawn", of: "trivial", digits: 0, "pose.trivialRedrawn"),
        .metric("kept", of: "trivial", digits: 0, "pose.trivial"),
        .metric("capped", digits: 0, "capped"),
      ] + kinds.map { kind in .count(kind, of: "examples") { $0.examples[kind] } })
  }

  /// Begins the name of a band's metric.
  static let solveRatePrefix = "solveRate."

  /// The bands of length limits, the shortest first; empty unless the agent went by them.
  private var solveRateBands: [String] {
    let names = Set(iterations.flatMap(\.metrics.keys)).filter {
      $0.hasPrefix(RunReport.solveRatePrefix)
    }
    return names.map { String($0.dropFirst(RunReport.solveRatePrefix.count)) }.sorted {
      let (left, right) = ($0.prefix(while: \.isNumber), $1.prefix(while: \.isNumber))
      return (left.count, left) < (right.count, right)
    }
  }

  private var solveRateTable: ReportTable {
    ReportTable(
      title: "Solve rates",
      note: "By limits of tokens: what share of the statements posed next would be proved, as "
        + "expected before the iteration.",
      columns: solveRateBands.map { band in
        .metric(band, of: "tokens", digits: 3, RunReport.solveRatePrefix + band)
      })
  }

  private var timeTable: ReportTable {
    let phases = orderedKeys(iterations.map(\.seconds), expected: RunReport.phases)
    return ReportTable(
      title: "Time", note: "Wall clock, which is no part of the run hash.",
      columns: phases.map { phase in
        .number(phase, of: "seconds", digits: 1) { $0.seconds[phase] }
      } + [
        .number("total", of: "seconds", digits: 1) { $0.seconds.isEmpty ? nil : $0.totalSeconds }
      ])
  }
}

extension RunReport.Iteration {
  /// Added in a fixed order, so that the sum is always the same.
  var totalSeconds: Double {
    orderedKeys([seconds], expected: []).reduce(0) { $0 + (seconds[$1] ?? 0) }
  }
}
