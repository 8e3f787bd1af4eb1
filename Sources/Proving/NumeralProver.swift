import Kernel

/// Proves what ground terms over numerals compute to, by the equations of their operations.
///
/// An operation `op` on numerals `n`, `k` is computed in `k` steps, from `op n 0` up: the step from
/// `op n i = v` to `op n (i+1) = w` is one use of the equation at a successor and one rewriting by
/// what is known. Steps compose in a balanced tree, `λh. later (earlier h)`, so that the height of
/// a proof is logarithmic in `k`; all proofs are closed terms of one arena, so what they share they
/// contain once. Addition takes blocks of steps at once, by a lemma that doubling proves.
///
/// Untrusted, as all of this module: the kernel checks what comes out.
final class NumeralProver {
  enum Failure: Error {
    /// `term` contains something other than numerals and operations that recurse.
    case notGround(Term)
    case notAnEquation
    /// The sides of the equation are these numbers.
    case different(Natural, Natural)
    /// A recursion takes more steps than this, or all of them take twice as many.
    case tooLong(limit: Int)
  }

  /// A number, and a proof that a term equals its numeral; nil where conversion knows.
  struct Value {
    let number: Natural
    let proof: Term?
  }

  /// Longest recursion, for proofs that a person asks for. The kernel spends some 10 steps on one.
  static let stepLimit = 1_000_000
  /// Largest block of additions that one lemma makes: conversion nests that deep.
  private static let largestBlock = 256

  private let arena: TermArena
  private let literals: [LiteralFamily]
  private let recursions: [NumeralRecursion]
  private var checker: Checker
  private var values: [Term: Value] = [:]
  private var chains: [ChainKey: Chain] = [:]
  private var limit = 0
  private var remaining = 0

  private struct ChainKey: Hashable {
    let recursion: Int
    let first: Natural
  }

  /// The values of `op n 0`, `op n 1`, … with the proofs of their steps.
  private struct Chain {
    let base: Term
    var values: [Natural]
    /// By index: from the proposition at an index to the next one.
    var steps: [Term] = []
    /// By start and length, a power of two.
    var segments: [Segment: Term] = [:]

    struct Segment: Hashable {
      let start: Int
      let length: Int
    }
  }

  /// - Parameter axioms: among these the equations of operations are found.
  init(theory: Theory, axioms: [ConstantID], arena: TermArena) {
    self.arena = arena
    literals = theory.literals
    recursions = theory.recursions(among: axioms, in: arena)
    checker = Checker(theory: theory, arena: arena)
  }

  /// Whether `term` applies an operation that this prover knows to two arguments.
  func isOperation(_ term: Term) -> Bool { operands(term) != nil }

  /// The number that a ground term computes to.
  func number(of term: Term, limit: Int = stepLimit) throws(Failure) -> Natural {
    start(limit)
    return try value(of: term).number
  }

  /// `term = n`, where `n` is the number that `term : type` computes to.
  func equation(
    for term: Term, at type: Term, limit: Int = stepLimit
  ) throws(Failure) -> Term {
    let number = try number(of: term, limit: limit)
    return arena.equality(type, term, numeral(number, family(of: type)))
  }

  /// A proof of `equation`, whose sides are ground and compute to the same number.
  func proof(of equation: Term, limit: Int = stepLimit) throws(Failure) -> Term {
    start(limit)
    guard let (type, left, right) = arena.equalitySides(equation) else { throw .notAnEquation }
    let (first, second) = (try value(of: left), try value(of: right))
    guard first.number == second.number else { throw .different(first.number, second.number) }
    var proof = reflexivity(type, left)
    if let step = first.proof {
      let numeral = numeral(first.number, family(of: type))
      proof = rewrite(proof, left, in: arena.variable(0), by: step, from: left, to: numeral, type)
    }
    guard let step = second.proof else { return proof }
    // right = numeral, read from right to left.
    let numeral = numeral(first.number, family(of: type))
    let motive = arena.lambda(type, arena.equality(type, arena.variable(0), right))
    let backward = transport(type, right, numeral, motive, step, reflexivity(type, right))
    return rewrite(proof, left, in: arena.variable(0), by: backward, from: numeral, to: right, type)
  }
}

