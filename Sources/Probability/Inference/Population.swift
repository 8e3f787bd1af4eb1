public import Parallel
public import Randomness

/// Consecutive particles of a filter, which one worker runs.
@frozen
@usableFromInline
struct ParticleChunk<Model: Sendable>: Sendable {
  /// The slot of the first particle.
  @usableFromInline let first: Int
  @usableFromInline var models: [Model]
  @usableFromInline var graphs: [DelayedGraph]
  @usableFromInline var logWeights: [Double]
  @usableFromInline var counters = ReportCounters()

  @inlinable
  init(first: Int, models: [Model]) {
    self.first = first
    self.models = models
    graphs = Array(repeating: DelayedGraph(), count: models.count)
    logWeights = Array(repeating: 0, count: models.count)
  }

  /// Runs `body` on each particle, with the numbers of `key` that belong to its slot.
  @inlinable
  mutating func run(
    key: RandomKey, delays: Bool, _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    var context = DelayedContext(
      graph: DelayedGraph(), work: Workspace(stream: key.stream()), delays: delays)
    swap(&context.work.counters, &counters)
    let count = models.count
    withUnsafeTemporaryAllocation(of: PartStart.self, capacity: count) { starts in
    key.writeStarts(ofPartsFrom: first, to: starts)
    models.withUnsafeMutableBufferPointer { models in
    graphs.withUnsafeMutableBufferPointer { graphs in
    logWeights.withUnsafeMutableBufferPointer { logWeights in
    for offset in 0..<count {
      context.work.stream = RandomStream(key: key, part: first &+ offset, start: starts[offset])
      context.logWeight = 0
      let hasGraph = !graphs[offset].nodes.isEmpty
      if hasGraph { swap(&context.graph, &graphs[offset]) }
      body(&models[offset], &context)
      if hasGraph || !context.graph.nodes.isEmpty { swap(&context.graph, &graphs[offset]) }
      logWeights[offset] += context.logWeight
    }
    }}}}
    swap(&context.work.counters, &counters)
  }
}

extension ParticleChunk {
  /// Makes the particle at `target` a copy of the one at `source`.
  @inlinable
  mutating func replace(_ target: Int, by source: Int) {
    models[target] = models[source]
    if graphs[source].nodes.isEmpty && graphs[target].nodes.isEmpty { return }
    let graph = graphs[source]
    graphs[target].assign(graph)
  }
}

/// The particles of a filter, in slots.
@frozen
@usableFromInline
struct Population<Model: Sendable>: Sendable {
  @usableFromInline var chunks: [ParticleChunk<Model>]
  @usableFromInline let chunkSize: Int
  @usableFromInline let count: Int
  @usableFromInline let pool: WorkerPool?

  @inlinable
  init(_ model: Model, count: Int, chunkSize: Int?, pool: WorkerPool?) {
    self.count = count
    self.pool = pool
    let wished = chunkSize ?? max(1, (count - 1) / (4 * (pool?.threads ?? 1)) + 1)
    let size = pool == nil && chunkSize == nil ? count : wished
    self.chunkSize = size
    chunks = stride(from: 0, to: count, by: size).map {
      ParticleChunk(
        first: $0, models: Array(repeating: model, count: min(size, count - $0)))
    }
  }

  /// Runs `body` on each particle.
  @inlinable
  mutating func run(
    key: RandomKey, delays: Bool, _ body: @Sendable (inout Model, inout DelayedContext) -> Void
  ) {
    if let pool {
      pool.update(&chunks) { _, chunk in chunk.run(key: key, delays: delays, body) }
    } else {
      for index in chunks.indices { chunks[index].run(key: key, delays: delays, body) }
    }
  }

  /// Writes the log-weights in slot order.
  @inlinable
  func collect(_ logWeights: inout [Double]) {
    logWeights.removeAll(keepingCapacity: true)
    logWeights.reserveCapacity(count)
    for chunk in chunks { logWeights.append(contentsOf: chunk.logWeights) }
  }

  /// Gives all particles the weight 1.
  @inlinable
  mutating func clearLogWeights() {
    for index in chunks.indices {
      let count = chunks[index].logWeights.count
      chunks[index].logWeights.withUnsafeMutableBufferPointer {
        for offset in 0..<count { $0[offset] = 0 }
      }
    }
  }

  @inlinable
  mutating func setLogWeight(_ slot: Int, _ logWeight: Double) {
    chunks[slot / chunkSize].logWeights[slot % chunkSize] = logWeight
  }

  /// Makes `copies[slot]` copies of each particle. The first stays where it is, others replace
  /// particles without copies; returns what each slot now is a copy of.
  @inlinable
  mutating func replicate(_ copies: [Int]) -> [Int] {
    var ancestors = Array(0..<count)
    var source = 0
    var surplus = 0
    for slot in 0..<count where copies[slot] == 0 {
      while surplus == 0 {
        if source == count { return ancestors }
        surplus = max(copies[source] - 1, 0)
        source += 1
      }
      surplus -= 1
      move(source - 1, to: slot)
      ancestors[slot] = source - 1
    }
    return ancestors
  }

  @inlinable
  mutating func move(_ source: Int, to target: Int) {
    if chunks.count == 1 {
      chunks[0].replace(target, by: source)
      return
    }
    let (from, at) = (source / chunkSize, source % chunkSize)
    let (to, place) = (target / chunkSize, target % chunkSize)
    chunks[to].models[place] = chunks[from].models[at]
    if chunks[from].graphs[at].nodes.isEmpty && chunks[to].graphs[place].nodes.isEmpty { return }
    let graph = chunks[from].graphs[at]
    chunks[to].graphs[place].assign(graph)
  }

  @usableFromInline
  var counters: ReportCounters {
    var total = ReportCounters()
    for chunk in chunks { total.add(chunk.counters) }
    return total
  }

  /// The particles, with normalized weights.
  @inlinable
  var particles: [Particle<Model>] {
    var logWeights: [Double] = []
    collect(&logWeights)
    let total = LogWeight.sum(logWeights)
    var result: [Particle<Model>] = []
    result.reserveCapacity(count)
    for chunk in chunks {
      for offset in chunk.models.indices {
        let logWeight = chunk.logWeights[offset]
        result.append(
          Particle(
            value: chunk.models[offset],
            logWeight: total == -.infinity ? -.infinity : logWeight - total,
            graph: chunk.graphs[offset]))
      }
    }
    return result
  }
}
