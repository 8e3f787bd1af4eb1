import Glibc
public import Parallel
public import Randomness

/// A particle of the methods that keep more of it than a plain filter does.
@frozen
@usableFromInline
struct Cell<State: Sendable>: Sendable {
  @usableFromInline var state: State
  @usableFromInline var graph = DelayedGraph()
  @usableFromInline var logWeight = 0.0

  @inlinable
  init(state: State) { self.state = state }
}

/// Particles in slots, run by the threads of a pool some at a time.
@frozen
@usableFromInline
struct Cohort<State: Sendable>: Sendable {
  /// Consecutive cells, which one worker runs.
  @frozen
  @usableFromInline
  struct Chunk: Sendable {
    @usableFromInline let first: Int
    @usableFromInline var cells: [Cell<State>]
    @usableFromInline var counters = ReportCounters()

    @inlinable
    init(first: Int, cells: [Cell<State>]) {
      (self.first, self.cells) = (first, cells)
    }
  }

  @usableFromInline static var chunkSize: Int { 32 }
  @usableFromInline let count: Int
  @usableFromInline var chunks: [Chunk]
  @usableFromInline let pool: WorkerPool?

  @inlinable
  init(_ cells: [Cell<State>], pool: WorkerPool?) {
    count = cells.count
    self.pool = pool
    chunks = stride(from: 0, to: cells.count, by: Self.chunkSize).map {
      Chunk(first: $0, cells: Array(cells[$0..<Swift.min($0 + Self.chunkSize, cells.count)]))
    }
  }

  @inlinable
  subscript(slot: Int) -> Cell<State> {
    get { chunks[slot / Self.chunkSize].cells[slot % Self.chunkSize] }
    set { chunks[slot / Self.chunkSize].cells[slot % Self.chunkSize] = newValue }
  }

  /// Runs `body` on each particle, with the numbers of `key` that belong to its slot; what it
  /// leaves as the context's log-weight is added to the particle's.
  @inlinable
  mutating func run(
    key: RandomKey, delays: Bool, _ body: @Sendable (inout State, inout DelayedContext) -> Void
  ) {
    if let pool {
      pool.update(&chunks) { _, chunk in chunk.run(key: key, delays: delays, body) }
    } else {
      for index in chunks.indices { chunks[index].run(key: key, delays: delays, body) }
    }
  }

  /// A number computed from each particle, in slot order.
  @inlinable
  func map(_ body: @Sendable (Cell<State>) -> Double) -> [Double] {
    let parts: [[Double]]
    if let pool {
      parts = pool.map(chunks.count) { index in chunks[index].cells.map(body) }
    } else {
      parts = chunks.map { $0.cells.map(body) }
    }
    return parts.flatMap { $0 }
  }

  @inlinable
  var logWeights: [Double] {
    chunks.flatMap { chunk in chunk.cells.map(\.logWeight) }
  }

  /// Makes slot i a copy of what was in slot `ancestors[i]`, of log-weight 0.
  @inlinable
  mutating func resample(_ ancestors: [Int]) {
    let old = self
    for slot in 0..<count {
      var cell = old[ancestors[slot]]
      cell.logWeight = 0
      self[slot] = cell
    }
  }

  @usableFromInline
  var counters: ReportCounters {
    var total = ReportCounters()
    for chunk in chunks { total.add(chunk.counters) }
    return total
  }

  /// The particles, with normalized weights, as `value` shows them.
  @inlinable
  func particles<Value>(_ value: (State) -> Value) -> [Particle<Value>] {
    let total = LogWeight.sum(logWeights)
    return chunks.flatMap { chunk in
      chunk.cells.map { cell in
        let logWeight = total == -.infinity ? -.infinity : cell.logWeight - total
        return Particle(value: value(cell.state), logWeight: logWeight, graph: cell.graph)
      }
    }
  }
}

extension Cohort.Chunk {
  @inlinable
  mutating func run(
    key: RandomKey, delays: Bool, _ body: (inout State, inout DelayedContext) -> Void
  ) {
    var context = DelayedContext(
      graph: DelayedGraph(), work: Workspace(stream: key.stream()), delays: delays)
    swap(&context.work.counters, &counters)
    for offset in cells.indices {
      context.work.stream = RandomStream(key: key, part: first &+ offset)
      context.logWeight = LogWeight.start(after: cells[offset].logWeight)
      swap(&context.graph, &cells[offset].graph)
      body(&cells[offset].state, &context)
      swap(&context.graph, &cells[offset].graph)
      cells[offset].logWeight += context.logWeight
    }
    swap(&context.work.counters, &counters)
  }
}

/// What a list of log-weights amounts to.
@usableFromInline
struct WeightSummary: Sendable {
  /// Weights relative to the largest; all 0 if there is none.
  @usableFromInline var weights: [Double] = []
  /// The logarithm of the mean weight.
  @usableFromInline var logMean = -Double.infinity
  @usableFromInline var effectiveSampleSize = 0.0

  /// - Throws: `InferenceError.invalidWeight` for a weight that is NaN or infinite.
  @usableFromInline
  init(_ logWeights: [Double], step: Int) throws(InferenceError) {
    let largest = try LogWeight.largest(logWeights, step: step)
    guard largest > -.infinity else {
      weights = [Double](repeating: 0, count: logWeights.count)
      return
    }
    let (sum, squares) = LogWeight.exponentiate(logWeights, largest: largest, into: &weights)
    logMean = largest + log(sum / Double(weights.count))
    effectiveSampleSize = sum * sum / squares
  }

  @usableFromInline
  var isExtinct: Bool { logMean == -.infinity }

  /// A particle drawn in proportion to its weight.
  @usableFromInline
  func choose(_ stream: inout RandomStream) -> Int {
    var rest = stream.uniform() * weights.reduce(0, +)
    var last = 0
    for (index, weight) in weights.enumerated() where weight > 0 {
      last = index
      rest -= weight
      if rest < 0 { return index }
    }
    return last
  }

  /// `count` independent draws in proportion to the weights, in increasing order.
  @usableFromInline
  func choose(_ count: Int, _ stream: inout RandomStream) -> [Int] {
    if count == 0 { return [] }
    return Resampling.multinomial.choose(count, weights: weights, &stream).ancestors
  }
}
