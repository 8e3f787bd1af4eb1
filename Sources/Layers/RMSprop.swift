/// Steps divided by the root of a running mean of squared gradients.
///
/// Source: Tieleman, Hinton, "Lecture 6.5" of Neural Networks for Machine Learning (2012); the
/// centered form is that of Graves, "Generating sequences with recurrent neural networks" (2013),
/// section 4.2; both as PyTorch has them.
public struct RMSprop: Optimizer {
  public var learningRate: Float
  /// How much of the running means each step keeps.
  public var smoothing: Float
  public var epsilon: Float
  /// Times the parameter, added to the gradient.
  public var weightDecay: Float
  /// The share of the last step that goes on; 0 for none.
  public var momentum: Float
  /// Divides by the gradient's deviation from its running mean instead.
  public var isCentered: Bool
  public private(set) var stepCount = 0
  private var squares: [Float]
  private var means: [Float]
  private var velocity: [Float]

  public init(
    for parameters: Parameters, learningRate: Float = 0.01, smoothing: Float = 0.99,
    epsilon: Float = 1e-8, weightDecay: Float = 0, momentum: Float = 0, isCentered: Bool = false
  ) {
    self.learningRate = learningRate
    self.smoothing = smoothing
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.momentum = momentum
    self.isCentered = isCentered
    squares = Array(repeating: 0, count: parameters.layout.count)
    means = squares
    velocity = squares
  }

  @discardableResult
  public mutating func step(_ parameters: inout Parameters, _ gradients: Gradients) -> Double {
    let norm = gradients.norm
    guard norm.isFinite else { return norm }
    parameters.update(by: gradients, weightDecay: weightDecay) { index, gradient, parameter in
      squares[index] = smoothing * squares[index] + (1 - smoothing) * gradient * gradient
      var spread = squares[index]
      if isCentered {
        means[index] = smoothing * means[index] + (1 - smoothing) * gradient
        spread = max(0, spread - means[index] * means[index])
      }
      let scaled = gradient / (spread.squareRoot() + epsilon)
      velocity[index] = momentum * velocity[index] + scaled
      parameter -= learningRate * velocity[index]
    }
    stepCount += 1
    return norm
  }
}
