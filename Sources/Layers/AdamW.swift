import CTensorKernels
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Adam with decoupled weight decay, linear warm-up and clipping of the gradient's norm.
///
/// Source: Loshchilov & Hutter, Decoupled Weight Decay Regularization (2019), algorithm 2.
public struct AdamW: Optimizer {
  public var learningRate: Float
  public var beta1: Float
  public var beta2: Float
  public var epsilon: Float
  /// Applies to matrices only.
  public var weightDecay: Float
  /// Steps over which the learning rate rises linearly from zero.
  public var warmupSteps: Int
  /// Longer gradients are scaled down to this norm.
  public var clipNorm: Double

  /// Steps taken.
  public internal(set) var stepCount = 0
  var firstMoment: Parameters
  var secondMoment: Parameters

  public init(
    for parameters: Parameters, learningRate: Float = 1e-3, beta1: Float = 0.9,
    beta2: Float = 0.999, epsilon: Float = 1e-8, weightDecay: Float = 0.01, warmupSteps: Int = 0,
    clipNorm: Double = 1
  ) {
    self.learningRate = learningRate
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    self.warmupSteps = warmupSteps
    self.clipNorm = clipNorm
    firstMoment = Parameters(zeros: parameters.layout)
    secondMoment = Parameters(zeros: parameters.layout)
  }

  /// The learning rate that the next step uses.
  public var currentLearningRate: Float {
    warmupSteps > 0
      ? learningRate * min(1, Float(stepCount + 1) / Float(warmupSteps)) : learningRate
  }

  /// Takes one step.
  ///
  /// - Returns: the norm of the gradient before clipping. A norm that is not finite leaves
  ///   everything as it was.
  @discardableResult
  public mutating func step(_ parameters: inout Parameters, _ gradients: Gradients) -> Double {
    precondition(
      parameters.layout == gradients.layout && parameters.layout == firstMoment.layout,
      "the parameters, the gradients and the optimizer belong to different models")
    let norm = gradients.norm
    guard norm.isFinite else { return norm }
    var arguments = tk_adamw_arguments()
    arguments.gradient_scale = norm > clipNorm ? Float(clipNorm / norm) : 1
    arguments.learning_rate = currentLearningRate
    arguments.beta1 = beta1
    arguments.beta2 = beta2
    arguments.epsilon = epsilon
    stepCount += 1
    arguments.correction1 = Float(1 - pow(Double(beta1), Double(stepCount)))
    arguments.correction2 = Float(1 - pow(Double(beta2), Double(stepCount)))
    withPointers(gradients.vector) { gradient in
      parameters.vector.withMutablePointer { parameter in
        firstMoment.vector.withMutablePointer { first in
          secondMoment.vector.withMutablePointer { second in
            for entry in gradients.layout.entries {
              arguments.weight_decay = entry.decays ? weightDecay : 0
              let start = entry.offset
              tk_current().pointee.adamw(
                Int64(entry.shape.count), &arguments, gradient + start, parameter + start,
                first + start, second + start)
            }
          }
        }
      }
    }
    return norm
  }
}
