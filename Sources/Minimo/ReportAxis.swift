/// An axis with round numbers.
struct ReportAxis {
  let ticks: [Double]
  private let digits: Int

  var low: Double { ticks[0] }
  var high: Double { ticks[ticks.count - 1] }

  /// About `count` intervals of 1, 2 or 5 times a power of ten that hold `extent`.
  init(_ extent: ClosedRange<Double>, count: Int) {
    let size = max(extent.lowerBound.magnitude, extent.upperBound.magnitude)
    var (low, high) = (extent.lowerBound, extent.upperBound)
    // A single value gets an axis around it.
    if high - low <= 1e-9 * size || high == low {
      let room = size > 0 ? 0.1 * size : 1
      low = low == 0 ? 0 : low - room
      high += room
    }
    let (step, digits) = ReportAxis.step(atLeast: (high - low) / Double(count))
    let first = (low / step).rounded(.down)
    let last = max(first + 1, (high / step).rounded(.up))
    self.digits = digits
    ticks = (0...Int(last - first)).map { (first + Double($0)) * step }
  }

  func label(_ tick: Double, _ unit: ReportChart.Unit) -> String {
    switch unit {
    case .number: tick.fixed(digits)
    case .share: (100 * tick).fixed(max(0, digits - 2)) + " %"
    }
  }

  /// A round step, and how many decimals its multiples need.
  static func step(atLeast least: Double) -> (step: Double, digits: Int) {
    var power = 1.0
    var digits = 0
    while power > least, digits < 9 {
      power /= 10
      digits += 1
    }
    while power * 10 <= least { power *= 10 }
    for factor in [1.0, 2, 5] where factor * power >= least { return (factor * power, digits) }
    return (10 * power, max(0, digits - 1))
  }
}
