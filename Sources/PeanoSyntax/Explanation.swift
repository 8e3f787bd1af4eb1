public import Kernel

/// A kernel error in words: what is wrong and how to fix it, with the terms printed.
public struct Explanation: Sendable, Hashable {
  public let message: String
  public let fix: String

  public init(
    of error: KernelError, arena: TermArena, theory: Theory,
    locals: [(name: String, term: Term)] = []
  ) {
    func text(_ term: Term) -> String {
      "`\(print(term, arena: arena, theory: theory, locals: locals, maximalSize: 200))`"
    }
    let equality = arena.constant(.equality)
    switch error {
    case .notAFunction(let function, let type):
      message = "\(text(function)) of type \(text(type)) is applied, but takes no argument"
      fix = "remove the surplus argument"
    case .argumentMismatch(let function, let type, _, .kind) where function == equality:
      message = "the sides of this equality have type \(text(type)), which is too large"
      fix = "only elements of a type, and propositions, can be equal"
    case .argumentMismatch(let function, let argument, let expected, let actual)
    where arena.node(function).head == equality.id && arena.spine(function).arguments.count == 2:
      message =
        "the sides of this equality differ in type: the left one has type "
        + "\(text(expected)), but \(text(argument)) has type \(text(actual))"
      fix = "equate terms of one type"
    case .argumentMismatch(let function, let argument, let expected, let actual):
      message =
        "\(text(function)) wants an argument of type \(text(expected)), but "
        + "\(text(argument)) has type \(text(actual))"
      fix = "give it a term of type \(text(expected))"
    case .notAType(let term, let type):
      message = "\(text(term)) stands where a type is wanted, but has type \(text(type))"
      fix = "use a type or a proposition here"
    case .typeMismatch(let term, let expected, let actual):
      message = "\(text(term)) has type \(text(actual)), not the declared \(text(expected))"
      fix = "change the term or the type that is declared for it"
    case .notAProposition(let term, let type):
      message = "\(text(term)) has type \(text(type)), so it is no proposition"
      fix = "only terms of type `prop` can be stated and proved"
    case .kindHasNoType:
      message = "this mentions `type` where a term with a type is wanted; `type` is too large"
      fix = "`type` may only be the type of a declaration or of an input"
    case .looseVariable(let index):
      message = "bound variable \(index) has no binder"
      fix = "close the term first"
    case .escapedLocal(let term):
      message = "the hypothesis \(text(term)) is left in a term that must stand alone"
      fix = "bind it first"
    case .duplicateName(let name):
      message = "the name `\(name)` is declared already"
      fix = "choose another name: nothing is ever redefined"
    case .invalidLiteral(let reason):
      message = "these constants cannot carry numerals: \(reason)"
      fix = "declare nat : type.  z : nat.  s : [nat -> nat].  then #literal nat z s."
    case .invalidComputation(let constant, let reason):
      message = "`\(theory[constant].name)` cannot compute: \(reason)"
      fix =
        "#computable f a b. needs the axioms a : (= (f 'n z) …) and b : (= (f 'n (s 'm)) …), where "
        + "… recurses only on (f 'n 'm)"
    case .limitExceeded(let limit):
      switch limit {
      case .steps(let count): message = "checking this takes more than \(count) steps"
      case .recursion(let count): message = "checking this nests deeper than \(count) calls"
      case .terms(let count): message = "checking this needs more than \(count) terms"
      case .depth(let depth): message = "checking this needs terms nested deeper than \(depth)"
      case .work: message = "checking this writes out definitions for too long"
      case .bits(let count): message = "checking this computes a number of more than \(count) bits"
      }
      fix = "split it into smaller definitions"
    }
  }
}
