import CTensorKernels
import Randomness
import TestSupport
import Testing

@Suite struct ProductTests {
  /// Around the tile (12 x 32, 6 x 16, 4 x 8, 32 x 32), the blocks (240 or 256 rows, 256 or 512
  /// terms) and beyond.
  static let sizes = [
    (1, 1, 1), (1, 32, 7), (3, 5, 0), (4, 8, 16), (5, 33, 3), (11, 31, 17), (12, 32, 64),
    (13, 64, 255), (25, 40, 256), (7, 96, 257), (241, 16, 9), (300, 24, 520),
    (33, 32, 32), (257, 33, 31),
  ]

  @Test(arguments: KernelLevel.available)
  func matchesDoublePrecision(_ level: KernelLevel) {
    var stream = RandomKey(seed: 1).stream()
    var cases = 0
    for (m, n, k) in Self.sizes {
      for options in 0..<64 {
        var product = Product(
          m: m, n: n, k: k, a: stream.floats(m * max(k, 1)), b: stream.floats(max(k, 1) * n))
        product.transposedA = options & 1 != 0
        product.transposedB = options & 2 != 0
        product.packed = options & 4 != 0
        if options & 8 != 0 { product.initial = stream.floats(m * n) }
        if options & 16 != 0 { product.bias = stream.floats(n) }
        product.gelu = options % 3 == 0
        product.bf16 = options & 32 != 0
        let worst = error(product.run(level.kernels), product.expected(level))
        #expect(worst < 3e-6, "\(m) x \(n) x \(k), options \(options): \(worst)")
        cases += 1
      }
    }
    #expect(cases == Self.sizes.count * 64)
  }

  /// Rows alone, in pairs and at other places have the bits they have in the whole.
  @Test(arguments: KernelLevel.available)
  func rowsDoNotDependOnTheBatch(_ level: KernelLevel) throws {
    try forAll(60, seed: 2) { stream in
      let m = 1 + stream.uniform(below: 40), n = 8 * (1 + stream.uniform(below: 10))
      let k = 1 + stream.uniform(below: 300)
      var product = Product(m: m, n: n, k: k, a: stream.floats(m * k), b: stream.floats(k * n))
      product.transposedB = stream.uniform() < 0.3
      product.gelu = stream.uniform() < 0.3
      product.bf16 = stream.uniform() < 0.5
      product.bias = stream.uniform() < 0.5 ? stream.floats(n) : nil
      product.initial = stream.uniform() < 0.5 ? stream.floats(m * n) : nil
      let whole = product.run(level.kernels)
      for size in [1, 2, 5, 13] {
        for start in stride(from: 0, to: m, by: size) {
          let rows = start..<min(m, start + size)
          product.packed = stream.uniform() < 0.5
          let part = product.run(level.kernels, rows: rows)
          try #require(
            part.map(\.bitPattern)
              == whole[rows.lowerBound * n..<rows.upperBound * n].map(\.bitPattern),
            "rows \(rows) of \(m) x \(n) x \(k)")
        }
      }
    }
  }

  /// A rounded before and C rounded after give the bits of rounding when read.
  @Test(arguments: KernelLevel.available.filter { $0.kernels.pointee.has_bf16 })
  func roundedOperandsKeepTheBits(_ level: KernelLevel) throws {
    try forAll(120, seed: 4) { stream in
      let pairs = 2 * Int(level.kernels.pointee.pair_block)
      let m = 1 + stream.uniform(below: 270), n = 1 + stream.uniform(below: 100)
      let k = pairs * (1 + stream.uniform(below: 1200 / pairs))
      var product = Product(m: m, n: n, k: k, a: stream.floats(m * k), b: stream.floats(k * n))
      product.bf16 = true
      product.packed = stream.uniform() < 0.5
      product.gelu = stream.uniform() < 0.5
      product.bias = stream.uniform() < 0.5 ? stream.floats(n) : nil
      product.initial = stream.uniform() < 0.5 ? stream.floats(m * n) : nil
      let plain = product.run(level.kernels)
      // Of more terms than a block, sums wait in C, which has to be fp32.
      let isWhole = k <= 2 * Int(level.kernels.pointee.term_block)
      for (a, c) in [(true, false), (false, true), (true, true)] where isWhole || !c {
        (product.roundedA, product.roundedC) = (a, c)
        let expected = c ? plain.map(\.roundedToBF16) : plain
        try #require(
          product.run(level.kernels).map(\.bitPattern) == expected.map(\.bitPattern),
          "\(m) x \(n) x \(k), A \(a), C \(c)")
      }
    }
  }

  /// Multiplying small integers is exact, also in bf16, so every level agrees to the bit.
  @Test(arguments: KernelLevel.available)
  func smallIntegersAreExact(_ level: KernelLevel) {
    var stream = RandomKey(seed: 3).stream()
    let (m, n, k) = (29, 45, 600)
    var product = Product(
      m: m, n: n, k: k, a: (0..<m * k).map { _ in Float(stream.uniform(below: 17) - 8) },
      b: (0..<k * n).map { _ in Float(stream.uniform(below: 17) - 8) })
    for bf16 in [false, true] {
      product.bf16 = bf16
      #expect(product.run(level.kernels).map(Double.init) == product.expected(level))
    }
  }
}
