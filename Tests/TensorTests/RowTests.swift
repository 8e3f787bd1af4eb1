import CTensorKernels
import CTileEmulation
import Randomness
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct RowTests {
  static let widths = [1, 3, 8, 15, 16, 17, 33, 128, 200]

  @Test(arguments: KernelLevel.available)
  func layerNormMatchesAndIgnoresItsNeighbors(_ level: KernelLevel) {
    var stream = RandomKey(seed: 1).stream()
    for width in Self.widths {
      let rows = 5
      let x = stream.floats(rows * width, deviation: 3), gain = stream.floats(width)
      let bias = stream.floats(width)
      func run(_ rows: Range<Int>) -> [Float] {
        var out = Array(repeating: Float.nan, count: rows.count * width)
        let part = Array(x[rows.lowerBound * width..<rows.upperBound * width])
        level.kernels.pointee.layer_norm(
          Int64(rows.count), Int64(width), part, Int64(width), gain, bias, 1e-5, &out, nil, nil)
        return out
      }
      let whole = run(0..<rows)
      #expect(
        error(
          whole, Reference.layerNorm(x.doubles, gain: gain.doubles, bias: bias.doubles)) < 3e-6)
      if level.kernels.pointee.has_bf16 {
        var rounded = Array(repeating: Float.nan.bf16, count: rows * width)
        level.kernels.pointee.layer_norm(
          Int64(rows), Int64(width), x, Int64(width), gain, bias, 1e-5, nil, &rounded, nil)
        #expect(rounded == whole.map(\.bf16))
      }
      let apart = (0..<rows).flatMap { run($0..<$0 + 1) }
      #expect(apart.map(\.bitPattern) == whole.map(\.bitPattern))
    }
  }

  @Test(arguments: KernelLevel.available)
  func crossEntropyMatchesAndIgnoresItsNeighbors(_ level: KernelLevel) {
    var stream = RandomKey(seed: 2).stream()
    for classes in Self.widths {
      let rows = 4
      let z = stream.floats(rows * classes, deviation: 5), weights: [Float] = [1, 0.5, 0, 2]
      let targets = (0..<rows).map { _ in Int32(stream.uniform(below: classes)) }
      var losses = Array(repeating: Float.nan, count: rows)
      var gradient = Array(repeating: Float.nan, count: rows * classes)
      level.kernels.pointee.cross_entropy(
        Int64(rows), Int64(classes), z, targets, weights, &losses, &gradient)
      for row in 0..<rows {
        let part = Array(z[row * classes..<(row + 1) * classes])
        let p = Reference.softmax(part.doubles), target = Int(targets[row])
        let weight = Double(weights[row])
        #expect(abs(Double(losses[row]) + weight * log(p[target])) < 1e-5)
        let slopes = p.indices.map { weight * (p[$0] - ($0 == target ? 1 : 0)) }
        #expect(error(Array(gradient[row * classes..<(row + 1) * classes]), slopes) < 1e-6)
        var alone = Float.nan
        level.kernels.pointee.cross_entropy(
          1, Int64(classes), part, [targets[row]], [weights[row]], &alone, nil)
        #expect(alone.bitPattern == losses[row].bitPattern)
      }
    }
  }

  @Test(arguments: KernelLevel.available)
  func gathersScattersAndSumsByRow(_ level: KernelLevel) {
    var stream = RandomKey(seed: 3).stream()
    let kernels = level.kernels.pointee
    for width in Self.widths {
      let table = (0..<6 * width).map { _ in Float(stream.uniform(below: 100)) }
      let indices: [Int32] = [5, 0, 3, 3, 1, 3, 0]
      let rows = Int64(indices.count), columns = Int64(width)
      let expected = indices.flatMap { table[Int($0) * width..<(Int($0) + 1) * width] }
      var gathered = Array(repeating: Float.nan, count: indices.count * width)
      kernels.gather(rows, columns, table, indices, &gathered)
      #expect(gathered == expected)
      kernels.gather_add(rows, columns, table, indices, &gathered)
      #expect(gathered == expected.map { 2 * $0 })
      // Integers: the sums are exact in any order.
      var scattered = Array(repeating: Float(1), count: 6 * width)
      kernels.scatter_add(rows, columns, expected, indices, &scattered)
      for row in 0..<6 {
        let times = Float(indices.filter { $0 == row }.count)
        for c in 0..<width {
          #expect(scattered[row * width + c] == 1 + times * table[row * width + c])
        }
      }
      var sums = Array(repeating: Float(2), count: width)
      kernels.column_sums(6, columns, table, columns, &sums)
      #expect(sums == (0..<width).map { c in (0..<6).reduce(2) { $0 + table[$1 * width + c] } })
    }
  }

  @Test func levelsAreNamedAndTheFastestIsCurrent() {
    #expect(KernelLevel.available.first?.description == "portable")
    let names = KernelLevel.available.map(\.description)
    #expect(Set(names).count == names.count)
    let current = String(cString: tk_current().pointee.name)
    if let forced = getenv("MINIMO_CPU").map({ String(cString: $0) }), names.contains(forced) {
      #expect(current == forced)
    } else {
      // What is emulated has to be asked for, and bf16 where it is slower than fp32.
      let fastest = names.last { $0 != "amx" || !tile_emulation_is_active() }
      #expect(current == fastest || fastest == "avx512bf16" && current == "avx512")
    }
    #expect(tk_at_level(tk_level(99)) == nil)
  }
}
