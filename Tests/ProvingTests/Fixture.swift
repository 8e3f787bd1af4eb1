import Foundation
import Kernel
import PeanoSyntax
import Probability
import Proving
import Randomness
import Search
import Testing

/// A domain of the repository, or one written in a test, with its action space.
struct Fixture {
  let source: SourceFile
  let file: ElaboratedFile
  let space: ActionSpace

  static let domains = ["groups", "nat-add", "nat-mul", "propositional-logic", "lattices"]
  static let repository = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  init(_ source: SourceFile) throws {
    self.source = source
    file = try elaborate(try parse(source))
    space = try ActionSpace(file)
  }

  init(domain: String) throws {
    try self.init(Fixture.read("Domains/\(domain).p"))
  }

  init(_ text: String) throws {
    try self.init(SourceFile(path: "test.p", text: text))
  }

  static func read(_ path: String) throws -> SourceFile {
    let data = try Data(contentsOf: repository.appending(path: path))
    return SourceFile(path: String(path.split(separator: "/").last!), bytes: Array(data))
  }

  /// The textbook statements of a domain, as terms of `arena`.
  static func problems(_ domain: String, in session: ProofSession) throws -> [ElaboratedTheorem] {
    try elaborateProblems(
      try parse(try read("Problems/\(domain).p")), theory: session.space.theory,
      arena: session.arena)
  }
}

extension ProofSession {
  /// A written term; `locals` names what it may mention.
  func term(_ text: String, _ locals: [(name: String, term: Term)] = []) throws -> Term {
    let source = SourceFile(path: "term", text: text)
    return try elaborate(
      try parseTerm(source), of: source, theory: space.theory, arena: arena, locals: locals)
  }

  func text(_ term: Term, _ locals: [(name: String, term: Term)] = []) -> String {
    print(term, arena: arena, theory: space.theory, locals: locals)
  }
}

/// A policy that knows nothing: even weights, or random ones drawn from a key.
enum Policy {
  case even
  case random(RandomKey)

  func evaluation(_ expansion: Int, optionCount: Int) -> Evaluation {
    switch self {
    case .even:
      return Evaluation(logWeights: [Float](repeating: 0, count: optionCount), value: 0.5)
    case .random(let key):
      var random = key.child("expansion", expansion).stream()
      return Evaluation(
        logWeights: (0..<optionCount).map { _ in Float(random.normal()) },
        value: Float(random.uniform()))
    }
  }
}

/// Searches for a proof of a closed statement.
func search(
  _ statement: Term, in session: ProofSession, _ selection: Selection = .puct(),
  policy: Policy = .even, expansions: Int
) -> SearchTree<ProofState> {
  var tree = SearchTree(
    root: ProofState(proving: statement, in: session), selection: selection,
    budget: SearchBudget(expansions: expansions))
  while let pending = tree.nextQuery() {
    tree.expand(policy.evaluation(tree.expansions, optionCount: pending.optionCount))
  }
  return tree
}

/// The proof is accepted by the kernel; printed, it is read back as a proof of the same statement.
///
/// - Returns: the printed theorem.
@discardableResult
func requireProof(
  _ derivation: Derivation, of statement: Term, in session: ProofSession
) throws -> String {
  _ = try derivation.certify(statement, in: session)
  let text = derivation.theorem(named: "t", proving: statement, in: session).description
  let source = SourceFile(path: "printed.p", text: text)
  let arena = TermArena(session.space.theory.terms)
  let theorems = try elaborateProblems(
    try parse(source), theory: session.space.theory, arena: arena)
  #expect(
    print(theorems[0].statement, arena: arena, theory: session.space.theory)
      == session.text(statement))
  var theory = session.space.theory
  theory.replaceTerms(arena.freeze())
  guard case .proved = verify(theorems, over: theory, source: source).verdicts[0].outcome else {
    let outcome = verify(theorems, over: theory, source: source).verdicts[0].outcome
    Issue.record("the printed proof is not accepted: \(outcome)\n\(text)")
    return text
  }
  return text
}
