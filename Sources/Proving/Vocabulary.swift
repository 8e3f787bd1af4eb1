public import Kernel

/// The tokens of one theory, as small integers, shared by conjectures, proof states and actions.
///
/// Term-level: an identifier is one token and brackets need none, since the notation is prefix.
public struct Vocabulary: Sendable, Hashable {
  /// Tokens that stand for no part of a term.
  public enum Marker: Int32, Sendable, CaseIterable {
    case padding, hardConjecture, easyConjecture, trivialConjecture, end
    case goal, variable, hypothesis, value
    case intro, construct, apply, result, subgoal
    case reflexivity, symmetry, rewriting, elided
    case pi, lambda, prop, type, kind
  }

  /// Levels from here on share one token.
  public static let variableCount = 64
  static let partialCount = 8
  static let firstPartial = Int32(Marker.allCases.count)
  static let firstDigit = firstPartial + Int32(partialCount)
  static let firstVariable = firstDigit + 10
  static let firstConstant = firstVariable + Int32(variableCount)

  private let constantCount: Int

  public init(theory: Theory) { constantCount = theory.declarations.count }

  /// Number of tokens.
  public var count: Int { Int(Vocabulary.firstConstant) + constantCount }

  public func id(_ marker: Marker) -> Int32 { marker.rawValue }

  public func id(_ token: TermToken) -> Int32 {
    switch token {
    case .pi: Marker.pi.rawValue
    case .lambda: Marker.lambda.rawValue
    case .sort(.prop): Marker.prop.rawValue
    case .sort(.type): Marker.type.rawValue
    case .sort(.kind): Marker.kind.rawValue
    case .partial(let count):
      Vocabulary.firstPartial + Int32(min(count, Vocabulary.partialCount - 1))
    case .digit(let digit): Vocabulary.firstDigit + Int32(digit)
    case .variable(let level):
      Vocabulary.firstVariable + Int32(min(level, Vocabulary.variableCount - 1))
    case .constant(let constant): Vocabulary.firstConstant + Int32(constant.index)
    }
  }

  /// The part of a term that a number stands for; nil for markers of anything else, and for numbers
  /// that are no token.
  public func token(_ id: Int32) -> TermToken? {
    switch Marker(rawValue: id) {
    case .pi: return .pi
    case .lambda: return .lambda
    case .prop: return .sort(.prop)
    case .type: return .sort(.type)
    case .kind: return .sort(.kind)
    case .some: return nil
    case nil: break
    }
    switch id {
    case Vocabulary.firstPartial..<Vocabulary.firstDigit:
      return .partial(Int(id - Vocabulary.firstPartial))
    case Vocabulary.firstDigit..<Vocabulary.firstVariable:
      return .digit(UInt8(id - Vocabulary.firstDigit))
    case Vocabulary.firstVariable..<Vocabulary.firstConstant:
      return .variable(level: Int(id - Vocabulary.firstVariable))
    case Vocabulary.firstConstant..<Int32(count):
      return .constant(ConstantID(Int(id - Vocabulary.firstConstant)))
    default: return nil
    }
  }
}
