#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A picture of curves, points and bands over numbers, drawn as SVG.
///
///     var figure = Figure("Log evidence", x: "particles", y: "log Z", xScale: .logarithmic)
///     figure.line("mean", [(64, -106.5), (1000, -105.9)])
///     try figure.write(to: "evidence.svg")
///
/// The same data gives the same bytes on every machine.
public struct Figure: Sendable {
  /// How an axis is divided.
  public enum Scale: Sendable {
    case linear
    /// By powers of ten; what is not positive has no place on it.
    case logarithmic
  }

  enum Form {
    case line
    case points
    /// Between a low and a high value.
    case band([Double])
  }

  struct Series {
    let name: String
    let form: Form
    let points: [(x: Double, y: Double)]
  }

  public var title: String
  let xAxis: Axis
  let yAxis: Axis
  private(set) var series: [Series] = []

  /// An empty picture.
  public init(
    _ title: String, x: String, y: String, xScale: Scale = .linear, yScale: Scale = .linear
  ) {
    self.title = title
    xAxis = Axis(name: x, scale: xScale)
    yAxis = Axis(name: y, scale: yScale)
  }

  /// Adds a curve through the points, in the order given.
  public mutating func line(_ name: String, _ points: [(x: Double, y: Double)]) {
    series.append(Series(name: name, form: .line, points: points))
  }

  /// Adds a mark at each point.
  public mutating func points(_ name: String, _ points: [(x: Double, y: Double)]) {
    series.append(Series(name: name, form: .points, points: points))
  }

  /// Adds the area between two curves.
  public mutating func band(
    _ name: String, _ points: [(x: Double, low: Double, high: Double)]
  ) {
    series.append(
      Series(
        name: name, form: .band(points.map(\.high)), points: points.map { ($0.x, $0.low) }))
  }

  /// Writes the picture to a file, in the place of what was there.
  ///
  /// - Throws: `MinimoError.file` with the system's reason.
  public func write(to path: String) throws(MinimoError) {
    try FileOutput(path: path).finish(svg)
  }
}

extension Figure {
  /// One direction of the picture.
  struct Axis {
    let name: String
    let scale: Scale

    /// Where a number is, before it is laid out; nil if it has no place.
    func position(_ value: Double) -> Double? {
      let position = scale == .logarithmic ? (value > 0 ? log10(value) : .nan) : value
      return position.isFinite && position.magnitude < 1e100 ? position : nil
    }

    /// The marks that hold `extent`, with their labels.
    func ticks(_ extent: ClosedRange<Double>) -> [(position: Double, label: String)] {
      if scale == .linear {
        let axis = ReportAxis(extent, count: 5)
        return axis.ticks.map { ($0, axis.label($0, .number(digits: 0))) }
      }
      let (low, high) = (Int(extent.lowerBound.rounded(.down)), Int(extent.upperBound.rounded(.up)))
      let every = max(1, (high - low) / 6)
      return stride(from: low, through: max(high, low + 1), by: every).map { power in
        let isPlain = (-3...6).contains(power)
        let label =
          power < 0
          ? "0." + String(repeating: "0", count: -power - 1) + "1"
          : "1" + String(repeating: "0", count: power)
        return (Double(power), isPlain ? label : "1e\(power)")
      }
    }
  }
}
