import Kernel
public import PeanoSyntax
public import Proving

extension Domain {
  /// Checks the proof scripts in the domain's own file.
  public func verify() -> ScriptVerification {
    Proving.verify(file, source: source)
  }

  /// Checks the proof scripts of a file of theorems over this domain.
  ///
  /// - Throws: `.file`, or `.syntax` for anything but theorems over this domain. A script that is
  ///   wrong is no error but a verdict.
  public func verify(path: String) throws(MinimoError) -> ScriptVerification {
    let bytes = try readFile(path, limit: SyntaxLimits.fileBytes)
    return try verify(SourceFile(path: path, bytes: bytes))
  }

  /// Checks the proof scripts of theorems over this domain, held in memory.
  ///
  /// - Throws: `.syntax` for anything but theorems over this domain.
  public func verify(_ proofs: SourceFile) throws(MinimoError) -> ScriptVerification {
    let arena = TermArena(file.theory.terms)
    let theorems: [ElaboratedTheorem]
    do throws(SyntaxError) {
      theorems = try elaborateProblems(parse(proofs), theory: file.theory, arena: arena)
    } catch {
      throw .syntax(error)
    }
    var theory = file.theory
    theory.replaceTerms(arena.freeze())
    return Proving.verify(theorems, over: theory, source: proofs)
  }
}
