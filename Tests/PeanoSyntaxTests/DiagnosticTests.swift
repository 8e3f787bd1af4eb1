import Testing

@testable import PeanoSyntax

@Suite struct DiagnosticTests {
  @Test func showsPlaceLineCaretAndFix() {
    let found = diagnostics(of: "nat : type.\nz : nat.\n/* ∀ */ two : (= zz z).\n")
    #expect(
      found.map(\.description) == [
        """
        test.p:3:18: error: unknown name `zz`
          /* ∀ */ two : (= zz z).
                           ^^
          fix: did you mean `z`?
        """
      ])
  }

  @Test func longLinesAreCutAroundThePlace() throws {
    let padding = String(repeating: "/* long */ ", count: 300_000 / 11)
    let found = diagnostics(of: "nat : type. \(padding) x : nta. \(padding)")
    let diagnostic = try #require(found.first)
    #expect(diagnostic.excerpt.hasPrefix("… ") && diagnostic.excerpt.hasSuffix(" …"))
    #expect(diagnostic.excerpt.count <= 104)
    let caret = try #require(diagnostic.underline.firstIndex(of: "^"))
    let column = diagnostic.underline.distance(from: diagnostic.underline.startIndex, to: caret)
    #expect(diagnostic.excerpt.dropFirst(column).hasPrefix("nta. "))
    #expect(diagnostic.underline.dropFirst(column) == "^^^")
  }

  @Test(arguments: [
    ("a\u{7}b : type.", 2, "a control character (U+07) is not allowed"),
    ("/* \u{202E} */", 4, "a bidirectional control (U+202E) is not allowed"),
    ("/* \u{2066} */", 4, "a bidirectional control (U+2066) is not allowed"),
    ("a\u{200B} : type.", 2, "an invisible character (U+200B) is not allowed"),
    ("\u{FEFF}a : type.", 1, "an invisible character (U+FEFF) is not allowed"),
    ("/* \u{85} */", 4, "a control character (U+85) is not allowed"),
    ("/* \u{2028} */", 4, "a Unicode line separator (U+2028) is not allowed"),
    ("a\0 : type.", 2, "a control character (U+00) is not allowed"),
  ])
  func refusesCharacter(_ text: String, _ column: Int, _ message: String) {
    let found = diagnostics(of: text)
    #expect(found.map(\.message) == [message])
    #expect(found.map(\.position.column) == [column])
    #expect(found.allSatisfy { !$0.excerpt.unicodeScalars.contains { $0.value == 0x202E } })
  }

  @Test(
    arguments: [
      [0xFF], [0xC0, 0x80], [0xC3], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0x80], [0xE0, 0x80, 0x80], [0xF0, 0x80, 0x80, 0x80],
    ] as [[UInt8]])
  func refusesInvalidUTF8(_ bytes: [UInt8]) {
    let source = SourceFile(path: "t", bytes: Array("/* ok é\n ".utf8) + bytes)
    let found = diagnostics(of: source)
    #expect(found.count == 1)
    #expect(found[0].message.hasSuffix("is not valid UTF-8 here"))
    #expect(found[0].position.description == "2:2")
  }

  @Test func commentsMayHoldAnyOtherText() {
    #expect(diagnostics(of: "/* ∀ x ∈ ℕ, 🎲 * / /* */ a : type./**/b : a. /***/").isEmpty)
  }

  @Test(arguments: [
    ("plus", "plus", 0), ("plus", "pluss", 1), ("plus", "plsu", 1), ("plus", "lus", 1),
    ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("ca", "abc", 3),
  ])
  func measuresEdits(_ a: String, _ b: String, _ distance: Int) {
    #expect(editDistance(Array(a.utf8), Array(b.utf8)) == distance)
  }

  /// Columns count characters, wherever in a long line of two-byte characters the place is.
  @Test(arguments: [0, 1, 500, 507, 508, 509, 510, 1_020, 1_021, 5_000])
  func columnsCountCharacters(_ count: Int) {
    let accents = String(repeating: "é", count: count)
    let found = diagnostics(of: "/* line */\n/*\(accents)*/ 'x : a.")
    #expect(found.map(\.position.description) == ["2:\(count + 6)"])
  }

  @Test func lineEndingsAreAllRead() {
    let found = diagnostics(of: "a : type.\r\nb : c.\r\n")
    #expect(found.map(\.position.description) == ["2:5"])
    #expect(found.map(\.excerpt) == ["b : c."])
  }
}
