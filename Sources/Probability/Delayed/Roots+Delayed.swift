// Distributions with numbers for parameters: roots of the graph, or none of its families.

extension Beta: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Beta { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    Random(graph.assumeRoot(.beta, alpha, beta, &work))
  }
}

extension Pareto: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Pareto { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    Random(graph.assumeRoot(.pareto, shape, minimum, &work))
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
    guard let parent = parent(&graph, &work) else { return nil }
    return Random(graph.assumeChild(.uniform, of: parent, a: 0, &work))
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

extension StudentT: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> StudentT { self }
}

extension Laplace: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Laplace { self }
}

extension Logistic: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Logistic { self }
}

extension LogNormal: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> LogNormal { self }
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

extension UniformInteger: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> UniformInteger { self }
}
