/// A hash-consing store of terms: structure shared, equality by handle.
///
/// An arena starts as a copy of a theory's frozen terms, so handles below `frozenCount` mean the
/// same in every arena over that theory; what is added later is private to the arena, which belongs
/// to one search, checker or decoder at a time.
///
/// Terms deeper than ``maximalDepth`` or more numerous than `maximalCount` are not built: the arena
/// becomes `overflowed` and hands out `kind`, which no checker accepts; ``Checker`` reports
/// `KernelError.limitExceeded` whenever it finds its arena in that state.
public final class TermArena {
  /// Bound on the height of a term; every recursion over terms is bounded by it.
  public static let maximalDepth = 20_000

  @usableFromInline
  struct Core {
    @usableFromInline var nodes: UnsafeMutablePointer<TermNode>
    @usableFromInline var count: Int
    /// Of terms, a power of two; the table has twice as many slots.
    @usableFromInline var capacity: Int
    /// Open addressing; 0 = free, otherwise handle + 1.
    @usableFromInline var table: UnsafeMutablePointer<UInt32>
    @usableFromInline var mask: Int
    @usableFromInline var overflowed: Bool
    @usableFromInline var tooDeep: Bool
    var tooLong = false
    /// Terms that substitutions visited, and how many they may have visited when the one that runs
    /// ends.
    var work = 0
    var workLimit = 0
  }

  @usableFromInline let core: UnsafeMutablePointer<Core>
  public let maximalCount: Int
  public let frozenCount: Int
  private var naturals: [Natural]
  private var naturalIndex: [Natural: UInt32]

  public init(_ frozen: FrozenTerms = FrozenTerms(), maximalCount: Int = 16_000_000) {
    var capacity = 256
    while capacity < 2 * frozen.nodes.count { capacity *= 2 }
    core = .allocate(capacity: 1)
    core.initialize(
      to: Core(
        nodes: .allocate(capacity: capacity), count: frozen.nodes.count, capacity: capacity,
        table: .allocate(capacity: 2 * capacity), mask: 2 * capacity - 1, overflowed: false,
        tooDeep: false))
    self.maximalCount = maximalCount
    frozenCount = frozen.nodes.count
    naturals = frozen.naturals
    naturalIndex = [:]
    for (index, value) in naturals.enumerated() { naturalIndex[value] = UInt32(index) }
    frozen.nodes.withUnsafeBufferPointer { source in
      if let base = source.baseAddress {
        core.pointee.nodes.initialize(from: base, count: source.count)
      }
    }
    fillTable()
    if frozen.nodes.isEmpty {
      for sort in [Sort.prop, .type, .kind] { _ = intern(.sort, UInt32(sort.rawValue), 0, 0) }
    }
  }

  deinit {
    core.pointee.nodes.deallocate()
    core.pointee.table.deallocate()
    core.deallocate()
  }

  /// Whether the arena seems to hold `frozen`, judged by its last term. - Complexity: O(1).
  func seemsToExtend(_ frozen: FrozenTerms) -> Bool {
    guard let last = frozen.nodes.last else { return true }
    let index = frozen.nodes.count - 1
    return index < count && core.pointee.nodes[index].isSameLayer(as: last)
  }

  /// A copy of everything in the arena, to be shared between threads.
  public func freeze() -> FrozenTerms {
    FrozenTerms(
      nodes: Array(UnsafeBufferPointer(start: core.pointee.nodes, count: core.pointee.count)),
      naturals: naturals)
  }

  @inlinable public var count: Int { core.pointee.count }

  /// How many terms substitutions have visited so far.
  public var work: Int { core.pointee.work }

  /// Whether a term was refused because of its depth, the number of terms or the work it took.
  @inlinable public var overflowed: Bool { core.pointee.overflowed }

  /// The limit that an arena which has overflowed ran into first.
  public var exceededLimit: KernelError.Limit {
    let core = core.pointee
    return core.tooDeep ? .depth(TermArena.maximalDepth) : core.tooLong ? .work : .terms(count)
  }

  /// For operations that give up: what they return is no term to be trusted.
  public func markOverflowed() { (core.pointee.overflowed, core.pointee.tooLong) = (true, true) }

