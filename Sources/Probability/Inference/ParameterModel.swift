public import Randomness

/// A family of sequential models with a prior over its parameters.
///
/// For methods that move parameters from outside, by the evidence of whole runs: particle
/// Metropolis–Hastings and SMC². Random-walk proposals work best where the posterior is roughly
/// Gaussian: give logarithms of scales, logits of probabilities.
public protocol ParameterModel: Sendable {
  associatedtype Sequence: SequentialModel

  /// The log-density of the prior, up to no constant; -infinity outside its support.
  func logPrior(_ parameters: [Double]) -> Double

  /// A draw from the prior.
  func drawPrior(_ stream: inout RandomStream) -> [Double]

  /// The model with given parameters. Asked for only where the prior is positive.
  func make(_ parameters: [Double]) -> Sequence
}

/// Parameters, and what a particle filter found for them.
public struct ParameterDraw<Program: Sendable>: Sendable {
  public var parameters: [Double]
  /// The filter's estimate of the logarithm of the probability of the data.
  public var logEvidence: Double
  /// A particle at the end of the data, drawn by its weight.
  public var state: Program

  @usableFromInline
  init(parameters: [Double], logEvidence: Double, state: Program) {
    self.parameters = parameters
    self.logEvidence = logEvidence
    self.state = state
  }
}
