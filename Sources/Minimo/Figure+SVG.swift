extension Figure {
  private static let left = 76.0
  private static let right = 700.0
  private static let colors = ["#2a6fc9", "#b46a00", "#13855f", "#6a4bb5", "#b3261e", "#65645f"]

  /// The picture as the text of an SVG file.
  public var svg: String {
    let keys = legendPlaces
    let rows = (keys.last?.row ?? 0) + 1
    let plot = (left: Figure.left, top: 34 + 18 * Double(rows), right: Figure.right, bottom: 384.0)
    let marks = series.map { series in
      series.points.indices.compactMap { index -> (x: Double, y: Double, high: Double)? in
        let point = series.points[index]
        var high = point.y
        if case .band(let values) = series.form { high = values[index] }
        guard let x = xAxis.position(point.x), let y = yAxis.position(point.y),
          let top = yAxis.position(high)
        else { return nil }
        return (x, y, top)
      }
    }
    let all = marks.flatMap(\.self)
    let xTicks = xAxis.ticks(Figure.extent(all.map(\.x)))
    let yTicks = yAxis.ticks(Figure.extent(all.flatMap { [$0.y, $0.high] }))
    let x = Figure.map(xTicks.map(\.position), to: (plot.left, plot.right))
    let y = Figure.map(yTicks.map(\.position), to: (plot.bottom, plot.top))
    var parts = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 720 440\" font-size=\"13\" "
        + "font-family=\"system-ui, sans-serif\" fill=\"#1b1b1a\">",
      "<rect width=\"720\" height=\"440\" fill=\"#fff\"/>",
      "<text x=\"\(plot.left.coordinate)\" y=\"22\" font-size=\"16\" font-weight=\"600\">"
        + "\(title.escaped)</text>",
    ]
    for tick in xTicks {
      let place = x(tick.position).coordinate
      parts.append(
        "<line x1=\"\(place)\" x2=\"\(place)\" y1=\"\(plot.top.coordinate)\" "
          + "y2=\"\(plot.bottom.coordinate)\" stroke=\"#eeede9\"/>"
          + "<text x=\"\(place)\" y=\"\((plot.bottom + 18).coordinate)\" text-anchor=\"middle\">"
          + "\(tick.label.typeset)</text>")
    }
    for tick in yTicks {
      let place = y(tick.position)
      parts.append(
        "<line x1=\"\(plot.left.coordinate)\" x2=\"\(plot.right.coordinate)\" "
          + "y1=\"\(place.coordinate)\" y2=\"\(place.coordinate)\" stroke=\"#eeede9\"/>"
          + "<text x=\"\((plot.left - 8).coordinate)\" y=\"\((place + 4.5).coordinate)\" "
          + "text-anchor=\"end\">\(tick.label.typeset)</text>")
    }
    parts.append(
      "<text x=\"\(((plot.left + plot.right) / 2).coordinate)\" y=\"424\" "
        + "text-anchor=\"middle\">\(xAxis.name.escaped)</text>"
        + "<text transform=\"translate(18 \(((plot.top + plot.bottom) / 2).coordinate)) "
        + "rotate(-90)\" text-anchor=\"middle\">\(yAxis.name.escaped)</text>")
    for (index, (series, points)) in zip(series, marks).enumerated() {
      let color = Figure.colors[index % Figure.colors.count]
      parts.append(Figure.draw(series.form, points.map { (x($0.x), y($0.y), y($0.high)) }, color))
    }
    for (index, (series, key)) in zip(series, keys).enumerated() {
      let y = 33 + 18 * Double(key.row)
      parts.append(
        "<rect x=\"\(key.x.coordinate)\" y=\"\(y.coordinate)\" width=\"11\" height=\"11\" rx=\"2\" "
          + "fill=\"\(Figure.colors[index % Figure.colors.count])\"/>"
          + "<text x=\"\((key.x + 16).coordinate)\" y=\"\((y + 10).coordinate)\">"
          + "\(series.name.escaped)</text>")
    }
    parts.append("</svg>")
    return parts.joined(separator: "\n") + "\n"
  }

  /// Where the series are named, in as many rows as they need.
  private var legendPlaces: [(x: Double, row: Int)] {
    var (x, row) = (Figure.left, 0)
    return series.map { series in
      let width = 34 + 7.2 * Double(series.name.count)
      if x > Figure.left, x + width > Figure.right + 20 { (x, row) = (Figure.left, row + 1) }
      defer { x += width }
      return (x, row)
    }
  }

  private static func draw(
    _ form: Form, _ points: [(x: Double, y: Double, high: Double)], _ color: String
  ) -> String {
    func list(_ points: [(Double, Double)]) -> String {
      points.map { "\($0.coordinate),\($1.coordinate)" }.joined(separator: " ")
    }
    switch form {
    case .line:
      return "<polyline points=\"\(list(points.map { ($0.x, $0.y) }))\" fill=\"none\" "
        + "stroke=\"\(color)\" stroke-width=\"2\" stroke-linejoin=\"round\"/>"
    case .points:
      return points.map {
        "<circle cx=\"\($0.x.coordinate)\" cy=\"\($0.y.coordinate)\" r=\"2.5\" "
          + "fill=\"\(color)\" fill-opacity=\"0.7\"/>"
      }.joined(separator: "\n")
    case .band:
      let edge = points.map { ($0.x, $0.y) } + points.reversed().map { ($0.x, $0.high) }
      return "<polygon points=\"\(list(edge))\" fill=\"\(color)\" fill-opacity=\"0.2\"/>"
    }
  }

  private static func extent(_ values: [Double]) -> ClosedRange<Double> {
    guard let low = values.min(), let high = values.max() else { return 0...1 }
    return low...high
  }

  private static func map(
    _ ticks: [Double], to ends: (Double, Double)
  ) -> (Double) -> Double {
    let (low, high) = (ticks.first ?? 0, ticks.last ?? 1)
    return { ends.0 + ($0 - low) / (high - low) * (ends.1 - ends.0) }
  }
}
