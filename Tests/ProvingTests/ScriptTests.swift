import Foundation
import Kernel
import PeanoSyntax
import Proving
import Testing

/// Scripts that a person writes: what is accepted, and why the rest is refused.
@Suite struct ScriptTests {
  static let preamble = """
    nat : type.  z : nat.  s : [nat -> nat].  #literal nat z s.
    + : [nat -> nat -> nat].
    +_z : [('n : nat) -> (= (+ 'n z) 'n)].
    +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
    nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
               -> [('n : nat) -> ('p 'n)]].
    false : prop.
    not : [prop -> prop] = (lambda ('P : prop) ['P -> false]).
    and : [prop -> prop -> prop].
    and_i : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (and 'P 'Q)].
    double : [nat -> nat] = (lambda ('n : nat) (+ 'n 'n)).

    """

  static func verdicts(_ theorems: String) throws -> [TheoremVerdict] {
    let source = SourceFile(path: "test.p", text: preamble + theorems)
    return verify(try elaborate(try parse(source)), source: source).verdicts
  }

  /// The diagnostic of the last theorem.
  static func refusal(_ theorems: String) throws -> Diagnostic? {
    guard case .refused(let diagnostic) = try verdicts(theorems).last?.outcome else { return nil }
    return diagnostic
  }

  static let accepted: [(String, String)] = [
    (
      "a fact by name",
      "theorem t : [('h : false) -> false] { intro 'h : false. show false by 'h. }"
    ),
    ("an axiom", "theorem t : [('n : nat) -> (= (+ 'n z) 'n)] { apply +_z. }"),
    (
      "partial application",
      "theorem t : [('m : nat) -> (= (+ 2 (s 'm)) (s (+ 2 'm)))] { apply (+_s 2). }"
    ),
    (
      "rules inside one another",
      """
      theorem t : [('n : nat) -> (= (s 'n) (+ 'n (s z)))] {
        intro 'n : nat.
        show (= (s 'n) (+ 'n (s z))) by (eq_symm (rewrite (+_z 'n) (+_s 'n z) 1)).
      }
      """
    ),
    ("numerals", "theorem t : (= (+ 2 0) 2) { show (= (+ 2 0) 2) by (+_z 2). }"),
    (
      "large numerals",
      "theorem t : (= (+ 99999999999999999999 1) (s (+ 99999999999999999999 z))) {"
        + " show (= (+ 99999999999999999999 1) (s (+ 99999999999999999999 z)))"
        + " by (+_s 99999999999999999999 0). }"
    ),
    (
      "a definition in a statement",
      "theorem t : (= (double z) z) { construct 'p : (= (+ z z) z) by (+_z z)."
        + " show (= (double z) z) by 'p. }"
    ),
    (
      "rewriting what a definition stands for",
      "theorem t : (= (double z) z) {"
        + " construct 'p : (= (double z) (double z)) by (eq_refl (+ z z))."
        + " show (= (+ z z) z) by (rewrite (+_z z) 'p 2). }"
    ),
    (
      "a definition that is an arrow",
      "theorem t : [('P : prop) -> 'P -> (not (not 'P))] { intro 'P : prop. intro 'h : 'P."
        + " intro 'k : (not 'P). show false by ('k 'h). }"
    ),
    (
      "a hypothesis that is an arrow",
      "theorem t : [[('n : nat) -> (= 'n z) -> false] -> false] {"
        + " intro 'h : [('n : nat) -> (= 'n z) -> false]. apply ('h z _)."
        + " goal (= z z) { show (= z z) by (eq_refl z). } }"
    ),
    (
      "holes that the goal determines",
      "theorem t : [false -> (and false (= z z))] { intro 'h : false. apply (and_i _ _ 'h _)."
        + " goal (= 0 z) { show (= z z) by (eq_refl z). } }"
    ),
    (
      "holes in show",
      "theorem t : [false -> (and false false)] {"
        + " intro 'h : false. show (and false false) by (and_i _ _ 'h 'h). }"
    ),
    (
      "induction",
      """
      theorem t : [('n : nat) -> (= (+ z 'n) 'n)] {
        apply (nat_ind (lambda ('k : nat) (= (+ z 'k) 'k)) _ _).
        goal (= (+ z z) z) { show (= (+ z z) z) by (+_z z). }
        goal [('k : nat) -> (= (+ z 'k) 'k) -> (= (+ z (s 'k)) (s 'k))] {
          intro 'k : nat.
          intro 'h : (= (+ z 'k) 'k).
          show (= (+ z (s 'k)) (s 'k)) by (rewrite 'h (+_s z 'k) 1).
        }
      }
      """
    ),
    (
      "a theorem cited further down",
      "theorem lemma : [('n : nat) -> (= (+ 'n z) 'n)] { apply +_z. }\n"
        + "theorem t : (= (+ z z) z) { show (= (+ z z) z) by (lemma z). }"
    ),
    (
      "a term of the theory", "theorem t : (= z z) { show (= z z) by (refl nat z). }"
    ),
    (
      "an arrow shown at once",
      "theorem t : [false -> false] { show [false -> false] by (lambda ('h : false) 'h). }"
    ),
    (
      "a name bound anew",
      "theorem t : [('n : nat) -> ('m : nat) -> (= 'm 'm)] {"
        + " intro 'n : nat. intro 'n : nat. show (= 'n 'n) by (eq_refl 'n). }"
    ),
  ]

