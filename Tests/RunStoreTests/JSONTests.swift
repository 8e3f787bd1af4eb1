import Testing

@testable import RunStore

/// Texts and what they are by RFC 8259. `json.loads` of Python 3 agrees on each, except that it
/// takes NaN, 1e400, names that occur twice and halves of surrogate pairs.
@Suite struct JSONTests {
  @Test(
    arguments: [
      ("null", nil), ("true", true), (" \t\r\n false ", false), ("0", 0), ("-0", 0), ("-12", -12),
      ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
      ("9223372036854775808", .number(9_223_372_036_854_775_808)),
      ("1.5", 1.5), ("-1.5e-3", -0.0015), ("2.0", 2), ("1E2", 100), ("1e+2", 100),
      ("5e-324", .number(.leastNonzeroMagnitude)), ("\"\"", ""), ("[]", []), ("{}", [:]),
      ("[1, [2], {\"a\": [3]}]", [1, [2], ["a": [3]]]),
      (" { \"a\" : 1 , \"b\" : { } } ", ["a": 1, "b": [:]]),
      (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""a\u00e9\u20AC\uD83D\uDE00z""#, "aé€😀z"),
      (#""é€😀""#, "é€😀"), (#""\u0000""#, "\0"), ("\"\u{7f}\"", "\u{7f}"),
    ] as [(String, JSONValue)])
  func isRead(text: String, expected: JSONValue) throws {
    #expect(try JSONValue(parsing: Array(text.utf8)) == expected)
  }

  @Test(arguments: [
    ("", 0, "digit"), (" ", 1, "digit"), ("nul", 3, "'null'"), ("True", 0, "digit"),
    ("truefalse", 4, "after"), ("1 2", 2, "after"), ("01", 1, "after"), ("-", 1, "digit"),
    ("+1", 0, "digit"), (".5", 0, "digit"), ("1.", 2, "digit"), ("1e", 2, "digit"),
    ("1e+", 3, "digit"), ("0x1", 1, "after"), ("NaN", 0, "digit"), ("1e400", 5, "double"),
    ("[1,]", 3, "digit"), ("[1 2]", 3, "']'"), ("[", 1, "digit"), ("[1", 2, "']'"),
    ("{", 1, "'\"'"), ("{1:2}", 1, "'\"'"), (#"{"a" 1}"#, 5, "':'"), (#"{"a":1,}"#, 7, "'\"'"),
    (#"{"a":1"#, 6, "'}'"), (#"{"a":1,"a":2}"#, 12, "twice"), (#"{"a":1,"\u0061":2}"#, 17, "twice"),
    ("\"", 1, "'\"'"), ("\"a", 2, "'\"'"), ("\"\n\"", 1, "control"), (#""\"#, 2, "ends"),
    (#""\x""#, 3, "unknown"), (#""\u12g4""#, 5, "four"), (#""\u12"#, 5, "four"),
    (#""\uD83Dx""#, 7, "expected"), (#""\uD83D\u0041""#, 13, "surrogate"),
    (#""\uDE00""#, 7, "surrogate"), ("\u{FEFF}1", 0, "digit"),
  ])
  func isRefused(text: String, offset: Int, reason: String) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: Array(text.utf8)) }
    #expect(error?.offset == offset, "\(text)")
    #expect(error?.reason.contains(reason) == true, "\(text): \(error?.reason ?? "")")
  }

  /// An overlong slash, a continuation, half of a character, a surrogate: RFC 3629, section 3.
  @Test(
    arguments: [[0xC0, 0xAF], [0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xFF]] as [[UInt8]])
  func stringsAreUTF8(bytes: [UInt8]) {
    let error = #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22] + bytes + [0x22]) }
    #expect(error?.reason == "a string is not UTF-8")
    #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0x5C, 0x6E] + bytes + [0x22]) }
  }

  @Test func depthIsBounded() throws {
    func nested(_ depth: Int) -> [UInt8] {
      Array((String(repeating: "[", count: depth) + String(repeating: "]", count: depth)).utf8)
    }
    _ = try JSONValue(parsing: nested(512))
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(513)) }
    #expect(throws: JSONError.self) { try JSONValue(parsing: nested(1_000_000)) }
  }

  @Test(arguments: [false, true])
  func isReadAsWritten(indented: Bool) throws {
    let value: JSONValue = [
      "a\n\"\\\u{1}é": [1, -2.5, nil, true, [:], []], "": ["b": ["c": "\u{7f}😀"]],
      "tiny": .number(.leastNonzeroMagnitude), "huge": .number(.greatestFiniteMagnitude),
    ]
    #expect(try JSONValue(parsing: Array(value.text(indented: indented).utf8)) == value)
  }
}
