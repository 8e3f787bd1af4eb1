import Kernel
public import PeanoSyntax
public import Proving

extension Domain {
  /// Checks the proof scripts in the domain's own file.
  public func verify() -> ScriptVerification {
    Proving.verify(written, source: source)
  }

  /// Checks the proof scripts of a file of theorems over this domain.
  ///
  /// - Throws: `.file`, or `.syntax` for anything but theorems over this domain. A script that is
  ///   wrong is no error but a verdict.
  public func verify(
    path: String, dialect: Dialect = .strict
  ) throws(MinimoError) -> ScriptVerification {
    let bytes = try readFile(path, limit: SyntaxLimits.fileBytes)
    return try verify(SourceFile(path: path, bytes: bytes), dialect: dialect)
  }

  /// Checks the proof scripts of theorems over this domain, held in memory.
  ///
  /// - Throws: `.syntax` for anything but theorems over this domain.
  public func verify(
    _ proofs: SourceFile, dialect: Dialect = .strict
  ) throws(MinimoError) -> ScriptVerification {
    let arena = TermArena(file.theory.terms)
    let theorems: [ElaboratedTheorem]
    var repairs = RepairLog()
    do throws(SyntaxError) {
      theorems = try elaborateProblems(
        parse(proofs, dialect: dialect), theory: file.theory, arena: arena, repairs: &repairs)
    } catch {
      throw .syntax(error)
    }
    var theory = file.theory
    theory.replaceTerms(arena.freeze())
    return Proving.verify(theorems, over: theory, source: proofs, repairs: repairs)
  }
}
