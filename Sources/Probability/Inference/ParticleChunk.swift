public import Randomness

/// Consecutive particles of a filter, which one worker runs.
@frozen
@usableFromInline
struct ParticleChunk<Model: Sendable>: Sendable {
  /// The slot of the first particle.
  @usableFromInline let first: Int
  @usableFromInline var models: [Model]
  @usableFromInline var logWeights: [Double]
  /// The graphs of the particles that do not share one.
  @usableFromInline var graphs: [DelayedGraph]
  /// Whether particles lately needed more than one random word in a step.
  @usableFromInline var drawsMuch = false
  /// Whether any of them may have variables.
  @usableFromInline var hasGraphs = false
  /// The graph of the others, but for their means and values, which are in `cells`.
  @usableFromInline var shared = DelayedGraph()
  @usableFromInline var isSharing: [Bool]
  @usableFromInline var sharingCount = 0
  /// `stride` numbers for each particle: the mean or value of each node of the shared graph.
  @usableFromInline var cells: [Double] = []
  @usableFromInline var stride = 0
  /// In how many steps most particles made calls that they do not have in common.
  @usableFromInline var failures = 0
  @usableFromInline var counters = ReportCounters()

  @inlinable
  init(first: Int, models: [Model]) {
    self.first = first
    self.models = models
    graphs = Array(repeating: DelayedGraph(), count: models.count)
    logWeights = Array(repeating: 0, count: models.count)
    isSharing = Array(repeating: false, count: models.count)
  }

  /// Runs `body` on each particle, with the numbers of `key` that belong to its slot.
  @inlinable
  @inline(__always)
  mutating func run(
    key: RandomKey, delays: Bool, _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    var context = DelayedContext(
      graph: DelayedGraph(), work: Workspace(stream: key.stream()), delays: delays)
    swap(&context.work.counters, &counters)
    let leader = delays ? candidate() : nil
    hasGraphs = true
    if let leader {
      runLeader(leader, key, &context, body)
      runFollowers(key, &context, but: leader, body)
    } else {
      runApart(key, &context, body)
    }
    swap(&context.work.counters, &counters)
  }

  /// Runs all particles, each with its own graph.
  @inlinable
  mutating func runApart(
    _ key: RandomKey, _ context: inout DelayedContext,
    _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    let (count, first, drawsMuch) = (models.count, first, drawsMuch)
    models.withUnsafeMutableBufferPointer { models in
      graphs.withUnsafeMutableBufferPointer { graphs in
        logWeights.withUnsafeMutableBufferPointer { logWeights in
          key.forEachStart(ofPartsFrom: first, count: count, isLong: drawsMuch) { offset, start in
            context.work.stream = RandomStream(key: key, part: first &+ offset, start: start)
            context.logWeight = LogWeight.start(after: logWeights[offset])
            context.run(&models[offset], &graphs[offset], body)
            logWeights[offset] += context.logWeight
          }
        }
      }
    }
    self.drawsMuch = context.work.stream.isPastFirstWord
  }

  /// Runs all particles but the one whose calls were recorded.
  @inlinable
  @inline(__always)
  mutating func runFollowers(
    _ key: RandomKey, _ context: inout DelayedContext, but leader: Int,
    _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    guard let record = context.lane.record else { return }
    let (count, first, stride, drawsMuch) = (models.count, first, stride, drawsMuch)
    let joins = record.start.nodes.isEmpty
    let calls = record.program
    var (candidates, followers) = (1, isSharing[leader] ? 1 : 0)
    models.withUnsafeMutableBufferPointer { models in
      graphs.withUnsafeMutableBufferPointer { graphs in
        logWeights.withUnsafeMutableBufferPointer { logWeights in
          isSharing.withUnsafeMutableBufferPointer { isSharing in
            cells.withUnsafeMutableBufferPointer { cells in
              // What the loop keeps in registers.
              let (models, graphs) = (models.baseAddress!, graphs.baseAddress!)
              let (logWeights, isSharing) = (logWeights.baseAddress!, isSharing.baseAddress!)
              let cells = cells.baseAddress!
              context.work.stream = key.stream()
              key.forEachStart(ofPartsFrom: first, count: count, isLong: drawsMuch) {
                (offset, start) in
                if offset == leader { return }
                context.work.stream.turn(toPart: first &+ offset, start: start)
                context.logWeight = LogWeight.start(after: logWeights[offset])
                if isSharing[offset] || joins && graphs[offset].nodes.isEmpty {
                  candidates &+= 1
                  context.lane.begin(following: calls, cells + offset &* stride)
                  body(&models[offset], &context)
                  let isFollower = context.endLane(graphs + offset)
                  isSharing[offset] = isFollower
                  followers &+= isFollower ? 1 : 0
                } else {
                  context.run(&models[offset], &graphs[offset], body)
                }
                logWeights[offset] += context.logWeight
              }
            }
          }
        }
      }
    }
    sharingCount = followers
    if 2 * followers < candidates { failures += 1 }
    record.count(&context.work.counters, calls: record.callCount, times: followers)
  }

