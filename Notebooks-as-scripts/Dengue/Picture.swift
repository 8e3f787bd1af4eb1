import Glibc

/// A drawing of panels side by side, as SVG.
struct Picture {
  /// Points, joined or not, in one color.
  struct Series {
    var name: String
    var color: String
    var points: [(x: Double, y: Double)]
    var isLine = false
  }

  struct Panel {
    var title: String
    var xLabel: String
    var series: [Series]
    /// Ticks of the horizontal axis, where they are not numbers of their own scale.
    var xTicks: [(position: Double, label: String)]
    var yTicks: [Double]
  }

  var panels: [Panel]

  private static let size = (width: 360.0, height: 260.0)
  private static let plot = (left: 52.0, top: 46.0, right: 346.0, bottom: 212.0)

  var svg: String {
    let (width, height) = Self.size
    let total = Int(width) * panels.count
    let body = panels.enumerated().map { index, panel in
      "<g transform=\"translate(\(Int(width) * index) 0)\">\n\(draw(panel))\n</g>"
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(total) \(Int(height))" \
      font-family="sans-serif" font-size="11">
      <rect width="\(total)" height="\(Int(height))" fill="white"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private func draw(_ panel: Panel) -> String {
    let plot = Self.plot
    let xs = panel.xTicks.map(\.position)
    let (lowX, highX) = (xs.min() ?? 0, xs.max() ?? 1)
    let (lowY, highY) = (panel.yTicks.min() ?? 0, panel.yTicks.max() ?? 1)
    func x(_ value: Double) -> Double {
      plot.left + 8 + (value - lowX) / (highX - lowX) * (plot.right - plot.left - 16)
    }
    func y(_ value: Double) -> Double {
      // What is off the scale sits on its edge.
      let share = (min(max(value, lowY), highY) - lowY) / (highY - lowY)
      return plot.bottom - share * (plot.bottom - plot.top)
    }
    var parts = [
      text(panel.title, plot.left, 18, "start", "font-weight=\"bold\""),
      text(panel.xLabel, (plot.left + plot.right) / 2, plot.bottom + 34, "middle", ""),
    ]
    for tick in panel.yTicks {
      parts.append(
        "<line x1=\"\(short(plot.left))\" x2=\"\(short(plot.right))\" y1=\"\(short(y(tick)))\" "
          + "y2=\"\(short(y(tick)))\" stroke=\"#ddd\"/>")
      parts.append(text(short(tick), plot.left - 6, y(tick) + 4, "end", ""))
    }
    for tick in panel.xTicks {
      parts.append(text(tick.label, x(tick.position), plot.bottom + 16, "middle", ""))
    }
    var keyStart = plot.left
    for series in panel.series {
      parts.append(
        "<circle cx=\"\(short(keyStart + 4))\" cy=\"31\" r=\"4\" fill=\"\(series.color)\"/>")
      parts.append(text(series.name, keyStart + 12, 35, "start", ""))
      keyStart += 24 + 6.2 * Double(series.name.count)
      if series.isLine {
        let points = series.points.map { "\(short(x($0.x))),\(short(y($0.y)))" }
        parts.append(
          "<polyline fill=\"none\" stroke=\"\(series.color)\" stroke-width=\"1.5\" "
            + "points=\"\(points.joined(separator: " "))\"/>")
      } else {
        parts += series.points.map {
          "<circle cx=\"\(short(x($0.x)))\" cy=\"\(short(y($0.y)))\" r=\"3\" "
            + "fill=\"\(series.color)\" fill-opacity=\"0.6\"/>"
        }
      }
    }
    return parts.joined(separator: "\n")
  }

  private func text(
    _ words: String, _ x: Double, _ y: Double, _ anchor: String, _ more: String
  ) -> String {
    "<text x=\"\(short(x))\" y=\"\(short(y))\" text-anchor=\"\(anchor)\" \(more)>\(words)</text>"
  }

  /// Writes the drawing; false if the file cannot be written.
  func write(to path: String) -> Bool {
    guard let file = fopen(path, "w") else { return false }
    let isWritten = fputs(svg, file) >= 0
    return fclose(file) == 0 && isWritten
  }
}

/// A number with one decimal, none if that is 0.
func short(_ number: Double) -> String {
  let tenths = Int((10 * number).rounded())
  let magnitude = tenths.magnitude
  let fraction = magnitude % 10 == 0 ? "" : ".\(magnitude % 10)"
  return (tenths < 0 ? "-" : "") + "\(magnitude / 10)" + fraction
}

/// A number with the given decimals, right-aligned.
func column(_ number: Double, _ decimals: Int, width: Int) -> String {
  guard number.isFinite else { return padded(number < 0 ? "-inf" : "-", width) }
  let power = pow(10.0, Double(decimals))
  let scaled = Int((number.magnitude * power).rounded())
  var digits = String(scaled % Int(power))
  digits = String(repeating: "0", count: max(0, decimals - digits.count)) + digits
  let sign = number < 0 && scaled > 0 ? "-" : ""
  return padded("\(sign)\(scaled / Int(power))" + (decimals > 0 ? ".\(digits)" : ""), width)
}

func padded(_ text: String, _ width: Int) -> String {
  String(repeating: " ", count: max(0, width - text.count)) + text
}
