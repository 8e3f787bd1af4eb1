import Kernel

/// Finds arguments for the parameters of one premise, most constrained first.
///
/// A proof whose proposition is known is looked up; one with a known head symbol ranges over the
/// facts with that head; only then do free parameters range over the objects of their type.
struct PremiseSearch {
  let premise: Premise
  let sight: Sight
  var matcher: Matcher
  /// Whether parameters that a backward step may leave as goals are left unbound when no fact fits.
  var leavesSubgoals = false
  private var attempts = 0

  init(_ premise: Premise, in sight: Sight) {
    self.premise = premise
    self.sight = sight
    matcher = Matcher(premise, in: sight.session)
  }

  /// Matches the forward patterns from `index` on, then finds the remaining arguments.
  ///
  /// - Returns: false once `emit` asked to stop or the attempts ran out.
  @discardableResult
  mutating func findPatterns(_ index: Int, _ emit: (Matcher) -> Bool) -> Bool {
    guard index < premise.patterns.count else { return findArguments(emit) }
    let pattern = premise.patterns[index]
    let saved = matcher.bound
    if let object = pattern.object {
      let head = rigidHead(object)
      for (type, terms) in sight.groups {
        guard matcher.match(pattern.type, type) else {
          matcher.bound = saved
          continue
        }
        let withType = matcher.bound
        for term in terms where head == nil || matchesHead(term, head!) {
          guard spend() else { return false }
          if matcher.match(object, term), !findPatterns(index + 1, emit) { return false }
          matcher.bound = withType
        }
        matcher.bound = saved
      }
    } else {
      let head = rigidHead(pattern.type)
      for position in sight.factHeads.indices
      where head == nil || sight.factHeads[position] == head!.id {
        guard spend() else { return false }
        if matcher.match(pattern.type, sight.context.factTypes[position]),
          !findPatterns(index + 1, emit)
        {
          return false
        }
        matcher.bound = saved
      }
    }
    return true
  }

  /// Finds the arguments that are not bound yet.
  @discardableResult
  mutating func findArguments(_ emit: (Matcher) -> Bool) -> Bool {
    guard let index = nextParameter() else { return emit(matcher) }
    let parameter = premise.parameters[index]
    let saved = matcher.bound
    let isKnown = parameter.mask & ~matcher.bound == 0
    if parameter.isProof {
      if isKnown {
        let proposition = matcher.resolve(parameter.type, isFlexible: parameter.isFlexible)
        guard let fact = sight.context.fact(of: proposition) else { return true }
        matcher.bind(index, to: fact)
        let proceeds = findArguments(emit)
        matcher.bound = saved
        return proceeds
      }
      for position in sight.factHeads.indices
      where parameter.rigidHead == nil || sight.factHeads[position] == parameter.rigidHead!.id {
        guard spend() else { return false }
        if matcher.match(parameter.type, sight.context.factTypes[position]) {
          matcher.bind(index, to: sight.context.facts[position])
          if !findArguments(emit) { return false }
        }
        matcher.bound = saved
      }
      return true
    }
    guard isKnown else { return true }
    let type = matcher.resolve(parameter.type, isFlexible: parameter.isFlexible)
    for term in sight.objects(of: type) {
      guard spend() else { return false }
      matcher.bind(index, to: term)
      if !findArguments(emit) { return false }
      matcher.bound = saved
    }
    return true
  }

  /// The parameter to find next; nil if none is left to find.
  private func nextParameter() -> Int? {
    var best: (index: Int, rank: Int)?
    for (index, parameter) in premise.parameters.enumerated() where !matcher.isBound(index) {
      let isKnown = parameter.mask & ~matcher.bound == 0
      let rank: Int
      if parameter.isProof {
        if leavesSubgoals, premise.leavesSubgoal[index] {
          // Left as a goal unless a fact is at hand, which is settled when all else is known.
          guard isKnown, hasFact(parameter) else { continue }
          rank = 0
        } else if isKnown {
          rank = 0
        } else {
          rank = parameter.rigidHead != nil ? 1 : 4
        }
      } else {
        rank = isKnown ? 2 : 3
      }
      if best == nil || rank < best!.rank { best = (index, rank) }
    }
    return best?.index
  }

  private func hasFact(_ parameter: Premise.Parameter) -> Bool {
    sight.context.fact(
      of: matcher.resolve(parameter.type, isFlexible: parameter.isFlexible)) != nil
  }

  private mutating func spend() -> Bool {
    attempts += 1
    if attempts <= sight.limits.attempts { return true }
    sight.session.cappedCount += 1
    return false
  }

  private func rigidHead(_ term: Term) -> Term? {
    let head = Term(id: sight.arena.node(term).head)
    switch sight.arena.node(head).tag {
    case .constant, .local: return head
    default: return nil
    }
  }

  /// Numerals pass: they may unfold to an application of the successor.
  private func matchesHead(_ term: Term, _ head: Term) -> Bool {
    let node = sight.arena.node(term)
    return node.head == head.id || node.tag == .literal
  }
}
