import CTensorKernels
import Tensor

/// One run of a kernel program: where everything is.
struct Execution {
  typealias Memory = UnsafeMutablePointer<Float>

  /// Where a value is.
  struct Base {
    let memory: Memory
    /// Floats from a row to the next, 0 if only the rows of a block exist.
    let stride: Int
  }

  let bases: UnsafeMutableBufferPointer<Base>
  let lists: [[Int32]]
  let layouts: [AttentionLayout]
  let scratch: Memory
  let inputs: GraphInputs
  private let kernels: UnsafePointer<tk_kernels>

  init(
    bases: UnsafeMutableBufferPointer<Base>, lists: [[Int32]], layouts: [AttentionLayout],
    scratch: Memory, inputs: GraphInputs
  ) {
    self.bases = bases
    self.lists = lists
    self.layouts = layouts
    self.scratch = scratch
    self.inputs = inputs
    kernels = tk_current()
  }

  /// A value from a row on.
  private func rows(_ value: Graph.Value, from start: Int) -> Memory {
    bases[value].memory + start * bases[value].stride
  }

  private func whole(_ value: Graph.Value) -> Memory { bases[value].memory }

  /// Computes `count` rows of a value from row `start` on.
  func perform(_ i: Instruction, start: Int, count: Int) {
    let target = rows(i.target, from: start)
    switch i.code {
    case .gather:
      lists[i.index].withUnsafeBufferPointer {
        guard let indices = $0.baseAddress else { return }
        kernels.pointee.gather(
          Int64(count), Int64(i.columns), whole(i.a), indices + start, target)
      }
    case .gatherAdd:
      copy(rows(i.a, from: start), to: target, count * i.columns)
      lists[i.index].withUnsafeBufferPointer {
        guard let indices = $0.baseAddress else { return }
        kernels.pointee.gather_add(
          Int64(count), Int64(i.columns), whole(i.b), indices + start, target)
      }
    case .lookup:
      guard let table = inputs.cache?.table else {
        preconditionFailure("a lookup without a table")
      }
      for row in 0..<count {
        let entry = table.entry(lists[i.index][start + row], lists[i.second][start + row])
        (target + row * i.columns).update(from: entry + i.start, count: i.columns)
      }
    case .keep: keep(i, count, target)
    case .merge: merge(i, target)
    case .add:
      kernels.pointee.add(
        Int64(count * i.columns), rows(i.a, from: start), rows(i.b, from: start), target)
    case .addBias:
      let source = rows(i.a, from: start)
      for offset in stride(from: 0, to: count * i.columns, by: i.columns) {
        kernels.pointee.add(Int64(i.columns), source + offset, whole(i.b), target + offset)
      }
    case .gelu:
      kernels.pointee.gelu(Int64(count * i.columns), rows(i.a, from: start), target)
    case .layerNorm:
      kernels.pointee.layer_norm(
        Int64(count), Int64(i.columns), rows(i.a, from: start), Int64(i.columns), whole(i.b),
        whole(i.bias), Float(Operation.normEpsilon), i.isRounded ? nil : target,
        i.isRounded ? asBF16(target) : nil, nil)
    case .product: multiply(i, start, count, target)
    case .attention: attend(i, target)
    case .cachedAttention:
      guard let step = inputs.step, case .panels(let panels) = step.caches else {
        preconditionFailure("a step without panels of slots")
      }
      panels.attend(
        step, layer: i.layer, queries: whole(i.a), keysValues: whole(i.b), scratch: scratch
      ) {
        $0.out = target
        if i.isRounded { $0.out_bf16 = asBF16(target) }
      }
    case .columns:
      for row in 0..<count {
        (target + row * i.columns).update(
          from: whole(i.a) + row * i.inner + i.start, count: i.columns)
      }
    case .transpose:
      let source = whole(i.a)
      for row in 0..<i.innerRows {
        for column in 0..<i.inner {
          target[column * i.innerRows + row] = source[row * i.inner + column]
        }
      }
    case .pack:
      kernels.pointee.pack(
        Int64(i.innerRows), Int64(i.inner), whole(i.a), Int64(i.inner), 1, true, target)
    }
  }

