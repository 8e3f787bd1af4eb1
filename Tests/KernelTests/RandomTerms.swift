import Kernel
import Randomness

/// Trees of any shape, well typed or not.
struct RandomTrees: Sendable {
  /// Locals to draw from.
  var locals: [Plain] = []

  func tree(_ random: inout RandomStream, size: Int, binders: Int = 3) -> Plain {
    if size <= 1 {
      switch random.uniform(below: 10) {
      case 0: return .sort([.prop, .type, .kind][random.uniform(below: 3)])
      case 1, 2: return .constant(random.uniform(below: Fixture.names.count))
      case 3: return .literal(random.uniform(below: 4))
      case 4, 5:
        guard !locals.isEmpty else { return .literal(7) }
        return locals[random.uniform(below: locals.count)]
      default: return .variable(random.uniform(below: max(1, binders)))
      }
    }
    let left = 1 + random.uniform(below: max(1, size - 1))
    let first = tree(&random, size: left, binders: binders)
    switch random.uniform(below: 8) {
    case 0, 1: return .lambda(first, tree(&random, size: size - left, binders: binders + 1))
    case 2: return .pi(first, tree(&random, size: size - left, binders: binders + 1))
    case 3:
      let value = tree(&random, size: max(1, (size - left) / 2), binders: binders)
      let body = tree(&random, size: max(1, (size - left) / 2), binders: binders + 1)
      return .definition(first, value, body)
    default: return .application(first, tree(&random, size: size - left, binders: binders))
    }
  }
}

/// Well-typed terms of the fixture's theory, drawn by type, with redexes, `let`s, definitions and
/// numerals wherever they may stand.
struct RandomTerms {
  var oracle: PlainChecker
  /// Closed over nothing: each is typed by what it carries.
  static let locals: [Plain] = {
    let n = Plain.local(0, Fixture["nat"])
    let p = Plain.local(2, .sort(.prop))
    return [
      n, .local(1, .apply(Fixture["P"], n)), p, .local(3, p), .local(0, .sort(.prop)),
      .local(4, .arrow(Fixture["nat"], .sort(.prop))), .local(5, Fixture["nat"]),
    ]
  }()
  var usesLocals = false

  /// A term of `type`, which is well typed in `context`; nil if none was found.
  mutating func term(
    of type: Plain, _ context: [Plain], fuel: Int, _ random: inout RandomStream
  ) throws -> Plain? {
    typealias F = Fixture
    let goal = try oracle.normalize(type)
    if fuel > 0, random.uniform() < 0.2,
      let wrapped = try wrapped(type, context, fuel: fuel - 1, &random)
    {
      return wrapped
    }
    var leaves: [Plain] = []
    for (index, entry) in context.enumerated()
    where try oracle.normalize(entry.shifted(index + 1)) == goal { leaves.append(.variable(index)) }
    if usesLocals {
      for local in RandomTerms.locals {
        guard case .local(_, let type) = local, try oracle.normalize(type) == goal else { continue }
        leaves.append(local)
      }
    }
    if !leaves.isEmpty, fuel <= 0 || random.uniform() < 0.4 {
      return leaves[random.uniform(below: leaves.count)]
    }
    func inner(_ type: Plain, _ random: inout RandomStream) throws -> Plain? {
      try term(of: type, context, fuel: fuel - 1, &random)
    }
    switch goal {
    case .constant where goal == F["nat"]: return try number(context, fuel: fuel, &random)
    case .constant where goal == F["R"]: return F["r"]
    case .sort(.prop): return try proposition(context, fuel: fuel, &random)
    case .sort(.type):
      if fuel <= 0 || random.uniform() < 0.5 { return F["nat"] }
      if random.uniform() < 0.5 {
        return try inner(F["nat"], &random).map { .apply(F["vec"], $0) }
      }
      let domain = random.uniform() < 0.3 ? Plain.sort(.prop) : F["nat"]
      return try term(of: .sort(.type), [domain] + context, fuel: fuel - 1, &random)
        .map { .pi(domain, $0) }
    case .pi(let domain, let body):
      return try term(of: body, [domain] + context, fuel: fuel - 1, &random)
        .map { .lambda(random.uniform() < 0.2 ? idle(domain, &random) : domain, $0) }
    case .application(.constant, let index) where goal.head == F["vec"]:
      if index == F["z"] { return F["nil"] }
      guard case .application(F["s"], let rest) = index, fuel > -3,
        let tail = try inner(.apply(F["vec"], rest), &random)
      else { return nil }
      return .apply(F["cons"], rest, tail)
    case .application(.constant, let index) where goal.head == F["P"]:
      if index == F["z"] { return F["base"] }
      if index == F.number(1), random.uniform() < 0.5 {
        return random.uniform() < 0.5 ? F["opaque"] : F["alias"]
      }
      guard case .application(F["s"], let rest) = index, fuel > -3 else { return nil }
      if random.uniform() < 0.3, let proof = try inner(goal, &random) {
        // Along a = a, with a motive of its own.
        let equation = Plain.apply(F["refl"], F["nat"], index)
        let motive = Plain.lambda(F["nat"], .apply(F["P"], .variable(0)))
        return .apply(F["subst"], F["nat"], index, index, motive, equation, proof)
      }
      return try inner(.apply(F["P"], rest), &random).map { .apply(F["step"], rest, $0) }
    case .application(.application(.application(F["="], let type), let left), let right):
      return left == right ? .apply(F["refl"], type, left) : leaves.first
    default: return leaves.first
    }
  }

