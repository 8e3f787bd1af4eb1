import Randomness

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The operations once more, in double precision and in the plainest form: the truth of the tests.
enum Reference {
  /// A [m, k] times B [k, n].
  static func matmul(_ a: [Double], _ b: [Double], _ m: Int, _ k: Int, _ n: Int) -> [Double] {
    var c = Array(repeating: 0.0, count: m * n)
    for i in 0..<m {
      for j in 0..<n {
        for p in 0..<k { c[i * n + j] += a[i * k + p] * b[p * n + j] }
      }
    }
    return c
  }

  static func transpose(_ a: [Double], _ m: Int, _ n: Int) -> [Double] {
    (0..<n).flatMap { j in (0..<m).map { i in a[i * n + j] } }
  }

  static func gelu(_ x: Double) -> Double {
    0.5 * x * (1 + tanh((2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)))
  }

  static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

  static func layerNorm(
    _ x: [Double], gain: [Double], bias: [Double], epsilon: Double = 1e-5
  ) -> [Double] {
    let n = gain.count
    return stride(from: 0, to: x.count, by: n).flatMap { start in
      let row = x[start..<start + n]
      let mean = row.reduce(0, +) / Double(n)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
      return zip(row, zip(gain, bias)).map { x, p in
        (x - mean) / (variance + epsilon).squareRoot() * p.0 + p.1
      }
    }
  }

  static func softmax(_ z: [Double]) -> [Double] {
    let m = z.max() ?? 0
    let e = z.map { exp($0 - m) }
    let total = e.reduce(0, +)
    return e.map { $0 / total }
  }

  /// One query row over the given key and value rows, by head.
  static func attend(
    _ q: [Double], keys: [[Double]], values: [[Double]], heads: Int
  ) -> [Double] {
    let width = q.count / heads
    return (0..<heads).flatMap { head in
      let columns = head * width..<(head + 1) * width
      let weights = softmax(
        keys.map { key in
          columns.reduce(0) { $0 + q[$1] * key[$1] } / Double(width).squareRoot()
        })
      return columns.map { c in zip(weights, values).reduce(0) { $0 + $1.0 * $1.1[c] } }
    }
  }
}

extension RandomStream {
  mutating func floats(_ count: Int, deviation: Double = 1) -> [Float] {
    (0..<count).map { _ in Float(deviation * normal()) }
  }
}

/// The largest difference, relative to the scale of the expected values.
func error(_ actual: [Float], _ expected: [Double]) -> Double {
  precondition(actual.count == expected.count, "\(actual.count) and \(expected.count) values")
  let scale = max(1, expected.map(abs).max() ?? 1)
  return zip(actual, expected).reduce(0) { worst, pair in
    let difference = abs(Double(pair.0) - pair.1) / scale
    return difference.isNaN ? .infinity : max(worst, difference)
  }
}
