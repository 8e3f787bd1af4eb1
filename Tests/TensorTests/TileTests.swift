import CTensorKernels
import CTileEmulation
import Randomness
import TestSupport
import Testing

/// Products in AMX's tiles, by the CPU or in software.
@Suite(.enabled(if: tk_at_level(TK_LEVEL_AMX) != nil))
struct TileTests {
  let level = KernelLevel(level: TK_LEVEL_AMX)

  @Test(.enabled(if: tile_emulation_is_active()))
  func productsOfBF16AreTileInstructions() {
    for (bf16, instructions) in [(false, 0), (true, 1 + 4 + 3 * 8 + 4 + 1)] {
      let before = tile_emulation_count()
      var product = Product(
        m: 32, n: 32, k: 96, a: Array(repeating: 1, count: 32 * 96),
        b: Array(repeating: 1, count: 96 * 32))
      product.bf16 = bf16
      #expect(product.run(level.kernels) == Array(repeating: 96, count: 32 * 32))
      #expect(tile_emulation_count() - before == instructions)
    }
  }

  /// To the bit: of each 32 terms those of even and of odd place apart, then all together
  /// (Intel's Software Developer's Manual, volume 2, TDPBF16PS); of each 512 terms from zero.
  @Test func sumsAreInTheDocumentedOrder() throws {
    try forAll(40, seed: 9) { stream in
      let m = 1 + stream.uniform(below: 40), n = 1 + stream.uniform(below: 40)
      let k = 1 + stream.uniform(below: 1_100)
      var product = Product(m: m, n: n, k: k, a: stream.floats(m * k), b: stream.floats(k * n))
      product.bf16 = true
      let a = product.a.map(\.roundedToBF16), b = product.b.map(\.roundedToBF16)
      let expected = (0..<m * n).map { place in
        let (row, column) = (place / n, place % n)
        var total: Float = 0
        for start in stride(from: 0, to: k, by: 512) {
          var sum: Float = 0
          for block in stride(from: start, to: min(start + 512, k), by: 32) {
            var chains: [Float] = [0, 0]
            for term in block..<min(block + 32, k) {
              chains[term % 2] += a[row * k + term] * b[term * n + column]
            }
            sum += chains[0] + chains[1]
          }
          total += sum
        }
        return total
      }
      #expect(product.run(level.kernels).map(\.bitPattern) == expected.map(\.bitPattern))
    }
  }
}
