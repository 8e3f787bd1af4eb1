/// A chart of the report, to be drawn as text or as SVG: something over the iterations.
struct ReportChart {
  enum Form {
    /// One line per series, over a common scale.
    case lines
    /// The series on top of each other, as columns.
    case stack
  }

  enum Unit {
    case number(digits: Int)
    /// A share of one, shown as a percentage.
    case share

    func format(_ value: Double) -> String {
      switch self {
      case .number(let digits): value.fixed(digits)
      case .share: value.percentage
      }
    }
  }

  struct Series {
    let name: String
    /// One per iteration; nil where there is nothing to show.
    let values: [Double?]
  }

  let title: String
  var form = Form.lines
  /// The numbers along the horizontal axis.
  let iterations: [Int]
  let series: [Series]
  /// Around the lines: what most of a sample lies between.
  var band: (name: String, low: [Double?], high: [Double?])?
  var startsAtZero = true
  let unit: Unit

  /// The last value of a series that has one.
  func latest(_ series: Series) -> String {
    series.values.compactMap { $0 }.last.map(unit.format) ?? .missing
  }

  var isEmpty: Bool { series.allSatisfy { $0.values.allSatisfy { $0 == nil } } }

  /// The values that the vertical axis must hold; nil if there is none.
  var extent: ClosedRange<Double>? {
    var values = (series.flatMap(\.values) + (band?.low ?? []) + (band?.high ?? []))
      .compactMap { $0 }
    if form == .stack {
      values = iterations.indices.map { index in
        series.reduce(0) { $0 + ($1.values[index] ?? 0) }
      }
    }
    guard let low = values.min(), let high = values.max() else { return nil }
    return startsAtZero ? min(0, low)...max(0, high) : low...high
  }
}

extension RunReport {
  var charts: [ReportChart] {
    let shown = shown
    func series(_ name: String, _ figure: (Iteration) -> Double?) -> ReportChart.Series {
      ReportChart.Series(
        name: name.label, values: shown.map { figure($0).flatMap { $0.isFinite ? $0 : nil } })
    }
    func metric(_ name: String, _ metric: String) -> ReportChart.Series {
      series(name) { $0.metrics[metric] }
    }
    func mix(_ title: String, _ counts: KeyPath<Iteration, [String: Int]>) -> ReportChart {
      let kinds = orderedKeys(shown.map { $0[keyPath: counts] }, expected: RunReport.difficulties)
      return ReportChart(
        title: title, form: .stack, iterations: shown.map(\.number),
        series: kinds.map { kind in
          series(kind) { $0.posed == 0 ? nil : Double($0[keyPath: counts][kind] ?? 0) }
        }, unit: .number(digits: 0))
    }
    let numbers = shown.map(\.number)
    return [
      ReportChart(
        title: "Share proved", iterations: numbers, series: [series("share", \.shareProved)],
        unit: .share),
      ReportChart(
        title: "Log-probability of proofs", iterations: numbers,
        series: [series("mean") { $0.logProbabilities?.mean }],
        band: (
          "10 % to 90 %", series("") { $0.logProbabilities?.tenth }.values,
          series("") { $0.logProbabilities?.ninetieth }.values
        ), startsAtZero: false, unit: .number(digits: 1)),
      ReportChart(
        title: "Losses", iterations: numbers,
        series: [
          metric("token", "loss.token"), metric("value", "loss.value"),
          metric("policy", "loss.policy"),
        ], unit: .number(digits: 3)),
      ReportChart(
        title: "Steps of a proof", iterations: numbers,
        series: [metric("mean", "steps.mean"), metric("longest", "steps.longest")],
        unit: .number(digits: 1)),
      mix("Proved conjectures", \.provedDifficulties),
      mix("Hindsight theorems", \.hindsightDifficulties),
    ]
  }
}
