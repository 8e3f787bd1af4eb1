import CTensorKernels

/// Keys and values of the slots of a decoding session, in the order of the kernels.
///
/// Of each layer one slot after the other; of a slot one head after the other.
struct SlotPanels {
  let memory: UnsafeMutablePointer<Float>
  let slots: Int
  let heads: Int
  let headWidth: Int
  /// Tokens that a slot can hold.
  let capacity: Int

  /// Floats of a slot in one layer.
  static func size(heads: Int, headWidth: Int, capacity: Int) -> Int {
    Int(tk_cache_size(tk_current(), Int64(heads), Int64(headWidth), Int64(capacity), true))
  }

  /// Floats of scratch that `attend` needs.
  var scratch: Int {
    Int(
      tk_attention_scratch(tk_current(), 1, Int64(capacity), Int64(headWidth), false, true))
  }

  /// Puts each row's keys and values at the end of its slot's, and lets its queries see them all.
  ///
  /// - Parameters:
  ///   - queries: [rows, width].
  ///   - keysValues: [rows, 2 width].
  ///   - target: says where the result goes, [rows, width].
  func attend(
    _ step: DecodingStep, layer: Int, queries: UnsafePointer<Float>,
    keysValues: UnsafePointer<Float>, scratch: UnsafeMutablePointer<Float>,
    target: (inout tk_cached_attention_arguments) -> Void
  ) {
    let kernels = tk_current(), width = heads * headWidth
    let size = Self.size(heads: heads, headWidth: headWidth, capacity: capacity)
    let cache = memory + layer * slots * size
    for (row, slot) in step.slots.enumerated() {
      let keys = keysValues + row * 2 * width
      kernels.pointee.cache_store(
        Int64(heads), Int64(headWidth), Int64(capacity), Int64(step.visible[row]) - 1, keys,
        keys + width, true, cache + Int(slot) * size)
    }
    step.slots.withUnsafeBufferPointer { slots in
      step.visible.withUnsafeBufferPointer { visible in
        var arguments = tk_cached_attention_arguments()
        arguments.count = Int64(slots.count)
        arguments.slots = slots.baseAddress
        arguments.visible = visible.baseAddress
        arguments.heads = Int64(heads)
        arguments.head_width = Int64(headWidth)
        arguments.capacity = Int64(capacity)
        arguments.q = queries
        arguments.q_row = Int64(width)
        arguments.cache = UnsafePointer(cache)
        arguments.out_row = Int64(width)
        arguments.bf16 = true
        arguments.scratch = scratch
        target(&arguments)
        kernels.pointee.cached_attention(&arguments)
      }
    }
  }
}
