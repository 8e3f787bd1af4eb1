import Glibc

extension Double {
  /// The number with a fixed count of decimals, rounded to nearest.
  func fixed(_ decimals: Int) -> String {
    guard isFinite, magnitude < 1e15 else { return description }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (magnitude * scale).rounded()
    let whole = Int(scaled / scale)
    let sign = self < 0 && scaled > 0 ? "-" : ""
    guard decimals > 0 else { return sign + String(Int(scaled)) }
    let fraction = String(Int(scaled - Double(whole) * scale))
    return sign + "\(whole)." + String(repeating: "0", count: decimals - fraction.count) + fraction
  }

  /// Seconds in words: `8 s`, `3 min 20 s`, `2 h 5 min`.
  var duration: String {
    let seconds = Int(max(0, min(self, 1e9)).rounded())
    if seconds < 60 { return "\(seconds) s" }
    if seconds < 3600 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds / 3600) h \(seconds % 3600 / 60) min"
  }
}

extension Int {
  /// The number with thousands apart: `1,234,567`.
  var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }
}

/// Rows in aligned columns, numbers to the right.
struct ColumnTable {
  let header: [String]
  var rows: [[String]] = []

  var text: String {
    let widths = header.indices.map { column in
      ([header] + rows).map { $0[column].count }.max() ?? 0
    }
    func line(_ row: [String]) -> String {
      "  "
        + zip(row, widths).map { String(repeating: " ", count: $1 - $0.count) + $0 }
        .joined(separator: "  ") + "\n"
    }
    return ([header] + rows).map(line).joined()
  }
}

/// Wall-clock seconds since it was made.
struct Timer {
  private let start = ContinuousClock.now

  var seconds: Double {
    let duration = start.duration(to: .now).components
    return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
  }
}
