import RunStore

extension RunReport {
  /// The report for a terminal: at most 100 columns, no colors, no control characters.
  public var text: String {
    var blocks = [heading]
    if !failures.isEmpty { blocks.append(failureText) }
    if !falseTheorems.isEmpty { blocks.append(falseTheoremText) }
    if let truthText { blocks.append(truthText) }
    if shown.isEmpty {
      blocks.append("Nothing learned yet: the first iteration is not committed.")
    } else {
      blocks += tables.map { $0.text(shown) }
      blocks.append(plots)
      blocks += charts.filter { $0.form == .stack && !$0.isEmpty }.map(\.bars)
    }
    blocks += [
      theoremText("Conjectures proved", conjectures),
      theoremText("Theorems found in hindsight", hindsight),
    ].compactMap { $0 }
    return blocks.joined(separator: "\n\n") + "\n"
  }

  static let textWidth = 100
  private static let listLength = 10

  private var heading: String {
    let facts = [
      ("run hash", runHash), ("theory hash", run.theoryHash), ("seed", String(run.seed)),
      ("program", "minimo " + run.programVersion),
      ("wall clock", totalSeconds > 0 ? totalSeconds.duration : .missing),
      ("configuration", settings.map { "\($0.name) \($0.value)" }.joined(separator: ", ")),
    ]
    let domain = run.domain.plain().clipped(to: 200)
    var lines = wrapped(domain + ": " + summary, first: "", width: RunReport.textWidth) + [""]
    for (name, value) in facts {
      lines += wrapped(
        value.plain().clipped(to: 2000), first: name.padded(to: 15, right: true),
        width: RunReport.textWidth)
    }
    return lines.joined(separator: "\n")
  }

  private var failureText: String {
    var lines = [
      "!!! \(failures.count.counted("refused proof")): a bug of ours. Please report it.", "",
    ]
    for failure in failures.prefix(RunReport.listLength) {
      lines += wrapped(
        failure.statement.plain().clipped(to: 400), first: "  \(failure.job)  ",
        width: RunReport.textWidth)
      lines += wrapped(
        (failure.message ?? "no reason recorded").plain().clipped(to: 400), first: "      ",
        width: RunReport.textWidth)
    }
    if failures.count > RunReport.listLength {
      lines.append("  and \((failures.count - RunReport.listLength).grouped) more")
    }
    return lines.joined(separator: "\n")
  }

  private func theoremText(_ title: String, _ theorems: [Theorem]) -> String? {
    let listed = theorems.withoutRepetition.prefix(RunReport.listLength)
    guard let hardest = listed.first else { return nil }
    let rows = listed.map { theorem in
      (
        [
          theorem.logProbability?.fixed(1) ?? .missing, theorem.steps?.grouped ?? .missing,
          theorem.subject.name,
        ], theorem.statement
      )
    }
    let header = ["log-prob", "steps", "found in"]
    let widths = header.indices.map { column in
      max(header[column].count, rows.map { $0.0[column].count }.max() ?? 0)
    }
    func margin(_ cells: [String]) -> String {
      zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ") + "  "
    }
    var lines = [
      "\(title), hardest first (\(listed.count) of \(theorems.count.grouped))",
      margin(header) + "statement",
    ]
    for (cells, statement) in rows {
      lines += wrapped(
        statement.plain().clipped(to: 400), first: margin(cells), width: RunReport.textWidth)
    }
    if let script = hardest.script {
      lines += ["", "The proof of the first:"]
      lines += script.plain(lines: true).clipped(to: 2000).split(separator: "\n").flatMap {
        wrapped(String($0), first: "  ", width: RunReport.textWidth)
      }
    }
    return lines.joined(separator: "\n")
  }

