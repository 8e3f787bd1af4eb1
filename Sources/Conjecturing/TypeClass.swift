import Kernel

/// What a type is when its indices are left out: `(vec n)` and `(vec m)` are of one class.
///
/// Classes decide at a glance which heads can have a type, and what a term of it costs at least.
struct TypeClass: Hashable, Sendable, Comparable {
  let index: Int

  /// `prop`, where an arrow may stand.
  static let proposition = TypeClass(index: 0)
  /// `prop` without arrows: a type argument that happens to be `prop`.
  static let flatProposition = TypeClass(index: 1)
  /// `type`: a carrier is wanted.
  static let type = TypeClass(index: 2)
  /// `type`, as the type of an equality.
  static let equatedType = TypeClass(index: 3)
  /// Any arrow.
  static let function = TypeClass(index: 4)
  /// A hypothetical proposition, perhaps applied.
  static let variable = TypeClass(index: 5)
  /// Not known before earlier arguments are.
  static let unknown = TypeClass(index: 6)

  /// Types whose head is `constant`.
  static func constant(_ constant: ConstantID) -> TypeClass {
    TypeClass(index: firstConstant + Int(constant.index))
  }

  static let firstConstant = 7

  static func < (left: TypeClass, right: TypeClass) -> Bool { left.index < right.index }
}

extension TermArena {
  /// The class of a type in normal form; nil for what is no type.
  func typeClass(_ type: Term) -> TypeClass? {
    let head = node(Term(id: node(type).head))
    switch head.tag {
    case .sort:
      let term = Term(id: node(type).head)
      return term == .prop ? .flatProposition : term == .type ? .type : nil
    case .constant: return .constant(ConstantID(Int(head.a)))
    case .local: return .variable
    case .variable: return .unknown
    case .pi: return .function
    case .lambda, .literal, .definition, .application: return nil
    }
  }

  /// Whether the loose variable `index` occurs in `term`.
  func mentions(_ term: Term, _ index: Int) -> Bool {
    let node = node(term)
    if Int(node.looseBound) <= index { return false }
    switch node.tag {
    case .sort, .constant, .local, .literal: return false
    case .variable: return Int(node.a) == index
    case .application:
      return mentions(Term(id: node.a), index) || mentions(Term(id: node.b), index)
    case .lambda, .pi:
      return mentions(Term(id: node.a), index) || mentions(Term(id: node.b), index + 1)
    case .definition:
      return mentions(Term(id: node.a), index) || mentions(Term(id: node.b), index)
        || mentions(Term(id: node.c), index + 1)
    }
  }

  /// No term of this many nodes has fewer tokens.
  func leastTokenCount(_ term: Term) -> Int { (Int(node(term).size) + 1) / 2 }
}
