import Glibc

// Observations that are Gaussian given one auxiliary number, which is drawn: everything else stays
// in closed form. The report counts these draws.
//
// Sources: Andrews, Mallows, "Scale mixtures of normal distributions" (JRSS B 1974), for Student's
// and Laplace's; Polson, Scott, Windle, "Bayesian inference for logistic models using Pólya–Gamma
// latent variables" (JASA 2013), theorem 1, for the logistic ones; Albert, Chib, "Bayesian analysis
// of binary and polychotomous response data" (JASA 1993), for intervals.

extension LogNormal: DelayedDistribution
where Mean: AffineConvertible, Variance: ProportionalConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> LogNormal<Double, Double> {
    let normal = Normal(mean, variance: variance).plain(&graph, &work)
    return LogNormal<Double, Double>(normal.mean, variance: normal.variance)
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    guard value > 0 else { return value.isNaN ? .nan : -.infinity }
    let logarithm = log(value)
    if logarithm == .infinity { return -.infinity }
    return Normal(mean, variance: variance).observe(logarithm, &graph, &work) - logarithm
  }
}

extension StudentT: DelayedDistribution where Location: AffineConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> StudentT<Double> {
    StudentT<Double>(
      degreesOfFreedom: degreesOfFreedom, location: graph.number(location.affine, &work),
      scale: scale)
  }

  /// Normal with an inverse-gamma variance, which stays random as long as it can.
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    let variance = variance(&graph, &work)
    return Random(graph.assumeNormal(location.affine, variance.proportional, &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if !graph.isRandom(location.affine) { return plain(&graph, &work).logDensity(value) }
    let site = work.site
    let variance = variance(&graph, &work)
    work.counters.drawn(site)
    graph.nodes[variance.handle!.index].site = .unknown
    let result = graph.observeNormal(value, location.affine, variance.proportional, &work)
    graph.free(variance.handle!.index)
    return result
  }

  private func variance(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Random<Double> {
    _ = work.accepts(Special.isPositive(degreesOfFreedom) && Special.isPositive(scale))
    let half = degreesOfFreedom / 2
    return Random(graph.assumeRoot(.inverseGamma, half, half * scale * scale, &work))
  }
}

extension Laplace: DelayedDistribution
where Location: AffineConvertible, Scale: ProportionalConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Laplace<Double, Double> {
    Laplace<Double, Double>(
      location: graph.number(location.affine, &work),
      scale: graph.number(scale.proportional, &work))
  }

  /// With a known location, a child of the rate; else normal given an exponential variance.
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    if graph.isRandom(location.affine) {
      let variance = drawVariance(&graph, &work)
      return Random(graph.assumeNormal(location.affine, variance, &work))
    }
    let location = graph.number(location.affine, &work)
    let rate = graph.rate(scale.proportional.inverse, &work)
    if rate.node < 0 { return nil }
    return graph.assumeChild(.laplace, of: rate, a: location, &work).map { Random($0) }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if graph.isRandom(location.affine) {
      let variance = drawVariance(&graph, &work)
      return graph.observeNormal(value, location.affine, variance, &work)
    }
    let location = graph.number(location.affine, &work)
    let rate = graph.rate(scale.proportional.inverse, &work)
    if rate.node < 0 {
      return Laplace<Double, Double>(location: location, scale: 1 / rate.coefficient)
        .logDensity(value)
    }
    return graph.observeChild(
      .laplace, of: rate.node, a: location, b: rate.coefficient, values: [value])
  }

  private func drawVariance(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Proportional {
    work.counters.drawn(work.site)
    let scale = graph.number(scale.proportional, &work)
    guard work.accepts(scale > 0) else { return Proportional(coefficient: .nan) }
    return Proportional(coefficient: 2 * scale * scale * work.stream.exponential())
  }
}

extension Logistic: DelayedDistribution where Location: AffineConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Logistic<Double> {
    Logistic<Double>(location: graph.number(location.affine, &work), scale: scale)
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if !graph.isRandom(location.affine) { return plain(&graph, &work).logDensity(value) }
    work.counters.drawn(work.site)
    // 1/(4s) times the mean of exp(−ω z²/2), ω the sum of two Pólya–Gamma numbers.
    let law = PolyaGamma(tilt: graph.tilt(value, location.affine, scale: scale, &work))
    let omega = law.sample(&work.stream) + law.sample(&work.stream)
    let variance = scale * scale / omega
    let logDensity = graph.observeNormal(
      value, location.affine, Proportional(coefficient: variance), &work)
    return logDensity + 0.5 * log(2 * Double.pi * variance) - log(4 * scale)
      + 2 * law.logTilt + omega * law.tilt * law.tilt / 2
  }
}

