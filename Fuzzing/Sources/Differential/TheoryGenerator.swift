import Randomness

extension DraftTheory {
  /// A theory of one to three data types with constants, functions, predicates and axioms, some
  /// with numerals, operations, definitions, a family and theorems.
  init(_ random: inout RandomStream) {
    let dataCount = 1 + random.uniform(below: 3)
    for index in 0..<dataCount { assume("D\(index)", .type) }
    addConstants(&random)
    let withNumerals = random.uniform() < 0.6
    if withNumerals { addNumbers(&random) }
    if random.uniform() < 0.3 { addFamily(&random) }
    addPredicates(&random)
    if random.uniform() < 0.5 { addDefinitions(&random) }
    for index in 0..<random.uniform(below: 4) {
      var generator = TermGenerator(theory: self)
      let axiom = generator.proposition([], fuel: 3, &random)
      assume("ax\(index)", axiom)
    }
    for index in 0..<random.uniform(below: 3) {
      var generator = TermGenerator(theory: self)
      guard let (proof, statement) = generator.proof([], fuel: 3, &random) else { continue }
      prove("th\(index)", statement, proof)
      // Citing a theorem must not look into its proof.
      if random.uniform() < 0.3 { define("alias\(index)", statement, .constant("th\(index)")) }
    }
  }

  private func someData(_ random: inout RandomStream) -> Tree {
    .constant(dataTypes[random.uniform(below: dataTypes.count)])
  }

  private mutating func addConstants(_ random: inout RandomStream) {
    for (index, type) in dataTypes.enumerated() {
      for number in 0...random.uniform(below: 2) { assume("c\(index)\(number)", .constant(type)) }
    }
    for index in 0..<random.uniform(below: 4) {
      var type = someData(&random)
      for _ in 0...random.uniform(below: 2) { type = .arrow(someData(&random), type) }
      if random.uniform() < 0.15 {
        type = .arrow(.arrow(someData(&random), someData(&random)), type)
      }
      assume("f\(index)", type)
    }
  }

  private mutating func addNumbers(_ random: inout RandomStream) {
    let nat = Tree.constant("nat")
    assume("nat", .type)
    assume("z", nat)
    assume("s", .arrow(nat, nat))
    addLiterals("nat", "z", "s")
    guard random.uniform() < 0.6 else { return }
    addOperation(
      "add", atZero: .bound(0), atSuccessor: .call("s", .call("add", .bound(1), .bound(0))))
    if random.uniform() < 0.3 {
      addOperation(
        "mul", atZero: .numeral("nat", "0"),
        atSuccessor: .call("add", .call("mul", .bound(1), .bound(0)), .bound(1)))
    }
    if random.uniform() < 0.4 { addRandomOperation(&random) }
    if random.uniform() < 0.2 {
      // Numerals of a second type.
      assume("bin", .type)
      assume("o", .constant("bin"))
      assume("t", .arrow(.constant("bin"), .constant("bin")))
      addLiterals("bin", "o", "t")
    }
  }

  /// An operation that neither checker knows by name.
  private mutating func addRandomOperation(_ random: inout RandomStream) {
    func pick(_ trees: [Tree]) -> Tree { trees[random.uniform(below: trees.count)] }
    let n = Tree.bound(0), outer = Tree.bound(1)
    let call = Tree.call("op", outer, n)
    let small = Tree.numeral("nat", String(random.uniform(below: 4)))
    addOperation(
      "op",
      atZero: pick([n, .constant("z"), small, .call("s", n), .call("add", n, n)]),
      atSuccessor: pick([
        .call("s", call), .call("s", .call("s", call)), call, outer, small,
        .call("add", call, outer), .call("add", outer, call), .call("add", call, small),
        .call("s", .call("add", outer, call)), .call("add", call, call),
      ]))
  }

  private mutating func addOperation(_ name: String, atZero: Tree, atSuccessor: Tree) {
    let nat = Tree.constant("nat")
    assume(name, .arrow(nat, .arrow(nat, nat)))
    if name == "op" {
      // For mutations of the equations: constants that come too late for them.
      assume("late", nat)
      define("loop", nat, .call("op", .constant("z"), .constant("z")))
    }
    assume(
      "\(name)_z", .forall(nat, .equal(nat, .call(name, .bound(0), .constant("z")), atZero)))
    assume(
      "\(name)_s",
      .forall(
        nat,
        .forall(
          nat,
          .equal(nat, .call(name, .bound(1), .call("s", .bound(0))), atSuccessor))))
    addComputable(
      name, "\(name)_z", "\(name)_s",
      Operation(type: "nat", atZero: atZero, atSuccessor: atSuccessor))
  }

  private mutating func addFamily(_ random: inout RandomStream) {
    let index = someData(&random)
    assume("vec", .arrow(index, .type))
    var generator = TermGenerator(theory: self)
    if let start = generator.term(of: index, [], fuel: 1, &random) {
      assume("nil", .call("vec", start))
    }
    assume("tail", .forall(index, .arrow(.call("vec", .bound(0)), .call("vec", .bound(0)))))
  }

  private mutating func addPredicates(_ random: inout RandomStream) {
    assume("R", .prop)
    if random.uniform() < 0.5 { assume("r", .constant("R")) }
    for index in 0...random.uniform(below: 2) {
      var type = Tree.prop
      for _ in 0...random.uniform(below: 2) { type = .arrow(someData(&random), type) }
      assume("P\(index)", type)
    }
    if random.uniform() < 0.3 {
      assume("all", .arrow(.arrow(someData(&random), .prop), .prop))
    }
    if random.uniform() < 0.3 {
      assume("and", .arrow(.prop, .arrow(.prop, .prop)))
      // Πp q:prop. p → q → and p q
      assume(
        "pair",
        .forall(
          .prop,
          .forall(
            .prop,
            .arrow(.bound(1), .arrow(.bound(0), .call("and", .bound(1), .bound(0)))))))
    }
  }

  private mutating func addDefinitions(_ random: inout RandomStream) {
    define(
      "same", .forall(.type, .arrow(.bound(0), .bound(0))),
      .lambda(.type, .lambda(.bound(0), .bound(0))))
    define(
      "imp", .arrow(.prop, .arrow(.prop, .prop)),
      .lambda(.prop, .lambda(.prop, .arrow(.bound(1), .bound(0)))))
    var generator = TermGenerator(theory: self)
    let domain = someData(&random), range = someData(&random)
    if let body = generator.term(of: range, [domain], fuel: 3, &random) {
      define("g", .arrow(domain, range), .lambda(domain, body))
    }
    if let value = generator.term(of: domain, [], fuel: 3, &random) { define("k", domain, value) }
    define(
      "pred", .arrow(domain, .prop),
      .lambda(domain, generator.proposition([domain], fuel: 2, &random)))
    if random.uniform() < 0.5 { define("E", .type, .arrow(domain, range)) }
  }
}
