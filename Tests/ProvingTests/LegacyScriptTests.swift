import Foundation
import Kernel
import PeanoSyntax
import Proving
import Testing

/// Scripts in the language of the original: what is accepted, and why the rest is refused.
@Suite struct LegacyScriptTests {
  static let preamble = """
    nat : type.  z : nat.  s : [nat -> nat].
    + : [nat -> nat -> nat].
    +_z : [('n : nat) -> (= (+ 'n z) 'n)].
    +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
    nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
               -> [('n : nat) -> ('p 'n)]].
    le : [nat -> nat -> prop].
    le_n : [('n : nat) -> (le 'n 'n)].
    le_s : [('n : nat) -> (le 'n (s 'n))].
    le_trans : [(le 'a 'b) -> (le 'b 'c) -> (le 'a 'c)].
    false : prop.
    not : [prop -> prop] = (lambda ('P : prop) ['P -> false]).
    and : [prop -> prop -> prop].
    and_i : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (and 'P 'Q)].
    or : [prop -> prop -> prop].
    or_l : [('p : prop) -> ('q : prop) -> 'p -> (or 'p 'q)].
    or_r : [('p : prop) -> ('q : prop) -> 'q -> (or 'p 'q)].
    or_e : [('p : prop) -> ('q : prop) -> (or 'p 'q) -> ('r : prop) -> ['p -> 'r] -> ['q -> 'r]
            -> 'r].
    iff : [prop -> prop -> prop].
    iff_el : [('P : prop) -> ('Q : prop) -> (iff 'P 'Q) -> ['P -> 'Q]].
    exists : [('t : type) -> ['t -> prop] -> prop].
    ex_i : [(x : 't) -> ('p : ['t -> prop]) -> ('p x) -> (exists 't 'p)].
    one : nat = (s z).
    one_z : (= (+ one z) one).

    """

  static func verification(_ theorems: String) throws -> ScriptVerification {
    let source = SourceFile(path: "test.p", text: preamble + theorems)
    return verify(try elaborate(try parse(source, dialect: .legacy)), source: source)
  }

