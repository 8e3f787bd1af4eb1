import Randomness

extension TermGenerator {
  /// A proof with what it proves, built forward; nil if none was found.
  mutating func proof(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    switch fuel <= 0 ? random.uniform(below: 3) : random.uniform(below: 12) {
    case 0: return reflexivity(context, fuel: fuel, &random)
    case 1, 2: return known(context, &random)
    case 3, 4, 5: return introduction(context, fuel: fuel, &random)
    case 6, 7: return instance(context, fuel: fuel, &random)
    case 8, 9: return substitution(context, fuel: fuel, &random)
    case 10: return cut(context, fuel: fuel, &random)
    default:
      guard let (proof, statement) = proof(context, fuel: fuel - 1, &random) else { return nil }
      return (disguised(proof, statement, context, fuel: fuel, &random), statement)
    }
  }

  private mutating func reflexivity(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    if random.uniform() < 0.25, let computation = computation(&random) { return computation }
    let type = random.uniform() < 0.1 ? .prop : dataType(context, fuel: fuel - 1, &random)
    guard let term = term(of: type, context, fuel: fuel, &random) else { return nil }
    var other = term
    switch random.uniform(below: 4) {
    case 0: other = theory.normalForm(term) ?? term
    case 1: other = disguised(term, type, context, fuel: 1, &random)
    default: break
    }
    let proof = Tree.call("refl", type, random.uniform() < 0.5 ? term : other)
    return (proof, .equal(type, term, other))
  }

  /// Two numbers and what an operation makes of them, by its own arithmetic.
  private func computation(_ random: inout RandomStream) -> (proof: Tree, statement: Tree)? {
    guard theory.operations["add"] != nil else { return nil }
    let digits = random.uniform() < 0.7 ? 1 : 1 + random.uniform(below: 17)
    let bound = (0..<digits).reduce(1) { bound, _ in bound * 10 }
    let (a, b) = (random.uniform(below: bound), random.uniform(below: bound))
    let isProduct = theory.operations["mul"] != nil && random.uniform() < 0.5
    let (product, overflow) = a.multipliedReportingOverflow(by: b)
    if isProduct, overflow { return nil }
    let result = Tree.numeral("nat", String(isProduct ? product : a + b))
    let call = Tree.call(
      isProduct ? "mul" : "add", .numeral("nat", String(a)), .numeral("nat", String(b)))
    let nat = Tree.constant("nat")
    return (
      .call("refl", nat, random.uniform() < 0.5 ? call : result), .equal(nat, call, result)
    )
  }

  /// A hypothesis, axiom or theorem.
  private func known(
    _ context: [Tree], _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    var facts: [(proof: Tree, statement: Tree)] = []
    for (index, type) in context.enumerated() {
      let type = type.shifted(index + 1)
      if isProposition(type, context) { facts.append((.bound(index), type)) }
    }
    for (name, type) in theory.types
    where name.hasPrefix("ax") || name.hasPrefix("th") || name.hasPrefix("alias")
      || name.hasSuffix("_z") || name.hasSuffix("_s") || name == "r" || name == "pair"
    {
      facts.append((.constant(name), type))
    }
    if facts.isEmpty { return nil }
    return facts[random.uniform(below: facts.count)]
  }

  private mutating func introduction(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    let domain = binderType(context, fuel: min(2, fuel - 1), &random)
    guard let (proof, statement) = proof([domain] + context, fuel: fuel - 1, &random) else {
      return nil
    }
    return (.lambda(domain, proof), .forall(domain, statement))
  }

  /// A known implication or generality with arguments.
  private mutating func instance(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    guard var (proof, statement) = proof(context, fuel: fuel - 1, &random) else { return nil }
    while random.uniform() < 0.8 {
      if case .forall = statement {} else { statement = theory.normalForm(statement) ?? statement }
      guard case .forall(let domain, let body) = statement else { break }
      guard let argument = argument(of: domain, context, fuel: fuel - 1, &random) else { break }
      proof = .apply(proof, argument)
      statement = body.opened(with: argument)
    }
    return (proof, statement)
  }

  private mutating func argument(
    of domain: Tree, _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> Tree? {
    if isProposition(domain, context), let goal = theory.normalForm(domain) {
      for _ in 0..<6 {
        guard let (proof, statement) = proof(context, fuel: min(2, fuel), &random) else { continue }
        if theory.normalForm(statement) == goal { return proof }
      }
    }
    return term(of: domain, context, fuel: fuel, &random)
  }

  /// Replaces one side of an equation in something proved.
  private mutating func substitution(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    guard let (equation, equality) = proof(context, fuel: fuel - 1, &random),
      let (proof, statement) = proof(context, fuel: fuel - 1, &random)
    else { return nil }
    let (head, sides) = equality.spine
    guard head == .constant("="), sides.count == 3 else { return nil }
    let share = random.uniform()
    let body = statement.abstracted(over: sides[1]) { random.uniform() < share }
    // The motive must still be a predicate where a type depends on what was replaced.
    guard isProposition(body, [sides[0]] + context) else { return nil }
    let motive = Tree.lambda(sides[0], body)
    let conclusion =
      random.uniform() < 0.5 ? Tree.apply(motive, sides[2]) : body.opened(with: sides[2])
    return (.call(.constant("subst"), sides + [motive, equation, proof]), conclusion)
  }

  /// Something proved under a name, or by way of a redex.
  private mutating func cut(
    _ context: [Tree], fuel: Int, _ random: inout RandomStream
  ) -> (proof: Tree, statement: Tree)? {
    let isLemma = random.uniform() < 0.5
    var domain: Tree
    var value: Tree
    if isLemma {
      guard let lemma = proof(context, fuel: fuel - 1, &random) else { return nil }
      (value, domain) = lemma
    } else {
      domain = dataType(context, fuel: 1, &random)
      guard let term = term(of: domain, context, fuel: 2, &random) else { return nil }
      value = term
    }
    guard let (proof, statement) = proof([domain] + context, fuel: fuel - 1, &random) else {
      return nil
    }
    let conclusion = statement.opened(with: value)
    return random.uniform() < 0.5
      ? (.local(domain, value, proof), conclusion)
      : (.apply(.lambda(domain, proof), value), conclusion)
  }
}
