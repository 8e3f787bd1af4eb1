/// One entry of a theory.
public struct Declaration: Sendable {
  public enum Role: Sendable, Hashable {
    /// `=`, `refl` or `subst`.
    case primitive
    /// A constant or axiom: a name and a type, nothing else.
    case assumption
    /// A transparent definition.
    case definition(value: Term)
    /// A proved statement; the proof is never unfolded.
    case theorem(proof: Term)
  }

  public let name: String
  public let type: Term
  public let role: Role
  /// Number of inputs of the outermost arrow as written: how many arguments a forward step
  /// supplies.
  public let arity: Int
}

/// Numerals of one type: literal 0 is convertible with `zero`, literal n+1 with `successor n`.
public struct LiteralFamily: Sendable, Hashable {
  public let type: Term
  public let zero: Term
  public let successor: Term
}

/// Constants, axioms and definitions, each checked before it was added; immutable and shared.
public struct Theory: Sendable {
  public internal(set) var declarations: [Declaration]
  public internal(set) var literals: [LiteralFamily]
  /// In the order in which they were added; none unless a theory asks for them.
  public internal(set) var computables: [ComputableOperation] = []
  public internal(set) var terms: FrozenTerms
  var names: [String: ConstantID]

  /// The constant of that name.
  public func constant(named name: String) -> ConstantID? { names[name] }

  /// A name that no constant has: `wanted`, with underscores if need be.
  public func freeName(_ wanted: String) -> String {
    var name = wanted
    while names[name] != nil { name += "_" }
    return name
  }

  @inlinable
  public subscript(constant: ConstantID) -> Declaration { declarations[Int(constant.index)] }
}

extension Theory {
  /// Shares more terms; they must extend the theory's own.
  public mutating func replaceTerms(_ frozen: FrozenTerms) {
    precondition(frozen.extends(terms), "the terms do not extend those of the theory")
    terms = frozen
  }
}
