import Kernel

/// The nodes of a theory or certificate, with what writing them needs to know.
struct TermGraph {
  private(set) var nodes: [Certificate.Node] = []
  /// For each node one more than its largest loose index, 0 when it is closed.
  private var looseBounds: [Int] = []
  /// Whether loose index 0 to 62 may occur, by bits. Bit 63 stands for all larger ones; under a
  /// binder it stays set, and is copied to bit 62.
  private var looseBits: [UInt64] = []
  /// Nodes when written out as a tree, saturating.
  private var sizes: [Int] = []
  private var numbers: [Certificate.Node: Int] = [:]

  init(_ nodes: [Certificate.Node]) {
    append(nodes)
  }

  mutating func append(_ more: [Certificate.Node]) {
    for node in more { append(node) }
  }

  /// The number of `node`, which is added unless ``number(of:)`` added it before.
  mutating func number(of node: Certificate.Node) -> Int {
    if let number = numbers[node] { return number }
    append(node)
    numbers[node] = nodes.count - 1
    return nodes.count - 1
  }

  private mutating func append(_ node: Certificate.Node) {
    var (bound, bits, size) = (0, UInt64(0), 1)
    func outside(_ bits: UInt64) -> UInt64 { bits >> 1 | bits & 1 << 63 }
    if case .bound(let index) = node {
      (bound, bits) = (index + 1, 1 << UInt64(min(index, 63)))
    }
    for (child, isBody) in node.parts {
      bound = max(bound, looseBounds[child] - (isBody ? 1 : 0))
      bits |= isBody ? outside(looseBits[child]) : looseBits[child]
      size = min(size &+ sizes[child], 1 << 40)
    }
    nodes.append(node)
    looseBounds.append(bound)
    looseBits.append(bits)
    sizes.append(size)
  }

  func isClosed(_ node: Int) -> Bool { looseBounds[node] == 0 }

  /// Whether a body may use the binder right around it; never wrong when it says no.
  func usesBinder(_ body: Int) -> Bool { looseBits[body] & 1 != 0 }

  func size(_ node: Int) -> Int { sizes[node] }

  /// The function and arguments of an application, which may be none.
  func spine(_ node: Int) -> (head: Int, arguments: [Int]) {
    var (head, arguments): (Int, [Int]) = (node, [])
    while case .apply(let function, let argument) = nodes[head] {
      arguments.append(argument)
      head = function
    }
    arguments.reverse()
    return (head, arguments)
  }

  /// The nodes that `root` consists of, in ascending order, leaving out what lies below `ends`.
  func reachable(from root: Int, stoppingAt ends: (Int) -> Bool = { _ in false }) -> [Int] {
    var seen: Set<Int> = [root]
    var pending = [root]
    while let node = pending.popLast() {
      if ends(node) { continue }
      for (child, _) in nodes[node].parts where seen.insert(child).inserted {
        pending.append(child)
      }
    }
    return seen.sorted()
  }

  /// `root` with closed nodes replaced by closed nodes.
  mutating func replacing(_ replacements: [Int: Int], in root: Int) -> Int {
    var results = replacements
    for node in reachable(from: root, stoppingAt: { replacements[$0] != nil })
    where results[node] == nil {
      let changed = nodes[node].mapParts { results[$0]! }
      results[node] = changed == nodes[node] ? node : number(of: changed)
    }
    return results[root]!
  }
}

extension Certificate.Node {
  /// The nodes that this one refers to, and whether each stands below a binder of it.
  var parts: [(node: Int, isBody: Bool)] {
    switch self {
    case .sort, .bound, .constant, .numeral: []
    case .apply(let function, let argument): [(function, false), (argument, false)]
    case .lambda(let domain, let body), .forall(let domain, let body):
      [(domain, false), (body, true)]
    case .define(let type, let value, let body): [(type, false), (value, false), (body, true)]
    }
  }

  func mapParts(_ change: (Int) -> Int) -> Certificate.Node {
    switch self {
    case .sort, .bound, .constant, .numeral: self
    case .apply(let function, let argument): .apply(change(function), change(argument))
    case .lambda(let domain, let body): .lambda(domain: change(domain), body: change(body))
    case .forall(let domain, let body): .forall(domain: change(domain), body: change(body))
    case .define(let type, let value, let body):
      .define(type: change(type), value: change(value), body: change(body))
    }
  }
}