// MARK: Values

extension NumeralProver {
  private func operands(_ term: Term) -> (recursion: Int, first: Term, second: Term)? {
    guard case .application(let function, let second) = arena.view(term),
      case .application(let head, let first) = arena.view(function),
      let recursion = recursions.firstIndex(where: { $0.head == head })
    else { return nil }
    return (recursion, first, second)
  }

  private func family(of type: Term) -> Int { literals.firstIndex { $0.type == type } ?? 0 }

  private func value(of term: Term) throws(Failure) -> Value {
    if let known = values[term] { return known }
    let result = try compute(term)
    values[term] = result
    return result
  }

  private func compute(_ term: Term) throws(Failure) -> Value {
    if case .literal(_, let value) = arena.view(term) { return Value(number: value, proof: nil) }
    if literals.contains(where: { $0.zero == term }) {
      return Value(number: Natural(0), proof: nil)
    }
    if let (recursion, first, second) = operands(term) {
      return try compute(term, recursion, first, second)
    }
    // Numerals may be written as towers of successors: no recursion along them.
    var (rest, count) = (term, UInt64(0))
    var family: LiteralFamily?
    while case .application(let head, let inner) = arena.view(rest),
      let known = literals.first(where: { $0.successor == head })
    {
      (family, rest, count) = (known, inner, count + 1)
    }
    guard let family else { throw .notGround(term) }
    let inner = try value(of: rest)
    let number = inner.number + Natural(count)
    guard let step = inner.proof else { return Value(number: number, proof: nil) }
    let context = successors(Int(count), of: arena.variable(0), family)
    let proof = rewrite(
      reflexivity(family.type, term), term, in: context, by: step, from: rest,
      to: numeral(inner.number, self.family(of: family.type)), family.type)
    return Value(number: number, proof: proof)
  }

  private func compute(
    _ term: Term, _ recursion: Int, _ first: Term, _ second: Term
  ) throws(Failure) -> Value {
    let (rule, left, right) = (recursions[recursion], try value(of: first), try value(of: second))
    let (number, computed) = try apply(recursion, left.number, right.number)
    if left.proof == nil, right.proof == nil { return Value(number: number, proof: computed) }
    let type = literals[rule.family].type
    let operands = [numeral(left.number, rule.family), numeral(right.number, rule.family)]
    let hole = arena.variable(0)
    var proof = reflexivity(type, term)
    if let step = left.proof {
      let context = arena.application(rule.head, [hole, second])
      proof = rewrite(proof, term, in: context, by: step, from: first, to: operands[0], type)
    }
    if let step = right.proof {
      let context = arena.application(rule.head, [left.proof == nil ? first : operands[0], hole])
      proof = rewrite(proof, term, in: context, by: step, from: second, to: operands[1], type)
    }
    guard let computed else { return Value(number: number, proof: proof) }
    proof = rewrite(
      proof, term, in: hole, by: computed, from: arena.application(rule.head, operands),
      to: numeral(number, rule.family), type)
    return Value(number: number, proof: proof)
  }

  /// The operation on two numerals, and the proof of `op first second = number`; nil where
  /// conversion knows.
  private func apply(
    _ recursion: Int, _ first: Natural, _ second: Natural
  ) throws(Failure) -> (number: Natural, proof: Term?) {
    let rule = recursions[recursion]
    if rule.computes {
      let operands = [numeral(first, rule.family), numeral(second, rule.family)]
      let result = try? checker.weakHeadNormalForm(arena.application(rule.head, operands))
      if let result, case .literal(_, let number) = arena.view(result) { return (number, nil) }
    }
    guard let count = Int(second.description), count <= limit else {
      throw .tooLong(limit: limit)
    }
    let key = ChainKey(recursion: recursion, first: first)
    // Taken out while it grows, so that it is not copied.
    var chain: Chain
    if let known = chains.removeValue(forKey: key) {
      chain = known
    } else {
      chain = try makeChain(recursion, first)
    }
    defer { chains[key] = chain }
    let isAddition = isAddition(rule)
    if !isAddition {
      while chain.values.count <= count { try extend(&chain, recursion, first) }
    }
    // From the highest bit down, so that numbers with the same leading bits share their proofs.
    var (proof, start, length) = (chain.base, 0, 1)
    while length <= count / 2 { length *= 2 }
    while length > 0 {
      if count & length != 0 {
        proof = arena.application(
          try segment(start, length, &chain, recursion, first), proof)
        start += length
      }
      length /= 2
    }
    return (isAddition ? first + second : chain.values[count], proof)
  }
}

