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
  /// The repair that was made; nil for an error.
  public let repair: Repair?

  public init(
    _ message: String, fix: String, at range: SourceRange, in source: SourceFile,
    repair: Repair? = nil
  ) {
    path = source.path
    self.repair = repair
    position = source.position(of: range)
    self.message = message
    self.fix = fix
    (excerpt, underline) = Self.excerpt(of: range, in: source)
  }

  /// Four lines: place and message, source line, carets, fix.
  public var description: String {
    """
    \(path):\(position): \(repair.map { "note " + $0.code } ?? "error"): \(message)
      \(excerpt)
      \(underline)
      fix: \(fix)
    """
  }

  /// At most this many characters of a line are shown, and this many of those before the place.
  private static let width = (total: 100, before: 60)

  private static func excerpt(
    of range: SourceRange, in source: SourceFile
  ) -> (line: String, underline: String) {
    let line = source.line(at: range.offset)
    let offset = min(max(range.offset, line.lowerBound), line.upperBound)
    // A character has at most four bytes, so this never decodes a line of megabytes.
    let start = max(line.lowerBound, offset - 4 * width.before)
    let end = min(line.upperBound, offset + 4 * width.total)
    func visible(_ bytes: ArraySlice<UInt8>) -> [Character] {
      String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
        $0 == "\t" ? " " : forbidden($0) == nil ? Character($0) : "\u{FFFD}"
      }
    }
    let before = visible(source.bytes[start..<offset])
    let after = visible(source.bytes[offset..<end])
    let shownBefore = before.suffix(width.before)
    let shownAfter = after.prefix(width.total - shownBefore.count)
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
  /// Whether an error reported earlier is the cause.
  let isConsequence: Bool

  public init(_ diagnostics: [Diagnostic]) {
    self.init(diagnostics, isConsequence: false)
  }

  private init(_ diagnostics: [Diagnostic], isConsequence: Bool) {
    precondition(!diagnostics.isEmpty, "a SyntaxError needs at least one diagnostic")
    self.diagnostics = diagnostics
    self.isConsequence = isConsequence
  }

  init(
    _ message: String, fix: String, at range: SourceRange, in source: SourceFile,
    isConsequence: Bool = false
  ) {
    self.init(
      [Diagnostic(message, fix: fix, at: range, in: source)], isConsequence: isConsequence)
  }

  public var description: String {
    diagnostics.map(\.description).joined(separator: "\n")
  }
}
