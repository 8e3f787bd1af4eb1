/// What is wrong with a source, where, and how to fix it.
public struct Diagnostic: Sendable, Hashable, CustomStringConvertible {
  public let path: String
  public let position: SourcePosition
  /// What is wrong.
  public let message: String
  /// What to do about it.
  public let fix: String
  /// The source line, cut to a readable length around the place.
  public let excerpt: String
  /// Spaces and carets: underlines the place when printed below `excerpt`.
  public let underline: String

  public init(_ message: String, fix: String, at range: SourceRange, in source: SourceFile) {
    path = source.path
    position = source.position(of: range)
    self.message = message
    self.fix = fix
    (excerpt, underline) = Self.excerpt(of: range, in: source)
  }

  /// Four lines: place and message, source line, carets, fix.
  public var description: String {
    """
    \(path):\(position): error: \(message)
      \(excerpt)
      \(underline)
      fix: \(fix)
    """
  }

  /// At most this many characters before the place, and this many from it on.
  private static let reach = (before: 60, after: 40)

  private static func excerpt(
    of range: SourceRange, in source: SourceFile
  ) -> (line: String, underline: String) {
    let line = source.line(at: range.offset)
    let offset = min(max(range.offset, line.lowerBound), line.upperBound)
    // A character has at most four bytes, so this never decodes a line of megabytes.
    let start = max(line.lowerBound, offset - 4 * reach.before)
    let end = min(line.upperBound, offset + 4 * reach.after)
    func visible(_ bytes: ArraySlice<UInt8>) -> [Character] {
      String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
        $0 == "\t" ? " " : forbidden($0) == nil ? Character($0) : "\u{FFFD}"
      }
    }
    let before = visible(source.bytes[start..<offset])
    let after = visible(source.bytes[offset..<end])
    let shownBefore = before.suffix(reach.before)
    let shownAfter = after.prefix(reach.after)
    let isCutBefore = start > line.lowerBound || before.count > shownBefore.count
    let isCutAfter = end < line.upperBound || after.count > shownAfter.count
    let lead = isCutBefore ? "… " : ""
    let covered = visible(source.bytes[offset..<min(end, offset + max(range.length, 1))]).count
    let carets = max(1, min(covered, shownAfter.count))
    return (
      lead + String(shownBefore) + String(shownAfter) + (isCutAfter ? " …" : ""),
      String(repeating: " ", count: lead.count + shownBefore.count)
        + String(repeating: "^", count: carets)
    )
  }
}

/// A source was refused; carries at least one diagnostic, in source order.
public struct SyntaxError: Error, Sendable, CustomStringConvertible {
  public let diagnostics: [Diagnostic]

  public init(_ diagnostics: [Diagnostic]) {
    precondition(!diagnostics.isEmpty, "a SyntaxError needs at least one diagnostic")
    self.diagnostics = diagnostics
  }

  init(_ message: String, fix: String, at range: SourceRange, in source: SourceFile) {
    self.init([Diagnostic(message, fix: fix, at: range, in: source)])
  }

  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
