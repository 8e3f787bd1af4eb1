import CTensorKernels
import Randomness
import Testing

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

@Suite struct ElementwiseTests {
  typealias Unary =
    @convention(c) (
      Int64, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void

  static func apply(_ kernel: Unary, _ x: [Float]) -> [Float] {
    Array(unsafeUninitializedCapacity: x.count) { buffer, count in
      kernel(Int64(x.count), x, buffer.baseAddress!)
      count = x.count
    }
  }

  /// The exponential within 2 ulp over its whole range; saturated, never infinite, beyond.
  @Test(arguments: KernelLevel.available)
  func exponentialIsAccurate(_ level: KernelLevel) {
    let x = (0...200_000).map { Float(-87.3 + Double($0) * (88.3 + 87.3) / 200_000) }
    var worst = 0.0
    for (x, y) in zip(x, Self.apply(level.kernels.pointee.exponential, x)) {
      let truth = exp(Double(x))
      worst = max(worst, abs(Double(y) - truth) / Double(Float(truth).ulp))
    }
    #expect(worst < 2, "\(worst) ulp")
    let ends = Self.apply(
      level.kernels.pointee.exponential, [0, 1e30, -1e30, .infinity, -.infinity, .nan])
    #expect(ends[0] == 1)
    #expect(ends[1] > 2e38 && ends[1].isFinite && ends[3] == ends[1])
    #expect(ends[2] < 2e-38 && ends[4] == ends[2])
    #expect(ends[5].isNaN)
  }

  @Test(arguments: KernelLevel.available)
  func gatesMatchDoublePrecision(_ level: KernelLevel) {
    let x = (0...20_001).map { Float(-30 + Double($0) * 60 / 20_000) }
    let kernels = level.kernels.pointee
    #expect(error(Self.apply(kernels.sigmoid, x), x.map { Reference.sigmoid(Double($0)) }) < 3e-7)
    let near = x.filter { abs($0) < 6 }
    #expect(error(Self.apply(kernels.gelu, near), near.map { Reference.gelu(Double($0)) }) < 3e-7)
    // Beyond, GELU is the identity or zero to the last bit of fp32.
    let far = x.filter { abs($0) >= 6 }
    #expect(zip(far, Self.apply(kernels.gelu, far)).allSatisfy { abs($1 - max($0, 0)) < 1e-6 })
    var slopes = Array(repeating: Float.nan, count: near.count)
    kernels.gelu_backward(
      Int64(near.count), near, Array(repeating: 1, count: near.count), &slopes)
    let h = 1e-5
    let expected = near.map {
      (Reference.gelu(Double($0) + h) - Reference.gelu(Double($0) - h)) / (2 * h)
    }
    #expect(error(slopes, expected) < 1e-6)
    // Far out the slope is that of the identity or zero, and always a number.
    let ends: [Float] = [-1e9, -300, -20, -12, -11, -10.5, -10, 10, 11, 20, 300, 1e9]
    var flat = Array(repeating: Float.nan, count: ends.count)
    kernels.gelu_backward(
      Int64(ends.count), ends, Array(repeating: 1, count: ends.count), &flat)
    #expect(zip(ends, flat).allSatisfy { abs($1 - ($0 > 0 ? 1 : 0)) < 1e-6 }, "\(flat)")
    let outputs = Self.apply(kernels.gelu, ends)
    #expect(zip(ends, outputs).allSatisfy { abs($1 - max($0, 0)) <= 1e-6 * abs($0) })
  }

  /// Every length up to beyond two vectors, so that each remainder occurs.
  @Test(arguments: KernelLevel.available)
  func remaindersAreHandled(_ level: KernelLevel) {
    var stream = RandomKey(seed: 1).stream()
    let kernels = level.kernels.pointee
    for n in 0..<40 {
      let a = stream.floats(n + 1), b = stream.floats(n + 1)
      func check(
        _ kernel: (UnsafeMutablePointer<Float>) -> Void, _ expected: (Float, Float) -> Float,
        _ line: Int = #line
      ) {
        var out = Array(repeating: Float(7), count: n + 1)
        kernel(&out)
        #expect(
          out.dropLast() == zip(a, b).map(expected).dropLast() && out[n] == 7,
          "length \(n), line \(line)")
      }
      let count = Int64(n)
      check({ kernels.add(count, a, b, $0) }) { $0 + $1 }
      check({ kernels.subtract(count, a, b, $0) }) { $0 - $1 }
      check({ kernels.multiply(count, a, b, $0) }) { $0 * $1 }
      check({ kernels.scale(count, 3, a, $0) }) { a, _ in 3 * a }
      let total = a.prefix(n).reduce(0) { $0 + Double($1) }
      #expect(kernels.sum(count, a) == total)
      let squares = a.prefix(n).reduce(0) { $0 + Double($1) * Double($1) }
      #expect(abs(kernels.sum_of_squares(count, a) - squares) <= 1e-13 * squares)
    }
  }

  @Test(arguments: KernelLevel.available)
  func adamWMatchesTheFormula(_ level: KernelLevel) {
    var stream = RandomKey(seed: 2).stream()
    let n = 37
    var p = stream.floats(n), m = stream.floats(n, deviation: 0.1)
    var v = stream.floats(n, deviation: 0.1).map { $0 * $0 }
    let g = stream.floats(n)
    let p0 = p.doubles, m0 = m.doubles, v0 = v.doubles
    var arguments = tk_adamw_arguments(
      gradient_scale: 0.7, learning_rate: 0.01, beta1: 0.9, beta2: 0.99, epsilon: 1e-6,
      weight_decay: 0.1, correction1: 0.271, correction2: 0.0297)
    level.kernels.pointee.adamw(Int64(n), &arguments, g, &p, &m, &v)
    let slopes = g.doubles.map { $0 * 0.7 }
    let m1 = zip(m0, slopes).map { 0.9 * $0 + 0.1 * $1 }
    let v1 = zip(v0, slopes).map { 0.99 * $0 + 0.01 * $1 * $1 }
    let p1 = (0..<n).map { i -> Double in
      let step = (m1[i] / 0.271) / ((v1[i] / 0.0297).squareRoot() + 1e-6)
      return p0[i] * (1 - 0.01 * 0.1) - 0.01 * step
    }
    #expect(error(m, m1) < 1e-6)
    #expect(error(v, v1) < 1e-6)
    #expect(error(p, p1) < 1e-6)
  }
}
