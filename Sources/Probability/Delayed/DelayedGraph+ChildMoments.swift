import Glibc

// Means and variances of children, by the laws of total expectation and variance: what a child
// expects given its parent θ is a number times a power of θ, and its variance one times the square
// of that.
//
// Sources: Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions" (2nd edition,
// 1994–95), sections 17.7 (powers of gamma numbers), 20.4 (Pareto), 21.4 (Weibull), 24.3 (Laplace)
// and 27.3 (odds of a beta number); Johnson, Kotz, Balakrishnan, "Discrete Multivariate
// Distributions" (1997), section 35.13, for counts of a Dirichlet.

extension DelayedGraph {
  /// Of a child, averaged over its parent; NaN where it does not exist.
  func childMoments(_ index: Int) -> (mean: Double, variance: Double) {
    let node = nodes[index]
    switch node.relation {
    case .none: return (.nan, .nan)
    case .bernoulli, .binomial:
      return successMoments(of: node.a, moments(at: Int(node.parent)))
    case .negativeBinomial: return failureMoments(before: node.a, odds(of: Int(node.parent)))
    case .poisson, .gamma, .inverseGamma, .weibull, .laplace: return rateMoments(node)
    case .pareto: return paretoMoments(node)
    case .categorical: return categoryMoments(node)
    case .multinomial:
      return successMoments(of: node.a, moments(at: Int(node.parent) + Int(node.row)))
    case .thinned:
      let (mean, variance) = moments(at: Int(node.parent))
      return (
        node.b * mean, node.b * (1 - node.b) * mean + node.b * node.b * variance
      )
    case .uniform:
      let (mean, variance) = moments(at: Int(node.parent))
      let square = variance + mean * mean
      return (mean / 2, square / 3 - mean * mean / 4)
    }
  }

  /// Of successes among independent trials that share a random probability.
  private func successMoments(
    of trials: Double, _ probability: (mean: Double, variance: Double)
  ) -> (mean: Double, variance: Double) {
    let (mean, variance) = probability
    return (
      trials * mean, trials * mean * (1 - mean) + trials * (trials - 1) * variance
    )
  }

  /// Of failures before the last of so many successes, given the moments of a failure's odds.
  private func failureMoments(
    before successes: Double, _ odds: (mean: Double, variance: Double)
  ) -> (mean: Double, variance: Double) {
    let (mean, variance) = odds
    let square = variance + mean * mean
    return (
      successes * mean, successes * (mean + square) + successes * successes * variance
    )
  }

  /// Of (1 − p)/p, for p beta or known: beta prime.
  private func odds(of parent: Int) -> (mean: Double, variance: Double) {
    let (a, b) = (nodes[parent].a, nodes[parent].b)
    if nodes[parent].kind == .known { return ((1 - a) / a, 0) }
    guard nodes[parent].kind == .beta && a > 1 else { return (.nan, .nan) }
    let mean = b / (a - 1)
    return (mean, a > 2 ? mean * (a + b - 1) / ((a - 1) * (a - 2)) : .nan)
  }

  /// Of what has a random rate or scale, or the inverse of one.
  private func rateMoments(_ node: Node) -> (mean: Double, variance: Double) {
    let parent = Int(node.parent)
    // The child's rate or scale is `b` times this power of the parent.
    let sign = node.isInverted ? -1.0 : 1
    switch node.relation {
    case .poisson:
      let (mean, variance) = power(sign, of: parent)
      return (node.offset + node.b * mean, node.b * mean + node.b * node.b * variance)
    case .gamma:
      return scaled(power(-sign, of: parent), by: node.a / node.b, spread: 1 / node.a)
    case .inverseGamma:
      let mean = node.a > 1 ? node.b / (node.a - 1) : .nan
      let spread = node.a > 2 ? 1 / (node.a - 2) : .nan
      return scaled(power(sign, of: parent), by: mean, spread: spread)
    case .weibull:
      let mean = exp(Special.logGamma(1 + 1 / node.a) - log(node.b) / node.a)
      let ratio = Special.logGamma(1 + 2 / node.a) - 2 * Special.logGamma(1 + 1 / node.a)
      return scaled(power(-sign / node.a, of: parent), by: mean, spread: expm1(ratio))
    default:
      let (mean, variance) = power(-sign, of: parent)
      let square = variance + mean * mean
      return (mean.isNaN ? .nan : node.a, 2 * square / (node.b * node.b))
    }
  }

  /// Of `factor` times a number, times one of mean 1 and variance `spread` that is independent.
  private func scaled(
    _ moments: (mean: Double, variance: Double), by factor: Double, spread: Double
  ) -> (mean: Double, variance: Double) {
    let (mean, variance) = moments
    let square = variance + mean * mean
    return (factor * mean, factor * factor * (variance + spread * square))
  }

