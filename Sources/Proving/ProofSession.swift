public import Kernel

/// What the states of one search share: an arena, a checker for typing, caches and counters.
///
/// Confined to one slot; never shared between threads that run at the same time.
public final class ProofSession {
  public let space: ActionSpace
  public let arena: TermArena
  /// Whether queries carry tokens, for a model that reads them.
  public let encodesQueries: Bool
  /// Results that a limit of ``ActionLimits`` kept out, or that ended an enumeration early.
  public internal(set) var cappedCount = 0
  /// Results enumerated and kept.
  public internal(set) var enumeratedCount = 0

  var checker: Checker
  /// Proves what terms compute to.
  private(set) lazy var numerals = NumeralProver(
    theory: space.theory, axioms: space.computationAxioms, arena: arena)
  private var premises: [Term: Premise] = [:]
  private var subterms: [Term: [Term]] = [:]
  private var tokenRuns: [UInt64: [Int32]] = [:]
  private var stamps: [UInt32] = []
  private var generation: UInt32 = 0

  public init(_ space: ActionSpace, encodesQueries: Bool = false) {
    self.space = space
    self.encodesQueries = encodesQueries
    arena = TermArena(space.theory.terms)
    // Over a whole search the steps of typing add up; the budget of the search bounds them.
    checker = Checker(theory: space.theory, arena: arena, limits: KernelLimits(steps: .max))
  }

  /// Whether every option of every state so far was listed: only then does a dead goal mean
  /// anything.
  public var isExhaustive: Bool { cappedCount == 0 && !arena.overflowed }

  /// The type of a term in sight; nil if it has none.
  func type(of term: Term) -> Term? {
    let node = arena.node(term)
    if node.tag == .local { return Term(id: node.b) }
    return try? checker.infer(term)
  }

  /// Whether `type` is a proposition.
  func isProposition(_ type: Term) -> Bool { (try? checker.sort(of: type)) == .prop }

  /// The propositions that the theory assumes, in the form in which propositions are compared.
  public var axioms: [Term] {
    space.theory.declarations.filter { $0.role == .assumption && isProposition($0.type) }
      .map { normalize($0.type) }
  }

  /// A hypothesis or fact as a premise; nil if it is no arrow.
  func premise(for local: Term) -> Premise? {
    guard case .local(_, let type) = arena.view(local), arena.node(type).tag == .pi else {
      return nil
    }
    if let known = premises[local] { return known }
    var arity = 0
    var rest = type
    while case .pi(_, let body) = arena.view(rest), arity < Premise.parameterLimit {
      arity += 1
      rest = body
    }
    guard
      let premise = try? Premise(
        source: .hypothesis(local), type: type, arity: arity, checker: &checker)
    else { return nil }
    premises[local] = premise
    return premise
  }

  // MARK: Objects

  /// The closed subterms of `term` that may be arguments, outermost first, each once.
  ///
  /// Arguments of applications and parts of products; no heads, no partial applications, no types.
  func objects(in term: Term) -> [Term] {
    if let known = subterms[term] { return known }
    var result: [Term] = []
    var seen: Set<Term> = []
    func visit(_ term: Term) {
      guard seen.insert(term).inserted else { return }
      let node = arena.node(term)
      if node.looseBound == 0, isObject(term, node) { result.append(term) }
      switch node.tag {
      case .application:
        for argument in arena.spine(term).arguments { visit(argument) }
      case .pi, .lambda:
        visit(Term(id: node.a))
        visit(Term(id: node.b))
      case .sort, .variable, .constant, .local, .literal, .definition: break
      }
    }
    visit(term)
    subterms[term] = result
    return result
  }

  private func isObject(_ term: Term, _ node: TermNode) -> Bool {
    if node.tag == .sort || node.tag == .lambda { return false }
    guard let type = type(of: term) else { return false }
    // `G : type` is no argument of any step; `P : prop` and `x : G` are.
    return type != .type && type != .kind && arena.node(type).tag != .pi
  }

  // MARK: Marks

  /// Forgets all marks. - Complexity: O(1).
  func clearMarks() {
    generation &+= 1
    if stamps.count < arena.count {
      stamps.append(contentsOf: repeatElement(0, count: arena.count * 2 - stamps.count))
    }
  }

  /// Marks a term; false if it was marked since `clearMarks`.
  func mark(_ term: Term) -> Bool {
    let index = Int(term.id)
    if index >= stamps.count {
      stamps.append(contentsOf: repeatElement(0, count: (index + 1) * 2 - stamps.count))
    }
    if stamps[index] == generation { return false }
    stamps[index] = generation
    return true
  }

  // MARK: Tokens

  /// `term` as token numbers; bound variables are numbered from `level`.
  ///
  /// Of a term with more tokens than a state, the first of them, one more than a state has: goals
  /// that double with each step would fill the memory, and nobody reads the rest.
  func tokens(of term: Term, level: Int) -> [Int32] {
    let key = UInt64(term.id) << 32 | UInt64(level)
    if let known = tokenRuns[key] { return known }
    var tokens: [TermToken] = []
    let limit = ProofContext.stateTokenLimit + 1
    space.theory.appendTokens(of: term, level: level, in: arena, to: &tokens, limit: limit)
    let run = tokens.prefix(limit).map(space.vocabulary.id)
    tokenRuns[key] = run
    return run
  }
}
