import CTensorKernels
import Layers
import Parallel
import Randomness
import Tensor

/// Something to repeat, and what one repetition amounts to.
struct Workload {
  /// Floating-point operations of one call; nil where the work depends on what is shared.
  var flop: Double?
  /// Tokens, as the strings have them; 0 where there are none.
  var tokens: Int
  /// Prepares a call, outside of the measured time.
  var prepare: () -> Void = {}
  var call: () -> Void
  /// What another implementation must agree with, and what it needs to be given, by file name.
  var files: () -> [String: [UInt8]]
}

extension Workload {
  /// All rows of the last layer norm, and the logits of all of them.
  ///
  /// Four sequences a worker, as many rows as the product gives to one at a time.
  static func inference(_ model: Case.Model, pool: WorkerPool) -> Workload {
    let transformer = model.transformer(context: Batch.length)
    let requests = shards().map { sequences in
      InferenceRequest(
        sequences: sequences, tokenRows: (0..<sequences.rowCount).map { Int32($0) })
    }
    let run: @Sendable () -> [Tensor] = {
      pool.map(requests.count) { transformer.evaluate(requests[$0]).tokenLogits }
    }
    let visible = Double(Batch.length + 1) / 2
    return Workload(
      flop: Double(Batch.tokenCount) * model.flop(perTokenSeeing: visible),
      tokens: Batch.tokenCount, call: { _ = run() },
      files: {
        [
          "weights.safetensors": transformer.safetensors(),
          "batch.safetensors": Safetensors(tensors: [
            "tokens": tokenTensor,
            "logits": Tensor(
              run().flatMap(\.values), shape: [Batch.tokenCount, Case.Model.vocabulary]),
          ]).serialized(),
        ]
      })
  }

  /// Forward, backward and AdamW on the same batch, every token but the last of each a target.
  static func training(_ model: Case.Model, pool: WorkerPool) -> Workload {
    let start = model.transformer(context: Batch.length)
    let batches = shards().map { sequences in
      var batch = TrainingBatch(sequences: sequences)
      let count = Batch.sequences * (Batch.length - 1)
      for segment in sequences.segments {
        for row in segment.rows.dropLast() {
          batch.tokenTargets.append(
            .init(
              row: Int32(row), token: sequences.tokens[row + 1], weight: 1 / Float(count)))
        }
      }
      return batch
    }
    @Sendable func gradients(_ transformer: Transformer) -> [(LossReport, Gradients)] {
      pool.map(batches.count) { transformer.gradients(of: batches[$0]) }
    }
    @Sendable func step(_ transformer: inout Transformer, _ optimizer: inout AdamW) -> Double {
      let parts = gradients(transformer)
      let sum = Gradients.sum(parts.map(\.1))
      transformer.updateParameters { optimizer.step(&$0, sum) }
      return parts.reduce(0) { $0 + $1.0.token }
    }
    func optimizer() -> AdamW {
      AdamW(for: start.parameters, learningRate: 1e-3, clipNorm: .infinity)
    }
    var transformer = start
    var state = optimizer()
    let visible = Double(Batch.length + 1) / 2
    return Workload(
      flop: 3 * Double(Batch.tokenCount) * model.flop(perTokenSeeing: visible),
      tokens: Batch.tokenCount, call: { _ = step(&transformer, &state) },
      files: {
        var (fresh, moments) = (start, optimizer())
        let losses = (0..<3).map { _ in Float(step(&fresh, &moments)) }
        return [
          "weights.safetensors": start.safetensors(),
          "batch.safetensors": Safetensors(tensors: [
            "tokens": tokenTensor, "losses": Tensor(losses),
          ]).serialized(),
        ]
      })
  }

  /// The batch in four parts.
  private static func shards() -> [PackedSequences] {
    let tokens = Batch.tokens
    return stride(from: 0, to: tokens.count, by: 4).map { start in
      var sequences = PackedSequences()
      for index in start..<start + 4 { sequences.append(tokens[index]) }
      return sequences
    }
  }

  private static var tokenTensor: Tensor {
    Tensor(
      Batch.tokens.joined().map { Float($0) }, shape: [Batch.sequences, Batch.length])
  }

  /// A matrix product whose right side was packed before, its rows shared out among the workers;
  /// with `bf16` both sides are rounded, the left one on the way.
  static func product(m: Int, k: Int, n: Int, bf16: Bool, pool: WorkerPool) -> Workload {
    func random(_ label: String, _ count: Int) -> [Float] {
      var stream = RandomKey(seed: 2).child(label).stream()
      return (0..<count).map { _ in Float(2 * stream.uniform() - 1) }
    }
    let a = Tensor(random("a", m * k), shape: [m, k])
    let b = Tensor(random("b", k * n), shape: [k, n])
    let kernels = tk_current()
    let packed = withPointers(b) { b in
      Tensor([Int(tk_packed_size(kernels, Int64(n), Int64(k), bf16))]) {
        kernels.pointee.pack(Int64(k), Int64(n), b, Int64(n), 1, bf16, $0)
      }
    }
    var c = Tensor(zeros: [m, n])
    let run: () -> Void = {
      let rows = (m + pool.threads - 1) / pool.threads
      c.withMutablePointer { c in
        let target = Target(base: c)
        let multiply: @Sendable (Int) -> Void = { index in
          let start = index * rows, kernels = tk_current()
          let size = tk_gemm_scratch(kernels, Int64(rows), Int64(n), Int64(k), true, bf16)
          withPointers(a, packed) { a, packed in
            withScratch(Int(size)) { scratch in
              var arguments = tk_gemm_arguments()
              arguments.m = Int64(min(rows, m - start))
              arguments.n = Int64(n)
              arguments.k = Int64(k)
              arguments.a = a + start * k
              arguments.a_row = Int64(k)
              arguments.a_column = 1
              arguments.packed = packed
              arguments.c = target.base + start * n
              arguments.c_row = Int64(n)
              arguments.bf16 = bf16
              arguments.scratch = scratch
              kernels.pointee.gemm(&arguments)
            }
          }
        }
        // To wake a worker takes as long as a small product.
        if pool.threads == 1 { multiply(0) } else { pool.forEach((m + rows - 1) / rows, multiply) }
      }
    }
    return Workload(
      flop: 2 * Double(m) * Double(k) * Double(n), tokens: 0, call: run,
      files: {
        run()
        return ["batch.safetensors": Safetensors(tensors: ["a": a, "b": b, "c": c]).serialized()]
      })
  }

  /// Where workers write, each its own rows.
  ///
  /// Unchecked: rows are distinct, and the caller waits for all workers.
  private struct Target: @unchecked Sendable {
    let base: UnsafeMutablePointer<Float>
  }
}
