import Kernel
import PeanoSyntax
import Proving
import Testing

/// Scripts in the language of the original that are refused, with the place and the cause: what the
/// original accepts wrongly among them.
@Suite struct LegacyRefusalTests {
  /// Theorems, the line and column of the error of the last, and parts of its message.
  static let refused: [(String, String, String)] = [
    ("theorem t : false { }", "1:9", "the goal `false` is left open"),
    (
      "theorem t : [nat -> (le z z) -> false] {\n  intro n : nat.\n  intro h : (le z z).\n}", "3:3",
      "the goal `false` is left open; known: n : nat, (le z z)"
    ),
    ("theorem t : false { halt. }", "1:21", "`false` is left open"),
    (
      "theorem t : false { halt. show false by le_n. }", "1:21", "`false` is left open"
    ),
    (
      "verify v { halt. show false by le_n. }", "1:12", "the steps after this one are not checked"
    ),
    // Goals are compared, not counted.
    (
      "theorem t : false { goal (= z z) { show (= z z) by eq_refl. } }", "1:21",
      "no step leaves `(= z z)` as a goal"
    ),
    (
      "theorem t : (and false false) { apply and_i.\n"
        + "  goal (= z z) { show (= z z) by eq_refl. }\n"
        + "  goal (= z z) { show (= z z) by eq_refl. } }", "2:8",
      "the blocks prove other goals: `and_i` leaves the open goals `false` and `false`"
    ),
    (
      "theorem t : (and false (le z z)) { apply and_i.\n"
        + "  goal (le z z) { show (le z z) by le_n. } }", "2:8", "leaves the open goals `false` and"
    ),
    (
      "theorem t : (and (le z z) (le one one)) { apply and_i.\n"
        + "  goal (le one one) { show (le one one) by le_n. }\n"
        + "  goal (le z z) { show (le z z) by le_n. } }", "2:8", "the blocks prove other goals"
    ),
    ("theorem t : (and false false) { apply and_i. }", "1:33", "no block follows"),
    (
      "theorem t : (le z z) { apply le_n.\n  goal false { } }", "2:8",
      "the blocks prove other goals: `le_n` leaves the open goals none"
    ),
    // α-conversion is no renaming: two binders do not collapse into one.
    (
      "theorem a : [('c : nat) -> (= 'c 'c)] { intro c : nat. show (= c c) by eq_refl. }\n"
        + "theorem t : (and [('a : nat) -> ('b : nat) -> (= 'a 'b)] (= z z)) { apply and_i.\n"
        + "  goal [('c : nat) -> ('c : nat) -> (= 'c 'c)] { }\n  goal (= z z) { } }", "3:8",
      "`and_i` leaves the open goals `[('a0 : nat) -> ('a1 : nat) -> (= 'a0 'a1)]`"
    ),
    // Capture: induction over a predicate with a binder of its own.
    (
      "theorem t : [('m : nat) -> ('n : nat) -> (= 'm z)] { apply nat_ind.\n"
        + "  goal [('n : nat) -> (= z z)] { intro n : nat. show (= z z) by eq_refl. }\n"
        + "  goal [('n : nat) -> [('n : nat) -> (= 'n z)] -> [('n : nat) -> (= (s 'n) z)]] { } }",
      "2:8", "the blocks prove other goals"
    ),
    (
      "theorem t : [('c : nat) -> (= 'c z) -> ('c : nat) -> (= z 'c)] {\n  intro c : nat.\n"
        + "  intro h : (= c z).\n  intro c : nat.\n  show (= z c) by eq_symm. }", "5:3",
      "the goal `(= z c'3)` is left open"
    ),
    (
      "theorem t : (le z z) { current goal : (le one z). }", "1:39",
      "the current goal is `(le z z)`, not `(le (s z) z)`"
    ),
    (
      "theorem t : (le z z) { show (le z z) by le_n. current goal : (le z z). }", "1:62",
      "is proved already"
    ),
    ("theorem t : (le z z) { intro n : nat. }", "1:24", "has no input to introduce"),
    ("theorem t : [nat -> (le z z)] { intro n : prop. }", "1:43", "is `nat`, not `prop`"),
    (
      "theorem t : [('p : prop) -> 'p -> 'p -> 'p] { intro p : prop. intro a : p. intro b : p."
        + " intro c : p. }", "1:89", "is proved already"
    ),
    ("theorem t : (le one z) { show (le one z) by le_s. }", "1:45", "`le_s` does not give"),
    ("theorem t : (le one z) { show (le one z) by magic. }", "1:45", "unknown name `magic`"),
    ("theorem t : (le one z) { apply magic. }", "1:32", "unknown name `magic`"),
    ("theorem t : (le one z) { apply rewrite. }", "1:32", "`rewrite` is no arrow to apply"),
    ("theorem t : (le one z) { apply +_z. }", "1:32", "does not conclude `(le (s z) z)`"),
    ("theorem t : (le one z) { apply z. }", "1:32", "does not conclude"),
    (
      "theorem t : (le z z) { apply le_trans.\n show (le z z) by le_n. }", "2:2",
      "only `goal` blocks"
    ),
    ("theorem t : (= one z) { show (= one z) by eq_refl. }", "1:43", "`eq_refl` does not give"),
    ("theorem t : (= one z) { show (= one z) by eq_symm. }", "1:43", "`eq_symm` does not give"),
    ("theorem t : (= one z) { show (= one z) by rewrite. }", "1:43", "`rewrite` does not give"),
    ("theorem t : (le z z) { show (le z z) by eq_refl. }", "1:41", "`eq_refl` does not give"),
    ("theorem t : (le z z) { show z by le_n. }", "1:29", "stands where a type is wanted"),
    ("theorem t : (le z z) { show (= z false) by le_n. }", "1:34", "differ in type"),
    ("theorem t : nat { construct a : nat = false by s. }", "1:39", "has type `prop`, not `nat`"),
    ("theorem t : nat { construct a : nat = (s z) by +. }", "1:48", "does not construct"),
    ("theorem t : false { let h : false. }", "1:21", "assumed in the middle of a proof"),
    ("theorem t : false { let h : false = z. }", "1:37", "has type `nat`, not `false`"),
    (
      "theorem t : false { have false { } show false by le_n. }", "1:26", "`false` is left open"
    ),
    ("theorem t : false { have false { show false by t. } }", "1:48", "`t` is cited in its own"),
    (
      "theorem t : false { show false by b. }\ntheorem b : false { show false by b. }", "2:35",
      "`b` is cited in its own proof"
    ),
    (
      "theorem a : false { }\ntheorem t : false { show false by a. }", "2:35",
      "the proof of `a` was refused"
    ),
    (
      "theorem a : false.\ntheorem t : false { show false by a. }", "2:35", "without a proof"
    ),
    ("verify t { intro n : nat. }", "1:12", "a `verify` block has none"),
    ("verify t { apply le_n. }", "1:12", "a `verify` block has none"),
    ("verify t { show false by le_n. }", "1:26", "`le_n` does not give `false`"),
    // An element is no proof: what closes a goal has its type.
    ("theorem t : (le z z) { construct a : nat = (s z) by s. }", "1:24", "`(le z z)` is left open"),
  ]

