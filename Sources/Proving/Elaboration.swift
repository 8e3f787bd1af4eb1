public import Kernel

extension Derivation {
  /// Why a derivation makes no proof term.
  public enum Failure: Error, Sendable, Hashable {
    /// The step is not of the shape that its action promises.
    case malformed(step: Int, reason: String)
    case rejected(KernelError)
  }

  /// The proof term of the derivation's first goal, built bottom-up; unused facts leave no trace.
  ///
  /// `intro` becomes λ, `construct` becomes `let`, `apply` an application, the rules about equality
  /// become `refl` and `subst` with explicit motives.
  ///
  /// - Throws: `.malformed`. Whether the term proves anything only the kernel says: `certify`.
  public func proofTerm(in session: ProofSession) throws(Failure) -> Term {
    let arena = session.arena
    var terms = [Term](repeating: .kind, count: steps.count)
    for index in steps.indices.reversed() {
      let step = steps[index]
      let children = step.children.map { terms[$0] }
      guard step.children.allSatisfy({ $0 > index }) else {
        throw .malformed(step: index, reason: "a step comes before its parent")
      }
      switch step.action {
      case .intro(let local):
        guard children.count == 1, case .local(_, let type) = arena.view(local) else {
          throw .malformed(step: index, reason: "intro takes one local and leaves one goal")
        }
        terms[index] = arena.lambda(type, arena.abstract(children[0], over: [local]))
      case .construct(let local, let justification):
        guard children.count == 1 else {
          throw .malformed(step: index, reason: "construct leaves one goal")
        }
        guard case .local(_, let type) = arena.view(local) else {
          terms[index] = children[0]
          continue
        }
        let body = arena.abstract(children[0], over: [local])
        guard arena.node(body).looseBound > 0 else {
          terms[index] = children[0]
          continue
        }
        let value = try session.proof(of: justification, filling: [], step: index)
        terms[index] = arena.definition(type: type, value: value, body: body)
      case .show(let justification), .apply(let justification):
        terms[index] = try session.proof(of: justification, filling: children, step: index)
      case .assumption(let fact): terms[index] = fact
      }
    }
    return terms.isEmpty ? .kind : terms[0]
  }

  /// The proof term of `statement`, checked by the kernel.
  ///
  /// - Throws: `.malformed`, or `.rejected` with the kernel's reason.
  public func certify(_ statement: Term, in session: ProofSession) throws(Failure) -> Term {
    let term = try proofTerm(in: session)
    var checker = Checker(theory: session.space.theory, arena: session.arena)
    do {
      try checker.checkProof(term, of: statement)
    } catch {
      throw .rejected(error)
    }
    return term
  }
}

extension ProofSession {
  /// The term of one justification; `holes` are the proofs of its subgoals, in order.
  ///
  /// - Throws: `.malformed` when the facts it cites are not of the shape it needs.
  public func proof(
    of justification: Justification, filling holes: [Term], step: Int = 0
  ) throws(Derivation.Failure) -> Term {
    switch justification {
    case .application(let head, let arguments):
      var remaining = holes[...]
      var term = head
      for argument in arguments {
        if let argument {
          term = arena.application(term, argument)
        } else if let hole = remaining.popFirst() {
          term = arena.application(term, hole)
        } else {
          throw .malformed(step: step, reason: "a hole has no subgoal")
        }
      }
      guard remaining.isEmpty else { throw .malformed(step: step, reason: "too many subgoals") }
      return term
    case .reflexivity(let type, let term):
      return arena.application(arena.constant(.reflexivity), [type, term])
    case .symmetry(let equation):
      guard let (type, left, right) = statement(of: equation).flatMap(arena.equalitySides) else {
        throw .malformed(step: step, reason: "symmetry of something that is no equality")
      }
      // λx. x = a, transporting a = a along a = b.
      let motive = arena.lambda(
        type, arena.equality(arena.lift(type, by: 1), arena.variable(0), arena.lift(left, by: 1)))
      let reflexivity = arena.application(arena.constant(.reflexivity), [type, left])
      return transport(type, left, right, motive, equation, reflexivity)
    case .rewriting(let equation, let target, let occurrence):
      guard let (type, left, right) = statement(of: equation).flatMap(arena.equalitySides),
        let proposition = statement(of: target)
      else { throw .malformed(step: step, reason: "rewriting with something that is no equality") }
      // A local that occurs nowhere else marks the place.
      let mark = arena.local(level: Premise.firstLevel - 1, type: type)
      let body = arena.replaceOccurrence(occurrence, of: left, by: mark, in: proposition)
      let motive = arena.lambda(type, arena.abstract(body, over: [mark]))
      return transport(type, left, right, motive, equation, target)
    case .normalization(let equation):
      do {
        return try numerals.proof(of: equation)
      } catch {
        throw .malformed(step: step, reason: explanation(of: error).message)
      }
    }
  }

  /// What `fact` proves, in the form in which occurrences are counted.
  private func statement(of fact: Term) -> Term? { type(of: fact).map(normalize) }

  private func transport(
    _ type: Term, _ left: Term, _ right: Term, _ motive: Term, _ equation: Term, _ proof: Term
  ) -> Term {
    arena.application(
      arena.constant(.substitution), [type, left, right, motive, equation, proof])
  }
}