  private mutating func number(
    _ context: [Plain], fuel: Int, _ random: inout RandomStream
  ) throws -> Plain? {
    typealias F = Fixture
    func inner(_ random: inout RandomStream) throws -> Plain? {
      try term(of: F["nat"], context, fuel: fuel - 1, &random)
    }
    if fuel <= 0 {
      return [F["z"], F["two"], .literal(random.uniform(below: 4))][random.uniform(below: 3)]
    }
    switch random.uniform(below: 6) {
    case 0: return .literal(random.uniform(below: 4))
    case 1, 2: return try inner(&random).map { .apply(F["s"], $0) }
    case 3: return try inner(&random).map { .apply(F["twice"], $0) }
    case 4: return try inner(&random).map { .apply(F["poly"], F["nat"], $0) }
    default:
      guard let left = try inner(&random), let right = try inner(&random) else { return nil }
      return .apply(F["f"], left, right)
    }
  }

  private mutating func proposition(
    _ context: [Plain], fuel: Int, _ random: inout RandomStream
  ) throws -> Plain? {
    typealias F = Fixture
    func inner(_ type: Plain, _ random: inout RandomStream) throws -> Plain? {
      try term(of: type, context, fuel: fuel - 1, &random)
    }
    if fuel <= 0 { return F["R"] }
    let kind = random.uniform(below: 8)
    switch kind {
    case 0: return try inner(F["nat"], &random).map { .apply(F["P"], $0) }
    case 1, 2, 3:
      let type = [F["nat"], .sort(.prop), .apply(F["vec"], F.number(1))][kind - 1]
      guard let left = try inner(type, &random), let right = try inner(type, &random) else {
        return nil
      }
      return .apply(F["="], kind == 3 ? .apply(F["vec"], .literal(1)) : type, left, right)
    case 4:
      let prop = Plain.sort(.prop)
      guard let left = try inner(prop, &random), let right = try inner(prop, &random) else {
        return nil
      }
      return .apply(F["imp"], left, right)
    case 5:
      guard let left = try inner(F["nat"], &random), let right = try inner(F["nat"], &random)
      else { return nil }
      return .apply(F["Q"], left, right)
    default:
      let domains: [Plain] = [
        F["nat"], .sort(.prop), .sort(.type), .arrow(F["nat"], .sort(.prop)), F["R"],
      ]
      let domain = domains[random.uniform(below: domains.count)]
      return try term(of: .sort(.prop), [domain] + context, fuel: fuel - 1, &random)
        .map { .pi(domain, $0) }
    }
  }

  /// A redex or a `let` around a term of the type.
  private mutating func wrapped(
    _ type: Plain, _ context: [Plain], fuel: Int, _ random: inout RandomStream
  ) throws -> Plain? {
    let domains: [Plain] = [
      Fixture["nat"], .sort(.prop), .arrow(Fixture["nat"], Fixture["nat"]),
      .apply(Fixture["P"], Fixture.number(1)),
    ]
    let domain = domains[random.uniform(below: domains.count)]
    guard let value = try term(of: domain, context, fuel: fuel, &random),
      let body = try term(of: type.shifted(1), [domain] + context, fuel: fuel, &random)
    else { return nil }
    return random.uniform() < 0.5
      ? .definition(domain, value, body) : .application(.lambda(domain, body), value)
  }

  /// The same type behind a redex.
  private func idle(_ type: Plain, _ random: inout RandomStream) -> Plain {
    .definition(.sort(.type), Fixture["nat"], type.shifted(1))
  }

  /// The term with one subterm replaced by something that need not fit.
  func mutated(_ term: Plain, _ random: inout RandomStream) -> Plain {
    let subterms = term.subterms
    let position = random.uniform(below: subterms.count)
    let replacement: Plain
    switch random.uniform(below: 6) {
    case 0: replacement = subterms[random.uniform(below: subterms.count)]
    case 1: replacement = .variable(random.uniform(below: 4))
    case 2: replacement = .constant(random.uniform(below: Fixture.names.count))
    case 3: replacement = .literal(random.uniform(below: 4))
    case 4: replacement = .sort([.prop, .type, .kind][random.uniform(below: 3)])
    default: replacement = subterms[position].shifted(random.uniform(below: 2) == 0 ? 1 : 2)
    }
    return term.replacing(subterm: position, by: replacement)
  }
}
