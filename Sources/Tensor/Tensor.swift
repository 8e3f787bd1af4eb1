/// An array of fp32 numbers in row-major order, with value semantics.
///
/// A tensor is a shape over a stretch of shared storage, so reshapes and row ranges copy nothing;
/// writing copies the stretch first unless nobody else holds the storage.
public struct Tensor: Sendable {
  public private(set) var shape: Shape
  private var storage: Storage
  private var offset: Int

  /// Zeros.
  public init(zeros shape: Shape) {
    self.init(uninitialized: shape) { $0.initialize(repeating: 0) }
  }

  public init(_ values: [Float], shape: Shape) {
    precondition(
      values.count == shape.count,
      "\(values.count) values do not fill shape \(shape), which takes \(shape.count)")
    self.init(uninitialized: shape) { _ = $0.initialize(fromContentsOf: values) }
  }

  /// A vector.
  public init(_ values: [Float]) { self.init(values, shape: [values.count]) }

  /// A tensor that `initialize` fills; it must write every element that is read.
  public init<E: Error>(
    uninitialized shape: Shape,
    initialize: (UnsafeMutableBufferPointer<Float>) throws(E) -> Void
  ) throws(E) {
    self.shape = shape
    self.storage = Storage(count: shape.count)
    self.offset = 0
    try initialize(UnsafeMutableBufferPointer(start: storage.base, count: shape.count))
  }

  private init(shape: Shape, storage: Storage, offset: Int) {
    self.shape = shape
    self.storage = storage
    self.offset = offset
  }

  public var count: Int { shape.count }

  /// The elements in row-major order.
  public var values: [Float] { withUnsafeBuffer { Array($0) } }

  public func withUnsafeBuffer<Result, E: Error>(
    _ body: (UnsafeBufferPointer<Float>) throws(E) -> Result
  ) throws(E) -> Result {
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeBufferPointer(start: storage.base + offset, count: count))
  }

  public mutating func withUnsafeMutableBuffer<Result, E: Error>(
    _ body: (UnsafeMutableBufferPointer<Float>) throws(E) -> Result
  ) throws(E) -> Result {
    if !isKnownUniquelyReferenced(&storage) {
      let copy = Storage(count: count)
      copy.base.update(from: storage.base + offset, count: count)
      storage = copy
      offset = 0
    }
    defer { withExtendedLifetime(storage) {} }
    return try body(UnsafeMutableBufferPointer(start: storage.base + offset, count: count))
  }

  /// One element.
  public subscript(indices: Int...) -> Float {
    get {
      let position = position(of: indices)
      return withUnsafeBuffer { $0[position] }
    }
    set {
      let position = position(of: indices)
      withUnsafeMutableBuffer { $0[position] = newValue }
    }
  }

  /// The same elements in the same order under another shape.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(
      shape.count == count, "shape \(self.shape) of \(count) elements cannot become \(shape)")
    return Tensor(shape: shape, storage: storage, offset: offset)
  }

  /// Elements `start...` in row-major order under a shape of their own, without a copy.
  public func stretch(from start: Int, shape: Shape) -> Tensor {
    precondition(
      start >= 0 && start + shape.count <= count,
      "stretch of shape \(shape) from \(start) leaves a tensor of \(count) elements")
    return Tensor(shape: shape, storage: storage, offset: offset + start)
  }

  private func position(of indices: [Int]) -> Int {
    precondition(
      indices.count == shape.rank, "\(indices.count) indices for a tensor of shape \(shape)")
    var position = 0
    for (axis, index) in indices.enumerated() {
      precondition(
        index >= 0 && index < shape[axis], "index \(indices) is outside of shape \(shape)")
      position = position * shape[axis] + index
    }
    return position
  }
}

extension Tensor: Equatable {
  /// Same shape and equal numbers; a NaN equals nothing.
  public static func == (a: Tensor, b: Tensor) -> Bool {
    a.shape == b.shape
      && a.withUnsafeBuffer { a in b.withUnsafeBuffer { b in a.elementsEqual(b) } }
  }
}

/// A 64-byte aligned allocation. Written only while one tensor holds it, so sharing is safe.
private final class Storage: Sendable {
  private let block: BlockPool.Block

  var base: UnsafeMutablePointer<Float> { block.base }

  init(count: Int) { block = BlockPool.shared.take(count) }

  deinit { BlockPool.shared.giveBack(block) }
}
