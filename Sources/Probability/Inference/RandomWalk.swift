import Glibc
public import Randomness

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
    require(
      point.count == factor.dimension,
      "steps in \(factor.dimension) dimensions for \(point.count) parameters")
    let move = factor.lower * stream.normals(point.count)
    return zip(point, move).map { $0 + scale * $1 }
  }
}

/// A random walk that learns from a chain, while it warms up, where and how far to step.
@usableFromInline
struct AdaptiveWalk: Sendable {
  @usableFromInline var walk: RandomWalk
  private let target: Double
  private var history: [[Double]] = []
  private var isFitted = false

  /// Steps of the given standard deviations at first, later of those for which the rate of
  /// acceptance is about `target`.
  @usableFromInline
  init(deviations: [Double], target: Double) {
    walk = RandomWalk(deviations: deviations)
    self.target = target
  }

  /// Learns from the point where a move ended, and the probability with which it was accepted.
  @usableFromInline
  mutating func learn(_ point: [Double], _ acceptance: Double) {
    history.append(point)
    // The second half so far: the first may still be on its way to the posterior.
    if history.count % 50 == 0,
      var fitted = RandomWalk(points: Array(history[(history.count / 2)...]))
    {
      // What was learned of the scale is in units of the spread since the first fit.
      if isFitted { fitted.scale = walk.scale }
      walk = fitted
      isFitted = true
    }
    // Robbins and Monro.
    walk.scale *= exp((acceptance - target) / Double(history.count).squareRoot())
  }
}
