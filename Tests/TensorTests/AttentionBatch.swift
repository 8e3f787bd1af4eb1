import CTensorKernels
import Randomness

/// A random packed batch over one matrix of key rows, with its attention computed plainly.
struct AttentionBatch {
  struct Sequence {
    var queries: [Int]  // how many keys each query sees
    var keys: Range<Int>
    var prefix: Range<Int>
    var path = 0  // keys of the sequence before it, instead of a prefix
  }

  let heads: Int, headWidth: Int
  var q: [Float], k: [Float], v: [Float]
  var sequences: [Sequence]
  /// Whether products may round.
  var bf16 = false

  var width: Int { heads * headWidth }
  var queryCount: Int { sequences.reduce(0) { $0 + $1.queries.count } }

  /// Full causal sequences of the given lengths; pairs (prefix, suffix lengths) share a prefix.
  init(
    _ trees: [(root: Int, suffixes: [Int])], heads: Int, headWidth: Int,
    _ stream: inout RandomStream
  ) {
    self.heads = heads
    self.headWidth = headWidth
    sequences = []
    var next = 0
    for tree in trees {
      let root = next..<next + tree.root
      next = root.upperBound
      sequences.append(Sequence(queries: Array(1...tree.root), keys: root, prefix: 0..<0))
      for count in tree.suffixes {
        sequences.append(
          Sequence(
            queries: (0..<count).map { tree.root + $0 + 1 }, keys: next..<next + count,
            prefix: root))
        next += count
      }
    }
    q = stream.floats(next * heads * headWidth)
    k = stream.floats(next * heads * headWidth)
    v = stream.floats(next * heads * headWidth)
  }

  /// What a level that has bf16 rounds while it writes.
  func rounded(_ kernels: UnsafePointer<tk_kernels>) -> [tk_bf16] {
    output(kernels, of: Float.nan.bf16) { $0.out_bf16 = $1 }
  }

  func run(_ kernels: UnsafePointer<tk_kernels>) -> [Float] {
    output(kernels, of: Float.nan) { $0.out = $1 }
  }

  private func output<Number>(
    _ kernels: UnsafePointer<tk_kernels>, of empty: Number,
    _ place: (inout tk_attention_arguments, UnsafeMutablePointer<Number>?) -> Void
  ) -> [Number] {
    var out = Array(repeating: empty, count: queryCount * width)
    withArguments(kernels, backward: false) { g in
      out.withUnsafeMutableBufferPointer { out in
        place(&g, out.baseAddress)
        g.out_row = Int64(width)
        kernels.pointee.attention(&g)
      }
    }
    return out
  }

  /// The gradients of q, k and v for a given gradient of the output.
  func gradients(
    _ kernels: UnsafePointer<tk_kernels>, _ gradient: [Float]
  ) -> (q: [Float], k: [Float], v: [Float]) {
    var dq = Array(repeating: Float.nan, count: q.count)
    var dk = Array(repeating: Float(0), count: k.count), dv = dk
    withArguments(kernels, backward: true) { g in
      gradient.withUnsafeBufferPointer { gradient in
        dq.withUnsafeMutableBufferPointer { dq in
          dk.withUnsafeMutableBufferPointer { dk in
            dv.withUnsafeMutableBufferPointer { dv in
              g.d_out = gradient.baseAddress
              (g.d_q, g.d_k, g.d_v) = (dq.baseAddress, dk.baseAddress, dv.baseAddress)
              let stride = Int64(width)
              (g.d_out_row, g.d_q_row, g.d_k_row, g.d_v_row) = (stride, stride, stride, stride)
              kernels.pointee.attention_backward(&g)
            }
          }
        }
      }
    }
    return (dq, dk, dv)
  }

  private func withArguments(
    _ kernels: UnsafePointer<tk_kernels>, backward: Bool,
    _ body: (inout tk_attention_arguments) -> Void
  ) {
    var start = 0
    let entries = sequences.map { s in
      defer { start += s.queries.count }
      return tk_sequence(
        query_start: Int32(start), query_count: Int32(s.queries.count),
        key_start: Int32(s.keys.lowerBound), key_count: Int32(s.keys.count),
        prefix_start: Int32(s.prefix.lowerBound), prefix_count: Int32(s.prefix.count),
        path_count: Int32(s.path))
    }
    let visible = sequences.flatMap(\.queries).map(Int32.init)
    let size = tk_attention_scratch(
      kernels, Int64(sequences.map(\.queries.count).max()!),
      Int64(sequences.map { $0.keys.count + $0.prefix.count + $0.path }.max()!), Int64(headWidth),
      backward, bf16)
    // NaN beyond the scratch and in it: whatever is read before it is written shows.
    var scratch = Array(repeating: Float.nan, count: Int(size))
    var g = tk_attention_arguments()
    g.sequence_count = Int64(sequences.count)
    g.bf16 = bf16
    (g.heads, g.head_width) = (Int64(heads), Int64(headWidth))
    (g.q_row, g.k_row, g.v_row) = (Int64(width), Int64(width), Int64(width))
    entries.withUnsafeBufferPointer { entries in
      visible.withUnsafeBufferPointer { visible in
        scratch.withUnsafeMutableBufferPointer { scratch in
          q.withUnsafeBufferPointer { q in
            k.withUnsafeBufferPointer { k in
              v.withUnsafeBufferPointer { v in
                g.sequences = entries.baseAddress
                g.visible = visible.baseAddress
                g.scratch = scratch.baseAddress
                (g.q, g.k, g.v) = (q.baseAddress, k.baseAddress, v.baseAddress)
                body(&g)
              }
            }
          }
        }
      }
    }
  }

  var expected: [Double] { expected(q: q.doubles, k: k.doubles, v: v.doubles) }

  /// The same from other matrices, for finite differences.
  func expected(q: [Double], k: [Double], v: [Double]) -> [Double] {
    func row(_ x: [Double], _ i: Int) -> [Double] { Array(x[i * width..<(i + 1) * width]) }
    var query = 0
    return sequences.flatMap { s in
      let rows = Array(s.prefix) + Array(s.keys)
      return s.queries.flatMap { seen in
        defer { query += 1 }
        return Reference.attend(
          row(q, query), keys: rows.prefix(seen).map { row(k, $0) },
          values: rows.prefix(seen).map { row(v, $0) }, heads: heads)
      }
    }
  }
}

extension [Float] {
  var doubles: [Double] { map(Double.init) }
}
