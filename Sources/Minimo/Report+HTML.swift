import RunStore

extension RunReport {
  /// The report as one HTML file that needs nothing else: no scripts, no fonts, no network.
  public var html: String {
    let domain = run.domain.clipped(to: 200).escaped
    var parts = [
      """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8"/>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <meta name="color-scheme" content="light dark"/>
      <title>\(domain): a Minimo run</title>
      <style>
      \(ReportStyle.css)
      </style>
      </head>
      <body>
      <header>
      <h1>\(domain)</h1>
      <p>A Minimo run with seed \(run.seed): \(summary.escaped).</p>
      </header>
      <main>
      """
    ]
    if !failures.isEmpty { parts.append(failureSection) }
    if !falseTheorems.isEmpty { parts.append(falseTheoremSection) }
    if shown.isEmpty {
      parts.append("<p>Nothing learned yet: the first iteration is not committed.</p>")
    } else {
      parts.append(tiles)
      if let truthSentence {
        parts.append(section("Truth", "<p>\(truthSentence.escaped)</p>"))
      }
      parts.append(section("Over the iterations", figures))
    }
    parts += [
      theoremSection("Conjectures proved", conjectures),
      theoremSection("Theorems found in hindsight", hindsight),
    ].compactMap { $0 }
    if !shown.isEmpty { parts.append(section("Figures", tables.map { $0.html(shown) }.joined())) }
    parts += [section("The run", description), "</main>\n</body>\n</html>\n"]
    return parts.joined(separator: "\n")
  }

  private static let listLength = 30

  private func section(_ title: String, _ body: String) -> String {
    "<section>\n<h2>\(title)</h2>\n\(body)\n</section>"
  }

  private var failureSection: String {
    let items = failures.prefix(RunReport.listLength).map { failure in
      "<li><code>\(failure.statement.clipped(to: 1000).escaped)</code>"
        + "<span>\(failure.job)</span> "
        + "\((failure.message ?? "no reason recorded").clipped(to: 2000).escaped)</li>"
    }
    let rest = failures.count - items.count
    return """
      <section class="alarm" role="alert">
      <h2>\(failures.count.counted("refused proof")): a bug of ours</h2>
      <p>The search found what it took for a proof, and the kernel refused it. It does not count \
      as proved. Please report it.</p>
      <ul>\(items.joined(separator: "\n"))</ul>\(rest > 0 ? "<p>And \(rest.grouped) more.</p>" : "")
      </section>
      """
  }

  /// The few numbers that sum up the run.
  private var tiles: String {
    let posed = iterations.reduce(0) { $0 + $1.posed }
    let last = shown.last { $0.posed > 0 }
    let hardest = conjectures.first?.logProbability
    let tiles: [(String, String, String)] = [
      ("Conjectures proved", conjectures.count.grouped, "of \(posed.grouped) posed"),
      ("Found in hindsight", hindsight.count.grouped, "theorems"),
      (
        "Proved at last", last?.shareProved?.percentage ?? .missing,
        last.map { "in iteration \($0.number)" } ?? "nothing posed"
      ),
      ("Hardest proof", hardest?.fixed(1) ?? .missing, "log-probability"),
      ("Time", totalSeconds > 0 ? totalSeconds.duration : .missing, "wall clock"),
    ]
    return "<dl class=\"tiles\">\n"
      + tiles.map { name, value, note in
        "<div><dt>\(name)</dt><dd>\(value.typeset)<small>\(note)</small></dd></div>"
      }.joined(separator: "\n") + "\n</dl>"
  }

  private var figures: String {
    "<div class=\"charts\">\n" + charts.map(\.html).joined(separator: "\n") + "\n</div>"
  }

  private func theoremSection(_ title: String, _ theorems: [Theorem]) -> String? {
    let listed = theorems.withoutRepetition.prefix(RunReport.listLength)
    if listed.isEmpty { return nil }
    let note =
      "<p class=\"note\">The hardest \(listed.count) of \(theorems.count.grouped): those whose "
      + "proofs were least likely for the policy that found them. On the left the log-probability, "
      + "on the right the steps and where it was found, as iteration/slot. Open one to see its "
      + "proof.</p>"
    return section(title, note + listed.map(\.html).joined(separator: "\n"))
  }

  private var description: String {
    let facts: [(name: String, value: String)] = [
      ("domain", run.domain), ("seed", String(run.seed)), ("program", run.programVersion),
      ("theory hash", run.theoryHash), ("run hash", runHash),
    ]
    return "<dl class=\"facts\">\n"
      + (facts + settings).map { name, value in
        "<div><dt>\(name.clipped(to: 200).escaped)</dt>"
          + "<dd>\(value.clipped(to: 2000).escaped)</dd></div>"
      }.joined(separator: "\n") + "\n</dl>"
      + "<p class=\"note\">The run hash covers all rows and the last checkpoint, but no times: "
      + "the same program, seed and settings give the same hash.</p>"
  }
}

extension RunReport.Theorem {
  fileprivate var html: String {
    let steps = steps.map { $0.counted("step") } ?? "no script"
    let summary = """
      <span class="score">\((logProbability?.fixed(1) ?? .missing).typeset)</span>\
      <code>\(statement.clipped(to: 1000).escaped)</code>\
      <span class="aside">\(steps) · \(subject.name)</span>
      """
    guard let script else { return "<div class=\"theorem\">\(summary)</div>" }
    return """
      <details class="theorem"><summary>\(summary)</summary>
      <pre>\(script.clipped(to: 20_000).escaped(lines: true))</pre></details>
      """
  }
}

extension ReportTable {
  func html(_ iterations: [RunReport.Iteration]) -> String {
    let grouped = groups.contains { !$0.name.isEmpty }
    let above = groups.map { group in
      group.name.isEmpty
        ? "<td colspan=\"\(group.columns.count)\"></td>"
        : "<th colspan=\"\(group.columns.count)\" scope=\"colgroup\">\(group.name.escaped)</th>"
    }
    let starts = Set(groups.map(\.columns.lowerBound))
    func mark(_ column: Int) -> String { starts.contains(column) ? " class=\"start\"" : "" }
    let header = columns.enumerated().map {
      "<th scope=\"col\"\(mark($0))>\($1.name.escaped)</th>"
    }
    let rows = iterations.map { iteration in
      "<tr><th scope=\"row\">\(iteration.number)</th>"
        + cells(iteration).enumerated().map { "<td\(mark($0))>\($1.typeset)</td>" }.joined()
        + "</tr>"
    }
    return """
      <h3>\(title)</h3>
      <div class="scroll" tabindex="0"><table>
      <thead>\(grouped ? "<tr class=\"groups\"><td></td>\(above.joined())</tr>" : "")
      <tr><th scope="col">iteration</th>\(header.joined())</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody></table></div>
      <p class="note">\(note.escaped)</p>

      """
  }
}

extension String {
  /// The text for HTML, inside elements and quoted attributes, on one line.
  var escaped: String { escaped(lines: false) }

  func escaped(lines: Bool) -> String {
    var text = ""
    for scalar in plain(lines: lines).unicodeScalars {
      switch scalar {
      case "&": text += "&amp;"
      case "<": text += "&lt;"
      case ">": text += "&gt;"
      case "\"": text += "&quot;"
      case "'": text += "&#39;"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// A formatted number for HTML, with a minus sign in place of a hyphen.
  var typeset: String { hasPrefix("-") ? "−" + dropFirst() : self }
}
