import Layers
import Randomness
import Tensor

/// What can be measured, by name.
enum Case: Sendable {
  case inference(Model)
  case training(Model)
  case decoding(Model)
  /// C [m, n] = A [m, k] · B [k, n], exactly or with A and B rounded to bf16.
  case product(m: Int, k: Int, n: Int, bf16: Bool)
  /// The policy and value queries of a recorded search.
  case search

  struct Model: Sendable {
    let layers: Int, width: Int

    var name: String { "\(layers)x\(width)" }

    /// Heads are 64 wide.
    func configuration(context: Int) -> TransformerConfiguration {
      TransformerConfiguration(
        layers: layers, width: width, heads: max(1, width / 64), vocabulary: Model.vocabulary,
        context: context)
    }

    static let vocabulary = 128

    /// Multiply-adds count twice.
    ///
    /// - Parameter visible: keys that the token attends to.
    func flop(perTokenSeeing visible: Double) -> Double {
      let width = Double(width)
      return Double(layers) * (24 * width * width + 4 * width * visible)
        + 2 * width * Double(Model.vocabulary)
    }

    /// Weights with every number at random, gains and biases too, so that none can be left out
    /// unnoticed.
    func transformer(context: Int) -> Transformer {
      let key = RandomKey(seed: 0).child(name)
      var transformer = Transformer(configuration: configuration(context: context), key: key)
      var parameters = transformer.parameters
      for name in parameters.names where name.hasSuffix(".gain") || name.hasSuffix(".bias") {
        var stream = key.child("shift " + name).stream()
        let values = parameters[name].values.map { $0 + Float(0.1 * stream.normal()) }
        parameters[name] = Tensor(values, shape: parameters[name].shape)
      }
      transformer.parameters = parameters
      return transformer
    }
  }

  static let models = [(2, 128), (4, 256), (8, 512)].map { Model(layers: $0, width: $1) }

  /// [m, k, n] of the products: the layers of such models at several numbers of rows.
  static let products = [
    [64, 128, 384], [256, 128, 512], [2048, 128, 512], [2048, 512, 128], [64, 256, 1024],
    [512, 256, 1024], [2048, 256, 1024], [2048, 1024, 256], [64, 512, 2048], [512, 512, 2048],
    [2048, 512, 2048], [2048, 2048, 512],
  ]

  static let all: [Case] =
    models.map { .inference($0) } + models.map { .training($0) } + [.decoding(models[0])]
    + (TensorKernels.multipliesBF16 ? [false, true] : [false]).flatMap { bf16 in
      products.map { .product(m: $0[0], k: $0[1], n: $0[2], bf16: bf16) }
    } + [.search]

  var name: String {
    switch self {
    case .inference(let model): "inference-\(model.name)"
    case .training(let model): "training-\(model.name)"
    case .decoding(let model): "decoding-\(model.name)"
    case .product(let m, let k, let n, let bf16):
      "gemm-\(m)-\(k)-\(n)" + (bf16 ? "-bf16" : "")
    case .search: "search-2x128"
    }
  }

  init?(named name: String) {
    guard let found = Case.all.first(where: { $0.name == name }) else { return nil }
    self = found
  }
}

/// 16 sequences of 128 tokens.
enum Batch {
  static let sequences = 16
  static let length = 128
  static let tokenCount = sequences * length

  static var tokens: [[Int32]] {
    let key = RandomKey(seed: 1)
    return (0..<sequences).map { index in
      var stream = key.child("tokens", index).stream()
      return (0..<length).map { _ in Int32(stream.uniform(below: Case.Model.vocabulary)) }
    }
  }
}
