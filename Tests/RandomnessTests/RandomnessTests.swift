import Randomness
import TestSupport
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite struct PhiloxTests {
  /// The vectors published with Random123 (`kat_vectors`, philox4x32 10).
  @Test func knownAnswers() {
    let zero = Philox4x32.block(counter: SIMD4(repeating: 0), key: SIMD2(repeating: 0))
    #expect(zero == SIMD4(0x6627_E8D5, 0xE169_C58D, 0xBC57_AC4C, 0x9B00_DBD8))
    let ones = Philox4x32.block(
      counter: SIMD4(repeating: .max), key: SIMD2(repeating: .max))
    #expect(ones == SIMD4(0x408F_276D, 0x41C8_3B0E, 0xA20B_C7C6, 0x6D54_51FD))
    let pi = Philox4x32.block(
      counter: SIMD4(0x243F_6A88, 0x85A3_08D3, 0x1319_8A2E, 0x0370_7344),
      key: SIMD2(0xA409_3822, 0x299F_31D0))
    #expect(pi == SIMD4(0xD16C_FE09, 0x94FD_CCEB, 0x5001_E420, 0x2412_6EA1))
  }
}

@Suite struct RandomKeyTests {
  @Test func derivationIsStable() {
    // Computed by a separate program. Runs must replay across versions: these never change.
    let key = RandomKey(seed: 0)
    #expect(key.description == "52d43ecf962cf4ad9fe85ddead3322e5")
    #expect(key.child("pose", 3).description == "43dea9ab208ccdbb4c0498f504879b01")
    var stream = key.stream()
    let words = [stream.next(), stream.next(), stream.next()]
    #expect(
      words == [9_907_179_776_861_533_773, 8_918_818_247_296_067_701, 6_071_942_576_734_268_619])
  }

  @Test func childrenDiffer() {
    let root = RandomKey(seed: 0)
    var keys: Set<RandomKey> = [root]
    var count = 1
    for label in ["", "\0", "\0\0", "a", "ab", "abcdefg", "abcdefgh", "abcdefgh\0", "ba"] {
      for index in [0, 1, -1, 1 << 32, .max] {
        keys.insert(root.child(label, index))
        keys.insert(root.child(label).child("", index))
        count += 2
      }
    }
    for seed in 1...1000 as ClosedRange<UInt64> {
      keys.insert(RandomKey(seed: seed))
      count += 1
    }
    #expect(keys.count == count)
  }

  @Test func textAndCodingRoundTrip() throws {
    try forAll(200) { random in
      let key = RandomKey(seed: random.next()).child("x", Int(truncatingIfNeeded: random.next()))
      try #require(RandomKey(key.description) == key)
      let data = try JSONEncoder().encode([key])
      try #require(try JSONDecoder().decode([RandomKey].self, from: data) == [key])
    }
  }

  @Test(arguments: ["", "0", String(repeating: "g", count: 32), String(repeating: "0", count: 33)])
  func malformedText(_ text: String) throws {
    #expect(RandomKey(text) == nil)
    let data = try JSONEncoder().encode([text])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([RandomKey].self, from: data) }
  }
}

@Suite struct RandomStreamTests {
  @Test func copiesContinueAlike() {
    var stream = RandomKey(seed: 1).stream()
    _ = stream.next()
    var copy = stream
    for _ in 0..<10 { #expect(stream.next() == copy.next()) }
  }

  @Test func uniformMoments() {
    var stream = RandomKey(seed: 2).stream()
    let count = 200_000
    var (sum, squares) = (0.0, 0.0)
    for _ in 0..<count {
      let value = stream.uniform()
      #expect(value >= 0 && value < 1)
      sum += value
      squares += value * value
    }
    // Five standard errors: sd of the mean is sqrt(1/12/n), of the mean square sqrt(4/45/n).
    #expect(abs(sum / Double(count) - 1 / 2) < 5 * (1 / 12 / Double(count)).squareRoot())
    #expect(abs(squares / Double(count) - 1 / 3) < 5 * (4 / 45 / Double(count)).squareRoot())
  }

  @Test func normalMoments() {
    var stream = RandomKey(seed: 3).stream()
    let count = 200_000
    var moments = [0.0, 0.0, 0.0, 0.0]
    for _ in 0..<count {
      let value = stream.normal()
      var power = 1.0
      for order in 0..<4 {
        power *= value
        moments[order] += power / Double(count)
      }
    }
    // Variances of the sample moments of N(0,1): 1, 2, 15, 96.
    for (order, (truth, variance)) in [(0.0, 1.0), (1, 2), (0, 15), (3, 96)].enumerated() {
      #expect(abs(moments[order] - truth) < 5 * (variance / Double(count)).squareRoot())
    }
  }

  @Test(arguments: [1, 2, 3, 7, 10, 1000])
  func uniformBelow(_ bound: Int) {
    var stream = RandomKey(seed: 4).child("bound", bound).stream()
    let count = 100 * bound + 10_000
    var counts = [Int](repeating: 0, count: bound)
    for _ in 0..<count { counts[stream.uniform(below: bound)] += 1 }
    expectFrequencies(counts, [Double](repeating: 1 / Double(bound), count: bound))
  }

  /// With a bound above 2^63/2 a quarter of the words is rejected, and halves stay balanced.
  @Test func uniformBelowHugeBound() {
    var stream = RandomKey(seed: 5).stream()
    let bound = 3 << 61
    var counts = [0, 0, 0]
    for _ in 0..<30_000 { counts[stream.uniform(below: bound) >> 61] += 1 }
    expectFrequencies(counts, [1 / 3, 1 / 3, 1 / 3])
  }

  @Test func categoricalFrequencies() {
    var stream = RandomKey(seed: 6).stream()
    let shift: Float = 700
    let weights: [Float] = [shift, -.infinity, shift + 0.693_147_2, shift + 1.609_437_9]
    var counts = [0, 0, 0, 0]
    for _ in 0..<80_000 { counts[stream.categorical(logWeights: weights)] += 1 }
    #expect(counts[1] == 0)
    expectFrequencies([counts[0], counts[2], counts[3]], [1 / 8, 2 / 8, 5 / 8])
  }

  @Test func categoricalDegenerate() {
    var stream = RandomKey(seed: 7).stream()
    for _ in 0..<100 {
      #expect(stream.categorical(logWeights: [-.infinity, -1e30, -.infinity]) == 1)
    }
  }

  @Test func shuffleIsUniform() {
    var stream = RandomKey(seed: 8).stream()
    var counts = [[Int]: Int]()
    for _ in 0..<24_000 {
      var array = [0, 1, 2, 3]
      stream.shuffle(&array)
      counts[array, default: 0] += 1
    }
    #expect(counts.count == 24)
    expectFrequencies(Array(counts.values), [Double](repeating: 1 / 24, count: 24))
  }
}

private func expectFrequencies(
  _ counts: [Int], _ probabilities: [Double], sourceLocation: SourceLocation = #_sourceLocation
) {
  let deviation = chiSquareDeviation(counts, probabilities)
  #expect(deviation < 4, "counts \(counts)", sourceLocation: sourceLocation)
}
