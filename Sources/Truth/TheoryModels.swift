/// Structures in which all axioms hold, each checked by evaluation.
struct TheoryModels: Sendable {
  /// Small ones first.
  private(set) var structures: [Structure] = []

  /// Models kept, at most.
  private static let capacity = 160
  /// Models of one choice of sizes, at most.
  private static let perSize = 24
  private static let stepsPerSearch = 1_500_000
  /// Nodes visited in all structures with a name, together.
  private static let stepsForNamed = 60_000_000
  private static let largestSize = 4
  private static let maximalSizeVectors = 40

  init(_ signature: Signature, axioms: [Formula]) {
    var steps = TheoryModels.stepsForNamed
    for named in NamedStructure.all {
      for structure in named.interpretations(of: signature)
      where structure.satisfies(axioms, steps: &steps) {
        add(structure)
      }
    }
    let constraints = axioms.map { ModelSearch.Constraint(formula: $0, wanted: true) }
    for sizes in TheoryModels.sizes(of: signature) {
      guard let layout = CellLayout(signature, sizes: sizes),
        var search = ModelSearch(
          signature, layout, constraints, steps: TheoryModels.stepsPerSearch)
      else { continue }
      var found = 0
      _ = search.run { structure in
        add(structure)
        found += 1
        return found < TheoryModels.perSize
      }
    }
    structures = structures.enumerated().sorted {
      let sizes = ($0.element.layout.ranges.count, $1.element.layout.ranges.count)
      return (sizes.0, $0.offset) < (sizes.1, $1.offset)
    }.map(\.element)
  }

  /// What has a name keeps it.
  private mutating func add(_ structure: Structure) {
    if structures.count < TheoryModels.capacity, !structures.contains(structure) {
      structures.append(structure)
    }
  }

  /// The sizes of the sorts that are tried, small sums first. Sorts that nothing declared inhabits
  /// may be empty.
  static func sizes(of signature: Signature, upTo largest: Int? = nil) -> [[Int]] {
    let largest = largest ?? (signature.numerals.isEmpty ? largestSize : largestSize + 2)
    let inhabited = signature.inhabitedTypes()
    var vectors: [[Int]] = [[]]
    for sort in signature.sorts {
      let least = inhabited[sort.type] ? 1 : 0
      let top = signature.sorts.count > 1 ? 3 : largest
      vectors = vectors.flatMap { vector in (least...top).map { vector + [$0] } }
      if vectors.count > 4096 { return [] }
    }
    return Array(
      vectors.enumerated().sorted {
        ($0.element.reduce(0, +), $0.offset) < ($1.element.reduce(0, +), $1.offset)
      }.map(\.element).prefix(maximalSizeVectors))
  }
}

extension Structure {
  private static let stepsPerAxiom = 2_000_000

  func satisfies(_ axioms: [Formula]) -> Bool {
    var steps = Int.max
    return satisfies(axioms, steps: &steps)
  }

  /// Whether all axioms hold; false also where that takes more steps than there are.
  func satisfies(_ axioms: [Formula], steps: inout Int) -> Bool {
    axioms.allSatisfy { axiom in
      let budget = min(steps, Structure.stepsPerAxiom)
      var evaluator = Evaluator(axiom, layout, steps: budget)
      let holds = evaluator.value(axiom.root, cells) == 1
      steps -= budget - evaluator.steps
      return holds
    }
  }

  /// What values of the leading variables falsify a statement: by level; nil if none were found.
  func counterexample(to formula: Formula, steps: inout Int) -> [(level: Int, value: Int)]? {
    var evaluator = Evaluator(formula, layout, steps: steps)
    defer { steps = evaluator.steps }
    var chosen: [(level: Int, value: Int)] = []
    return falsify(formula.root, &evaluator, &chosen) ? chosen : nil
  }

  private func falsify(
    _ node: Int, _ evaluator: inout Evaluator, _ chosen: inout [(level: Int, value: Int)]
  ) -> Bool {
    evaluator.steps -= 1
    guard evaluator.steps > 0 else { return false }
    switch evaluator.formula.nodes[node] {
    case .forAll(let type, let level, let body):
      guard let count = evaluator.cardinality(of: type) else { return false }
      for element in 0..<count {
        evaluator.environment[level] = element
        chosen.append((level, element))
        if falsify(body, &evaluator, &chosen) { return true }
        chosen.removeLast()
        if evaluator.steps <= 0 { return false }
      }
      return false
    case .implies(let hypothesis, let conclusion):
      return evaluator.value(hypothesis, cells) == 1 && falsify(conclusion, &evaluator, &chosen)
    default: return evaluator.value(node, cells) == 0
    }
  }
}
