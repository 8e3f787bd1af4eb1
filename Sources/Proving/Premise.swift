public import Kernel

/// An axiom, theorem or hypothesis as an arrow: what it takes and what it gives.
///
/// Parameter `i` of `n` is the loose variable `n - 1 - i` of every term below, so that all of them
/// are read in one scope and a substitution is an array.
public final class Premise: Sendable {
  public enum Source: Sendable, Hashable {
    case constant(ConstantID)
    /// A hypothesis or derived fact, by its local.
    case hypothesis(Term)
  }

  public struct Parameter: Sendable {
    public let type: Term
    /// Whether an argument is a proof: the type is a proposition.
    public let isProof: Bool
    /// The parameters that occur in `type`, as bits.
    public let mask: UInt64
    /// Head symbol of the type; nil when that is itself a parameter, or the type is an arrow.
    public let rigidHead: Term?
    /// Whether the type applies a parameter, so that a substitution needs β-reduction.
    public let isFlexible: Bool
    /// Whether a later type or the conclusion mentions the argument.
    public let isDependent: Bool
  }

  /// What must be in sight before a forward step: an object of that shape, or, without one, a fact.
  public struct Pattern: Sendable {
    public let object: Term?
    public let type: Term

    public init(object: Term?, type: Term) {
      self.object = object
      self.type = type
    }
  }

  public let source: Source
  public let parameters: [Parameter]
  public let conclusion: Term
  /// Head symbol of the conclusion; nil when that is a parameter, or the conclusion is an arrow.
  public let conclusionHead: Term?
  public let isConclusionFlexible: Bool
  /// Whether the conclusion is a proposition; otherwise a forward step builds an object.
  public let concludesProof: Bool
  public let patterns: [Pattern]
  public let isForward: Bool
  public let isBackward: Bool
  /// Per parameter, whether a backward step may leave it as a goal.
  public let leavesSubgoal: [Bool]

  /// Most parameters that a premise may have.
  public static let parameterLimit = 60

  /// - Parameters:
  ///   - arity: number of leading products that become parameters.
  ///   - inferred: parameters that a backward step must find in the context.
  /// - Throws: what typing the parameters throws.
  init(
    source: Source, type: Term, arity: Int, patterns: [Pattern] = [], isForward: Bool = true,
    isBackward: Bool = true, inferred: Set<Int> = [], checker: inout Checker
  ) throws(KernelError) {
    let arena = checker.arena
    let count = min(arity, Premise.parameterLimit)
    var domains: [(type: Term, isProof: Bool)] = []
    var locals: [Term] = []
    var rest = type
    for index in 0..<count {
      guard case .pi(let domain, let body) = arena.view(rest) else { break }
      let opened = arena.instantiate(domain, with: locals)
      let sort = try checker.sort(of: opened)
      domains.append((arena.lift(domain, by: count - index), sort == .prop))
      locals.append(arena.local(level: Premise.firstLevel + index, type: opened))
      rest = body
    }
    precondition(domains.count == count, "the arity exceeds the number of products")
    conclusion = rest
    concludesProof = try checker.sort(of: arena.instantiate(rest, with: locals)) == .prop
    let later =
      domains.map { Premise.mask($0.type, count, arena) } + [Premise.mask(rest, count, arena)]
    parameters = domains.enumerated().map { index, domain in
      Parameter(
        type: domain.type, isProof: domain.isProof, mask: later[index],
        rigidHead: Premise.rigidHead(domain.type, arena),
        isFlexible: Premise.isFlexible(domain.type, arena),
        isDependent: later[(index + 1)...].contains { $0 >> UInt64(index) & 1 == 1 })
    }
    self.source = source
    conclusionHead = Premise.rigidHead(rest, arena)
    isConclusionFlexible = Premise.isFlexible(rest, arena)
    self.patterns = patterns
    self.isForward = isForward
    self.isBackward = isBackward && concludesProof
    leavesSubgoal = parameters.enumerated().map { index, parameter in
      parameter.isProof && !parameter.isDependent && !inferred.contains(index)
    }
  }

  static let firstLevel = 1 << 28

  private static func rigidHead(_ term: Term, _ arena: TermArena) -> Term? {
    let head = Term(id: arena.node(term).head)
    switch arena.node(head).tag {
    case .constant, .local, .sort, .literal: return head
    case .variable, .application, .lambda, .pi, .definition: return nil
    }
  }

  /// The loose variables of `term`, as bits of parameter indices.
  private static func mask(_ term: Term, _ count: Int, _ arena: TermArena) -> UInt64 {
    var mask: UInt64 = 0
    func visit(_ term: Term, _ depth: Int) {
      let node = arena.node(term)
      if node.looseBound <= depth { return }
      switch node.tag {
      case .variable: mask |= 1 << UInt64(count - 1 - (Int(node.a) - depth))
      case .application:
        visit(Term(id: node.a), depth)
        visit(Term(id: node.b), depth)
      case .lambda, .pi:
        visit(Term(id: node.a), depth)
        visit(Term(id: node.b), depth + 1)
      case .definition:
        visit(Term(id: node.a), depth)
        visit(Term(id: node.b), depth)
        visit(Term(id: node.c), depth + 1)
      case .sort, .constant, .local, .literal: break
      }
    }
    visit(term, 0)
    return mask
  }

  /// Whether some application in `term` has a parameter as its head.
  private static func isFlexible(_ term: Term, _ arena: TermArena) -> Bool {
    func visit(_ term: Term, _ depth: Int) -> Bool {
      let node = arena.node(term)
      if node.looseBound <= depth { return false }
      switch node.tag {
      case .application:
        let head = arena.node(Term(id: node.head))
        if head.tag == .variable, Int(head.a) >= depth { return true }
        return visit(Term(id: node.a), depth) || visit(Term(id: node.b), depth)
      case .lambda, .pi: return visit(Term(id: node.a), depth) || visit(Term(id: node.b), depth + 1)
      case .definition: return true
      case .sort, .variable, .constant, .local, .literal: return false
      }
    }
    return visit(term, 0)
  }
}
