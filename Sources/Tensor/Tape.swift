import CTensorKernels

/// A value on a tape.
public struct Variable: Hashable, Sendable {
  let index: Int
}

/// Reverse-mode automatic differentiation.
///
/// A tape records operations in the order they are applied; `gradients(of:for:)` walks it back.
/// Each operation keeps what its derivative needs and nothing is computed for constants.
///
///     var tape = Tape()
///     let w = tape.variable(weights), x = tape.constant(inputs)
///     let loss = tape.sum(tape.tanh(tape.matmul(x, w)))
///     let dw = tape.gradients(of: loss, for: [w])[0]
///
/// Operations are fused to the grain at which one kernel call serves a whole batch.
/// Source: Griewank & Walther, Evaluating Derivatives (2008), section 3.2.
public struct Tape: Sendable {
  /// Adds an operation's contribution to the gradients of its inputs, given that of its output.
  typealias Pullback = @Sendable (_ gradient: Tensor, _ adjoints: inout Adjoints) -> Void

  private struct Node: Sendable {
    let value: Tensor
    let pullback: Pullback?
    let isDifferentiable: Bool
  }

  private var nodes: [Node] = []
  /// Whether matrix products may round their operands to bf16, on the way back too.
  let allowsBF16: Bool

  /// An empty tape.
  ///
  /// - Parameter allowsBF16: whether matrix products may round their operands to bf16, sums staying
  ///   fp32, where the processor multiplies that faster (`TensorKernels.multipliesBF16`).
  public init(allowsBF16: Bool = false) { self.allowsBF16 = allowsBF16 }

  /// An input that gradients may be asked for.
  public mutating func variable(_ value: Tensor) -> Variable {
    append(Node(value: value, pullback: nil, isDifferentiable: true))
  }

  /// An input that no gradient flows to.
  public mutating func constant(_ value: Tensor) -> Variable {
    append(Node(value: value, pullback: nil, isDifferentiable: false))
  }

  /// The value of a variable.
  public subscript(variable: Variable) -> Tensor { nodes[variable.index].value }

  public func shape(_ variable: Variable) -> Shape { self[variable].shape }

  /// Records an operation.
  mutating func record(
    _ value: Tensor, inputs: Variable..., pullback: @escaping Pullback
  ) -> Variable {
    let isDifferentiable = inputs.contains { nodes[$0.index].isDifferentiable }
    return append(
      Node(
        value: value, pullback: isDifferentiable ? pullback : nil,
        isDifferentiable: isDifferentiable))
  }

  private mutating func append(_ node: Node) -> Variable {
    nodes.append(node)
    return Variable(index: nodes.count - 1)
  }

  /// The gradients of a one-element `loss` with respect to `variables`; zeros where it does not
  /// depend on one.
  public func gradients(of loss: Variable, for variables: [Variable]) -> [Tensor] {
    var adjoints = Adjoints(isDifferentiable: nodes.map(\.isDifferentiable))
    propagate(from: loss, keeping: Set(variables.map(\.index)), &adjoints)
    return variables.map { variable in
      precondition(
        nodes[variable.index].isDifferentiable, "a gradient was asked for a constant")
      return adjoints.gradients[variable.index] ?? Tensor(zeros: shape(variable))
    }
  }

  /// Writes the gradients of a one-element `loss` with respect to inputs where they should be.
  package func writeGradients(
    of loss: Variable, to targets: [(variable: Variable, memory: UnsafeMutablePointer<Float>)]
  ) {
    var adjoints = Adjoints(isDifferentiable: nodes.map(\.isDifferentiable))
    for (variable, memory) in targets {
      precondition(
        nodes[variable.index].isDifferentiable && nodes[variable.index].pullback == nil
          && adjoints.targets[variable.index] == nil,
        "the gradient of an input can be written elsewhere, once")
      adjoints.targets[variable.index] = Adjoints.Target(memory: memory)
    }
    propagate(from: loss, keeping: [], &adjoints)
    for (variable, memory) in targets where !adjoints.targets[variable.index]!.isWritten {
      memory.initialize(repeating: 0, count: shape(variable).count)
    }
  }

  private func propagate(
    from loss: Variable, keeping kept: Set<Int>, _ adjoints: inout Adjoints
  ) {
    precondition(
      self[loss].count == 1, "the loss has shape \(shape(loss)); gradients need one element")
    adjoints.add(Tensor([1], shape: shape(loss)), to: loss)
    for index in stride(from: loss.index, through: 0, by: -1) {
      guard let pullback = nodes[index].pullback, let gradient = adjoints.gradients[index]
      else { continue }
      if !kept.contains(index) { adjoints.gradients[index] = nil }
      pullback(gradient, &adjoints)
    }
  }
}

/// The gradients gathered so far on the way back.
struct Adjoints {
  /// Memory of the caller's that a gradient goes to.
  fileprivate struct Target {
    let memory: UnsafeMutablePointer<Float>
    var isWritten = false
  }

  fileprivate var gradients: [Tensor?]
  fileprivate var targets: [Target?]
  private let isDifferentiable: [Bool]

  fileprivate init(isDifferentiable: [Bool]) {
    gradients = Array(repeating: nil, count: isDifferentiable.count)
    targets = Array(repeating: nil, count: isDifferentiable.count)
    self.isDifferentiable = isDifferentiable
  }

  /// Whether a contribution to this variable is of any use.
  func needs(_ variable: Variable) -> Bool { isDifferentiable[variable.index] }

  /// Adds a contribution.
  mutating func add(_ gradient: Tensor, to variable: Variable) {
    guard needs(variable) else { return }
    if gradients[variable.index] == nil && targets[variable.index] == nil {
      gradients[variable.index] = gradient
      return
    }
    update(variable, shape: gradient.shape) { target, isFirst in
      withPointers(gradient) { source in
        if isFirst {
          target.initialize(from: source, count: gradient.count)
        } else {
          tk_current().pointee.add(Int64(gradient.count), target, source, target)
        }
      }
    }
  }

  /// Lets a kernel add its contribution in place. Where there is none yet the memory is
  /// uninitialized and `isFirst` is true.
  mutating func update(
    _ variable: Variable, shape: Shape,
    _ body: (_ target: UnsafeMutablePointer<Float>, _ isFirst: Bool) -> Void
  ) {
    guard needs(variable) else { return }
    if let target = targets[variable.index] {
      body(target.memory, !target.isWritten)
      targets[variable.index]!.isWritten = true
    } else if gradients[variable.index] == nil {
      gradients[variable.index] = Tensor(shape) { body($0, true) }
    } else {
      gradients[variable.index]!.withMutablePointer { body($0, false) }
    }
  }

  /// Lets a kernel add its contribution in place, to zeros where there is none yet.
  mutating func accumulate(
    _ variable: Variable, shape: Shape, _ body: (UnsafeMutablePointer<Float>) -> Void
  ) {
    update(variable, shape: shape) { target, isFirst in
      if isFirst { target.initialize(repeating: 0, count: shape.count) }
      body(target)
    }
  }

  /// Where a kernel may add contributions until the next one to the same variable, zeros where
  /// there are none yet; nil if they are of no use.
  mutating func memory(_ variable: Variable, shape: Shape) -> UnsafeMutablePointer<Float>? {
    var memory: UnsafeMutablePointer<Float>?
    accumulate(variable, shape: shape) { memory = $0 }
    return memory
  }
}