extension LogitBernoulli: DelayedDistribution where Logit: AffineConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> LogitBernoulli<Double> {
    LogitBernoulli<Double>(logit: graph.number(logit.affine, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Bool>? {
    // A random logit stays random: `sampleAtOnce`.
    if graph.isRandom(logit.affine) { return nil }
    let known = plain(&graph, &work)
    guard work.accepts(known.flaw == nil) else { return nil }
    let p = exp(known.logDensity(true))
    return graph.assumeFinite([1 - p, p], &work).map { Random($0) }
  }

  public func observe(
    _ value: Bool, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if !graph.isRandom(logit.affine) { return plain(&graph, &work).logDensity(value) }
    work.counters.drawn(work.site)
    // ½ times the mean of exp(κψ − ωψ²/2), κ = ±½, ω a Pólya–Gamma number.
    let law = PolyaGamma(tilt: graph.tilt(0, logit.affine, scale: 1, &work))
    let omega = law.sample(&work.stream)
    let center = (value ? 0.5 : -0.5) / omega
    let logDensity = graph.observeNormal(
      center, logit.affine, Proportional(coefficient: 1 / omega), &work)
    return logDensity + 0.5 * log(2 * Double.pi / omega) + 0.125 / omega - log(2)
      + law.logTilt + omega * law.tilt * law.tilt / 2
  }
}

extension PolyaGamma {
  /// The logarithm of the mean of exp(−tilt²·ω/2) without tilt: −log cosh(tilt/2).
  var logTilt: Double { log(2) - tilt / 2 - log1p(exp(-tilt)) }
}

extension BinnedNormal: DelayedDistribution
where Mean: AffineConvertible, Variance: ProportionalConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> BinnedNormal<Double, Double> {
    BinnedNormal<Double, Double>(
      graph.number(mean.affine, &work), variance: graph.number(variance.proportional, &work),
      cuts: cuts)
  }

  /// The probability of the interval is exact; the number in it is drawn then.
  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if !graph.isRandom(mean.affine) { return plain(&graph, &work).logDensity(value) }
    let noise = graph.number(variance.proportional, &work)
    guard let interval = interval(value), noise >= 0 && noise < .infinity else {
      return hasSoundCuts && noise >= 0 ? -.infinity : .nan
    }
    work.counters.drawn(work.site)
    graph.stopSwitching(&work)
    let variance = Proportional(coefficient: noise)
    return graph.gathering(mean.affine, variance, &work) { graph, terms, place, work in
      let mean = graph.gaussian.mean(terms) + place.constant
      let deviation = (graph.gaussian.spread(terms) + place.noise).squareRoot()
      let (low, high) = (
        (interval.lowerBound - mean) / deviation, (interval.upperBound - mean) / deviation
      )
      let number = mean + deviation * work.stream.truncatedNormal(low, high)
      _ = graph.absorb(number, terms, place, &work)
      return Special.logNormalProbability(from: low, to: high)
    }
  }
}

extension DelayedGraph {
  /// Whether an expression has variables without a value.
  func isRandom(_ expression: Affine) -> Bool {
    (0..<expression.termCount).contains {
      nodes[index(Handle(bits: expression.term($0).bits)!)].kind != .known
    }
  }

  /// The tilt that a Pólya–Gamma number is best drawn with when (`value` − `expression`)/`scale` is
  /// the logit; its variables become Gaussian without a random scale.
  ///
  /// Below π, so that the weights that make up for it have a finite variance however uncertain the
  /// expression is.
  mutating func tilt(
    _ value: Double, _ expression: Affine, scale: Double, _ work: inout Workspace
  ) -> Double {
    stopSwitching(&work)
    return gathering(expression, Proportional(coefficient: 0), &work) { graph, terms, place, _ in
      let distance = (value - place.constant - graph.gaussian.mean(terms)) / scale
      let variance = graph.gaussian.spread(terms) / (scale * scale)
      // What is observed then has no density, or is impossible.
      guard distance.isFinite && variance.isFinite else { return 0 }
      return min(abs(distance) / (1 + variance / 4).squareRoot(), 2)
    }
  }
}

extension GaussianBlock {
  /// The variance of Σ coefficient·x.
  func spread(_ terms: Terms) -> Double {
    if terms.isEmpty { return 0 }
    return withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { cross in
      covariance.withUnsafeBufferPointer {
        Self.cross(terms, $0.baseAddress!, count: count, into: cross.baseAddress!)
      }
    }
  }
}

extension Proportional {
  /// One divided by it.
  var inverse: Proportional {
    Proportional(
      coefficient: 1 / coefficient, variable: variable, isInverted: !isInverted, general: general)
  }
}