  /// The stored layer of `term`. - Complexity: O(1).
  @inlinable
  public func node(_ term: Term) -> TermNode {
    precondition(term.id < core.pointee.count, "term \(term.id) is not of this arena")
    return core.pointee.nodes[Int(term.id)]
  }

  /// The outermost layer of `term`. - Complexity: O(1).
  public func view(_ term: Term) -> TermView {
    let node = node(term)
    switch node.tag {
    case .sort: return .sort(Sort(rawValue: UInt8(node.a))!)
    case .variable: return .variable(Int(node.a))
    case .constant: return .constant(ConstantID(Int(node.a)))
    case .local: return .local(level: Int(node.a), type: Term(id: node.b))
    case .literal: return .literal(family: Int(node.a), value: naturals[Int(node.b)])
    case .application: return .application(Term(id: node.a), Term(id: node.b))
    case .lambda: return .lambda(domain: Term(id: node.a), body: Term(id: node.b))
    case .pi: return .pi(domain: Term(id: node.a), body: Term(id: node.b))
    case .definition:
      return .definition(type: Term(id: node.a), value: Term(id: node.b), body: Term(id: node.c))
    }
  }

  // MARK: Construction

  @inlinable
  public func sort(_ sort: Sort) -> Term { Term(id: UInt32(sort.rawValue)) }

  @inlinable
  public func variable(_ index: Int) -> Term { intern(.variable, UInt32(index), 0, 0) }

  @inlinable
  public func constant(_ constant: ConstantID) -> Term { intern(.constant, constant.index, 0, 0) }

  /// - Precondition: `type` has no loose variable.
  @inlinable
  public func local(level: Int, type: Term) -> Term {
    precondition(node(type).looseBound == 0, "the type of a local must not be open")
    return intern(.local, UInt32(level), type.id, 0)
  }

  public func literal(family: Int, value: Natural) -> Term {
    let index: UInt32
    if let known = naturalIndex[value] {
      index = known
    } else {
      index = UInt32(naturals.count)
      naturals.append(value)
      naturalIndex[value] = index
    }
    return intern(.literal, UInt32(family), index, 0)
  }

  @inlinable
  public func application(_ function: Term, _ argument: Term) -> Term {
    intern(.application, function.id, argument.id, 0)
  }

  /// `function` applied to all `arguments`, from left to right.
  @inlinable
  public func application(_ function: Term, _ arguments: some Sequence<Term>) -> Term {
    arguments.reduce(function) { application($0, $1) }
  }

  @inlinable
  public func lambda(_ domain: Term, _ body: Term) -> Term {
    intern(.lambda, domain.id, body.id, 0)
  }

  @inlinable
  public func pi(_ domain: Term, _ body: Term) -> Term { intern(.pi, domain.id, body.id, 0) }

  /// `let x : type := value in body`
  @inlinable
  public func definition(type: Term, value: Term, body: Term) -> Term {
    intern(.definition, type.id, value.id, body.id)
  }

  /// `domain → codomain` for a codomain that does not mention the new binder.
  public func arrow(_ domain: Term, _ codomain: Term) -> Term { pi(domain, lift(codomain, by: 1)) }

  /// `left = right` at `type`.
  @inlinable
  public func equality(_ type: Term, _ left: Term, _ right: Term) -> Term {
    application(application(application(constant(.equality), type), left), right)
  }

  // MARK: Interning

