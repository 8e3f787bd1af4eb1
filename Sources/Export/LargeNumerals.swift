import Kernel

/// Replaces closed arithmetic on large numerals by its value, and says why each step holds.
///
/// Coq's conversion counts in successors, so `123456789 + 987654321` must not be left to it. It
/// need not: the value follows from lemmas on binary numerals, proved once. What conversion
/// computes here is taken out of the proof, and the theorem brought back by rewriting.
struct LargeNumerals {
  /// Numerals up to this one are left to conversion.
  static let smallest = Natural(1_000)

  /// Why a closed term is a numeral.
  enum Reason: Hashable {
    /// It is one, or zero.
    case itself
    case successor(of: Int)
    /// By ``Recursion/arithmetic`` of the operation.
    case operation(String, Int, Int)
  }

  struct Value {
    let type: String
    let number: Natural
    let reason: Reason
    /// Whether a large numeral took part.
    let isLarge: Bool
  }

  private(set) var graph: TermGraph
  private let outline: TheoryOutline
  private(set) var values: [Int: Value] = [:]

  /// - Parameter roots: the terms whose arithmetic is looked for.
  init(_ graph: TermGraph, _ outline: TheoryOutline, roots: [Int]) {
    self.graph = graph
    self.outline = outline
    guard !outline.families.isEmpty, graph.holdsLargeNumeral else { return }
    for root in roots {
      for node in graph.reachable(from: root) where values[node] == nil {
        values[node] = value(of: node)
      }
    }
  }

  private func value(of node: Int) -> Value? {
    switch graph.nodes[node] {
    case .numeral(let type, let number):
      return Value(type: type, number: number, reason: .itself, isLarge: number > Self.smallest)
    case .constant(let name):
      guard let type = outline.families.first(where: { $0.value.zero == name })?.key else {
        return nil
      }
      return Value(type: type, number: Natural(0), reason: .itself, isLarge: false)
    case .apply(let function, let argument):
      guard let last = values[argument] else { return nil }
      if case .constant(let name) = graph.nodes[function] {
        guard name == outline.families[last.type]?.successor else { return nil }
        let number = last.number + Natural(1)
        return Value(
          type: last.type, number: number, reason: .successor(of: argument),
          isLarge: number > Self.smallest)
      }
      guard case .apply(let head, let other) = graph.nodes[function], let first = values[other],
        case .constant(let name) = graph.nodes[head], let recursion = outline.recursions[name],
        recursion.type == last.type, recursion.type == first.type,
        let arithmetic = recursion.arithmetic
      else { return nil }
      let number =
        arithmetic == .addition ? first.number + last.number : first.number * last.number
      return Value(
        type: last.type, number: number, reason: .operation(name, other, argument),
        isLarge: first.isLarge || last.isLarge || number > Self.smallest)
    default: return nil
    }
  }

  private func isReducible(_ node: Int) -> Bool {
    guard let value = values[node] else { return false }
    return value.isLarge && value.reason != .itself
  }

  /// The outermost arithmetic in `root`, in ascending order.
  func arithmetic(in root: Int) -> [Int] {
    graph.reachable(from: root, stoppingAt: isReducible).filter(isReducible)
  }

  /// The numeral that `node` is.
  mutating func numeral(_ node: Int) -> Int {
    let value = values[node]!
    return graph.number(of: .numeral(type: value.type, value: value.number))
  }

  /// `root` with all arithmetic computed.
  mutating func reduced(_ root: Int) -> Int {
    let parts = arithmetic(in: root)
    return replacing(Dictionary(uniqueKeysWithValues: parts.map { ($0, numeral($0)) }), in: root)
  }

  mutating func replacing(_ replacements: [Int: Int], in root: Int) -> Int {
    replacements.isEmpty ? root : graph.replacing(replacements, in: root)
  }

  /// The number of a constant that stands for a place in a term.
  mutating func place(_ name: String) -> Int { graph.number(of: .constant(name)) }
}

extension TermGraph {
  fileprivate var holdsLargeNumeral: Bool {
    nodes.contains {
      if case .numeral(_, let value) = $0 { value > LargeNumerals.smallest } else { false }
    }
  }
}
