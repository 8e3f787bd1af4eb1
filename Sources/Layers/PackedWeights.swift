import CTensorKernels
import Tensor

/// A transformer's matrices in the panel order of the matrix-product kernel.
struct PackedWeights: Sendable {
  struct Block: Sendable {
    let query: Tensor, keysValues: Tensor, projection: Tensor
    let expansion: Tensor, contraction: Tensor
  }

  let blocks: [Block]
  /// The transposed token embedding.
  let tokens: Tensor

  init(_ parameters: Parameters, _ configuration: TransformerConfiguration) {
    let width = configuration.width
    func pack(_ name: String, columns: Range<Int>) -> Tensor {
      let weight = parameters[name]
      return Self.pack(
        weight, k: weight.shape[0], n: columns.count, start: columns.lowerBound,
        row: weight.shape[1], column: 1)
    }
    blocks = (0..<configuration.layers).map { layer in
      let block = "blocks.\(layer)."
      return Block(
        query: pack(block + "attention.qkv.weight", columns: 0..<width),
        keysValues: pack(block + "attention.qkv.weight", columns: width..<3 * width),
        projection: pack(block + "attention.projection.weight", columns: 0..<width),
        expansion: pack(block + "mlp.expansion.weight", columns: 0..<4 * width),
        contraction: pack(block + "mlp.projection.weight", columns: 0..<width))
    }
    tokens = Self.pack(
      parameters["tokens.weight"], k: width, n: configuration.vocabulary, start: 0, row: 1,
      column: width)
  }

  private static func pack(
    _ weight: Tensor, k: Int, n: Int, start: Int, row: Int, column: Int
  ) -> Tensor {
    let kernels = tk_current()
    return withPointers(weight) { weight in
      Tensor([Int(tk_packed_size(kernels, Int64(n), Int64(k)))]) {
        kernels.pointee.pack(Int64(k), Int64(n), weight + start, Int64(row), Int64(column), $0)
      }
    }
  }
}
