// Options: finite variables, and children of a Dirichlet.

extension Categorical: DelayedDistribution where P: ProbabilitiesConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Categorical<[Double]> {
    Categorical<[Double]>(graph.numbers(probabilities.probabilitiesParameter, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<Int>? {
    switch probabilities.probabilitiesParameter {
    case .random(let variable):
      if let parent = graph.dirichlet(variable, .categorical, &work) {
        return graph.assumeChild(.categorical, of: parent, a: 1, &work).map { Random($0) }
      }
    case .lookup(let lookup):
      if let parent = graph.finite(lookup.index) {
        let site = work.site
        return graph.assumeFinite(given: parent, &work) { lookup.element($0, site) }
          .map { Random($0) }
      }
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) { Categorical<Random<[Double]>>($0) }.assume(&graph, &work)
    case .numbers: break
    }
    let numbers = graph.numbers(probabilities.probabilitiesParameter, &work)
    return graph.assumeFinite(numbers, &work).map { Random($0) }
  }

  public func observe(
    _ value: Int, _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    switch probabilities.probabilitiesParameter {
    case .random(let variable):
      if let parent = graph.dirichlet(variable, .categorical, &work) {
        return graph.observeChild(.categorical, of: parent, a: 1, values: [Double(value)])
      }
    case .lookup(let lookup):
      return Switch(lookup, work.site) { Categorical<[Double]>($0) }.observe(value, &graph, &work)
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) { Categorical<Random<[Double]>>($0) }
        .observe(value, &graph, &work)
    case .numbers: break
    }
    return plain(&graph, &work).logDensity(value)
  }
}

extension Multinomial: DelayedDistribution where P: ProbabilitiesConvertible {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Multinomial<[Double]> {
    Multinomial<[Double]>(
      count: count, probabilities: graph.numbers(probabilities.probabilitiesParameter, &work))
  }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<[Int]>? {
    switch probabilities.probabilitiesParameter {
    case .random(let variable):
      guard let parent = graph.dirichlet(variable, .multinomial, &work) else { return nil }
      return graph.assumeChild(
        .multinomial, of: parent, a: Double(count), size: variable.handle!.count, &work
      ).map { Random($0) }
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) {
        Multinomial<Random<[Double]>>(count: count, probabilities: $0)
      }.assume(&graph, &work)
    case .numbers, .lookup: return nil
    }
  }

  public func observe(
    _ value: [Int], _ graph: inout DelayedGraph, _ work: inout Workspace
  ) -> Double {
    switch probabilities.probabilitiesParameter {
    case .random(let variable):
      if let parent = graph.dirichlet(variable, .multinomial, &work) {
        return graph.observeChild(
          .multinomial, of: parent, a: Double(count), values: value.map { Double($0) })
      }
    case .lookup(let lookup):
      return Switch(lookup, work.site) {
        Multinomial<[Double]>(count: count, probabilities: $0)
      }.observe(value, &graph, &work)
    case .randomLookup(let lookup):
      return Switch(lookup, work.site) {
        Multinomial<Random<[Double]>>(count: count, probabilities: $0)
      }.observe(value, &graph, &work)
    case .numbers: break
    }
    return plain(&graph, &work).logDensity(value)
  }
}

extension Dirichlet: DelayedDistribution {
  public func plain(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Dirichlet { self }

  public func assume(_ graph: inout DelayedGraph, _ work: inout Workspace) -> Random<[Double]>? {
    guard
      work.accepts(!concentration.isEmpty && concentration.allSatisfy { Special.isPositive($0) })
    else { return nil }
    var node = Node()
    node.kind = .dirichlet
    node.site = work.site
    let handle = graph.allocate(node, size: concentration.count)
    for (offset, number) in concentration.enumerated() {
      graph.nodes[handle.index + offset].a = number
    }
    return Random(handle)
  }
}

extension DelayedGraph {
  /// The head of a Dirichlet that can stay random; nil if the vector has, or needs, a value.
  mutating func dirichlet(
    _ variable: Random<[Double]>, _ relation: Relation, _ work: inout Workspace
  ) -> Int? {
    if case .conjugate(let parent) = prior(variable.bits, relation, .dirichlet, work: &work) {
      return parent
    }
    return nil
  }
}
