/// The language that a source is written in.
public enum Dialect: String, Sendable, CaseIterable {
  /// The language of Minimo: nothing is repaired.
  case strict
  /// The language of files written for the original Peano: each ``Repair`` is made and noted, and
  /// scripts name rules without their arguments.
  case legacy
}

/// What the legacy dialect repairs, and the strict one refuses.
///
/// After a repair a declaration means one thing, which the kernel checks like any other; a note
/// says what that is.
public enum Repair: Int, Sendable, Hashable, CaseIterable {
  case bareBinder = 1, bareUse, roundArrow, emptyGroup, redeclaration, lateDeclaration
  case freeParameter, problemList, keyword, takenName, constructedType

  /// The number that notes carry, such as `L1`.
  public var code: String { "L\(rawValue)" }

  /// One row of the table of repairs: what is written, and how it is read.
  public var summary: (written: String, read: String) {
    switch self {
    case .bareBinder: ("a binder without its quote: (x : T)", "binds x")
    case .bareUse: ("x where only 'x is bound, or 'x where only x is", "the bound one")
    case .roundArrow: ("(A -> B)", "[A -> B]")
    case .emptyGroup: ("[A]", "A")
    case .redeclaration: ("a name declared again", "the last declaration counts")
    case .lateDeclaration: ("a name used before its declaration", "that one is moved up")
    case .freeParameter:
      ("'x bound nowhere", "a first input, typed by its use; a proposition if that is all")
    case .problemList: ("name. statement", "theorem name : statement.")
    case .keyword: ("let, axiom or assume before a declaration; using", "left out")
    case .takenName: ("intro x where x means something already", "x keeps its meaning")
    case .constructedType:
      ("a theorem about a type, not a proposition", "the script constructs an element")
    }
  }

  /// What strict errors add.
  static let hint = "; or read the file with --dialect legacy"
}

/// The notes about one source, in its order, up to a bound.
public struct RepairLog: Sendable {
  /// The first repairs.
  public private(set) var notes: [Diagnostic] = []
  /// Number of all repairs.
  public private(set) var count = 0

  private static let capacity = 1_000

  public init() {}

  public mutating func add(_ note: @autoclosure () -> Diagnostic) {
    count += 1
    if notes.count < Self.capacity { notes.append(note()) }
  }

  public mutating func add(_ other: RepairLog) {
    count += other.count
    notes += other.notes.prefix(Self.capacity - notes.count)
  }

  /// The log in the order of the source.
  public func sorted() -> RepairLog {
    var result = self
    result.notes.sort {
      ($0.position.line, $0.position.column, $0.repair?.rawValue ?? 0)
        < ($1.position.line, $1.position.column, $1.repair?.rawValue ?? 0)
    }
    return result
  }
}
