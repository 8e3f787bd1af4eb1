import RunStore
import Truth

extension RunReport {
  private static let falseTheoremsShown = 20

  /// The truth of the whole run as text, what must not be first; empty unless it was classified.
  public var truthReport: String {
    ((falseTheorems.isEmpty ? [] : [falseTheoremText]) + [truthText ?? ""])
      .joined(separator: "\n\n")
  }

  /// The truth of the whole run as JSON.
  public var truthJSON: String {
    let value: JSONValue = [
      "runHash": .string(runHash), "truth": truth?.json ?? .null,
      "falseTheorems": .array(falseTheorems.map(\.json)),
    ]
    return value.text(indented: true)
  }

  /// The truth of the whole run in a few sentences; nil unless it was classified.
  var truthSentence: String? {
    guard let truth else { return nil }
    func share(_ count: Int, of total: Int) -> String {
      total == 0 ? "" : " (\((Double(count) / Double(total)).percentage))"
    }
    let posed = truth.posed
    var kinds = [
      "\(posed.holds.grouped) are true" + share(posed.holds, of: posed.total),
      "\(posed.fails.grouped) false" + share(posed.fails, of: posed.total),
      "\(posed.open.grouped) open",
    ]
    if posed.unfit > 0 { kinds.append("\(posed.unfit.grouped) do not fit first-order logic") }
    if posed.unknown > 0 { kinds.append("\(posed.unknown.grouped) are not classified yet") }
    return "Of \(posed.total.counted("conjecture")) posed, " + kinds.joined(separator: ", ")
      + ". Of the true ones \(truth.proved.holds.grouped) were proved"
      + share(truth.proved.holds, of: posed.holds) + ". Of what was proved, "
      + "\((truth.proved.fails + truth.hindsight.fails).grouped) of "
      + "\((truth.proved.total + truth.hindsight.total).counted("theorem")) are false."
  }

  var truthText: String? {
    truthSentence.map {
      wrapped($0, first: "", width: RunReport.textWidth).joined(separator: "\n")
    }
  }

  var falseTheoremText: String {
    var lines = [
      "!!! \(falseTheorems.count.counted("theorem")) of this run fail in a model of the axioms: "
        + "a bug of ours.", "    Please report it.", "",
    ]
    for theorem in falseTheorems.prefix(RunReport.falseTheoremsShown) {
      lines += wrapped(
        theorem.statement.plain().clipped(to: 400), first: "  \(theorem.subject.name)  ",
        width: RunReport.textWidth)
      lines += wrapped(
        "fails in \(theorem.countermodel.description)".plain().clipped(to: 400),
        first: "      ", width: RunReport.textWidth)
    }
    if falseTheorems.count > RunReport.falseTheoremsShown {
      lines.append("  and \((falseTheorems.count - RunReport.falseTheoremsShown).grouped) more")
    }
    return lines.joined(separator: "\n")
  }

  var falseTheoremSection: String {
    let items = falseTheorems.prefix(RunReport.falseTheoremsShown).map { theorem in
      "<li><code>\(theorem.statement.clipped(to: 1000).escaped)</code>"
        + "<span>\(theorem.subject.name)</span> fails in "
        + "\(theorem.countermodel.description.clipped(to: 1000).escaped)</li>"
    }
    let rest = falseTheorems.count - items.count
    return """
      <section class="alarm" role="alert">
      <h2>\(falseTheorems.count.counted("false theorem")): a bug of ours</h2>
      <p>The kernel accepted a proof of what fails in a model of the axioms. Please report it.</p>
      <ul>\(items.joined(separator: "\n"))</ul>\(rest > 0 ? "<p>And \(rest.grouped) more.</p>" : "")
      </section>
      """
  }

  var truthTable: ReportTable {
    func count(
      _ name: String, of group: String, _ figure: @escaping (TruthSummary) -> Int
    ) -> ReportTable.Column {
      .count(name, of: group) { $0.truth.map(figure) }
    }
    return ReportTable(
      title: "Truth",
      note:
        "true: holds in all models of the axioms; false: fails in one; open: neither was found; "
        + "unfit: no first-order statement. recall: the share of the true ones that was proved.",
      columns: [
        count("true", of: "posed", \.posed.holds), count("false", of: "posed", \.posed.fails),
        count("open", of: "posed", \.posed.open), count("unfit", of: "posed", \.posed.unfit),
        count("unknown", of: "posed", \.posed.unknown),
        count("true", of: "proved", \.proved.holds),
        ReportTable.Column("recall", of: "proved") { $0.truth?.recall?.percentage },
        count("false", of: "proved", \.proved.fails),
        count("true", of: "hindsight", \.hindsight.holds),
        count("false", of: "hindsight", \.hindsight.fails),
      ])
  }
}

extension TruthSummary {
  var json: JSONValue {
    [
      "posed": posed.json, "proved": proved.json, "hindsight": hindsight.json,
      "recall": .optional(recall),
    ]
  }
}

extension TruthCounts {
  var json: JSONValue {
    [
      "true": .integer(holds), "false": .integer(fails), "open": .integer(open),
      "unfit": .integer(unfit), "unknown": .integer(unknown),
    ]
  }
}

extension RunReport.FalseTheorem {
  var json: JSONValue {
    [
      "id": .string(subject.name), "statement": .string(statement),
      "countermodel": Verdict.fails(countermodel).json,
    ]
  }
}
