import Tensor

/// Queries, keys and values of the first block, which depend on a token and its position only.
///
/// Filled as pairs are met, each once and under the lock of `PrefixCache`, before the batch that
/// needs it first is evaluated. So reading needs no lock, also while others are filled.
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
    let parts = transformer.bound.table(transformer.parameters).run(
      GraphInputs(tokens: tokens, positions: positions, parameters: transformer.parameters))
    var start = 0
    for part in parts {
      let columns = part.shape.columns
      withPointers(part) { part in
        for row in tokens.indices {
          (entry(tokens[row], positions[row]) + start).update(
            from: part + row * columns, count: columns)
        }
      }
      start += columns
    }
    precondition(start == stride, "the table has \(stride) columns, not \(start)")
  }
}
