import Tensor

/// Queries, keys and values of the first block, which depend on a token and its position only.
///
/// Filled as pairs are met. Reading needs no lock, filling must not run beside anything else.
final class FirstBlockTable: Sendable {
  private nonisolated(unsafe) let base: UnsafeMutablePointer<Float>
  private let width: Int
  private let context: Int

  /// Numbers of one entry.
  private var stride: Int { 3 * width }

  /// nil if it could grow beyond `bytes`.
  init?(for configuration: TransformerConfiguration, bytes: Int) {
    (width, context) = (configuration.width, configuration.context)
    let count = configuration.vocabulary * context * 3 * width
    guard count <= bytes / MemoryLayout<Float>.stride else { return nil }
    // Pages that are never written take no memory.
    base = .allocate(capacity: count)
  }

  deinit { base.deallocate() }

  /// The query of a token at a position, then its key, then its value.
  func entry(_ token: Int32, _ position: Int32) -> UnsafeMutablePointer<Float> {
    base + (Int(token) * context + Int(position)) * stride
  }

  func fill(_ tokens: [Int32], _ positions: [Int32], by transformer: Transformer) {
    let pass = ForwardPass(transformer), count = tokens.count, width = width
    withScratch(count * 5 * width) { memory in
      let x = memory, normal = x + count * width, results = normal + count * width
      withPointers(transformer.parameters.vector) { vector in
        let block = pass.block(0, vector)
        pass.embed(tokens, positions, vector, x)
        pass.norm(count, x, block.attentionGain, block.attentionBias, normal)
        pass.multiply(
          count, width, width, normal, block.packed.query, bias: block.queryBias, into: results)
        let keysValues = results + count * width
        pass.multiply(
          count, width, 2 * width, normal, block.packed.keysValues,
          bias: block.queryBias + width, into: keysValues)
        for row in 0..<count {
          let entry = entry(tokens[row], positions[row])
          entry.update(from: results + row * width, count: width)
          (entry + width).update(from: keysValues + row * 2 * width, count: 2 * width)
        }
      }
    }
  }

  func copyKeysValues(of sequences: PackedSequences, into target: UnsafeMutablePointer<Float>) {
    for row in 0..<sequences.rowCount {
      (target + row * 2 * width).update(
        from: entry(sequences.tokens[row], sequences.positions[row]) + width, count: 2 * width)
    }
  }

  func copyQueries(
    of sequences: PackedSequences, rows: some Collection<Int32>,
    into target: UnsafeMutablePointer<Float>
  ) {
    for (index, row) in rows.enumerated() {
      (target + index * width).update(
        from: entry(sequences.tokens[Int(row)], sequences.positions[Int(row)]), count: width)
    }
  }
}
