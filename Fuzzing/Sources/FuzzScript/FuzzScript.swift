import FuzzDriver
import Kernel
import PeanoSyntax
import Proving

/// Whatever the bytes, the scripts of a problem file, in the dialect that the first byte tells, are
/// verified or refused with a place; none proves `false`.
@main struct FuzzScript {
  static let theory: Theory = {
    let text = """
      nat : type.  z : nat.  s : [nat -> nat].  + : [nat -> nat -> nat].
      +_z : [('n : nat) -> (= (+ 'n z) 'n)].
      +_s : [('n : nat) -> ('m : nat) -> (= (+ 'n (s 'm)) (s (+ 'n 'm)))].
      nat_ind : [('p : [nat -> prop]) -> ('p z) -> [('n : nat) -> ('p 'n) -> ('p (s 'n))]
        -> [('n : nat) -> ('p 'n)]].
      le : [nat -> nat -> prop].  le_n : [('n : nat) -> (le 'n 'n)].
      le_s : [('n : nat) -> (le 'n (s 'n))].
      false : prop.  not : [prop -> prop] = (lambda ('P : prop) ['P -> false]).
      and : [prop -> prop -> prop].
      and_i : [('P : prop) -> ('Q : prop) -> 'P -> 'Q -> (and 'P 'Q)].
      one : nat = (s z).
      """
    do {
      return try elaborate(parse(SourceFile(path: "theory", text: text))).theory
    } catch {
      fatalError("\\(error)")
    }
  }()

  static func main() {
    _ = theory
    fuzz { start, count in
      FuzzScript.test([UInt8](start, count))
      return 0
    }
  }

  static func test(_ input: [UInt8]) {
    guard let first = input.first else { return }
    let source = SourceFile(path: "input", bytes: Array(input.dropFirst()))
    do throws(SyntaxError) {
      let tree = try parse(source, dialect: first & 1 == 0 ? .strict : .legacy)
      let arena = TermArena(theory.terms)
      var repairs = RepairLog()
      let theorems = try elaborateProblems(tree, theory: theory, arena: arena, repairs: &repairs)
      var extended = theory
      extended.replaceTerms(arena.freeze())
      let result = verify(theorems, over: extended, source: source, repairs: repairs)
      require(result.verdicts.count == theorems.count, "a theorem without a verdict")
      let falsehood = extended.constant(named: "false").map { arena.constant($0) }
      for (theorem, verdict) in zip(theorems, result.verdicts) {
        guard case .proved = verdict.outcome else { continue }
        require(theorem.statement != falsehood, "false is proved")
      }
    } catch {
      require(!error.diagnostics.isEmpty, "refused without a reason")
    }
  }
}
