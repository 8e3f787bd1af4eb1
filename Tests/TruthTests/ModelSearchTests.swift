import Kernel
import Testing

@testable import Truth

/// Models found, against the known numbers of structures up to isomorphism.
@Suite struct ModelSearchTests {
  static let semigroups = """
    S : type.
    * : [S -> S -> S].
    assoc : [('a : S) -> ('b : S) -> ('c : S) -> (= (* (* 'a 'b) 'c) (* 'a (* 'b 'c)))].
    """

  static let groups = """
    G : type.
    op : [G -> G -> G].
    id : G.
    inv : [G -> G].
    assoc : [('a : G) -> ('b : G) -> ('c : G) -> (= (op (op 'a 'b) 'c) (op 'a (op 'b 'c)))].
    id_l : [('a : G) -> (= (op id 'a) 'a)].
    inv_l : [('a : G) -> (= (op (inv 'a) 'a) id)].
    """

  static let orders = """
    P : type.
    below : [P -> P -> prop].
    reflexive : [('a : P) -> (below 'a 'a)].
    antisymmetric : [('a : P) -> ('b : P) -> (below 'a 'b) -> (below 'b 'a) -> (= 'a 'b)].
    transitive : [('a : P) -> ('b : P) -> ('c : P) -> (below 'a 'b) -> (below 'b 'c)
                  -> (below 'a 'c)].
    """

  /// The numbers of the On-Line Encyclopedia of Integer Sequences: A027851 (semigroups up to
  /// isomorphism), A000001 (groups), A006966 (lattices), A000112 (partial orders).
  @Test(arguments: [
    (semigroups, [1, 5, 24]), (groups, [1, 1, 1, 2]), (orders, [1, 2, 5, 16]),
  ])
  func isomorphismClasses(theory: String, expected: [Int]) throws {
    #expect(try count(Fixture(theory), sizes: 1...expected.count) == expected)
  }

  @Test func lattices() throws {
    #expect(try count(Fixture.lattices, sizes: 1...4) == [1, 1, 1, 2])
  }