  @Test(arguments: accepted)
  func accepts(_ name: String, _ theorems: String) throws {
    for verdict in try ScriptTests.verdicts(theorems) {
      if case .proved = verdict.outcome { continue }
      Issue.record("\(name): \(verdict.outcome)")
    }
  }

  /// Theorems, the line and column of the error, and parts of its message and fix.
  static let refused: [(String, String, String, String)] = [
    ("theorem t : false {\n}", "1:9", "the goal `false` is left open", "show"),
    (
      "theorem t : [nat -> (= z z) -> false] {\n  intro 'n : nat.\n  intro 'h : (= z z).\n}",
      "3:3", "the goal `false` is left open; known: 'n : nat, 'h : (= z z)", "show"
    ),
    (
      "theorem t : (= z z) {\n  show (= z z) by (eq_refl z).\n  intro 'n : nat.\n}", "3:3",
      "proved already", "remove"
    ),
    ("theorem t : (= z z) { intro 'n : nat. }", "1:23", "has no input", "show or apply"),
    (
      "theorem t : [nat -> (= z z)] { intro 'n : prop. }", "1:43",
      "is `nat`, not `prop`", "intro 'n : nat."
    ),
    (
      "theorem t : false { construct 'p : nat by z. }", "1:36", "no proposition", "prop"
    ),
    (
      "theorem t : (= z 1) { show (= z z) by (eq_refl z). }", "1:28",
      "but the goal is `(= z (s z))`", "show states the goal"
    ),
    (
      "theorem t : (= z 1) { show (= z 1) by (eq_refl z). }", "1:39",
      "this proves `(= z z)`", "cite"
    ),
    ("theorem t : (= z z) { show (= z z) by eq_refl. }", "1:39", "needs arguments", "eq_refl"),
    (
      "theorem t : (= z z) { show (= z z) by (eq_refl z z). }", "1:39",
      "does not take 2 arguments", "(eq_refl t)"
    ),
    ("theorem t : (= z z) { show (= z z) by (eq_symm z). }", "1:48", "no equality", "(= a b)"),
    (
      "theorem t : (= z z) { show (= z z) by (rewrite (+_z z) (+_z 1) 1). }", "1:39",
      "occurs 0 times", "eq_symm"
    ),
    (
      "theorem t : (= z z) { show (= z z) by (rewrite (+_z z) (+_z z) 2). }", "1:39",
      "there is no occurrence 2", "left side"
    ),
    (
      "theorem t : (= z z) { show (= z z) by (rewrite (+_z z) (+_z z) z). }", "1:64",
      "which occurrence", "number"
    ),
    (
      "theorem t : [false -> (and false false)] { intro 'h : false. show (and false false)"
        + " by (and_i false false 'h _). }", "1:110", "hole leaves the goal `false`", "apply"
    ),
    (
      "theorem t : (and false false) { apply (and_i false false _ _).\n  goal (= z z) { } }", "2:8",
      "proves `(= z z)`, but the open goal is `false`", "goal false"
    ),
    (
      "theorem t : (and false (= z z)) { apply (and_i false (= z z) _ _).\n  goal false { } }",
      "1:35",
      "leaves 2 goals, but 1 blocks follow; open: `(= z z)`", "goal (= z z)"
    ),
    (
      "theorem t : (= z z) { apply (eq_refl z).\n  goal (= z z) { } }", "2:8",
      "none is left for this block", "remove"
    ),
    (
      "theorem t : (= z z) { apply (nat_ind _ _ _). }", "1:29", "whatever stands for the holes",
      "arguments"
    ),
    (
      "theorem t : (and false false) { apply (and_i _ _ _). }", "1:39",
      "whatever stands for the holes", "`and_i` takes more arguments"
    ),
    (
      "theorem t : (and false false) { apply (and_i _ _ _ _ _). }", "1:40",
      "takes 4 arguments, not 5", "exactly 4"
    ),
    (
      "theorem t : (and false false) { apply (and_i (= z z) _ _ _). }", "1:39",
      "whatever stands", "write"
    ),
    (
      "theorem t : [false -> (and false false)] { intro 'h : false. apply (and_i _ _ 'h z). }",
      "1:82", "must have type `false`, but `z` has type `nat`", "`false`"
    ),
    (
      "theorem t : false {}\ntheorem u : false { show false by t. }", "2:35", "`t` was refused",
      "above"
    ),
    (
      "theorem t : false.\ntheorem u : false { show false by t. }", "2:35", "without a proof",
      "above"
    ),
    (
      "theorem t : false { show false by (lambda ('n : nat) (eq_symm 'n)). }", "1:55",
      "rule, not a term", "script step"
    ),
  ]