  /// Runs one particle and records its calls for the others.
  @inlinable
  mutating func runLeader(
    _ leader: Int, _ key: RandomKey, _ context: inout DelayedContext,
    _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    context.work.stream = RandomStream(
      key: key, part: first + leader, start: key.start(ofPart: first + leader))
    context.logWeight = LogWeight.start(after: logWeights[leader])
    beginRecord(leader, &context)
    body(&models[leader], &context)
    drawsMuch = context.work.stream.isPastFirstWord
    endRecord(leader, &context)
    logWeights[leader] += context.logWeight
  }

  /// The first particle that shares a graph or could.
  @usableFromInline
  mutating func candidate() -> Int? {
    // With no variables of its own a particle has what all others have that have none.
    if sharingCount == 0 {
      shared = DelayedGraph()
      if failures >= 3 { return nil }
    }
    if models.count < 2 && sharingCount == 0 { return nil }
    let joins = shared.nodes.isEmpty
    for offset in 0..<models.count where isSharing[offset] || joins && graphs[offset].nodes.isEmpty
    {
      return offset
    }
    return nil
  }

  @usableFromInline
  mutating func beginRecord(_ leader: Int, _ context: inout DelayedContext) {
    let record = StepRecord(shared)
    shared = DelayedGraph()
    cells.withUnsafeBufferPointer { cells in
      let count = isSharing[leader] ? record.start.nodes.count : 0
      let own = UnsafeBufferPointer(rebasing: cells[leader * stride..<leader * stride + count])
      context.lane.begin(recording: record, own)
    }
  }

  @usableFromInline
  mutating func endRecord(_ leader: Int, _ context: inout DelayedContext) {
    guard let record = context.lane.record else { return }
    let values = record.cells
    context.lane.isRecording = false
    isSharing[leader] = graphs.withUnsafeMutableBufferPointer { graphs in
      context.endLane(graphs.baseAddress! + leader)
    }
    if isSharing[leader] {
      record.seal()
      shared = record.shape
    } else {
      // Others can have no call in common with what was begun here.
      context.lane.record = StepRecord(record.start)
      shared = record.start
    }
    widen(to: max(shared.nodes.count, 1))
    if isSharing[leader] {
      for node in 0..<shared.nodes.count { cells[leader * stride + node] = values[node] }
    }
  }

  /// Makes room for `count` cells of each particle.
  private mutating func widen(to count: Int) {
    if stride >= count { return }
    var wider = [Double](repeating: 0, count: count * models.count)
    for offset in models.indices {
      for node in 0..<stride { wider[offset * count + node] = cells[offset * stride + node] }
    }
    (cells, stride) = (wider, count)
  }

  /// The graph of a particle.
  @usableFromInline
  func graph(_ offset: Int) -> DelayedGraph {
    if !isSharing[offset] { return graphs[offset] }
    return cells.withUnsafeBufferPointer { cells in
      var graph = shared
      graph.fill(UnsafeBufferPointer(rebasing: cells[(offset * stride)...]))
      return graph
    }
  }

  /// Makes the particle at `target` a copy of the one at `source`.
  @inlinable
  mutating func replace(_ target: Int, by source: Int) {
    models[target] = models[source]
    if isSharing[source] {
      copyCells(source, to: target)
      if !isSharing[target] { sharingCount += 1 }
      isSharing[target] = true
      return
    }
    if graphs[source].nodes.isEmpty && graphs[target].nodes.isEmpty && !isSharing[target] { return }
    let graph = graphs[source]
    take(graph, target)
  }

