public import Parallel
public import Randomness

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
  @inline(__always)
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
    if chunks.count == 1 { return chunks[0].replicate(copies) }
    var ancestors = Array(0..<count)
    let hasCommonShape = hasCommonShape
    var source = 0
    var surplus = 0
    for slot in 0..<count where copies[slot] == 0 {
      while surplus == 0 {
        if source == count { return ancestors }
        surplus = max(copies[source] - 1, 0)
        source += 1
      }
      surplus -= 1
      move(source - 1, to: slot, hasCommonShape)
      ancestors[slot] = source - 1
    }
    return ancestors
  }

  @inlinable
  mutating func move(_ source: Int, to target: Int, _ hasCommonShape: [Bool]) {
    let (from, at) = (source / chunkSize, source % chunkSize)
    let (to, place) = (target / chunkSize, target % chunkSize)
    if from == to {
      chunks[to].replace(place, by: at)
    } else {
      chunks[to].replace(
        place, by: at, of: chunks[from],
        hasSameShape: hasCommonShape[from] && hasCommonShape[to])
    }
  }

  /// Which chunks share a graph of the same variables and covariance as the first chunk's.
  @usableFromInline
  var hasCommonShape: [Bool] {
    chunks.map { $0.sharingCount > 0 && $0.shared.hasSameShape(as: chunks[0].shared) }
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
            graph: chunk.graph(offset)))
      }
    }
    return result
  }
}
