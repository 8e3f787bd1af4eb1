import Glibc

// Distributions with numbers for parameters: roots of the graph, or none of its families.

extension Beta: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Beta { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    guard work.accepts(isSound) else { return nil }
    return Random(graph.assumeRoot(.beta, alpha, beta, &work))
  }
}

extension Uniform: DelayedDistribution where Upper: AffineConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Uniform<Double> {
    Uniform<Double>(lower, graph.number(upper.affine, &work))
  }

  /// The Pareto upper end of an interval from 0.
  private func parent(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Int? {
    guard let upper = upper as? Random<Double>, upper.handle != nil, lower == 0,
      case .conjugate(let parent) = graph.prior(upper.bits, .uniform, .pareto, work: &work)
    else { return nil }
    return parent
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    if lower == 0, let upper = upper as? Double, upper == 1 {
      return Random(graph.assumeRoot(.beta, 1, 1, &work))
    }
    guard let parent = parent(&graph, &work) else { return nil }
    return graph.assumeChild(.uniform, of: parent, a: 0, &work).map { Random($0) }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    guard let parent = parent(&graph, &work) else {
      return plain(&graph, &work).logDensity(value)
    }
    return graph.observeChild(.uniform, of: parent, a: 0, values: [value])
  }
}

extension Lomax: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Lomax { self }
}

extension TruncatedNormal: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> TruncatedNormal {
    self
  }
}

extension Weibull: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Weibull { self }
}

extension BetaBinomial: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> BetaBinomial { self }
}

extension BetaNegativeBinomial: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> BetaNegativeBinomial {
    self
  }
}

// Finitely many values.

extension UniformInteger: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> UniformInteger { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    guard work.accepts(flaw == nil) else { return nil }
    let count = upper - lower + 1
    if count > FiniteTable.maximumCount { return nil }
    let weights = [Double](repeating: 1 / Double(count), count: count)
    return graph.assumeFinite(weights, first: lower, &work).map { Random($0) }
  }
}

extension TokenLogits: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> TokenLogits { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    guard work.accepts(flaw == nil) else { return nil }
    let total = LogWeight.sum(logWeights)
    let weights = logWeights.map { exp(Double($0) - total) }
    return graph.assumeFinite(weights, &work).map { Random($0) }
  }
}

extension PitmanYor: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> PitmanYor { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    guard work.accepts(isSound) else { return nil }
    return graph.assumeFinite(probabilities, &work).map { Random($0) }
  }
}

extension ChineseRestaurant: DelayedDistribution {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> ChineseRestaurant { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    guard work.accepts(flaw == nil) else { return nil }
    return graph.assumeFinite(probabilities, &work).map { Random($0) }
  }
}
