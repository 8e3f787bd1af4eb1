import Kernel
import PeanoSyntax

extension Sight {
  /// Longest recursion that a search computes; for what takes longer the limit counts as reached.
  private static let recursionLimit = 10_000

  /// The goal, if it equates terms that compute to one number, and `t = n` for every term `t` in
  /// sight that computes to a number `n`.
  func normalizations() -> [StepResult] {
    session.clearMarks()
    var results: [StepResult] = []
    if let (type, left, right) = arena.equalitySides(context.goal), left != right,
      isNumeric(type), context.goalFact == nil, let first = number(of: left),
      number(of: right) == first, session.mark(context.goal)
    {
      // However large the goal is: it is there already.
      results.append(
        StepResult(
          action: .show(by: .normalization(equation: context.goal)), statement: context.goal,
          subgoals: []))
    }
    for (type, terms) in groups where isNumeric(type) {
      for term in terms where session.numerals.isOperation(term) {
        guard number(of: term) != nil,
          let equation = try? session.numerals.equation(for: term, at: type),
          case let proposition = session.normalize(equation),
          let result = derived(proposition, by: .normalization(equation: proposition))
        else { continue }
        if !keep(result, &results) { return results }
      }
    }
    return results
  }

  private func isNumeric(_ type: Term) -> Bool {
    session.space.theory.literals.contains { $0.type == type }
  }

  /// What `term` computes to; nil if it is not ground, or takes too long.
  private func number(of term: Term) -> Natural? {
    do {
      return try session.numerals.number(of: term, limit: Sight.recursionLimit)
    } catch {
      if case .tooLong = error { session.cappedCount += 1 }
      return nil
    }
  }
}

extension ProofSession {
  /// Why a term does not compute, in words.
  func explanation(
    of failure: NumeralProver.Failure, locals: [(name: String, term: Term)] = []
  ) -> (message: String, fix: String) {
    func text(_ term: Term) -> String {
      print(term, arena: arena, theory: space.theory, locals: locals, maximalSize: 200)
    }
    return switch failure {
    case .notAnEquation: ("`norm` proves equations only", "state an equation between numbers")
    case .notGround(let term):
      (
        "`norm` cannot compute `\(text(term))`",
        "it computes numerals and operations with axioms (= (f 'n z) …) and (= (f 'n (s 'm)) …), "
          + "where … recurses only on (f 'n 'm)"
      )
    case .different(let left, let right):
      ("the sides of this equation compute to \(left) and \(right)", "state what they compute to")
    case .tooLong(let limit):
      (
        "computing this takes more than \(limit) steps of recursion",
        "compute smaller numbers, or let the domain compute: #computable"
      )
    }
  }
}
