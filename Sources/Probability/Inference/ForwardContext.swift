public import Parallel
public import Randomness

/// The context of the bootstrap filter: every variable is drawn when it is assumed.
@frozen
@usableFromInline
struct ForwardContext: ProbabilisticContext {
  /// Vectors, which do not fit into handles.
  @usableFromInline var graph = DelayedGraph()
  @usableFromInline var work: Workspace
  @usableFromInline var logWeight = 0.0

  @inlinable
  init(_ work: Workspace) {
    self.work = work
  }

  @inlinable
  @inline(__always)
  mutating func assume<D: DelayedDistribution>(
    _ distribution: D, site: Site
  ) -> Random<D.Value> {
    graph.known(draw(distribution, site: site))
  }

  @inlinable
  @inline(__always)
  mutating func draw<D: DelayedDistribution>(_ distribution: D, site: Site) -> D.Value {
    distribution.forward(&graph, &work)
  }

  @inlinable
  @inline(__always)
  mutating func draw<D: Distribution>(plain distribution: D, site: Site) -> D.Value {
    work.sample(distribution)
  }

  @inlinable
  @inline(__always)
  mutating func observe<D: DelayedDistribution>(
    _ value: D.Value, _ distribution: D, site: Site
  ) {
    weigh(distribution.observe(value, &graph, &work))
  }

  @inlinable
  @inline(__always)
  mutating func factor(_ logWeight: Double, site: Site) {
    weigh(logWeight)
  }

  /// Multiplies the weight; a particle that is impossible stays so, whatever it does next. What was
  /// flawed before it became so has no weight (NaN).
  @inlinable
  @inline(__always)
  mutating func weigh(_ logDensity: Double) {
    if logWeight == -.infinity { return }
    logWeight += logDensity
    if logWeight == -.infinity && work.isFlawed { logWeight = .nan }
  }

  @inlinable
  @inline(__always)
  mutating func value<Value: RandomValue>(_ variable: Random<Value>, site: Site) -> Value {
    if variable.handle == nil { return Value.value(ofBits: variable.bits) }
    return graph.value(variable, &work)
  }

  @inlinable
  @inline(__always)
  mutating func value(_ expression: Affine, site: Site) -> Double {
    expression.meanNumber ?? graph.number(expression, &work)
  }

  /// Forgets the vectors that `model` no longer holds.
  @inlinable
  @inline(__always)
  mutating func eliminate(what model: some SequentialModel) {
    if !graph.nodes.isEmpty { graph.eliminate(what: model) }
  }
}

extension ParticleChunk {
  /// Runs `body` on each particle, with the numbers of `key` that belong to its slot.
  @inlinable
  @inline(__always)
  mutating func runForward(
    key: RandomKey, _ body: (inout Model, inout ForwardContext) -> Void
  ) {
    var context = ForwardContext(Workspace(stream: key.stream()))
    let (count, first) = (models.count, first)
    let (hasGraphs, drawsMuch) = (hasGraphs, drawsMuch)
    var getsGraphs = false
    models.withUnsafeMutableBufferPointer { models in
      graphs.withUnsafeMutableBufferPointer { graphs in
        logWeights.withUnsafeMutableBufferPointer { logWeights in
          // What the loop keeps in registers.
          let (models, graphs) = (models.baseAddress!, graphs.baseAddress!)
          let logWeights = logWeights.baseAddress!
          key.forEachStart(ofPartsFrom: first, count: count, isLong: drawsMuch) { offset, start in
            context.work.stream.turn(toPart: first &+ offset, start: start)
            context.logWeight = LogWeight.start(after: logWeights[offset])
            let hasGraph = hasGraphs && !graphs[offset].nodes.isEmpty
            if hasGraph { swap(&context.graph, &graphs[offset]) }
            body(&models[offset], &context)
            if context.work.isFlawed {
              context.work.isFlawed = false
              if context.logWeight != -.infinity { context.logWeight = .nan }
            }
            if hasGraph || !context.graph.nodes.isEmpty {
              swap(&context.graph, &graphs[offset])
              getsGraphs = true
            }
            logWeights[offset] += context.logWeight
          }
        }
      }
    }
    if getsGraphs { self.hasGraphs = true }
    self.drawsMuch = context.work.stream.isPastFirstWord
  }
}

extension Population {
  /// Runs `body` on each particle.
  @inlinable
  @inline(__always)
  mutating func runForward(
    key: RandomKey, _ body: @Sendable (inout Model, inout ForwardContext) -> Void
  ) {
    if let pool {
      pool.update(&chunks) { _, chunk in chunk.runForward(key: key, body) }
    } else {
      for index in chunks.indices { chunks[index].runForward(key: key, body) }
    }
  }
}
