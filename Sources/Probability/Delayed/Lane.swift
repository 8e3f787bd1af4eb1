// A particle that shares its covariance with others: its calls are checked against the recorded
// ones, and change its means and values alone. Each function computes what the graph would, in the
// same order of operations.

/// The place of a particle in the record of a step.
///
/// Unchecked: the pointers are used only while the worker that set them runs its chunk; elsewhere a
/// lane is inactive.
@frozen
@usableFromInline
struct Lane: @unchecked Sendable {
  /// The particle shares the structure of the record; else it has its own graph.
  @usableFromInline var isActive = false
  /// The calls are being recorded.
  @usableFromInline var isRecording = false
  /// The call expected next.
  @usableFromInline var next: UnsafeMutablePointer<RecordedCall>?
  @usableFromInline var gains: UnsafeMutablePointer<Gain>?
  @usableFromInline var written: UnsafeMutablePointer<WrittenTerm>?
  @usableFromInline var shown: UnsafeMutablePointer<UInt64>?
  /// The particle's mean or value of each node.
  @usableFromInline var cells: UnsafeMutablePointer<Double>?
  @usableFromInline var record: StepRecord?

  @usableFromInline
  init() {}

  /// Begins to record the calls of a particle with the given means and values.
  mutating func begin(recording record: StepRecord, _ cells: UnsafeBufferPointer<Double>) {
    for (index, value) in cells.enumerated() { record.cells[index] = value }
    (isActive, isRecording) = (true, true)
    turn(to: record)
    self.cells = record.cells
    next = record.calls
  }

  /// Turns to a record, of which other particles follow.
  @usableFromInline
  mutating func turn(to record: StepRecord) {
    self.record = record
    (gains, written, shown) = (record.gains, record.written, record.shown)
  }

  /// Begins to follow the record.
  @inlinable
  @inline(__always)
  mutating func begin(
    following calls: UnsafeMutablePointer<RecordedCall>, _ cells: UnsafeMutablePointer<Double>
  ) {
    isActive = true
    next = calls
    self.cells = cells
  }

  /// Updates the pointers to where the record now is, before its last call.
  @usableFromInline
  mutating func turnToLastCall(of record: StepRecord) {
    turn(to: record)
    cells = record.cells
    next = record.calls + (record.callCount - 1)
  }

  /// Takes the next call, whose mean and value of each node are then `cells`.
  @inlinable
  @inline(__always)
  mutating func take() -> (UnsafeMutablePointer<RecordedCall>, UnsafeMutablePointer<Double>) {
    let call = next.unsafelyUnwrapped
    next = call + 1
    return (call, cells.unsafelyUnwrapped)
  }

  /// The mean of the terms without a value, and the constant with the terms that have one.
  @inlinable
  @inline(__always)
  func mean(
    _ call: UnsafeMutablePointer<RecordedCall>, _ constant: Double
  ) -> (mean: Double, constant: Double) {
    let terms = gains.unsafelyUnwrapped + Int(call.pointee.start)
    let cells = cells.unsafelyUnwrapped
    var total = 0.0
    for index in 0..<Int(call.pointee.liveCount) {
      total += terms[index].factor * cells[terms[index].node]
    }
    if call.pointee.knownTerms == 0 { return (total, constant) }
    return (total, RecordedCall.withKnown(call, cells, constant))
  }

  @inlinable
  @inline(__always)
  func absorb(_ residual: Double, _ call: UnsafeMutablePointer<RecordedCall>) {
    let first = gains.unsafelyUnwrapped + Int(call.pointee.start &+ call.pointee.liveCount)
    let cells = cells.unsafelyUnwrapped
    for index in 0..<Int(call.pointee.gainCount) {
      cells[first[index].node] += first[index].factor * residual
    }
  }

  /// The constant of the mean if the next call is the one given; else nil.
  @inlinable
  @inline(__always)
  func expects<D: DelayedDistribution>(
    _ kind: RecordedCall.Kind, _ distribution: D, _ site: Site
  ) -> Double? {
    let call = next.unsafelyUnwrapped
    var terms = WrittenTerms(
      written.unsafelyUnwrapped + Int(call.pointee.writtenStart),
      count: Int(call.pointee.writtenCount),
      difference: (call.pointee.site.bits ^ site.bits)
        | UInt64(call.pointee.kind.rawValue ^ kind.rawValue))
    let constant = distribution.compare(with: &terms, variance: call.pointee.variance)
    return terms.difference == 0 ? constant : nil
  }

