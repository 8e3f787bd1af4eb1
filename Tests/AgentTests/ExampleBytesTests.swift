import Randomness
import TestSupport
import Testing

@testable import Agent

/// Examples as bytes, and bytes that are no examples.
@Suite struct ExampleBytesTests {
  static func sets(_ random: inout RandomStream) -> ExampleSet {
    RandomExamples(vocabulary: 1 << 30).set(
      conjectures: random.uniform(below: 4), proofs: random.uniform(below: 4),
      theorems: random.uniform(below: 4), &random)
  }

  @Test func roundTrip() throws {
    try forAll(300) { random in
      let set = ExampleBytesTests.sets(&random)
      let bytes = set.bytes
      try #require(try ExampleSet(bytes: bytes) == set)
      try #require(try ExampleSet(bytes: bytes).bytes == bytes)
    }
    #expect(try ExampleSet(bytes: ExampleSet().bytes) == ExampleSet())
  }

  @Test func layout() throws {
    var set = ExampleSet()
    set.conjectures = [ConjectureExample(difficulty: .easy, tokens: [-1])]
    set.proofs = [ProofExample(state: [3], options: [[4, 5]], chosen: 0, value: 1)]
    set.theorems = [[6]]
    set.attempts = [Attempt(limit: 9, isProved: true), Attempt(limit: 7, isProved: false)]
    let words: [UInt32] = [
      1, 1, 1, 0xFFFF_FFFF, 1, 1, 3, 1, 2, 4, 5, 1, 0x3F80_0000, 1, 1, 6, 2, 19, 14,
    ]
    let bytes = words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
    }
    #expect(set.bytes == Array("minimo-examples-2\n".utf8) + bytes)
  }

  /// The outcome of reading: the set, or the typed error's offset.
  static func read(_ bytes: [UInt8]) -> Result<ExampleSet, ExampleSet.FormatError> {
    do throws(ExampleSet.FormatError) {
      return .success(try ExampleSet(bytes: bytes))
    } catch {
      return .failure(error)
    }
  }

  @Test func everyTruncation() throws {
    try forAll(20, seed: 1) { random in
      let bytes = ExampleBytesTests.sets(&random).bytes
      for count in 0..<bytes.count {
        guard case .failure(let error) = ExampleBytesTests.read(Array(bytes.prefix(count))) else {
          throw Accepted()
        }
        try #require(error.offset <= count && error.description.contains("\(error.offset)"))
      }
      guard case .failure = ExampleBytesTests.read(bytes + [0]) else { throw Accepted() }
    }
  }

  struct Accepted: Error {}

  /// What corrupted bytes are read as, if anything, is what they say: nothing is guessed.
  @Test func corruption() throws {
    var refused = 0
    try forAll(4_000, seed: 2) { random in
      var bytes = ExampleBytesTests.sets(&random).bytes
      for _ in 0..<1 + random.uniform(below: 3) {
        let position = random.uniform(below: bytes.count)
        switch random.uniform(below: 4) {
        case 0: bytes[position] = UInt8(random.uniform(below: 256))
        case 1: bytes[position] ^= 1 << UInt8(random.uniform(below: 8))
        case 2: bytes.remove(at: position)
        default: bytes.insert(UInt8(random.uniform(below: 256)), at: position)
        }
        if bytes.isEmpty { break }
      }
      switch ExampleBytesTests.read(bytes) {
      case .success(let set): try #require(set.bytes == bytes)
      case .failure: refused += 1
      }
    }
    #expect(refused > 2_000)
  }

  @Test func noise() throws {
    try forAll(500, seed: 3) { random in
      let noise = (0..<random.uniform(below: 200)).map { _ in UInt8(random.uniform(below: 256)) }
      guard case .failure = ExampleBytesTests.read(noise) else { throw Accepted() }
      _ = ExampleBytesTests.read(Array("minimo-examples-2\n".utf8) + noise)
    }
  }

  /// Counts far beyond the end are errors at once, wherever they stand.
  @Test func hostileCounts() throws {
    var set = ExampleSet()
    set.conjectures = [ConjectureExample(difficulty: .hard, tokens: [1, 2])]
    set.proofs = [ProofExample(state: [3], options: [[4], [5]], chosen: 1, value: 0.5)]
    set.theorems = [[6, 7]]
    set.attempts = [Attempt(limit: 8, isProved: true)]
    let bytes = set.bytes
    let start = "minimo-examples-2\n".utf8.count
    for position in stride(from: start, to: bytes.count, by: 4) {
      for word: UInt32 in [0xFFFF_FFFF, 0x7FFF_FFFF, 0x4000_0000, 0x0001_0000] {
        var hostile = bytes
        for index in 0..<4 {
          hostile[position + index] = UInt8(truncatingIfNeeded: word >> UInt32(8 * index))
        }
        if case .success(let read) = ExampleBytesTests.read(hostile) {
          #expect(read.bytes == hostile)
        }
      }
    }
    for value in [Float.nan, .infinity, -0.5, 1.5] {
      set.proofs[0].value = value
      guard case .failure = ExampleBytesTests.read(set.bytes) else {
        Issue.record("read the value \(value)")
        continue
      }
    }
    set.proofs[0].value = 1
    set.proofs[0].chosen = 2
    guard case .failure = ExampleBytesTests.read(set.bytes) else {
      Issue.record("read a choice that is not there")
      return
    }
  }
}
