import Layers
import Randomness
import Tensor

/// Models and batches that the tests share.
enum Sample {
  /// Random weights of a size at which every part of the model matters.
  static func transformer(
    layers: Int = 2, width: Int = 24, heads: Int = 3, vocabulary: Int = 19, context: Int = 40
  ) -> Transformer {
    var transformer = Transformer(
      configuration: .init(
        layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context),
      key: RandomKey(seed: 1))
    var stream = RandomKey(seed: 2).stream()
    var parameters = transformer.parameters
    for name in parameters.names {
      let tensor = parameters[name]
      parameters[name] = Tensor(
        tensor.values.map { $0 + Float(0.15 * stream.normal()) }, shape: tensor.shape)
    }
    transformer.parameters = parameters
    return transformer
  }

  static func tokens(_ count: Int, _ stream: inout RandomStream) -> [Int32] {
    (0..<count).map { _ in Int32(stream.uniform(below: 19)) }
  }

  /// Trees of a root and its continuations, packed with shared prefixes, and written out in full.
  struct Forest {
    var packed = PackedSequences()
    /// For each row of `packed`, the tokens up to and including it.
    var histories: [[Int32]] = []
    /// Each segment's tokens, prefix included, and how many are the prefix.
    var sequences: [(tokens: [Int32], prefix: Int)] = []
  }

  static func forest(
    _ trees: [(root: Int, suffixes: [Int])], seed: UInt64 = 3
  ) -> Forest {
    var stream = RandomKey(seed: seed).stream()
    var forest = Forest()
    for tree in trees {
      let root = tokens(tree.root, &stream)
      let segment = forest.packed.append(root)
      forest.sequences.append((root, 0))
      forest.histories += root.indices.map { Array(root[...$0]) }
      for count in tree.suffixes {
        let suffix = tokens(count, &stream)
        forest.packed.append(suffix, after: segment)
        forest.sequences.append((root + suffix, root.count))
        forest.histories += suffix.indices.map { root + suffix[...$0] }
      }
    }
    return forest
  }

  static let trees: [(root: Int, suffixes: [Int])] = [
    (9, [1, 4, 2]), (1, []), (17, [3]), (30, []), (5, [14, 1]),
  ]
}