  static let accepted: [(String, String)] = [
    (
      "show by an axiom whose arguments the statement tells",
      "theorem t : [('n : nat) -> (= (+ 'n z) 'n)] { intro n : nat. show (= (+ n z) n) by +_z. }"
    ),
    (
      "show by an axiom whose arguments the context tells",
      """
      theorem t : [('n : nat) -> (le z 'n) -> (le z (s 'n))] {
        intro n : nat. intro h : (le z n).
        show (le n (s n)) by le_s.
        show (le z (s n)) by le_trans.
      }
      """
    ),
    (
      "equality",
      """
      lemma t : [('n : nat) -> (= (s 'n) (+ 'n (s z)))] {
        intro n : nat.
        show (= (+ n (s z)) (s (+ n z))) by +_s.
        show (= (+ n z) n) by +_z.
        show (= (+ n (s z)) (s n)) by rewrite.
        show (= (s n) (+ n (s z))) by eq_symm.
      }
      """
    ),
    ("reflexivity", "theorem t : (= (s z) one) { show (= (s z) one) by eq_refl. }"),
    (
      "a closed fact of the theory is in sight",
      "theorem t : (= one (+ one z)) { show (= one (+ one z)) by eq_symm. }"
    ),
    (
      "a closed fact as a rule",
      "theorem t : (= (+ one z) one) { show (= (+ one z) one) by one_z. }"
    ),
    (
      "induction, with blocks for both goals",
      """
      corollary t : [('n : nat) -> (= (+ z 'n) 'n)] {
        apply nat_ind.
        goal (= (+ z z) z) { show (= (+ z z) z) by +_z. }
        goal [('n : nat) -> (= (+ z 'n) 'n) -> (= (+ z (s 'n)) (s 'n))] {
          intro n : nat.
          intro h : (= (+ z n) n).
          current goal : (= (+ z (s n)) (s n)).
          show (= (+ z (s n)) (s (+ z n))) by +_s.
          show (= (+ z (s n)) (s n)) by rewrite.
        }
      }
      """
    ),
    (
      "the blocks choose the arguments",
      """
      theorem t : (exists nat (lambda ('n : nat) (le (s z) 'n))) {
        construct a : nat = (s z) by s.
        construct b : nat = (s (s z)) by s.
        apply ex_i.
        goal (le (s z) (s (s z))) { show (le (s z) (s (s z))) by le_s. }
      }
      """
    ),
    (
      "a block up to conversion",
      """
      theorem t : (and (not false) (le one one)) {
        apply and_i.
        goal [false -> false] { intro h : false. }
        goal (le (s z) one) { show (le one (s z)) by le_n. }
      }
      """
    ),
    (
      "goals that are in sight need no block",
      """
      theorem t : [('p : prop) -> ('q : prop) -> (or 'p 'q) -> (or 'q 'p)] {
        intro p : prop. intro q : prop. intro h : (or p q).
        apply or_e.
        goal [p -> (or q p)] { intro hp : p. show (or q p) by or_r. }
        goal [q -> (or q p)] { intro hq : q. show (or q p) by or_l. }
      }
      """
    ),
    (
      "have",
      """
      theorem t : [('n : nat) -> (le 'n (s (s 'n)))] {
        intro n : nat.
        have (le n (s n)) { show (le n (s n)) by le_s. }
        have (le (s n) (s (s n))) { show (le (s n) (s (s n))) by le_s. }
        show (le n (s (s n))) by le_trans.
      }
      """
    ),
    ("have closes the goal", "theorem t : (le z z) { have (le z z) { show (le z z) by le_n. } }"),
    (
      "have of an element",
      """
      theorem t : [('n : nat) -> (= 'n 'n)] {
        intro n : nat.
        have nat { construct m : nat = (s n) by s. }
        show (= n n) by eq_refl.
      }
      """
    ),
    ("apply that leaves nothing", "theorem t : (le z z) { apply le_n. }"),
    (
      "a hypothesis as a rule",
      "theorem t : [('P : prop) -> ('Q : prop) -> 'P -> ['P -> 'Q] -> 'Q] {"
        + " intro P : prop. intro Q : prop. intro p : P. intro h : [P -> Q]."
        + " construct q : Q = (h p) by h. }"
    ),
    (
      "intro closes what it introduces",
      "theorem t : [('P : prop) -> ('p : 'P) -> 'P] { intro P : prop. intro p : P. }"
    ),
    (
      "a definition that is an arrow",
      """
      theorem t : [('P : prop) -> ('Q : prop) -> ['P -> 'Q] -> [(not 'Q) -> (not 'P)]] {
        intro P : prop. intro Q : prop. intro h : [P -> Q]. intro k : [Q -> false]. intro p : P.
        show Q by h. show false by k.
      }
      """
    ),
    (
      "an axiom read with fewer inputs than its type has",
      "theorem t : [('P : prop) -> (iff 'P false) -> ['P -> false]] {"
        + " intro P : prop. intro h : (iff P false). show [P -> false] by iff_el. }"
    ),
    (
      "an axiom read with more inputs than it was declared with",
      "theorem t : [('P : prop) -> (iff 'P false) -> 'P -> false] {"
        + " intro P : prop. intro h : (iff P false). intro p : P. show false by iff_el. }"
    ),
    ("an element", "theorem t : [nat -> nat] { intro n : nat. construct _ : nat = (s n) by s. }"),
    (
      "an element of a variable type",
      "theorem t : [('P : type) -> ('Q : type) -> 'P -> ['P -> 'Q] -> 'Q] {"
        + " intro P : type. intro Q : type. intro p : P. intro h : [P -> Q]."
        + " construct q : Q = (h p) by h. }"
    ),
    (
      "construct without a value",
      "theorem t : (le z z) { construct a : (le z z) by le_n. }"
    ),
    (
      "steps after the goal is shown",
      "theorem t : (le z z) { show (le z z) by le_n. show (le one one) by le_n. }"
    ),
    (
      "halt ends what is done",
      "theorem t : (le z z) { show (le z z) by le_n. halt. show false by le_n. }"
    ),
    (
      "a name that is taken keeps its meaning",
      "theorem t : [('z : nat) -> (le z z)] { intro z : nat. show (le z z) by le_n. }"
    ),
    (
      "a theorem cited further down",
      "theorem a : [('n : nat) -> (le 'n (s 'n))] { apply le_s. }\n"
        + "theorem t : (le z one) { show (le z one) by a. }"
    ),
    (
      "verify",
      """
      verify t {
        let two : nat = (s one).
        let n : nat.
        let h : (le n two).
        let four : nat = (+ two two).
        show (= four (s (+ two one))) by +_s.
        show (le two (s two)) by le_s.
        show (le n (s two)) by le_trans.
      }
      """
    ),
    ("an empty verify", "verify t { }"),
  ]

  @Test(arguments: accepted)
  func accepts(_ name: String, _ theorems: String) throws {
    let result = try Self.verification(theorems)
    for verdict in result.verdicts {
      guard case .proved(let proof) = verdict.outcome else {
        Issue.record("\(name): \(verdict.outcome)")
        continue
      }
      // The kernel, once more, from the theory that came out.
      var checker = Checker(theory: result.theory, arena: TermArena(result.theory.terms))
      try checker.check(proof, against: verdict.theorem.statement)
      #expect(result.theory.constant(named: verdict.theorem.name) != nil)
    }
  }
}