// MARK: Chains

extension NumeralProver {
  /// Whether the equations are `n + zero = n` and `n + successor m = successor (n + m)`.
  private func isAddition(_ rule: NumeralRecursion) -> Bool {
    let (n, m) = (arena.variable(1), arena.variable(0))
    return rule.zeroBody == m
      && rule.successorBody
        == arena.application(
          literals[rule.family].successor, arena.application(rule.head, [n, m]))
  }

  private func makeChain(_ recursion: Int, _ first: Natural) throws(Failure) -> Chain {
    let rule = recursions[recursion]
    let n = numeral(first, rule.family)
    let equation = arena.application(arena.constant(rule.atZero), n)
    let right = arena.instantiate(rule.zeroBody, with: n)
    let value = try value(of: right)
    guard let step = value.proof else { return Chain(base: equation, values: [value.number]) }
    let type = literals[rule.family].type
    let left = arena.application(rule.head, [n, literals[rule.family].zero])
    let proof = rewrite(
      equation, left, in: arena.variable(0), by: step, from: right,
      to: numeral(value.number, rule.family), type)
    return Chain(base: proof, values: [value.number])
  }

  /// `op n i = v` for the value at an index; for addition, `v` is `n + i`.
  private func proposition(
    at index: Int, _ value: Natural, _ rule: NumeralRecursion, _ n: Term
  ) -> Term {
    arena.equality(
      literals[rule.family].type,
      arena.application(rule.head, [n, numeral(Natural(UInt64(index)), rule.family)]),
      numeral(value, rule.family))
  }

  /// One more value, and the step to it: `λh : op n i = v. … : op n (i+1) = w`.
  private func extend(
    _ chain: inout Chain, _ recursion: Int, _ first: Natural
  ) throws(Failure) {
    try spend(1)
    let rule = recursions[recursion]
    let type = literals[rule.family].type
    let index = chain.values.count - 1
    let n = numeral(first, rule.family)
    let position = numeral(Natural(UInt64(index)), rule.family)
    let known = numeral(chain.values[index], rule.family)
    let before = arena.application(rule.head, [n, position])
    let after = arena.application(rule.head, [n, numeral(Natural(UInt64(index + 1)), rule.family)])
    // The right side with a mark in place of the recursion.
    let mark = arena.local(level: Premise.firstLevel - 1, type: type)
    let right = arena.instantiate(rule.successorBody, with: [n, position])
    let marked = arena.replace(before, by: mark, in: right)
    let reduced = arena.replace(mark, by: known, in: marked)
    let equation = arena.application(arena.constant(rule.atSuccessor), [n, position])
    var proof = rewrite(
      equation, after, in: arena.abstract(marked, over: [mark]), by: arena.variable(0),
      from: before, to: known, type)
    let value = try value(of: reduced)
    if let step = value.proof {
      proof = rewrite(
        proof, after, in: arena.variable(0), by: step, from: reduced,
        to: numeral(value.number, rule.family), type)
    }
    chain.steps.append(
      arena.lambda(proposition(at: index, chain.values[index], rule, n), proof))
    chain.values.append(value.number)
  }

