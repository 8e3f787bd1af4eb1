// What becomes exponential with a multiple of a gamma rate when it is transformed, and the Pareto
// distribution as a root.

extension HazardWeibull: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> HazardWeibull<Double> {
    HazardWeibull<Double>(shape: shape, rate: graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 { return nil }
    return Random(graph.assumeChild(.weibull, of: rate, a: shape, &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 {
      return HazardWeibull<Double>(shape: shape, rate: rate.coefficient).logDensity(value)
    }
    return graph.observeChild(
      .weibull, of: rate.node, a: shape, b: rate.coefficient, values: [value])
  }
}

extension Pareto: DelayedDistribution where Shape: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Pareto<Double> {
    Pareto<Double>(shape: graph.number(shape.proportional, &work), minimum: minimum)
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    let shape = graph.rate(shape.proportional, &work)
    if shape.node >= 0 { return Random(graph.assumeChild(.pareto, of: shape, a: minimum, &work)) }
    let known = Pareto<Double>(shape: shape.coefficient, minimum: minimum)
    guard work.accepts(known.isSound) else { return nil }
    return Random(graph.assumeRoot(.pareto, shape.coefficient, minimum, &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let shape = graph.rate(shape.proportional, &work)
    if shape.node < 0 {
      return Pareto<Double>(shape: shape.coefficient, minimum: minimum).logDensity(value)
    }
    return graph.observeChild(
      .pareto, of: shape.node, a: minimum, b: shape.coefficient, values: [value])
  }
}
