import CTensorKernels

/// A tensor read as a matrix through strides; its transpose costs nothing.
struct Matrix: Sendable {
  let tensor: Tensor
  let start: Int
  let rows: Int, columns: Int
  let rowStride: Int, columnStride: Int

  /// The last axis as columns, the others as rows.
  init(_ tensor: Tensor, transposed: Bool = false) {
    let (rows, columns) = (tensor.shape.rows, tensor.shape.columns)
    self.init(tensor, start: 0, rows, columns, columns, 1)
    if transposed { self = self.transposed }
  }

  /// Some columns of a matrix.
  init(_ tensor: Tensor, columns: Range<Int>) {
    self.init(
      tensor, start: columns.lowerBound, tensor.shape.rows, columns.count, tensor.shape.columns, 1)
  }

  private init(
    _ tensor: Tensor, start: Int, _ rows: Int, _ columns: Int, _ rowStride: Int,
    _ columnStride: Int
  ) {
    self.tensor = tensor
    self.start = start
    self.rows = rows
    self.columns = columns
    self.rowStride = rowStride
    self.columnStride = columnStride
  }

  var transposed: Matrix { Matrix(tensor, start: start, columns, rows, columnStride, rowStride) }
}

/// Writes initial + a·b + bias, or with `accumulating` adds a·b to what is there.
///
/// - Parameters:
///   - packed: b once more, as the kernels pack it with the same leave to round.
///   - allowingBF16: whether a and b may be rounded to bf16 where that is faster.
func product(
  _ a: Matrix, _ b: Matrix, packed: Tensor? = nil, into target: UnsafeMutablePointer<Float>,
  stride: Int? = nil, accumulating: Bool = false, initial: Tensor? = nil, bias: Tensor? = nil,
  allowingBF16: Bool = false
) {
  let kernels = tk_current()
  var arguments = tk_gemm_arguments()
  arguments.m = Int64(a.rows)
  arguments.n = Int64(b.columns)
  arguments.k = Int64(a.columns)
  arguments.a_row = Int64(a.rowStride)
  arguments.a_column = Int64(a.columnStride)
  arguments.b_row = Int64(b.rowStride)
  arguments.b_column = Int64(b.columnStride)
  arguments.c = target
  arguments.c_row = Int64(stride ?? b.columns)
  arguments.initial_row = arguments.c_row
  arguments.bf16 = allowingBF16
  let scratch = Int(
    tk_gemm_scratch(
      kernels, arguments.m, arguments.n, arguments.k, packed != nil, allowingBF16))
  withPointers(a.tensor, b.tensor, initial ?? a.tensor) { left, right, start in
    withPointers(bias ?? a.tensor, packed ?? a.tensor) { shift, panels in
      withScratch(scratch) { scratch in
        arguments.a = left + a.start
        arguments.b = right + b.start
        arguments.packed = packed == nil ? nil : panels
        arguments.initial = accumulating ? UnsafePointer(target) : initial == nil ? nil : start
        arguments.bias = bias == nil ? nil : shift
        arguments.scratch = scratch
        kernels.pointee.gemm(&arguments)
      }
    }
  }
}

/// Lends aligned scratch memory for the length of a call.
package func withScratch<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> R) -> R {
  let block = BlockPool.shared.take(count)
  defer { BlockPool.shared.giveBack(block) }
  return body(block.base)
}
