public import Kernel
public import PeanoSyntax

/// What became of one theorem of a file.
public struct TheoremVerdict: Sendable {
  public enum Outcome: Sendable {
    /// The kernel accepted this proof, a term of the verification's theory.
    case proved(Term)
    /// It has no script.
    case open
    case refused(Diagnostic)
  }

  public let theorem: ElaboratedTheorem
  public let outcome: Outcome
}

/// The theorems of one file, each checked by its script.
public struct ScriptVerification: Sendable {
  /// The theory of the file, and every theorem that was proved.
  public let theory: Theory
  /// One for each theorem, in order.
  public let verdicts: [TheoremVerdict]
}

/// Checks the scripts of a file, in order; a proved theorem may be cited by name further down.
///
/// What is proved was accepted by the kernel. A script that is wrong is refused with the place of
/// its first error, and its theorem cannot be cited.
public func verify(_ file: ElaboratedFile, source: SourceFile) -> ScriptVerification {
  verify(file.theorems, over: file.theory, source: source)
}

/// Checks the scripts of theorems that are stated over `theory`, whose terms hold the statements.
public func verify(
  _ theorems: [ElaboratedTheorem], over theory: Theory, source: SourceFile
) -> ScriptVerification {
  var builder = TheoryBuilder(extending: theory)
  var verdicts: [TheoremVerdict] = []
  var uncitable: [String: String] = [:]
  for theorem in theorems {
    uncitable[theorem.name] =
      "`\(theorem.name)` is stated on line \(theorem.position.line), too late to be cited here"
  }
  for theorem in theorems {
    let outcome: TheoremVerdict.Outcome
    if let script = theorem.script {
      uncitable[theorem.name] = "`\(theorem.name)` is cited in its own proof"
      do {
        outcome = .proved(
          try prove(theorem, by: script, with: &builder, uncitable: uncitable, source: source))
        uncitable[theorem.name] = nil
      } catch {
        outcome = .refused(error.diagnostics[0])
        uncitable[theorem.name] = "the proof of `\(theorem.name)` was refused"
      }
    } else {
      outcome = .open
      uncitable[theorem.name] = "`\(theorem.name)` is stated without a proof"
    }
    verdicts.append(TheoremVerdict(theorem: theorem, outcome: outcome))
  }
  return ScriptVerification(theory: builder.freeze(), verdicts: verdicts)
}

/// Checks one script and adds its theorem to the theory.
private func prove(
  _ theorem: ElaboratedTheorem, by script: ProofScript, with builder: inout TheoryBuilder,
  uncitable: [String: String], source: SourceFile
) throws(SyntaxError) -> Term {
  let place = source.range(of: theorem.position, length: theorem.name.utf8.count)
  func refusal(_ refused: KernelError, _ arena: TermArena, _ theory: Theory) -> SyntaxError {
    let explanation = Explanation(of: refused, arena: arena, theory: theory)
    return SyntaxError(
      [Diagnostic(explanation.message, fix: explanation.fix, at: place, in: source)])
  }
  let theory = builder.freeze()
  let session: ProofSession
  do {
    session = ProofSession(try ActionSpace(theory: theory, premises: [], rules: []))
  } catch {
    throw refusal(error, builder.arena, theory)
  }
  let sharedCount = builder.arena.count
  var checker = ScriptChecker(source: source, session: session, uncitable: uncitable)
  let derivation = try checker.derivation(of: script, proving: theorem.statement, at: place)
  let proof: Term
  do {
    proof = try derivation.proofTerm(in: session)
  } catch {
    switch error {
    case .rejected(let refused): throw refusal(refused, session.arena, theory)
    case .malformed(let step, let reason):
      preconditionFailure("the checked script made a malformed step \(step): \(reason)")
    }
  }
  let copy = builder.arena.copy(proof, from: session.arena, sharing: sharedCount)
  do {
    try builder.prove(
      theorem.name, statement: theorem.statement, proof: copy, arity: theorem.arity)
  } catch {
    throw refusal(error, builder.arena, theory)
  }
  return copy
}

extension TermArena {
  /// A term of another arena, rebuilt in this one; handles below `sharedCount` are the same in
  /// both.
  func copy(_ term: Term, from other: TermArena, sharing sharedCount: Int) -> Term {
    var copies: [Term: Term] = [:]
    func visit(_ term: Term) -> Term {
      if Int(term.id) < sharedCount { return term }
      if let known = copies[term] { return known }
      let result: Term
      switch other.view(term) {
      case .sort(let sort): result = self.sort(sort)
      case .variable(let index): result = variable(index)
      case .constant(let constant): result = self.constant(constant)
      case .local(let level, let type): result = local(level: level, type: visit(type))
      case .literal(let family, let value): result = literal(family: family, value: value)
      case .application(let function, let argument):
        result = application(visit(function), visit(argument))
      case .lambda(let domain, let body): result = lambda(visit(domain), visit(body))
      case .pi(let domain, let body): result = pi(visit(domain), visit(body))
      case .definition(let type, let value, let body):
        result = definition(type: visit(type), value: visit(value), body: visit(body))
      }
      copies[term] = result
      return result
    }
    return visit(term)
  }
}

extension SourceFile {
  /// The `length` bytes from a position on.
  fileprivate func range(of position: SourcePosition, length: Int) -> SourceRange {
    var line = 1
    var column = 1
    var offset = 0
    for scalar in text.unicodeScalars {
      if line == position.line, column == position.column { break }
      offset += UTF8.width(scalar)
      if scalar == "\n" {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return SourceRange(offset: offset, length: length)
  }
}
