import Kernel

/// A small theory with a bit of everything: data, families, propositions, definitions, a theorem,
/// numerals.
struct Fixture {
  let theory: Theory
  /// The theory's entries as plain trees.
  let oracle: PlainChecker

  /// Constants by name, as trees.
  static let names = [
    "=", "refl", "subst", "nat", "z", "s", "f", "P", "Q", "vec", "nil", "cons", "R", "r", "base",
    "step", "two", "twice", "imp", "poly", "opaque", "alias",
  ]

  static subscript(name: String) -> Plain {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("no constant \(name)") }
    return .constant(index)
  }

  static func number(_ value: Int) -> Plain {
    (0..<value).reduce(Fixture["z"]) { term, _ in .application(Fixture["s"], term) }
  }

  init() throws {
    typealias F = Fixture
    let (prop, type) = (Plain.sort(.prop), Plain.sort(.type))
    let nat = F["nat"]
    func v(_ index: Int) -> Plain { .variable(index) }
    var builder = TheoryBuilder()
    let arena = builder.arena
    func assume(_ name: String, _ plain: Plain) throws {
      let constant = try builder.assume(name, type: arena.term(plain))
      precondition(F[name] == .constant(Int(constant.index)))
    }
    func define(_ name: String, _ plain: Plain, _ value: Plain) throws {
      let constant = try builder.define(name, type: arena.term(plain), value: arena.term(value))
      precondition(F[name] == .constant(Int(constant.index)))
    }
    try assume("nat", type)
    try assume("z", nat)
    try assume("s", .arrow(nat, nat))
    try assume("f", .arrow(nat, .arrow(nat, nat)))
    try assume("P", .arrow(nat, prop))
    try assume("Q", .arrow(nat, .arrow(nat, prop)))
    try assume("vec", .arrow(nat, type))
    try assume("nil", .apply(F["vec"], F["z"]))
    // Πn:nat. vec n → vec (s n)
    try assume(
      "cons",
      .pi(nat, .pi(.apply(F["vec"], v(0)), .apply(F["vec"], .apply(F["s"], v(1))))))
    try assume("R", prop)
    try assume("r", F["R"])
    try assume("base", .apply(F["P"], F["z"]))
    try assume(
      "step", .pi(nat, .pi(.apply(F["P"], v(0)), .apply(F["P"], .apply(F["s"], v(1))))))
    try define("two", nat, F.number(2))
    try define("twice", .arrow(nat, nat), .lambda(nat, .apply(F["f"], v(0), v(0))))
    try define(
      "imp", .arrow(prop, .arrow(prop, prop)), .lambda(prop, .lambda(prop, .pi(v(1), v(1)))))
    // λt:type. λx:t. x
    try define("poly", .pi(type, .pi(v(0), v(1))), .lambda(type, .lambda(v(0), v(0))))
    let statement = Plain.apply(F["P"], F.number(1))
    let opaque = try builder.prove(
      "opaque", statement: arena.term(statement),
      proof: arena.term(.apply(F["step"], F["z"], F["base"])))
    precondition(F["opaque"] == .constant(Int(opaque.index)))
    try define("alias", statement, .apply(F["step"], F["z"], F["base"]))
    try builder.addLiterals(
      type: arena.term(nat), zero: arena.term(F["z"]), successor: arena.term(F["s"]))
    theory = builder.freeze()
    oracle = PlainChecker(
      constants: theory.declarations.map { declaration in
        guard case .definition(let value) = declaration.role else {
          return .init(type: arena.plain(declaration.type))
        }
        return .init(type: arena.plain(declaration.type), value: arena.plain(value))
      },
      literals: (3, 4, 5))
  }

  func makeChecker(_ limits: KernelLimits = KernelLimits()) -> Checker {
    Checker(theory: theory, arena: TermArena(theory.terms), limits: limits)
  }
}
