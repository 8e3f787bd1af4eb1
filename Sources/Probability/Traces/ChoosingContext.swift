public import Randomness

/// The variables of a context in which all are known, and where their values come from.
@frozen
@usableFromInline
struct KnownVariables {
  /// Holds the vectors.
  @usableFromInline var graph = DelayedGraph()
  @usableFromInline var work: Workspace

  @usableFromInline
  init(stream: RandomStream) { work = Workspace(stream: stream) }

  @inlinable
  mutating func plain<D: DelayedDistribution>(_ distribution: D) -> D.Plain {
    distribution.plain(&graph, &work)
  }

  @inlinable
  mutating func observe<D: DelayedDistribution>(_ value: D.Value, _ distribution: D) -> Double {
    distribution.observe(value, &graph, &work)
  }

  @inlinable
  mutating func value<Value: RandomValue>(_ variable: Random<Value>) -> Value {
    graph.value(variable, &work)
  }

  @inlinable
  mutating func number(_ expression: Affine) -> Double { graph.number(expression, &work) }

  @usableFromInline
  mutating func clear() {
    if !graph.nodes.isEmpty { graph = DelayedGraph() }
  }
}

/// A context in which every variable is a choice, made as soon as it is assumed.
@usableFromInline
protocol ChoosingContext: ProbabilisticContext {
  var known: KnownVariables { get set }

  /// A value for a variable of this distribution, which is not deterministic.
  mutating func choose<D: Distribution>(_ law: D, _ site: Site) -> D.Value
}

extension ChoosingContext {
  @inlinable
  mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    known.graph.known(draw(distribution, site: site))
  }

  @inlinable
  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    draw(plain: known.plain(distribution), site: site)
  }

  @inlinable
  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    D.isDeterministic
      ? distribution.sample(&known.work.stream) : choose(distribution, site)
  }

  @inlinable
  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value {
    known.value(variable)
  }

  @inlinable
  mutating func value(_ expression: Affine, site: Site) -> Double {
    known.number(expression)
  }
}

/// A choosing context that adds up what observations and factors weigh, and keeps the first flaw.
@usableFromInline
protocol WeighingContext: ChoosingContext {
  var failure: ProgramError? { get set }
  /// The density is zero already: whatever happens from here on is not a flaw of the program.
  var isImpossible: Bool { get }

  /// Adds to the log-weight of the run.
  mutating func add(logWeight: Double)
}

extension WeighingContext {
  @inlinable
  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    let logWeight = known.observe(value, distribution)
    if logWeight > -.infinity && logWeight < .infinity {
      add(logWeight: logWeight)
    } else {
      weigh(logWeight, known.plain(distribution).flaw, "\(site)")
    }
  }

  @inlinable
  mutating func factor(_ logWeight: Double, site: Site) {
    if logWeight > -.infinity && logWeight < .infinity {
      add(logWeight: logWeight)
    } else {
      weigh(logWeight, nil, "\(site)")
    }
  }

  /// Adds a log-weight that may be none, because of `flaw` if that is known.
  @usableFromInline
  mutating func weigh(_ logWeight: Double, _ flaw: DistributionFlaw?, _ place: String) {
    // Also true for NaN.
    if !isImpossible && !(logWeight < .infinity) && failure == nil {
      failure = flaw.map { .flawed($0, place: place) } ?? .invalidDensity(logWeight, place: place)
    }
    add(logWeight: logWeight)
  }
}
