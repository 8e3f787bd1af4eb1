public import Kernel
import Proving

/// What can be said in a theory: which types are quantified over, and which heads have which type.
///
/// A proposition is
/// - an arrow `pi domain body`, where the domain is a carrier type or a proposition, and the body a
///   proposition;
/// - a constant or bound variable whose full application is a `prop`.
///
/// Carrier types are the types of sort `type` that data constants take or give: `groups` has `G`,
/// `propositional-logic` has `prop`; a family such as `vec` counts with all its indices, a function
/// type if it is closed. Data are fully applied constants and bound variables; constants that prove
/// something and hypotheses stand only where a proof is wanted. Arrows stand in arguments whose
/// declared type is `prop` itself. Numerals, λ and partial applications are not posed. Types are
/// compared up to conversion; an argument that the wanted type determines is in normal form.
///
/// Computed once for a theory, then shared.
///
/// Source: Poesia, Broman, Haber, Goodman, "Learning Formal Mathematics From Intrinsic Motivation"
/// (NeurIPS 2024), section 3.1, whose grammar this one makes exact.
public struct ConjectureGrammar: Sendable {
  /// No limit on the length of a statement may exceed this number of tokens.
  public static let longestStatement = 256

  public struct Options: Sendable, Hashable {
    /// Names of constants that statements do not mention.
    public var excluded: Set<String>
    /// Whether `=` may compare propositions.
    public var equatesPropositions: Bool

    public init(excluded: Set<String> = [], equatesPropositions: Bool = false) {
      self.excluded = excluded
      self.equatesPropositions = equatesPropositions
    }
  }

  public let theory: Theory
  public let options: Options

  let normalizer: Normalizer
  /// The theory's terms and the normal forms of its types.
  let terms: FrozenTerms
  let arities: [Int]
  /// By constant; nil for what cannot be used.
  let heads: [Head?]
  /// The heads that may have a type of each class, in the order of declaration.
  let headsOfClass: [[Head]]
  /// The heads of binder domains, be they carriers or propositions.
  let domainHeads: [Head]
  let carriers: Carriers
  /// The constants whose full applications are propositions.
  let predicates: Set<ConstantID>
  /// Whether some argument wants a proof, so that hypotheses can be used.
  let wantsProofs: Bool
  /// Whether classes say all about types: then the cost tables are exact, and no search is needed.
  let isSimple: Bool
  let costs: CostStore

  public init(theory: Theory, options: Options = Options()) {
    var reader = GrammarReader(theory: theory, options: options)
    reader.read()
    self.theory = theory
    self.options = options
    normalizer = reader.normalizer
    arities = Conjecture.arities(of: theory, in: reader.arena)
    heads = reader.heads
    carriers = reader.carriers
    predicates = reader.predicates
    wantsProofs = reader.wantsProofs
    isSimple = reader.isSimple
    let headsOfClass = reader.headsOfClass()
    self.headsOfClass = headsOfClass
    domainHeads = GrammarReader.inOrder(
      headsOfClass[TypeClass.proposition.index] + headsOfClass[TypeClass.type.index])
    terms = reader.arena.freeze()
    costs = CostStore(
      CostRules(
        heads: heads.compactMap(\.self), headsOfClass: headsOfClass, carriers: carriers,
        wantsProofs: wantsProofs, equatesPropositions: options.equatesPropositions))
  }
}

/// The types that binders of data range over.
struct Carriers: Sendable {
  struct FunctionType: Sendable {
    let type: Term
    /// What a variable of this type is as a head.
    let head: Head
    let leastTokenCount: Int
  }

  /// What variables of the types without indices or inputs are as heads, `prop` included.
  private(set) var variables: [Head] = []
  var includesPropositions = false
  /// Constants whose full applications are carriers, in the order of declaration.
  var formers: [Head] = []
  var functions: [FunctionType] = []

  /// What a variable of `type` is as a head, up to its token; nil for types that need reading.
  func variable(of type: Term) -> Head? {
    variables.first { $0.result == type }
  }

  fileprivate mutating func finish() {
    for former in formers where former.parameters.isEmpty {
      guard case .constant(let constant) = former.token else { continue }
      variables.append(Head(ofVariable: former.term!, .constant(constant)))
    }
    variables.append(Head(ofVariable: .prop, .flatProposition))
  }
}

/// Reads a grammar off a theory.
struct GrammarReader {
  let theory: Theory
  let options: ConjectureGrammar.Options
  let arena: TermArena
  let normalizer: Normalizer
  private(set) var heads: [Head?] = []
  private(set) var carriers = Carriers()
  private(set) var predicates: Set<ConstantID> = []
  private(set) var wantsProofs = false
  private(set) var isSimple = true
  private var checker: Checker
  private var isProof: [Bool] = []
  private var formers: Set<ConstantID> = []

  init(theory: Theory, options: ConjectureGrammar.Options) {
    self.theory = theory
    self.options = options
    arena = TermArena(theory.terms)
    normalizer = Normalizer(theory: theory, arena: arena)
    checker = Checker(theory: theory, arena: arena)
  }