  private func count(_ fixture: Fixture, sizes: ClosedRange<Int>) throws -> [Int] {
    try sizes.map { size in
      let signature = fixture.meter.signature
      let layout = try #require(CellLayout(signature, sizes: [size]))
      var search = try #require(
        ModelSearch(
          signature, layout,
          fixture.meter.axioms.map { ModelSearch.Constraint(formula: $0.formula, wanted: true) },
          steps: 100_000_000))
      var classes: Set<[Int]> = []
      let end = search.run { structure in
        classes.insert(canonical(structure, signature, size: size))
        return true
      }
      #expect(end == .exhausted)
      return classes.count
    }
  }

  /// The smallest table among all renamings of the elements.
  private func canonical(_ structure: Structure, _ signature: Signature, size: Int) -> [Int] {
    permutations(size).map { names -> [Int] in
      var cells = structure.cells
      for (symbol, declared) in signature.symbols.enumerated() {
        for cell in structure.layout.cells(of: symbol) {
          let arguments = structure.layout.arguments(of: cell, symbol: symbol).map { names[$0] }
          let index = arguments.reduce(0) { $0 * size + $1 }
          let value = structure.cells[cell]
          let isRelation = declared.output == SimpleType.propositionID
          cells[structure.layout.offsets[symbol] + index] = isRelation ? value : names[value]
        }
      }
      return cells
    }.min { $0.lexicographicallyPrecedes($1) }!
  }

  private func permutations(_ count: Int) -> [[Int]] {
    if count == 0 { return [[]] }
    return permutations(count - 1).flatMap { shorter in
      (0..<count).map { position in
        var longer = shorter
        longer.insert(count - 1, at: position)
        return longer
      }
    }
  }

  @Test func searchStopsWhenTold() throws {
    let fixture = try Fixture(Self.semigroups)
    let signature = fixture.meter.signature
    let layout = try #require(CellLayout(signature, sizes: [3]))
    func search(steps: Int, limit: Int) throws -> (ModelSearch.End, Int) {
      var search = try #require(
        ModelSearch(
          signature, layout,
          fixture.meter.axioms.map { ModelSearch.Constraint(formula: $0.formula, wanted: true) },
          steps: steps))
      var found = 0
      let end = search.run { _ in
        found += 1
        return found < limit
      }
      return (end, found)
    }
    #expect(try search(steps: 10_000_000, limit: 3) == (.stopped, 3))
    #expect(try search(steps: 100, limit: 3).0 == .unfinished)
  }

  /// 2⁴⁰ choices of truth values before a variable that ranges over nothing: each is counted.
  @Test(.timeLimit(.minutes(1)))
  func choicesBeforeAnEmptyTypeAreCounted() throws {
    let many = (0..<40).map { "('p\($0) : prop) -> " }.joined()
    let fixture = try Fixture("T : type.")
    #expect(try fixture.classify("[\(many)('x : T) -> (= 'x 'x)]") == .open)
  }

  /// An axiom with 8⁹ instances: named structures have one budget together.
  @Test(.timeLimit(.minutes(1)))
  func longAxiomsDoNotStopTheRest() throws {
    let variables = (0..<9).map { "('v\($0) : G) -> " }.joined()
    let fixture = try Fixture(
      """
      G : type.
      o : [G -> G -> G].
      p : [G -> G -> G].
      q : [G -> G].
      e : G.
      long : [\(variables)(= (o 'v0 'v1) (o 'v0 'v1))].
      """)
    #expect(try fixture.countermodel("(= e (q e))").name == "Z2")
  }

  /// Cancelled, it decides nothing more.
  @Test func evaluationIsCancelled() throws {
    let falsehood = "[('a : G) -> (= (op 'a 'a) id)]"
    #expect(try Fixture.groups.classify(falsehood).word == "false")
    var tools = TruthTools.none
    tools.isCancelled = { true }
    #expect(try Fixture.groups.classify(falsehood, tools: tools) == .open)
  }

  @Test func namedStructuresAreUsedWhereTheAxiomsHold() throws {
    let abelian = Fixture.groups.meter.modelNames
    for name in ["Z2", "Z3", "Z4", "Z5", "Z6", "Z7", "Z8", "Z2²"] {
      #expect(abelian.contains(name))
    }
    #expect(!abelian.contains("S3"))
    let all = try Fixture(Self.groups)
    #expect(all.meter.modelNames.contains("S3"))
    let model = try all.countermodel("[('a : G) -> ('b : G) -> (= (op 'a 'b) (op 'b 'a))]")
    #expect(model.name == "S3")
    #expect(Fixture.lattices.meter.modelNames.contains("the pentagon N5"))
    #expect(Fixture.lattices.meter.modelNames.contains("the diamond M3"))
    #expect(Fixture.natAdd.meter.modelNames.contains("Z2"))
    #expect(Fixture.natAdd.meter.modelNames.last == "ℕ")
  }

  /// Each model that statements are evaluated in satisfies the axioms, by a second evaluation that
  /// goes over the kernel's terms.
  @Test(arguments: Fixture.domains)
  func modelsSatisfyTheAxioms(domain: String) throws {
    let meter = Fixture.named(domain).meter
    #expect(meter.models.structures.count >= 1)
    for structure in meter.models.structures {
      let evaluator = TermEvaluator(structure, meter)
      for (name, _) in meter.axioms {
        let constant = try #require(meter.theory.constant(named: name))
        #expect(evaluator.value(meter.theory[constant].type) == 1, "\(structure.name): \(name)")
      }
    }
  }

  @Test func countermodelIsPrinted() throws {
    let model = try Fixture.groups.countermodel("[('a : G) -> (= (op 'a 'a) id)]")
    #expect(
      model
        == Countermodel(
          name: "Z3",
          symbols: [
            .init(name: "op", value: "[0 1 2 / 1 2 0 / 2 0 1]"), .init(name: "id", value: "0"),
            .init(name: "inv", value: "[0 2 1]"),
          ], assignment: [.init(name: "'a0", value: "1")]))
    let logic = try Fixture.logic.countermodel("[('P : prop) -> ('Q : prop) -> 'P -> 'Q]")
    #expect(logic.assignment.map(\.value) == ["true", "false"])
    #expect(
      logic.symbols == [
        .init(name: "false", value: "false"), .init(name: "not", value: "[true false]"),
        .init(name: "and", value: "[false false / false true]"),
        .init(name: "or", value: "[false true / true true]"),
        .init(name: "iff", value: "[true false / false true]"),
      ])
    let number = try Fixture.natAdd.countermodel("[('n : nat) -> (= (+ 'n 1) 'n)]")
    #expect(number == Countermodel(name: "ℕ", assignment: [.init(name: "'a0", value: "0")]))
  }

  /// Only variables that are mentioned have names, and hypotheses have none.
  @Test func namesAreThoseOfThePrinter() throws {
    let model = try Fixture.groups.countermodel(
      """
      [('a : G) -> ('b : G) -> [('c : G) -> (= 'c 'c)] -> ('d : G) -> (= 'b 'b)
       -> ('e : G) -> (= 'b 'e)]
      """)
    #expect(model.assignment.map(\.name) == ["'a0", "'a1"])
    #expect(model.assignment[0].value != model.assignment[1].value)
  }
}

