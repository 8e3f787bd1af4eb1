// What the particles of a chunk have in common.
//
// The covariance of jointly Gaussian variables does not depend on their values: particles whose
// programs make the same calls with the same coefficients and noises have the same covariance, and
// differ in means and values alone. The first particle of a chunk records its calls with what they
// do to the structure; the others check that they make the same calls and update their means. A
// particle that makes another call leaves with a graph of its own, in which the calls so far are
// repeated. What it computes has the same bits either way.

/// One call of a step, and what it does to means.
@frozen
@usableFromInline
struct RecordedCall: Sendable, BitwiseCopyable {
  @frozen
  @usableFromInline
  enum Kind: UInt8, Sendable, BitwiseCopyable {
    /// No call: the step is over.
    case end
    case assume
    case observe
    case draw
    /// A variable gets its value.
    case realize
    /// A variable with a value is read.
    case read
    /// Variables that are no longer held are integrated out.
    case eliminate
  }

  @usableFromInline var kind = Kind.end
  /// Which terms are of variables with a value.
  @usableFromInline var knownTerms: UInt8 = 0
  @usableFromInline var termCount: Int32 = 0
  @usableFromInline var site = Site.unknown
  @usableFromInline var coefficients = SIMD4<Double>.zero
  @usableFromInline var variance = 0.0
  /// The nodes of the terms, and the node that is assumed, realized or read.
  @usableFromInline var nodes = SIMD4<Int32>.zero
  @usableFromInline var node: Int32 = 0
  /// Of an elimination the first handle shown, else the first of the terms without a value; the
  /// gains follow, then the terms with a value.
  @usableFromInline var start: Int32 = 0
  @usableFromInline var liveCount: Int32 = 0
  @usableFromInline var gainCount: Int32 = 0
  /// The predictive variance, its root, and log(2π·spread).
  @usableFromInline var spread = 0.0
  @usableFromInline var root = 0.0
  @usableFromInline var logarithm = 0.0
  /// The handle of what is assumed, realized or read.
  @usableFromInline var result: UInt64 = 0
  /// Where a realized variable was assumed.
  @usableFromInline var origin = Site.unknown

  @usableFromInline
  init() {}
}

/// The calls of one step that the particles of a chunk have in common.
///
/// Lives while a worker runs the chunk; no other thread sees it.
@usableFromInline
final class StepRecord {
  // Accesses need no checks at run time: one worker has the record, and no access is in another.
  @exclusivity(unchecked)
  private(set) var calls = UnsafeMutablePointer<RecordedCall>.allocate(capacity: 16)
  /// The same calls for those that follow, and the end of the step.
  @exclusivity(unchecked)
  @usableFromInline private(set) var program =
    UnsafeMutablePointer<LaneCall>.allocate(capacity: 16)
  @exclusivity(unchecked)
  private var callCapacity = 16
  @exclusivity(unchecked)
  @usableFromInline private(set) var callCount = 0
  @exclusivity(unchecked)
  private(set) var gains = UnsafeMutablePointer<Gain>.allocate(capacity: 64)
  @exclusivity(unchecked)
  private var gainCapacity = 64
  @exclusivity(unchecked)
  private var gainCount = 0
  /// The handles shown at eliminations, each list ended by that of no variable.
  @exclusivity(unchecked)
  private(set) var shown = UnsafeMutablePointer<UInt64>.allocate(capacity: 16)
  @exclusivity(unchecked)
  private var shownCapacity = 16
  @exclusivity(unchecked)
  private var shownCount = 0
  /// The values of the recording particle: a mean or a value for each node.
  @exclusivity(unchecked)
  @usableFromInline private(set) var cells: UnsafeMutablePointer<Double>
  @exclusivity(unchecked)
  private(set) var cellCapacity: Int
  /// The structure before the step, and after the calls so far; means and values mean nothing.
  @usableFromInline let start: DelayedGraph
  @exclusivity(unchecked)
  @usableFromInline private(set) var shape: DelayedGraph
  /// Of calls, where variables that had been realized were used.
  private var missed: [(call: Int, site: Site)] = []

  @usableFromInline
  init(_ graph: DelayedGraph) {
    start = graph
    shape = graph
    cellCapacity = graph.nodes.count + 16
    cells = .allocate(capacity: cellCapacity)
    cells.initialize(repeating: 0, count: cellCapacity)
    program.initialize(to: LaneCall.end)
  }

