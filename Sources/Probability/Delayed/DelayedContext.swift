public import Randomness

/// The context of delayed sampling: runs one particle at a time.
///
/// With `delays` off, all variables are drawn when they are assumed: the same model then is what a
/// bootstrap filter runs.
@frozen
public struct DelayedContext: ProbabilisticContext {
  /// The variables without a value.
  public var graph: DelayedGraph
  /// The logarithm of the product of all densities observed and factors.
  public var logWeight = 0.0
  @usableFromInline var work: Workspace
  @usableFromInline let delays: Bool

  /// A context for one run of a program by hand, with the random numbers of `key`.
  public init(key: RandomKey, delays: Bool = true) {
    self.init(graph: DelayedGraph(), work: Workspace(stream: key.stream()), delays: delays)
  }

  /// Which variables were integrated out so far, and what forced the others.
  public var report: MarginalizationReport { MarginalizationReport(work.counters) }

  @inlinable
  init(graph: DelayedGraph, work: Workspace, delays: Bool) {
    self.graph = graph
    self.work = work
    self.delays = delays
  }

  @inlinable
  mutating func enter(_ call: Call, _ site: Site) {
    work.call = call
    work.site = site
  }

  @inlinable
  public mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    if !delays { return graph.known(distribution.forward(&graph, &work)) }
    enter(.assume, site)
    if let variable = distribution.assume(&graph, &work) {
      work.counters.assumed(site, count: graph.variableCount(variable), sampled: false)
      return variable
    }
    work.counters.assumed(site, sampled: true)
    return graph.known(distribution.plain(&graph, &work).sample(&work.stream))
  }

  @inlinable
  public mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    if !delays { return distribution.forward(&graph, &work) }
    enter(.draw, site)
    work.counters.drawn(site)
    return distribution.draw(&graph, &work)
  }

  @inlinable
  public mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    if delays { work.counters.drawn(site) }
    return distribution.sample(&work.stream)
  }

  @inlinable
  public mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    enter(.observe, site)
    logWeight += distribution.observe(value, &graph, &work)
  }

  @inlinable
  public mutating func factor(_ logWeight: Double) {
    self.logWeight += logWeight
  }

  @inlinable
  public mutating func value<Value: RandomValue>(
    _ variable: Random<Value>, site: Site
  ) -> Value {
    enter(.value, site)
    return graph.value(variable, &work)
  }

  @inlinable
  public mutating func value(_ expression: Affine, site: Site) -> Double {
    enter(.value, site)
    return graph.number(expression, &work)
  }
}
