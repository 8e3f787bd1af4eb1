/// The sorts of the theory, `prop : type : kind`; `kind` has no type.
public enum Sort: UInt8, Sendable, Comparable {
  case prop, type, kind

  public static func < (left: Sort, right: Sort) -> Bool { left.rawValue < right.rawValue }
}

/// An interned term: a handle into a ``TermArena``.
///
/// Within one arena (and the arenas that extend the same theory, for the handles that they share)
/// handle equality is α-equality, because bound variables are de Bruijn indices and binders carry
/// no names.
@frozen
public struct Term: Hashable, Sendable, Comparable {
  public let id: UInt32

  @inlinable
  public init(id: UInt32) { self.id = id }

  public static let prop = Term(id: 0)
  public static let type = Term(id: 1)
  public static let kind = Term(id: 2)

  /// Order of creation: deterministic, without meaning.
  @inlinable
  public static func < (left: Term, right: Term) -> Bool { left.id < right.id }
}

/// The index of a declaration in its ``Theory``.
@frozen
public struct ConstantID: Hashable, Sendable {
  public let index: UInt32

  @inlinable
  public init(_ index: Int) { self.index = UInt32(index) }

  /// `= : Πt:type. t → t → prop`
  public static let equality = ConstantID(0)
  /// `refl : Πt:type. Πa:t. a = a`
  public static let reflexivity = ConstantID(1)
  /// `subst : Πt:type. Πa b:t. Πp:t → prop. a = b → p a → p b`
  public static let substitution = ConstantID(2)
}

/// One layer of a term.
public enum TermView: Sendable {
  case sort(Sort)
  /// A bound variable, counted from the innermost binder.
  case variable(Int)
  case constant(ConstantID)
  /// A hypothesis or opened binder; it carries its type, so typing needs no context.
  case local(level: Int, type: Term)
  /// A numeral of a literal family of the theory.
  case literal(family: Int, value: Natural)
  case application(Term, Term)
  case lambda(domain: Term, body: Term)
  case pi(domain: Term, body: Term)
  /// `let x : type := value in body`
  case definition(type: Term, value: Term, body: Term)
}

@frozen
public enum TermTag: UInt8, Sendable {
  case sort, variable, constant, local, literal, application, lambda, pi, definition
}

/// The stored layer of a term, with the facts about it that every traversal asks for.
@frozen
public struct TermNode: Sendable {
  public var tag: TermTag
  /// Whether a `local` occurs in the term.
  public var hasLocal: Bool
  /// Height of the term, saturating at `UInt16.max`.
  public var depth: UInt16
  public var a: UInt32
  public var b: UInt32
  public var c: UInt32
  /// One more than the largest loose de Bruijn index, 0 when the term is closed.
  public var looseBound: UInt32
  /// The head of an application spine (the term itself when it is no application).
  public var head: UInt32
  /// Number of nodes written out as a tree, saturating.
  public var size: UInt32

  func isSameLayer(as other: TermNode) -> Bool {
    tag == other.tag && a == other.a && b == other.b && c == other.c
  }
}
