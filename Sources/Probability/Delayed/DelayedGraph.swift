/// The variables of one particle that have no value yet, with all that is known of them.
///
/// Delayed sampling keeps this graph beside the program. A variable stays in it in closed form
/// until something needs a number; an observation of what depends on it conditions it. The graph
/// is a value made of flat arrays: copying a particle copies it.
///
/// Sources: Murray, Lundén, Kudlicka, Broman, Schön, "Delayed sampling and automatic
/// Rao–Blackwellization of probabilistic programs" (AISTATS 2018), section 3, for the states of
/// nodes; Atkinson, Yuan, Baudart, Mandel, Carbin, "Semi-symbolic inference for efficient streaming
/// probabilistic programming" (OOPSLA 2022), for exactness by closed families.
@frozen
public struct DelayedGraph: Sendable {
  @usableFromInline var nodes: [Node] = []
  /// All variables that are Gaussian given nothing else.
  @usableFromInline var gaussian = GaussianBlock()
  /// One, if the particle has anything of it, or none: most have nothing, and are cheap to move.
  @usableFromInline var rare: [Rare] = []
  @usableFromInline var nextSerial: UInt16 = 0
  /// No free node comes before this one.
  @usableFromInline var firstFree = 0

  /// Rows whose covariance is to be multiplied by one random number.
  @usableFromInline
  struct ScaledBlock: Sendable {
    var rows = GaussianBlock()
    /// The inverse-gamma number, or the gamma number whose inverse it is; -1 if not in use.
    var scale = -1
  }

  /// What is there besides nodes and Gaussian variables.
  @usableFromInline
  struct Rare: Sendable {
    /// Variables that are Gaussian given a random scale of their covariance.
    var scaled: [ScaledBlock] = []
    var tables: [FiniteTable] = []
    /// Vectors that are normal given a random covariance of their components.
    var matrices: [MatrixBlock] = []
    /// The table of finite variables that the Gaussian ones depend on; -1 if there is none.
    var switching = -1
    /// With such a table, the Gaussian variables given each of its entries.
    var cells: [GaussianBlock] = []
  }

  /// A graph without variables.
  public init() {}

  private mutating func makeRare() {
    if rare.isEmpty { rare.append(Rare()) }
  }

  var scaled: [ScaledBlock] {
    get { rare.isEmpty ? [] : rare[0].scaled }
    _modify {
      makeRare()
      yield &rare[0].scaled
    }
  }

  var tables: [FiniteTable] {
    get { rare.isEmpty ? [] : rare[0].tables }
    _modify {
      makeRare()
      yield &rare[0].tables
    }
  }

  var matrices: [MatrixBlock] {
    get { rare.isEmpty ? [] : rare[0].matrices }
    _modify {
      makeRare()
      yield &rare[0].matrices
    }
  }

  var cells: [GaussianBlock] {
    get { rare.isEmpty ? [] : rare[0].cells }
    _modify {
      makeRare()
      yield &rare[0].cells
    }
  }

  var switching: Int {
    get { rare.isEmpty ? -1 : rare[0].switching }
    set {
      makeRare()
      rare[0].switching = newValue
    }
  }

  /// The number of variables, scalar components counted one by one.
  public var count: Int { nodes.reduce(0) { $0 + ($1.kind == .free ? 0 : 1) } }

  /// How many numbers and nodes the graph takes room for: bounded for a model that is.
  var storageCount: Int {
    let rows = cells.reduce(gaussian.covariance.count) { $0 + $1.covariance.count }
    let blocks = scaled.reduce(rows) { $0 + 1 + $1.rows.covariance.count }
    let entries = tables.reduce(nodes.count + blocks) { $0 + 1 + $1.weights.count }
    return matrices.reduce(entries) { $0 + 1 + $1.covariance.elements.count }
  }

  /// The index of a handle's node.
  @inline(__always)
  func index(_ handle: Handle) -> Int {
    let index = handle.index
    if index >= nodes.count || nodes[index].serial != handle.serial || nodes[index].kind == .free {
      Self.refuse(handle)
    }
    return index
  }

  @inline(never)
  private static func refuse(_ handle: Handle) -> Never {
    // A precondition has no message in release builds.
    fatalError(
      handle == .unassigned
        ? "a random variable that was never assumed: the model's start(_:) or step must do so"
        : "a random variable that was eliminated: the model's visit(_:) must keep it")
  }

  /// The first of `size` consecutive new nodes, all alike but for `row`, their number.
  mutating func allocate(_ prototype: Node, size: Int = 1) -> Handle {
    var start = firstFree
    while true {
      var run = 0
      while run < size && start + run < nodes.count && nodes[start + run].kind == .free { run += 1 }
      if run == size || start + run == nodes.count { break }
      start += run + 1
    }
    require(
      start + size < Handle.maximumIndex && size <= Handle.maximumCount,
      "a particle of more than \(Handle.maximumIndex) variables, or a vector of \(size)")
    var node = prototype
    node.serial = nextSerial
    node.size = Int32(truncatingIfNeeded: size)
    for offset in 0..<size {
      if size > 1 { node.row = Int32(truncatingIfNeeded: offset) }
      if start + offset < nodes.count {
        nodes[start + offset] = node
      } else {
        nodes.append(node)
      }
    }
    if start == firstFree { firstFree = start + size }
    nextSerial &+= 1
    return Handle(index: start, count: size, serial: node.serial)
  }

  /// A variable with a value, for values that do not fit into a handle.
  @usableFromInline
  mutating func store(_ values: [Double]) -> Handle {
    var node = Node()
    node.kind = .known
    let handle = allocate(node, size: values.count)
    for (offset, value) in values.enumerated() { nodes[handle.index + offset].a = value }
    return handle
  }

  /// Turns a node into a known value.
  mutating func setKnown(_ index: Int, _ value: Double) {
    switch nodes[index].kind {
    case .countShare: nodes[index].origin = .poisson
    case .gammaShare: nodes[index].origin = .gamma
    default: nodes[index].origin = nodes[index].kind
    }
    nodes[index].kind = .known
    nodes[index].a = value
  }

  /// As `setKnown`, for a value that follows from what was observed: nothing is missed by that.
  mutating func setGiven(_ index: Int, _ value: Double) {
    setKnown(index, value)
    nodes[index].origin = .free
  }

  mutating func free(_ index: Int) {
    nodes[index].kind = .free
    firstFree = min(firstFree, index)
  }

  /// The head of a node's group.
  func head(_ index: Int) -> Int {
    let node = nodes[index]
    switch node.kind {
    case .dirichlet, .inverseWishart: return index - Int(node.row)
    case .matrixRow: return index - Int(node.link)
    case .child: return node.size > 1 ? index - Int(node.row) : index
    default: return index
    }
  }

  /// Makes this a copy of `other`, in the memory that is there.
  @usableFromInline
  mutating func assign(_ other: DelayedGraph) {
    if nodes.isEmpty && other.nodes.isEmpty { return }
    copyElements(&nodes, other.nodes)
    gaussian.assign(other.gaussian)
    if !(rare.isEmpty && other.rare.isEmpty) { rare = other.rare }
    nextSerial = other.nextSerial
    firstFree = other.firstFree
  }
}
