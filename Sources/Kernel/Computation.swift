/// A binary operation on a type with numerals that conversion reduces by its two equations,
/// `op n zero ↦ B₀` and `op n (successor m) ↦ B₁`: primitive recursion on the second argument.
///
/// The left sides do not overlap, nor with the numerals, which unfold to the same constructors, so
/// conversion stays confluent. It ends: in B₁ the operation and `m` occur only as `op n m`, whose
/// second argument is smaller, and in B₀ neither occurs (structural recursion, an instance of the
/// general schema of Blanqui, Jouannaud and Okada, Inductive-data-type systems, TCS 2002); every
/// other constant of B₀ and B₁ was declared before the operation, and what it unfolds to or
/// computes was declared before it in turn, so nothing leads back.
///
/// Both equations are assumed already. In a model of them the sides of a rule are one element, so
/// conversion identifies only what is equal there; each equation then holds by `refl` as well.
public struct ComputableOperation: Sendable, Hashable {
  /// Recursions that GMP computes on numerals in one step.
  enum Arithmetic: Sendable { case addition, multiplication }

  public let operation: ConstantID
  public let atZero: ConstantID
  public let atSuccessor: ConstantID
  /// The operation as a term, and the index of its numerals among the theory's `literals`.
  public let head: Term
  public let family: Int
  /// B₀, where variable 0 is `n`.
  public let zeroBody: Term
  /// B₁, where variable 1 is `n` and variable 0 is `m`.
  public let successorBody: Term
  let arithmetic: Arithmetic?
}

extension TheoryBuilder {
  /// Lets conversion compute `operation` by the axioms `atZero : Πn. op n zero = B₀` and
  /// `atSuccessor : Πn m. op n (successor m) = B₁`.
  ///
  /// - Throws: `.invalidComputation` unless the operation is assumed, `T → T → T` for a type with
  ///   numerals, and the axioms are a structural recursion as ``ComputableOperation`` says.
  public mutating func addComputable(
    operation: ConstantID, atZero: ConstantID, atSuccessor: ConstantID
  ) throws(KernelError) {
    let (name, type) = (theory[operation].name, theory[operation].type)
    guard theory[operation].role == .assumption,
      let family = theory.literals.firstIndex(where: {
        type == arena.arrow($0.type, arena.arrow($0.type, $0.type))
      })
    else {
      throw .invalidComputation(
        constant: operation,
        reason: "it is not declared, without a value, as [T -> T -> T] for a type T with numerals")
    }
    if theory.computables.contains(where: { $0.operation == operation }) {
      throw .invalidComputation(constant: operation, reason: "it computes already")
    }
    let literals = theory.literals[family]
    let n = arena.local(level: 0, type: literals.type)
    let m = arena.local(level: 1, type: literals.type)
    let head = arena.constant(operation)
    let recursion = arena.application(head, [n, m])
    let next = arena.application(literals.successor, m)
    let zero = try rightSide(
      of: atZero, at: [n], left: arena.application(head, [n, literals.zero]), literals)
    let successor = try rightSide(
      of: atSuccessor, at: [n, m], left: arena.application(head, [n, next]), literals)
    for (value, equation) in [(zero, atZero), (successor, atSuccessor)]
    where !isStructural(value, operation, recursion: recursion, m) {
      throw .invalidComputation(
        constant: equation,
        reason: "its right side may mention \(name) and 'm only as (\(name) 'n 'm), and nothing "
          + "that is declared after \(name)")
    }
    if arena.overflowed { throw .limitExceeded(arena.exceededLimit) }
    var arithmetic: ComputableOperation.Arithmetic?
    if zero == n, successor == arena.application(literals.successor, recursion) {
      arithmetic = .addition
    }
    for sum in theory.computables where sum.arithmetic == .addition && zero == literals.zero {
      if [[n, recursion], [recursion, n]].contains(where: {
        successor == arena.application(sum.head, $0)
      }) {
        arithmetic = .multiplication
      }
    }
    theory.computables.append(
      ComputableOperation(
        operation: operation, atZero: atZero, atSuccessor: atSuccessor, head: head, family: family,
        zeroBody: arena.abstract(zero, over: [n]),
        successorBody: arena.abstract(successor, over: [n, m]), arithmetic: arithmetic))
  }

