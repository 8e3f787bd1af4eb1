/// Lends the elements of several tensors to a kernel for the length of a call.

package func withPointers<R>(
  _ a: Tensor, _ body: (UnsafePointer<Float>) -> R
) -> R {
  a.withUnsafeBuffer { body($0.baseAddress!) }
}

package func withPointers<R>(
  _ a: Tensor, _ b: Tensor, _ body: (UnsafePointer<Float>, UnsafePointer<Float>) -> R
) -> R {
  withPointers(a) { a in withPointers(b) { b in body(a, b) } }
}

package func withPointers<R>(
  _ a: Tensor, _ b: Tensor, _ c: Tensor,
  _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> R
) -> R {
  withPointers(a) { a in withPointers(b, c) { b, c in body(a, b, c) } }
}

extension Tensor {
  /// A tensor that a kernel writes whole.
  package init(_ shape: Shape, written body: (UnsafeMutablePointer<Float>) -> Void) {
    self.init(uninitialized: shape) { body($0.baseAddress!) }
  }

  /// Lends the elements for writing.
  package mutating func withMutablePointer<R>(
    _ body: (UnsafeMutablePointer<Float>) -> R
  ) -> R {
    withUnsafeMutableBuffer { body($0.baseAddress!) }
  }
}
