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
  @usableFromInline var lane = Lane()
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
  @inline(__always)
  public mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    if D.sharesCovariance {
      let call = lane.next
      var written = WrittenTerms(call, .assume, site)
      let constant = distribution.compare(with: &written)
      if written.difference == 0 {
        let mean = LaneCall.mean(call, lane.cells, terms: written.count)
        return Random(bits: assumeInLane(call, mean, constant))
      }
      if let gaussian = distribution.gaussian {
        return Random(bits: assumeGaussian(gaussian, site))
      }
    }
    return assumeApart(distribution, site)
  }

  @inlinable
  @inline(never)
  mutating func assumeApart<D: DelayedDistribution>(
    _ distribution: D, _ site: Site
  ) -> Random<D.Value> {
    if !delays {
      let value = distribution.forward(&graph, &work)
      weighFlaw()
      return graph.known(value)
    }
    leave()
    enter(.assume, site)
    let variable = distribution.assume(&graph, &work)
    weighFlaw()
    if let variable {
      work.counters.assumed(
        site, sampled: false, count: graph.variableCount(variable))
      return variable
    }
    work.counters.assumed(site, sampled: true)
    let value = distribution.sampleAtOnce(&graph, &work)
    weighFlaw()
    return graph.known(value)
  }

  @inlinable
  @inline(__always)
  public mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    if (D.isNumeric || !D.sharesCovariance) && distribution.isKnown {
      if delays { work.counters.drawn(site) }
      return distribution.draw(&graph, &work)
    }
    if D.sharesCovariance {
      let call = lane.next
      var written = WrittenTerms(call, .draw, site)
      let constant = distribution.compare(with: &written)
      if written.difference == 0 {
        let mean = LaneCall.mean(call, lane.cells, terms: written.count)
        let number = drawInLane(call, mean, constant, isUsual: true)
        if let value = D.Value.value(ofNumber: number) { return value }
      }
      if let gaussian = distribution.gaussian,
        let value = D.Value.value(ofNumber: drawGaussian(gaussian, site))
      {
        return value
      }
    }
    return drawApart(distribution, site)
  }

  @inlinable
  @inline(never)
  mutating func drawApart<D: DelayedDistribution>(_ distribution: D, _ site: Site) -> D.Value {
    if !delays {
      let value = distribution.forward(&graph, &work)
      weighFlaw()
      return value
    }
    leave()
    enter(.draw, site)
    work.counters.drawn(site)
    let value = distribution.draw(&graph, &work)
    weighFlaw()
    return value
  }

  /// A distribution that is none leaves the particle without a weight.
  @inlinable
  mutating func weighFlaw() {
    if work.isFlawed {
      work.isFlawed = false
      weigh(.nan)
    }
  }

  /// Multiplies the weight; a particle that is impossible stays so, whatever it does next.
  @inlinable
  @inline(__always)
  mutating func weigh(_ logDensity: Double) {
    if logWeight != -.infinity { logWeight += logDensity }
  }

  @inlinable
  @inline(__always)
  public mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    if delays { work.counters.drawn(site) }
    let value = work.sample(distribution)
    weighFlaw()
    return value
  }

  @inlinable
  @inline(__always)
  public mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    if (D.isNumeric || !D.sharesCovariance) && distribution.isKnown {
      weigh(distribution.observe(value, &graph, &work))
      return
    }
    if D.sharesCovariance {
      let call = lane.next
      var written = WrittenTerms(call, .observe, site)
      let constant = distribution.compare(with: &written)
      if written.difference == 0 {
        let mean = LaneCall.mean(call, lane.cells, terms: written.count)
        weigh(observeInLane(call, D.Value.number(of: value), mean, constant, isUsual: true))
        return
      }
      if let gaussian = distribution.gaussian {
        weigh(observeGaussian(D.Value.number(of: value), gaussian, site))
        return
      }
    }
    observeApart(value, distribution, site)
  }

  @inlinable
  @inline(never)
  mutating func observeApart<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, _ site: Site
  ) {
    leave()
    enter(.observe, site)
    weigh(distribution.observe(value, &graph, &work))
    weighFlaw()
  }

  @inlinable
  @inline(__always)
  public mutating func factor(_ logWeight: Double, site: Site) {
    weigh(logWeight)
  }

  @inlinable
  @inline(__always)
  public mutating func value<Value: RandomValue>(
    _ variable: Random<Value>, site: Site
  ) -> Value {
    guard let handle = variable.handle else { return Value.value(ofBits: variable.bits) }
    let call = lane.next
    let shape = LaneCall.shape(.realize, terms: 0)
    let difference =
      (call.pointee.result ^ handle.bits) | (call.pointee.site.bits ^ site.bits)
      | (call.pointee.shape ^ shape)
    if difference == 0, let value = Value.value(ofNumber: valueInLane(call)) { return value }
    return valueApart(variable, handle, site)
  }

  @inlinable
  @inline(never)
  mutating func valueApart<Value: RandomValue>(
    _ variable: Random<Value>, _ handle: Handle, _ site: Site
  ) -> Value {
    if lane.isActive {
      if record(reading: handle, site), let value = Value.value(ofNumber: valueInLane(lane.next)) {
        return value
      }
      leave()
    }
    enter(.value, site)
    return graph.value(variable, &work)
  }

  @inlinable
  public mutating func value(_ expression: Affine, site: Site) -> Double {
    if lane.isActive {
      let expression = expression.normalized()
      var total = expression.constant
      for index in 0..<expression.termCount {
        let term = expression.term(index)
        total += term.coefficient * value(Random<Double>(bits: term.bits), site: site)
      }
      return total
    }
    enter(.value, site)
    return graph.number(expression, &work)
  }
}
