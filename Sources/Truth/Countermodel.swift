/// A structure in which all axioms hold and a statement fails, in words.
public struct Countermodel: Sendable, Hashable {
  /// What it is, such as `Z3`, `ℕ` or `4 elements`.
  public let name: String
  /// The meaning of each symbol: values or tables over the elements 0, 1, …; empty where the name
  /// says it all.
  public let symbols: [Binding]
  /// Values of the statement's variables for which it fails, under the names that the canonical
  /// text of the statement gives them.
  public let assignment: [Binding]
  /// What an external tool printed; nil if the structure was found and evaluated here.
  public let toolOutput: String?

  public struct Binding: Sendable, Hashable {
    public let name: String
    /// A value, or values in order of the argument: `[0 2 1]`, rows of two arguments apart by `/`.
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  /// The name where eprover says no more than that there is one.
  static let foundByEprover = "found by eprover"

  public init(
    name: String, symbols: [Binding] = [], assignment: [Binding] = [], toolOutput: String? = nil
  ) {
    self.name = name
    self.symbols = symbols
    self.assignment = assignment
    self.toolOutput = toolOutput
  }
}

extension Countermodel {
  /// The structure and the values as found by `Structure.counterexample`.
  init(
    _ structure: Structure, _ signature: Signature, _ formula: Formula,
    _ chosen: [(level: Int, value: Int)]
  ) {
    let cardinalities = CellLayout.cardinalities(
      of: formula.types, sizes: structure.layout.sizes)
    func text(_ value: Int, of type: TypeID) -> String {
      switch formula.types[type] {
      case .proposition: return value == 1 ? "true" : "false"
      case .sort: return String(value)
      case .function(let input, let output):
        var (rest, values) = (value, [String]())
        for _ in 0..<(cardinalities[input] ?? 0) {
          values.append(text(rest % (cardinalities[output] ?? 1), of: output))
          rest /= cardinalities[output] ?? 1
        }
        return "[" + values.joined(separator: " ") + "]"
      }
    }
    let symbols = signature.symbols.enumerated().map { index, symbol in
      let values = structure.cells[structure.layout.cells(of: index)].map {
        text($0, of: symbol.output)
      }
      let inputs = structure.layout.inputs[index]
      guard let row = inputs.last else {
        return Binding(name: symbol.name, value: values.first ?? "")
      }
      let rows = stride(from: 0, to: values.count, by: max(1, row)).map {
        values[$0..<min($0 + row, values.count)].joined(separator: " ")
      }
      return Binding(name: symbol.name, value: "[" + rows.joined(separator: " / ") + "]")
    }
    self.init(
      name: structure.name, symbols: symbols,
      assignment: formula.bindings(chosen) { text($0, of: $1) })
  }
}

extension Formula {
  /// The chosen values under the names that a printer gives the binders: only those that are
  /// mentioned have one, and they are counted.
  func bindings(
    _ chosen: [(level: Int, value: Int)], _ text: (Int, TypeID) -> String
  ) -> [Countermodel.Binding] {
    var result: [Countermodel.Binding] = []
    for (variable, choice) in zip(quantified, chosen) where variable.isMentioned {
      result.append(
        .init(name: "'a\(result.count)", value: text(choice.value, variable.type)))
    }
    return result
  }
}
