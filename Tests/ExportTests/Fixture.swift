import Foundation
import Hashing
import Kernel
import Parallel
import PeanoSyntax
import Proving
import Search

@testable import Export

/// A domain of the repository, or one written in a test.
struct Fixture {
  let space: ActionSpace
  let writer: CertificateWriter

  static let domains = ["groups", "nat-add", "nat-mul", "propositional-logic", "lattices"]
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static func read(_ path: String) throws -> SourceFile {
    let data = try Data(contentsOf: repository.appending(path: path))
    return SourceFile(path: path, bytes: Array(data))
  }

  init(domain: String) throws { try self.init(Fixture.read("Domains/\(domain).p")) }

  init(_ text: String) throws { try self.init(SourceFile(path: "test.p", text: text)) }

  private init(_ source: SourceFile) throws {
    space = try ActionSpace(try elaborate(try parse(source)))
    writer = CertificateWriter(space.theory)
  }

  var theory: Theory { space.theory }

  func term(_ text: String, in arena: TermArena) throws -> Term {
    let source = SourceFile(path: "term", text: text)
    return try elaborate(try parseTerm(source), of: source, theory: theory, arena: arena)
  }

  /// A certificate of what is written, proved or not.
  func certificate(_ statement: String, _ proof: String) throws -> Certificate {
    let arena = TermArena(theory.terms)
    return writer.certificate(
      of: try term(statement, in: arena), proof: try term(proof, in: arena), in: arena)
  }

  /// Statements and proofs that a search finds for the problems of a domain, in their arenas.
  func proofs(
    _ domain: String, expansions: Int
  ) throws -> [(statement: Term, proof: Term, session: ProofSession)] {
    let tree = try parse(try Fixture.read("Problems/\(domain).p"))
    var proofs: [(statement: Term, proof: Term, session: ProofSession)] = []
    for index in tree.items.indices {
      let session = ProofSession(space)
      let statement = try elaborateProblems(tree, theory: theory, arena: session.arena)[index]
        .statement
      var search = SearchTree(
        root: ProofState(proving: statement, in: session),
        budget: SearchBudget(expansions: expansions))
      while let pending = search.nextQuery() {
        search.expand(
          Evaluation(
            logWeights: [Float](repeating: 0, count: pending.optionCount), value: 0.5))
      }
      guard let solution = search.solution() else { continue }
      proofs.append((statement, try Derivation(solution).certify(statement, in: session), session))
    }
    return proofs
  }
}

/// A theory with all kinds of declarations.
let everything = """
  nat : type.
  z : nat.
  s : [nat -> nat].
  #literal nat z s.
  P : [nat -> prop].
  two : nat = 2.
  P_z : (P z).
  P_s : [('n : nat) -> (P 'n) -> (P (s 'n))].
  Q : prop.
  q : Q.
  """

/// The error of a certificate that is refused, by the reader or by the kernel.
func refusal(_ bytes: [UInt8]) -> CertificateError? {
  let pool = WorkerPool(threads: 1)
  do {
    _ = try pool.map(1) { _ throws(CertificateError) in try Certificate(bytes: bytes).check() }
    return nil
  } catch {
    return error
  }
}

func refusal(_ text: String) -> CertificateError? { refusal(Array(text.utf8)) }

extension String {
  /// The text with a theory hash that fits its theory.
  var rehashed: String {
    guard let start = range(of: "\ntheory\n"), let end = range(of: "\nend-theory\n"),
      let line = range(of: "theory-hash ")
    else { return self }
    let theory = self[index(after: start.lowerBound)..<end.upperBound]
    let rest = self[line.upperBound...].drop { $0 != "\n" }
    return self[..<line.upperBound] + SHA256.hash(String(theory)).hex + rest
  }
}
