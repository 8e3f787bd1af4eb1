extension Normal: DelayedDistribution
where Mean: AffineConvertible, Variance: ProportionalConvertible {
  /// The parameters, drawn where they have no value.
  @inlinable
  @inline(__always)
  func numbers(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> (mean: Double, variance: Double) {
    let (mean, variance) = (mean.affine, variance.proportional)
    let number = mean.termCount == 0 ? mean.constant : graph.number(mean, &work)
    return (number, variance.number ?? graph.number(variance, &work))
  }

  @inlinable
  @inline(__always)
  public var gaussian: AffineGaussian? {
    guard let variance = variance.proportional.number else { return nil }
    return AffineGaussian(mean: mean.affine, variance: variance)
  }

  @inlinable
  @inline(__always)
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Normal<Double, Double> {
    let (mean, variance) = numbers(&graph, &work)
    return Normal<Double, Double>(mean, variance: variance)
  }

  @inlinable
  @inline(__always)
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    Random(graph.assumeNormal(mean.affine, variance.proportional, &work))
  }

  @inlinable
  @inline(__always)
  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let mean = mean.affine
    if mean.termCount == 0, let variance = variance.proportional.number, variance > 0 {
      return work.logNormal(value - mean.constant, variance: variance)
    }
    return graph.observeNormal(value, mean, variance.proportional, &work)
  }

  @inlinable
  @inline(__always)
  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    let mean = mean.affine
    if mean.termCount == 0, let variance = variance.proportional.number {
      return mean.constant + variance.squareRoot() * work.normal()
    }
    return graph.drawNormal(mean, variance.proportional, &work)
  }

  @inlinable
  @inline(__always)
  public func forward(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    let (mean, variance) = numbers(&graph, &work)
    return mean + variance.squareRoot() * work.normal()
  }
}
