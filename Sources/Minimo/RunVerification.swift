import Export
import Hashing
import Kernel
import Parallel
import PeanoSyntax
import Proving
import Recheck
public import RunStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A run checked from outside: every byte that has a hash, every theorem by two checkers that share
/// no code, and every proof script.
public struct RunVerification: Sendable {
  /// Something that does not hold.
  public struct Failure: Sendable, Hashable, CustomStringConvertible {
    /// A file, row or theorem.
    public let place: String
    public let reason: String

    /// For a terminal: what a run contains may come from anywhere.
    public var description: String { "\(place): \(reason)".plain(lines: true) }
  }

  /// What one of the checks of all theorems did.
  public struct Tally: Sendable {
    public let name: String
    public internal(set) var accepted = 0
    public internal(set) var refused = 0
    /// Processor time of all threads.
    public internal(set) var seconds = 0.0

    /// Processor time for 1,000 theorems; nil without any.
    public var secondsPerThousand: Double? {
      let count = accepted + refused
      return count == 0 ? nil : seconds / Double(count) * 1000
    }
  }

  /// The folder.
  public internal(set) var path: String
  public internal(set) var failures: [Failure] = []
  /// What the run was started with, its domain and the hash of its axioms among it; nil if that
  /// cannot be read, or is not about the axioms in `theory.p`.
  public internal(set) var run: RunDescription?
  /// The comparison with `SHA256SUMS`; nil for a run that is being written or was interrupted,
  /// of which only the contents can be checked.
  public let seal: SealReport?
  /// Rows and checkpoint files; nil if the database is too damaged to be read.
  public internal(set) var rows: VerificationReport?
  /// Theorems proved as they were posed.
  public internal(set) var provedCount = 0
  public internal(set) var hindsightCount = 0
  /// Certificates by the kernel and by the second checker, then scripts. The kernel elaborates the
  /// theory once for all certificates, the second checker for each.
  public internal(set) var tallies = ["kernel", "recheck", "scripts"].map { Tally(name: $0) }

  /// Verifies the run in a folder.
  ///
  /// - Throws: `.store`, `.syntax` or `.damaged` if it cannot be read as a run and nothing tells
  ///   what was changed.
  public init(at path: String, threads: Int = Minimo.processorCount) throws(MinimoError) {
    self.path = path
    seal = try stored { () throws(StoreError) in try Run.checkSeal(at: path) }
    for finding in seal?.findings ?? [] {
      failures.append(Failure(place: "\(path)/\(finding.file)", reason: finding.reason))
    }
    let pool = try Minimo.pool(threads: threads)
    do throws(MinimoError) {
      let saved = try SavedRun(at: path)
      self.path = saved.run.path
      run = saved.run.description
      try verifyRecord(saved.run)
      try verifyTheorems(of: saved, pool: pool)
    } catch {
      // What is wrong has a name already; the rest follows from it.
      if failures.isEmpty { throw error }
      let failure = Failure(error, of: path)
      let places = Set(failures.map(\.place))
      if case .store(.notARun) = error,
        !places.isDisjoint(with: ["\(path)/run.json", "\(path)/theory.p"])
      {
        return
      }
      if !places.contains(failure.place) { failures.append(failure) }
    }
  }

  private mutating func verifyRecord(_ run: Run) throws(MinimoError) {
    do {
      let (report, damage) = try run.verifyAll()
      rows = report
      failures += damage.map { Failure(.store($0), of: run.path) }
    } catch {
      failures.append(Failure(.store(error), of: run.path))
    }
  }

  private mutating func verifyTheorems(
    of saved: SavedRun, pool: WorkerPool
  ) throws(MinimoError) {
    let claims = try RecordedClaims(of: saved.run)
    verifyProofs(of: claims)
    let trivial = verifyStatements(of: claims, in: saved.domain, pool: pool)
    verifyFigures(of: claims, trivial: trivial)
    try verifyExamples(of: claims, saved.run)
    let theorems = claims.theorems
    let theory = CertificateWriter(saved.domain.space.theory).theory
    let checker: TheoremChecker
    do {
      checker = TheoremChecker(
        theory: try pool.map(1) { _ throws(CertificateError) in try theory.check() }[0],
        domain: saved.domain)
    } catch {
      throw .internalError("the kernel refuses the theory of \(saved.run.path): \(error)")
    }
    let verdicts = pool.map(theorems.count) { checker.check(theorems[$0]) }
    for (theorem, verdict) in zip(theorems, verdicts) {
      let place = "\(saved.run.path)/run.sqlite, theorem \(theorem.id)"
      failures += verdict.failures.map { Failure(place: place, reason: $0) }
      for (index, result) in [verdict.kernel, verdict.recheck, verdict.script].enumerated() {
        if result.isAccepted {
          tallies[index].accepted += 1
        } else {
          tallies[index].refused += 1
        }
        tallies[index].seconds += result.seconds
      }
    }
  }
}

