/// A line of a chart drawn with the dots of Braille patterns, two by four to a character.
struct ReportPlot {
  let width: Int
  let height: Int
  private var dots: [UInt8]

  /// An empty plot of `width` × `height` characters.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    dots = [UInt8](repeating: 0, count: width * height)
  }

  /// Draws a line through the values, at equal distances from left to right, broken where a value
  /// is missing.
  init(_ values: [Double?], over extent: ClosedRange<Double>, width: Int, height: Int) {
    self.init(width: width, height: height)
    let columns = 2 * width - 1
    let rows = 4 * height - 1
    let span = extent.upperBound - extent.lowerBound
    var previous: (x: Int, y: Int)?
    for (index, value) in values.enumerated() {
      guard let value else {
        previous = nil
        continue
      }
      let x = values.count == 1 ? columns / 2 : index * columns / (values.count - 1)
      let share = span > 0 ? (value - extent.lowerBound) / span : 0.5
      let y = rows - Int((share * Double(rows)).rounded())
      draw(from: previous ?? (x, y), to: (x, y))
      previous = (x, y)
    }
  }

  var lines: [String] {
    (0..<height).map { row in
      var line = String.UnicodeScalarView()
      for pattern in dots[row * width..<(row + 1) * width] {
        line.append(Unicode.Scalar(0x2800 + UInt32(pattern)) ?? " ")
      }
      return String(line)
    }
  }

  private mutating func draw(from start: (x: Int, y: Int), to end: (x: Int, y: Int)) {
    let steps = max(1, max(abs(end.x - start.x), abs(end.y - start.y)))
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      set(
        start.x + Int((share * Double(end.x - start.x)).rounded()),
        start.y + Int((share * Double(end.y - start.y)).rounded()))
    }
  }

  private mutating func set(_ x: Int, _ y: Int) {
    // The order of the dots in Unicode: down the left side, down the right side, then the last row.
    let bits: [UInt8] = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80]
    dots[y / 4 * width + x / 2] |= bits[y % 4 * 2 + x % 2]
  }
}
