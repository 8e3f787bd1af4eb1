import CTensorKernels

/// The kernels of every level that this machine can run.
struct KernelLevel: Sendable, CustomStringConvertible {
  let level: tk_level

  var kernels: UnsafePointer<tk_kernels> { tk_at_level(level)! }
  var description: String { String(cString: kernels.pointee.name) }

  static let available: [KernelLevel] =
    [TK_LEVEL_PORTABLE, TK_LEVEL_AVX2, TK_LEVEL_AVX512, TK_LEVEL_AVX512_BF16, TK_LEVEL_AMX]
    .filter { tk_at_level($0) != nil }.map(KernelLevel.init)
}

/// A matrix product with everything optional spelled out.
struct Product {
  var m: Int, n: Int, k: Int
  var a: [Float], transposedA = false
  var b: [Float], transposedB = false
  var initial: [Float]?
  var bias: [Float]?
  var gelu = false
  var packed = false
  var bf16 = false
  /// Whether A comes, and C goes, as bf16.
  var roundedA = false, roundedC = false

  /// Rows of the result, all of them unless some are named.
  func run(_ kernels: UnsafePointer<tk_kernels>, rows: Range<Int>? = nil) -> [Float] {
    let rows = rows ?? 0..<m
    var c = Array(repeating: Float.nan, count: rows.count * n)
    // Whole tiles of rows may be read; what is in the last ones must not matter.
    let halves =
      a.map(\.bf16) + Array(repeating: Float.nan.bf16, count: roundedA ? 16 * k : 0)
    var rounded = Array(repeating: Float.nan.bf16, count: rows.count * n)
    var scratch = Array(
      repeating: Float.nan,
      count: Int(tk_gemm_scratch(kernels, Int64(rows.count), Int64(n), Int64(k), packed, bf16)) + 1)
    var panels = Array(
      repeating: Float.nan, count: Int(tk_packed_size(kernels, Int64(n), Int64(k), bf16)) + 1)
    var g = tk_gemm_arguments()
    (g.m, g.n, g.k) = (Int64(rows.count), Int64(n), Int64(k))
    (g.a_row, g.a_column) = transposedA ? (1, Int64(m)) : (Int64(k), 1)
    (g.b_row, g.b_column) = transposedB ? (1, Int64(k)) : (Int64(n), 1)
    (g.initial_row, g.c_row) = (Int64(n), Int64(n))
    g.gelu = gelu
    g.bf16 = bf16
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        (initial ?? [0]).withUnsafeBufferPointer { initial in
          (bias ?? [0]).withUnsafeBufferPointer { bias in
            c.withUnsafeMutableBufferPointer { c in
              scratch.withUnsafeMutableBufferPointer { scratch in
                panels.withUnsafeMutableBufferPointer { panels in
                  g.a = a.baseAddress! + rows.lowerBound * (transposedA ? 1 : k)
                  g.b = b.baseAddress
                  if self.initial != nil {
                    g.initial = initial.baseAddress! + rows.lowerBound * n
                  }
                  if self.bias != nil { g.bias = bias.baseAddress }
                  g.c = c.baseAddress
                  g.scratch = scratch.baseAddress
                  if packed {
                    kernels.pointee.pack(
                      g.k, g.n, b.baseAddress!, g.b_row, g.b_column, bf16, panels.baseAddress!)
                    g.packed = UnsafePointer(panels.baseAddress)
                  }
                  halves.withUnsafeBufferPointer { halves in
                    rounded.withUnsafeMutableBufferPointer { rounded in
                      if roundedA {
                        g.a = nil
                        g.a_bf16 = halves.baseAddress! + rows.lowerBound * k
                      }
                      if roundedC {
                        g.c = nil
                        g.c_bf16 = rounded.baseAddress
                      }
                      kernels.pointee.gemm(&g)
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
    return roundedC ? rounded.map(Float.init(bf16:)) : c
  }

  /// In double precision, of operands rounded as the level would.
  func expected(_ level: KernelLevel) -> [Double] {
    let isRounded = bf16 && level.kernels.pointee.has_bf16
    let a = self.a.map { Double(isRounded ? $0.roundedToBF16 : $0) }
    let b = self.b.map { Double(isRounded ? $0.roundedToBF16 : $0) }
    var c = Reference.matmul(
      transposedA ? Reference.transpose(a, k, m) : a,
      transposedB ? Reference.transpose(b, n, k) : b, m, k, n)
    if let initial { c = zip(c, initial).map { $0 + Double($1) } }
    if let bias { c = c.enumerated().map { $1 + Double(bias[$0 % n]) } }
    return gelu ? c.map(Reference.gelu) : c
  }
}

extension Float {
  /// The nearest number of 8 significant bits, the even one of two (IEEE 754, section 4.3.1).
  var roundedToBF16: Float {
    let half = 0x7FFF + (bitPattern >> 16 & 1)
    return Float(bitPattern: (bitPattern &+ half) & 0xFFFF_0000)
  }

  var bf16: tk_bf16 { tk_bf16(roundedToBF16.bitPattern >> 16) }

  init(bf16: tk_bf16) { self.init(bitPattern: UInt32(bf16) << 16) }
}