  deinit {
    calls.deallocate()
    program.deallocate()
    gains.deallocate()
    shown.deallocate()
    cells.deallocate()
  }

  /// Adds a call with a Gaussian; false if particles cannot have it in common.
  func append(
    _ kind: RecordedCall.Kind, _ gaussian: AffineGaussian, _ written: FourTerms, _ site: Site
  ) -> Bool {
    let mean = gaussian.mean.affine.sum
    var call = RecordedCall()
    call.kind = kind
    call.site = site
    call.variance = gaussian.variance
    call.termCount = Int32(truncatingIfNeeded: mean.count)
    for term in 0..<mean.count {
      let (bits, coefficient) = (mean[term].bits, mean[term].coefficient)
      let index = shape.index(Handle(bits: bits)!)
      let node = shape.nodes[index]
      call.coefficients[term] = coefficient
      call.nodes[term] = Int32(truncatingIfNeeded: index)
      switch node.kind {
      case .gaussian where node.block == 0: break
      case .known:
        call.knownTerms |= 1 << term
        missed.append((callCount, node.site))
      default: return false
      }
    }
    add(call, written, count: gaussian.mean.count)
    return true
  }

  /// Adds the reading of a variable; false if particles cannot have it in common.
  func append(reading handle: Handle, _ site: Site) -> Bool {
    let index = shape.index(handle)
    var call = RecordedCall()
    call.site = site
    call.result = handle.bits
    call.node = Int32(truncatingIfNeeded: index)
    switch shape.nodes[index].kind {
    case .known: call.kind = .read
    case .gaussian where shape.nodes[index].block == 0:
      call.kind = .realize
      call.origin = shape.nodes[index].site
    default: return false
    }
    add(call)
    return true
  }

  /// Adds the elimination of all but the given variables.
  @usableFromInline
  func append(keeping handles: [UInt64]) {
    var call = RecordedCall()
    call.kind = .eliminate
    call.start = Int32(truncatingIfNeeded: shownCount)
    for bits in handles + [Handle.none.bits] {
      if shownCount == shownCapacity {
        shown = Self.grown(shown, shownCount, to: 2 * shownCapacity)
        shownCapacity *= 2
      }
      shown[shownCount] = bits
      shownCount += 1
    }
    add(call)
  }

  private func add(_ call: RecordedCall, _ written: FourTerms? = nil, count: Int = 0) {
    var call = call
    let needed = shape.gaussian.count + 8
    if gainCount + needed > gainCapacity {
      gains = Self.grown(gains, gainCount, to: 2 * gainCapacity + needed)
      gainCapacity = 2 * gainCapacity + needed
    }
    shape.perform(&call, gains: gains + gainCount, shown: shown)
    if call.kind != .eliminate {
      call.start = Int32(truncatingIfNeeded: gainCount)
      gainCount += Int(call.liveCount + call.gainCount)
      for term in 0..<Int(call.termCount) where call.knownTerms >> term & 1 == 1 {
        gains[gainCount] = Gain(node: Int(call.nodes[term]), factor: call.coefficients[term])
        gainCount += 1
      }
    }
    // The end of the step is always there.
    if callCount + 1 == callCapacity {
      calls = Self.grown(calls, callCount, to: 2 * callCapacity)
      program = Self.grown(program, callCount, to: 2 * callCapacity)
      callCapacity *= 2
    }
    (calls + callCount).initialize(to: call)
    writeLaneCall(call, written, count: count, to: program + callCount)
    callCount += 1
    (program + callCount).initialize(to: LaneCall.end)
    if shape.nodes.count > cellCapacity {
      cells = Self.grown(cells, cellCapacity, to: 2 * shape.nodes.count)
      cellCapacity = 2 * shape.nodes.count
    }
  }

  private static func grown<Element: BitwiseCopyable>(
    _ old: UnsafeMutablePointer<Element>, _ count: Int, to capacity: Int
  ) -> UnsafeMutablePointer<Element> {
    let new = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
    new.update(from: old, count: count)
    old.deallocate()
    return new
  }

