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
  /// What the legacy dialect repaired, in declarations, statements and scripts.
  public let repairs: RepairLog
}

/// Checks the scripts of a file, in order; a proved theorem may be cited by name further down.
///
/// What is proved was accepted by the kernel. A script that is wrong is refused with the place of
/// its first error, and its theorem cannot be cited.
public func verify(_ file: ElaboratedFile, source: SourceFile) -> ScriptVerification {
  verify(file.theorems, over: file.theory, source: source, repairs: file.repairs)
}

/// Checks the scripts of theorems that are stated over `theory`, whose terms hold the statements.
///
/// - Parameter repairs: what the legacy dialect repaired in them so far.
public func verify(
  _ theorems: [ElaboratedTheorem], over theory: Theory, source: SourceFile,
  repairs: RepairLog = RepairLog()
) -> ScriptVerification {
  var builder = TheoryBuilder(extending: theory)
  var legacy = LegacyState(repairs: repairs)
  var verdicts: [TheoremVerdict] = []
  var uncitable: [String: String] = [:]
  for theorem in theorems {
    uncitable[theorem.name] =
      "`\(theorem.name)` is stated on line \(theorem.position.line), too late to be cited here"
  }
  for theorem in theorems {
    let outcome: TheoremVerdict.Outcome
    if theorem.script != nil || theorem.legacyScript != nil {
      uncitable[theorem.name] = "`\(theorem.name)` is cited in its own proof"
      do {
        outcome = .proved(
          try prove(theorem, with: &builder, &legacy, uncitable: uncitable, source: source))
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
  return ScriptVerification(
    theory: builder.freeze(), verdicts: verdicts, repairs: legacy.repairs.sorted())
}

/// What the scripts of the legacy dialect share.
private struct LegacyState {
  var facts = LegacyFacts()
  var repairs: RepairLog
}

/// Checks one script and adds its theorem to the theory.
private func prove(
  _ theorem: ElaboratedTheorem, with builder: inout TheoryBuilder, _ legacy: inout LegacyState,
  uncitable: [String: String], source: SourceFile
) throws(SyntaxError) -> Term {
  let place = theorem.range
  func refusal(_ refused: KernelError, _ arena: TermArena, _ theory: Theory) -> SyntaxError {
    let explanation = Explanation(of: refused, arena: arena, theory: theory)
    return SyntaxError(
      [Diagnostic(explanation.message, fix: explanation.fix, at: place, in: source)])
  }
  if theorem.legacyScript != nil { legacy.facts.update(builder) }
  let theory = builder.freeze()
  let session: ProofSession
  do {
    session = ProofSession(
      try ActionSpace(
        theory: theory, premises: [], rules: [],
        limits: theorem.legacyScript == nil ? ActionLimits() : LegacyScriptChecker.limits))
  } catch {
    throw refusal(error, builder.arena, theory)
  }
  let sharedCount = builder.arena.count
  let proof: Term
  if let script = theorem.legacyScript {
    var checker = LegacyScriptChecker(
      source: source, session: session, uncitable: uncitable, known: legacy.facts.entries)
    defer { legacy.repairs.add(checker.repairs) }
    proof = try checker.term(of: script, proving: theorem.statement, at: place)
  } else if let script = theorem.script {
    var checker = ScriptChecker(source: source, session: session, uncitable: uncitable)
    let derivation = try checker.derivation(of: script, proving: theorem.statement, at: place)
    do {
      proof = try derivation.proofTerm(in: session)
    } catch {
      switch error {
      case .rejected(let refused): throw refusal(refused, session.arena, theory)
      case .malformed(let step, let reason):
        preconditionFailure("the checked script made a malformed step \(step): \(reason)")
      }
    }
  } else {
    preconditionFailure("the theorem \(theorem.name) has no script")
  }
  let copy = builder.arena.copy(proof, from: session.arena, sharing: sharedCount)
  do {
    if session.isProposition(theorem.statement) {
      try builder.prove(
        theorem.name, statement: theorem.statement, proof: copy, arity: theorem.arity)
    } else {
      try builder.define(
        theorem.name, type: theorem.statement, value: copy, arity: theorem.arity)
    }
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
