import Conjecturing
import Export
import Kernel
import Proving
import Randomness
import Search

/// What a search proved by accident: every fact derived anywhere in its tree, and every goal it
/// solved on the way, as a theorem of its own.
///
/// Contexts become arguments: of the hypotheses in sight only those that the proof uses are kept.
/// Data that the proof does not look into become variables, so that instances of one theorem are
/// one theorem. (Poesia et al. 2024, section 3.3, relabel paths; here the facts' own dependencies
/// are followed.)
struct Hindsight {
  /// Most theorems taken from one search.
  let limit: Int
  let key: RandomKey
  let certificates: CertificateWriter

  private struct Candidate {
    let statement: Term
    let derivation: Derivation
    /// Steps, its measure of difficulty.
    let size: Int
  }

  /// Certified theorems, in a fixed order: none trivial, none an axiom, none an instance of `root`
  /// if that was proved.
  ///
  /// Candidates are grouped by the length of their proofs and taken from the groups in turn, so
  /// that the many short ones do not crowd out the few long ones.
  func theorems(
    in tree: SearchTree<ProofState>, except root: Term, session: ProofSession
  ) -> [Theorem] {
    guard limit > 0 else { return [] }
    var instances: Set<Term> = [root]
    var groups: [Int: [Candidate]] = [:]
    for candidate in candidates(in: tree, session: session)
    where instances.insert(candidate.statement).inserted {
      groups[candidate.size, default: []].append(candidate)
    }
    var random = key.stream()
    let sizes = groups.keys.sorted(by: >)
    for size in sizes { random.shuffle(&groups[size]!) }
    var theorems: [Theorem] = []
    // What the axioms say is no discovery.
    var seen = Set(session.axioms)
    // A statement that was not proved may be false: only of a theorem are instances old news.
    let isProved = tree.outcome == .solved
    func isNew(_ statement: Term) -> Bool {
      statement != root && seen.insert(statement).inserted
        && Triviality(of: statement, in: session.arena) == nil
        && !(isProved && session.arena.isInstance(statement, of: root))
    }
    var round = 0
    while theorems.count < limit {
      var isExhausted = true
      for size in sizes where theorems.count < limit {
        guard let group = groups[size], round < group.count else { continue }
        isExhausted = false
        let candidate = abstracted(group[round], in: session)
        // What the kernel refuses is no theorem; hindsight proposes, it claims nothing.
        guard isNew(candidate.statement),
          let theorem = try? Theorem(
            candidate.statement, by: candidate.derivation, named: "hindsight", in: session,
            certificates: certificates),
          !theorem.choices.isEmpty, theorem.isReadable
        else { continue }
        theorems.append(theorem)
      }
      if isExhausted { break }
      round += 1
    }
    return theorems
  }

  /// Terms tried as variables per theorem, at most.
  private static let abstractionAttempts = 8

  /// The theorem with data turned into variables wherever the proof still goes through, largest
  /// first.
  private func abstracted(_ candidate: Candidate, in session: ProofSession) -> Candidate {
    var best = candidate
    var attempts = 0
    var tried: Set<Term> = []
    while attempts < Hindsight.abstractionAttempts,
      let term = best.derivation.abstractableTerms(in: session).first(where: {
        tried.insert($0).inserted
      })
    {
      attempts += 1
      guard
        let (statement, derivation) = best.derivation.generalized(replacing: term, in: session),
        (try? derivation.certify(statement, in: session)) != nil
      else { continue }
      best = Candidate(
        statement: statement, derivation: derivation, size: derivation.steps.count)
    }
    return best
  }

  private func candidates(
    in tree: SearchTree<ProofState>, session: ProofSession
  ) -> [Candidate] {
    var candidates: [Candidate] = []
    func add(_ derivation: Derivation, under entries: [ContextEntry]) {
      let (statement, generalized) = derivation.generalized(over: entries, in: session)
      candidates.append(
        Candidate(
          statement: statement, derivation: generalized, size: generalized.steps.count))
    }
    for index in 1..<max(1, tree.goalCount) {
      let node = tree.goal(index)
      guard node.state.isGoalState else { continue }
      let entries = node.state.entries
      if let last = entries.last, last.kind == .fact, let justification = last.justification {
        add(
          Derivation(showing: last.type, by: justification), under: Array(entries.dropLast()))
      }
      if node.standing == .solved, node.state.closingAction == nil,
        let solution = tree.solution(ofGoal: index)
      {
        add(Derivation(solution), under: entries)
      }
    }
    return candidates
  }
}
