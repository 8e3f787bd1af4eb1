public import Kernel

extension ProofSession {
  /// The β-normal form with definitions and small numerals unfolded: the form in which propositions
  /// are compared by handle.
  ///
  /// - Precondition: `term` is well typed.
  public func normalize(_ term: Term) -> Term {
    arena.betaNormalize(space.theory.unfold(term, in: arena))
  }
}

extension Theory {
  /// Numerals up to this one are written with the successor, so that axioms about it apply.
  private static let largestUnfoldedNumeral = Natural(32)

  /// Replaces every transparent definition by its value and every small numeral by its meaning.
  func unfold(_ term: Term, in arena: TermArena) -> Term {
    var memo: [Term: Term] = [:]
    func visit(_ term: Term) -> Term {
      if let known = memo[term] { return known }
      let result = layer(term)
      memo[term] = result
      return result
    }
    func layer(_ term: Term) -> Term {
      let node = arena.node(term)
      switch node.tag {
      case .constant:
        let constant = ConstantID(Int(node.a))
        guard case .definition(let value) = self[constant].role else { return term }
        return visit(value)
      case .application:
        return arena.application(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .lambda: return arena.lambda(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .pi: return arena.pi(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .definition:
        return arena.definition(
          type: visit(Term(id: node.a)), value: visit(Term(id: node.b)),
          body: visit(Term(id: node.c)))
      case .literal:
        guard case .literal(let family, var value) = arena.view(term),
          value <= Theory.largestUnfoldedNumeral
        else { return term }
        var unfolded = literals[family].zero
        while let predecessor = value.predecessor {
          unfolded = arena.application(literals[family].successor, unfolded)
          value = predecessor
        }
        return unfolded
      case .sort, .variable, .local: return term
      }
    }
    let hasDefinitions = declarations.contains {
      if case .definition = $0.role { true } else { false }
    }
    return hasDefinitions || !literals.isEmpty ? visit(term) : term
  }
}

extension TermArena {
  /// Steps of one normalization, at most.
  private static let normalizationLimit = 1_000_000

  /// The β-normal form, without unfolding definitions.
  ///
  /// Beyond a million steps (sixteen terms that substitution visits are one), twice the height of a
  /// term in nested ones, and in an arena that has overflowed, there is none: the arena counts as
  /// overflowed and the result is `kind`.
  ///
  /// - Precondition: `term` is well typed.
  public func betaNormalize(_ term: Term) -> Term {
    var steps = 0
    var depth = 0
    var memo: [Term: Term] = [:]

    func visit(_ body: Term, with argument: Term) -> Term {
      let before = work
      let instance = instantiate(body, with: argument)
      steps += (work - before) / 16
      return visit(instance)
    }
    func visit(_ term: Term) -> Term {
      let node = node(term)
      switch node.tag {
      case .sort, .variable, .constant, .local, .literal: return term
      case .application, .lambda, .pi, .definition: break
      }
      if let known = memo[term] { return known }
      steps += 1
      depth += 1
      defer { depth -= 1 }
      if steps > TermArena.normalizationLimit || depth > 2 * TermArena.maximalDepth {
        markOverflowed()
      }
      if overflowed { return .kind }
      let result: Term
      switch node.tag {
      case .application:
        let function = visit(Term(id: node.a))
        let argument = visit(Term(id: node.b))
        let head = self.node(function)
        if head.tag == .lambda {
          result = visit(Term(id: head.b), with: argument)
        } else {
          result = application(function, argument)
        }
      case .lambda: result = lambda(visit(Term(id: node.a)), visit(Term(id: node.b)))
      case .pi: result = pi(visit(Term(id: node.a)), visit(Term(id: node.b)))
      default: result = visit(Term(id: node.c), with: Term(id: node.b))
      }
      if node.size >= 48 { memo[term] = result }
      return result
    }
    let result = visit(term)
    // What was built on a term that was refused holds `kind` in its place.
    return overflowed ? .kind : result
  }
}