  @Test(arguments: refused)
  func refuses(_ theorems: String, _ place: String, _ message: String) throws {
    let verdicts = try LegacyScriptTests.verification(theorems).verdicts
    guard case .refused(let diagnostic) = try #require(verdicts.last).outcome else {
      Issue.record("accepted: \(theorems)")
      return
    }
    #expect(diagnostic.message.contains(message), "\(diagnostic)")
    let lines = LegacyScriptTests.preamble.split(separator: "\n", omittingEmptySubsequences: false)
      .count
    let position = diagnostic.position
    #expect("\(position.line - lines + 1):\(position.column)" == place, "\(diagnostic)")
    #expect(!diagnostic.fix.isEmpty)
  }

  @Test func laterTheoremsCannotBeCited() throws {
    let verdicts = try LegacyScriptTests.verification(
      "theorem t : (le z z) { show (le z z) by u. }\n"
        + "theorem u : (le z z) { show (le z z) by t. }\n"
    ).verdicts
    for (verdict, cause) in zip(verdicts, ["too late to be cited", "the proof of `t` was refused"])
    {
      guard case .refused(let diagnostic) = verdict.outcome else {
        Issue.record("accepted: \(verdict)")
        continue
      }
      #expect(diagnostic.message.contains(cause), "\(diagnostic)")
    }
  }

  @Test func aTakenNameIsNoted() throws {
    let result = try LegacyScriptTests.verification(
      "theorem t : [('z : nat) -> (le z z)] { intro z : nat. show (le z z) by le_n. }")
    #expect(result.repairs.notes.last?.repair == .takenName)
    #expect(result.repairs.notes.count { $0.repair == .takenName } == 1)
  }

  /// A search that ends at its limit says so, and leaves the theorem open.
  @Test func theLimitOfASearchIsReported() throws {
    var text = "theorem t : false {\n"
    for index in 0..<60 { text += "construct a\(index) : nat = (s z) by s.\n" }
    var number = "z"
    for _ in 0..<60 {
      number = "(s \(number))"
      text += "construct n : nat = \(number) by s.\n"
    }
    text += "show false by far.\n}"
    let far =
      "far : [('a : nat) -> ('b : nat) -> ('c : nat) -> ('d : nat) -> "
      + "(= (+ 'a 'b) (+ 'c (s 'd))) -> false].\n"
    guard
      case .refused(let diagnostic) = try LegacyScriptTests.verification(far + text).verdicts[0]
        .outcome
    else {
      Issue.record("accepted")
      return
    }
    #expect(diagnostic.message.contains("`far` does not give `false`"))
    let many =
      "far : [('a : nat) -> ('b : nat) -> ('c : nat) -> ('d : nat) -> "
      + "['a0 -> (= (+ 'a 'b) (+ 'c (s 'd)))] -> false].\n"
    guard
      case .refused(let limited) = try LegacyScriptTests.verification(many + text).verdicts[0]
        .outcome
    else {
      Issue.record("accepted")
      return
    }
    #expect(limited.message.contains("limit of 200000 attempts"), "\(limited)")
  }

  @Test func aBlockHoldsSoManyFacts() throws {
    let step = "show (le z z) by le_n.\n"
    let proof = "theorem t : (le z z) {\n" + String(repeating: step, count: 3_000) + "}"
    guard case .proved = try LegacyScriptTests.verification(proof).verdicts[0].outcome else {
      Issue.record("the same fact again takes no room")
      return
    }
    var text = "theorem t : nat {\n"
    for index in 0..<1_100 { text += "construct a\(index) : nat = (s z) by s.\n" }
    guard
      case .refused(let diagnostic) = try LegacyScriptTests.verification(text + "}").verdicts[0]
        .outcome
    else {
      Issue.record("accepted")
      return
    }
    #expect(diagnostic.message.contains("more than 1000 facts"), "\(diagnostic)")
  }

  @Test func deepBlocksNeedNoStack() throws {
    let depth = 400
    var text = "theorem t : [false -> false] { intro h : false. "
    for _ in 0..<depth { text += "have [false -> false] { " }
    text += "intro k : false. " + String(repeating: "} ", count: depth) + "}"
    let source = SourceFile(path: "deep.p", text: "false : prop.\n" + text)
    let verdicts = verify(
      try elaborate(try parse(source, dialect: .legacy)), source: source
    ).verdicts
    guard case .proved = verdicts[0].outcome else {
      Issue.record("\(verdicts[0].outcome)")
      return
    }
  }

  /// The strict scripts that must be refused, rewritten, and what the original accepts wrongly.
  @Test func nothingFalseIsProved() throws {
    for theorems in Self.refused.map(\.0) {
      for verdict in try LegacyScriptTests.verification(theorems).verdicts {
        guard case .proved = verdict.outcome else { continue }
        #expect(verdict.theorem.name == "a", "\(theorems)")
      }
    }
  }
}
