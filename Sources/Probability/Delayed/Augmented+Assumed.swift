import Glibc

// Variables that are Gaussian given one auxiliary number, or functions of a Gaussian one, where
// they are assumed and not observed. The parents stay random: what is drawn conditions them.
//
// Sources: Andrews, Mallows, "Scale mixtures of normal distributions" (JRSS B 1974), for the
// logistic distribution as one; Polson, Scott, Windle (JASA 2013), theorem 1, for the law of the
// Pólya–Gamma number given the value.

extension LogNormal where Mean: AffineConvertible, Variance: ProportionalConvertible {
  /// The logarithm is drawn from its marginal distribution, and conditions mean and variance.
  public func sampleAtOnce(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    guard graph.isRandom(mean.affine) || graph.isRandom(variance.proportional) else {
      return work.sample(plain(&graph, &work))
    }
    guard work.accepts(variance.scaleNumber.map { $0 > 0 } ?? true) else { return .nan }
    return exp(graph.drawNormal(mean.affine, variance.proportional, &work))
  }
}

extension BinnedNormal where Mean: AffineConvertible, Variance: ProportionalConvertible {
  /// The number is drawn from its marginal distribution, and conditions mean and variance.
  public func sampleAtOnce(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Int {
    guard graph.isRandom(mean.affine) || graph.isRandom(variance.proportional) else {
      return work.sample(plain(&graph, &work))
    }
    guard work.accepts(hasSoundCuts && (variance.scaleNumber.map { $0 > 0 } ?? true)) else {
      return 0
    }
    let number = graph.drawNormal(mean.affine, variance.proportional, &work)
    return cuts.firstIndex { number < $0 } ?? cuts.count
  }
}

extension Logistic where Location: AffineConvertible {
  /// With a random location, normal given a variance, which is drawn.
  ///
  /// The variance of a logistic number has the law of that number's posterior variance.
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    guard graph.isRandom(location.affine) else { return nil }
    guard work.accepts(Special.isPositive(scale)) else { return nil }
    work.counters.drawn(work.site)
    let noise = Logistic<Double>(location: 0, scale: 1).sample(&work.stream)
    let law = PolyaGamma(tilt: abs(noise))
    let omega = law.sample(&work.stream) + law.sample(&work.stream)
    let variance = Proportional(coefficient: scale * scale / omega)
    return Random(graph.assumeNormal(location.affine, variance, &work))
  }
}

extension LogitBernoulli where Logit: AffineConvertible {
  /// Drawn with a logit from its marginal distribution, which is forgotten for a Pólya–Gamma number
  /// that the random variables in it are Gaussian given.
  public func sampleAtOnce(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Bool {
    guard graph.isRandom(logit.affine) else { return work.sample(plain(&graph, &work)) }
    graph.stopSwitching(&work)
    let number = graph.gathering(logit.affine, Proportional(coefficient: 0), &work) {
      graph, terms, place, work in
      let deviation = graph.gaussian.spread(terms).squareRoot()
      return place.constant + graph.gaussian.mean(terms) + deviation * work.stream.normal()
    }
    guard work.accepts(number.isFinite) else { return false }
    let value = LogitBernoulli<Double>(logit: number).sample(&work.stream)
    let omega = PolyaGamma(tilt: abs(number)).sample(&work.stream)
    _ = graph.observeNormal(
      (value ? 0.5 : -0.5) / omega, logit.affine, Proportional(coefficient: 1 / omega), &work)
    return value
  }
}

extension DelayedGraph {
  /// Whether an expression has a variable without a value.
  func isRandom(_ expression: Proportional) -> Bool {
    if let general = expression.general.first { return isRandom(general) }
    guard let handle = expression.variable?.handle else { return false }
    return nodes[index(handle)].kind != .known
  }
}
