/// Checks a certificate once more, by other means than the kernel. This target imports nothing.
///
/// The theory is the Calculus of Constructions with `prop : type : kind` (Barendregt, Lambda
/// Calculi with Types, section 5.2), the algorithm normalization by evaluation (Abel, 2013): terms
/// are the numbered nodes of the certificate, values are nodes in environments, computed on demand
/// and once, and conversion compares values. All are rows of flat arrays: nothing deep is ever
/// released. Native recursion is bounded; call this with a stack of 64 MiB.
///
/// - Parameter stepLimit: bound on the steps of typing, evaluation and conversion.
/// - Throws: the first error met. Nothing is accepted in part.
public func recheck(
  _ text: [UInt8], stepLimit: Int = 20_000_000
) throws(RecheckError) -> RecheckResult {
  var checker = Checker(stepLimit: stepLimit)
  return try checker.check(text)
}

/// What an accepted certificate says.
public struct RecheckResult: Sendable, Hashable {
  /// SHA-256 of the theory, 64 lower-case hexadecimal digits.
  public let theoryHash: String
  /// The assumptions that statement and proof depend on, in order of declaration.
  public let axioms: [String]
  public let nodeCount: Int
  public let steps: Int
}

/// Why a certificate is refused, and the line at fault: of the node, where a term is.
public struct RecheckError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable {
    case malformed, truncated, trailing, numbering, forwardReference, number, name, undeclared
    case redeclared, notClosed, literals, computable, theoryHash, axioms, limit
    case kindHasNoType, notAFunction, argumentMismatch, notAType, notAProposition, typeMismatch
  }

  public let reason: Reason
  public let line: Int
  public let message: String

  public var description: String { "line \(line): \(message) [\(reason.rawValue)]" }
}

/// One layer of a term: children are numbers of earlier nodes, constants those of declarations.
enum Node {
  case sort(Int), constant(Int), numeral(type: Int, Natural)
  /// A bound variable, counted from the innermost binder.
  case bound(Int)
  case apply(Int, Int), lambda(Int, Int), forall(Int, Int), define(type: Int, Int, in: Int)
}

/// A constant: the nodes of its type and of its definition or proof, and itself as a value.
struct Declaration {
  let name: String
  let type: Int
  let body: Int?
  let isTransparent: Bool
  let value: Int
}

/// All that is known of a certificate while it is read and checked, line by line.
struct Checker {
  let stepLimit: Int
  var bytes: [UInt8] = []
  var position = 0
  var line = 0
  /// The current line, cut at its spaces.
  var fields: [ArraySlice<UInt8>] = []

  var nodes: [Node] = []
  /// Of each node: its line, one more than its largest loose index (0 if closed), its height.
  var facts: [(line: Int, loose: Int, height: Int)] = []
  /// The primitives come first; the text starts counting after their nodes.
  var primitiveNodes = 0
  var declarations: [Declaration] = []
  var names: [String: Int] = [:]
  var numerals: [Int: (zero: Int, successor: Int)] = [:]
  var operations: [Int: Operation] = [:]

  /// The sorts come first: the values of prop, type and kind are 0, 1 and 2.
  var values: [Value] = [.atom, .atom, .atom]
  /// Environments: the value bound last, the node that binds it, the bindings around; 0 is empty.
  var bindings: [(value: Int, binder: Int, outer: Int)] = [(0, 0, 0)]
  // What was found before: values and types of nodes in environments, unfoldings, verdicts.
  var delayed: [UInt64: Int] = [:]
  var types: [UInt64: Int] = [:]
  var unfolded: [Int: Int] = [:]
  var verdicts: [UInt64: Bool] = [:]
  var steps = 0
  var depth = 0
  /// Size of the numerals that were computed.
  var limbs = 0

  init(stepLimit: Int) { self.stepLimit = stepLimit }

  /// Refuses the certificate, at a node or at the current line, unless the condition holds.
  func require(
    _ condition: Bool, _ reason: RecheckError.Reason, _ message: @autoclosure () -> String,
    at node: Int? = nil
  ) throws(RecheckError) {
    if condition { return }
    throw RecheckError(
      reason: reason, line: node.map { facts[$0].line } ?? line,
      message: String(message().prefix(300)))
  }
}
