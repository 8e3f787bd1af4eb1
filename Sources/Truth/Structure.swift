/// A finite structure for a signature: sizes of the sorts, and one table per symbol.
///
/// The elements of a sort are 0..<size; those of `prop` are 0 (false) and 1 (true); those of a
/// function type are its tables, read as numbers: Σ f(a)·|B|^a.
struct Structure: Sendable, Equatable {
  /// What people call it, such as `Z3`.
  var name: String
  let layout: CellLayout
  /// The values of all cells; -1 where the structure is not known yet.
  var cells: [Int]

  static func == (a: Structure, b: Structure) -> Bool {
    a.layout.sizes == b.layout.sizes && a.cells == b.cells
  }
}

/// Where the values of each symbol are in one array of cells.
struct CellLayout: Sendable {
  /// Elements of each sort.
  let sizes: [Int]
  /// First cell of each symbol; the cells of its argument tuples follow in lexicographic order.
  let offsets: [Int]
  /// Number of values of each cell.
  let ranges: [Int]
  /// Sizes of the inputs of each symbol.
  let inputs: [[Int]]
  let numerals: [Signature.Numerals]

  /// Elements of a type, at most: functions are enumerated.
  static let maximalCardinality = 4096
  static let maximalCells = 1024

  /// Nil if a symbol has more than a few thousand cells.
  init?(_ signature: Signature, sizes: [Int]) {
    self.sizes = sizes
    let cardinalities = CellLayout.cardinalities(of: signature.types, sizes: sizes)
    var (offsets, ranges, inputs): ([Int], [Int], [[Int]]) = ([], [], [])
    for symbol in signature.symbols {
      offsets.append(ranges.count)
      var sizes: [Int] = []
      var count = 1
      for type in symbol.inputs {
        guard let size = cardinalities[type], count * size <= CellLayout.maximalCells else {
          return nil
        }
        sizes.append(size)
        count *= size
      }
      guard ranges.count + count <= CellLayout.maximalCells,
        let range = cardinalities[symbol.output]
      else { return nil }
      // A function has to have values.
      if count > 0, range == 0 { return nil }
      ranges += Array(repeating: range, count: count)
      inputs.append(sizes)
    }
    (self.offsets, self.ranges, self.inputs) = (offsets, ranges, inputs)
    numerals = signature.numerals
  }

  /// Elements of each type; nil where there are too many to go through.
  static func cardinalities(of types: [SimpleType], sizes: [Int]) -> [Int?] {
    var result: [Int?] = []
    for type in types {
      switch type {
      case .proposition: result.append(2)
      case .sort(let sort): result.append(sizes[sort])
      case .function(let input, let output):
        // Types refer to earlier ones only.
        guard let inputs = result[input], let outputs = result[output] else {
          result.append(nil)
          continue
        }
        var count: Int? = 1
        for _ in 0..<inputs {
          count = count.flatMap { $0 * outputs <= maximalCardinality ? $0 * outputs : nil }
        }
        result.append(count)
      }
    }
    return result
  }

  /// The tuple of arguments of a cell of `symbol`.
  func arguments(of cell: Int, symbol: Int) -> [Int] {
    var rest = cell - offsets[symbol]
    var result: [Int] = []
    for size in inputs[symbol].reversed() {
      result.append(rest % size)
      rest /= size
    }
    return result.reversed()
  }

  /// The cells of `symbol`.
  func cells(of symbol: Int) -> Range<Int> {
    offsets[symbol]..<(symbol + 1 < offsets.count ? offsets[symbol + 1] : ranges.count)
  }
}

/// Evaluates one formula in structures of one layout, complete or not.
struct Evaluator {
  let formula: Formula
  let layout: CellLayout
  private let cardinalities: [Int?]
  /// The values of the variables, by level.
  var environment: [Int]
  /// Nodes that may still be visited.
  var steps: Int

  /// The value depends on a cell that is not known: `-1 - cell`.
  static func blocked(_ cell: Int) -> Int { -1 - cell }
  /// Nothing can be said: the budget ran out, or a type has too many elements.
  static let unknown = Int.min

  init(_ formula: Formula, _ layout: CellLayout, steps: Int) {
    self.formula = formula
    self.layout = layout
    self.steps = steps
    cardinalities = CellLayout.cardinalities(of: formula.types, sizes: layout.sizes)
    environment = [Int](repeating: 0, count: formula.depth)
  }

