/// Index of a type in `Signature.types` (or in the longer list of a formula).
typealias TypeID = Int

/// A simple type: a sort, `prop`, or functions between simple types.
enum SimpleType: Hashable, Sendable {
  case proposition
  case sort(Int)
  case function(TypeID, TypeID)

  /// `prop` is always the first type of a list.
  static let propositionID = 0
}

/// What a theory declares, as a many-sorted signature: its sorts and the symbols between them.
///
/// `prop` is the sort of truth values, so predicates and connectives are symbols like all others.
struct Signature: Sendable {
  struct Sort: Sendable {
    let name: String
    let type: TypeID
  }

  struct Symbol: Sendable {
    let name: String
    let inputs: [TypeID]
    /// A sort or `prop`.
    let output: TypeID
  }

  /// Numerals of a sort: `zero` and `successor` are symbols.
  struct Numerals: Sendable {
    let type: TypeID
    let zero: Int
    let successor: Int
  }

  var types: [SimpleType] = [.proposition]
  var sorts: [Sort] = []
  var symbols: [Symbol] = []
  var numerals: [Numerals] = []

  /// Whether all inputs and outputs of symbols are sorts, or `prop` in outputs.
  var isFirstOrder: Bool {
    symbols.allSatisfy { symbol in
      symbol.inputs.allSatisfy { if case .sort = types[$0] { true } else { false } }
    }
  }

  /// Whether `types[type]` has an element in every structure, whatever the sizes of the sorts:
  /// because a symbol, or several in turn, make one, from elements of the types `assumed` if there
  /// are any.
  func inhabitedTypes(assuming assumed: [TypeID] = []) -> [Bool] {
    var inhabited = types.map { $0 == .proposition }
    for type in assumed { inhabited[type] = true }
    var changed = true
    while changed {
      changed = false
      for (type, simple) in types.enumerated() where !inhabited[type] {
        let found =
          switch simple {
          case .proposition: true
          case .sort:
            symbols.contains { $0.output == type && $0.inputs.allSatisfy { inhabited[$0] } }
          case .function(_, let output): inhabited[output]
          }
        if found {
          inhabited[type] = true
          changed = true
        }
      }
    }
    return inhabited
  }
}

/// Why something is no statement of the logic that is evaluated, or not of the one that a tool
/// reads.
public struct Unfit: Error, Sendable, Hashable, CustomStringConvertible {
  public let description: String
  /// Whether it is a statement of that logic, but beyond a limit of ours.
  let isLimit: Bool

  init(_ description: String, isLimit: Bool = false) {
    self.description = description
    self.isLimit = isLimit
  }
}