  @inlinable
  static func hash(_ tag: TermTag, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Int {
    var h = UInt64(tag.rawValue) &+ (UInt64(a) &* 0x9E37_79B9_7F4A_7C15)
    h = (h ^ (h >> 29)) &+ (UInt64(b) &* 0xBF58_476D_1CE4_E5B9)
    h = (h ^ (h >> 32)) &+ (UInt64(c) &* 0x94D0_49BB_1331_11EB)
    h = (h ^ (h >> 31)) &* 0xD6E8_FEB8_6659_FD93
    return Int(truncatingIfNeeded: (h ^ (h >> 32)) & 0x7FFF_FFFF)
  }

  @usableFromInline
  func intern(_ tag: TermTag, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> Term {
    var slot = TermArena.hash(tag, a, b, c) & core.pointee.mask
    while true {
      let entry = core.pointee.table[slot]
      if entry == 0 { break }
      let node = core.pointee.nodes[Int(entry - 1)]
      if node.a == a, node.b == b, node.c == c, node.tag == tag { return Term(id: entry - 1) }
      slot = (slot + 1) & core.pointee.mask
    }
    let node = makeNode(tag, a, b, c)
    let isTooDeep = Int(node.depth) > TermArena.maximalDepth
    if isTooDeep || core.pointee.count >= maximalCount {
      if !overflowed { core.pointee.tooDeep = isTooDeep }
      core.pointee.overflowed = true
      return .kind
    }
    if core.pointee.count == core.pointee.capacity {
      grow()
      slot = freeSlot(for: node)
    }
    let id = UInt32(core.pointee.count)
    (core.pointee.nodes + core.pointee.count).initialize(to: node)
    core.pointee.count += 1
    core.pointee.table[slot] = id + 1
    return Term(id: id)
  }

  private func makeNode(_ tag: TermTag, _ a: UInt32, _ b: UInt32, _ c: UInt32) -> TermNode {
    let id = UInt32(core.pointee.count)
    var node = TermNode(
      tag: tag, hasLocal: false, depth: 1, a: a, b: b, c: c, looseBound: 0, head: id, size: 1)
    func include(_ child: UInt32, under binders: UInt32) {
      let part = self.node(Term(id: child))
      node.hasLocal = node.hasLocal || part.hasLocal
      node.depth = max(node.depth, part.depth == .max ? .max : part.depth + 1)
      let loose = part.looseBound > binders ? part.looseBound - binders : 0
      node.looseBound = max(node.looseBound, loose)
      let (sum, overflow) = node.size.addingReportingOverflow(part.size)
      node.size = overflow ? .max : sum
    }
    switch tag {
    case .sort, .constant, .literal: break
    case .variable: node.looseBound = a + 1
    case .local: node.hasLocal = true
    case .application:
      include(a, under: 0)
      include(b, under: 0)
      node.head = self.node(Term(id: a)).head
    case .lambda, .pi:
      include(a, under: 0)
      include(b, under: 1)
    case .definition:
      include(a, under: 0)
      include(b, under: 0)
      include(c, under: 1)
    }
    return node
  }

  private func freeSlot(for node: TermNode) -> Int {
    var slot = TermArena.hash(node.tag, node.a, node.b, node.c) & core.pointee.mask
    while core.pointee.table[slot] != 0 { slot = (slot + 1) & core.pointee.mask }
    return slot
  }

  /// Enters all terms into a new table.
  private func fillTable() {
    core.pointee.table.initialize(repeating: 0, count: core.pointee.mask + 1)
    for index in 0..<core.pointee.count {
      core.pointee.table[freeSlot(for: core.pointee.nodes[index])] = UInt32(index + 1)
    }
  }

  private func grow() {
    let capacity = core.pointee.capacity * 2
    let nodes = UnsafeMutablePointer<TermNode>.allocate(capacity: capacity)
    nodes.moveInitialize(from: core.pointee.nodes, count: core.pointee.count)
    core.pointee.nodes.deallocate()
    core.pointee.nodes = nodes
    core.pointee.capacity = capacity
    core.pointee.table.deallocate()
    core.pointee.table = .allocate(capacity: 2 * capacity)
    core.pointee.mask = 2 * capacity - 1
    fillTable()
  }
}

/// The terms of a theory, immutable and shared.
public struct FrozenTerms: Sendable {
  let nodes: [TermNode]
  let naturals: [Natural]

  /// Whether every handle of `other` means the same here.
  func extends(_ other: FrozenTerms) -> Bool {
    nodes.count >= other.nodes.count && naturals.starts(with: other.naturals)
      && zip(nodes, other.nodes).allSatisfy { $0.isSameLayer(as: $1) }
  }
}

extension FrozenTerms {
  public init() { self.init(nodes: [], naturals: []) }
}
