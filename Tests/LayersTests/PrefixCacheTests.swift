import Randomness
import TestSupport
import Testing

@testable import Layers
@testable import Tensor

@Suite struct PrefixCacheTests {
  /// Few different tokens, so that much is shared.
  static func tokens(_ count: Int, _ stream: inout RandomStream) -> [Int32] {
    (0..<count).map { _ in Int32(stream.uniform(below: 2)) }
  }

  /// What the heads say after each sequence, computed alone.
  static func alone(_ sequences: [[Int32]], _ transformer: Transformer) -> [[UInt32]] {
    sequences.map { tokens in
      var packed = PackedSequences()
      packed.append(tokens)
      return bits(packed, [Int32(tokens.count - 1)], transformer, cache: nil)[0]
    }
  }

  static func bits(
    _ sequences: PackedSequences, _ rows: [Int32], _ transformer: Transformer, cache: CacheRows?
  ) -> [[UInt32]] {
    let result = transformer.evaluate(
      InferenceRequest(sequences: sequences, tokenRows: rows, valueRows: rows, policyRows: rows),
      cache: cache)
    let vocabulary = transformer.configuration.vocabulary
    return rows.indices.map { index in
      result.tokenLogits.stretch(from: index * vocabulary, shape: [vocabulary]).values.map(
        \.bitPattern)
        + [result.values[index].bitPattern, result.policyScores[index].bitPattern]
    }
  }