  private var headReader: HeadReader { HeadReader(arena: arena, normalizer: normalizer) }

  mutating func read() {
    for index in theory.declarations.indices { readHead(ConstantID(index)) }
    for head in heads where head != nil {
      guard case .constant(let constant) = head!.token, formers.contains(constant) else { continue }
      carriers.formers.append(head!)
    }
    carriers.finish()
    wantsProofs = statementHeads.contains { takesProof($0) }
    isSimple =
      !wantsProofs && carriers.formers.allSatisfy(\.parameters.isEmpty)
      && statementHeads.allSatisfy(\.isSimple)
  }

  /// The heads that statements consist of, as opposed to proofs.
  private var statementHeads: [Head] {
    heads.indices.compactMap { isProof[$0] ? nil : heads[$0] } + carriers.functions.map(\.head)
  }

  private mutating func readHead(_ constant: ConstantID) {
    let declaration = theory[constant]
    if codomain(declaration.type) == .prop { predicates.insert(constant) }
    let proves = (try? checker.sort(of: declaration.type)) == .prop
    isProof.append(proves)
    var head: Head?
    if !options.excluded.contains(declaration.name) {
      head = headReader.head(
        .constant(constant), term: arena.constant(constant), type: declaration.type,
        unfolding: normalizer.unfoldings[Int(constant.index)])
    }
    // A transparent type is never seen in a normal form, so it is no former.
    if let found = head, found.resultClass == .type, found.unfolding != nil { head = nil }
    heads.append(head)
    if head != nil, !proves, declaration.role != .primitive { readCarriers(declaration.type) }
  }

  private func codomain(_ type: Term) -> Term {
    var current = normalizer.normalize(type, in: arena)
    while case .pi(_, let body) = arena.view(current) { current = body }
    return current
  }

  /// Collects the carrier types among parameters and result of a data constant.
  private mutating func readCarriers(_ type: Term) {
    var current = type
    var depth = 0
    while case .pi(let domain, let body) = arena.view(current) {
      addCarrier(domain)
      depth += 1
      current = arena.instantiate(body, with: arena.local(level: depth, type: domain))
    }
    addCarrier(current)
  }

  private mutating func addCarrier(_ type: Term) {
    guard (try? checker.sort(of: type)) == .type else { return }
    let normal = normalizer.normalize(type, in: arena)
    switch arena.typeClass(normal) {
    case .flatProposition:
      carriers.includesPropositions = true
    case .function:
      if arena.node(normal).hasLocal || carriers.functions.contains(where: { $0.type == normal }) {
        return
      }
      guard let head = headReader.head(.variable(level: 0), term: nil, type: normal) else { return }
      carriers.functions.append(
        Carriers.FunctionType(
          type: normal, head: head, leastTokenCount: arena.leastTokenCount(normal)))
    default:
      let head = arena.node(Term(id: arena.node(normal).head))
      if head.tag == .constant { formers.insert(ConstantID(Int(head.a))) }
    }
  }

  private mutating func takesProof(_ head: Head) -> Bool {
    var arguments: [Term] = []
    for parameter in head.parameters {
      let type = arena.instantiate(parameter.type, with: arguments)
      if (try? checker.sort(of: type)) == .prop { return true }
      arguments.append(arena.local(level: arguments.count + 1, type: type))
    }
    return false
  }

  // MARK: Index by class

  static func inOrder(_ heads: [Head]) -> [Head] {
    func index(_ head: Head) -> UInt32 {
      if case .constant(let constant) = head.token { constant.index } else { .max }
    }
    return heads.sorted { index($0) < index($1) }
  }

  func headsOfClass() -> [[Head]] {
    var result = [[Head]](
      repeating: [], count: TypeClass.firstConstant + theory.declarations.count)
    for (index, head) in heads.enumerated() {
      guard let head, !isProof[index] || wantsProofs else { continue }
      for target in targets(of: head, proves: isProof[index]) { result[target.index].append(head) }
    }
    return result
  }

  /// The classes of the types that applications of `head` can have.
  private func targets(of head: Head, proves: Bool) -> [TypeClass] {
    switch head.resultClass {
    case .flatProposition: return [.proposition, .flatProposition]
    case .type:
      guard case .constant(let constant) = head.token, formers.contains(constant) else { return [] }
      return [.type, .equatedType]
    case .unknown:
      let constants = theory.declarations.indices.map { ConstantID($0) }
      if proves {
        return [.function, .variable]
          + constants.filter { predicates.contains($0) }.map(TypeClass.constant)
      }
      return [.proposition, .flatProposition, .function]
        + constants.filter { formers.contains($0) }.map(TypeClass.constant)
    default: return [head.resultClass]
    }
  }
}

extension ConjectureGrammar {
  /// An arena in which statements can be built.
  public func makeArena() -> TermArena { TermArena(terms) }

  /// The least number of tokens of a statement; nil if there is none.
  ///
  /// A lower bound in theories with type families.
  public var shortestStatement: Int? {
    let least = costs.empty[.proposition]
    return least >= CostTable.infinite ? nil : least
  }
}
