import Randomness
import Testing

@testable import Tensor

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Each operation against a plain double-precision formula: its value directly, its gradients
/// against central differences of a random linear function of that formula.
@Suite struct TapeTests {
  typealias Formula = ([[Double]]) -> [Double]

  /// - Parameter inputs: for operations that are not smooth everywhere; normal numbers by default.
  func check(
    _ shapes: [Shape], inputs: ((inout RandomStream, Int) -> [Float])? = nil,
    _ operation: (inout Tape, [Variable]) -> Variable, matches formula: Formula,
    _ location: SourceLocation = #_sourceLocation
  ) {
    var stream = RandomKey(seed: 11).stream()
    let values = shapes.enumerated().map { index, shape in
      inputs?(&stream, index) ?? stream.floats(shape.count)
    }
    var tape = Tape()
    let variables = zip(values, shapes).map { tape.variable(Tensor($0, shape: $1)) }
    let result = operation(&tape, variables)
    let truth = values.map(\.doubles)
    #expect(error(tape[result].values, formula(truth)) < 3e-6, sourceLocation: location)
    let weights = stream.floats(tape[result].count)
    let loss = tape.sum(
      tape.multiply(result, tape.constant(Tensor(weights, shape: tape.shape(result)))))
    let gradients = tape.gradients(of: loss, for: variables)
    func objective(_ x: [[Double]]) -> Double {
      zip(formula(x), weights).reduce(0) { $0 + $1.0 * Double($1.1) }
    }
    let h = 1e-5
    for (input, gradient) in gradients.enumerated() {
      #expect(gradient.shape == shapes[input], sourceLocation: location)
      let expected = truth[input].indices.map { i in
        var (low, high) = (truth, truth)
        low[input][i] -= h
        high[input][i] += h
        return (objective(high) - objective(low)) / (2 * h)
      }
      #expect(
        error(gradient.values, expected) < 5e-6, "input \(input)", sourceLocation: location)
    }
  }

  @Test func arithmetic() {
    let two: [Shape] = [[3, 5], [3, 5]]
    check(two) {
      $0.add($1[0], $1[1])
    } matches: {
      zip($0[0], $0[1]).map { $0 + $1 }
    }
    check(two) {
      $0.subtract($1[0], $1[1])
    } matches: {
      zip($0[0], $0[1]).map { $0 - $1 }
    }
    check(two) {
      $0.multiply($1[0], $1[1])
    } matches: {
      zip($0[0], $0[1]).map { $0 * $1 }
    }
    check([[3, 5]]) {
      $0.scale($1[0], by: -2.5)
    } matches: {
      $0[0].map { -2.5 * $0 }
    }
    check([[3, 5]]) {
      $0.sum($1[0])
    } matches: {
      [$0[0].reduce(0, +)]
    }
    check([[3, 5], [5]]) {
      $0.addBias($1[0], $1[1])
    } matches: { x in
      x[0].enumerated().map { $1 + x[1][$0 % 5] }
    }
  }

  @Test func functions() {
    check([[7]]) {
      $0.exp($1[0])
    } matches: {
      $0[0].map { exp($0) }
    }
    check([[7]]) {
      $0.tanh($1[0])
    } matches: {
      $0[0].map { tanh($0) }
    }
    check([[7]]) {
      $0.sigmoid($1[0])
    } matches: {
      $0[0].map(Reference.sigmoid)
    }
    check([[37]]) {
      $0.gelu($1[0])
    } matches: {
      $0[0].map(Reference.gelu)
    }
    check([[7]], inputs: { stream, _ in (0..<7).map { _ in Float(0.2 + 2 * stream.uniform()) } }) {
      $0.log($1[0])
    } matches: {
      $0[0].map { log($0) }
    }
    check([[8]], inputs: { stream, _ in (0..<8).map { Float($0) - 3.5 } }) {
      $0.relu($1[0])
    } matches: {
      $0[0].map { max(0, $0) }
    }
  }

  /// A variable used twice, and as both operands of one operation, gathers every contribution.
  @Test func repeatedUse() {
    check([[4]]) {
      $0.multiply($1[0], $1[0])
    } matches: {
      $0[0].map { $0 * $0 }
    }
    check([[4]]) {
      $0.add($1[0], $0.tanh($1[0]))
    } matches: {
      $0[0].map { $0 + tanh($0) }
    }
    check([[3, 3]]) {
      $0.matmul($1[0], $1[0], transposeB: true)
    } matches: {
      Reference.matmul($0[0], Reference.transpose($0[0], 3, 3), 3, 3, 3)
    }
  }

  @Test(arguments: [false, true], [false, true])
  func matmul(transposeA: Bool, transposeB: Bool) {
    let a: Shape = transposeA ? [4, 3] : [3, 4]
    let b: Shape = transposeB ? [5, 4] : [4, 5]
    check([a, b]) {
      $0.matmul($1[0], $1[1], transposeA: transposeA, transposeB: transposeB)
    } matches: { x in
      let left = transposeA ? Reference.transpose(x[0], 4, 3) : x[0]
      let right = transposeB ? Reference.transpose(x[1], 5, 4) : x[1]
      return Reference.matmul(left, right, 3, 4, 5)
    }
  }

  @Test func linear() {
    func product(_ x: [[Double]]) -> [Double] { Reference.matmul(x[0], x[1], 6, 4, 5) }
    func affine(_ x: [[Double]]) -> [Double] {
      product(x).enumerated().map { i, y -> Double in y + x[2][i % 5] }
    }
    check([[2, 3, 4], [4, 5]]) {
      $0.linear($1[0], weight: $1[1])
    } matches: {
      product($0)
    }
    check([[6, 4], [4, 5], [5], [6, 5]]) {
      $0.linear($1[0], weight: $1[1], bias: $1[2], residual: $1[3])
    } matches: { x in
      zip(affine(x), x[3]).map { $0 + $1 }
    }
    check([[6, 4], [4, 5], [6, 5]]) {
      $0.linear($1[0], weight: $1[1], residual: $1[2])
    } matches: { x in
      zip(product(x), x[2]).map { $0 + $1 }
    }
    // Two column ranges of one weight: both write into its gradient.
    check([[6, 4], [4, 5], [5]]) {
      let low = $0.linear($1[0], weight: $1[1], bias: $1[2], columns: 0..<2)
      let high = $0.linear($1[0], weight: $1[1], bias: $1[2], columns: 2..<4)
      return $0.multiply(low, high)
    } matches: { x in
      let all = affine(x)
      return (0..<12).map { (i: Int) -> Double in
        let left = i / 2 * 5 + i % 2
        return all[left] * all[left + 2]
      }
    }
  }

  @Test func layout() {
    check([[3, 4]]) {
      $0.transpose($1[0])
    } matches: {
      Reference.transpose($0[0], 3, 4)
    }
    check([[3, 4]]) {
      $0.reshape($1[0], [2, 6])
    } matches: {
      $0[0]
    }
    check([[3, 5]]) {
      $0.slice($1[0], columns: 1..<4)
    } matches: { x in
      (0..<3).flatMap { r in (1..<4).map { x[0][r * 5 + $0] } }
    }
    let rows: [Int32] = [2, 0, 2, 1, 2]
    check([[3, 4]]) {
      $0.gatherRows($1[0], rows)
    } matches: { x in
      rows.flatMap { x[0][Int($0) * 4..<Int($0) * 4 + 4] }
    }
  }

  @Test(arguments: [3, 16, 21])
  func layerNorm(width: Int) {
    check([[4, width], [width], [width]]) {
      $0.layerNorm($1[0], gain: $1[1], bias: $1[2])
    } matches: {
      Reference.layerNorm($0[0], gain: $0[1], bias: $0[2])
    }
    // Behind a residual connection its gradient is added to one that is there already.
    check([[4, width], [width], [width]]) {
      $0.add($1[0], $0.layerNorm($1[0], gain: $1[1], bias: $1[2]))
    } matches: { x in
      zip(x[0], Reference.layerNorm(x[0], gain: x[1], bias: x[2])).map { $0 + $1 }
    }
  }

  /// Queries, keys and values in one variable, and with separate, selected queries.
  @Test func attention() {
    let heads = 2, width = 6
    func row(_ x: [Double], _ stride: Int, _ i: Int, _ start: Int) -> [Double] {
      Array(x[i * stride + start..<i * stride + start + width])
    }
    // A root of 3 rows, two continuations of 2 and 1, and another root of 2.
    let rows: [[Int]] = [
      [0], [0, 1], [0, 1, 2], [0, 1, 2, 3], [0, 1, 2, 3, 4], [0, 1, 2, 5],
      [6], [6, 7],
    ]
    let fused = AttentionLayout(
      heads: heads, keyCount: 8,
      sequences: [
        .init(queries: 0..<3, keys: 0..<3), .init(queries: 3..<5, keys: 3..<5, prefix: 0..<3),
        .init(queries: 5..<6, keys: 5..<6, prefix: 0..<3), .init(queries: 6..<8, keys: 6..<8),
      ], visibleKeys: rows.map { Int32($0.count) })
    check([[8, 18]]) {
      $0.attention(
        queries: $1[0], keysValues: $1[0], keyColumn: width, width: width, layout: fused)
    } matches: { x in
      rows.enumerated().flatMap { i, seen in
        Reference.attend(
          row(x[0], 18, i, 0), keys: seen.map { row(x[0], 18, $0, 6) },
          values: seen.map { row(x[0], 18, $0, 12) }, heads: heads)
      }
    }
    let read = [2, 4, 7]
    let selected = AttentionLayout(
      heads: heads, keyCount: 8,
      sequences: [
        .init(queries: 0..<1, keys: 0..<3), .init(queries: 1..<2, keys: 3..<5, prefix: 0..<3),
        .init(queries: 2..<2, keys: 5..<6, prefix: 0..<3), .init(queries: 2..<3, keys: 6..<8),
      ], visibleKeys: read.map { Int32(rows[$0].count) })
    check([[3, 6], [8, 12]]) {
      $0.attention(
        queries: $1[0], keysValues: $1[1], keyColumn: 0, width: width, layout: selected)
    } matches: { x in
      read.enumerated().flatMap { i, query in
        Reference.attend(
          row(x[0], 6, i, 0), keys: rows[query].map { row(x[1], 12, $0, 0) },
          values: rows[query].map { row(x[1], 12, $0, 6) }, heads: heads)
      }
    }
  }

  @Test func losses() {
    let weights: [Float] = [1, 0.5, 2]
    let targets: [Int32] = [4, 0, 2]
    check([[3, 5]]) {
      $0.crossEntropy($1[0], targets: targets, weights: weights)
    } matches: { x in
      (0..<3).map { r in
        let p = Reference.softmax(Array(x[0][r * 5..<r * 5 + 5]))
        return -Double(weights[r]) * log(p[Int(targets[r])])
      }
    }
    let probabilities: [Float] = [0, 1, 0.25]
    check([[3, 1]]) {
      $0.binaryCrossEntropy($1[0], targets: probabilities, weights: weights)
    } matches: { x in
      (0..<3).map { i in
        let p = Reference.sigmoid(x[0][i]), t = Double(probabilities[i])
        return -Double(weights[i]) * (t * log(p) + (1 - t) * log(1 - p))
      }
    }
    let groups = [0..<2, 2..<3, 3..<7]
    let distribution: [Float] = [0.25, 0.75, 1, 0.5, 0, 0.125, 0.375]
    check([[7]]) {
      $0.groupedCrossEntropy(
        $1[0], groups: groups, probabilities: distribution, weights: weights)
    } matches: { x in
      groups.enumerated().map { index, group in
        let p = Reference.softmax(Array(x[0][group]))
        return -Double(weights[index])
          * zip(group, p).reduce(0) { $0 + Double(distribution[$1.0]) * log($1.1) }
      }
    }
  }

  @Test func extremeLogitsStayFinite() {
    var tape = Tape()
    let z = tape.variable(Tensor([-1000, 1000]))
    let loss = tape.sum(tape.binaryCrossEntropy(z, targets: [1, 1], weights: [1, 1]))
    #expect(tape[loss][0] == 1000)
    #expect(tape.gradients(of: loss, for: [z])[0].values == [-1, 0])
  }

  @Test func constantsAndStrangersGetNothing() {
    var tape = Tape()
    let x = tape.variable(Tensor([1, 2])), c = tape.constant(Tensor([3, 4]))
    let other = tape.variable(Tensor([5]))
    let loss = tape.sum(tape.multiply(x, c))
    let gradients = tape.gradients(of: loss, for: [x, other])
    #expect(gradients[0].values == [3, 4])
    #expect(gradients[1].values == [0])
    // The same tape can be walked again.
    #expect(tape.gradients(of: loss, for: [x]) == [gradients[0]])
  }
}
