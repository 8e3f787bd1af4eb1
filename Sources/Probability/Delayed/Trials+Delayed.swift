import Glibc

// Successes and failures: children of a beta, thinned counts, and finite variables.

extension Bernoulli: DelayedDistribution where P: ProbabilityConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Bernoulli<Double> {
    Bernoulli<Double>(graph.number(probability.probabilityParameter, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Bool>? {
    func table(_ p: Double) -> [Double] { [1 - p, p] }
    let handle: Handle?
    switch probability.probabilityParameter {
    case .number(let p): handle = graph.assumeFinite(table(p), &work)
    case .random(let variable):
      switch graph.beta(variable, .bernoulli, &work) {
      case .value(let p): handle = graph.assumeFinite(table(p), &work)
      case .conjugate(let parent):
        handle = graph.assumeChild(.bernoulli, of: parent, a: 1, &work)
      }
    case .lookup(let lookup):
      let site = work.site
      if let parent = graph.finite(lookup.index) {
        handle = graph.assumeFinite(given: parent, &work) { table(lookup.element($0, site)) }
      } else {
        let p = lookup.element(graph.chosen(lookup.index, &work), site)
        handle = graph.assumeFinite(table(p), &work)
      }
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) { Bernoulli<Random<Double>>($0) }.assume(&graph, &work)
    }
    return handle.map { Random($0) }
  }

  public func observe(
    _ value: Bool, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    switch probability.probabilityParameter {
    case .number(let p): return Self.logProbability(of: value, p)
    case .random(let variable):
      switch graph.beta(variable, .bernoulli, &work) {
      case .value(let p): return Self.logProbability(of: value, p)
      case .conjugate(let parent):
        return graph.observeChild(.bernoulli, of: parent, a: 1, values: [value ? 1 : 0])
      }
    case .lookup(let lookup):
      let site = work.site
      return graph.observeCases(lookup.index, &work) {
        Self.logProbability(of: value, lookup.element($0, site))
      }
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) { Bernoulli<Random<Double>>($0) }
        .observe(value, &graph, &work)
    }
  }

  private static func logProbability(of value: Bool, _ p: Double) -> Double {
    p >= 0 && p <= 1 ? log(value ? p : 1 - p) : .nan
  }
}