  /// Alternatives take one row per node of their tree, and each ends with the bits that it has
  /// alone: equal ones, and those that others continue, among them.
  @Test func alternativesShareTheirBeginnings() throws {
    let transformer = Sample.transformer()
    try forAll(40, seed: 1) { stream in
      let root = Self.tokens(1 + stream.uniform(below: 5), &stream)
      let alternatives = (0..<1 + stream.uniform(below: 8)).map { _ in
        Self.tokens(1 + stream.uniform(below: 6), &stream)
      }
      var packed = PackedSequences()
      let segment = packed.append(root)
      let rows = packed.append(alternatives: alternatives, after: segment)
      // Something behind it must not matter.
      packed.append(Self.tokens(3, &stream))
      let beginnings = Set(alternatives.flatMap { a in a.indices.map { Array(a[...$0]) } })
      try #require(packed.rowCount == root.count + beginnings.count + 3)
      try #require(
        Self.bits(packed, rows, transformer, cache: nil)
          == Self.alone(alternatives.map { root + $0 }, transformer))
    }
  }

  /// Batch after batch through one cache: the bits of sequences alone. A small cache is emptied
  /// again and again, and rows of one batch are claimed once.
  @Test(arguments: [1, 2, 3], [9, 40, 10_000])
  func cachedRowsKeepTheBits(layers: Int, capacity: Int) throws {
    let transformer = Sample.transformer(layers: layers)
    let bytes = capacity * layers * 2 * 24 * 4
    for tableBytes in [0, 1 << 20] {
      let cache = PrefixCache(for: transformer, bytes: bytes, tableBytes: tableBytes)
      #expect((cache.rows.table != nil) == (tableBytes > 0))
      var (held, batches) = (0, 0)
      try forAll(30, seed: 2) { stream in
        var (packed, rows, whole) = (PackedSequences(), [Int32](), [[Int32]]())
        let states = (0..<1 + stream.uniform(below: 6)).map { _ in
          Self.tokens(1 + stream.uniform(below: 9), &stream)
        }
        let options = states.map { _ in
          (0..<stream.uniform(below: 4)).map { _ in
            Self.tokens(1 + stream.uniform(below: 4), &stream)
          }
        }
        let found = cache.withBatch { index in
          zip(states, options).map { state, options in
            let place = index.place(state.dropLast())
            index.require(state[place.held.count...], from: place.held.count)
            for option in options { index.require(option, from: state.count) }
            return place
          }
        } evaluate: { places in
          for (place, (state, options)) in zip(places, zip(states, options)) {
            held += place.held.count
            let before = packed.rowCount
            let segment = packed.append(state, at: place)
            #expect(packed.rowCount - before == state.count - place.held.count)
            rows.append(Int32(segment.rows.upperBound - 1))
            rows += packed.append(alternatives: options, after: segment)
            whole += [state] + options.map { state + $0 }
          }
          return Self.bits(packed, rows, transformer, cache: cache.rows)
        }
        batches += 1
        try #require(found == Self.alone(whole, transformer))
      }
      #expect(held > batches, "\(held) tokens of \(batches) batches were held")
    }
  }

  @Test func placesAreGivenByToken() {
    let cache = PrefixCache(for: Sample.transformer(), bytes: 6 * 2 * 2 * 24 * 4)
    func places(
      _ sequences: [[Int32]], during: () -> Void = {}
    ) -> [CachePlace] {
      cache.withBatch { index in
        sequences.map { index.place($0) }
      } evaluate: {
        during()
        return $0
      }
    }
    func place(_ held: [Int32], _ claimed: [Int32]) -> CachePlace {
      var place = CachePlace()
      (place.held, place.claimed) = (held, claimed)
      return place
    }
    // The second waits for nothing that the first claims.
    #expect(places([[1, 2, 3], [1, 2, 4]]) == [place([], [0, 1, 2]), place([], [])])
    #expect(places([[1, 2, 4], [2]]) == [place([0, 1], [3]), place([], [4])])
    // Room for one more.
    #expect(places([[2, 1, 1], [1, 2, 3, 4]]) == [place([4], [5]), place([0, 1, 2], [])])
    // Full: emptied before the next batch.
    #expect(places([[1]]) == [place([], [0])])
    // What a batch fills is not there for one that begins meanwhile.
    let first = places([[1, 2, 3]]) {
      #expect(places([[1, 2, 4], [1, 1]]) == [place([0], []), place([0], [3])])
      #expect(places([[1, 1, 2]]) == [place([0, 3], [4])])
    }
    #expect(first == [place([0], [1, 2])])
    // Full, but read by another batch: none gets a place until that one ends.
    let last = places([[1, 2, 3, 4]]) {
      #expect(places([[1, 2, 3]]) == [place([], [])])
      #expect(places([[1]]) == [place([], [])])
    }
    #expect(last == [place([0, 1, 2], [5])])
    #expect(places([[1]]) == [place([], [0])])
  }

  /// Batches at the same time, through a cache that is emptied again and again.
  @Test func concurrentBatchesKeepTheBits() async throws {
    let transformer = Sample.transformer(layers: 2)
    let cache = PrefixCache(for: transformer, bytes: 25 * 2 * 2 * 24 * 4, tableBytes: 1 << 20)
    await withTaskGroup(of: Int.self) { group in
      for task in 0..<4 {
        group.addTask {
          var stream = RandomKey(seed: 12).child("task", task).stream()
          var wrong = 0
          for _ in 0..<200 {
            let states = (0..<3).map { _ in
              Self.tokens(1 + stream.uniform(below: 9), &stream)
            }
            let found = cache.withBatch { index in
              states.map { state in
                let place = index.place(state.dropLast())
                index.require(state[place.held.count...], from: place.held.count)
                return place
              }
            } evaluate: { places in
              var packed = PackedSequences()
              let rows = zip(states, places).map { state, place in
                Int32(packed.append(state, at: place).rows.upperBound - 1)
              }
              return Self.bits(packed, rows, transformer, cache: cache.rows)
            }
            if found != Self.alone(states, transformer) { wrong += 1 }
          }
          return wrong
        }
      }
      #expect(await group.reduce(0, +) == 0)
    }
  }

  /// A branch appended out of order would see the keys of another.
  @Test func branchesComeDepthFirst() async {
    await #expect(processExitsWith: .failure) {
      var packed = PackedSequences()
      let root = packed.append([1])
      let left = packed.append([2], after: root)
      packed.append([3], after: root)
      packed.append([4], after: left)
    }
  }
}
