// Children of a gamma rate, and the roots that belong to them.

extension Poisson: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Poisson<Double> {
    Poisson<Double>(graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 {
      let known = Poisson<Double>(rate.coefficient)
      guard work.accepts(known.isSound) else { return nil }
      return Random(graph.assumeRoot(.poisson, rate.coefficient, 0, &work))
    }
    return Random(graph.assumeChild(.poisson, of: rate, a: 0, &work))
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 { return Poisson<Double>(rate.coefficient).logDensity(value) }
    return graph.observeChild(
      .poisson, of: rate.node, a: 0, b: rate.coefficient, values: [Double(value)])
  }
}

extension Gamma: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Gamma<Double> {
    Gamma<Double>(shape: shape, rate: graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 {
      let known = Gamma<Double>(shape: shape, rate: rate.coefficient)
      guard work.accepts(known.isSound) else { return nil }
      return Random(graph.assumeRoot(.gamma, shape, rate.coefficient, &work))
    }
    return Random(graph.assumeChild(.gamma, of: rate, a: shape, &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let rate = graph.rate(rate.proportional, &work)
    if rate.node < 0 {
      return Gamma<Double>(shape: shape, rate: rate.coefficient).logDensity(value)
    }
    return graph.observeChild(
      .gamma, of: rate.node, a: shape, b: rate.coefficient, values: [value])
  }
}

extension Exponential: DelayedDistribution where Rate: ProportionalConvertible {
  /// Gamma with shape 1.
  private var general: Gamma<Rate> { Gamma(shape: 1, rate: rate) }

  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Exponential<Double> {
    Exponential<Double>(rate: graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    general.assume(&graph, &work)
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    general.observe(value, &graph, &work)
  }
}

extension InverseGamma: DelayedDistribution where Scale: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> InverseGamma<Double> {
    InverseGamma<Double>(shape: shape, scale: graph.number(scale.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    let scale = graph.rate(scale.proportional, &work)
    if scale.node < 0 {
      let known = InverseGamma<Double>(shape: shape, scale: scale.coefficient)
      guard work.accepts(known.isSound) else { return nil }
      return Random(graph.assumeRoot(.inverseGamma, shape, scale.coefficient, &work))
    }
    return Random(graph.assumeChild(.inverseGamma, of: scale, a: shape, &work))
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let scale = graph.rate(scale.proportional, &work)
    if scale.node < 0 {
      return InverseGamma<Double>(shape: shape, scale: scale.coefficient).logDensity(value)
    }
    return graph.observeChild(
      .inverseGamma, of: scale.node, a: shape, b: scale.coefficient, values: [value])
  }
}

extension DelayedGraph {
  /// A new variable that depends on a rate that stays random.
  mutating func assumeChild(
    _ relation: Relation, of rate: RandomScale, a: Double, _ work: inout Workspace
  ) -> Handle {
    assumeChild(
      relation, of: rate.node, a: a, b: rate.coefficient, isInverted: rate.isInverted, &work)
  }
}
