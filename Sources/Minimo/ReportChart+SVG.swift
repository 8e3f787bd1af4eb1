extension ReportChart {
  private static let width = 360.0
  private static let height = 190.0
  private static let left = 46.0
  private static let right = 12.0
  private static let top = 10.0
  private static let bottom = 24.0
  /// More points than this would be a smear.
  private static let markLimit = 60

  /// The chart with its title and legend, as a `figure`.
  var html: String {
    let headline = series.count == 1 ? "<b>\(latest(series[0]).typeset)</b>" : ""
    return """
      <figure>
      <figcaption><h3>\(title.escaped)</h3>\(headline)</figcaption>
      <p class="legend">\(legend.joined(separator: " "))</p>
      \(isEmpty ? "<p class=\"empty\">No figures yet</p>" : svg)
      </figure>
      """
  }

  /// Names the series and gives their last values; a lone line needs none.
  private var legend: [String] {
    func key(_ paint: String, _ text: String) -> String {
      "<span><i class=\"\(paint)\"></i>\(text)</span>"
    }
    if series.count > 1 {
      return series.enumerated().map { index, series in
        key(paint(index), "\(series.name.escaped) <b>\(latest(series).typeset)</b>")
      }
    }
    guard let band else { return [] }
    return [key(paint(0), series[0].name.escaped), key("band", band.name)]
  }

  private func paint(_ index: Int) -> String {
    form == .stack ? "d\(min(index, 3))" : "s\(index % 4)"
  }

  private var svg: String {
    guard let extent else { return "" }
    let ticks = ReportAxis(extent, count: 4)
    let scale = Scale(
      count: iterations.count, ticks: ticks,
      plot: (
        ReportChart.left, ReportChart.top, ReportChart.width - ReportChart.right,
        ReportChart.height - ReportChart.bottom
      ))
    let values = series.map { "\($0.name) \(latest($0))" }.joined(separator: ", ")
    let marks = form == .lines ? lines(scale) : columns(scale)
    return """
      <svg viewBox="0 0 360 190" role="img" aria-label="\(title.escaped), last: \(values.escaped)">
      \(frame(scale, ticks))
      \(marks.joined(separator: "\n"))
      </svg>
      """
  }

  private func frame(_ scale: Scale, _ axis: ReportAxis) -> String {
    let (left, _, right, bottom) = scale.plot
    var parts = axis.ticks.map { tick in
      let y = scale.y(tick)
      return "<line class=\"\(tick == 0 ? "axis" : "grid")\" "
        + "x1=\"\(left.coordinate)\" x2=\"\(right.coordinate)\" "
        + "y1=\"\(y.coordinate)\" y2=\"\(y.coordinate)\"/>"
        + "<text class=\"y\" x=\"\((left - 6).coordinate)\" y=\"\((y + 3.5).coordinate)\">"
        + "\(axis.label(tick, series[0].unit).typeset)</text>"
    }
    let every = Int(ReportAxis.step(atLeast: max(1, Double(iterations.count) / 10)).step)
    for index in iterations.indices where iterations[index].isMultiple(of: every) {
      parts.append(
        "<text class=\"x\" x=\"\(scale.x(index).coordinate)\" y=\"\((bottom + 16).coordinate)\">"
          + "\(iterations[index])</text>")
    }
    return parts.joined(separator: "\n")
  }

  private func lines(_ scale: Scale) -> [String] {
    var parts: [String] = []
    if let band {
      parts += runs(zip(band.low, band.high).map { $0 != nil && $1 != nil }).map { run in
        // A lone iteration still gets a band that can be seen.
        let edges =
          run.count == 1 ? [(run.lowerBound, -5.0), (run.lowerBound, 5)] : run.map { ($0, 0) }
        let above = edges.map { scale.point($0, band.high[$0] ?? 0, offset: $1) }
        let below = edges.reversed().map { scale.point($0, band.low[$0] ?? 0, offset: $1) }
        return "<polygon class=\"band\" points=\"\((above + below).joined(separator: " "))\"/>"
      }
    }
    for (number, series) in series.enumerated() {
      for run in runs(series.values.map { $0 != nil }) {
        let points = run.map { scale.point($0, series.values[$0] ?? 0) }
        parts.append(
          "<polyline class=\"\(paint(number))\" points=\"\(points.joined(separator: " "))\"/>")
      }
      if iterations.count > ReportChart.markLimit { continue }
      for (index, value) in series.values.enumerated() {
        guard let value else { continue }
        parts.append(
          "<circle class=\"\(paint(number))\" cx=\"\(scale.x(index).coordinate)\" "
            + "cy=\"\(scale.y(value).coordinate)\" r=\"\(iterations.count == 1 ? 5 : 3)\">"
            + "<title>\(tooltip(series, index, value))</title></circle>")
      }
    }
    return parts
  }

  private func columns(_ scale: Scale) -> [String] {
    let width = min(36, max(1, 0.7 * scale.step))
    return iterations.indices.flatMap { index in
      var sum = 0.0
      return series.enumerated().compactMap { number, series -> String? in
        guard let value = series.values[index], value > 0 else { return nil }
        let bottom = scale.y(sum)
        sum += value
        // A hairline of background keeps the parts of a column apart.
        let height = max(0.5, bottom - scale.y(sum) - 1)
        return "<rect class=\"\(paint(number))\" x=\"\((scale.x(index) - width / 2).coordinate)\" "
          + "y=\"\((bottom - height).coordinate)\" width=\"\(width.coordinate)\" "
          + "height=\"\(height.coordinate)\"><title>\(tooltip(series, index, value))</title></rect>"
      }
    }
  }

  private func tooltip(_ series: Series, _ index: Int, _ value: Double) -> String {
    "iteration \(iterations[index]): \(series.name.escaped) \(series.unit.format(value).typeset)"
  }

  /// The maximal ranges of indices that are present.
  private func runs(_ present: [Bool]) -> [Range<Int>] {
    var runs: [Range<Int>] = []
    for index in present.indices where present[index] {
      if let last = runs.last, last.upperBound == index {
        runs[runs.count - 1] = last.lowerBound..<index + 1
      } else {
        runs.append(index..<index + 1)
      }
    }
    return runs
  }
}

/// Where things are in a drawing.
private struct Scale {
  let count: Int
  let ticks: ReportAxis
  let plot: (left: Double, top: Double, right: Double, bottom: Double)

  /// The distance of neighboring iterations.
  var step: Double { (plot.right - plot.left) / Double(max(1, count)) }

  func x(_ index: Int) -> Double { plot.left + (Double(index) + 0.5) * step }

  func point(_ index: Int, _ value: Double, offset: Double = 0) -> String {
    "\((x(index) + offset).coordinate),\(y(value).coordinate)"
  }

  func y(_ value: Double) -> Double {
    let share = (value - ticks.low) / (ticks.high - ticks.low)
    return plot.bottom - share * (plot.bottom - plot.top)
  }
}