  /// The right side of an assumed equation about all `variables`, whose left side is `left`.
  private func rightSide(
    of equation: ConstantID, at variables: [Term], left: Term, _ literals: LiteralFamily
  ) throws(KernelError) -> Term {
    var statement = theory[equation].type
    for variable in variables {
      guard case .pi(literals.type, let body) = arena.view(statement) else { break }
      statement = arena.instantiate(body, with: variable)
    }
    guard theory[equation].role == .assumption, let sides = arena.equalitySides(statement),
      sides.type == literals.type, sides.left == left
    else {
      throw .invalidComputation(
        constant: equation,
        reason: "it is not declared, without a proof, as "
          + (variables.count == 1
            ? "[('n : T) -> (= (op 'n zero) …)]"
            : "[('n : T) -> ('m : T) -> (= (op 'n (successor 'm)) …)]"))
    }
    return sides.right
  }

  private func isStructural(
    _ value: Term, _ operation: ConstantID, recursion: Term, _ variable: Term
  ) -> Bool {
    var seen: Set<Term> = [recursion]
    func visit(_ term: Term) -> Bool {
      if !seen.insert(term).inserted { return true }
      switch arena.view(term) {
      case .sort, .variable, .literal: return true
      case .constant(let constant): return constant.index < operation.index
      case .local: return term != variable
      case .application(let a, let b), .lambda(let a, let b), .pi(let a, let b):
        return visit(a) && visit(b)
      case .definition(let type, let value, let body):
        return visit(type) && visit(value) && visit(body)
      }
    }
    return visit(value)
  }
}

extension Checker {
  /// Most limbs of 64 bits of a numeral that computation makes.
  private static let limbLimit = 1_024

  /// `function argument` after one step of a computable operation; nil when there is none.
  mutating func compute(_ function: Term, _ argument: Term) throws(KernelError) -> Term? {
    guard case .application(let head, let first) = arena.view(function),
      let operation = theory.computables.first(where: { $0.head == head })
    else { return nil }
    let (family, literals) = (operation.family, theory.literals[operation.family])
    let second = try weakHeadNormalForm(argument)
    let predecessor: Term
    switch arena.view(second) {
    case .literal(family, let value):
      if let arithmetic = operation.arithmetic, let other = try number(first, literals) {
        let result = try compute(arithmetic, other, value)
        return arena.literal(family: family, value: result)
      }
      guard let previous = value.predecessor else { fallthrough }
      predecessor = arena.literal(family: family, value: previous)
    case .constant where second == literals.zero:
      return arena.instantiate(operation.zeroBody, with: first)
    case .application(literals.successor, let previous): predecessor = previous
    default: return nil
    }
    return arena.instantiate(operation.successorBody, with: [first, predecessor])
  }

  /// The value of a closed numeral, however it is written; nil for other terms.
  private mutating func number(
    _ term: Term, _ literals: LiteralFamily
  ) throws(KernelError) -> Natural? {
    var (rest, successors) = (try weakHeadNormalForm(term), UInt64(0))
    while case .application(literals.successor, let previous) = arena.view(rest) {
      try spend(1)
      (rest, successors) = (try weakHeadNormalForm(previous), successors + 1)
    }
    if case .literal(_, let value) = arena.view(rest) { return value + Natural(successors) }
    return rest == literals.zero ? Natural(successors) : nil
  }

  /// Limbs count as steps: they are work, and memory.
  private mutating func compute(
    _ arithmetic: ComputableOperation.Arithmetic, _ left: Natural, _ right: Natural
  ) throws(KernelError) -> Natural {
    let limbs = left.limbCount + right.limbCount
    if limbs > Checker.limbLimit { throw .limitExceeded(.bits(64 * Checker.limbLimit)) }
    try spend(limbs)
    return arithmetic == .addition ? left + right : left * right
  }
}