  /// The series of all line charts, three plots to a row.
  private var plots: String {
    let panels = charts.filter { $0.form == .lines }.flatMap { chart in
      chart.series.filter(\.isPlotted).map { chart.panel($0, width: 32) }
    }
    return stride(from: 0, to: panels.count, by: 3).map { start in
      let row = panels[start..<min(start + 3, panels.count)]
      return (row.first ?? []).indices.map { line in
        row.map { $0[line] }.joined(separator: "  ").withoutTrailingSpaces
      }.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }
}

extension ReportTable {
  /// The table with columns aligned to the right, and names of groups above theirs.
  func text(_ iterations: [RunReport.Iteration]) -> String {
    let header = ["iteration"] + columns.map(\.name)
    let rows = iterations.map { [String($0.number)] + cells($0) }
    var widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    // The column of iterations has no group.
    let groups = groups.map { ($0.name, $0.columns.lowerBound + 1..<$0.columns.upperBound + 1) }
    var above = "".padded(to: widths[0])
    for (name, columns) in groups {
      let width = widths[columns].reduce(-2) { $0 + $1 + 2 }
      widths[columns.upperBound - 1] += max(0, name.count - width)
      let room = max(width, name.count) - name.count
      above += "  " + "".padded(to: room - room / 2) + name + "".padded(to: room / 2)
    }
    func line(_ cells: [String]) -> String {
      zip(cells, widths).map { $0.padded(to: $1) }.joined(separator: "  ")
    }
    return
      ([title, above.withoutTrailingSpaces] + ([header] + rows).map(line)
      + wrapped(note, first: "", width: RunReport.textWidth)).joined(separator: "\n")
  }
}

extension ReportChart {
  /// One series as lines of equal width: its name, and a plot with the range of its values.
  fileprivate func panel(_ series: Series, width: Int) -> [String] {
    let height = 4
    let values = series.values.compactMap { $0 }
    let name = self.series.count(where: \.isPlotted) == 1 ? title : "\(title): \(series.name)"
    let heading = name.padded(to: width, right: true)
    guard let low = values.min(), let high = values.max() else {
      return [heading, "no figures yet".padded(to: width, right: true)]
        + Array(repeating: "".padded(to: width), count: height - 1)
    }
    var labels = [String](repeating: "", count: height)
    labels[0] = series.unit.format(high)
    labels[height - 1] = series.unit.format(low)
    let margin = max(8, labels.map(\.count).max() ?? 0)
    let plot = ReportPlot(
      series.values, over: low...high, width: max(1, width - margin - 1), height: height)
    return [heading] + zip(labels, plot.lines).map { $0.padded(to: margin) + " " + $1 }
  }

  /// Horizontal bars, a row per iteration.
  fileprivate var bars: String {
    let marks: [Character] = ["█", "▒", "░", "▪"]
    let length = 60.0
    let most = extent?.upperBound ?? 0
    let legend = series.enumerated().map { "\(marks[$0 % marks.count]) \($1.name)" }
    var lines = ["\(title)   \(legend.joined(separator: "   "))"]
    let counts = iterations.indices.map { index in
      series.map { $0.values[index].map($0.unit.format) ?? .missing }.joined(separator: " / ")
    }
    let margin = counts.map(\.count).max() ?? 0
    for (index, iteration) in iterations.enumerated() {
      var (sum, drawn, bar) = (0.0, 0, "")
      for (number, series) in series.enumerated() {
        sum += series.values[index] ?? 0
        let end = most > 0 ? Int((sum / most * length).rounded()) : 0
        bar += String(repeating: marks[number % marks.count], count: end - drawn)
        drawn = end
      }
      let row = String(iteration).padded(to: 9) + "  " + counts[index].padded(to: margin)
      lines.append((row + "  " + bar).withoutTrailingSpaces)
    }
    return lines.joined(separator: "\n")
  }
}

/// The text in lines of at most `width` characters, broken at spaces where possible; the first one
/// starts with `first`, the others as far from the left.
func wrapped(_ text: String, first: String, width: Int) -> [String] {
  let room = max(20, width - first.count)
  var lines = [""]
  for (index, word) in text.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
    if index > 0, lines[lines.count - 1].count + 1 + word.count <= room {
      lines[lines.count - 1] += " " + word
      continue
    }
    if index > 0 { lines.append("") }
    var rest = word
    while rest.count > room {
      lines[lines.count - 1] = String(rest.prefix(room))
      lines.append("")
      rest = rest.dropFirst(room)
    }
    lines[lines.count - 1] += rest
  }
  let margin = "".padded(to: first.count)
  return lines.enumerated().map { ($0 == 0 ? first : margin) + $1 }
}

extension String {
  /// The text with spaces before it, or after it if `right`, that fill `width` characters.
  public func padded(to width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: Swift.max(0, width - count))
    return right ? self + space : space + self
  }

  fileprivate var withoutTrailingSpaces: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
