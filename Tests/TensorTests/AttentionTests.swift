import CTensorKernels
import Randomness
import Testing

@Suite struct AttentionTests {
  static let shapes: [(heads: Int, headWidth: Int)] = [(1, 4), (2, 16), (3, 20), (2, 64)]

  static func batch(
    _ shape: (heads: Int, headWidth: Int), _ stream: inout RandomStream
  ) -> AttentionBatch {
    AttentionBatch(
      [(1, []), (13, [1, 5, 14]), (40, []), (7, [2]), (33, [3])], heads: shape.heads,
      headWidth: shape.headWidth, &stream)
  }

  @Test(arguments: KernelLevel.available)
  func matchesDoublePrecision(_ level: KernelLevel) {
    var stream = RandomKey(seed: 1).stream()
    for shape in Self.shapes {
      let batch = Self.batch(shape, &stream)
      #expect(error(batch.run(level.kernels), batch.expected) < 2e-6)
    }
  }

  /// Rounding to bf16 errs by 2^-9 of each operand: of queries and keys, which is undone here, and
  /// of weights that sum to 1, which bounds what is left.
  @Test(arguments: KernelLevel.available)
  func matchesDoublePrecisionInBF16(_ level: KernelLevel) {
    var stream = RandomKey(seed: 6).stream()
    for shape in Self.shapes {
      var batch = Self.batch(shape, &stream)
      let exact = batch.run(level.kernels)
      batch.bf16 = true
      let rounded = batch.run(level.kernels)
      guard level.kernels.pointee.has_bf16 else {
        #expect(rounded == exact)
        continue
      }
      func halves(_ x: [Float]) -> [Double] { x.map { Double($0.roundedToBF16) } }
      let expected = batch.expected(q: halves(batch.q), k: halves(batch.k), v: halves(batch.v))
      let largest = batch.v.map(abs).max()!
      #expect(error(rounded, expected) < Double(largest) / 512)
      #expect(batch.rounded(level.kernels) == rounded.map(\.bf16))
      #expect(rounded != exact)
    }
  }

  /// Against central differences of the double-precision formula.
  @Test(arguments: KernelLevel.available, [false, true])
  func gradientsMatchFiniteDifferences(_ level: KernelLevel, bf16: Bool) {
    var stream = RandomKey(seed: 2).stream()
    let tolerance = bf16 && level.kernels.pointee.has_bf16 ? 0.02 : 3e-6
    for shape in [(heads: 2, headWidth: 3), (heads: 1, headWidth: 18)] {
      var batch = AttentionBatch(
        [(1, []), (6, [1, 4]), (14, [])], heads: shape.heads, headWidth: shape.headWidth, &stream)
      batch.bf16 = bf16
      let weights = stream.floats(batch.queryCount * batch.width)
      func loss(_ q: [Double], _ k: [Double], _ v: [Double]) -> Double {
        zip(batch.expected(q: q, k: k, v: v), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      let (q, k, v) = (batch.q.doubles, batch.k.doubles, batch.v.doubles)
      let actual = batch.gradients(level.kernels, weights)
      let h = 1e-5
      func differences(_ x: [Double], _ at: ([Double]) -> Double) -> [Double] {
        x.indices.map { i in
          var (low, high) = (x, x)
          low[i] -= h
          high[i] += h
          return (at(high) - at(low)) / (2 * h)
        }
      }
      #expect(error(actual.q, differences(q) { loss($0, k, v) }) < tolerance)
      #expect(error(actual.k, differences(k) { loss(q, $0, v) }) < tolerance)
      #expect(error(actual.v, differences(v) { loss(q, k, $0) }) < tolerance)
    }
  }

  /// A continuation of a shared prefix has the bits of the whole sequence, and so has any
  /// selection of its queries.
  @Test(arguments: KernelLevel.available, [false, true])
  func sharedPrefixesAndSelectionsKeepTheBits(_ level: KernelLevel, bf16: Bool) {
    var stream = RandomKey(seed: 3).stream()
    for shape in Self.shapes {
      var batch = Self.batch(shape, &stream)
      batch.bf16 = bf16
      let width = batch.width
      let whole = batch.run(level.kernels)
      var start = 0
      for sequence in batch.sequences {
        defer { start += sequence.queries.count }
        for stride in [1, 3] {
          let chosen = Swift.stride(
            from: stride - 1, to: sequence.queries.count, by: stride
          ).map { $0 }
          guard !chosen.isEmpty else { continue }
          // The sequence alone, its prefix written out before it.
          var alone = batch
          let rows = Array(sequence.prefix) + Array(sequence.keys)
          func select(_ x: [Float], _ rows: [Int]) -> [Float] {
            rows.flatMap { x[$0 * width..<($0 + 1) * width] }
          }
          alone.k = select(batch.k, rows)
          alone.v = select(batch.v, rows)
          alone.q = select(batch.q, chosen.map { start + $0 })
          alone.sequences = [
            .init(
              queries: chosen.map { sequence.queries[$0] }, keys: 0..<rows.count, prefix: 0..<0)
          ]
          #expect(
            alone.run(level.kernels).map(\.bitPattern)
              == select(whole, chosen.map { start + $0 }).map(\.bitPattern))
        }
      }
    }
  }

  /// A sequence without keys of its own, which sees an odd number of another's, does not see the
  /// next: not even if that is no number.
  @Test(arguments: KernelLevel.available, [false, true])
  func othersDoNotShow(_ level: KernelLevel, bf16: Bool) {
    var stream = RandomKey(seed: 7).stream()
    for isPath in [false, true] {
      for shape in Self.shapes {
        var batch = AttentionBatch(
          [(4, [])], heads: shape.heads, headWidth: shape.headWidth, &stream)
        batch.bf16 = bf16
        let width = batch.width
        batch.sequences[0].queries = [4]
        batch.sequences.append(
          .init(queries: [3], keys: 4..<4, prefix: isPath ? 0..<0 : 0..<3, path: isPath ? 3 : 0))
        batch.q.removeLast(2 * width)
        let expected = batch.run(level.kernels).suffix(width)
        for column in 3 * width..<4 * width { batch.v[column] = .infinity }
        let found = batch.run(level.kernels).suffix(width)
        #expect(found.map(\.bitPattern) == expected.map(\.bitPattern))
      }
    }
  }

  /// A tree listed depth first has the bits of sequences that name their prefix, whether or not its
  /// roots have queries.
  @Test(arguments: KernelLevel.available, [false, true])
  func pathsKeepTheBits(_ level: KernelLevel, bf16: Bool) {
    var stream = RandomKey(seed: 5).stream()
    for shape in Self.shapes {
      var batch = Self.batch(shape, &stream)
      batch.bf16 = bf16
      for hasRootQueries in [true, false] {
        if !hasRootQueries {
          for (index, sequence) in batch.sequences.enumerated() where sequence.prefix.isEmpty {
            batch.q.removeLast(sequence.queries.count * batch.width)
            batch.sequences[index].queries = []
          }
        }
        var tree = batch
        for (index, sequence) in batch.sequences.enumerated() {
          tree.sequences[index].path = sequence.prefix.count
          tree.sequences[index].prefix = 0..<0
        }
        #expect(
          tree.run(level.kernels).map(\.bitPattern) == batch.run(level.kernels).map(\.bitPattern))
      }
    }
  }

