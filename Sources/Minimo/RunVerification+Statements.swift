import Conjecturing
import Hashing
import Kernel
import Parallel
import PeanoSyntax
import Proving
import RunStore

extension RunVerification {
  /// Reads every statement in the theory, compares it with its hash, and looks for repetitions.
  ///
  /// No conjecture is posed twice in one iteration, and none that was proved before or is an axiom;
  /// a theorem in hindsight is none that was proved in any iteration so far.
  ///
  /// - Returns: the numbers of trivial conjectures by iteration.
  mutating func verifyStatements(
    of claims: RecordedClaims, in domain: Domain, pool: WorkerPool
  ) -> [Int: Int] {
    let rows =
      claims.conjectures.map { ($0.conjecture.statement, $0.conjecture.statementHash) }
      + claims.hindsight.map { ($0.statement, $0.statementHash) }
    let readings = pool.map(rows.count) { StatementReading(rows[$0].0, in: domain) }
    let places =
      claims.conjectures.map { "conjecture \($0.conjecture.job)" }
      + claims.hindsight.map { "hindsight \($0.id)" }
    for (index, place) in places.enumerated() {
      if SHA256.hash(rows[index].0).hex != rows[index].1 {
        fail(place, "the statement does not have the hash recorded with it")
      }
      if let flaw = readings[index].flaw { fail(place, flaw) }
    }
    verifyNovelty(of: claims, readings, places, axioms: pool.map(1) { _ in domain.axioms }[0])
    let trivial = claims.conjectures.indices.filter { readings[$0].isTrivial }
    return Dictionary(grouping: trivial) { claims.conjectures[$0].conjecture.job.iteration }
      .mapValues(\.count)
  }

  /// Names the statements that repeat what training would not have repeated.
  private mutating func verifyNovelty(
    of claims: RecordedClaims, _ readings: [StatementReading], _ places: [String],
    axioms: [Conjecture]
  ) {
    var known: [Conjecture: String] = [:]
    for axiom in axioms { known[axiom] = "an axiom" }
    let posed = Dictionary(grouping: claims.conjectures.indices) {
      claims.conjectures[$0].conjecture.job.iteration
    }
    let found = Dictionary(grouping: claims.hindsight.indices) {
      claims.hindsight[$0].id.job.iteration
    }
    for iteration in 0..<max(0, claims.last + 1) {
      var here: [Conjecture: String] = [:]
      for index in posed[iteration] ?? [] {
        guard let conjecture = readings[index].conjecture else { continue }
        if let first = known[conjecture] ?? here[conjecture] {
          fail(places[index], "it repeats \(first)")
        } else {
          here[conjecture] = places[index]
        }
      }
      for index in posed[iteration] ?? []
      where claims.conjectures[index].outcome.kind == .proved {
        if let conjecture = readings[index].conjecture, known[conjecture] == nil {
          known[conjecture] = places[index]
        }
      }
      var job: JobID?
      var texts: [[UInt8]: String] = [:]
      for index in found[iteration] ?? [] {
        let row = claims.hindsight[index]
        let number = claims.conjectures.count + index
        if row.id.job != job { texts = [:] }
        job = row.id.job
        let text = Array(row.statement.utf8)
        // What the conjecturer cannot say is told apart within one search only.
        let first = readings[number].conjecture.map { known[$0] } ?? texts[text]
        if let first { fail(places[number], "it repeats \(first)") }
        texts[text] = texts[text] ?? places[number]
        if let conjecture = readings[number].conjecture, known[conjecture] == nil {
          known[conjecture] = places[number]
        }
      }
    }
  }
}

/// A recorded statement, read again.
private struct StatementReading: Sendable {
  /// Why it is no statement of the theory.
  private(set) var flaw: String?
  /// The statement up to names; nil where the conjecturer could not say it.
  private(set) var conjecture: Conjecture?
  private(set) var isTrivial = false

  init(_ statement: String, in domain: Domain) {
    let theory = domain.space.theory
    let arena = domain.space.makeArena()
    let source = SourceFile(path: "statement", text: statement)
    do {
      let term = try elaborate(parseTerm(source), of: source, theory: theory, arena: arena)
      var checker = Checker(theory: theory, arena: arena)
      try checker.checkProposition(term)
      conjecture = Conjecture(statement: term, in: arena, theory: theory)
      isTrivial = Triviality(of: term, in: arena) != nil
    } catch let error as SyntaxError {
      flaw = "the statement cannot be read: \(error.diagnostics[0].message)"
    } catch KernelError.notAProposition {
      flaw = "the statement is no proposition"
    } catch {
      flaw = "the kernel refuses the statement: \(error)"
    }
  }
}

extension Domain {
  /// What nobody needs to pose, because the theory assumes it.
  fileprivate var axioms: [Conjecture] {
    let session = ProofSession(space)
    return session.axioms.compactMap {
      Conjecture(statement: $0, in: session.arena, theory: space.theory)
    }
  }
}
