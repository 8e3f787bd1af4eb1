/// The subset of JSON that safetensors headers use: objects, strings and natural numbers.
struct JSONText {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  init(bytes: [UInt8], range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  func error(_ problem: String, _ fix: String) -> SafetensorsError {
    SafetensorsError(at: "byte \(position)", problem: problem, fix: fix)
  }

  /// Reads an object, calling `member` at each value.
  mutating func object(
    leadingSpace: Bool = true,
    _ member: (inout JSONText, String) throws(SafetensorsError) -> Void
  ) throws(SafetensorsError) {
    if leadingSpace { skipSpace() }
    try expect("{")
    skipSpace()
    if take("}") { return }
    repeat {
      let name = try string()
      skipSpace()
      try expect(":")
      try member(&self, name)
      skipSpace()
    } while take(",")
    try expect("}")
  }

  /// Reads an array of natural numbers.
  mutating func integers() throws(SafetensorsError) -> [Int] {
    skipSpace()
    try expect("[")
    skipSpace()
    if take("]") { return [] }
    var numbers: [Int] = []
    repeat {
      numbers.append(try integer())
      skipSpace()
    } while take(",")
    try expect("]")
    return numbers
  }

  private mutating func integer() throws(SafetensorsError) -> Int {
    skipSpace()
    let start = position
    var value = 0
    while position < end, case let digit = bytes[position], digit >= 0x30, digit <= 0x39 {
      let (tens, overflow) = value.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
      guard !overflow, !carry else {
        throw error("the number is too large", "numbers must fit 63 bits")
      }
      value = sum
      position += 1
    }
    guard position > start else { throw unexpected("a natural number") }
    guard position - start == 1 || bytes[start] != 0x30 else {
      throw error("a number begins with 0", "write it without leading zeros")
    }
    return value
  }

  /// Reads a string.
  mutating func string() throws(SafetensorsError) -> String {
    skipSpace()
    try expect("\"")
    var content: [UInt8] = []
    while true {
      guard position < end else { throw unexpected("the end of a string") }
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: content, as: UTF8.self) else {
          throw error("a string is not UTF-8", "names and metadata must be UTF-8")
        }
        return string
      case UInt8(ascii: "\\"):
        content += try escape().utf8
      case 0..<0x20:
        throw error("a string holds a control character", "escape it")
      default:
        content.append(byte)
      }
    }
  }

  private mutating func escape() throws(SafetensorsError) -> String {
    guard position < end else { throw unexpected("an escape") }
    let letter = bytes[position]
    position += 1
    switch letter {
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "/"): return "/"
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{C}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      var scalar = try hexadecimal()
      if (0xD800..<0xDC00).contains(scalar), take("\\"), take("u") {
        let low = try hexadecimal()
        guard (0xDC00..<0xE000).contains(low) else { throw surrogate() }
        scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
      }
      guard let character = Unicode.Scalar(scalar) else { throw surrogate() }
      return String(Character(character))
    default:
      throw error("an unknown escape", "JSON has \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u")
    }
  }

  private func surrogate() -> SafetensorsError {
    error("half of a surrogate pair", "write the other half, or the character itself")
  }

  private mutating func hexadecimal() throws(SafetensorsError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard position < end, let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue
      else { throw unexpected("four hexadecimal digits") }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }

  /// Nothing but spaces may follow the object.
  mutating func finish() throws(SafetensorsError) {
    skipSpace()
    guard position == end else { throw unexpected("the end of the header") }
  }

  private mutating func skipSpace() {
    while position < end, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(SafetensorsError) {
    guard take(character) else { throw unexpected("\"\(character)\"") }
  }

  private func unexpected(_ wanted: String) -> SafetensorsError {
    let found =
      position < end
      ? "byte 0x" + String(bytes[position], radix: 16) : "the end of the header"
    return error("found \(found) where \(wanted) should be", "the header is not valid JSON")
  }

  /// A string as JSON.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }
}
