import Randomness
import Testing

@Suite struct PartStartTests {
  /// A stream is one word and then its part, however many streams are started together and however
  /// many words are computed ahead.
  @Test(arguments: [1, 3, 4, 5, 8, 13, 64])
  func startsAreThoseOfTheParts(count: Int) {
    for (key, first) in [
      (RandomKey(seed: 1), 0), (RandomKey(seed: 2).child("x"), 7),
      (RandomKey(seed: 3), 1 << 31 - 2), (RandomKey(seed: 3), (1 << 32) - count),
    ] {
      for isLong in [false, true] {
        let starts = withUnsafeTemporaryAllocation(of: PartStart.self, capacity: count) { buffer in
          key.writeStarts(ofPartsFrom: first, to: buffer, isLong: isLong)
          return Array(buffer)
        }
        for offset in 0..<count {
          let part = first + offset
          var part0 = RandomStream(key: key, part: part)
          var started = RandomStream(key: key, part: part, start: starts[offset])
          var alone = RandomStream(key: key, part: part, start: key.start(ofPart: part))
          #expect(!started.isPastFirstWord)
          #expect(started.next() == alone.next())
          #expect(!started.isPastFirstWord)
          for _ in 0..<7 {
            let word = part0.next()
            #expect(started.next() == word && alone.next() == word)
            #expect(started.isPastFirstWord && alone.isPastFirstWord)
          }
          #expect(started.normal() == part0.normal())
        }
      }
    }
  }

  /// In blocks, of which the last is not full.
  @Test(arguments: [0, 1, 127, 128, 129, 300])
  func startsComeInOrder(count: Int) {
    for (key, first) in [(RandomKey(seed: 1), 0), (RandomKey(seed: 2), 131)] {
      for isLong in [false, true] {
        var next = 0
        key.forEachStart(ofPartsFrom: first, count: count, isLong: isLong) { offset, start in
          let part = first + offset
          var started = RandomStream(key: key, part: part, start: start)
          var alone = RandomStream(key: key, part: part, start: key.start(ofPart: part))
          #expect(offset == next)
          for _ in 0..<4 { #expect(started.next() == alone.next()) }
          next += 1
        }
        #expect(next == count)
      }
    }
  }

  /// First words are those of Philox for the child key "lead", two streams to a block.
  @Test func firstWordsDiffer() {
    let key = RandomKey(seed: 9)
    var words: Set<UInt64> = []
    for part in 0..<1000 {
      var lead = RandomStream(key: key.child("lead"), part: part / 2)
      if part % 2 == 1 { _ = lead.next() }
      var stream = RandomStream(key: key, part: part, start: key.start(ofPart: part))
      let word = stream.next()
      #expect(word == lead.next())
      words.insert(word)
    }
    #expect(words.count == 1000)
  }
}
