public import Parallel
public import Randomness

/// Consecutive particles of a filter, which one worker runs.
@usableFromInline
struct ParticleChunk<Model: Sendable>: Sendable {
  /// The slot of the first particle.
  @usableFromInline let first: Int
  @usableFromInline var models: [Model]
  @usableFromInline var graphs: [DelayedGraph]
  @usableFromInline var logWeights: [Double]
  @usableFromInline var counters = ReportCounters()

  @usableFromInline
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
    for offset in models.indices {
      context.work.stream = RandomStream(key: key, part: first &+ offset)
      context.logWeight = 0
      let hasGraph = !graphs[offset].nodes.isEmpty
      if hasGraph { swap(&context.graph, &graphs[offset]) }
      body(&models[offset], &context)
      if hasGraph || !context.graph.nodes.isEmpty { swap(&context.graph, &graphs[offset]) }
      logWeights[offset] += context.logWeight
    }
    swap(&context.work.counters, &counters)
  }
}

/// The particles of a filter, in slots.
@usableFromInline
struct Population<Model: Sendable>: Sendable {
  @usableFromInline var chunks: [ParticleChunk<Model>]
  @usableFromInline let chunkSize: Int
  @usableFromInline let count: Int
  @usableFromInline let pool: WorkerPool?

  @usableFromInline
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

  /// The log-weights, in slot order.
  @usableFromInline
  var logWeights: [Double] {
    var result: [Double] = []
    result.reserveCapacity(count)
    for chunk in chunks { result.append(contentsOf: chunk.logWeights) }
    return result
  }

  @usableFromInline
  mutating func setLogWeight(_ slot: Int, _ logWeight: Double) {
    chunks[slot / chunkSize].logWeights[slot % chunkSize] = logWeight
  }

  /// Makes `copies[slot]` copies of each particle. The first stays where it is, others replace
  /// particles without copies; returns what each slot now is a copy of.
  @usableFromInline
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

  private mutating func move(_ source: Int, to target: Int) {
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
  @usableFromInline
  var particles: [Particle<Model>] {
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
