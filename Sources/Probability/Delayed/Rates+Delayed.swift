// What has a parameter that can be a multiple of a gamma number: children of it, and the roots that
// belong to them.

extension Poisson: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Poisson<Double> {
    Poisson<Double>(graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    graph.assume(.poisson, of: rate.proportional, a: 0, &work) { rate in
      Root(kind: .poisson, a: rate, b: 0, isSound: Poisson<Double>(rate).isSound)
    }
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observe(value, .poisson, of: rate.proportional, a: 0, &work) { Poisson<Double>($0) }
  }
}

extension Gamma: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Gamma<Double> {
    Gamma<Double>(shape: shape, rate: graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    graph.assume(.gamma, of: rate.proportional, a: shape, &work) { rate in
      let isSound = Gamma<Double>(shape: shape, rate: rate).isSound
      return Root(kind: .gamma, a: shape, b: rate, isSound: isSound)
    }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observe(value, .gamma, of: rate.proportional, a: shape, &work) {
      Gamma<Double>(shape: shape, rate: $0)
    }
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
    graph.assume(.inverseGamma, of: scale.proportional, a: shape, &work) { scale in
      let isSound = InverseGamma<Double>(shape: shape, scale: scale).isSound
      return Root(kind: .inverseGamma, a: shape, b: scale, isSound: isSound)
    }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observe(value, .inverseGamma, of: scale.proportional, a: shape, &work) {
      InverseGamma<Double>(shape: shape, scale: $0)
    }
  }
}

extension HazardWeibull: DelayedDistribution where Rate: ProportionalConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> HazardWeibull<Double> {
    HazardWeibull<Double>(shape: shape, rate: graph.number(rate.proportional, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    graph.assume(.weibull, of: rate.proportional, a: shape, &work) { _ in nil }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observe(value, .weibull, of: rate.proportional, a: shape, &work) {
      HazardWeibull<Double>(shape: shape, rate: $0)
    }
  }
}

extension Pareto: DelayedDistribution where Shape: ProportionalConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Pareto<Double> {
    Pareto<Double>(shape: graph.number(shape.proportional, &work), minimum: minimum)
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Double>? {
    graph.assume(.pareto, of: shape.proportional, a: minimum, &work) { shape in
      let isSound = Pareto<Double>(shape: shape, minimum: minimum).isSound
      return Root(kind: .pareto, a: shape, b: minimum, isSound: isSound)
    }
  }

  public func observe(
    _ value: Double, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    graph.observe(value, .pareto, of: shape.proportional, a: minimum, &work) {
      Pareto<Double>(shape: $0, minimum: minimum)
    }
  }
}

/// A variable that depends on nothing random.
private struct Root {
  let kind: Node.Kind
  let a: Double
  let b: Double
  let isSound: Bool
}

extension DelayedGraph {
  /// A new variable that depends on a rate that stays random; nil if it is no distribution.
  mutating func assumeChild(
    _ relation: Relation, of rate: RandomScale, a: Double, _ work: inout Workspace
  ) -> Handle? {
    assumeChild(
      relation, of: rate.node, a: a, b: rate.coefficient, isInverted: rate.isInverted, &work)
  }

  /// A new variable whose parameter stays random, or a root if that is known; nil if there is no
  /// such root, or it is no distribution.
  fileprivate mutating func assume<Value: RandomValue>(
    _ relation: Relation, of parameter: Proportional, a: Double, _ work: inout Workspace,
    root: (Double) -> Root?
  ) -> Random<Value>? {
    let scale = rate(parameter, &work)
    if scale.node >= 0 {
      return assumeChild(relation, of: scale, a: a, &work).map { Random($0) }
    }
    guard let root = root(scale.coefficient), work.accepts(root.isSound) else { return nil }
    return Random(assumeRoot(root.kind, root.a, root.b, &work))
  }

  /// The log-density of a value whose parameter stays random, or is known.
  fileprivate mutating func observe<Known: Distribution>(
    _ value: Known.Value, _ relation: Relation, of parameter: Proportional, a: Double,
    _ work: inout Workspace, _ known: (Double) -> Known
  ) -> Double where Known.Value: RandomValue {
    let scale = rate(parameter, &work)
    if scale.node < 0 { return known(scale.coefficient).logDensity(value) }
    return observeChild(
      relation, of: scale.node, a: a, b: scale.coefficient,
      values: [Known.Value.number(of: value)])
  }
}
