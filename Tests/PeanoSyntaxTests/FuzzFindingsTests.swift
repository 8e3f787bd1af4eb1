import PeanoSyntax
import Testing

/// Inputs that fuzzing found: each is read or refused, and what is read prints to what parses.
@Suite struct FuzzFindingsTests {
  @Test(arguments: ["\n_.n", "lambda. n", String(repeating: "1", count: 300) + ". n"])
  func problemsHaveNames(_ text: String) {
    let source = SourceFile(path: "found", text: text)
    #expect(throws: SyntaxError.self) { try parse(source, dialect: .legacy) }
  }

  @Test(arguments: ["p. n", "7. n"])
  func namedProblemsPrintToWhatParses(_ text: String) throws {
    let tree = try parse(SourceFile(path: "found", text: text), dialect: .legacy)
    let printed = SourceFile(path: "printed", text: tree.description)
    #expect(try parse(printed).description == tree.description)
  }
}
