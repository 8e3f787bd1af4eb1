public import Kernel

/// The built-in rules about equality.
public enum EqualityRule: String, Sendable, Hashable, CaseIterable {
  /// `t = t` for an object in sight.
  case reflexivity = "eq_refl"
  /// `b = a` from `a = b`.
  case symmetry = "eq_symm"
  /// Replaces one occurrence of `a` by `b`, given `a = b`.
  case rewriting = "rewrite"
  /// `t = n` for a ground term that computes to the number `n`, by the axioms of its operations.
  case normalization = "norm"
}

/// Bounds on the enumeration of one state's options.
public struct ActionLimits: Sendable, Hashable {
  /// Results kept per premise and direction; what is beyond is counted, not kept.
  public var results: Int
  /// Largest proposition, in nodes, that a forward step may derive.
  public var termSize: Int
  /// Partial matches tried per premise and direction.
  public var attempts: Int

  public init(results: Int = 96, termSize: Int = 64, attempts: Int = 20_000) {
    self.results = results
    self.termSize = termSize
    self.attempts = attempts
  }
}

/// What a prover may do in one domain: its premises, compiled once and shared by all searches.
public final class ActionSpace: Sendable {
  /// One entry of the premise list.
  public enum Entry: Sendable {
    case premise(Premise)
    case rule(EqualityRule)
  }

  /// How one premise may be used.
  public struct Usage: Sendable {
    public var isForward: Bool
    public var isBackward: Bool
    public var patterns: [Premise.Pattern]
    /// Parameters that a backward step must find in the context.
    public var inferred: Set<Int>

    public init(
      isForward: Bool = true, isBackward: Bool = true, patterns: [Premise.Pattern] = [],
      inferred: Set<Int> = []
    ) {
      self.isForward = isForward
      self.isBackward = isBackward
      self.patterns = patterns
      self.inferred = inferred
    }
  }

  public let theory: Theory
  public let entries: [Entry]
  public let limits: ActionLimits
  public let vocabulary: Vocabulary
  /// Constants that are objects from the start: `id : G`, `z : nat`, `false : prop`.
  let constantObjects: [Term]

  /// - Parameter premises: in the order in which their actions are listed.
  /// - Throws: what typing the premises throws.
  public init(
    theory: Theory, premises: [(constant: ConstantID, usage: Usage)], rules: [EqualityRule],
    limits: ActionLimits = ActionLimits()
  ) throws(KernelError) {
    let arena = TermArena(theory.terms)
    var checker = Checker(theory: theory, arena: arena)
    // Goals and facts are in normal form, so what is matched with them must be too.
    func normalize(_ term: Term) -> Term { arena.betaNormalize(theory.unfold(term, in: arena)) }
    var entries: [Entry] = []
    for (constant, usage) in premises {
      let declaration = theory[constant]
      let patterns = usage.patterns.map {
        Premise.Pattern(object: $0.object.map(normalize), type: normalize($0.type))
      }
      let type = normalize(declaration.type)
      if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
      entries.append(
        .premise(
          try Premise(
            source: .constant(constant), type: type, arity: declaration.arity, patterns: patterns,
            isForward: usage.isForward, isBackward: usage.isBackward, inferred: usage.inferred,
            checker: &checker)))
    }
    entries += rules.map { .rule($0) }
    var objects: [Term] = []
    for index in theory.declarations.indices {
      let declaration = theory.declarations[index]
      guard case .assumption = declaration.role else { continue }
      // Whoever reasons here writes types out: refuse now what takes too long.
      _ = normalize(declaration.type)
      let type = arena.node(declaration.type)
      // Atoms only: an object is something that an argument of data may be.
      guard type.tag != .pi, try checker.infer(declaration.type) == .type,
        type.tag == .constant || declaration.type == .prop
      else { continue }
      objects.append(arena.constant(ConstantID(index)))
    }
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    // Terms made while compiling premises live in this arena: freeze them into the shared theory.
    var extended = theory
    extended.replaceTerms(arena.freeze())
    self.theory = extended
    self.entries = entries
    self.limits = limits
    constantObjects = objects
    vocabulary = Vocabulary(theory: theory)
  }
}

extension ActionSpace {
  /// The axioms by which `norm` computes: those of the premises, or, where it is no premise itself
  /// and only scripts use it, all.
  var computationAxioms: [ConstantID] {
    var premises: [ConstantID] = []
    var isPremise = false
    for entry in entries {
      switch entry {
      case .premise(let premise):
        if case .constant(let constant) = premise.source { premises.append(constant) }
      case .rule(let rule): isPremise = isPremise || rule == .normalization
      }
    }
    if isPremise { return premises }
    return theory.declarations.indices.map { ConstantID($0) }
      .filter { theory[$0].role == .assumption }
  }

  /// An arena over the theory, for one user.
  public func makeArena() -> TermArena { TermArena(theory.terms) }
}
