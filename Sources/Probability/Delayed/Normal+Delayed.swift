public import Randomness

extension Normal: DelayedDistribution
where Mean: AffineConvertible, Variance: ProportionalConvertible {
  @inlinable
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Normal<Double, Double> {
    if let mean = mean as? Double, let variance = variance as? Double {
      return Normal<Double, Double>(mean, variance: variance)
    }
    let mean = graph.number(mean.affine, &work)
    return Normal<Double, Double>(mean, variance: graph.number(variance.proportional, &work))
  }

  @inlinable
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    Random(graph.assumeNormal(mean.affine, variance.proportional, &work))
  }

  @inlinable
  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if let mean = mean as? Double, let variance = variance as? Double {
      let residual = value - mean
      if variance > 0 { return logNormal(residual, variance: variance) }
    }
    return graph.observeNormal(value, mean.affine, variance.proportional, &work)
  }

  @inlinable
  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    if let mean = mean as? Double, let variance = variance as? Double {
      return mean + variance.squareRoot() * work.stream.normal()
    }
    return graph.drawNormal(mean.affine, variance.proportional, &work)
  }

  @inlinable
  public func forward(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    let law = plain(&graph, &work)
    return law.mean + law.variance.squareRoot() * work.stream.normal()
  }
}
