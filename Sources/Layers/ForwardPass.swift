import CTensorKernels
import Tensor

/// The fused kernels of a forward pass over one transformer's weights.
///
/// Works on raw memory in blocks of rows, so that a block's activations stay in the second-level
/// cache from the layer norm to the residual sum.
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
  ///
  /// - Parameter cache: what the batch's cached sequences refer to.
  func hidden(
    _ sequences: PackedSequences, reading: [Int32], cache: CacheRows? = nil
  ) -> Tensor {
    let rows = sequences.rowCount, readCount = reading.count
    let blockRows = min(Int(kernels.pointee.row_block), rows)
    let layout = sequences.attentionLayout(heads: configuration.heads)
    let last =
      readCount == rows
      ? layout : sequences.attentionLayout(heads: configuration.heads, queryRows: reading)
    let scratchCount = layout.scratch(headWidth: configuration.headWidth, backward: false)
    return Tensor([readCount, width]) { out in
      // One allocation: residual stream, queries, keys and values, attention output, the
      // normalized and the expanded rows of one block, the kernels' scratch.
      let sizes = [
        rows * width, rows * width, sequences.keyCount * 2 * width, rows * width,
        blockRows * width, blockRows * 4 * width, readCount * width,
        sequences.keyCount > rows ? rows * 2 * width : 0,
      ].map { ($0 + 15) / 16 * 16 }
      withScratch(sizes.reduce(scratchCount, +)) { memory in
        var next = memory
        let parts = sizes.map { size in
          defer { next += size }
          return next
        }
        let (x, queries, keysValues) = (parts[0], parts[1], parts[2])
        let (mixed, normal, expanded, selected) = (parts[3], parts[4], parts[5], parts[6])
        // Cached keys stand between those of the batch, so these are computed elsewhere first.
        let ownKeysValues = sequences.keyCount > rows ? parts[7] : keysValues
        withPointers(parameters.vector) { vector in
          embed(sequences.tokens, sequences.positions, vector, x)
          for layer in 0..<configuration.layers {
            let block = block(layer, vector)
            let isPruned = layer == configuration.layers - 1 && readCount < rows
            let active = isPruned ? selected : x
            let activeCount = isPruned ? readCount : rows
            let table = layer == 0 ? cache?.table : nil
            if let table {
              table.copyKeysValues(of: sequences, into: ownKeysValues)
              if isPruned {
                table.copyQueries(of: sequences, rows: reading, into: queries)
              } else {
                table.copyQueries(of: sequences, rows: 0..<Int32(rows), into: queries)
              }
            }
            forBlocks(table == nil ? rows : 0, blockRows) { start, count in
              let source = x + start * width
              norm(count, source, block.attentionGain, block.attentionBias, normal)
              multiply(
                count, width, 2 * width, normal, block.packed.keysValues,
                bias: block.queryBias + width, into: ownKeysValues + start * 2 * width)
              if !isPruned {
                multiply(
                  count, width, width, normal, block.packed.query, bias: block.queryBias,
                  into: queries + start * width)
              }
            }
            if let cache {
              exchange(sequences, ownKeysValues, keysValues, cache: cache, layer: layer)
            }
            if isPruned {
              select(reading, from: x, into: selected)
              forBlocks(table == nil ? readCount : 0, blockRows) { start, count in
                norm(
                  count, selected + start * width, block.attentionGain, block.attentionBias,
                  normal)
                multiply(
                  count, width, width, normal, block.packed.query, bias: block.queryBias,
                  into: queries + start * width)
              }
            }
            attend(
              isPruned ? last : layout, queries, keysValues, into: mixed, scratch: next)
            forBlocks(activeCount, blockRows) { start, count in
              mlp(
                block, rows: count, mixed: mixed + start * width, x: active + start * width,
                normal: normal, expanded: expanded)
            }
          }
          let final = readCount < rows ? selected : x
          norm(
            readCount, final, pointer("norm.gain", vector), pointer("norm.bias", vector), out)
        }
      }
    }
  }

  /// Hands the cache what it should keep, and puts the batch's own keys and the cached ones where
  /// attention expects them.
  private func exchange(
    _ sequences: PackedSequences, _ own: Memory, _ all: Memory, cache: CacheRows, layer: Int
  ) {
    let stride = 2 * width
    for (rows, cacheRows) in sequences.kept {
      for (row, cacheRow) in zip(rows, cacheRows) {
        cache.row(cacheRow, layer: layer).update(
          from: own + row * stride, count: stride)
      }
    }
    guard own != all else { return }
    for (rows, start) in sequences.keyStretches {
      (all + start * stride).update(
        from: own + rows.lowerBound * stride, count: rows.count * stride)
    }
    for (keys, cacheRows) in sequences.cached {
      for (key, cacheRow) in zip(keys, cacheRows) {
        (all + key * stride).update(
          from: cache.row(cacheRow, layer: layer), count: stride)
      }
    }
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

  /// One number per row: a dot product with a head's weight.
  func scores(_ hidden: Tensor, _ rows: [Int32], _ weight: String, bias: String?) -> [Float] {
    guard !rows.isEmpty else { return [] }
    let selected = gather(hidden, rows)
    return withPointers(selected, parameters.vector) { selected, vector in
      Array(unsafeUninitializedCapacity: rows.count) { buffer, count in
        var arguments = tk_gemm_arguments()
        arguments.m = Int64(rows.count)
        arguments.n = 1
        arguments.k = Int64(width)
        arguments.a = selected
        arguments.a_row = Int64(width)
        arguments.a_column = 1
        arguments.b = pointer(weight, vector)
        arguments.b_row = 1
        arguments.b_column = 1
        arguments.bias = bias.map { pointer($0, vector) }
        arguments.c = buffer.baseAddress
        arguments.c_row = 1
        withScratch(Int(tk_gemm_scratch(kernels, 1, arguments.k))) {
          arguments.scratch = $0
          kernels.pointee.gemm(&arguments)
        }
        count = rows.count
      }
    }
  }

  /// Rows of a matrix by index; the matrix itself if that is all of them in order.
  func gather(_ hidden: Tensor, _ rows: [Int32]) -> Tensor {
    if rows.count == hidden.shape[0] && rows.enumerated().allSatisfy({ $0 == Int($1) }) {
      return hidden
    }
    return withPointers(hidden) { source in
      Tensor([rows.count, width]) { select(rows, from: source, into: $0) }
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

  private func attend(
    _ layout: AttentionLayout, _ queries: Pointer, _ keysValues: Pointer, into out: Memory,
    scratch: Memory
  ) {
    layout.withArguments(width: width, scratch: scratch) {
      $0.q = queries
      $0.k = keysValues
      $0.v = keysValues + width
      $0.q_row = Int64(width)
      $0.k_row = Int64(2 * width)
      $0.v_row = Int64(2 * width)
      $0.out = out
      $0.out_row = Int64(width)
      kernels.pointee.attention(&$0)
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
      kernels.pointee.gemm(&arguments)
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

  private func forBlocks(_ rows: Int, _ size: Int, _ body: (_ start: Int, _ count: Int) -> Void) {
    for start in stride(from: 0, to: rows, by: size) { body(start, min(size, rows - start)) }
  }
}