  @Test(arguments: refused)
  func refuses(_ theorems: String, _ place: String, _ message: String, _ fix: String) throws {
    let diagnostic = try #require(try ScriptTests.refusal(theorems), "accepted: \(theorems)")
    #expect(diagnostic.message.contains(message), "\(diagnostic)")
    #expect(diagnostic.fix.contains(fix), "\(diagnostic)")
    let lines = ScriptTests.preamble.split(separator: "\n", omittingEmptySubsequences: false).count
    let position = diagnostic.position
    #expect("\(position.line - lines + 1):\(position.column)" == place, "\(diagnostic)")
  }

  /// Each file of the corpus of unsound scripts, with the cause that must be named.
  static let corpus = [
    "construct-unknown": "unknown name `magic`",
    "construct-wrong-type": "this proves `(= z z)`, not `false`",
    "goal-captured-induction": "but the open goal is `[('a0 : nat) -> [nat -> (= 'a0 z)]",
    "goal-missing": "leaves 1 goals, but 0 blocks follow",
    "goal-not-open": "this block proves `(= z z)`, but the open goal is `(= z (s z))`",
    "goal-renamed-one-way": "but the open goal is `[('a0 : nat) -> ('a1 : nat) -> (= 'a0 'a1)]`",
    "goal-surplus": "but the open goal is `(= z (s z))`",
    "intro-nothing": "has no input to introduce",
    "intro-through-binder": "this proves `(= z 'c)`, not `(= z 'd)`",
    "intro-twice-one-name": "not `(= 'c z)`",
    "intro-wrong-type": "is `nat`, not `prop`",
    "name-out-of-scope": "unknown bound name `'h`",
    "rewrite-backward": "not `(= (s (s z)) z)`",
    "script-empty": "is left open",
    "script-goes-on": "proved already",
    "script-unfinished": "is left open; known: 'n : nat",
    "show-circle": "`b` is stated on line 8, too late",
    "show-ill-typed": "wants an argument of type `nat`, but `false` has type `prop`",
    "show-ill-typed-equality": "sides of this equality differ in type",
    "show-itself": "`t` is cited in its own proof",
    "show-other-statement": "but the goal is `(= z (s z))`",
    "show-wrong-proof": "this proves `(= z z)`, not `(= z (s z))`",
    "symmetry-of-nothing": "which is no equality",
  ]

  @Test func theWholeCorpusIsListed() throws {
    let folder = Fixture.repository.appending(path: "Tests/PeanoSyntaxTests/Negative/Scripts")
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(
      files.filter { $0.hasSuffix(".p") }.map { String($0.dropLast(2)) }.sorted()
        == ScriptTests.corpus.keys.sorted())
  }

  @Test(arguments: corpus.keys.sorted())
  func refusesUnsoundScript(_ name: String) throws {
    let source = try Fixture.read("Tests/PeanoSyntaxTests/Negative/Scripts/\(name).p")
    let verdicts = verify(try elaborate(try parse(source)), source: source).verdicts
    let cause = try #require(ScriptTests.corpus[name])
    var causes: [String] = []
    for verdict in verdicts {
      guard case .refused(let diagnostic) = verdict.outcome, verdict.theorem.name != "b" else {
        continue
      }
      causes.append(diagnostic.message)
    }
    #expect(causes.contains { $0.contains(cause) }, "\(causes)")
    #expect(
      !verdicts.contains { if case .proved = $0.outcome { $0.theorem.name != "b" } else { false } })
  }

  @Test func theoryGrowsByWhatWasProved() throws {
    let source = SourceFile(
      path: "test.p",
      text: ScriptTests.preamble
        + "theorem a : (= z z) { apply (eq_refl z). }\ntheorem b : false { }\ntheorem c : false.\n")
    let result = verify(try elaborate(try parse(source)), source: source)
    let constant = try #require(result.theory.constant(named: "a"))
    guard case .theorem(let proof) = result.theory[constant].role,
      case .proved(let term) = result.verdicts[0].outcome
    else {
      Issue.record("a is no theorem")
      return
    }
    #expect(proof == term)
    #expect(
      print(proof, arena: TermArena(result.theory.terms), theory: result.theory) == "(refl nat z)")
    #expect(result.theory.constant(named: "b") == nil)
    #expect(result.theory.constant(named: "c") == nil)
  }

  @Test func deepBlocksNeedNoStack() throws {
    // 400 blocks inside one another, each below an apply.
    var text = "theorem t : [false -> false] { intro 'h : false. "
    let depth = 400
    for _ in 0..<depth { text += "apply (id_false _). goal false { " }
    text += "show false by 'h. " + String(repeating: "} ", count: depth) + "}"
    let source = SourceFile(
      path: "deep.p", text: "false : prop.  id_false : [false -> false].\n" + text)
    let verdicts = verify(try elaborate(try parse(source)), source: source).verdicts
    guard case .proved = verdicts[0].outcome else {
      Issue.record("\(verdicts[0].outcome)")
      return
    }
  }
}
