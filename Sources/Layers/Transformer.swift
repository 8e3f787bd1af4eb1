public import Randomness
import Tensor

/// A pre-norm decoder transformer with three heads: token logits, a value, and policy scores.
///
/// Token and position embeddings, blocks of causal attention and a tanh-GELU MLP four times as
/// wide, a final layer norm. Token logits reuse the embedding (tied weights); value and policy are
/// one number per row each. Weights are stored [in, out].
///
/// Source: Radford et al., Language Models are Unsupervised Multitask Learners (2019), section 2.3.
public struct Transformer: Sendable {
  public let configuration: TransformerConfiguration

  /// The weights. They are packed for the kernels again when they are first used after a change.
  public var parameters: Parameters {
    get { weights }
    set { updateParameters { $0 = newValue } }
  }

  private var weights: Parameters

  /// Changes the weights, in place unless somebody else holds them (`&parameters` copies).
  public mutating func updateParameters(_ change: (inout Parameters) -> Void) {
    change(&weights)
    bound = BoundPlans(plans)
  }

  /// How batches are computed, whatever the weights.
  private let plans: TransformerPlans

  /// The plans with these weights, packed when they are first used.
  private(set) var bound: BoundPlans

  /// Random weights: normal with deviation 0.02, projections into the residual stream scaled down
  /// by the square root of their number, small value and policy heads.
  public init(configuration: TransformerConfiguration, key: RandomKey) {
    var parameters = Parameters(zeros: Self.layout(configuration))
    let residual = 0.02 / Double(2 * configuration.layers).squareRoot()
    for entry in parameters.layout.entries {
      var stream = key.child(entry.name).stream()
      let deviation: Double
      if entry.name.hasSuffix(".gain") {
        parameters[entry.name] = Tensor(
          Array(repeating: 1, count: entry.shape.count), shape: entry.shape)
        continue
      } else if entry.name.hasSuffix(".bias") {
        continue
      } else if entry.name.hasSuffix("projection.weight") {
        deviation = residual
      } else if entry.name == "value.weight" || entry.name == "policy.weight" {
        deviation = 0.002
      } else {
        deviation = 0.02
      }
      parameters[entry.name] = Tensor(
        (0..<entry.shape.count).map { _ in Float(deviation * stream.normal()) },
        shape: entry.shape)
    }
    self.init(configuration: configuration, parameters: parameters)
  }

  init(configuration: TransformerConfiguration, parameters: Parameters) {
    self.configuration = configuration
    weights = parameters
    plans = TransformerPlans(configuration)
    bound = BoundPlans(plans)
  }

  /// The parameters of a transformer of these sizes.
  static func layout(_ configuration: TransformerConfiguration) -> ParameterLayout {
    let width = configuration.width
    var parameters: [(name: String, shape: Shape)] = [
      ("tokens.weight", [configuration.vocabulary, width]),
      ("positions.weight", [configuration.context, width]),
    ]
    for layer in 0..<configuration.layers {
      let block = "blocks.\(layer)."
      parameters += [
        (block + "attention.norm.gain", [width]),
        (block + "attention.norm.bias", [width]),
        (block + "attention.qkv.weight", [width, 3 * width]),
        (block + "attention.qkv.bias", [3 * width]),
        (block + "attention.projection.weight", [width, width]),
        (block + "attention.projection.bias", [width]),
        (block + "mlp.norm.gain", [width]),
        (block + "mlp.norm.bias", [width]),
        (block + "mlp.expansion.weight", [width, 4 * width]),
        (block + "mlp.expansion.bias", [4 * width]),
        (block + "mlp.projection.weight", [4 * width, width]),
        (block + "mlp.projection.bias", [width]),
      ]
    }
    parameters += [
      ("norm.gain", [width]), ("norm.bias", [width]),
      ("value.weight", [width, 1]), ("value.bias", [1]),
      ("policy.weight", [width, 1]),
    ]
    return ParameterLayout(parameters)
  }
}