  /// One query at a time over cached keys has the bits of the whole.
  @Test(arguments: KernelLevel.available, [false, true])
  func cachedKeysKeepTheBits(_ level: KernelLevel, bf16: Bool) {
    var stream = RandomKey(seed: 4).stream()
    for shape in Self.shapes {
      let count = 37
      var batch = AttentionBatch(
        [(count, [])], heads: shape.heads, headWidth: shape.headWidth, &stream)
      batch.bf16 = bf16
      let (heads, headWidth) = (Int64(shape.heads), Int64(shape.headWidth))
      let width = batch.width, capacity = Int64(count + 3)
      let kernels = level.kernels
      let size = Int(tk_cache_size(kernels, heads, headWidth, capacity, bf16))
      var cache = Array(repeating: Float.nan, count: 2 * size)
      var scratch = Array(
        repeating: Float.nan,
        count: Int(tk_attention_scratch(kernels, 1, capacity, headWidth, false, bf16)))
      let isRounded = bf16 && kernels.pointee.has_bf16
      var out = Array(repeating: Float.nan, count: count * width)
      var halves = Array(repeating: Float.nan.bf16, count: count * width)
      cache.withUnsafeMutableBufferPointer { cache in
        for i in 0..<count {
          batch.k.withUnsafeBufferPointer { k in
            batch.v.withUnsafeBufferPointer { v in
              kernels.pointee.cache_store(
                heads, headWidth, capacity, Int64(i), k.baseAddress! + i * width,
                v.baseAddress! + i * width, bf16, cache.baseAddress! + size)
            }
          }
          withUnsafePointer(to: Int32(1)) { slot in
            withUnsafePointer(to: Int32(i + 1)) { visible in
              batch.q.withUnsafeBufferPointer { q in
                out.withUnsafeMutableBufferPointer { out in
                  scratch.withUnsafeMutableBufferPointer { scratch in
                    var g = tk_cached_attention_arguments()
                    g.count = 1
                    (g.slots, g.visible) = (slot, visible)
                    (g.heads, g.head_width, g.capacity) = (heads, headWidth, capacity)
                    (g.q_row, g.out_row) = (Int64(width), Int64(width))
                    g.bf16 = bf16
                    g.q = q.baseAddress! + i * width
                    g.cache = UnsafePointer(cache.baseAddress)
                    g.out = out.baseAddress! + i * width
                    g.scratch = scratch.baseAddress
                    kernels.pointee.cached_attention(&g)
                    guard isRounded else { return }
                    halves.withUnsafeMutableBufferPointer {
                      g.out_bf16 = $0.baseAddress! + i * width
                      kernels.pointee.cached_attention(&g)
                    }
                  }
                }
              }
            }
          }
        }
      }
      #expect(out.map(\.bitPattern) == batch.run(kernels).map(\.bitPattern))
      if isRounded { #expect(halves == out.map(\.bf16)) }
    }
  }
}
