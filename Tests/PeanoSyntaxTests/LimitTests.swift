import Kernel
import PeanoSyntax
import Testing

/// Each limit is met exactly and exceeded by one, on the smallest usual stack.
@Suite struct LimitTests {
  static let prelude = "n : type. z : n. s : [n -> n]. #literal n z s. p : [n -> prop]. "

  /// The diagnostics of prelude and text, as messages.
  func messages(_ text: String) -> [String] {
    onSmallStack { diagnostics(of: Self.prelude + text).map(\.message) }
  }

  func nested(_ open: String, _ core: String, _ close: String, _ count: Int) -> String {
    String(repeating: open, count: count) + core + String(repeating: close, count: count)
  }

  @Test(arguments: ["(s ", "[n -> ", "(lambda ('x : n) ", "(let ('x : n = z) "])
  func bracketsNest200Deep(_ open: String) {
    let isType = open.hasPrefix("[")
    func text(_ depth: Int) -> String {
      let term = nested(open, isType ? "n" : "z", isType ? "]" : ")", depth)
      return isType ? "c : \(term)." : "c : (= \(term) \(term))."
    }
    #expect(messages(text(isType ? 200 : 199)) == [])
    #expect(messages(text(isType ? 201 : 200)) == ["brackets nest deeper than 200"])
    #expect(messages(text(40_000)) == ["brackets nest deeper than 200"])
  }

  @Test(arguments: ["[", "(", "(s (", "[[", "([", "(lambda ('x : "])
  func unclosedBracketsAreRefused(_ open: String) {
    let found = messages("c : " + String(repeating: open, count: 100_000))
    #expect(found.count == 1)
    #expect(found.first?.contains("nest deeper than 200") == true, "\(found)")
  }

  @Test func groupsAreBounded() {
    func arrow(_ inputs: Int) -> String {
      "c : [" + String(repeating: "n -> ", count: inputs) + "n]."
    }
    #expect(messages(arrow(398)) == [])
    let deep = "this term nests deeper than 400 binders and arguments"
    #expect(messages(arrow(401)) == [deep])
    #expect(messages(arrow(200_000)) == [deep])
    let lambda = (0..<100_000).map { "'x\($0) : n" }.joined(separator: ", ")
    #expect(messages("c : n = (lambda (\(lambda)) z).") == [deep])
    let arguments = String(repeating: " z", count: 100_000)
    #expect(messages("c : n = (s\(arguments)).").first?.contains("takes no argument") == true)
  }

  @Test func blocksNest1000Deep() throws {
    func script(_ depth: Int) -> String {
      "theorem t : (p z) {" + nested(" apply s. goal (p z) {", "", "}", depth) + "}"
    }
    #expect(messages(script(1_000)) == [])
    #expect(messages(script(1_001)) == ["goal blocks nest deeper than 1000"])
    #expect(messages(script(50_000)) == ["goal blocks nest deeper than 1000"])
    let deepest = script(1_000)
    let printsBack = onSmallStack {
      let source = SourceFile(path: "t", text: Self.prelude + deepest)
      guard let text = try? parse(source).description,
        let again = try? parse(SourceFile(path: "t", text: text)).description
      else { return false }
      return text == again
    }
    #expect(printsBack)
  }

  @Test func namesHave256Bytes() {
    func declaration(_ length: Int) -> String { String(repeating: "a", count: length) + " : n." }
    #expect(messages(declaration(256)) == [])
    #expect(messages(declaration(257)) == ["this name has 257 bytes; the limit is 256"])
    #expect(messages(declaration(1_000_000)) == ["this name has 1000000 bytes; the limit is 256"])
  }

  @Test func numeralsHave4096Digits() {
    func definition(_ length: Int) -> String {
      "c : n = " + String(repeating: "7", count: length) + "."
    }
    #expect(messages(definition(4_096)) == [])
    #expect(messages(definition(4_097)) == ["this numeral has 4097 digits; the limit is 4096"])
    #expect(
      messages(definition(1_000_000)) == ["this numeral has 1000000 digits; the limit is 4096"])
  }

  @Test func sourcesHaveAMillionTokens() throws {
    func source(_ tokens: Int) -> SourceFile {
      SourceFile(path: "t", text: String(repeating: ".", count: tokens))
    }
    #expect(diagnostics(of: source(1_000_000))[0].message.hasPrefix("expected a declaration"))
    #expect(
      diagnostics(of: source(1_000_001))[0].message == "the source has more than 1000000 tokens")
  }

  @Test func sourcesHaveFourMebibytes() {
    func source(_ bytes: Int) -> SourceFile {
      SourceFile(path: "t", bytes: Array(repeating: UInt8(ascii: " "), count: bytes))
    }
    #expect(diagnostics(of: source(4 << 20)) == [])
    #expect(
      diagnostics(of: source((4 << 20) + 1)).map(\.message)
        == ["the source has 4194305 bytes; the limit is 4194304"])
  }
}