extension Binomial: DelayedDistribution where Count: CountConvertible, P: ProbabilityConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Binomial<Int, Double> {
    let count = graph.value(count.randomCount, &work)
    let probability = graph.number(probability.probabilityParameter, &work)
    return Binomial<Int, Double>(count: count, probability: probability)
  }

  private func cases(
    _ parameter: ProbabilityParameter, _ site: Site
  ) -> any DelayedDistribution<Int> {
    parameter.cases(site) {
      Binomial<Count, Double>(count: count, probability: $0)
    } random: {
      Binomial<Count, Random<Double>>(count: count, probability: $0)
    }
  }

  /// The count and the probability, at most one of them random.
  private enum Form {
    case numbers(Int, Double)
    case beta(Int, parent: Int)
    case thinned(parent: Int, Double)
    case finite(parent: Int, Double)
  }

  private func form(
    _ parameter: ProbabilityParameter, _ graph: inout DelayedGraph, _ work: inout Workspace,
    isObserved: Bool = false
  ) -> Form {
    if case .random(let variable) = parameter {
      switch graph.beta(variable, .binomial, &work) {
      case .conjugate(let parent):
        // Two random parameters have no closed form; the probability usually has more to learn.
        return .beta(graph.value(count.randomCount, &work), parent: parent)
      case .value(let p):
        return form(graph: &graph, probability: p, &work, isObserved: isObserved)
      }
    }
    let p = graph.number(parameter, &work)
    return form(graph: &graph, probability: p, &work, isObserved: isObserved)
  }

  private func form(
    graph: inout DelayedGraph, probability: Double, _ work: inout Workspace, isObserved: Bool
  ) -> Form {
    let count = count.randomCount
    if let known = count.known { return .numbers(known, probability) }
    if isObserved, let share = graph.thinnableShare(count, &work) {
      return .thinned(parent: share, probability)
    }
    switch graph.prior(
      count.bits, .thinned, .poisson, .binomial, .negativeBinomial, .child, .finite, work: &work)
    {
    case .value(let value): return .numbers(Int(saturating: value), probability)
    case .conjugate(let parent):
      return graph.nodes[parent].kind == .finite
        ? .finite(parent: parent, probability) : .thinned(parent: parent, probability)
    }
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    let parameter = probability.probabilityParameter
    if parameter.isLookup { return cases(parameter, work.site).assume(&graph, &work) }
    switch form(parameter, &graph, &work) {
    case .numbers(let count, let p):
      let known = Binomial<Int, Double>(count: count, probability: p)
      guard work.accepts(known.isSound) else { return nil }
      return Random(graph.assumeRoot(.binomial, Double(count), p, &work))
    case .beta(let count, let parent):
      return graph.assumeChild(.binomial, of: parent, a: Double(count), &work).map { Random($0) }
    case .thinned(let parent, let p):
      return graph.assumeChild(.thinned, of: parent, a: 0, b: p, &work).map { Random($0) }
    case .finite(let parent, let p):
      return graph.assumeThinned(parent, probability: p, &work).map { Random($0) }
    }
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let parameter = probability.probabilityParameter
    if parameter.isLookup { return cases(parameter, work.site).observe(value, &graph, &work) }
    let values = [Double(value)]
    switch form(parameter, &graph, &work, isObserved: true) {
    case .numbers(let count, let p):
      return Binomial<Int, Double>(count: count, probability: p).logDensity(value)
    case .beta(let count, let parent):
      return graph.observeChild(.binomial, of: parent, a: Double(count), values: values)
    case .thinned(let parent, let p), .finite(let parent, let p):
      return graph.observeChild(.thinned, of: parent, a: 0, b: p, values: values)
    }
  }

  public var isKnown: Bool {
    guard case .number(let p) = probability.probabilityParameter,
      let count = count.randomCount.known
    else { return false }
    return Binomial<Int, Double>(count: count, probability: p).isSound
  }

  /// What the default does, without a variable that lives for the draw alone.
  public func draw(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Int {
    let parameter = probability.probabilityParameter
    if parameter.isLookup { return cases(parameter, work.site).draw(&graph, &work) }
    switch form(parameter, &graph, &work) {
    case .numbers(let count, let p):
      let known = Binomial<Int, Double>(count: count, probability: p)
      _ = work.accepts(known.isSound)
      return known.sample(&work.stream)
    case .beta(let count, let parent) where count >= 0:
      return graph.drawSuccesses(count, of: parent, &work)
    case .beta, .thinned, .finite:
      guard let variable = assume(&graph, &work) else {
        return plain(&graph, &work).sample(&work.stream)
      }
      return graph.take(variable, &work)
    }
  }
}

extension NegativeBinomial: DelayedDistribution where P: ProbabilityConvertible {
  public func plain(
    _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> NegativeBinomial<Double> {
    NegativeBinomial<Double>(
      successes: successes, probability: graph.number(probability.probabilityParameter, &work))
  }

  private func cases(
    _ parameter: ProbabilityParameter, _ site: Site
  ) -> any DelayedDistribution<Int> {
    parameter.cases(site) {
      NegativeBinomial<Double>(successes: successes, probability: $0)
    } random: {
      NegativeBinomial<Random<Double>>(successes: successes, probability: $0)
    }
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    let parameter = probability.probabilityParameter
    if parameter.isLookup { return cases(parameter, work.site).assume(&graph, &work) }
    if case .random(let variable) = parameter,
      case .conjugate(let parent) = graph.beta(variable, .negativeBinomial, &work)
    {
      return graph.assumeChild(.negativeBinomial, of: parent, a: successes, &work)
        .map { Random($0) }
    }
    let p = graph.number(parameter, &work)
    let known = NegativeBinomial<Double>(successes: successes, probability: p)
    guard work.accepts(known.isSound) else { return nil }
    return Random(graph.assumeRoot(.negativeBinomial, successes, p, &work))
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    let parameter = probability.probabilityParameter
    if parameter.isLookup { return cases(parameter, work.site).observe(value, &graph, &work) }
    if case .random(let variable) = parameter,
      case .conjugate(let parent) = graph.beta(variable, .negativeBinomial, &work)
    {
      return graph.observeChild(
        .negativeBinomial, of: parent, a: successes, values: [Double(value)])
    }
    return plain(&graph, &work).logDensity(value)
  }
}

extension Geometric: DelayedDistribution where P: ProbabilityConvertible {
  /// Failures before the first success.
  private var general: NegativeBinomial<P> {
    NegativeBinomial(successes: 1, probability: probability)
  }

  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Geometric<Double> {
    Geometric<Double>(graph.number(probability.probabilityParameter, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    general.assume(&graph, &work)
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    general.observe(value, &graph, &work)
  }
}
