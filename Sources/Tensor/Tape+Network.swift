import CTensorKernels

/// The operations of transformer blocks.
extension Tape {
  /// Normalizes each row of x [..., n] to mean 0 and variance 1, then applies gain and bias [n].
  ///
  /// Source: Ba, Kiros & Hinton, Layer Normalization (2016), section 3.
  public mutating func layerNorm(
    _ x: Variable, gain: Variable, bias: Variable, epsilon: Float = 1e-5
  ) -> Variable {
    let input = self[x], scale = self[gain]
    precondition(
      scale.shape == [input.shape.columns] && shape(bias) == scale.shape,
      "layerNorm: gain \(scale.shape) and bias \(shape(bias)) do not fit rows of \(input.shape)")
    let (rows, width) = (input.shape.rows, input.shape.columns)
    var statistics = Tensor(zeros: [rows, 2])
    let value = withPointers(input, scale, self[bias]) { x, gain, bias in
      Tensor(input.shape) { out in
        statistics.withMutablePointer { statistics in
          tk_current().pointee.layer_norm(
            Int64(rows), Int64(width), x, Int64(width), gain, bias, epsilon, out, nil, statistics)
        }
      }
    }
    return record(value, inputs: x, gain, bias) { [statistics] gradient, adjoints in
      // One kernel yields all three; what is not wanted goes to a buffer that is dropped.
      let dx = adjoints.memory(x, shape: input.shape)
      let dGain = adjoints.memory(gain, shape: scale.shape)
      let dBias = adjoints.memory(bias, shape: scale.shape)
      withPointers(input, scale, gradient) { x, gain, gradient in
        withPointers(statistics) { statistics in
          withScratch(dx == nil ? rows * width : width) { rest in
            tk_current().pointee.layer_norm_backward(
              Int64(rows), Int64(width), x, gain, statistics, gradient, dx ?? rest, dGain ?? rest,
              dBias ?? rest)
          }
        }
      }
    }
  }

  /// Scaled dot-product attention of all heads over a packed batch.
  ///
  /// Queries are the first `width` columns of `queries` [queryCount, ...]; keys and values are
  /// two stretches of `width` columns of `keysValues` [keyCount, ...] beginning at `keyColumn`.
  /// Both may be one variable, the usual fused projection. The result is [queryCount, width].
  ///
  /// Source: Vaswani et al., Attention Is All You Need (2017), section 3.2.
  public mutating func attention(
    queries: Variable, keysValues: Variable, keyColumn: Int, width: Int, layout: AttentionLayout
  ) -> Variable {
    precondition(!layout.isTree, "a layout with paths is for inference only")
    let q = self[queries], kv = self[keysValues]
    let (qStride, kvStride) = (q.shape.columns, kv.shape.columns)
    precondition(
      width % layout.heads == 0, "\(layout.heads) heads do not divide a width of \(width)")
    precondition(
      q.shape.rows == layout.queryCount && kv.shape.rows == layout.keyCount
        && qStride >= width && kvStride >= keyColumn + 2 * width,
      "attention: queries \(q.shape) and keys \(kv.shape) do not fit the layout")
    let allowsBF16 = allowsBF16
    @Sendable func withOperands(
      backward: Bool, _ body: (inout tk_attention_arguments) -> Void
    ) {
      withPointers(q, kv) { q, kv in
        let scratch = layout.scratch(
          headWidth: width / layout.heads, backward: backward, allowingBF16: allowsBF16)
        withScratch(scratch) {
          layout.withArguments(width: width, scratch: $0) { arguments in
            arguments.bf16 = allowsBF16
            arguments.q = q
            arguments.k = kv + keyColumn
            arguments.v = kv + keyColumn + width
            arguments.q_row = Int64(qStride)
            arguments.k_row = Int64(kvStride)
            arguments.v_row = Int64(kvStride)
            body(&arguments)
          }
        }
      }
    }
    let value = Tensor([layout.queryCount, width]) { out in
      withOperands(backward: false) {
        $0.out = out
        $0.out_row = Int64(width)
        tk_current().pointee.attention(&$0)
      }
    }
    return record(value, inputs: queries, keysValues) { gradient, adjoints in
      // The kernel overwrites the gradient of the queries, so contributions start from zeros.
      var dq = Tensor(zeros: q.shape)
      var dkv = queries == keysValues ? nil : Tensor(zeros: kv.shape)
      withPointers(gradient) { gradient in
        dq.withMutablePointer { dq in
          func run(_ dkv: UnsafeMutablePointer<Float>) {
            withOperands(backward: true) {
              $0.d_out = gradient
              $0.d_out_row = Int64(width)
              $0.d_q = dq
              $0.d_k = dkv + keyColumn
              $0.d_v = dkv + keyColumn + width
              $0.d_q_row = Int64(qStride)
              $0.d_k_row = Int64(kvStride)
              $0.d_v_row = Int64(kvStride)
              tk_current().pointee.attention_backward(&$0)
            }
          }
          if dkv == nil { run(dq) } else { dkv!.withMutablePointer { run($0) } }
        }
      }
      adjoints.add(dq, to: queries)
      if let dkv { adjoints.add(dkv, to: keysValues) }
    }
  }
}
