import Tensor

/// A transformer's matrices in the panel order of the matrix-product kernel, and the plans that
/// read them.
struct PackedWeights: Sendable {
  struct Block: Sendable {
    let query: Tensor, keysValues: Tensor, projection: Tensor
    let expansion: Tensor, contraction: Tensor
  }

  let blocks: [Block]
  /// The transposed token embedding.
  let tokens: Tensor
  /// Programs for batches of all classes.
  let bound: BoundPlans

  init(_ parameters: Parameters, _ plans: InferencePlans) {
    let width = plans.configuration.width
    var constants: [Expression: Tensor] = [:]
    func pack(_ expression: Expression) -> Tensor {
      let packed = expression.packed.evaluated(parameters)
      constants[expression.packed] = packed
      return packed
    }
    func weight(_ name: String) -> Expression { .parameter(parameters.layout.entry(name)) }
    blocks = (0..<plans.configuration.layers).map { layer in
      let block = "blocks.\(layer)."
      let qkv = weight(block + "attention.qkv.weight")
      return Block(
        query: pack(qkv.columns(0..<width)), keysValues: pack(qkv.columns(width..<3 * width)),
        projection: pack(weight(block + "attention.projection.weight")),
        expansion: pack(weight(block + "mlp.expansion.weight")),
        contraction: pack(weight(block + "mlp.projection.weight")))
    }
    tokens = pack(weight("tokens.weight").transposed)
    bound = BoundPlans(plans, constants: constants)
  }
}
