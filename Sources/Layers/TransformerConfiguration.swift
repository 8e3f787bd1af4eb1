/// The sizes of a transformer.
public struct TransformerConfiguration: Sendable, Hashable, Codable {
  /// Blocks.
  public let layers: Int
  /// Numbers per token between blocks; a multiple of `heads`.
  public let width: Int
  public let heads: Int
  /// Distinct tokens.
  public let vocabulary: Int
  /// Positions: the longest sequence, prefix included.
  public let context: Int

  /// Sizes that `problem(layers:width:heads:vocabulary:context:)` finds nothing wrong with.
  public init(layers: Int, width: Int, heads: Int, vocabulary: Int, context: Int) {
    let problem = Self.problem(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context)
    precondition(problem == nil, problem ?? "")
    self.layers = layers
    self.width = width
    self.heads = heads
    self.vocabulary = vocabulary
    self.context = context
  }

  /// What is wrong with such sizes, in a sentence; nil if nothing is.
  public static func problem(
    layers: Int, width: Int, heads: Int, vocabulary: Int, context: Int
  ) -> String? {
    for (name, value, limit) in [
      ("layers", layers, 256), ("width", width, 16_384), ("heads", heads, 1_024),
      ("vocabulary", vocabulary, 1 << 20), ("context", context, 1 << 20),
    ] where value < 1 || value > limit {
      return "\(name) is \(value); it must be in 1...\(limit)"
    }
    if width % heads != 0 {
      return "width \(width) is not a multiple of the \(heads) heads"
    }
    return nil
  }

  private enum CodingKeys: String, CodingKey {
    case layers, width, heads, vocabulary, context
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let layers = try values.decode(Int.self, forKey: .layers)
    let width = try values.decode(Int.self, forKey: .width)
    let heads = try values.decode(Int.self, forKey: .heads)
    let vocabulary = try values.decode(Int.self, forKey: .vocabulary)
    let context = try values.decode(Int.self, forKey: .context)
    if let problem = Self.problem(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context)
    {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: problem))
    }
    self.init(
      layers: layers, width: width, heads: heads, vocabulary: vocabulary, context: context)
  }

  var headWidth: Int { width / heads }
}
