import CTensorKernels
public import Tensor

/// The names and shapes of a model's parameters, in a fixed order, and their places in one vector.
public struct ParameterLayout: Sendable, Hashable {
  public struct Entry: Sendable, Hashable {
    public let name: String
    public let shape: Shape
    public let offset: Int
    /// Whether weight decay applies: to matrices, not to gains and biases.
    public var decays: Bool { shape.rank > 1 }
  }

  public private(set) var entries: [Entry] = []
  public private(set) var count = 0

  public init(_ parameters: [(name: String, shape: Shape)]) {
    for (name, shape) in parameters {
      entries.append(Entry(name: name, shape: shape, offset: count))
      count += (shape.count + 15) / 16 * 16  // each begins on a cache line
    }
  }

  public var names: [String] { entries.map(\.name) }

  func entry(_ name: String) -> Entry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      preconditionFailure("there is no parameter \(name); there are \(names)")
    }
    return entry
  }
}

/// A model's parameters: named tensors that share one vector.
public struct Parameters: Sendable {
  public let layout: ParameterLayout
  public package(set) var vector: Tensor

  public init(zeros layout: ParameterLayout) {
    self.layout = layout
    self.vector = Tensor(zeros: [layout.count])
  }

  public var names: [String] { layout.names }

  public subscript(name: String) -> Tensor {
    get { self[layout.entry(name)] }
    set {
      let entry = layout.entry(name)
      precondition(
        newValue.shape == entry.shape,
        "\(name) has shape \(entry.shape), not \(newValue.shape)")
      vector.withUnsafeMutableBuffer { target in
        newValue.withUnsafeBuffer { source in
          for i in source.indices { target[entry.offset + i] = source[i] }
        }
      }
    }
  }

  subscript(entry: ParameterLayout.Entry) -> Tensor {
    vector.stretch(from: entry.offset, shape: entry.shape)
  }

  /// How many numbers there are to learn.
  public var count: Int { layout.entries.reduce(0) { $0 + $1.shape.count } }
}

/// The gradient of a loss with respect to a model's parameters.
public struct Gradients: Sendable {
  public let layout: ParameterLayout
  public package(set) var vector: Tensor

  /// Gradients that `write` writes, each entry of the layout from its pointer on.
  init(_ layout: ParameterLayout, written write: ([UnsafeMutablePointer<Float>]) -> Void) {
    self.layout = layout
    self.vector = Tensor([layout.count]) { base in
      write(layout.entries.map { base + $0.offset })
      let ends = layout.entries.dropFirst().map(\.offset) + [layout.count]
      for (entry, end) in zip(layout.entries, ends) {
        let written = entry.offset + entry.shape.count
        (base + written).initialize(repeating: 0, count: end - written)
      }
    }
  }

  /// The gradient of nothing.
  public init(zeros layout: ParameterLayout) {
    self.layout = layout
    self.vector = Tensor(zeros: [layout.count])
  }

  public subscript(name: String) -> Tensor {
    let entry = layout.entry(name)
    return vector.stretch(from: entry.offset, shape: entry.shape)
  }

  public static func + (a: Gradients, b: Gradients) -> Gradients { sum([a, b]) }

  /// The gradient of all parts of a batch. Sums of floats depend on their order: this is that of
  /// the parts.
  public static func sum(_ parts: [Gradients]) -> Gradients {
    precondition(!parts.isEmpty, "the gradients of no parts have no sum")
    let first = parts[0]
    if parts.count == 1 { return first }
    let layout = first.layout
    precondition(
      parts.allSatisfy { $0.layout == layout }, "gradients of two different models do not add up")
    // Stretch by stretch, so that sums stay in the first-level cache until they are complete.
    let stretch = 4096
    var sum = first
    sum.vector = Tensor([layout.count]) { target in
      for start in Swift.stride(from: 0, to: layout.count, by: stretch) {
        let count = Int64(min(stretch, layout.count - start)), out = target + start
        withPointers(first.vector, parts[1].vector) {
          tk_current().pointee.add(count, $0 + start, $1 + start, out)
        }
        for part in parts.dropFirst(2) {
          withPointers(part.vector) { tk_current().pointee.add(count, out, $0 + start, out) }
        }
      }
    }
    return sum
  }

  public mutating func scale(by factor: Float) {
    vector.withMutablePointer {
      tk_current().pointee.scale(Int64(layout.count), factor, $0, $0)
    }
  }

  /// The Euclidean norm over all parameters.
  public var norm: Double {
    withPointers(vector) { tk_current().pointee.sum_of_squares(Int64(layout.count), $0) }
      .squareRoot()
  }
}