  /// Whether a variable is read next, or realized.
  @inlinable
  @inline(__always)
  func expects(reading handle: Handle, _ site: Site) -> Bool {
    let call = next.unsafelyUnwrapped
    let difference = (call.pointee.result ^ handle.bits) | (call.pointee.site.bits ^ site.bits)
    return difference == 0 && (call.pointee.kind == .realize || call.pointee.kind == .read)
  }
}

extension DelayedContext {
  /// The particle takes its own graph, for a call that others do not make.
  @usableFromInline
  @inline(never)
  mutating func leave() {
    guard lane.isActive, let record = lane.record, let next = lane.next, let cells = lane.cells
    else { return }
    let count = next - record.calls
    graph = record.graph(after: count, cells)
    record.count(&work.counters, calls: count, times: 1)
    lane.isActive = false
  }

  /// Records a call that is not recorded yet; false if particles cannot have it in common.
  @usableFromInline
  @inline(never)
  mutating func record(
    _ kind: RecordedCall.Kind, _ gaussian: AffineGaussian?, _ site: Site
  ) -> Bool {
    guard lane.isRecording, let record = lane.record, let gaussian,
      gaussian.variance >= 0 && gaussian.variance < .infinity,
      record.append(kind, gaussian, site)
    else { return false }
    lane.turnToLastCall(of: record)
    return true
  }

  @usableFromInline
  @inline(never)
  mutating func record(reading handle: Handle, _ site: Site) -> Bool {
    guard lane.isRecording, handle.count == 1, let record = lane.record,
      record.append(reading: handle, site)
    else { return false }
    lane.turnToLastCall(of: record)
    return true
  }

  /// The handle of an assumed variable.
  @inlinable
  @inline(__always)
  mutating func assumeInLane(_ constant: Double) -> UInt64 {
    let (call, cells) = lane.take()
    let (mean, constant) = lane.mean(call, constant)
    cells[Int(call.pointee.node)] = mean + constant
    return call.pointee.result
  }

  /// The log-density of an observed value.
  @inlinable
  @inline(__always)
  mutating func observeInLane(_ value: Double, _ constant: Double) -> Double {
    let (call, _) = lane.take()
    let (mean, constant) = lane.mean(call, constant)
    let residual = value - constant - mean
    lane.absorb(residual, call)
    let spread = call.pointee.spread
    if spread == 0 { return residual == 0 ? .infinity : -.infinity }
    return -0.5 * (call.pointee.logarithm + residual * residual / spread)
  }

  /// A draw from the marginal distribution.
  @inlinable
  @inline(__always)
  mutating func drawInLane(_ constant: Double) -> Double {
    let (call, _) = lane.take()
    let (mean, constant) = lane.mean(call, constant)
    var value = mean
    if call.pointee.spread > 0 { value += call.pointee.root * work.normal() }
    lane.absorb(value - mean, call)
    return value + constant
  }

  /// The value of a variable of the graph.
  @inlinable
  @inline(__always)
  mutating func valueInLane() -> Double {
    let (call, cells) = lane.take()
    let node = Int(call.pointee.node)
    if call.pointee.kind == .read { return cells[node] }
    // As the sum of one term.
    let mean = 0.0 + cells[node]
    var value = mean
    if call.pointee.spread > 0 { value += call.pointee.root * work.normal() }
    lane.absorb(value - mean, call)
    value += 0.0
    cells[node] = value
    return value
  }

  /// Integrates out what `model` no longer holds; false if the particle has left.
  @inlinable
  @inline(__always)
  mutating func eliminateInLane(what model: some SequentialModel) -> Bool {
    let call = lane.next.unsafelyUnwrapped
    if call.pointee.kind == .eliminate {
      var visitor = RandomVisitor(
        comparingWith: lane.shown.unsafelyUnwrapped + Int(call.pointee.start))
      model.visit(&visitor)
      if visitor.isSame && visitor.expected.unsafelyUnwrapped.pointee == 0 {
        lane.next = call + 1
        return true
      }
    }
    return recordElimination(what: model)
  }

  @inlinable
  @inline(never)
  mutating func recordElimination(what model: some SequentialModel) -> Bool {
    guard lane.isRecording, let record = lane.record else {
      leave()
      return false
    }
    var visitor = RandomVisitor(listing: ())
    model.visit(&visitor)
    record.append(keeping: visitor.shown)
    lane.turnToLastCall(of: record)
    lane.next = lane.next.unsafelyUnwrapped + 1
    return true
  }
}
