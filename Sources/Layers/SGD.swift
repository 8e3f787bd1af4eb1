/// Stochastic gradient descent, with momentum.
///
/// Source: Sutskever, Martens, Dahl, Hinton, "On the importance of initialization and momentum in
/// deep learning" (2013), section 2, in the form of PyTorch's documentation.
public struct SGD: Optimizer {
  public var learningRate: Float
  /// The share of the last step that goes on; 0 for none.
  public var momentum: Float
  /// The share of the gradient that momentum does not take in.
  public var dampening: Float
  /// Looks ahead: adds the momentum that this step will leave.
  public var isNesterov: Bool
  /// Times the parameter, added to the gradient.
  public var weightDecay: Float
  public private(set) var stepCount = 0
  private var velocity: [Float]

  public init(
    for parameters: Parameters, learningRate: Float, momentum: Float = 0, dampening: Float = 0,
    isNesterov: Bool = false, weightDecay: Float = 0
  ) {
    precondition(
      !isNesterov || momentum > 0 && dampening == 0,
      "Nesterov's momentum needs a positive momentum and no dampening")
    self.learningRate = learningRate
    self.momentum = momentum
    self.dampening = dampening
    self.isNesterov = isNesterov
    self.weightDecay = weightDecay
    velocity = Array(repeating: 0, count: parameters.layout.count)
  }

  @discardableResult
  public mutating func step(_ parameters: inout Parameters, _ gradients: Gradients) -> Double {
    let norm = gradients.norm
    guard norm.isFinite else { return norm }
    // At the first step there is nothing to dampen.
    let intake = stepCount == 0 ? 1 : 1 - dampening
    parameters.update(by: gradients, weightDecay: weightDecay) { index, gradient, parameter in
      velocity[index] = momentum * velocity[index] + intake * gradient
      let direction = isNesterov ? gradient + momentum * velocity[index] : velocity[index]
      parameter -= learningRate * direction
    }
    stepCount += 1
    return norm
  }
}
