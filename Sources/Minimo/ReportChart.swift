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
    let unit: Unit
    /// False for what a terminal has no room for.
    var isPlotted = true
  }

  let title: String
  var form = Form.lines
  /// The numbers along the horizontal axis.
  let iterations: [Int]
  let series: [Series]
  /// Around the lines: what most of a sample lies between.
  var band: (name: String, low: [Double?], high: [Double?])?
  var startsAtZero = true

  /// The last value of a series that has one.
  func latest(_ series: Series) -> String {
    series.values.compactMap { $0 }.last.map(series.unit.format) ?? .missing
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
    // Infinite values, and those whose differences might be, have no place on an axis.
    func series(
      _ name: String, _ unit: ReportChart.Unit, _ figure: (Iteration) -> Double?
    ) -> ReportChart.Series {
      ReportChart.Series(
        name: name.label,
        values: shown.map { figure($0).flatMap { $0.magnitude < 1e100 ? $0 : nil } },
        unit: unit)
    }
    func metric(_ name: String, digits: Int, _ metric: String) -> ReportChart.Series {
      series(name, .number(digits: digits)) { $0.metrics[metric] }
    }
    func mix(_ title: String, _ counts: KeyPath<Iteration, [String: Int]>) -> ReportChart {
      let kinds = orderedKeys(shown.map { $0[keyPath: counts] }, expected: RunReport.difficulties)
      return ReportChart(
        title: title, form: .stack, iterations: shown.map(\.number),
        series: kinds.map { kind in
          series(kind, .number(digits: 0)) {
            $0.posed == 0 ? nil : Double($0[keyPath: counts][kind] ?? 0)
          }
        })
    }
    let numbers = shown.map(\.number)
    let nats = ReportChart.Unit.number(digits: 1)
    var longest = metric("longest", digits: 0, "steps.longest")
    longest.isPlotted = false
    return [
      ReportChart(
        title: "Share proved", iterations: numbers,
        series: [series("share", .share, \.shareProved)]),
      ReportChart(
        title: "Log-probability of proofs", iterations: numbers,
        series: [series("mean", nats) { $0.logProbabilities?.mean }],
        band: (
          "10 % to 90 %", series("", nats) { $0.logProbabilities?.tenth }.values,
          series("", nats) { $0.logProbabilities?.ninetieth }.values
        ), startsAtZero: false),
      ReportChart(
        title: "Losses", iterations: numbers,
        series: [
          metric("token", digits: 3, "loss.token"), metric("value", digits: 3, "loss.value"),
          metric("policy", digits: 3, "loss.policy"),
        ]),
      ReportChart(
        title: "Steps of a proof", iterations: numbers,
        series: [metric("mean", digits: 1, "steps.mean"), longest]),
      mix("Conjectures proved, by difficulty", \.provedDifficulties),
      mix("Hindsight theorems, by difficulty", \.hindsightDifficulties),
    ]
  }
}
