import Kernel
import PeanoSyntax
import Randomness
import TestSupport
import Testing

@testable import Proving

/// The enumeration of steps against one that tries every tuple of arguments and asks the kernel.
@Suite struct EnumerationTests {
  @Test(arguments: Fixture.domains)
  func agreesWithAllTuples(_ domain: String) throws {
    let space = try Fixture(domain: domain).space
    var compared = (forward: 0, results: 0)
    try forAll(24) { random in
      let session = ProofSession(space)
      let problems = try Fixture.problems(domain, in: session)
      let problem = problems[random.uniform(below: problems.count)]
      var state = ProofState(proving: problem.statement, in: session)
      for _ in 0..<8 {
        guard state.chosen < 0, state.closingAction == nil, state.optionCount > 0 else { break }
        if session.cappedCount == 0 {
          let oracle = PlainEnumeration(state.context)
          compared.forward += try oracle.requireForward()
          compared.results += try oracle.requireEquality()
        }
        state = try descend(state, &random)
      }
    }
    // The comparison is not empty; propositional logic has no equations.
    #expect(compared.forward > 50, "\(compared)")
    #expect(compared.results > (domain == "propositional-logic" ? -1 : 100), "\(compared)")
  }

  /// A goal whose notation doubles with each step: its tokens are the first ones, at once.
  @Test func doublingTermsHaveFewTokens() throws {
    let session = ProofSession(try Fixture(domain: "propositional-logic").space)
    var term = try session.term("false")
    var runs: [[Int32]] = []
    for _ in 0..<60 {
      term = try session.term("(and 'x 'x)", [("'x", term)])
      runs.append(session.tokens(of: term, level: 0))
    }
    let limit = ProofContext.stateTokenLimit + 1
    #expect(runs[0].count == 3 && runs[5].count == 127)
    #expect(runs[20...].allSatisfy { $0.count == limit })
    let and = runs[0][0]
    #expect(runs[59] == Array(repeating: and, count: 60) + Array(runs[59][60...]))
    #expect(runs[59][60...62].elementsEqual([runs[0][1], runs[0][2], and]))
    let query = ProofContext(session: session, entries: [], goal: term, level: 0).query(chosen: -1)
    #expect(query.state.count <= limit)
  }

  @Test func backwardAgreesWithAllTuples() throws {
    let space = try Fixture(domain: "propositional-logic").space
    var compared = 0
    try forAll(60) { random in
      let session = ProofSession(space)
      let problems = try Fixture.problems("propositional-logic", in: session)
      let problem = problems[random.uniform(below: problems.count)]
      var state = ProofState(proving: problem.statement, in: session)
      for _ in 0..<10 {
        guard state.chosen < 0, state.closingAction == nil, state.optionCount > 0 else { break }
        if session.cappedCount == 0 {
          compared += try PlainEnumeration(state.context).requireBackward()
        }
        state = try descend(state, &random)
      }
    }
    #expect(compared > 200, "\(compared)")
  }

  /// A random step, through both halves of the choice; a random subgoal.
  private func descend(
    _ state: ProofState, _ random: inout RandomStream
  ) throws -> ProofState {
    var state = state
    repeat {
      let subgoals = state.subgoals(after: random.uniform(below: state.optionCount))
      guard !subgoals.isEmpty else { return ProofState(state.context.closed()) }
      state = subgoals[random.uniform(below: subgoals.count)]
    } while state.chosen >= 0
    return state
  }
}

/// The steps of one state by brute force, from its entries: nothing is indexed or matched.
struct PlainEnumeration {
  let context: ProofContext
  let session: ProofSession
  let arena: TermArena
  /// All that may stand for an argument: objects and facts.
  let objects: [Term]
  let facts: [(proof: Term, statement: Term)]

  init(_ context: ProofContext) {
    let (session, arena) = (context.session, context.arena)
    (self.context, self.session, self.arena) = (context, session, arena)
    facts = context.entries.filter { $0.kind == .fact }.map { ($0.term, $0.type) }
    var objects: Set<Term> = []
    let theory = session.space.theory
    for (index, declaration) in theory.declarations.enumerated() {
      // Constants without inputs, other than types and axioms.
      guard case .assumption = declaration.role, arena.node(declaration.type).tag != .pi else {
        continue
      }
      var checker = session.checker
      if (try? checker.infer(declaration.type)) == .type {
        objects.insert(arena.constant(ConstantID(index)))
      }
    }
    func collect(_ term: Term) {
      let node = arena.node(term)
      if node.looseBound == 0, node.tag != .lambda, let type = session.type(of: term),
        type == .prop || session.type(of: type) == .type, arena.node(type).tag != .pi
      {
        objects.insert(term)
      }
      switch node.tag {
      case .application: for argument in arena.spine(term).arguments { collect(argument) }
      case .pi, .lambda:
        collect(Term(id: node.a))
        collect(Term(id: node.b))
      default: break
      }
    }
    for entry in context.entries {
      if entry.kind != .fact { collect(entry.term) }
      collect(entry.kind == .object ? entry.term : entry.type)
    }
    collect(context.goal)
    self.objects = objects.sorted()
  }

  /// The arguments that each parameter may take, given those before it: everything of its type.
  private func tuples(_ premise: Premise) -> [[Term]] {
    var partial: [[Term]] = [[]]
    let count = premise.parameters.count
    for (index, parameter) in premise.parameters.enumerated() {
      var next: [[Term]] = []
      for tuple in partial {
        // Later parameters do not occur in the type of this one: any padding will do.
        let padded = tuple + Array(repeating: Term.prop, count: count - index)
        let type = arena.betaNormalize(arena.instantiate(parameter.type, with: padded))
        if parameter.isProof {
          for fact in facts where fact.statement == type { next.append(tuple + [fact.proof]) }
        } else {
          for object in objects where session.type(of: object) == type {
            next.append(tuple + [object])
          }
        }
      }
      partial = next
      if partial.count > 20_000 { return [] }
    }
    return partial
  }

