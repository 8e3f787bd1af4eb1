/// Well-known finite structures with one sort, to be tried where their operations fit the arities
/// of a signature. Whether the axioms hold is checked, never assumed.
struct NamedStructure: Sendable {
  let name: String
  let size: Int
  /// Operations and relations by number of arguments, each as a table in lexicographic order.
  let operations: [[[Int]]]
  let relations: [[[Int]]]

  private init(
    _ name: String, size: Int, constants: [Int], unary: [(Int) -> Int],
    binary: [(Int, Int) -> Int], relations: [(Int, Int) -> Bool] = []
  ) {
    self.name = name
    self.size = size
    let elements = 0..<size
    func table(_ function: (Int, Int) -> Int) -> [Int] {
      elements.flatMap { a in elements.map { b in function(a, b) } }
    }
    operations = [
      constants.map { [$0] }, unary.map { elements.map($0) }, binary.map { table($0) },
    ]
    let equality: (Int, Int) -> Bool = { $0 == $1 }
    self.relations = [
      [[0], [1]], [elements.map { $0 == 0 ? 1 : 0 }],
      (relations + [equality]).map { relation in table { relation($0, $1) ? 1 : 0 } },
    ]
  }

  /// In the order in which they are tried: small ones first.
  static let all: [NamedStructure] =
    ((2...8).map { cyclic($0) } + (2...5).map { chain($0) } + [
      elementary, symmetric, boolean(2), boolean(3), pentagon, diamond,
    ]).sorted { $0.size < $1.size }

  /// The integers modulo n: a group, a ring, and numbers that start over.
  private static func cyclic(_ n: Int) -> NamedStructure {
    NamedStructure(
      "Z\(n)", size: n, constants: [0, 1], unary: [{ (n - $0) % n }, { ($0 + 1) % n }],
      binary: [{ ($0 + $1) % n }, { $0 * $1 % n }, { (n + $0 - $1) % n }])
  }

  private static let elementary = NamedStructure(
    "Z2²", size: 4, constants: [0], unary: [{ $0 }], binary: [{ $0 ^ $1 }])

  /// The permutations of three things.
  private static let symmetric: NamedStructure = {
    let permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    func product(_ a: Int, _ b: Int) -> Int {
      let images = (0..<3).map { permutations[a][permutations[b][$0]] }
      return permutations.firstIndex(of: images)!
    }
    return NamedStructure(
      "S3", size: 6, constants: [0],
      unary: [{ a in (0..<6).first { product(a, $0) == 0 }! }], binary: [product])
  }()

  /// 0 < 1 < … < n-1 with minimum and maximum.
  private static func chain(_ n: Int) -> NamedStructure {
    NamedStructure(
      "the chain of \(n)", size: n, constants: [0, n - 1], unary: [{ n - 1 - $0 }],
      binary: [{ min($0, $1) }, { max($0, $1) }], relations: [{ $0 <= $1 }, { $0 < $1 }])
  }

  /// The subsets of n things.
  private static func boolean(_ n: Int) -> NamedStructure {
    let top = 1 << n - 1
    return NamedStructure(
      "the subsets of \(n)", size: top + 1, constants: [0, top], unary: [{ top - $0 }],
      binary: [{ $0 & $1 }, { $0 | $1 }], relations: [{ $0 & $1 == $0 }])
  }

  /// 0 < 1 < 2 < 4 and 0 < 3 < 4: the smallest lattice that is not modular.
  private static let pentagon = lattice("the pentagon N5", [[1, 2], [2], [], []])

  /// 0 < 1, 2, 3 < 4: the smallest modular lattice that is not distributive.
  private static let diamond = lattice("the diamond M3", [[1, 2, 3], [], [], []])

  /// A lattice of five elements with bottom 0 and top 4, from what is above each below the top.
  private static func lattice(_ name: String, _ above: [[Int]]) -> NamedStructure {
    func isBelow(_ a: Int, _ b: Int) -> Bool {
      a == b || a == 0 || b == 4 || (a < 4 && above[a].contains(b))
    }
    // The numbers of the elements respect the order.
    return NamedStructure(
      name, size: 5, constants: [0, 4], unary: [],
      binary: [
        { a, b in (0..<5).last { isBelow($0, a) && isBelow($0, b) }! },
        { a, b in (0..<5).first { isBelow(a, $0) && isBelow(b, $0) }! },
      ], relations: [isBelow])
  }

  /// Candidates for a structure of `signature`: every choice of operations of the right arity, up
  /// to a few hundred.
  func interpretations(of signature: Signature) -> [Structure] {
    guard signature.sorts.count == 1, signature.isFirstOrder,
      let layout = CellLayout(signature, sizes: [size])
    else { return [] }
    var candidates: [[Int]] = [[]]
    for symbol in signature.symbols {
      let isRelation = symbol.output == SimpleType.propositionID
      let tables = isRelation ? relations : operations
      guard symbol.inputs.count < tables.count else { return [] }
      let choices = tables[symbol.inputs.count]
      guard candidates.count * choices.count <= 512 else { return [] }
      candidates = candidates.flatMap { cells in choices.map { cells + $0 } }
    }
    return candidates.map { Structure(name: name, layout: layout, cells: $0) }
  }
}
