import Tensor

/// What moves parameters against their gradient, one step at a time.
///
/// All of them agree with PyTorch's optimizers of the same name on the same inputs, but that weight
/// decay applies to matrices only, not to gains and biases.
public protocol Optimizer: Sendable {
  /// Steps taken.
  var stepCount: Int { get }

  /// Takes one step.
  ///
  /// - Returns: the norm of the gradient. A norm that is not finite leaves everything as it was.
  /// - Precondition: parameters, gradients and optimizer belong to one model.
  @discardableResult
  mutating func step(_ parameters: inout Parameters, _ gradients: Gradients) -> Double
}

extension Parameters {
  /// Updates every number by its place in the vector and its gradient, to which weight decay has
  /// been added.
  mutating func update(
    by gradients: Gradients, weightDecay: Float,
    _ update: (_ index: Int, _ gradient: Float, _ parameter: inout Float) -> Void
  ) {
    precondition(
      layout == gradients.layout, "the parameters and the gradients belong to different models")
    withPointers(gradients.vector) { gradient in
      vector.withMutablePointer { parameter in
        for entry in layout.entries {
          let decay = entry.decays ? weightDecay : 0
          for index in entry.offset..<entry.offset + entry.shape.count {
            update(index, gradient[index] + decay * parameter[index], &parameter[index])
          }
        }
      }
    }
  }
}
