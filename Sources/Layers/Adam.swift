#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Steps of running means of the gradient, divided by roots of running means of its square.
///
/// Weight decay is part of the gradient here; `AdamW` has it beside.
///
/// Source: Kingma, Ba, "Adam: a method for stochastic optimization" (2015), algorithm 1.
public struct Adam: Optimizer {
  public var learningRate: Float
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  /// Times the parameter, added to the gradient.
  public var weightDecay: Float
  public private(set) var stepCount = 0
  private var means: [Float]
  private var squares: [Float]

  public init(
    for parameters: Parameters, learningRate: Float = 1e-3, beta1: Float = 0.9,
    beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    means = Array(repeating: 0, count: parameters.layout.count)
    squares = means
  }

  @discardableResult
  public mutating func step(_ parameters: inout Parameters, _ gradients: Gradients) -> Double {
    let norm = gradients.norm
    guard norm.isFinite else { return norm }
    stepCount += 1
    let correction1 = Float(1 - pow(Double(beta1), Double(stepCount)))
    let correction2 = Float(1 - pow(Double(beta2), Double(stepCount)))
    parameters.update(by: gradients, weightDecay: weightDecay) { index, gradient, parameter in
      means[index] = beta1 * means[index] + (1 - beta1) * gradient
      squares[index] = beta2 * squares[index] + (1 - beta2) * gradient * gradient
      let deviation = (squares[index] / correction2).squareRoot() + epsilon
      parameter -= learningRate * means[index] / correction1 / deviation
    }
    return norm
  }
}