  /// From the proposition at `start` to the one at `start + length`.
  private func segment(
    _ start: Int, _ length: Int, _ chain: inout Chain, _ recursion: Int, _ first: Natural
  ) throws(Failure) -> Term {
    let key = Chain.Segment(start: start, length: length)
    if let known = chain.segments[key] { return known }
    let rule = recursions[recursion]
    let isAddition = isAddition(rule)
    let result: Term
    if isAddition, length <= NumeralProver.largestBlock {
      try spend(length)
      result = block(start, length, rule, first)
    } else if length == 1 {
      result = chain.steps[start]
    } else {
      let half = length / 2
      let earlier = try segment(start, half, &chain, recursion, first)
      let later = try segment(start + half, half, &chain, recursion, first)
      let value = isAddition ? first + Natural(UInt64(start)) : chain.values[start]
      result = arena.lambda(
        proposition(at: start, value, rule, numeral(first, rule.family)),
        arena.application(later, arena.application(earlier, arena.variable(0))))
    }
    chain.segments[key] = result
    return result
  }

  /// `λh : n + start = v. … : n + (start + length) = v + length`
  private func block(
    _ start: Int, _ length: Int, _ rule: NumeralRecursion, _ first: Natural
  ) -> Term {
    let literals = literals[rule.family]
    let n = numeral(first, rule.family)
    let position = numeral(Natural(UInt64(start)), rule.family)
    let value = first + Natural(UInt64(start))
    let end = arena.application(
      rule.head, [n, numeral(Natural(UInt64(start + length)), rule.family)])
    let proof = rewrite(
      arena.application(lemma(length, rule), [n, position]), end,
      in: successors(length, of: arena.variable(0), literals), by: arena.variable(0),
      from: arena.application(rule.head, [n, position]), to: numeral(value, rule.family),
      literals.type)
    return arena.lambda(proposition(at: start, value, rule, n), proof)
  }

  /// `Πn m. n + sᵏ m = sᵏ (n + m)` for a power of two `k`, each from the one before.
  private func lemma(_ count: Int, _ rule: NumeralRecursion) -> Term {
    if count == 1 { return arena.constant(rule.atSuccessor) }
    let half = lemma(count / 2, rule)
    let literals = literals[rule.family]
    let n = arena.local(level: Premise.firstLevel - 2, type: literals.type)
    let m = arena.local(level: Premise.firstLevel - 1, type: literals.type)
    func sum(_ left: Term, _ right: Term) -> Term { arena.application(rule.head, [left, right]) }
    let middle = successors(count / 2, of: m, literals)
    let proof = rewrite(
      arena.application(half, [n, middle]), sum(n, successors(count, of: m, literals)),
      in: successors(count / 2, of: arena.variable(0), literals),
      by: arena.application(half, [n, m]), from: sum(n, middle),
      to: successors(count / 2, of: sum(n, m), literals), literals.type)
    return arena.lambda(
      literals.type, arena.lambda(literals.type, arena.abstract(proof, over: [n, m])))
  }

  private func start(_ limit: Int) {
    self.limit = limit
    remaining = 2 * limit
  }

  private func spend(_ steps: Int) throws(Failure) {
    remaining -= steps
    if remaining < 0 { throw .tooLong(limit: limit) }
  }
}

// MARK: Terms

extension NumeralProver {
  private func numeral(_ value: Natural, _ family: Int) -> Term {
    arena.literal(family: family, value: value)
  }

  private func successors(_ count: Int, of term: Term, _ literals: LiteralFamily) -> Term {
    (0..<count).reduce(term) { term, _ in arena.application(literals.successor, term) }
  }

  private func reflexivity(_ type: Term, _ term: Term) -> Term {
    arena.application(arena.constant(.reflexivity), [type, term])
  }

  /// From `proof : whole = context[left]` and `equation : left = right`, a proof of
  /// `whole = context[right]`; variable 0 of the context is the place.
  private func rewrite(
    _ proof: Term, _ whole: Term, in context: Term, by equation: Term, from left: Term,
    to right: Term, _ type: Term
  ) -> Term {
    transport(
      type, left, right, arena.lambda(type, arena.equality(type, whole, context)), equation, proof)
  }

  private func transport(
    _ type: Term, _ left: Term, _ right: Term, _ motive: Term, _ equation: Term, _ proof: Term
  ) -> Term {
    arena.application(
      arena.constant(.substitution), [type, left, right, motive, equation, proof])
  }
}
