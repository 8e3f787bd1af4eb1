import Kernel
import PeanoSyntax
import Randomness
import TestSupport
import Testing

/// What only the legacy dialect reads: problem lists and scripts, and their limits.
@Suite struct LegacyReadingTests {
  @Test func readsProblemLists() throws {
    let domain = try LegacyTests.read("", .strict)
    let arena = TermArena(domain.theory.terms)
    let list = """
      1. [('A : prop) -> ['A -> 'A]]
      2a. [('A : prop) -> [(not 'A)] -> (not 'A)]
      t_last. (le z z).
      """
    var repairs = RepairLog()
    let tree = try parse(SourceFile(path: "list.p", text: list), dialect: .legacy)
    let problems = try elaborateProblems(
      tree, theory: domain.theory, arena: arena, repairs: &repairs)
    #expect(problems.map(\.name) == ["problem_1", "2a", "t_last"])
    #expect(problems.allSatisfy { $0.script == nil && $0.legacyScript == nil })
    #expect(repairs.notes.map { $0.repair!.code } == ["L8", "L8", "L4", "L8"])
    #expect(
      print(problems[1].statement, arena: arena, theory: domain.theory)
        == "[('a0 : prop) -> (not 'a0) -> (not 'a0)]")
    let again = try parse(
      SourceFile(path: "again.p", text: tree.description), dialect: .legacy)
    #expect(again.description == tree.description)
    for line in list.split(separator: "\n") {
      let refused = diagnostics(of: LegacyTests.preamble + line)
      #expect(refused.first?.fix.contains("--dialect legacy") == true, "\(line)")
    }
  }

  @Test func readsEveryWordForATheorem() throws {
    let text = """
      theorem a : (le z z) { }
      lemma b : (le z z) { }
      corollary c : (le z z).
      verify d { }
      example e { let n : nat = z. }
      test f { show (le z z) by a. }
      """
    let file = try LegacyTests.read(text, .legacy)
    #expect(file.theorems.map(\.name) == ["a", "b", "c", "d", "e", "f"])
    #expect(
      file.theorems.map { $0.legacyScript?.hasGoal } == [true, true, nil, false, false, false])
    for line in text.split(separator: "\n").dropFirst() {
      let refused = diagnostics(of: LegacyTests.preamble + line)
      #expect(refused.first?.fix.contains("--dialect legacy") == true, "\(line): \(refused)")
    }
  }

  @Test func aStatementMayBeAType() throws {
    let file = try LegacyTests.read("theorem a : [('P : type) -> 'P -> 'P].", .legacy)
    #expect(file.repairs.notes.map { $0.repair } == [.constructedType])
    #expect(throws: SyntaxError.self) {
      try LegacyTests.read("theorem a : [('P : type) -> 'P -> 'P].", .strict)
    }
    #expect(throws: SyntaxError.self) { try LegacyTests.read("theorem a : z.", .legacy) }
  }

  static let script = """
    theorem t : [('n : nat) -> (le 'n z)] {
      intro n : nat.
      current goal : (le n z).
      have (le z z) {
        halt.
      }
      construct m : nat = (s n) by s.
      construct _ : nat by s.
      let k : nat = z.
      let j : nat.
      show (le z z) by a.
      apply a.
      goal (le z z) {
        apply b.
        goal (le n z) {
        }
      }
      goal (le n n) {
      }
    }
    verify v {
      show (le z z) by a.
    }

    """

  @Test func scriptsPrintAndReadBack() throws {
    let tree = try parse(SourceFile(path: "test.p", text: Self.script), dialect: .legacy)
    #expect(tree.description == Self.script)
    guard case .theorem(let theorem) = tree.items[0], let steps = theorem.legacyScript?.steps else {
      Issue.record("no script")
      return
    }
    #expect(steps.count == 11)
    #expect(steps[8].steps.isEmpty && steps[9].steps.count == 2)
  }

  static let malformed: [(String, String)] = [
    ("theorem t : nat { show z by (s z). }", "expected the name of a rule"),
    ("theorem t : nat { show z. }", "expected `by`"),
    ("theorem t : nat { current z. }", "expected `goal` after `current`"),
    ("theorem t : nat { goal z . }", "expected `{`"),
    ("theorem t : nat { have z { }", "expected `}`"),
    ("theorem t : nat { s z. }", "expected a step"),
    ("theorem t : nat { intro n nat. }", "expected `:`"),
    ("theorem t : nat { halt }", "expected `.`"),
    ("theorem t : nat by", "expected `.` or `{`"),
    ("verify v : nat { }", "expected `{`"),
    ("1. ", "expected a term"),
    ("a : (s z -> z).", "expected `)`"),
    ("a : [].", "expected a term"),
  ]

  @Test(arguments: malformed)
  func refusesMalformed(_ text: String, _ message: String) throws {
    let source = SourceFile(path: "test.p", text: text)
    let error = #expect(throws: SyntaxError.self) { try parse(source, dialect: .legacy) }
    #expect(
      error?.diagnostics.first?.message.contains(message) == true, "\(String(describing: error))")
  }

  // MARK: Limits

  static let deep: [(String, String, String)] = [
    ("a : ", "[", "nest deeper"), ("a : ", "(", "nest deeper"),
    ("a : ", "((x : nat) -> ", "deeper"),
    ("1. ", "[", "nest deeper"), ("theorem t : nat { show ", "(", "nest deeper"),
    ("theorem t : nat { ", "have z { ", "nest deeper"),
    ("verify v { ", "goal z { ", "nest deeper"),
  ]

  @Test(arguments: deep)
  func refusesDeepNesting(_ start: String, _ opening: String, _ message: String) throws {
    let source = SourceFile(
      path: "deep.p", text: start + String(repeating: opening, count: 100_000))
    let found = onSmallStack {
      do throws(SyntaxError) {
        _ = try parse(source, dialect: .legacy)
        return "accepted"
      } catch {
        return error.diagnostics[0].message
      }
    }
    #expect(found.contains(message))
  }

  /// As deep as allowed: repairs need no more stack than reading does.
  @Test func repairsNeedLittleStack() throws {
    let depth = 190
    let arrow =
      String(repeating: "((n : nat) -> ", count: depth) + "(le n 'm)"
      + String(repeating: ")", count: depth)
    let sum =
      String(repeating: "(s ", count: depth) + "'k" + String(repeating: ")", count: depth)
    let source = SourceFile(
      path: "deep.p", text: LegacyTests.preamble + "a : \(arrow).\nb : [(le \(sum) z)].")
    let found = onSmallStack {
      do throws(SyntaxError) {
        let file = try elaborate(try parse(source, dialect: .legacy))
        return file.repairs.notes.compactMap { $0.repair?.code }
      } catch {
        return [error.description]
      }
    }
    #expect(Set(found) == ["L1", "L3", "L4", "L7"], "\(found)")
    #expect(found.count { $0 == "L3" } == depth)
  }

  @Test func wideArrowsAreRefusedAtOnce() throws {
    let text =
      "a : [" + String(repeating: "('n : nat) -> (le 'n 'm) -> ", count: 20_000) + "(le z z)]."
    #expect(throws: SyntaxError.self) { try LegacyTests.read(text, .legacy) }
  }

  /// Whatever the bytes, reading gives a theory or diagnostics; a tree that was read prints and
  /// reads back.
  @Test func mutatedFilesAreReadOrRefused() throws {
    let seed =
      LegacyTests.preamble
      + LegacyTests.examples.map { "\n\($0.written)" }.joined().replacing(
        "\na ", with: "\nb ") + "\n1. (le z z)\n" + Self.script
    let pieces = seed.split(separator: " ").map(String.init)
    var (accepted, refused) = (0, 0)
    try forAll(2_000) { stream in
      var pieces = pieces
      for _ in 0...stream.uniform(below: 3) {
        let (i, j) = (stream.uniform(below: pieces.count), stream.uniform(below: pieces.count))
        switch stream.uniform(below: 4) {
        case 0: pieces.swapAt(i, j)
        case 1: pieces[i] = pieces[j]
        case 2: pieces.insert(pieces[j], at: i)
        default: pieces.remove(at: i)
        }
      }
      let source = SourceFile(path: "fuzz", text: pieces.joined(separator: " "))
      do {
        let tree = try parse(source, dialect: .legacy)
        let printed = SourceFile(path: "printed", text: tree.description)
        let again = try parse(printed, dialect: .legacy)
        try #require(again.description == tree.description)
        _ = try elaborate(tree)
        accepted += 1
      } catch let error as SyntaxError {
        for diagnostic in error.diagnostics {
          try #require(!diagnostic.message.isEmpty && diagnostic.underline.contains("^"))
        }
        refused += 1
      }
    }
    #expect(min(accepted, refused) > 20, "\(accepted) accepted, \(refused) refused")
  }
}