  /// The graph after the first `count` calls, with a particle's means and values.
  func graph(after count: Int, _ cells: UnsafeMutablePointer<Double>) -> DelayedGraph {
    var graph = count == callCount ? shape : start
    if count < callCount {
      let unused = UnsafeMutablePointer<Gain>.allocate(capacity: gainCapacity)
      for index in 0..<count {
        var call = calls[index]
        (call.liveCount, call.gainCount) = (0, 0)
        graph.perform(&call, gains: unused, shown: shown)
      }
      unused.deallocate()
    }
    for number in 0..<count { addGains(leftOutBy: number, until: count, cells) }
    graph.fill(UnsafeBufferPointer(start: cells, count: graph.nodes.count))
    return graph
  }

  /// Adds the first calls of `times` particles to a report.
  @usableFromInline
  func count(_ counters: inout ReportCounters, calls callCount: Int, times: Int) {
    if times == 0 { return }
    for index in 0..<callCount {
      let call = calls[index]
      switch call.kind {
      case .assume: counters.assumed(call.site, sampled: false, count: times)
      case .realize:
        if call.origin != .unknown {
          counters.forced(call.origin, by: .value, at: call.site, count: times)
        }
      case .draw: counters.drawn(call.site, count: times)
      case .observe, .read, .eliminate, .end: break
      }
    }
    for use in missed where use.call < callCount { counters.missed(use.site, count: times) }
  }
}

extension DelayedGraph {
  /// Does to the structure what `call` does, and completes the call.
  fileprivate mutating func perform(
    _ call: inout RecordedCall, gains: UnsafeMutablePointer<Gain>,
    shown: UnsafeMutablePointer<UInt64>
  ) {
    withUnsafeTemporaryAllocation(of: GaussianBlock.Term.self, capacity: 4) { buffer in
      var count = 0
      func term(_ node: Int32, _ coefficient: Double) {
        buffer[count] = GaussianBlock.Term(
          row: Int(nodes[Int(node)].row), coefficient: coefficient)
        count += 1
      }
      if call.kind == .realize { term(call.node, 1) }
      for index in 0..<Int(call.termCount)
      where call.knownTerms >> index & 1 == 0 && call.coefficients[index] != 0 {
        gains[count] = Gain(node: Int(call.nodes[index]), factor: call.coefficients[index])
        term(call.nodes[index], call.coefficients[index])
        call.liveCount = Int32(truncatingIfNeeded: count)
      }
      let terms = GaussianBlock.Terms(rebasing: buffer[..<count])
      switch call.kind {
      case .end, .read: break
      case .assume:
        var node = Node()
        node.kind = .gaussian
        node.site = call.site
        let handle = allocate(node)
        nodes[handle.index].row = Int32(truncatingIfNeeded: gaussian.count)
        gaussian.append(terms, shift: 0, noise: call.variance, owner: handle.index)
        call.node = Int32(truncatingIfNeeded: handle.index)
        call.result = handle.bits
      case .observe, .draw, .realize:
        let owners = gaussian.owners
        call.spread = gaussian.update(terms, noise: call.variance) { row, factor in
          gains[Int(call.liveCount) + row] = Gain(node: Int(owners[row]), factor: factor)
          call.gainCount = Int32(truncatingIfNeeded: row + 1)
        }
        call.root = call.spread.squareRoot()
        call.logarithm = RecentLogarithms.logarithm(ofTwoPiTimes: call.spread)
        if call.kind == .realize {
          removeRow(Int(call.node))
          setKnown(Int(call.node), 0)
        }
      case .eliminate:
        var next = shown + Int(call.start)
        while next.pointee != Handle.none.bits {
          let handle = Handle(bits: next.pointee)!
          let first = index(handle)
          for node in first..<first + handle.count { nodes[node].isReached = true }
          next += 1
        }
        eliminate()
      }
    }
  }

  /// Whether both have the same variables and covariance; means and values may differ.
  func hasSameShape(as other: DelayedGraph) -> Bool {
    nextSerial == other.nextSerial && gaussian.owners == other.gaussian.owners
      && gaussian.covariance == other.gaussian.covariance && nodes.count == other.nodes.count
      && zip(nodes, other.nodes).allSatisfy {
        $0.kind == $1.kind && $0.serial == $1.serial && $0.row == $1.row && $0.site == $1.site
          && $0.origin == $1.origin
      }
  }

  /// Writes a particle's means and values into the graph.
  mutating func fill(_ cells: UnsafeBufferPointer<Double>) {
    for index in nodes.indices {
      switch nodes[index].kind {
      case .gaussian: gaussian.means[Int(nodes[index].row)] = cells[index]
      case .known: nodes[index].a = cells[index]
      default: break
      }
    }
  }
}
