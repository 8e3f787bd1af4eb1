import Randomness

/// The context of `diagnose`: draws every variable, and asks every distribution for its flaws.
struct CheckingContext: ProbabilisticContext {
  private(set) var problems: [ModelProblem] = []
  var step = -1
  /// Holds the vectors, all of them known.
  private var graph = DelayedGraph()
  private var work: Workspace

  init(key: RandomKey) {
    work = Workspace(stream: key.stream())
  }

  private mutating func note(_ kind: ModelProblem.Kind, _ site: Site) {
    problems.append(ModelProblem(kind: kind, site: site, step: step))
  }

  private mutating func sample<D: Distribution>(_ distribution: D, _ site: Site) -> D.Value {
    if let flaw = distribution.flaw { note(.flaw(flaw), site) }
    return distribution.sample(&work.stream)
  }

  private mutating func weigh<D: Distribution>(
    _ value: D.Value, _ distribution: D, _ site: Site
  ) {
    if let flaw = distribution.flaw {
      note(.flaw(flaw), site)
      return
    }
    let logDensity = distribution.logDensity(value)
    if logDensity == -.infinity {
      note(.impossible(value: "\(value)", distribution: "\(distribution)"), site)
    } else if !logDensity.isFinite {
      note(.weight(logDensity), site)
    }
  }

  mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    graph.known(draw(distribution, site: site))
  }

  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    let plain = distribution.plain(&graph, &work)
    return sample(plain, site)
  }

  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    sample(distribution, site)
  }

  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    let plain = distribution.plain(&graph, &work)
    weigh(value, plain, site)
  }

  mutating func factor(_ logWeight: Double) {
    if !(logWeight < .infinity) { note(.weight(logWeight), .unknown) }
  }

  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value {
    graph.value(variable, &work)
  }

  mutating func value(_ expression: Affine, site: Site) -> Double {
    graph.number(expression, &work)
  }
}