/// Evaluates closed terms of the kernel in a finite structure, with functions as arrays of values:
/// slow, and another code than the one that is tested.
private struct TermEvaluator {
  enum Value: Equatable {
    case element(Int)
    case function([Value])
  }

  let structure: Structure
  let meter: TruthMeter
  let arena: TermArena

  init(_ structure: Structure, _ meter: TruthMeter) {
    self.structure = structure
    self.meter = meter
    arena = TermArena(meter.theory.terms)
  }

  func value(_ term: Term) -> Int? {
    if case .element(let value) = value(term, []) { value } else { nil }
  }

  private func elements(_ type: Term) -> [Value]? {
    switch arena.view(type) {
    case .sort(.prop): return [.element(0), .element(1)]
    case .constant(let constant):
      guard let id = meter.sorts[constant], case .sort(let sort) = meter.signature.types[id] else {
        return nil
      }
      return (0..<structure.layout.sizes[sort]).map { .element($0) }
    case .pi(let domain, let body):
      guard let inputs = elements(domain), arena.node(body).looseBound == 0,
        let outputs = elements(body)
      else { return nil }
      return inputs.reduce([[]]) { tables, _ in
        tables.flatMap { table in outputs.map { table + [$0] } }
      }.map { .function($0) }
    default: return nil
    }
  }

  private func apply(_ function: Value, _ argument: Value, over inputs: [Value]) -> Value {
    guard case .function(let table) = function, let index = inputs.firstIndex(of: argument) else {
      preconditionFailure("no function")
    }
    return table[index]
  }

  /// `environment`: values and domains, innermost last; a proof is no value.
  private func value(_ term: Term, _ environment: [(value: Value, type: Term)?]) -> Value {
    switch arena.view(term) {
    case .pi(let domain, let body):
      if let elements = elements(domain) {
        let holds = elements.allSatisfy {
          value(body, environment + [($0, domain)]) == .element(1)
        }
        return .element(holds ? 1 : 0)
      }
      if value(domain, environment) == .element(0) { return .element(1) }
      return value(body, environment + [nil])
    default: break
    }
    if let (_, left, right) = arena.equalitySides(term) {
      return .element(value(left, environment) == value(right, environment) ? 1 : 0)
    }
    let (head, arguments) = arena.spine(term)
    switch arena.view(head) {
    case .variable(let index):
      let bound = environment[environment.count - 1 - index]!
      var (result, type) = (bound.value, bound.type)
      for argument in arguments {
        guard case .pi(let domain, let codomain) = arena.view(type) else {
          preconditionFailure("no function type")
        }
        result = apply(result, value(argument, environment), over: elements(domain)!)
        type = codomain
      }
      return result
    case .constant(let constant):
      let symbol = meter.symbols[constant]!
      var cell = 0
      for (position, argument) in arguments.enumerated() {
        guard case .element(let value) = value(argument, environment) else {
          preconditionFailure("a function as an argument")
        }
        cell = cell * structure.layout.inputs[symbol][position] + value
      }
      return .element(structure.cells[structure.layout.offsets[symbol] + cell])
    default: preconditionFailure("unexpected term")
    }
  }
}
