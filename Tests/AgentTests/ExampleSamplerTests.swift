import Randomness
import TestSupport
import Testing

@testable import Agent

@Suite struct ExampleSamplerTests {
  /// Two iterations of examples, told apart by their first token.
  static func buffer(_ random: inout RandomStream) -> [ExampleSet] {
    (0..<2).map { iteration in
      var set = RandomExamples().set(conjectures: 12, proofs: 20, theorems: 3, &random)
      for index in set.conjectures.indices { set.conjectures[index].tokens[0] = Int32(iteration) }
      for index in set.proofs.indices { set.proofs[index].state[0] = Int32(iteration) }
      return set
    }
  }

  static func rows(_ draw: ExampleSampler.Draw) -> (conjectures: Int, proofs: Int) {
    (
      draw.conjectures.reduce(0) { $0 + $1.tokens.count + 1 },
      draw.proofs.reduce(0) { $0 + $1.state.count + $1.options.reduce(0) { $0 + $1.count } }
    )
  }

  @Test func drawsAreExamples() throws {
    try forAll(100) { random in
      let buffer = ExampleSamplerTests.buffer(&random)
      let limit = 2 + random.uniform(below: 6)
      let settings = Learner.Settings(batchRows: 900, optionLimit: limit)
      let sampler = ExampleSampler(buffer, settings: settings)
      let key = RandomKey(seed: random.next())
      let draw = sampler.draw(key: key)
      let (conjectures, proofs) = (buffer.flatMap(\.conjectures), buffer.flatMap(\.proofs))
      for example in draw.conjectures { try #require(conjectures.contains(example)) }
      for example in draw.proofs {
        try #require(example.options.count <= limit)
        let isDrawn = proofs.contains { original in
          guard original.state == example.state, original.value == example.value else {
            return false
          }
          guard let chosen = original.chosen else {
            return example.chosen == nil && example.options.isEmpty
          }
          guard let kept = example.chosen,
            example.options.count == min(limit, original.options.count)
          else { return false }
          // The chosen option stays, and the others keep their order.
          var rest = original.options[...]
          return example.options[kept] == original.options[chosen]
            && example.options.allSatisfy { option in
              guard let index = rest.firstIndex(of: option) else { return false }
              rest = rest[(index + 1)...]
              return true
            }
        }
        try #require(isDrawn, "\(example)")
      }
      // A quarter of the rows for conjectures; only the last example goes beyond.
      let rows = ExampleSamplerTests.rows(draw)
      try #require((225..<225 + 21).contains(rows.conjectures))
      try #require((675..<675 + 30 + 12 * 6).contains(rows.proofs))
      let again = sampler.draw(key: key)
      try #require(again.conjectures == draw.conjectures && again.proofs == draw.proofs)
      let other = sampler.draw(key: key.child("other"))
      try #require(other.proofs != draw.proofs)
    }
  }

  @Test func sharesOfTheNewest() throws {
    var random = RandomKey(seed: 1).stream()
    let buffer = ExampleSamplerTests.buffer(&random)
    // Newest in all: 12 of 24 conjectures, 20 of 40 proofs.
    for (share, expected) in [(0.0, 0.5), (0.5, 0.75), (1.0, 1.0)] {
      let settings = Learner.Settings(batchRows: 200_000, newestShare: share)
      let draw = ExampleSampler(buffer, settings: settings).draw(key: RandomKey(seed: 2))
      let newConjectures = draw.conjectures.count { $0.tokens[0] == 1 }
      let newProofs = draw.proofs.count { $0.state[0] == 1 }
      for (new, total) in [
        (newConjectures, draw.conjectures.count), (newProofs, draw.proofs.count),
      ] {
        #expect(total > 1_500)
        let deviation = chiSquareDeviation([new, total - new], [expected, 1 - expected])
        #expect(deviation < 4, "share \(share): \(new) of \(total)")
      }
    }
  }

  @Test func oneKindAlone() throws {
    var random = RandomKey(seed: 3).stream()
    let conjectures = RandomExamples().set(conjectures: 5, proofs: 0, theorems: 0, &random)
    let proofs = RandomExamples().set(conjectures: 0, proofs: 5, theorems: 0, &random)
    let theorems = RandomExamples().set(conjectures: 0, proofs: 0, theorems: 5, &random)
    let settings = Learner.Settings(batchRows: 500)
    let key = RandomKey(seed: 4)
    let first = ExampleSampler([conjectures], settings: settings).draw(key: key)
    #expect(first.proofs.isEmpty && ExampleSamplerTests.rows(first).conjectures >= 500)
    let second = ExampleSampler([proofs], settings: settings).draw(key: key)
    #expect(second.conjectures.isEmpty && ExampleSamplerTests.rows(second).proofs >= 500)
    // An iteration that taught nothing leaves the earlier ones.
    let third = ExampleSampler([conjectures, ExampleSet()], settings: settings).draw(key: key)
    #expect(ExampleSamplerTests.rows(third).conjectures >= 500)
    #expect(ExampleSampler([theorems], settings: settings).isEmpty)
    #expect(ExampleSampler([], settings: settings).isEmpty)
  }
}
