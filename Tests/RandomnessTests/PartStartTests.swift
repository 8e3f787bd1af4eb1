import Randomness
import Testing

@Suite struct PartStartTests {
  /// Words computed ahead are those that the parts have anyway, whatever the number of parts.
  @Test(arguments: [1, 3, 4, 5, 8, 13, 64])
  func startsAreThoseOfTheParts(count: Int) {
    for (key, first) in [
      (RandomKey(seed: 1), 0), (RandomKey(seed: 2).child("x"), 7),
      (RandomKey(seed: 3), 1 << 31 - 2), (RandomKey(seed: 3), (1 << 32) - count),
    ] {
      let starts = withUnsafeTemporaryAllocation(of: PartStart.self, capacity: count) { buffer in
        key.writeStarts(ofPartsFrom: first, to: buffer)
        return Array(buffer)
      }
      for offset in 0..<count {
        var plain = RandomStream(key: key, part: first + offset)
        var started = RandomStream(key: key, part: first + offset, start: starts[offset])
        for _ in 0..<7 { #expect(plain.next() == started.next()) }
        #expect(plain.normal() == started.normal())
      }
    }
  }
}
