import Conjecturing
import Kernel
import Probability
import Proving
import Randomness
import TestSupport
import Testing

/// What can be posed is exactly what the kernel accepts, and how often is what the weights say.
@Suite struct ExactnessTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let name: String
    let length: Int
    let formers: Set<String>
    var quantifiesPropositions = false
    var functionTypes: @Sendable (Theory, TermArena) -> [(Term, Int)] = { _, _ in [] }
    var equatesPropositions = false
    var testDescription: String { "\(name) up to \(length)" }
  }

  static let cases: [Case] = [
    Case(name: "groups", length: 9, formers: ["G"]),
    Case(name: "logic", length: 6, formers: [], quantifiesPropositions: true),
    Case(
      name: "logic", length: 6, formers: [], quantifiesPropositions: true,
      equatesPropositions: true),
    Case(name: "naturals", length: 11, formers: ["nat"]),
    Case(name: "sets", length: 10, formers: ["A", "B"], quantifiesPropositions: true),
    Case(name: "vectors", length: 11, formers: ["nat", "vec"]),
    Case(name: "finite", length: 10, formers: ["nat", "fin", "odd"], quantifiesPropositions: true),
    Case(
      name: "functions", length: 9, formers: ["nat"], quantifiesPropositions: true,
      functionTypes: { theory, arena in
        let nat = arena.constant(theory.constant(named: "nat")!)
        return [(arena.arrow(nat, .prop), 3), (arena.arrow(nat, nat), 3)]
      }),
    Case(name: "lists", length: 8, formers: ["nat", "list"], quantifiesPropositions: true),
    Case(name: "division", length: 10, formers: ["nat"], quantifiesPropositions: true),
    Case(name: "definitions", length: 9, formers: ["nat", "vec"]),
    Case(
      name: "parity", length: 11, formers: ["nat", "odd", "even"], quantifiesPropositions: true),
    Case(
      name: "absurdity", length: 8, formers: ["nat"], quantifiesPropositions: true,
      functionTypes: { theory, arena in
        [(arena.arrow(arena.constant(theory.constant(named: "nat")!), .prop), 3)]
      }),
  ]

  @Test(arguments: cases)
  func posesAllThatIsWellTyped(_ test: Case) throws {
    let theory = Tiny.named(test.name)
    let brute = BruteForce(
      theory, formers: test.formers, quantifiesPropositions: test.quantifiesPropositions,
      equatesPropositions: test.equatesPropositions,
      functionTypes: { test.functionTypes(theory, $0) })
    let expected = brute.statements(upTo: test.length)
    let grammar = ConjectureGrammar(
      theory: theory,
      options: ConjectureGrammar.Options(equatesPropositions: test.equatesPropositions))
    let process = ConjectureProcess(grammar: grammar, lengthLimit: test.length)
    let exact = try enumerate(
      process, under: UniformModel<ConjectureQuery>(), maximumChoices: 3_000_000
    ) { $0.tokens }
    #expect(exact.isComplete)
    #expect(exact.stuck == -.infinity)
    var posed: Set<Term> = []
    for (conjecture, _) in exact.outcomes {
      posed.insert(conjecture.statement(in: brute.arena))
    }
    #expect(posed.count == exact.outcomes.count)
    func shown(_ terms: Set<Term>) -> [String] {
      terms.sorted().prefix(5).map {
        "\(Conjecture(statement: $0, in: brute.arena, theory: theory)!.named(theory))"
      }
    }
    #expect(expected.count > 20)
    #expect(shown(expected.subtracting(posed)) == [], "withheld")
    #expect(shown(posed.subtracting(expected)) == [], "not well-typed")
  }
}

extension Conjecture {
  /// The tokens, readable.
  func named(_ theory: Theory) -> String {
    tokens.map { token in
      switch token {
      case .constant(let constant): theory[constant].name
      case .variable(let level): "'\(level)"
      default: "\(token)"
      }
    }.joined(separator: " ")
  }
}