  func cardinality(of type: TypeID) -> Int? { cardinalities[type] }

  /// The value of a node: an element, `blocked` or `unknown`.
  mutating func value(_ node: Int, _ cells: [Int]) -> Int {
    steps -= 1
    guard steps > 0 else { return Evaluator.unknown }
    switch formula.nodes[node] {
    case .variable(let level): return environment[level]
    case .symbol(let symbol, let arguments):
      let cell = cell(of: symbol, arguments, cells)
      if cell < 0 { return cell }
      let value = cells[cell]
      return value < 0 ? Evaluator.blocked(cell) : value
    case .apply(let function, let argument, let output):
      return apply(function, to: argument, output, cells)
    case .numeral(let family, let count): return numeral(layout.numerals[family], count, cells)
    case .equal(_, let left, let right):
      let (left, right) = (value(left, cells), value(right, cells))
      if left < 0 { return left }
      if right < 0 { return right }
      return left == right ? 1 : 0
    case .implies(let hypothesis, let conclusion):
      let first = value(hypothesis, cells)
      if first == 0 { return 1 }
      let second = value(conclusion, cells)
      if second == 1 || first == 1 { return second }
      return first
    case .forAll(let type, let level, let body):
      return forAll(type, level, body, cells)
    case .lambda(let type, let level, let body, let output):
      return lambda(type, level, body, output, cells)
    }
  }

  /// The cell that holds the value of a symbol; negative as in `value` where an argument is.
  mutating func cell(of symbol: Int, _ arguments: Range<Int>, _ cells: [Int]) -> Int {
    var index = 0
    for (position, argument) in arguments.enumerated() {
      let value = value(formula.children[argument], cells)
      if value < 0 { return value }
      index = index * layout.inputs[symbol][position] + value
    }
    return layout.offsets[symbol] + index
  }

  private mutating func apply(
    _ function: Int, to argument: Int, _ output: TypeID, _ cells: [Int]
  ) -> Int {
    let argument = value(argument, cells)
    if argument < 0 { return argument }
    let code = value(function, cells)
    if code < 0 { return code }
    guard let output = cardinalities[output] else { return Evaluator.unknown }
    if output == 1 { return 0 }
    var rest = code
    for _ in 0..<argument { rest /= output }
    return rest % output
  }

  private mutating func numeral(
    _ family: Signature.Numerals, _ count: Int, _ cells: [Int]
  ) -> Int {
    let first = layout.offsets[family.zero]
    var value = cells[first]
    if value < 0 { return Evaluator.blocked(first) }
    /// The cell in the way, negative as in `value`; 0 if there was none.
    func walk(_ count: Int) -> Int {
      for _ in 0..<count {
        let cell = layout.offsets[family.successor] + value
        guard cells[cell] >= 0 else { return Evaluator.blocked(cell) }
        value = cells[cell]
      }
      steps -= count
      return 0
    }
    // After as many steps as there are elements, it goes around in a circle.
    let size = layout.ranges[first]
    let blocked = walk(min(count, size))
    if blocked < 0 || count <= size { return blocked < 0 ? blocked : value }
    let start = value
    var period = 0
    repeat {
      _ = walk(1)
      period += 1
    } while value != start
    _ = walk((count - size) % period)
    return value
  }

  private mutating func forAll(
    _ type: TypeID, _ level: Int, _ body: Int, _ cells: [Int]
  ) -> Int {
    guard let count = cardinalities[type] else { return Evaluator.unknown }
    let outer = environment[level]
    defer { environment[level] = outer }
    var result = 1
    for element in 0..<count {
      environment[level] = element
      let value = value(body, cells)
      if value == 0 { return 0 }
      if value < 0, result == 1 { result = value }
    }
    return result
  }

  private mutating func lambda(
    _ type: TypeID, _ level: Int, _ body: Int, _ output: TypeID, _ cells: [Int]
  ) -> Int {
    guard let count = cardinalities[type], let range = cardinalities[output] else {
      return Evaluator.unknown
    }
    let outer = environment[level]
    defer { environment[level] = outer }
    var code = 0
    for element in (0..<count).reversed() {
      environment[level] = element
      let value = value(body, cells)
      if value < 0 { return value }
      code = code * range + value
      if code > CellLayout.maximalCardinality { return Evaluator.unknown }
    }
    return code
  }
}