  /// A shape that can be below 1, as every random one can, has no mean.
  private func paretoMoments(_ node: Node) -> (mean: Double, variance: Double) {
    let parent = nodes[Int(node.parent)]
    guard parent.kind == .known else { return (.nan, .nan) }
    return Self.paretoMoments(
      shape: node.isInverted ? node.b / parent.a : node.b * parent.a, minimum: node.a)
  }

  static func paretoMoments(
    shape: Double, minimum: Double
  ) -> (mean: Double, variance: Double) {
    let mean = shape > 1 ? shape * minimum / (shape - 1) : .nan
    let square = (shape - 1) * (shape - 1) * (shape - 2)
    return (mean, shape > 2 ? minimum * minimum * shape / square : .nan)
  }

  private func categoryMoments(_ node: Node) -> (mean: Double, variance: Double) {
    var (mean, square) = (0.0, 0.0)
    for (value, probability) in means(ofGroup: Int(node.parent)).enumerated() {
      mean += probability * Double(value)
      square += probability * Double(value) * Double(value)
    }
    return (mean, square - mean * mean)
  }

  /// The means of a Dirichlet vector's components, or their values.
  func means(ofGroup head: Int) -> [Double] {
    let numbers = (0..<Int(nodes[head].size)).map { nodes[head + $0].a }
    if nodes[head].kind == .known { return numbers }
    let total = numbers.reduce(0, +)
    return numbers.map { $0 / total }
  }

  /// The shape and rate of a gamma number, or of the inverse of an inverse-gamma one, given also
  /// what its marginalized child has seen.
  ///
  /// Such a child is Poisson but for what is certain of it, and what is thinned of a Poisson count
  /// is independent of what is not: the number's law is gamma, whatever was seen.
  func gammaLaw(_ index: Int) -> (shape: Double, rate: Double) {
    var (shape, rate) = (nodes[index].a, nodes[index].b)
    var child = Int(nodes[index].marginalChild)
    // The mean of what the child can be, divided by the gamma number.
    var factor = 1.0
    while child >= 0 && nodes[child].kind == .negativeBinomial {
      let node = nodes[child]
      let total = rate + factor * node.link
      (shape, rate) = (node.a, node.b * total)
      factor = (1 - node.b) * total
      child = Int(node.marginalChild)
    }
    return (shape, rate)
  }

  /// Mean and variance of a power of a gamma or inverse-gamma number, or of a share of one.
  func power(_ exponent: Double, of index: Int) -> (mean: Double, variance: Double) {
    let node = nodes[index]
    switch node.kind {
    case .known: return (pow(node.a, exponent), 0)
    case .gamma, .inverseGamma:
      let (shape, rate) = gammaLaw(index)
      return Self.power(
        node.kind == .gamma ? exponent : -exponent, ofGamma: shape, rate: rate)
    case .gammaShare:
      // The share of the total is beta, and independent of it.
      let total = power(exponent, of: Int(node.parent))
      let scale = pow(node.link, -exponent)
      let part = Self.power(exponent, ofBeta: node.a, of: node.b)
      let square = part.variance + part.mean * part.mean
      return (
        scale * part.mean * total.mean,
        scale * scale * (total.variance * square + total.mean * total.mean * part.variance)
      )
    default: return (.nan, .nan)
    }
  }

  private static func power(
    _ exponent: Double, ofGamma shape: Double, rate: Double
  ) -> (mean: Double, variance: Double) {
    if exponent == 1 { return (shape / rate, shape / (rate * rate)) }
    if exponent == -1 {
      let mean = shape > 1 ? rate / (shape - 1) : .nan
      return (mean, shape > 2 ? mean * mean / (shape - 2) : .nan)
    }
    let logMean = logRatio(shape, exponent)
    let mean = exp(logMean - exponent * log(rate))
    return (mean, mean * mean * expm1(logRatio(shape, 2 * exponent) - 2 * logMean))
  }

  /// Of a beta number with these parameters: `shape`, and what with it makes `total`.
  private static func power(
    _ exponent: Double, ofBeta shape: Double, of total: Double
  ) -> (mean: Double, variance: Double) {
    if shape >= total { return (1, 0) }
    let logMean = logRatio(shape, exponent) - logRatio(total, exponent)
    let logSquare = logRatio(shape, 2 * exponent) - logRatio(total, 2 * exponent)
    let mean = exp(logMean)
    return (mean, mean * mean * expm1(logSquare - 2 * logMean))
  }

  /// log(Γ(shape + step)/Γ(shape)); NaN if the first has no value.
  private static func logRatio(_ shape: Double, _ step: Double) -> Double {
    if step >= 0 { return Special.logRising(shape, step) }
    return shape + step > 0 ? -Special.logRising(shape + step, -step) : .nan
  }
}