  @inlinable
  @inline(__always)
  mutating func copyCells(_ source: Int, to target: Int) {
    let (from, to) = (source &* stride, target &* stride)
    let stride = stride
    cells.withUnsafeMutableBufferPointer { cells in
      for node in 0..<stride { cells[to &+ node] = cells[from &+ node] }
    }
  }

  /// Gives the particle at `target` a graph of its own.
  @usableFromInline
  mutating func take(_ graph: DelayedGraph, _ target: Int) {
    if isSharing[target] { sharingCount -= 1 }
    isSharing[target] = false
    graphs[target].assign(graph)
    hasGraphs = true
  }

  /// Makes `copies[offset]` copies of each particle, as `Population.replicate` does.
  @inlinable
  mutating func replicate(_ copies: [Int]) -> [Int] {
    let count = models.count
    let isSimple = sharingCount == count || !hasGraphs
    return [Int](unsafeUninitializedCapacity: count) { ancestors, initialized in
      initialized = count
      for slot in 0..<count { ancestors[slot] = slot }
      withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * count + 4) { lists in
        // Slots without copies, and what replaces them. Hard to predict, so without branches: a
        // slot is always written to both lists, and counts in a list where it belongs there.
        let (unused, spare) = (lists.baseAddress!, lists.baseAddress! + count)
        var (unusedCount, spareCount) = (0, 0)
        for slot in 0..<count {
          let number = copies[slot]
          unused[unusedCount] = slot
          unusedCount &+= number == 0 ? 1 : 0
          let surplus = min(max(number &- 1, 0), count &- spareCount)
          for place in 0..<4 { spare[spareCount &+ place] = slot }
          var place = 4
          while place < surplus {
            spare[spareCount &+ place] = slot
            place &+= 1
          }
          spareCount &+= surplus
        }
        for index in 0..<min(unusedCount, spareCount) { ancestors[unused[index]] = spare[index] }
      }
      if isSimple {
        models.withUnsafeMutableBufferPointer { models in
          for slot in 0..<count where ancestors[slot] != slot {
            models[slot] = models[ancestors[slot]]
          }
        }
        if sharingCount == 0 { return }
        let stride = stride
        cells.withUnsafeMutableBufferPointer { cells in
          for slot in 0..<count where ancestors[slot] != slot {
            let (from, to) = (ancestors[slot] &* stride, slot &* stride)
            for node in 0..<stride { cells[to &+ node] = cells[from &+ node] }
          }
        }
      } else {
        for slot in 0..<count where ancestors[slot] != slot { replace(slot, by: ancestors[slot]) }
      }
    }
  }

  /// Makes the particle at `target` a copy of the one at `source` of another chunk.
  @inlinable
  mutating func replace(
    _ target: Int, by source: Int, of other: ParticleChunk, hasSameShape: Bool
  ) {
    models[target] = other.models[source]
    if other.isSharing[source] && hasSameShape {
      for node in 0..<min(stride, other.stride) {
        cells[target &* stride &+ node] = other.cells[source &* other.stride &+ node]
      }
      if !isSharing[target] { sharingCount += 1 }
      isSharing[target] = true
      return
    }
    let graph = other.graph(source)
    if graph.nodes.isEmpty && graphs[target].nodes.isEmpty && !isSharing[target] { return }
    take(graph, target)
  }
}

extension DelayedContext {
  /// Runs `body` with a particle that has its own graph.
  @inlinable
  @inline(__always)
  mutating func run<Model>(
    _ model: inout Model, _ own: inout DelayedGraph,
    _ body: (inout Model, inout DelayedContext) -> Void
  ) {
    let hasGraph = !own.nodes.isEmpty
    if hasGraph { swap(&graph, &own) }
    body(&model, &self)
    if hasGraph || !graph.nodes.isEmpty { swap(&graph, &own) }
  }

  /// Ends the step of a particle that shared a graph: whether it still does, else its own graph.
  @inlinable
  @inline(__always)
  mutating func endLane(_ own: UnsafeMutablePointer<DelayedGraph>) -> Bool {
    if lane.isActive && lane.next.pointee.shape == 0 {
      lane.isActive = false
      return true
    }
    leave(to: own)
    return false
  }

  @usableFromInline
  @inline(never)
  mutating func leave(to own: UnsafeMutablePointer<DelayedGraph>) {
    leave()
    own.pointee = graph
    graph = DelayedGraph()
  }
}
