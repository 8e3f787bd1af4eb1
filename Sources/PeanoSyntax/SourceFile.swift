/// The bytes of one source text, and the name under which diagnostics mention it.
public struct SourceFile: Sendable {
  /// Where the text came from: a file's path, or a label such as `--statement`.
  public let path: String
  let bytes: [UInt8]
  /// Byte offset of each line's first byte.
  private let lineStarts: [Int]
  /// Characters before each block of bytes: columns of a line of megabytes are found at once, too.
  private let charactersBefore: [Int]
  private static let blockBytes = 1_024

  /// A source held in memory. The bytes need not be valid UTF-8: reading reports where they are
  /// not.
  public init(path: String, bytes: [UInt8]) {
    self.path = path
    self.bytes = bytes
    var starts = [0]
    var counts: [Int] = []
    var characters = 0
    for (offset, byte) in bytes.enumerated() {
      if offset % Self.blockBytes == 0 { counts.append(characters) }
      if Self.startsCharacter(byte) { characters += 1 }
      if byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
    }
    counts.append(characters)
    lineStarts = starts
    charactersBefore = counts
  }

  /// A source held in a string.
  public init(path: String, text: String) {
    self.init(path: path, bytes: Array(text.utf8))
  }

  /// The whole text; invalid UTF-8 is shown as U+FFFD.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The text of a range.
  public func text(of range: SourceRange) -> String {
    let start = min(range.offset, bytes.count)
    return String(decoding: bytes[start..<min(start + range.length, bytes.count)], as: UTF8.self)
  }

  /// The line and column at which a range starts, both counted from 1; columns count characters.
  public func position(of range: SourceRange) -> SourcePosition {
    let offset = min(range.offset, bytes.count)
    let line = lineIndex(of: offset)
    let column = characterCount(before: offset) - characterCount(before: lineStarts[line])
    return SourcePosition(line: line + 1, column: column + 1)
  }

  /// The bytes of the line that holds `offset`, without its line break.
  func line(at offset: Int) -> Range<Int> {
    let line = lineIndex(of: min(offset, bytes.count))
    var end = line + 1 < lineStarts.count ? lineStarts[line + 1] - 1 : bytes.count
    if end > lineStarts[line], bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return lineStarts[line]..<end
  }

  private func characterCount(before offset: Int) -> Int {
    let block = offset / Self.blockBytes
    return charactersBefore[block]
      + bytes[(block * Self.blockBytes)..<offset].count(where: Self.startsCharacter)
  }

  /// Whether a byte of UTF-8 is not the continuation of a character.
  private static func startsCharacter(_ byte: UInt8) -> Bool { byte & 0xC0 != 0x80 }

  /// The last line that starts at or before `offset`.
  private func lineIndex(of offset: Int) -> Int {
    var low = 0
    var high = lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// A stretch of a source, in bytes.
public struct SourceRange: Sendable, Hashable {
  public let offset: Int
  public let length: Int

  public init(offset: Int, length: Int) {
    self.offset = offset
    self.length = length
  }

  /// The range of syntax that was built by a program, not read from a source.
  public static let synthesized = SourceRange(offset: 0, length: 0)

  /// The smallest range that covers both.
  func extended(to other: SourceRange) -> SourceRange {
    let start = min(offset, other.offset)
    return SourceRange(
      offset: start, length: max(offset + length, other.offset + other.length) - start)
  }
}

/// A place in a source, for people: line and column from 1.
public struct SourcePosition: Sendable, Hashable, CustomStringConvertible {
  public let line: Int
  public let column: Int

  public var description: String { "\(line):\(column)" }
}
