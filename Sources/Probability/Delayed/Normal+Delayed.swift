extension Normal: DelayedDistribution
where Mean: AffineConvertible, Variance: ProportionalConvertible {
  /// The parameters, drawn where they have no value.
  @inlinable
  @inline(__always)
  func numbers(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> (mean: Double, variance: Double) {
    (
      mean.meanNumber ?? graph.number(mean.affine, &work),
      variance.scaleNumber ?? graph.number(variance.proportional, &work)
    )
  }

  @inlinable
  @inline(__always)
  public var gaussian: AffineGaussian? {
    guard let variance = variance.scaleNumber, let mean = mean.short else { return nil }
    return AffineGaussian(mean: mean, variance: variance)
  }

  @inlinable
  @inline(__always)
  public static var sharesCovariance: Bool { Variance.isScaleNumber }

  @inlinable
  @inline(__always)
  public static var isNumeric: Bool { Mean.isMeanNumber && Variance.isScaleNumber }

  @inlinable
  @inline(__always)
  public func compare(with written: inout WrittenTerms) -> Double {
    // A variance of this type is a number.
    written.compare(variance: variance.scaleNumber ?? .nan)
    return mean.compare(with: &written)
  }

  @inlinable
  @inline(__always)
  public var isKnown: Bool {
    guard mean.meanNumber != nil, let variance = variance.scaleNumber else { return false }
    return variance > 0
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
  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    Random(graph.assumeNormal(mean.affine, variance.proportional, &work))
  }

  @inlinable
  @inline(__always)
  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    if let mean = mean.meanNumber, let variance = variance.scaleNumber, variance > 0 {
      return work.logNormal(value - mean, variance: variance)
    }
    return graph.observeNormal(value, mean.affine, variance.proportional, &work)
  }

  @inlinable
  @inline(__always)
  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    if let mean = mean.meanNumber, let variance = variance.scaleNumber, variance > 0 {
      return mean + variance.squareRoot() * work.normal()
    }
    return graph.drawNormal(mean.affine, variance.proportional, &work)
  }

  @inlinable
  @inline(__always)
  public func forward(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Double {
    let (mean, variance) = numbers(&graph, &work)
    return mean + variance.squareRoot() * work.normal()
  }
}
