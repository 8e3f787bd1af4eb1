public import Conjecturing
import Export
import Kernel
import PeanoSyntax
public import Proving

/// A statement with a proof that the kernel has checked, free of any arena.
public struct Theorem: Sendable {
  /// The statement, printed.
  public let statement: String
  /// The statement as the conjecturer would have posed it; nil where its grammar cannot.
  public let conjecture: Conjecture?
  /// The proof as a readable script.
  public let script: String
  /// The proof with its theory, as text that stands for itself: see `Certificate`.
  public let certificate: String
  /// Steps of the script.
  public let stepCount: Int
  /// The choices that the proof makes in the action space, for learning and for its probability.
  public let choices: [Choice]

  /// What a model saw, and what the proof chose.
  public struct Choice: Sendable {
    public let query: ProofQuery
    public let option: Int
  }

  /// Certifies a derivation of `statement`, after dropping what it does not need.
  ///
  /// - Parameters:
  ///   - name: the theorem's name in the script, with underscores if the theory has it.
  ///   - certificates: writes for the theory of the session.
  ///   - fallback: choices to learn from where the proof cannot be replayed.
  /// - Throws: when the derivation makes no proof, or the kernel refuses it.
  init(
    _ statement: Term, by derivation: Derivation, named name: String, in session: ProofSession,
    certificates: CertificateWriter, fallback: [Choice] = []
  ) throws(Derivation.Failure) {
    let proof = derivation.minimized(in: session)
    let term = try proof.certify(statement, in: session)
    let theory = session.space.theory
    self.statement = print(statement, arena: session.arena, theory: theory)
    conjecture = Conjecture(statement: statement, in: session.arena, theory: theory)
    script =
      proof.theorem(named: theory.freeName(name), proving: statement, in: session).description
    certificate = certificates.certificate(of: statement, proof: term, in: session.arena).text
    stepCount = proof.steps.count
    let replayed = proof.choices(from: ProofState(proving: statement, in: session))
    choices = replayed?.map { Choice($0.state, option: $0.option) } ?? fallback
  }

  /// Whether the certificate can be read again: readers refuse what is too large.
  var isReadable: Bool { (try? Certificate(certificate)) != nil }
}

extension Theorem.Choice {
  init(_ state: ProofState, option: Int) {
    query = state.encodedQuery
    self.option = option
  }
}
