import CTensorKernels
import Tensor

/// Kernels over one transformer's weights, for whoever computes a few rows at a time.
///
/// Whole batches run by a plan.
struct ForwardPass {
  typealias Pointer = UnsafePointer<Float>
  typealias Memory = UnsafeMutablePointer<Float>

  /// The parameters of one block, by pointer.
  struct Block {
    let attentionGain: Pointer, attentionBias: Pointer
    let queryBias: Pointer, projectionBias: Pointer
    let mlpGain: Pointer, mlpBias: Pointer
    let expansionBias: Pointer, contractionBias: Pointer
    let packed: PackedWeights.Block
  }

  let configuration: TransformerConfiguration
  let parameters: Parameters
  let packed: PackedWeights
  private var kernels: UnsafePointer<tk_kernels> { tk_current() }

  init(_ transformer: Transformer) {
    configuration = transformer.configuration
    parameters = transformer.parameters
    packed = transformer.packed
  }

  var width: Int { configuration.width }

  /// The final layer norm's output for the rows in `reading` (ascending): [reading.count, width].
  func hidden(_ sequences: PackedSequences, reading: [Int32]) -> Tensor {
    var shape = ShapeClass(sequences, readCount: reading.count, cache: nil)
    shape.hidden = true
    var inputs = GraphInputs(sequences, parameters: parameters)
    inputs.reading = reading
    return packed.bound.plan(for: shape, parameters).run(inputs)[0]
  }

  /// Everything of a block after attention, in place on x: projection, residual sums and MLP.
  func mlp(
    _ block: Block, rows: Int, mixed: Memory, x: Memory, normal: Memory, expanded: Memory
  ) {
    multiply(
      rows, width, width, mixed, block.packed.projection, bias: block.projectionBias,
      residual: x, into: x)
    norm(rows, x, block.mlpGain, block.mlpBias, normal)
    multiply(
      rows, width, 4 * width, normal, block.packed.expansion, bias: block.expansionBias,
      gelu: true, into: expanded)
    multiply(
      rows, 4 * width, width, expanded, block.packed.contraction, bias: block.contractionBias,
      residual: x, into: x)
  }

  /// [n, width] to [n, vocabulary].
  func tokenLogits(_ hidden: Tensor) -> Tensor {
    let count = hidden.shape[0]
    return withPointers(hidden) { hidden in
      Tensor([count, configuration.vocabulary]) {
        multiply(count, width, configuration.vocabulary, hidden, packed.tokens, into: $0)
      }
    }
  }

  func embed(_ tokens: [Int32], _ positions: [Int32], _ vector: Pointer, _ x: Memory) {
    select(tokens, from: pointer("tokens.weight", vector), into: x)
    positions.withUnsafeBufferPointer {
      guard let indices = $0.baseAddress else { return }
      kernels.pointee.gather_add(
        Int64(positions.count), Int64(width), pointer("positions.weight", vector), indices, x)
    }
  }

  private func select(_ rows: [Int32], from source: Pointer, into target: Memory) {
    rows.withUnsafeBufferPointer {
      guard let indices = $0.baseAddress else { return }
      kernels.pointee.gather(Int64(rows.count), Int64(width), source, indices, target)
    }
  }

  func norm(_ rows: Int, _ x: Pointer, _ gain: Pointer, _ bias: Pointer, _ out: Memory) {
    kernels.pointee.layer_norm(
      Int64(rows), Int64(width), x, Int64(width), gain, bias, 1e-5, out, nil)
  }

  /// residual + a·packed + bias
  func multiply(
    _ rows: Int, _ k: Int, _ n: Int, _ a: Pointer, _ packed: Tensor, bias: Pointer? = nil,
    residual: Memory? = nil, gelu: Bool = false, into c: Memory
  ) {
    withPointers(packed) { packed in
      var arguments = tk_gemm_arguments()
      arguments.m = Int64(rows)
      arguments.n = Int64(n)
      arguments.k = Int64(k)
      arguments.a = a
      arguments.a_row = Int64(k)
      arguments.a_column = 1
      arguments.packed = packed
      arguments.initial = residual.map { UnsafePointer($0) }
      arguments.initial_row = Int64(n)
      arguments.bias = bias
      arguments.gelu = gelu
      arguments.c = c
      arguments.c_row = Int64(n)
      arguments.bf16 = true
      let scratch = tk_gemm_scratch(
        kernels, arguments.m, arguments.n, arguments.k, true, arguments.bf16)
      if scratch == 0 { return kernels.pointee.gemm(&arguments) }
      withScratch(Int(scratch)) {
        arguments.scratch = $0
        kernels.pointee.gemm(&arguments)
      }
    }
  }

  /// A parameter inside the vector that holds them all.
  func pointer(_ name: String, _ vector: Pointer) -> Pointer {
    vector + parameters.layout.entry(name).offset
  }

  func block(_ layer: Int, _ vector: Pointer) -> Block {
    func at(_ name: String) -> Pointer { pointer("blocks.\(layer)." + name, vector) }
    return Block(
      attentionGain: at("attention.norm.gain"), attentionBias: at("attention.norm.bias"),
      queryBias: at("attention.qkv.bias"), projectionBias: at("attention.projection.bias"),
      mlpGain: at("mlp.norm.gain"), mlpBias: at("mlp.norm.bias"),
      expansionBias: at("mlp.expansion.bias"), contractionBias: at("mlp.projection.bias"),
      packed: packed.blocks[layer])
  }
}
