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

/// Gaussian steps in proportion to the spread of a set of points.
///
/// Sources: Haario, Saksman, Tamminen, "An adaptive Metropolis algorithm" (Bernoulli 2001); Gelman,
/// Roberts, Gilks, "Efficient Metropolis jumping rules" (1996), for the factor 2.38²/d.
@usableFromInline
struct RandomWalk: Sendable {
  private var factor: Cholesky
  /// Multiplies the steps.
  @usableFromInline var scale: Double

  /// Independent steps of the given standard deviations.
  @usableFromInline
  init(deviations: [Double]) {
    factor = Cholesky(unchecked: DenseMatrix(diagonal: deviations))
    scale = 1
  }

  /// Steps by the covariance of `points`, weighted; nil if they lie in fewer dimensions.
  @usableFromInline
  init?(points: [[Double]], weights: [Double]? = nil) {
    let dimension = points[0].count
    let weights = weights ?? points.map { _ in 1 }
    let total = weights.reduce(0, +)
    var mean = [Double](repeating: 0, count: dimension)
    for (point, weight) in zip(points, weights) {
      for index in 0..<dimension { mean[index] += weight / total * point[index] }
    }
    var covariance = DenseMatrix(rows: dimension, columns: dimension)
    for (point, weight) in zip(points, weights) {
      covariance.addOuterProduct(zip(point, mean).map { $0 - $1 }, scale: weight / total)
    }
    guard let factor = Cholesky(covariance) else { return nil }
    self.factor = factor
    scale = 2.38 / Double(dimension).squareRoot()
  }

  @usableFromInline
  func step(from point: [Double], _ stream: inout RandomStream) -> [Double] {
    precondition(
      point.count == factor.dimension,
      "steps in \(factor.dimension) dimensions for \(point.count) parameters")
    let move = factor.lower * stream.normals(point.count)
    return zip(point, move).map { $0 + scale * $1 }
  }
}