  private func premises(_ kind: StepOption.Kind) -> [Premise] {
    var premises: [Premise] = []
    for case .premise(let premise) in session.space.entries
    where kind == .forward ? premise.isForward : premise.isBackward {
      premises.append(premise)
    }
    for fact in facts {
      if let premise = session.premise(for: fact.proof) { premises.append(premise) }
    }
    return premises
  }

  private func conclusion(_ premise: Premise, _ tuple: [Term]) throws -> Term {
    let proof = arena.application(premise.head(in: arena), tuple)
    return arena.betaNormalize(try session.checker.infer(proof))
  }

  private func isInSight(_ pattern: Premise.Pattern, _ tuple: [Term]) -> Bool {
    let type = arena.betaNormalize(arena.instantiate(pattern.type, with: tuple))
    guard let object = pattern.object else { return facts.contains { $0.statement == type } }
    return objects.contains(arena.betaNormalize(arena.instantiate(object, with: tuple)))
  }

  /// - Returns: how many premises were compared.
  func requireForward() throws -> Int {
    var compared = 0
    for premise in premises(.forward) where premise.concludesProof {
      let capped = session.cappedCount
      let found = Sight(context).forward(premise).map(\.statement)
      let all = tuples(premise)
      if session.cappedCount > capped || all.isEmpty && !found.isEmpty { continue }
      var expected: Set<Term> = []
      for tuple in all where premise.patterns.allSatisfy({ isInSight($0, tuple) }) {
        let proposition = try conclusion(premise, tuple)
        if Int(arena.node(proposition).size) <= session.space.limits.termSize,
          !facts.contains(where: { $0.statement == proposition })
        {
          expected.insert(proposition)
        }
      }
      try #require(Set(found) == expected, "premise \(premise.source)")
      try #require(found.count == expected.count)
      compared += 1
    }
    return compared
  }

  /// - Returns: how many results of the rules of equality were compared.
  func requireEquality() throws -> Int {
    let limit = session.space.limits.termSize
    func isNew(_ proposition: Term) -> Bool {
      Int(arena.node(proposition).size) <= limit
        && !facts.contains { $0.statement == proposition }
    }
    var compared = 0
    func require(_ results: [StepResult], _ expected: [Term]) throws {
      guard results.count < session.space.limits.results else { return }
      try #require(Set(results.map(\.statement)) == Set(expected.filter(isNew)))
      try #require(Set(results.map(\.statement)).count == results.count)
      for result in results {
        let justification = try #require(result.action.justification)
        let proof = try session.proof(of: justification, filling: [])
        try session.checker.check(proof, against: result.statement)
      }
      compared += results.count
    }
    let sight = Sight(context)
    let data = objects.filter { session.type(of: $0) != .prop }
    try require(
      sight.reflexivities(), data.map { arena.equality(session.type(of: $0)!, $0, $0) })
    let equations = facts.compactMap { arena.equalitySides($0.statement) }
      .filter { $0.left != $0.right }
    try require(sight.symmetries(), equations.map { arena.equality($0.type, $0.right, $0.left) })
    var rewritten: [Term] = []
    for equation in equations {
      for fact in facts {
        rewritten += variants(of: fact.statement, equation.left, equation.right)
      }
    }
    try require(sight.rewritings(), rewritten)
    return compared
  }

  /// `term` with one argument `old` replaced, in every way.
  private func variants(of term: Term, _ old: Term, _ new: Term) -> [Term] {
    if term == old { return [new] }
    let (head, arguments) = arena.spine(term)
    return arguments.indices.flatMap { index in
      variants(of: arguments[index], old, new).map { argument in
        var changed = arguments
        changed[index] = argument
        return arena.application(head, changed)
      }
    }
  }

  /// - Returns: how many results were compared.
  func requireBackward() throws -> Int {
    var compared = 0
    for premise in premises(.backward) {
      let capped = session.cappedCount
      let results = Sight(context).backward(premise)
      if session.cappedCount > capped { continue }
      let expected = try backward(premise)
      try #require(
        Set(results.map(\.subgoals)) == expected,
        "premise \(premise.source) for \(session.text(context.goal))")
      try #require(results.count == expected.count)
      compared += results.count
    }
    return compared
  }

  /// Every choice of data for which the conclusion is the goal; proofs are facts where there are
  /// some, goals where a goal may be left.
  private func backward(_ premise: Premise) throws -> Set<[Term]> {
    let count = premise.parameters.count
    var found: Set<[Term]> = []
    func extend(_ tuple: [Term], _ subgoals: [Term]) {
      let index = tuple.count
      guard index < count else {
        let conclusion = arena.betaNormalize(arena.instantiate(premise.conclusion, with: tuple))
        if conclusion == context.goal, !subgoals.contains(context.goal) { found.insert(subgoals) }
        return
      }
      let parameter = premise.parameters[index]
      let padded = tuple + Array(repeating: Term.prop, count: count - index)
      let type = arena.betaNormalize(arena.instantiate(parameter.type, with: padded))
      if parameter.isProof {
        if let fact = facts.first(where: { $0.statement == type }) {
          extend(tuple + [fact.proof], subgoals)
        } else if premise.leavesSubgoal[index] {
          extend(tuple + [.prop], subgoals + [type])
        }
      } else {
        for object in objects where session.type(of: object) == type {
          extend(tuple + [object], subgoals)
        }
      }
    }
    extend([], [])
    return found
  }
}
