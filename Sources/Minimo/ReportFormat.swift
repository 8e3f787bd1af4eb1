// Numbers and foreign text as the report shows them.

extension String {
  /// What stands for a figure that is not there.
  static let missing = "–"
}

extension Double {
  /// The number with `digits` decimals and its thousands separated by commas: `-1,566.23`.
  ///
  /// A dash for what is no number; the same on every machine.
  public func fixed(_ digits: Int) -> String {
    guard isFinite else { return isNaN ? .missing : self < 0 ? "-∞" : "∞" }
    let scale = (0..<digits).reduce(1) { scale, _ in scale * 10 }
    let scaled = (magnitude * Double(scale)).rounded()
    guard scaled < 1e15 else { return description }
    let units = Int(scaled)
    let sign = self < 0 && units > 0 ? "-" : ""
    guard digits > 0 else { return sign + units.grouped }
    let fraction = String(units % scale)
    let zeros = String(repeating: "0", count: digits - fraction.utf8.count)
    return sign + (units / scale).grouped + "." + zeros + fraction
  }

  /// A coordinate, short and the same on every machine.
  var coordinate: String {
    let tenths = Int((10 * self).rounded())
    let magnitude = tenths.magnitude
    let fraction = magnitude % 10 == 0 ? "" : ".\(magnitude % 10)"
    return (tenths < 0 ? "-" : "") + "\(magnitude / 10)" + fraction
  }

  /// A share of one, as a percentage.
  var percentage: String { (100 * self).fixed(1) + " %" }

  /// Seconds, in the two units that matter.
  var duration: String {
    guard (0..<1e12).contains(self) else { return .missing }
    let whole = Int(rounded())
    switch whole {
    case ..<60: return fixed(1) + " s"
    case ..<3600: return "\(whole / 60) min \(whole % 60) s"
    default: return "\((whole / 3600).grouped) h \(whole % 3600 / 60) min"
    }
  }
}

extension Int {
  /// The number with its thousands separated by commas.
  var grouped: String {
    let digits = Array(String(magnitude))
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 proof`, `2 proofs`.
  func counted(_ noun: String) -> String { grouped + " " + noun + (self == 1 ? "" : "s") }
}

extension String {
  /// The text with everything replaced that could command a terminal, change the order of
  /// characters or break a document; line breaks stay if `lines`.
  func plain(lines: Bool = false) -> String {
    var text = ""
    for scalar in unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control where lines && scalar == "\n": text += "\n"
      case .control, .format, .unassigned, .lineSeparator, .paragraphSeparator: text += "\u{FFFD}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// A name of the run's own, fit for the head of a column.
  var label: String { String(plain().prefix(20)) }

  /// The beginning of a text that is too long to show, and how much is left out.
  func clipped(to limit: Int) -> String {
    guard unicodeScalars.count > limit else { return self }
    let kept = String(String.UnicodeScalarView(unicodeScalars.prefix(limit)))
    return kept + "… (\((unicodeScalars.count - limit).grouped) more characters)"
  }
}

/// The keys of `dictionaries`: the expected ones in their order, then the others by name.
func orderedKeys<Value>(_ dictionaries: [[String: Value]], expected: [String]) -> [String] {
  let others = Set(dictionaries.flatMap(\.keys)).subtracting(expected)
  return expected + others.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}
