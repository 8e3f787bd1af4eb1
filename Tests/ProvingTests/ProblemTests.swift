import Kernel
import PeanoSyntax
import Proving
import Search
import Testing

/// The textbook problems of the repository, proved by searches that know nothing.
@Suite struct ProblemTests {
  /// Per domain, statements that an even policy proves, and a budget of expansions for each.
  static let easy = [
    "groups": [
      "symmetry": 500, "identity_squared": 50, "identity_commutes": 100,
      "identity_left_backward": 500, "inverse_left_backward": 500, "inverse_commutes": 100,
      "regroup_left": 4_000, "identity_right": 12_000, "inverse_right": 12_000,
      "inverse_congruence": 16_000, "inverse_sides_swap": 20_000,
    ],
    "nat-add": [
      "symmetry": 100, "zero_plus_zero": 10, "transitivity": 4_000, "successor_congruence": 4_000,
      "plus_zero_inside": 4_000, "plus_zero_twice": 1_000, "plus_one": 1_000, "one_plus_one": 500,
      "zero_plus": 2_000, "one_plus": 4_000, "plus_zero_hypothesis": 16_000,
      "left_congruence": 16_000,
    ],
    "nat-mul": [
      "symmetry": 100, "zero_times_zero": 10, "transitivity": 4_000, "times_zero_times_zero": 2_000,
      "zero_inside": 4_000, "product_plus": 100, "plus_one": 1_000, "zero_plus": 2_000,
      "one_times_one": 16_000, "times_zero_hypothesis": 16_000, "zero_times": 20_000,
    ],
    "propositional-logic": [
      "identity": 20, "weakening": 100, "modus_ponens": 500, "chain": 20_000, "exchange": 4_000,
      "and_swaps": 1_000, "and_of_one": 50, "uncurry": 8_000, "or_swaps": 12_000,
      "contradiction": 1_000, "not_both": 1_000, "contraposition": 8_000, "triple_negation": 8_000,
      "iff_of_one": 50, "stability": 16_000,
    ],
    "lattices": [
      "symmetry": 500, "meet_regroups_left": 20_000, "meet_idempotent": 1_000,
      "join_idempotent": 1_000, "meet_absorbs_left": 4_000, "join_absorbs_left": 4_000,
      "meet_congruence": 8_000, "join_congruence": 8_000, "below_swapped": 20_000,
      "below_by_meet": 20_000, "meet_absorbs_swapped": 16_000,
    ],
  ]

  @Test(arguments: Fixture.domains)
  func everyFileStatesPropositions(_ domain: String) throws {
    let session = ProofSession(try Fixture(domain: domain).space)
    let problems = try Fixture.problems(domain, in: session)
    #expect(problems.count >= 12)
    #expect(problems.allSatisfy { $0.script == nil })
    // No two say the same.
    #expect(Set(problems.map(\.statement)).count == problems.count)
  }

  @Test(arguments: Fixture.domains)
  func uniformSearchProves(_ domain: String) throws {
    let space = try Fixture(domain: domain).space
    let budgets = try #require(ProblemTests.easy[domain])
    #expect(budgets.count >= 10)
    for (name, budget) in budgets.sorted(by: { $0.key < $1.key }) {
      for selection in [Selection.puct(), .paper] {
        let session = ProofSession(space)
        let problem = try #require(
          try Fixture.problems(domain, in: session).first { $0.name == name }, "\(name)")
        let tree = search(problem.statement, in: session, selection, expansions: budget)
        guard let solution = tree.solution() else {
          Issue.record("\(domain), \(name), \(selection): \(tree.outcome)")
          continue
        }
        try requireProof(Derivation(solution), of: problem.statement, in: session)
      }
    }
  }
}