  /// The same memory for the kernels, which read and write it as bf16.
  private func asBF16(_ memory: Memory) -> UnsafeMutablePointer<tk_bf16> {
    UnsafeMutablePointer(OpaquePointer(memory))
  }

  private func copy(_ source: Memory, to target: Memory, _ count: Int) {
    if source != target { target.update(from: source, count: count) }
  }

  private func multiply(_ i: Instruction, _ start: Int, _ count: Int, _ target: Memory) {
    var arguments = tk_gemm_arguments()
    arguments.m = Int64(count)
    arguments.n = Int64(i.columns)
    arguments.k = Int64(i.inner)
    let source = rows(i.a, from: start)
    arguments.a = UnsafePointer(source)
    if i.readsRounded { arguments.a_bf16 = UnsafePointer(asBF16(source)) }
    arguments.a_row = Int64(i.inner)
    arguments.a_column = 1
    if i.isPacked {
      arguments.packed = UnsafePointer(whole(i.b))
    } else {
      arguments.b = UnsafePointer(whole(i.b))
      arguments.b_row = Int64(i.columns)
      arguments.b_column = 1
    }
    arguments.bf16 = true
    arguments.scratch = scratch
    if i.residual >= 0 {
      arguments.initial = UnsafePointer(rows(i.residual, from: start))
      arguments.initial_row = Int64(i.columns)
    }
    if i.bias >= 0 { arguments.bias = UnsafePointer(whole(i.bias)) }
    arguments.gelu = i.hasGELU
    arguments.c = target
    if i.isRounded { arguments.c_bf16 = asBF16(target) }
    arguments.c_row = Int64(i.columns)
    kernels.pointee.gemm(&arguments)
  }

  private func attend(_ i: Instruction, _ target: Memory) {
    let queries = whole(i.a), keysValues = whole(i.b)
    layouts[i.index].withArguments(width: i.columns, scratch: scratch) {
      $0.q = UnsafePointer(queries)
      $0.k = UnsafePointer(keysValues)
      $0.v = UnsafePointer(keysValues + i.columns)
      $0.q_row = Int64(i.columns)
      $0.k_row = Int64(2 * i.columns)
      $0.v_row = Int64(2 * i.columns)
      $0.out = target
      if i.isRounded { $0.out_bf16 = asBF16(target) }
      $0.out_row = Int64(i.columns)
      $0.bf16 = true
      kernels.pointee.attention(&$0)
    }
  }

  /// Hands the cache the keys and values that it should keep.
  private func keep(_ i: Instruction, _ count: Int, _ target: Memory) {
    guard let cache = inputs.cache, let sequences = inputs.sequences else {
      preconditionFailure("keys to keep without a cache")
    }
    let own = whole(i.a)
    for (rows, cacheRows) in sequences.kept {
      for (row, cacheRow) in zip(rows, cacheRows) {
        cache.row(cacheRow, layer: i.layer).update(
          from: own + row * i.columns, count: i.columns)
      }
    }
    copy(own, to: target, count * i.columns)
  }

  /// Puts the batch's own keys and those of the cache where attention expects them.
  private func merge(_ i: Instruction, _ target: Memory) {
    guard let cache = inputs.cache, let sequences = inputs.sequences else {
      preconditionFailure("keys to merge without a cache")
    }
    let own = whole(i.a)
    for (rows, start) in sequences.keyStretches {
      (target + start * i.columns).update(
        from: own + rows.lowerBound * i.columns, count: rows.count * i.columns)
    }
    for (keys, cacheRows) in sequences.cached {
      for (key, cacheRow) in zip(keys, cacheRows) {
        (target + key * i.columns).update(
          from: cache.row(cacheRow, layer: i.layer), count: i.columns)
      }
    }
  }
}
