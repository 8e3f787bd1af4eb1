// A particle that shares its covariance with others: its calls are checked against the recorded
// ones, and change its means and values alone. Each function computes what the graph would, in the
// same order of operations.

/// The place of a particle in the record of a step.
///
/// Unchecked: the pointers are used only while the worker that set them runs its chunk; elsewhere
/// they are to what never changes.
@frozen
@usableFromInline
struct Lane: @unchecked Sendable {
  /// The call expected next: the end of a step where none is, so that no other call is it.
  @usableFromInline var next: UnsafeMutablePointer<LaneCall>
  /// The particle's mean or value of each node.
  @usableFromInline var cells: UnsafeMutablePointer<Double>
  /// Compares what particles hold.
  @usableFromInline var visitor: RandomVisitor
  /// The particle shares the structure of the record; else it has its own graph.
  @usableFromInline var isActive = false
  /// The calls are being recorded.
  @usableFromInline var isRecording = false
  @usableFromInline var record: StepRecord?

  @usableFromInline
  init() {
    let nothing = Nothing.shared
    (next, cells) = (nothing.call, nothing.cell)
    visitor = RandomVisitor(comparingWith: nothing.shown)
  }

  /// Begins to record the calls of a particle with the given means and values.
  mutating func begin(recording record: StepRecord, _ cells: UnsafeBufferPointer<Double>) {
    for (index, value) in cells.enumerated() { record.cells[index] = value }
    (isActive, isRecording) = (true, true)
    self.record = record
    self.cells = record.cells
    next = record.program
  }

  /// Begins to follow the record.
  @inlinable
  @inline(__always)
  mutating func begin(
    following calls: UnsafeMutablePointer<LaneCall>, _ cells: UnsafeMutablePointer<Double>
  ) {
    isActive = true
    next = calls
    self.cells = cells
  }

  /// Turns to the last call of the record.
  fileprivate mutating func turnToLastCall(of record: StepRecord) {
    cells = record.cells
    next = record.program + (record.callCount - 1)
  }
}

extension DelayedContext {
  /// The particle takes its own graph, for a call that others do not make.
  @usableFromInline
  @inline(never)
  mutating func leave() {
    guard lane.isActive, let record = lane.record else { return }
    let count = lane.next - record.program
    graph = record.graph(after: count, lane.cells)
    record.count(&work.counters, calls: count, times: 1)
    lane.isActive = false
    lane.next = Nothing.shared.call
  }

  /// The mean and the constant where the call with a Gaussian is the next one or is recorded now;
  /// else the particle has no lane any longer.
  private mutating func follows(
    _ kind: RecordedCall.Kind, _ gaussian: AffineGaussian, _ site: Site
  ) -> (mean: Double, constant: Double)? {
    guard lane.isActive, let record = lane.record else { return nil }
    let (terms, constant) = gaussian.mean.withoutKnown
    if lane.isRecording {
      guard gaussian.variance >= 0 && gaussian.variance < .infinity,
        record.append(kind, gaussian, terms, site)
      else {
        leave()
        return nil
      }
      lane.turnToLastCall(of: record)
    } else if !lane.next.pointee.isSame(kind, gaussian, terms, site) {
      leave()
      return nil
    }
    let (call, cells) = (lane.next, lane.cells)
    return (
      LaneCall.mean(call, cells, terms: call.pointee.liveCount),
      LaneCall.withKnown(call, cells, constant)
    )
  }

  /// Assumes a variable where the next call is not this one as it is written.
  @usableFromInline
  @inline(never)
  mutating func assumeGaussian(_ gaussian: AffineGaussian, _ site: Site) -> UInt64 {
    if !delays { return Random(drawAtOnce(gaussian)).bits }
    if let (mean, constant) = follows(.assume, gaussian, site) {
      return assumeInLane(lane.next, mean, constant)
    }
    enter(.assume, site)
    let variance = Proportional(coefficient: gaussian.variance)
    let handle = graph.assumeNormal(gaussian.mean.affine, variance, &work)
    weighFlaw()
    work.counters.assumed(site, sampled: false)
    return handle.bits
  }

  /// The log-density where the next call is not this one as it is written.
  @usableFromInline
  @inline(never)
  mutating func observeGaussian(
    _ value: Double, _ gaussian: AffineGaussian, _ site: Site
  ) -> Double {
    if gaussian.variance > 0, let mean = gaussian.mean.meanNumber {
      return work.logNormal(value - mean, variance: gaussian.variance)
    }
    if let (mean, constant) = follows(.observe, gaussian, site) {
      return observeInLane(lane.next, value, mean, constant, isUsual: false)
    }
    enter(.observe, site)
    let variance = Proportional(coefficient: gaussian.variance)
    let result = graph.observeNormal(value, gaussian.mean.affine, variance, &work)
    weighFlaw()
    return result
  }