extension RunVerification.Failure {
  fileprivate init(_ error: MinimoError, of path: String) {
    switch error {
    case .damaged(let place, let reason), .store(.damaged(let place, let reason)):
      let isPath = place.hasPrefix(path)
      self.init(place: isPath ? place : "\(path)/run.sqlite, \(place)", reason: reason)
    case .store(.corruptDatabase(let place, let reason)): self.init(place: place, reason: reason)
    default: self.init(place: path, reason: "\(error)")
    }
  }
}

/// Checks theorems of one theory: certificates by the kernel and by the second checker; scripts.
private struct TheoremChecker: Sendable {
  let theory: CheckedTheory
  let domain: Domain

  struct Result: Sendable {
    var isAccepted = false
    var seconds = 0.0
  }

  struct Verdict: Sendable {
    var kernel = Result()
    var recheck = Result()
    var script = Result()
    var failures: [String] = []
  }

  func check(_ theorem: StoredTheorem) -> Verdict {
    var verdict = Verdict()
    var accepted: Certificate?
    verdict.kernel.seconds = processorSeconds {
      do {
        let certificate = try Certificate(theorem.certificate)
        guard certificate.theory.hash == theory.hash else {
          verdict.failures.append("kernel: the certificate is of another theory than theory.p")
          return
        }
        _ = try certificate.check(in: theory)
        accepted = certificate
        verdict.kernel.isAccepted = true
      } catch {
        verdict.failures.append("kernel: \(error)")
      }
    }
    if let accepted, let difference = difference(of: accepted, from: theorem.statement) {
      verdict.failures.append(difference)
    }
    verdict.recheck.seconds = processorSeconds {
      do {
        let result = try recheck(Array(theorem.certificate.utf8))
        verdict.recheck.isAccepted = true
        if result.theoryHash != theory.hash.hex {
          verdict.failures.append("recheck: the certificate is of another theory than theory.p")
        }
        if let accepted, result.axioms != accepted.axioms {
          verdict.failures.append("the two checkers differ about the axioms")
        }
      } catch {
        verdict.failures.append("recheck: \(error)")
      }
    }
    verdict.script.seconds = processorSeconds {
      if let refusal = refusal(ofScript: theorem) {
        verdict.failures.append("script: " + refusal)
      } else {
        verdict.script.isAccepted = true
      }
    }
    return verdict
  }

  /// What is wrong with a script that does not prove the recorded statement.
  private func refusal(ofScript theorem: StoredTheorem) -> String? {
    func place(_ diagnostic: Diagnostic) -> String {
      "line \(diagnostic.position.line): \(diagnostic.message)"
    }
    let verification: ScriptVerification
    do {
      verification = try domain.verify(SourceFile(path: "script", text: theorem.script))
    } catch .syntax(let error) {
      return place(error.diagnostics[0])
    } catch {
      return "\(error)"
    }
    guard verification.verdicts.count == 1 else {
      return "it has \(verification.verdicts.count) theorems instead of one"
    }
    switch verification.verdicts[0].outcome {
    case .proved: break
    case .open: return "it has no proof"
    case .refused(let diagnostic): return place(diagnostic)
    }
    let arena = TermArena(verification.theory.terms)
    let source = SourceFile(path: "statement", text: theorem.statement)
    do {
      let recorded = try elaborate(
        parseTerm(source), of: source, theory: domain.file.theory, arena: arena)
      return recorded == verification.verdicts[0].theorem.statement
        ? nil : "it proves another statement than the recorded one"
    } catch {
      return "the recorded statement cannot be read: \(error.diagnostics[0].message)"
    }
  }

  /// What is wrong if the recorded statement is not the one that the certificate proves.
  private func difference(
    of certificate: Certificate, from statement: String
  ) -> String? {
    let arena = TermArena(theory.theory.terms)
    let source = SourceFile(path: "statement", text: statement)
    do {
      let read = try elaborate(parseTerm(source), of: source, theory: theory.theory, arena: arena)
      return try read == certificate.statement(in: theory, arena)
        ? nil : "the certificate proves another statement than the recorded one"
    } catch let error as SyntaxError {
      return "the recorded statement cannot be read: \(error.diagnostics[0].message)"
    } catch {
      return "the statement of the certificate cannot be read: \(error)"
    }
  }
}

/// Processor time of this thread that `body` takes.
private func processorSeconds(_ body: () -> Void) -> Double {
  func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
  let start = now()
  body()
  return now() - start
}
