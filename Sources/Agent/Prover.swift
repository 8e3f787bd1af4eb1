public import Conjecturing
import Export
public import Kernel
public import Parallel
public import PeanoSyntax
public import Proving
public import Randomness
public import Search
import Synchronization

/// How one search ended.
public struct SearchReport: Sendable {
  public enum Verdict: Sendable {
    /// The kernel accepted the proof.
    case proved(Theorem)
    /// The budget ran out.
    case open
    /// All states were searched, none led to a proof, and no limit kept any option out.
    case dead
    /// The search found a proof that the kernel refused: a bug of ours.
    case refused(reason: String)
  }

  public let verdict: Verdict
  public let expansions: Int
  /// What the search proved by accident.
  public let hindsight: [Theorem]
  /// The tokens of states that led nowhere, for the value to learn from.
  public let failures: [[Int32]]
  /// Results that the limits of the action space kept out.
  public let cappedCount: Int
}

/// Proves statements by tree search, many side by side.
public struct Prover<Network: Evaluator>: Sendable where Network.Query == ProofQuery {
  public struct Settings: Sendable {
    public var budget: SearchBudget
    public var selection: Selection
    /// Searches that run at the same time.
    public var width: Int
    /// Most theorems taken in hindsight from one search; 0 turns hindsight off.
    public var hindsightLimit: Int
    /// Most states kept per search as failures.
    public var failureLimit: Int
    /// Whether the evaluator reads tokens.
    public var encodesQueries: Bool

    public init(
      budget: SearchBudget, selection: Selection = .puct(), width: Int = 64,
      hindsightLimit: Int = 0, failureLimit: Int = 0, encodesQueries: Bool = true
    ) {
      self.budget = budget
      self.selection = selection
      self.width = width
      self.hindsightLimit = hindsightLimit
      self.failureLimit = failureLimit
      self.encodesQueries = encodesQueries
    }
  }

  public let space: ActionSpace
  public let network: Network
  public let settings: Settings
  let pool: WorkerPool
  private let certificates: CertificateWriter

  public init(space: ActionSpace, network: Network, settings: Settings, pool: WorkerPool) {
    self.space = space
    self.network = network
    self.settings = settings
    self.pool = pool
    certificates = CertificateWriter(space.theory)
  }

  /// Searches for proofs of all `statements`.
  ///
  /// - Parameters:
  ///   - key: child keys by index decide what hindsight keeps.
  ///   - progress: called every few waves with reports that are complete, each once, in the order
  ///     of the statements; throw to stop.
  /// - Returns: one report per statement, in order, whatever the number of threads.
  /// - Throws: what the evaluator or `progress` throws.
  public func prove(
    _ statements: [StatementSource], key: RandomKey,
    progress: (LockstepProgress, [(index: Int, report: SearchReport)]) throws -> Void = { _, _ in }
  ) throws -> [SearchReport] {
    let finished = Mutex<[Int: SearchReport]>([:])
    var reported = 0
    return try LockstepSearch.run(
      count: statements.count, evaluator: network, pool: pool, width: settings.width,
      start: { index in
        let session = ProofSession(space, encodesQueries: settings.encodesQueries)
        let statement = statements[index].term(in: session)
        return SearchTree(
          root: ProofState(proving: statement, in: session), selection: settings.selection,
          budget: settings.budget)
      },
      finish: { index, tree in
        let report = report(on: tree, of: statements[index], key: key.child("slot", index))
        finished.withLock { $0[index] = report }
        return report
      },
      progress: { state in
        // In the same order whatever the threads did first.
        let reports = finished.withLock { waiting in
          var reports: [(index: Int, report: SearchReport)] = []
          while let report = waiting.removeValue(forKey: reported) {
            reports.append((reported, report))
            reported += 1
          }
          return reports
        }
        try progress(state, reports)
      })
  }

  private func report(
    on tree: SearchTree<ProofState>, of source: StatementSource, key: RandomKey
  ) -> SearchReport {
    let session = tree.goal(0).state.session
    let statement = source.term(in: session)
    // What follows enumerates too.
    let cappedCount = session.cappedCount
    let hindsight = Hindsight(
      limit: settings.hindsightLimit, key: key.child("hindsight"), certificates: certificates)
    return SearchReport(
      verdict: verdict(on: tree, statement, named: source.name, session: session),
      expansions: tree.expansions,
      hindsight: hindsight.theorems(in: tree, except: statement, session: session),
      failures: failures(in: tree, key: key.child("failures")),
      cappedCount: cappedCount)
  }

  private func verdict(
    on tree: SearchTree<ProofState>, _ statement: Term, named name: String, session: ProofSession
  ) -> SearchReport.Verdict {
    guard let solution = tree.solution() else {
      return tree.outcome == .dead && session.isExhaustive ? .dead : .open
    }
    if session.arena.overflowed { return .open }
    let path = solution.steps.compactMap { step in
      step.option.map { Theorem.Choice(step.state, option: $0) }
    }
    do throws(Derivation.Failure) {
      let theorem = try Theorem(
        statement, by: Derivation(solution), named: name, in: session, certificates: certificates,
        fallback: path)
      return theorem.isReadable ? .proved(theorem) : .open
    } catch {
      return .refused(reason: "\(error)")
    }
  }

  /// Expanded states that are on no proof: dead ones first, then others at random.
  private func failures(in tree: SearchTree<ProofState>, key: RandomKey) -> [[Int32]] {
    guard settings.failureLimit > 0 else { return [] }
    var dead: [Int] = []
    var open: [Int] = []
    for index in 0..<tree.goalCount {
      let node = tree.goal(index)
      guard node.isExpanded else { continue }
      switch node.standing {
      case .dead: dead.append(index)
      case .open: open.append(index)
      case .solved, .unexpanded: break
      }
    }
    var random = key.stream()
    random.shuffle(&dead)
    random.shuffle(&open)
    return (dead.prefix(settings.failureLimit / 2) + open).prefix(settings.failureLimit).map {
      tree.goal($0).state.encodedQuery.state
    }
  }
}

/// A statement that each search builds in its own arena.
public struct StatementSource: Sendable {
  public let name: String
  private let build: @Sendable (ProofSession) -> Term

  public init(name: String, conjecture: Conjecture) {
    self.name = name
    build = { conjecture.statement(in: $0.arena) }
  }

  /// A statement as written.
  ///
  /// - Throws: `SyntaxError` unless it is a proposition of the theory.
  public init(
    name: String, _ syntax: SyntaxTerm, of source: SourceFile, theory: Theory
  ) throws(SyntaxError) {
    @Sendable func elaborated(_ arena: TermArena) throws(SyntaxError) -> Term {
      let term = try elaborate(syntax, of: source, theory: theory, arena: arena)
      var checker = Checker(theory: theory, arena: arena)
      do {
        try checker.checkProposition(term)
      } catch {
        throw SyntaxError([
          Diagnostic(
            "this is no proposition", fix: "state something that holds or not, such as (= a b)",
            at: syntax.range, in: source)
        ])
      }
      return term
    }
    _ = try elaborated(TermArena(theory.terms))
    self.name = name
    build = { session in
      guard let term = try? elaborated(session.arena) else {
        preconditionFailure("\(name) was elaborated once and is not any more")
      }
      return term
    }
  }

  func term(in session: ProofSession) -> Term { build(session) }
}