  /// Draws where the next call is not this one as it is written.
  @usableFromInline
  @inline(never)
  mutating func drawGaussian(_ gaussian: AffineGaussian, _ site: Site) -> Double {
    if !delays { return drawAtOnce(gaussian) }
    if gaussian.variance > 0, let mean = gaussian.mean.meanNumber {
      work.counters.drawn(site)
      return mean + gaussian.variance.squareRoot() * work.normal()
    }
    if let (mean, constant) = follows(.draw, gaussian, site) {
      return drawInLane(lane.next, mean, constant, isUsual: false)
    }
    enter(.draw, site)
    work.counters.drawn(site)
    let variance = Proportional(coefficient: gaussian.variance)
    let value = graph.drawNormal(gaussian.mean.affine, variance, &work)
    weighFlaw()
    return value
  }

  private mutating func drawAtOnce(_ gaussian: AffineGaussian) -> Double {
    let mean = gaussian.mean.meanNumber ?? graph.number(gaussian.mean.affine, &work)
    if !(gaussian.variance > 0) { work.isFlawed = true }
    weighFlaw()
    return mean + gaussian.variance.squareRoot() * work.normal()
  }

  /// Records a reading that is not recorded yet; false if particles cannot have it in common.
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
  mutating func assumeInLane(
    _ call: UnsafeMutablePointer<LaneCall>, _ mean: Double, _ constant: Double
  ) -> UInt64 {
    lane.next = call + 1
    lane.cells[call.pointee.node] = mean + constant
    return call.pointee.result
  }

  /// The log-density of an observed value.
  @inlinable
  @inline(__always)
  mutating func observeInLane(
    _ call: UnsafeMutablePointer<LaneCall>, _ value: Double, _ mean: Double, _ constant: Double,
    isUsual: Bool
  ) -> Double {
    lane.next = call + 1
    let residual = value - constant - mean
    LaneCall.absorb(call, lane.cells, residual)
    let spread = call.pointee.spread
    if !isUsual && spread == 0 { return residual == 0 ? .infinity : -.infinity }
    return -0.5 * (call.pointee.logarithm + residual * residual / spread)
  }

  /// A draw from the marginal distribution.
  @inlinable
  @inline(__always)
  mutating func drawInLane(
    _ call: UnsafeMutablePointer<LaneCall>, _ mean: Double, _ constant: Double, isUsual: Bool
  ) -> Double {
    lane.next = call + 1
    var value = mean
    if isUsual || call.pointee.spread > 0 { value += call.pointee.root * work.normal() }
    LaneCall.absorb(call, lane.cells, value - mean)
    return value + constant
  }

  /// The value of a variable of the graph.
  @inlinable
  @inline(__always)
  mutating func valueInLane(_ call: UnsafeMutablePointer<LaneCall>) -> Double {
    lane.next = call + 1
    let cells = lane.cells
    let node = call.pointee.node
    if call.pointee.isRead { return cells[node] }
    // As the sum of one term.
    let mean = 0.0 + cells[node]
    var value = mean
    if call.pointee.spread > 0 { value += call.pointee.root * work.normal() }
    LaneCall.absorb(call, cells, value - mean)
    value += 0.0
    cells[node] = value
    return value
  }

  /// Integrates out what `model` no longer holds.
  @inlinable
  @inline(__always)
  mutating func eliminate(what model: some SequentialModel) {
    let call = lane.next
    if call.pointee.shape == LaneCall.shape(.eliminate, terms: 0) {
      lane.visitor.expected = call.pointee.shown
      model.visit(&lane.visitor)
      if lane.visitor.isSame && lane.visitor.expected.pointee == Handle.none.bits {
        lane.next = call + 1
        return
      }
      lane.visitor.isSame = true
    }
    eliminateApart(what: model)
  }

  @inlinable
  @inline(never)
  mutating func eliminateApart(what model: some SequentialModel) {
    if lane.isActive && lane.isRecording && lane.record != nil {
      var visitor = RandomVisitor(listing: ())
      model.visit(&visitor)
      recordElimination(keeping: visitor.shown)
      return
    }
    leave()
    graph.eliminate(what: model)
  }

  @usableFromInline
  mutating func recordElimination(keeping handles: [UInt64]) {
    guard let record = lane.record else { return }
    record.append(keeping: handles)
    lane.turnToLastCall(of: record)
    lane.next += 1
  }
}

/// The terms of a call as they are written.
typealias FourTerms = (WrittenTerm, WrittenTerm, WrittenTerm, WrittenTerm)

extension LaneCall {
  /// Whether a call with the given terms is this one.
  fileprivate func isSame(
    _ kind: RecordedCall.Kind, _ gaussian: AffineGaussian, _ terms: FourTerms, _ site: Site
  ) -> Bool {
    self.site == site && variance == gaussian.variance.bitPattern
      && shape & ~Self.isUnusual == Self.shape(kind, terms: gaussian.mean.count)
      && first == terms.0 && second == terms.1 && third == terms.2 && fourth == terms.3
  }
}

extension ShortAffine {
  /// The terms as they are written, without the values that are known, and the constant with them.
  fileprivate var withoutKnown: (terms: FourTerms, constant: Double) {
    var constant = shift
    func written(_ index: Int) -> WrittenTerm {
      if index >= count { return WrittenTerm() }
      let term = self[index]
      if !term.isKnown { return WrittenTerm(bits: term.bits, coefficient: term.coefficient) }
      constant += term.number
      return .known
    }
    let terms = (written(0), written(1), written(2), written(3))
    return (terms, constant)
  }
}
