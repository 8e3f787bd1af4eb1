import CTensorKernels
public import Tensor

/// Incremental decoding of many sequences in lockstep, each with its keys and values cached.
///
/// A sequence fed token by token yields the bits that evaluating it whole would.
public struct DecodingSession: Sendable {
  private let pass: ForwardPass
  /// Per layer, the caches of all slots.
  private var caches: [Tensor]
  /// How many tokens each slot holds.
  public private(set) var lengths: [Int]
  /// How many tokens a slot can hold.
  public let capacity: Int

  /// A session of empty slots.
  ///
  /// - Parameter capacity: how many tokens a slot can hold; by default, and at most, the context.
  public init(_ transformer: Transformer, slots: Int, capacity: Int? = nil) {
    precondition(slots > 0, "a session of \(slots) slots")
    let configuration = transformer.configuration
    let capacity = capacity ?? configuration.context
    precondition(
      (1...configuration.context).contains(capacity),
      "slots of \(capacity) tokens; the context has \(configuration.context)")
    self.capacity = capacity
    pass = ForwardPass(transformer)
    let size = tk_cache_size(
      tk_current(), Int64(configuration.heads), Int64(configuration.headWidth),
      Int64(capacity), true)
    caches = (0..<configuration.layers).map { _ in Tensor(zeros: [slots, Int(size)]) }
    lengths = Array(repeating: 0, count: slots)
  }

  /// Empties a slot for another sequence.
  public mutating func reset(_ slot: Int) {
    precondition(lengths.indices.contains(slot), "slot \(slot) of \(lengths.count)")
    lengths[slot] = 0
  }

  /// Appends one token to each of the given slots, which are distinct.
  ///
  /// - Returns: the logits of what follows, [tokens.count, vocabulary], in the given order.
  public mutating func feed(_ tokens: [(slot: Int, token: Int32)]) -> Tensor {
    let configuration = pass.configuration, width = pass.width, count = tokens.count
    guard count > 0 else { return Tensor(zeros: [0, configuration.vocabulary]) }
    let positions = advance(tokens)
    let slots = tokens.map { Int32($0.slot) }, visible = positions.map { $0 + 1 }
    let hidden = Tensor([count, width]) { out in
      let scratch = Int(
        tk_attention_scratch(
          tk_current(), 1, Int64(capacity), Int64(configuration.headWidth), false, true))
      withScratch(count * width * 10 + scratch) { memory in
        let x = memory, normal = x + count * width, queries = normal + count * width
        let keysValues = queries + count * width, mixed = keysValues + 2 * count * width
        let expanded = mixed + count * width
        let rest = expanded + 4 * count * width
        withPointers(pass.parameters.vector) { vector in
          pass.embed(tokens.map(\.token), positions, vector, x)
          for layer in 0..<configuration.layers {
            let block = pass.block(layer, vector)
            pass.norm(count, x, block.attentionGain, block.attentionBias, normal)
            pass.multiply(
              count, width, width, normal, block.packed.query, bias: block.queryBias,
              into: queries)
            pass.multiply(
              count, width, 2 * width, normal, block.packed.keysValues,
              bias: block.queryBias + width, into: keysValues)
            attend(
              layer, slots: slots, visible: visible, queries: queries, keysValues: keysValues,
              into: mixed, scratch: rest)
            pass.mlp(
              block, rows: count, mixed: mixed, x: x, normal: normal, expanded: expanded)
          }
          pass.norm(
            count, x, pass.pointer("norm.gain", vector), pass.pointer("norm.bias", vector), out)
        }
      }
    }
    return pass.tokenLogits(hidden)
  }

  /// Checks the tokens and makes room for them.
  private mutating func advance(_ tokens: [(slot: Int, token: Int32)]) -> [Int32] {
    let configuration = pass.configuration
    var isFed = Array(repeating: false, count: lengths.count)
    return tokens.map { slot, token in
      precondition(lengths.indices.contains(slot), "slot \(slot) of \(lengths.count)")
      precondition(!isFed[slot], "slot \(slot) is fed two tokens at once")
      precondition(
        token >= 0 && Int(token) < configuration.vocabulary,
        "token \(token) for slot \(slot); the vocabulary has \(configuration.vocabulary)")
      precondition(
        lengths[slot] < capacity, "slot \(slot) is full: it holds \(capacity) tokens")
      isFed[slot] = true
      defer { lengths[slot] += 1 }
      return Int32(lengths[slot])
    }
  }

  private mutating func attend(
    _ layer: Int, slots: [Int32], visible: [Int32], queries: ForwardPass.Pointer,
    keysValues: ForwardPass.Pointer, into out: ForwardPass.Memory, scratch: ForwardPass.Memory
  ) {
    let configuration = pass.configuration, kernels = tk_current(), width = pass.width
    let stride = caches[layer].shape[1]
    caches[layer].withMutablePointer { cache in
      for (row, slot) in slots.enumerated() {
        let keys = keysValues + row * 2 * width
        kernels.pointee.cache_store(
          Int64(configuration.heads), Int64(configuration.headWidth),
          Int64(capacity), Int64(visible[row]) - 1, keys, keys + width, true,
          cache + Int(slot) * stride)
      }
      slots.withUnsafeBufferPointer { slots in
        visible.withUnsafeBufferPointer { visible in
          var arguments = tk_cached_attention_arguments()
          arguments.count = Int64(slots.count)
          arguments.slots = slots.baseAddress
          arguments.visible = visible.baseAddress
          arguments.heads = Int64(configuration.heads)
          arguments.head_width = Int64(configuration.headWidth)
          arguments.capacity = Int64(capacity)
          arguments.q = queries
          arguments.q_row = Int64(width)
          arguments.cache = UnsafePointer(cache)
          arguments.out = out
          arguments.out_row = Int64(width)
          arguments.bf16 = true
          arguments.scratch = scratch
          kernels.pointee.cached_attention(&arguments)
        }
      }
    }
  }
}
